package duty

import (
	"net/http"

	"skein/face"
	"skein/face/words"
)

type checkView struct {
	Voice  words.Voice
	Report Report
}

// mostHoles bounds how many of a kind the page lists; the rest is at /api/duties/check.
const mostHoles = 100

// check shows what is wrong with the list in force: where nobody answers, where two do, and which chairs are empty.
func (p *Pages) check(w http.ResponseWriter, r *http.Request) {
	v := p.Site.Voice(r.Context())
	view, now := p.Site.Realm.View(), p.Site.Realm.Now()
	list, _, ok := CatalogIn(view).ListAt(now)
	if !ok {
		list = NewList(nil)
	}
	p.Site.Page(w, r, face.Sheet{
		Title: v.Say("duty.pages.holes"), Section: "/duties", Crumbs: []face.Crumb{{Href: "/duties", Title: v.Say("duty.pages.title")}},
	}, checkPage(checkView{v, Check(list, p.Realm(view, now))}))
}
