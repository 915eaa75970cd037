// Package face is how people and programs reach the rooms: the server, who asks, in which
// language, errors in words, the frame of the JSON API and the shell of the pages.
package face

import (
	"context"
	"embed"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/face/basemap"
	"skein/face/front"
	"skein/face/words"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/seal"
	"skein/frame/store"
	"skein/frame/vault"
)

// Messages holds the face's own texts.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Site is one realm as it is served.
type Site struct {
	Realm     *clerk.Realm
	Vault     *vault.Vault
	Access    *access.Record // the way to what nobody released
	Book      *words.Book
	Keys      *Keys
	Log       *slog.Logger
	PublicURL string
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
	Version   string

	// Name gives the title of a code of the realm in a language; kinds are "body", "post",
	// "place", "category". cmd plugs the rooms in.
	Name func(v *clerk.View, lang, kind, code string) string

	// Sample is the key of the sentence that says what the data of a demonstration are.
	Sample string
	// Nav is the navigation of the pages, in order.
	Nav []Entry

	// Basemap lies under the realm's own boundaries on maps that move; nil where the operator added none.
	Basemap *basemap.Map

	// Staff is what is added to it for a post.
	Staff func(civic.Actor) []Entry

	// Sessions says whose session a request comes in, nil for nobody's; Keep lets who is signed in
	// find again what she begins, by rows for the commit that begins it; Mine says under which id she
	// stands in a dossier. PathOf and TitleOf are a dossier's page and its line in a list.
	Sessions func(r *http.Request) (*Session, error)
	Keep     func(ctx context.Context, person civic.PersonID) (func(civic.DossierID) []store.Write, error)
	Mine     func(ctx context.Context, dossier civic.DossierID) (civic.PersonID, bool)
	Held     Holding // nil where nobody signs in
	// Forget gives the rows that let go of one of them, for the commit that erases it.
	Forget func(ctx context.Context, dossier civic.DossierID) ([]store.Write, error)
	// Gone reports whether a dossier was erased, by whomever.
	Gone func(dossier civic.DossierID) bool
	// Erase has what somebody told erased, each dossier by the way of its own door.
	Erase   func(ctx context.Context, all []Told) ([]Erasing, error)
	PathOf  func(civic.DossierID) string
	TitleOf func(words.Voice, civic.DossierID) string

	// Seal is the realm's log; Witness cosigns those of others, and Asker asks others to cosign it: nil where none is configured.
	// WitnessKeys are the verifier keys of those whom the operator named as the log's witnesses.
	Seal        *seal.Sealer
	Witness     *seal.Witness
	Asker       *seal.Asker
	WitnessKeys func() []string

	Mux *Mux
	API huma.API

	zone     *time.Location
	Metrics  *Metrics
	throttle throttle
	Reading  Reading
	// Asking are the patterns of doors that are sent something and change nothing: what is asked of them has no place in an address.
	Asking  map[string]bool
	Guesses Guesses
	doors   []Door
	looked  looked
	known   sync.Map // the key that signs a log → what is known of it
	unnamed sync.Once
}

// Told is a dossier that somebody began, and under which id she stands in it.
type Told struct {
	Dossier civic.DossierID
	Person  civic.PersonID
}

// Erasing is what became of one that was to be erased: gone, or held back until an instant.
type Erasing struct {
	Dossier civic.DossierID
	Until   civic.Instant
	Err     error
}

// New makes a site with the doors that every site has.
func New(site *Site) *Site {
	site.Mux = &Mux{ServeMux: http.NewServeMux()}
	site.Asking = map[string]bool{}
	site.zone = site.Realm.View().Settings.Location()
	site.Metrics = newMetrics(site)
	site.API = newAPI(site)
	site.Mux.Handle("GET "+front.Prefix, front.Handler())
	site.Mux.Handle("GET /sw.js", front.Worker())
	site.Mux.HandleFunc("GET /manifest.webmanifest", site.manifest)
	site.health()
	return site
}

// Session is a sign-in that a request comes in.
type Session struct {
	ID      string // its row
	Account string
	Box     string // of the account, in the vault
	Officer bool
	How     string    // the kind of credential that began it
	Proved  time.Time // when its holder last was
	// Strong says that two factors proved her, without which an officer acts in no post; Enrols that she may
	// change how she is proved.
	Strong, Enrols bool
	// Posts are those of the terms that run now; Post is the one of them that is acted in, if any.
	Posts []civic.PostID
	Post  civic.PostID
	// Served lists the posts in which she sat at any time since a moment, those of today among them; nil for who never acts in one.
	Served func(since civic.Instant) []civic.PostID
}

// Since are the posts in which she sat at any time since a moment. She is one person in all of them: who is kept out of something by what
// one of them did is so in each.
func (s *Session) Since(at civic.Instant) []civic.PostID {
	if s == nil || s.Served == nil {
		return nil
	}
	return s.Served(at)
}

