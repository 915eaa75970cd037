package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/rooms/matter"
)

const (
	// codesCookie holds the secret codes of the matters that were told or followed last, for this session of the
	// browser: NUMBER.CODE.NUMBER.CODE…, the latest first. It is for the whole site, so that its name binds it to
	// this host (__Host-); the browser then sends it with what else is read here, of which nothing is kept.
	codesCookie = "codes"
	mostCodes   = 8
	// freshCookie says, for a few minutes after a report, of which matter the code may be shown.
	freshCookie = "fresh"
	freshFor    = 600 // seconds
	// hereCookie says that the browser keeps cookies, and nothing else; it goes when the browser is closed.
	hereCookie = "here"
)

// PathOf is the page of a matter.
func PathOf(n matter.Number) string { return "/matters/" + n.String() }

// kept is a code that the reader's browser holds.
type kept struct{ number, code string }

func (p *Pages) kept(r *http.Request) (all []kept) {
	c, err := r.Cookie(p.API.Site.CookieName(codesCookie))
	if err != nil || len(c.Value) > mostCodes*100 {
		return nil
	}
	parts := strings.Split(c.Value, ".")
	for i := 0; i+1 < len(parts) && len(all) < mostCodes; i += 2 {
		all = append(all, kept{parts[i], parts[i+1]})
	}
	return all
}

// Code is what the reader's browser holds of a matter, "" for nothing.
func (p *Pages) Code(r *http.Request, n matter.Number) string {
	for _, k := range p.kept(r) {
		if k.number == n.String() && len(k.code) <= 64 {
			return k.code
		}
	}
	return r.Header.Get("Skein-Tracking") // as programs show it
}

// keep puts a matter's code before the others; an empty one takes it away.
func (p *Pages) keep(w http.ResponseWriter, r *http.Request, n matter.Number, code string) {
	all := slices.DeleteFunc(p.kept(r), func(k kept) bool { return k.number == n.String() })
	if code = tidy(code); code != "" {
		all = append([]kept{{n.String(), code}}, all...)
	}
	var parts []string
	for _, k := range all[:min(len(all), mostCodes)] {
		parts = append(parts, k.number, k.code)
	}
	age := 0
	if len(parts) == 0 {
		age = -1
	}
	p.cookie(w, codesCookie, strings.Join(parts, "."), age)
}

func (p *Pages) cookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: p.API.Site.CookieName(name), Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: p.API.Site.Secure(),
	})
}

// askCode asks for the number and the code of a receipt.
func (p *Pages) askCode(w http.ResponseWriter, r *http.Request) {
	v := p.API.Site.Voice(r.Context())
	p.codePage(w, r, http.StatusOK, face.Form{Voice: v, Values: url.Values{"number": {r.URL.Query().Get("number")}}}) // a code has no place in an address
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
	if err == nil && p.API.Remembers(r.Context(), s, code) {
		p.keep(w, r, s.Number, "")
		p.erasedPage(w, r, s)
		return
	}
	if err != nil || !p.API.Tracked(r.Context(), s, code) {
		f.Add("code", "pages.code_wrong")
		f.Values.Del("code")
		p.codePage(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	p.keep(w, r, s.Number, code)
	if cookieless(r) {
		if f, ok := p.findBy(w, r, s.Number.String(), code); ok {
			p.show(w, r, f, http.StatusOK, "", face.Form{})
		}
		return
	}
	http.Redirect(w, r, PathOf(s.Number), http.StatusSeeOther)
}

// cookieless reports whether a browser sends no cookie, not even that which a form was shown with: it keeps none. What its
// reader is to know of a matter of hers must be in the answer itself, and the code in the forms.
func cookieless(r *http.Request) bool { return len(r.Cookies()) == 0 }

// probe finds out whether a browser keeps cookies, before a form comes back.
func (p *Pages) probe(w http.ResponseWriter, r *http.Request) {
	if cookieless(r) {
		p.cookie(w, hereCookie, "1", 0)
	}
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
	p.probe(w, r)
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
