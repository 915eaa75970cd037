package pages

import (
	"net/http"

	"skein/face"
)

// file shows the whole file of a matter on one page, to be printed; filePDF is the same as a PDF.
func (p *Pages) file(w http.ResponseWriter, r *http.Request) {
	f, actor, ok := p.worker(w, r)
	if !ok {
		return
	}
	o, err := p.workView(r, f, actor)
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	p.API.Site.Page(w, r, face.Sheet{
		Title: o.Voice.Say("pages.file") + o.Voice.Space() + o.Number, Section: "/work", Secret: true,
		Crumbs: []face.Crumb{{Href: "/work", Title: o.Voice.Say("pages.queue")}, {Href: PathOf(f.state.Number) + "/work", Title: o.Title}},
	}, filePage(o))
}