// asker is who a request is from, found once a request.
type asker struct {
	actor   civic.Actor
	key     Key
	session *Session
	voice   words.Voice
	ip      netip.Addr
	began   time.Time
}

type askerKey struct{}

// Voice is the language of a request.
func (s *Site) Voice(ctx context.Context) words.Voice {
	if a, ok := ctx.Value(askerKey{}).(*asker); ok {
		return a.voice
	}
	return s.voice("")
}

// Actor is who asks: a post by its key, otherwise a resident who need not be known.
func Actor(ctx context.Context) civic.Actor {
	if a, ok := ctx.Value(askerKey{}).(*asker); ok {
		return a.actor
	}
	return civic.Actor{Kind: civic.Resident}
}

// SessionOf is the session of a request, nil for none.
func SessionOf(ctx context.Context) *Session {
	if a, ok := ctx.Value(askerKey{}).(*asker); ok {
		return a.session
	}
	return nil
}

// ClientOf is the address that a request comes from.
func ClientOf(ctx context.Context) netip.Addr {
	if a, ok := ctx.Value(askerKey{}).(*asker); ok {
		return a.ip
	}
	return netip.Addr{}
}

// KeyUse is the use of the key a request came with, or "".
func KeyUse(ctx context.Context) string {
	if a, ok := ctx.Value(askerKey{}).(*asker); ok {
		return a.key.Use
	}
	return ""
}

// VoiceIn is a voice for a language tag, for what is said outside a request.
func (s *Site) VoiceIn(lang string) words.Voice { return s.voice(lang) }

func (s *Site) voice(lang string) words.Voice {
	settings := s.Realm.View().Settings
	v := s.Book.Voice(s.Book.Match(append([]string{lang}, settings.Languages...)...), s.zone)
	v.Name = func(kind, code string) string { return s.Name(s.Realm.View(), v.Lang, kind, code) }
	if len(settings.Languages) > 0 {
		v.Own = settings.Languages[0]
	}
	return v
}

// Zone is the realm's time zone.
func (s *Site) Zone() *time.Location { return s.zone }

// maxBody bounds a request without files.
const maxBody = 1 << 20

// MaxUpload bounds a request with files.
const MaxUpload = 25 << 20

// Handler is the whole site: the doors behind what every request passes.
func (s *Site) Handler() http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		s.unnamedProxy(r)
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Content-Security-Policy", front.ContentSecurityPolicy())
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if s.Secure() {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		if r.Header.Get("Authorization") != "" || r.Header.Get("Skein-Tracking") != "" {
			h.Set("Cache-Control", "no-store") // what is answered may be for these eyes alone
		}
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		a := &asker{actor: civic.Actor{Kind: civic.Resident}, voice: s.voice(s.language(r)), ip: s.client(r), began: began}
		r = r.WithContext(context.WithValue(r.Context(), askerKey{}, a))
		refuse := func(kind civic.Kind, key string) { s.explain(rec, r, NewProblem(a.voice, civic.Refuse(kind, key))) }
		defer func() {
			if fault := recover(); fault != nil {
				if fault == http.ErrAbortHandler {
					panic(fault)
				}
				s.Log.Error("a request failed", "pattern", r.Pattern, "fault", fault)
				if !rec.wrote {
					s.explain(rec, r, NewProblem(a.voice, context.DeadlineExceeded))
				}
			}
			s.refused(r, a, rec.status)
			s.Metrics.request(r.Pattern, rec.status, time.Since(began))
		}()
		limit := int64(maxBody)
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
			limit = MaxUpload
		}
		if r.ContentLength > limit {
			h.Set("Connection", "close")
			refuse(civic.TooLarge, "face.too_large")
			return
		}
		r.Body = http.MaxBytesReader(rec, r.Body, limit)
		if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			found, ok, err := s.Keys.Find(r.Context(), strings.TrimSpace(key), s.Realm.Now())
			if err != nil {
				s.Log.Error("looking a key up", "err", err)
				refuse(civic.Unavailable, "clerk.unavailable")
				return
			}
			if !ok {
				refuse(civic.Unknown, "face.key_unknown")
				return
			}
			a.key = found
			if found.Use == "post" {
				a.actor = civic.Actor{Kind: civic.Post, Post: found.Post, Scope: found.Scope}
			}
		} else if err := cross.Check(r); err != nil {
			refuse(civic.Forbidden, "face.cross_origin")
			return
		} else if s.Sessions != nil {
			session, err := s.Sessions(r)
			if err != nil {
				s.Log.Error("looking a session up", "err", err)
				refuse(civic.Unavailable, "clerk.unavailable")
				return
			}
			if session != nil {
				h.Set("Cache-Control", "no-store")
				a.session = session
				if session.Post != "" {
					a.actor = civic.Actor{Kind: civic.Post, Post: session.Post}
				}
			}
		}
		none, pattern := s.Mux.Handler(r)
		changes := !reads(r) && !s.Asking[pattern]
		if changes && a.key.Use == "" && a.actor.Kind != civic.Post && s.door(r) == nil && !s.throttle.allow(a.ip, began) {
			refuse(civic.TooMany, "face.too_many")
			return
		}
		if !changes && a.key.Use == "" && a.actor.Kind != civic.Post {
			end, ok := s.Reading.begin(a.ip, began)
			if !ok {
				refuse(civic.TooMany, "face.too_much_read")
				return
			}
			if end != nil {
				defer func() { now := time.Now(); end(now.Sub(began)-rec.sending, now) }()
			}
		}
		if reads(r) && s.Access != nil {
			var end func()
			if a.actor.Kind == civic.Post {
				r, end = s.gate(rec, r)
			} else {
				end = s.Access.Answering()
			}
			defer end()
		}
		if pattern == "" {
			s.noDoor(rec, r, none)
			return
		}
		s.Mux.ServeHTTP(rec, r)
	})
}

