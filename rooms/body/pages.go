package body

import (
	"net/http"

	"github.com/a-h/templ"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// Pages show bodies and posts to people.
type Pages struct {
	Site *face.Site
	// Duties lists what a body leads, in the list in force at a moment.
	Duties func(v *clerk.View, b civic.BodyID, now civic.Instant) []Duty
	// Open shows its open matters, with their clocks, a page at a time.
	Open func(r *http.Request, b civic.BodyID) (templ.Component, error)
}

// Duty is something that a body answers for.
type Duty struct {
	Category civic.Category
	Place    civic.PlaceID
	By       string // the law that the list cites
}

// Register adds the doors.
func (p *Pages) Register() {
	p.Site.Mux.HandleFunc("GET /bodies", p.all)
	p.Site.Mux.HandleFunc("GET /bodies/{id}", p.one)
}

type kindView struct {
	Kind   Kind
	Bodies []State
}

// all lists the living bodies by kind.
func (p *Pages) all(w http.ResponseWriter, r *http.Request) {
	v := p.Site.Voice(r.Context())
	var kinds []kindView
	for _, k := range Kinds {
		at := kindView{Kind: k}
		for s := range CatalogIn(p.Site.Realm.View()).Bodies() {
			if s.Kind == k && s.Lives() {
				at.Bodies = append(at.Bodies, s)
			}
		}
		if len(at.Bodies) > 0 {
			kinds = append(kinds, at)
		}
	}
	p.Site.Page(w, r, face.Sheet{Title: v.Say("body.pages.title"), Section: "/duties", Crumbs: []face.Crumb{}}, bodiesPage(v, kinds))
}

type bodyView struct {
	Voice  words.Voice
	Body   State
	Posts  []postView
	Duties []Duty
	More   int
	Open   templ.Component // nil for who answers for no matter
}

type postView struct {
	PostState
	Officer string // named only where the realm's law says so
	Empty   bool
}

// mostDuties bounds how many duties stand on the page of a body; the list has them all.
const mostDuties = 40

// one shows a body: its posts, and what it answers for.
func (p *Pages) one(w http.ResponseWriter, r *http.Request) {
	v := p.Site.Voice(r.Context())
	view := p.Site.Realm.View()
	catalog := CatalogIn(view)
	s, ok := catalog.Body(civic.BodyID(r.PathValue("id")))
	if !ok {
		p.Site.Error(w, r, civic.Refuse(civic.Missing, "body.pages.none"))
		return
	}
	now := p.Site.Realm.Now()
	b := bodyView{Voice: v, Body: s, Duties: p.Duties(view, s.Body, now)}
	if len(b.Duties) > mostDuties {
		b.More = len(b.Duties) - mostDuties
		b.Duties = b.Duties[:mostDuties]
	}
	if s.Kind != Coordinating {
		var err error
		if b.Open, err = p.Open(r, s.Body); err != nil {
			p.Site.Error(w, r, err)
			return
		}
	}
	for _, post := range s.Posts {
		if !post.Open() {
			continue
		}
		at := postView{PostState: post}
		term, seated := post.Seated(now)
		at.Empty = !seated
		if seated && view.Settings.PublicOfficers {
			at.Officer = term.PublicName
		}
		b.Posts = append(b.Posts, at)
	}
	p.Site.Page(w, r, face.Sheet{
		Title: s.Titles.In(v.Lang), Section: "/duties", Crumbs: []face.Crumb{{Href: "/bodies", Title: v.Say("body.pages.title")}},
	}, bodyPage(b))
}
