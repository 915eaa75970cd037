package face

import (
	"bytes"
	"compress/gzip"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"skein/face/front"
	"skein/face/words"
	"skein/frame/civic"
)

// Here marks the entry of a list that stands for the page or its section (WAI-ARIA 1.2, aria-current): an empty value would say that it does not.
func Here(here bool) templ.Attributes {
	if !here {
		return nil
	}
	return templ.Attributes{"aria-current": "true"}
}

// Own marks what stands in the realm's own language on a page in another (WCAG 2.2, 3.1.2): laws and standards are as the realm wrote them.
func Own(v words.Voice) templ.Attributes {
	if v.Own == "" || v.Own == v.Lang {
		return nil
	}
	return templ.Attributes{"lang": v.Own}
}

// Sheet is what the shell of a page is told of it.
type Sheet struct {
	Status  int // of the answer; 0 is 200
	Title   string
	Section string  // path of the entry of the navigation it belongs to: "/matters"
	Crumbs  []Crumb // between the front page and this one; nil shows no way back
	// Secret pages show what one reader alone may see: nothing keeps them, and they are
	// not compressed (BREACH: a secret beside what an attacker may choose).
	Secret bool
}

// Crumb is a step on the way from the front page to a page.
type Crumb struct{ Href, Title string }

// Entry is a line of the navigation: a path and the message key of its title.
type Entry struct{ Path, Key string }

// shell is everything around the content of a page.
type shell struct {
	Sheet
	Voice words.Voice
	Realm string
	Nav   []Entry
	Langs []langLink
	Door  *Entry // the sign-in, or the account's page; nil where nobody signs in
	In    bool   // the reader is signed in
	As    string // the post that is acted in
	Log   string // path of the page of the log
	Demo  string // key of what the sample data are; "" for a realm that is none
	Now   string

	Theme  string // that was chosen; "" is what the device asks for
	Themes []themeLink
}

type langLink struct {
	Lang, Name, Href string
	Here             bool
}

// languageNames are the names of languages in themselves.
var languageNames = map[string]string{"en": "English", "zh-Hans": "中文", words.Pseudo: "\u202eþšéúđó\u202c"}

// shellStyle is the style that the page brings along; the policy knows it by its hash.
var shellStyle = sync.OnceValue(func() templ.Component { return templ.Raw("<style>" + front.Shell() + "</style>") })

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Page sends a page: the shell in the reader's language, and in it the content.
func (s *Site) Page(w http.ResponseWriter, r *http.Request, sheet Sheet, content templ.Component) {
	if err := s.page(w, r, sheet, content); err != nil {
		s.Log.Error("a page failed", "pattern", r.Pattern, "err", err)
		p := NewProblem(s.Voice(r.Context()), err)
		WriteProblem(w, p)
	}
}

func (s *Site) page(w http.ResponseWriter, r *http.Request, sheet Sheet, content templ.Component) error {
	buffer := buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	defer buffers.Put(buffer)
	if err := page(s.shell(r, sheet), content).Render(r.Context(), buffer); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Language, Cookie, Accept-Encoding")
	if sheet.Secret {
		h.Set("Cache-Control", "no-store")
	}
	if h.Get("Cache-Control") != "no-store" { // as it is too for who is signed in, or came with a key or a code
		h.Set("Cache-Control", "private, no-cache")
		// Whoever opened a page that everyone sees alike learns nothing by its window, and a browser that must leave
		// that window begins a process anew before it shows anything: 0.3 s at a quarter of a processor (node scripts/front.mjs).
		h.Del("Cross-Origin-Opener-Policy")
	}
	s.keepLanguage(w, r)
	s.keepTheme(w, r)
	status := sheet.Status
	if status == 0 {
		status = http.StatusOK
	}
	const worthwhile = 1400 // less fits into one packet as it is
	if sheet.Secret || buffer.Len() < worthwhile || !front.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Length", strconv.Itoa(buffer.Len()))
		w.WriteHeader(status)
		_, err := w.Write(buffer.Bytes())
		return ignoreGone(err)
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(w)
	z.Write(buffer.Bytes())
	return ignoreGone(z.Close())
}

// ignoreGone: once the header is out, an error of writing is a reader who went away.
func ignoreGone(error) error { return nil }

var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // a level that there is
	return z
}}

