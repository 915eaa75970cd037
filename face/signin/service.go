package signin

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
)

// Service is the sign-in of a site.
type Service struct {
	*Sessions
	// Passwords lets people have passwords; Breached is the operator's list of those that may not be one.
	Passwords bool
	Breached  *Breached
	// Phones lets residents have codes by SMS.
	Phones    bool
	Providers []*Provider
	// Send sends a code; nil where there is no way to reach anybody by mail or telephone.
	Send func(ctx context.Context, email, phone, lang, subject, text string) error
}

// New puts the sign-in before a site; before the site is served.
func New(s *Service) *Service {
	m := s.Site.Mux
	m.HandleFunc("GET /sign-in", s.askSignIn)
	m.HandleFunc("POST /sign-in/password", s.takePassword)
	m.HandleFunc("POST /sign-in/code", s.sendCode)
	m.HandleFunc("GET /sign-in/code", s.askCode)
	m.HandleFunc("POST /sign-in/code/check", s.takeCode)
	m.HandleFunc("POST /sign-in/passkey/begin", s.passkeyBegin)
	m.HandleFunc("POST /sign-in/passkey", s.passkeyFinish)
	m.HandleFunc("POST /sign-in/new/begin", s.newBegin)
	m.HandleFunc("POST /sign-in/new", s.newFinish)
	m.HandleFunc("POST /sign-in/with/{provider}", s.providerBegin)
	m.HandleFunc("GET /sign-in/with/{provider}/back", s.providerBack)
	m.HandleFunc("GET /sign-in/second", s.askSecond)
	m.HandleFunc("POST /sign-in/second", s.takeSecond)
	m.HandleFunc("POST /sign-out", s.signOut)
	if len(s.Trials) > 0 {
		m.HandleFunc("POST /sign-in/trial", s.takeTrial)
	}
	m.HandleFunc("GET /invitation", s.askInvitation)
	m.HandleFunc("POST /invitation", s.takeInvitation)
	m.HandleFunc("GET /me", s.me)
	m.HandleFunc("POST /me/post", s.takePost)
	m.HandleFunc("POST /me/password", s.newPassword)
	m.HandleFunc("POST /me/passkey/begin", s.registerBegin)
	m.HandleFunc("POST /me/passkey", s.registerFinish)
	m.HandleFunc("POST /me/mail", s.sendProof)
	m.HandleFunc("POST /me/second/begin", s.enrolBegin)
	m.HandleFunc("GET /me/second", s.askEnrol)
	m.HandleFunc("POST /me/second", s.takeEnrol)
	m.HandleFunc("POST /me/recovery", s.renewRecovery)
	m.HandleFunc("POST /me/credentials/remove", s.removeCredential)
	m.HandleFunc("POST /me/sessions/end", s.endSession)
	m.HandleFunc("GET /me/close", s.askClose)
	m.HandleFunc("POST /me/close", s.takeClose)
	s.Site.Sessions = s.Find
	s.Site.Keep, s.Site.Mine, s.Site.Held = s.keepMatter, s.mine, s.held
	s.Site.Forget = s.forgetMatter
	return s
}

// tryCookie holds the token of a sign-in under way, or of a passkey that is being added, for some minutes.
func (s *Service) tryCookie() string { return s.Site.CookieName("sign-in") }

func (s *Service) setTry(w http.ResponseWriter, token string) {
	c := &http.Cookie{Name: s.tryCookie(), Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Site.Secure(), MaxAge: 600}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func (s *Service) tryToken(r *http.Request) string {
	c, err := r.Cookie(s.tryCookie())
	if err != nil || len(c.Value) != tokenBytes {
		return ""
	}
	return c.Value
}

// local is a path of this site to go on to; anything else is the account's page (open redirects).
func local(next string) string {
	const home = "/me"
	u, err := url.Parse(next)
	if next == "" || err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") || len(next) > 500 {
		return home
	}
	if path.Clean(u.Path) == "/sign-out" { // takes no GET
		return home
	}
	return next
}

// fields reads a form, or answers that it cannot be read.
func (s *Service) fields(w http.ResponseWriter, r *http.Request) (face.Form, bool) {
	if err := r.ParseForm(); err != nil {
		s.Site.Error(w, r, civic.Refuse(civic.Malformed, "face.unread"))
		return face.Form{}, false
	}
	return face.Form{Voice: s.Site.Voice(r.Context()), Values: r.PostForm}, true
}

func (s *Service) voice(r *http.Request) words.Voice { return s.Site.Voice(r.Context()) }

// who is the session of a request, or sends its reader to sign in.
func (s *Service) who(w http.ResponseWriter, r *http.Request) (*face.Session, bool) {
	if session := face.SessionOf(r.Context()); session != nil {
		return session, true
	}
	if r.Method == http.MethodGet {
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.Path), http.StatusSeeOther)
	} else {
		s.Site.Error(w, r, civic.Refuse(civic.Unknown, "signin.first"))
	}
	return nil, false
}

