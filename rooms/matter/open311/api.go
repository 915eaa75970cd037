package open311

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/matter"
)

// Service is a category as a client is offered it, in one language.
type Service struct {
	Code     civic.Category
	Name     string
	Hint     string // what to say in a report, or ""
	Group    string
	Keywords []string
	Kind     matter.Kind
}

// Services is what a realm offers, as of a view. cmd plugs the duty room in.
type Services interface {
	// Offered lists the categories that a report can be filed under, in order of their codes.
	Offered(lang string) []Service
	// Changed is when the categories were last set.
	Changed() civic.Instant
}

// API is the door.
type API struct {
	Site     *face.Site
	Matters  *matter.API
	Services func(*clerk.View, civic.Instant) Services

	// Address gives the point of the one address that a text is; false where it is none that is known, or may be several.
	Address func(ctx context.Context, text string) (lat, lon float64, ok bool, err error)

	// Later calls a function when some time of the machine's has passed, like time.AfterFunc.
	Later func(time.Duration, func()) *time.Timer

	kept kept
}

const (
	root   = "/open311/"
	prefix = root + "v2"
)

// Register adds the door to the site.
func (a *API) Register() {
	a.kept.later = a.Later
	a.Site.Add(face.Door{Prefix: root, Explain: a.explain})
	handle := func(pattern string, f func(http.ResponseWriter, *http.Request) error) {
		a.Site.Mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := f(w, r); err != nil {
				a.fail(w, r, err)
			}
		})
	}
	for _, name := range []string{"discovery", "discovery.xml", "discovery.json"} {
		handle("GET "+root+name, a.discovery)
	}
	handle("GET "+prefix, a.discovery)
	handle("GET "+prefix+"/{resource...}", a.get)
	handle("POST "+prefix+"/{resource...}", a.post)
}

// get answers whatever is read.
func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	parts, _ := path(r)
	if len(parts) == 1 && (parts[0] == "discovery" || parts[0] == "") {
		return a.discovery(w, r)
	}
	q, refusals := query(r.URL.RawQuery)
	if len(refusals) > 0 {
		return refusals
	}
	if err := a.jurisdiction(q); err != nil {
		return err
	}
	switch {
	case is(parts, "services"):
		return a.services(w, r)
	case is(parts, "services", "*"):
		return a.definition(w, r, parts[1])
	case is(parts, "requests"):
		return a.requests(w, r, q)
	case is(parts, "requests", "*"), is(parts, "request", "*"): // the draft of v2.1 has it without an s
		return a.request(w, r, q, parts[1])
	case is(parts, "tokens", "*"):
		// Services are realtime: no token was ever given out.
		return civic.Refuse(civic.Missing, "open311.token", "token", clip(parts[1]))
	case is(parts, "servicerequestupdates"):
		return a.updates(w, r, q)
	}
	return civic.Refuse(civic.Missing, "open311.no_resource")
}

// post answers whatever is written.
func (a *API) post(w http.ResponseWriter, r *http.Request) error {
	parts, _ := path(r)
	var do func(http.ResponseWriter, *http.Request, form, string) error
	switch {
	case is(parts, "requests"):
		do = a.report
	case is(parts, "servicerequestupdates"):
		do = a.update
	default:
		return civic.Refuse(civic.Missing, "open311.no_resource")
	}
	f, err := readForm(r.Context(), r)
	if err != nil {
		if err := a.Site.Throttle(r.Context()); err != nil {
			return err
		}
		return err
	}
	key, err := a.key(r.Context(), r, f.params)
	if err != nil {
		if err := a.Site.Throttle(r.Context()); err != nil {
			return err
		}
		return err
	}
	if err := a.jurisdiction(f.params); err != nil {
		return err
	}
	return do(w, r, f, key)
}

// key finds the key a request came with: Authorization: Bearer, or api_key in the form.
func (a *API) key(ctx context.Context, r *http.Request, p params) (string, error) {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		if face.KeyUse(ctx) != "open311" {
			return "", civic.Refuse(civic.Forbidden, "open311.key_wrong")
		}
		return strings.TrimSpace(bearer), nil
	}
	key := p.get("api_key")
	if key == "" {
		return "", civic.Refuse(civic.Forbidden, "open311.key_missing")
	}
	found, ok, err := a.Site.Keys.Find(ctx, key, a.Site.Realm.Now())
	if err != nil {
		return "", err
	}
	if !ok || found.Use != "open311" {
		return "", civic.Refuse(civic.Forbidden, "open311.key_wrong")
	}
	return key, nil
}

// jurisdiction refuses a jurisdiction that is not this one. One realm is served here, so
// it need not be given; it is known by the realm's code and by the name of its site.
func (a *API) jurisdiction(p params) error {
	id := p.get("jurisdiction_id")
	if id == "" || strings.EqualFold(id, string(a.Site.Realm.ID)) {
		return nil
	}
	if u, err := url.Parse(a.Site.PublicURL); err == nil && u.Hostname() != "" &&
		strings.EqualFold(strings.TrimPrefix(id, "www."), strings.TrimPrefix(u.Hostname(), "www.")) {
		return nil
	}
	return civic.Refuse(civic.Missing, "open311.jurisdiction", "id", clip(id), "realm", string(a.Site.Realm.ID))
}

// path takes the parts of a resource and the format out of a URL: the suffix, else what is
// accepted, else XML, which the standard requires of every server.
func path(r *http.Request) ([]string, format) {
	rest := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, prefix), "/"), "/")
	for _, f := range []format{formatXML, formatJSON} {
		if cut := len(rest) - len(f) - 1; cut >= 0 && strings.EqualFold(rest[cut:], "."+string(f)) {
			return strings.Split(rest[:cut], "/"), f
		}
	}
	return strings.Split(rest, "/"), accepted(r.Header.Get("Accept"))
}

// accepted picks JSON where a client names it before XML.
func accepted(accept string) format {
	for part := range strings.SplitSeq(accept, ",") {
		media, _, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "application/json", "text/json":
			return formatJSON
		case "text/xml", "application/xml":
			return formatXML
		}
	}
	return formatXML
}

func is(parts []string, pattern ...string) bool {
	if len(parts) != len(pattern) {
		return false
	}
	for i, p := range pattern {
		if parts[i] == "" || p != "*" && p != parts[i] {
			return false
		}
	}
	return true
}

// clip shortens what a client sent for a sentence about it.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
