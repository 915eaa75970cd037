package pages

import (
	"net/http"
	"net/url"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/matter"
)

// eraseView is the page on which a reporter has what she told erased, in a second step.
type eraseView struct {
	Form   face.Form
	Voice  words.Voice
	Matter matter.View
	Appeal bool // one is not decided yet
}

// askErase says what goes, what stays and what it means for an open matter, before anything is done.
func (p *Pages) askErase(w http.ResponseWriter, r *http.Request) {
	f, ok := p.erasable(w, r)
	if ok {
		p.erasePage(w, r, http.StatusOK, f, face.Form{Voice: p.API.Site.Voice(r.Context()), Values: url.Values{}})
	}
}

// erasable reads the matter of a request by its reporter. Otherwise it answers: that it was erased, to whoever may
// know; the form that asks for the code, to whoever sees the matter but is not its reporter.
func (p *Pages) erasable(w http.ResponseWriter, r *http.Request) (found, bool) {
	site := p.API.Site
	s, err := p.API.Find(r.Context(), r.PathValue("number"))
	if err != nil {
		site.Error(w, r, err)
		return found{}, false
	}
	f := found{state: s, eyes: p.API.Eyes(r.Context(), s, p.Code(r, s.Number))}
	var visible bool
	f.view, visible = matter.Visible(s, f.eyes)
	switch {
	case s.Spent() && (visible || p.API.Remembers(r.Context(), s, p.Code(r, s.Number))):
		p.erasedPage(w, r, s)
	case !visible:
		site.Error(w, r, civic.Refuse(civic.Missing, "matter.none"))
	case f.eyes.Reporter == "":
		http.Redirect(w, r, "/track?number="+s.Number.String(), http.StatusSeeOther)
	default:
		return f, true
	}
	return found{}, false
}

func (p *Pages) erasePage(w http.ResponseWriter, r *http.Request, status int, f found, form face.Form) {
	if form.Value("once") == "" {
		form.Values.Set("once", face.FormKey())
	}
	v := form.Voice
	p.API.Site.Page(w, r, face.Sheet{
		Status: status, Title: v.Say("pages.erase_title") + " " + f.view.Number.String(), Section: "/matters", Secret: true,
		Crumbs: []face.Crumb{{Href: "/matters", Title: v.Say("pages.matters")}, {Href: PathOf(f.view.Number), Title: f.view.Number.String()}},
	}, eraseForm(eraseView{form, v, f.view, f.state.UnderReview()}))
}

// erasedPage says what became of it; to whoever did it, and to whoever comes back with the code.
func (p *Pages) erasedPage(w http.ResponseWriter, r *http.Request, s matter.State) {
	v := p.API.Site.Voice(r.Context())
	p.API.Site.Page(w, r, face.Sheet{
		Title: v.Say("pages.erased_number", "number", s.Number.String()), Section: "/matters", Crumbs: []face.Crumb{}, Secret: true,
	}, erasedView(v, s.Number.String(), s.Erased))
}

// takeErase erases. Sent twice, it is done once and answered alike.
func (p *Pages) takeErase(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	fields, _, _, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	if p.erasedOnce(w, r, fields) {
		return
	}
	f, ok := p.erasable(w, r)
	if !ok {
		return
	}
	form := face.Form{Voice: site.Voice(r.Context()), Values: fields}
	c := matter.Erase{Withdraw: fields.Get("then") == "withdraw"}
	if f.view.Status.Open() && fields.Get("then") != "withdraw" && fields.Get("then") != "goes_on" {
		form.Add("then", "pages.erase_choice_missing")
	}
	if fields.Get("sure") != "yes" {
		form.Add("sure", "pages.erase_sure_missing")
	}
	if len(form.Wrong) > 0 {
		p.erasePage(w, r, http.StatusUnprocessableEntity, f, form)
		return
	}
	if err := p.do(r, f, c, nil, fields); err != nil {
		if !form.Take(err, map[string]string{"withdraw": "then"}) {
			site.Error(w, r, err)
			return
		}
		p.erasePage(w, r, face.Status(err), f, form)
		return
	}
	s, err := p.API.Find(r.Context(), string(f.state.Number))
	switch {
	case err != nil:
		site.Error(w, r, err)
	case s.Spent():
		p.keep(w, r, s.Number, "")
		p.erasedPage(w, r, s)
	default: // a hold delays it: her page says so
		http.Redirect(w, r, PathOf(s.Number), http.StatusSeeOther)
	}
}

// erasedOnce answers a form that was sent before, when who sent it is known no more: the key it was shown with is
// asked for, and nobody else has it.
func (p *Pages) erasedOnce(w http.ResponseWriter, r *http.Request, fields url.Values) bool {
	key, digest := p.API.Site.FormOnce(fields)
	s, err := p.API.Find(r.Context(), r.PathValue("number"))
	if key == "" || err != nil || !s.Spent() {
		return false
	}
	t := clerk.Task{Command: matter.Erase{}, Dossier: s.ID, Actor: civic.Actor{Kind: civic.Resident}, Key: key, Digest: digest}
	if done, err := p.API.Site.Realm.Do(r.Context(), t); err != nil || !done.Again || done.Dossier != s.ID {
		return false
	}
	p.erasedPage(w, r, s)
	return true
}

func erasedSentence(v words.Voice, e *matter.Erasure) string {
	return v.Say("pages.erased_"+e.Ground, "date", v.Date(e.At), "law", e.Law)
}

func holdSentence(v words.Voice, key string, h *matter.Hold) string {
	return v.Say(key, "until", v.Date(h.Until), "ground", v.Value(words.Code{Key: "matter.ground." + h.Ground, Else: h.Ground}), "law", h.Law)
}