// hers is the session of a request and its form.
func (s *Service) hers(w http.ResponseWriter, r *http.Request) (session *face.Session, f face.Form, ok bool) {
	if session, ok = s.who(w, r); ok {
		f, ok = s.fields(w, r)
	}
	return session, f, ok
}

// note logs what happened to a sign-in. Of an officer it says whose account it was and from where; of
// a resident neither, since a line beside the time of a report would tell who told it.
func (s *Service) note(r *http.Request, what, how string, acc Account) {
	said := []any{"how", how}
	if acc.Kind != "" {
		said = append(said, "kind", acc.Kind)
	}
	if acc.Kind == Officer {
		said = append(said, "account", acc.ID, "from", face.ClientOf(r.Context()))
	}
	s.Site.Log.InfoContext(r.Context(), what, said...)
}

const refusedSignIn = "a sign-in was refused"

// ofSession is the account of a session, as note wants it.
func ofSession(session *face.Session) Account {
	acc := Account{ID: session.Account, Kind: Resident, Box: session.Box}
	if session.Officer {
		acc.Kind = Officer
	}
	return acc
}

// proved goes on with an account that one or two factors proved: it signs in, or asks for the second. An
// officer's that has no second yet signs in to make one.
func (s *Service) proved(w http.ResponseWriter, r *http.Request, acc Account, how, next string, sure level, at int64) {
	if sure == twoFactors {
		s.in(w, r, acc, how, next, sure, at)
		return
	}
	own, err := s.own(r.Context(), acc.ID)
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	switch {
	case slices.ContainsFunc(own, func(c credential) bool { return c.kind == byTOTP }):
		s.second(w, r, acc, how, next, at)
	case acc.Kind == Officer && s.full(own):
		s.note(r, refusedSignIn, how, acc)
		s.Site.Error(w, r, civic.Refuse(civic.Forbidden, "signin.use_stronger"))
	case acc.Kind == Officer:
		s.in(w, r, acc, how, "/me", sure, at)
	default:
		s.in(w, r, acc, how, next, sure, at)
	}
}

// full reports whether by some of these ways in their owner is proved by two factors.
func (s *Service) full(own []credential) bool {
	first, second := s.Send != nil, false // an officer who has the second may come by a code to her mail
	for _, c := range own {
		switch c.kind {
		case byPasskey:
			return true
		case byTOTP:
			second = true
		case byPassword:
			first = true
		case byProvider:
			first = true
			if slices.ContainsFunc(s.Providers, func(p *Provider) bool { return p.vouches() && p.is(c) }) {
				return true
			}
		}
	}
	return first && second
}

// in signs an account in and sends its reader on.
func (s *Service) in(w http.ResponseWriter, r *http.Request, acc Account, how, next string, sure level, at int64) {
	if err := s.start(r.Context(), w, r, acc, how, sure, at); err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.note(r, "signed in", how, acc)
	s.setTry(w, "")
	http.Redirect(w, r, local(next), http.StatusSeeOther)
}

func (s *Service) askSignIn(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if face.SessionOf(r.Context()) != nil && q.Get("again") == "" {
		http.Redirect(w, r, local(q.Get("next")), http.StatusSeeOther)
		return
	}
	s.signInPage(w, r, http.StatusOK, face.Form{Voice: s.voice(r), Values: url.Values{"next": {q.Get("next")}, "again": {q.Get("again")}}})
}

func (s *Service) signInPage(w http.ResponseWriter, r *http.Request, status int, f face.Form) {
	s.Site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("signin.title"), Section: "/sign-in", Crumbs: []face.Crumb{}, Secret: true},
		s.signInPageOf(f))
}

// Passkeys reports whether the site can have passkeys: they belong to a host's name, and an address has none.
func (s *Service) Passkeys() bool {
	u, err := url.Parse(s.Site.PublicURL)
	if err != nil {
		return false
	}
	_, err = netip.ParseAddr(u.Hostname())
	return err != nil && u.Hostname() != ""
}

func (s *Service) signOut(w http.ResponseWriter, r *http.Request) {
	if session := face.SessionOf(r.Context()); session != nil {
		err := s.end(r.Context(), session.Account, session.ID, "")
		if err == nil { // what she began must not go on under somebody else's hands
			err = s.forgetAttempts(r.Context(), session.Account)
		}
		if err != nil {
			s.Site.Error(w, r, err)
			return
		}
		s.note(r, "signed out", "", ofSession(session))
	}
	s.setCookie(w, "", -time.Second)
	s.setTry(w, "")
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
