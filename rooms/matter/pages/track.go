package pages

import (
	"net/http"

	"skein/face"
	"skein/face/words"
	"skein/rooms/matter"
)

const (
	// codeCookie holds the secret code of one matter, for its path and this session.
	codeCookie = "code"
	// freshCookie says, for a few minutes after a report, that its code may be shown.
	freshCookie = "fresh"
	freshFor    = 600 // seconds
)

// PathOf is the page of a matter.
func PathOf(n matter.Number) string { return "/matters/" + n.String() }

func (p *Pages) code(r *http.Request) string {
	if c, err := r.Cookie(p.API.Site.CookieName(codeCookie, r.URL.Path)); err == nil && len(c.Value) <= 64 {
		return c.Value
	}
	return r.Header.Get("Skein-Tracking") // as programs show it
}

// keep puts a code into the cookie of its matter; an empty one takes it away.
func (p *Pages) keep(w http.ResponseWriter, n matter.Number, code string) {
	c := &http.Cookie{
		Name: p.API.Site.CookieName(codeCookie, PathOf(n)), Value: code, Path: PathOf(n), HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: p.API.Site.Secure(),
	}
	if code == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// askCode asks for the number and the code of a receipt.
func (p *Pages) askCode(w http.ResponseWriter, r *http.Request) {
	v := p.API.Site.Voice(r.Context())
	p.codePage(w, r, http.StatusOK, face.Form{Voice: v, Values: r.URL.Query()})
}

// takeCode shows whoever has the code her matter. A number that does not exist and a code
// that does not fit are answered alike.
func (p *Pages) takeCode(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	fields, _, _, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	f := face.Form{Voice: site.Voice(r.Context()), Values: fields}
	number, err := matter.ParseNumber(f.Value("number"))
	if err != nil {
		f.Take(err, nil)
		f.Wrong[0].Field = "number"
		p.codePage(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	s, err := p.API.Find(r.Context(), string(number))
	if err != nil && face.Status(err) != http.StatusNotFound {
		site.Error(w, r, err)
		return
	}
	code := f.Value("code")
	if err != nil || !p.API.Tracked(r.Context(), s, code) {
		f.Add("code", "pages.code_wrong")
		f.Values.Del("code")
		p.codePage(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	p.keep(w, s.Number, tidy(code))
	http.Redirect(w, r, PathOf(s.Number), http.StatusSeeOther)
}

// tidy is a code as a cookie can hold it: letters, digits and hyphens.
func tidy(code string) string {
	var out []rune
	for _, r := range code {
		if r >= '！' && r <= '～' {
			r += '!' - '！'
		}
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			out = append(out, r)
		}
	}
	return string(out)
}

func (p *Pages) codePage(w http.ResponseWriter, r *http.Request, status int, f face.Form) {
	p.API.Site.Page(w, r, face.Sheet{
		Status: status, Title: f.Voice.Say("pages.track"), Section: "/track", Crumbs: []face.Crumb{}, Secret: true,
	}, trackPage(f))
}

func trackNumber(v words.Voice) face.Field {
	return face.Field{Name: "number", Label: v.Say("pages.number"), Hint: v.Say("pages.number_hint"), Mode: "numeric", Most: 20, Short: true, Auto: "off"}
}

func trackCode(v words.Voice) face.Field {
	return face.Field{Name: "code", Label: v.Say("pages.code"), Hint: v.Say("pages.code_hint"), Most: 40, Short: true, Auto: "off"}
}