// refused logs that somebody or what she sent was refused: who, if it was a post, and by what kind of
// door, but not at which matter, and nothing of what was sent; of a resident nothing, not even from which
// network: a line for each slip would be a register of who was here when.
func (s *Site) refused(r *http.Request, a *asker, status int) {
	switch status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		s.Log.InfoContext(r.Context(), "input refused", "pattern", r.Pattern, "status", status, "actor", a.actor.Kind, "post", a.actor.Post)
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		s.Log.InfoContext(r.Context(), "refused", "pattern", r.Pattern, "status", status, "actor", a.actor.Kind, "post", a.actor.Post)
	}
}

// unnamedProxy warns, once, that requests come through a proxy on this machine whose word is not
// believed: everybody would pass for the operator, whom nothing slows down.
func (s *Site) unnamedProxy(r *http.Request) {
	if forwarded(r) && s.client(r).IsLoopback() && !s.trusted(s.client(r)) {
		s.unnamed.Do(func() {
			s.Log.Warn("requests come through a proxy that is not named: say --trusted-proxy, or nobody is slowed down")
		})
	}
}

// forwarded reports whether a request says that it came through a proxy.
func forwarded(r *http.Request) bool {
	return r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
}

// noDoor answers where no door is: what the mux would say (404, or 405 with the methods
// there are) in the form that the client prefers.
func (s *Site) noDoor(w http.ResponseWriter, r *http.Request, h http.Handler) {
	said := &unsaid{header: http.Header{}}
	h.ServeHTTP(said, r)
	p := NewProblem(s.Voice(r.Context()), civic.Refuse(civic.Missing, "face.no_page"))
	if said.status == http.StatusMethodNotAllowed {
		w.Header()["Allow"] = said.header["Allow"]
		p = NewProblem(s.Voice(r.Context()), civic.Refuse(civic.Missing, "face.no_method"))
		p.Status, p.Title = said.status, http.StatusText(said.status)
	}
	s.explain(w, r, p)
}

// unsaid hears an answer and sends nothing.
type unsaid struct {
	header http.Header
	status int
}

func (u *unsaid) Header() http.Header         { return u.header }
func (u *unsaid) Write(b []byte) (int, error) { return len(b), nil }
func (u *unsaid) WriteHeader(status int)      { u.status = status }

// language is what the reader asked for: the query, a cookie, the browser.
func (s *Site) language(r *http.Request) string {
	if l := r.URL.Query().Get("lang"); l != "" {
		return l
	}
	if c, err := r.Cookie(s.CookieName(langCookie)); err == nil {
		return c.Value
	}
	return r.Header.Get("Accept-Language")
}

// client is the address a request comes from; a proxy's word is taken only if it is trusted.
func (s *Site) client(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip, _ := netip.ParseAddr(host)
	// A proxy may add a line of its own below one that the client made up.
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && s.trusted(ip); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break
		}
		ip = next
	}
	return ip
}

func (s *Site) trusted(ip netip.Addr) bool {
	for _, p := range s.Proxies {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// throttle bounds what one address without a key may send: a burst, then so many a
// second. Loopback is the operator's own and is not bounded.
type throttle struct {
	mu      sync.Mutex
	buckets map[netip.Prefix]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

const (
	burst     = 60
	perSecond = 1
)

func (t *throttle) allow(ip netip.Addr, now time.Time) bool {
	if !ip.IsValid() || ip.IsLoopback() {
		return true
	}
	bits := 32
	if ip.Is6() && !ip.Is4In6() {
		bits = 64
	}
	net, err := ip.Unmap().Prefix(bits)
	if err != nil {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.buckets == nil || len(t.buckets) > 100_000 {
		t.buckets = map[netip.Prefix]bucket{}
	}
	b, seen := t.buckets[net]
	if !seen {
		b = bucket{burst, now}
	}
	b.tokens = min(burst, b.tokens+now.Sub(b.at).Seconds()*perSecond)
	b.at = now
	if b.tokens < 1 {
		t.buckets[net] = b
		return false
	}
	b.tokens--
	t.buckets[net] = b
	return true
}