func (s *Site) shell(r *http.Request, sheet Sheet) shell {
	settings := s.Realm.View().Settings
	v := s.Voice(r.Context())
	sh := shell{Sheet: sheet, Voice: v, Realm: settings.Title(v.Lang), Nav: s.Nav, Log: "/log/" + string(s.Realm.ID)}
	for _, lang := range s.Book.Languages() {
		sh.Langs = append(sh.Langs, langLink{Lang: lang, Name: languageNames[lang], Here: lang == v.Lang, Href: with(r, "lang", lang)})
	}
	sh.Theme = s.Theme(r)
	for _, name := range themes {
		key, chosen := "face.theme_"+name, name
		if name == deviceTheme {
			chosen = ""
		}
		sh.Themes = append(sh.Themes, themeLink{Key: key, Here: chosen == sh.Theme, Href: with(r, "theme", name)})
	}
	if actor := Actor(r.Context()); actor.Kind == civic.Post && s.Staff != nil {
		sh.Nav = append(slices.Clip(sh.Nav), s.Staff(actor)...)
	}
	if s.Sessions != nil {
		sh.Door = &Entry{"/sign-in", "face.sign_in"}
		if session := SessionOf(r.Context()); session != nil {
			sh.Door, sh.In = &Entry{"/me", "face.me"}, true
			if session.Post != "" && sheet.Section != "/report" { // what is told there is told for oneself
				sh.As = v.Name("post", string(session.Post))
			}
		}
	}
	if settings.Demo != nil {
		sh.Demo, sh.Now = s.Sample, v.DateTime(s.Realm.Now())
		if sh.Demo == "" {
			sh.Demo = "face.demo_data"
		}
	}
	return sh
}

// with is the page's own address with one parameter set.
func with(r *http.Request, name, value string) string {
	q := r.URL.Query()
	q.Set(name, value)
	return (&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).String()
}

const langCookie = "lang"

// keepLanguage remembers a language that was chosen by its link.
func (s *Site) keepLanguage(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("lang") != "" {
		s.keep(w, langCookie, s.Voice(r.Context()).Lang)
	}
}

// keep remembers a choice of how pages look for a year, in the browser alone.
func (s *Site) keep(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: s.CookieName(name), Value: value, Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Secure(),
	})
}

// Secure reports whether people reach the site by https, so that cookies can be kept to it.
func (s *Site) Secure() bool { return strings.HasPrefix(s.PublicURL, "https://") }

// CookieName is what a cookie is called. All are for the whole site: where it is reached by https the prefix
// has the browser hold that a cookie came by https and from this host alone (RFC 6265bis, 4.1.3).
func (s *Site) CookieName(name string) string {
	if !s.Secure() {
		return name
	}
	return "__Host-" + name
}

// Error answers a request that failed: a page for people, problem+json for programs.
func (s *Site) Error(w http.ResponseWriter, r *http.Request, err error) {
	s.explain(w, r, s.Fail(r.Context(), err))
}

// explain sends a problem in the form that the client prefers.
func (s *Site) explain(w http.ResponseWriter, r *http.Request, p *Problem) {
	maps.Copy(w.Header(), p.GetHeaders())
	if d := s.door(r); d != nil {
		d.Explain(w, r, p)
		return
	}
	if !prefersHTML(r) {
		WriteProblem(w, p)
		return
	}
	v := s.Voice(r.Context())
	key := "face.status_" + strconv.Itoa(p.Status)
	if !v.Has(key) {
		key = "face.status"
	}
	w.Header().Del("Content-Length")
	s.Page(w, r, Sheet{Status: p.Status, Title: v.Say(key)}, problemPage(v, v.Say(key), p))
}

// prefersHTML reports whether a client asks for pages, as browsers do, rather than for data.
func prefersHTML(r *http.Request) bool {
	html, data := 0.0, 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		media, rest, _ := strings.Cut(part, ";")
		q := 1.0
		if _, value, ok := strings.Cut(rest, "q="); ok {
			value, _, _ = strings.Cut(value, ";")
			if f, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
				q = f
			}
		}
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "text/html", "application/xhtml+xml":
			html = max(html, q)
		case "application/json", "application/problem+json":
			data = max(data, q)
		}
	}
	return html > data
}

// title is the title of a page: its own, then the realm's.
func title(sh shell) string {
	if sh.Title == "" || sh.Title == sh.Realm {
		return sh.Realm
	}
	return sh.Title + " – " + sh.Realm
}
