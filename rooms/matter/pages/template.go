package pages

import (
	"net/http"
	"net/url"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// templatesView is what a body keeps to begin answers from.
type templatesView struct {
	Voice words.Voice
	Body  civic.BodyID
	Saved []matter.Template
	Form  face.Form
}

// templateURL begins an answer from a template on the page of the matter.
func templateURL(name string) string { return "?template=" + url.QueryEscape(name) + "#answer-reason" }

func (p *Pages) templates(w http.ResponseWriter, r *http.Request) {
	p.showTemplates(w, r, http.StatusOK, face.Form{Values: url.Values{}})
}

func (p *Pages) showTemplates(w http.ResponseWriter, r *http.Request, status int, form face.Form) {
	actor, ok := p.staff(w, r)
	if !ok {
		return
	}
	site := p.API.Site
	if !p.API.Handles(actor) {
		site.Error(w, r, civic.Refuse(civic.Forbidden, "power.none", "action", matter.Answer{}.Name(), "policies", ""))
		return
	}
	v := site.Voice(r.Context())
	form.Voice = v
	all, err := p.API.Templates(r.Context(), actor.Post.Body())
	if err != nil {
		site.Error(w, r, err)
		return
	}
	for _, t := range all { // one that is to be changed
		if len(form.Values) == 0 && t.Name == r.URL.Query().Get("template") {
			form.Values = url.Values{"name": {t.Name}, "outcome": {string(t.Outcome)}, "text": {t.Text}}
		}
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: v.Say("pages.templates"), Section: "/work", Secret: true, Crumbs: []face.Crumb{{Href: "/work", Title: v.Say("pages.queue")}},
	}, templatesPage(templatesView{v, actor.Post.Body(), all, form}))
}

func (p *Pages) takeTemplate(w http.ResponseWriter, r *http.Request) {
	actor, ok := p.staff(w, r)
	if !ok {
		return
	}
	site := p.API.Site
	fields, _, _, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	form := face.Form{Voice: site.Voice(r.Context()), Values: fields}
	switch fields.Get("do") {
	case "drop":
		err = p.API.DropTemplate(r.Context(), actor, fields.Get("name"))
	case "save":
		err = p.API.SaveTemplate(r.Context(), actor, matter.Template{Name: fields.Get("name"), Outcome: matter.Outcome(fields.Get("outcome")), Text: fields.Get("text")})
	default:
		err = civic.Refuse(civic.Malformed, "pages.act_unknown")
	}
	if rs, refused := civic.AsRefusals(err); refused && rs.Kind() == civic.Invalid {
		form.Take(err, map[string]string{"name": "name", "outcome": "outcome", "text": "text"})
		p.showTemplates(w, r, face.Status(err), form)
		return
	}
	if err != nil {
		site.Error(w, r, err)
		return
	}
	http.Redirect(w, r, "/templates", http.StatusSeeOther)
}
