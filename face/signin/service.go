package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
)

// Service is the sign-in of a site.
type Service struct {
	*Sessions
	// Passwords lets people have passwords.
	Passwords bool
	Providers []*Provider
	// Send sends a code; nil where there is no way to reach anybody by mail or telephone.
	Send func(ctx context.Context, email, phone, lang, subject, text string) error
}

// How often a code is sent to one address at somebody's wish, at anybody's, and to telephones in all:
// whoever asks for codes in another's name does not keep her from getting one, nor the operator poor.
var (
	perAddressAndPlace = face.Rate{Burst: 3, Every: 5 * time.Minute}
	perAddress         = face.Rate{Burst: 12, Every: 5 * time.Minute}
	perTelephones      = face.Rate{Burst: 200, Every: 15 * time.Second}
)

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
	m.HandleFunc("POST /sign-out", s.signOut)
	m.HandleFunc("GET /invitation/{token}", s.askInvitation)
	m.HandleFunc("POST /invitation/{token}", s.takeInvitation)
	m.HandleFunc("GET /me", s.me)
	m.HandleFunc("POST /me/post", s.takePost)
	m.HandleFunc("POST /me/password", s.newPassword)
	m.HandleFunc("POST /me/passkey/begin", s.registerBegin)
	m.HandleFunc("POST /me/passkey", s.registerFinish)
	m.HandleFunc("POST /me/credentials/remove", s.removeCredential)
	m.HandleFunc("POST /me/sessions/end", s.endSession)
	s.Site.Sessions = s.Find
	s.Site.Keep, s.Site.Mine = s.keepMatter, s.mine
	return s
}

// tryCookie holds the token of a sign-in under way, or of a passkey that is being added, for some minutes.
func (s *Service) tryCookie() string { return s.Site.CookieName("sign-in", "/") }

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
	acc := Account{ID: session.Account, Kind: Resident}
	if session.Officer {
		acc.Kind = Officer
	}
	return acc
}

// in signs an account in and sends its reader on.
func (s *Service) in(w http.ResponseWriter, r *http.Request, acc Account, how, next string) {
	if err := s.start(r.Context(), w, r, acc, how); err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.note(r, "signed in", how, acc)
	s.setTry(w, "")
	http.Redirect(w, r, local(next), http.StatusSeeOther)
}

// ---- the page, passwords, codes

func (s *Service) askSignIn(w http.ResponseWriter, r *http.Request) {
	if face.SessionOf(r.Context()) != nil {
		http.Redirect(w, r, local(r.URL.Query().Get("next")), http.StatusSeeOther)
		return
	}
	s.signInPage(w, r, http.StatusOK, face.Form{Voice: s.voice(r), Values: url.Values{"next": {r.URL.Query().Get("next")}}})
}

func (s *Service) signInPage(w http.ResponseWriter, r *http.Request, status int, f face.Form) {
	s.Site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("signin.title"), Section: "/sign-in", Crumbs: []face.Crumb{}, Secret: true},
		signInPage(f, s.Passkeys(), s.Passwords, s.Send != nil, s.Providers))
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

func (s *Service) takePassword(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fields(w, r)
	if !ok {
		return
	}
	if !s.Passwords {
		s.Site.Error(w, r, civic.Refuse(civic.Missing, "face.no_page"))
		return
	}
	email, phone := Address(f.Value("address"))
	password := f.Values.Get("password")
	f.Values.Del("password")
	if email == "" && phone == "" || password == "" || len(password) > 4*mostLetters {
		f.Add("address", "signin.password_wrong")
		s.signInPage(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	if !s.Site.Guesses.Try(s.digest("guess", email+phone), face.ClientOf(r.Context()), time.Now()) {
		s.tooMany(w, r)
		return
	}
	acc, ok, err := s.proveByPassword(r.Context(), email+phone, password)
	switch {
	case err != nil:
		s.Site.Error(w, r, err)
	case !ok:
		s.note(r, refusedSignIn, byPassword, Account{})
		f.Add("address", "signin.password_wrong")
		s.signInPage(w, r, http.StatusUnprocessableEntity, f)
	default:
		s.in(w, r, acc, byPassword, f.Value("next"))
	}
}

func (s *Service) tooMany(w http.ResponseWriter, r *http.Request) {
	s.Site.Log.WarnContext(r.Context(), "too many tries at signing in", "pattern", r.Pattern, "from", face.Place(face.ClientOf(r.Context())))
	w.Header().Set("Retry-After", "60")
	s.Site.Error(w, r, civic.Refuse(civic.TooMany, "signin.too_many"))
}

// sendCode sends a code to an address, whether there is an account or not, and says the same.
func (s *Service) sendCode(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fields(w, r)
	if !ok {
		return
	}
	if s.Send == nil {
		s.Site.Error(w, r, civic.Refuse(civic.Missing, "face.no_page"))
		return
	}
	c := contact{}
	if c.Email, c.Phone = Address(f.Value("contact")); c.Email == "" && c.Phone == "" {
		f.Add("contact", "signin.address_form")
		s.signInPage(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	now := time.Now()
	to, from := "send "+s.digest("guess", c.Email+c.Phone), face.Place(face.ClientOf(r.Context()))
	if g := &s.Site.Guesses; !g.Allow(to+" "+from, perAddressAndPlace, now) || !g.Allow("place "+from, face.PerPlace, now) ||
		!g.Allow(to, perAddress, now) || c.Phone != "" && !g.Allow("telephones", perTelephones, now) {
		s.tooMany(w, r)
		return
	}
	token, code, err := s.beginCode(r.Context(), c, local(f.Value("next")))
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	v := s.voice(r)
	go func() { // how long it takes tells nobody anything
		ctx, done := context.WithTimeout(context.Background(), time.Minute)
		defer done()
		title := s.Site.Realm.View().Settings.Title(v.Lang)
		if err := s.Send(ctx, c.Email, c.Phone, v.Lang, v.Say("signin.code_subject", "realm", title), v.Say("signin.code_text", "realm", title, "code", spaced(code))); err != nil {
			s.Site.Log.Error("a code could not be sent", "err", err)
		}
	}()
	s.setTry(w, token)
	http.Redirect(w, r, "/sign-in/code", http.StatusSeeOther)
}

// spaced makes a code easier to read: 1234 5678.
func spaced(code string) string { return code[:codeDigits/2] + " " + code[codeDigits/2:] }

func (s *Service) askCode(w http.ResponseWriter, r *http.Request) {
	s.codePage(w, r, http.StatusOK, face.Form{Voice: s.voice(r), Values: url.Values{}})
}

func (s *Service) codePage(w http.ResponseWriter, r *http.Request, status int, f face.Form) {
	s.Site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("signin.code_title"), Section: "/sign-in",
		Crumbs: []face.Crumb{{Href: "/sign-in", Title: f.Voice.Say("signin.title")}}, Secret: true}, codePage(f))
}

func (s *Service) takeCode(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fields(w, r)
	if !ok {
		return
	}
	token := s.tryToken(r)
	code := strings.Map(func(c rune) rune {
		if c >= '０' && c <= '９' {
			c += '0' - '０'
		}
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, f.Value("code"))
	if !s.Site.Guesses.Allow("place "+face.Place(face.ClientOf(r.Context())), face.PerPlace, time.Now()) {
		s.tooMany(w, r)
		return
	}
	acc, next, ok, err := s.proveByCode(r.Context(), token, code, f.Voice.Lang)
	switch {
	case err != nil:
		s.Site.Error(w, r, err)
	case !ok:
		s.note(r, refusedSignIn, byCode, Account{})
		f.Add("code", "signin.code_wrong")
		f.Values.Del("code")
		s.codePage(w, r, http.StatusUnprocessableEntity, f)
	default:
		s.in(w, r, acc, byCode, next)
	}
}

// ---- passkeys

// answer sends JSON to the page's script.
func (s *Service) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(v)
}

func (s *Service) passkeyBegin(w http.ResponseWriter, r *http.Request) {
	options, token, err := s.beginSignIn(r.Context())
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.setTry(w, token)
	s.answer(w, options)
}

func (s *Service) passkeyFinish(w http.ResponseWriter, r *http.Request) {
	acc, ok, err := s.finishSignIn(r.Context(), s.tryToken(r), r)
	if err == nil && !ok {
		s.note(r, refusedSignIn, byPasskey, Account{})
		err = civic.Refuse(civic.Forbidden, "signin.passkey_wrong")
	}
	if err == nil {
		err = s.start(r.Context(), w, r, acc, byPasskey)
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.note(r, "signed in", byPasskey, acc)
	s.setTry(w, "")
	s.answer(w, map[string]string{"next": local(r.URL.Query().Get("next"))})
}

func (s *Service) newBegin(w http.ResponseWriter, r *http.Request) {
	options, token, err := s.beginNew(r.Context(), s.Site.Realm.View().Settings.Title(s.voice(r).Lang))
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.setTry(w, token)
	s.answer(w, options)
}

func (s *Service) newFinish(w http.ResponseWriter, r *http.Request) {
	v := s.voice(r)
	acc, ok, err := s.finishNew(r.Context(), s.Site.Realm.View().Settings.Title(v.Lang), v.Date(civic.At(time.Now())), v.Lang, s.tryToken(r), r)
	if err == nil && !ok {
		err = civic.Refuse(civic.Forbidden, "signin.passkey_wrong")
	}
	if err == nil {
		err = s.start(r.Context(), w, r, acc, byPasskey)
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.setTry(w, "")
	s.answer(w, map[string]string{"next": local(r.URL.Query().Get("next"))})
}

func (s *Service) registerBegin(w http.ResponseWriter, r *http.Request) {
	session, ok := s.who(w, r)
	if !ok {
		return
	}
	if !s.recent(w, r, session) {
		return
	}
	options, token, err := s.beginRegistration(r.Context(), session.Account, s.name(r, session))
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.setTry(w, token)
	s.answer(w, options)
}

func (s *Service) registerFinish(w http.ResponseWriter, r *http.Request) {
	session, ok := s.who(w, r)
	if !ok {
		return
	}
	label := s.Site.Voice(r.Context()).Date(civic.At(time.Now()))
	ok, err := s.finishRegistration(r.Context(), session.Account, s.name(r, session), label, s.tryToken(r), r)
	if err == nil && !ok {
		err = civic.Refuse(civic.Forbidden, "signin.passkey_wrong")
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.note(r, "a way in was added", byPasskey, ofSession(session))
	s.answer(w, map[string]string{"next": "/me"})
}

// name is what a passkey is kept under on the reader's device: the realm's name, and what for.
func (s *Service) name(r *http.Request, session *face.Session) string {
	v := s.voice(r)
	if session.Post != "" {
		return v.Name("post", string(session.Post))
	}
	return s.Site.Realm.View().Settings.Title(v.Lang)
}

// ---- providers

func (s *Service) provider(r *http.Request) *Provider {
	for _, p := range s.Providers {
		if p.Code == r.PathValue("provider") {
			return p
		}
	}
	return nil
}

func (s *Service) providerBegin(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fields(w, r)
	if !ok {
		return
	}
	p, account := s.provider(r), ""
	if p == nil {
		s.Site.Error(w, r, civic.Refuse(civic.Missing, "face.no_page"))
		return
	}
	if session := face.SessionOf(r.Context()); session != nil {
		if !s.recent(w, r, session) {
			return
		}
		account = session.Account
	}
	to, token, err := s.beginProvider(r.Context(), p, account, local(f.Value("next")))
	if err != nil {
		s.Site.Log.Error("a provider does not answer", "provider", p.Code, "err", err)
		s.Site.Error(w, r, civic.Refuse(civic.Unavailable, "signin.provider_silent", "provider", p.Title))
		return
	}
	s.setTry(w, token)
	// A form may not lead away from here, not even by a redirect (form-action in the policy of every
	// page), so a page of ours leads on.
	w.Header().Set("Refresh", "0; url="+to)
	s.Site.Page(w, r, face.Sheet{Title: f.Voice.Say("signin.with", "provider", p.Title), Section: "/sign-in", Crumbs: []face.Crumb{}, Secret: true},
		leavingPage(f.Voice, p.Title, to))
}

func (s *Service) providerBack(w http.ResponseWriter, r *http.Request) {
	p, q := s.provider(r), r.URL.Query()
	if p == nil {
		s.Site.Error(w, r, civic.Refuse(civic.Missing, "face.no_page"))
		return
	}
	acc, next, ok, err := s.proveByProvider(r.Context(), p, s.tryToken(r), q.Get("state"), q.Get("code"), s.voice(r).Lang)
	switch {
	case errors.Is(err, errProvider):
		s.Site.Log.Info("a provider's answer was not taken", "provider", p.Code, "err", err)
		err = civic.Refuse(civic.Forbidden, "signin.provider_wrong", "provider", p.Title)
	case err == nil && !ok:
		s.note(r, refusedSignIn, byProvider, Account{})
		err = civic.Refuse(civic.Forbidden, "signin.provider_unknown", "provider", p.Title)
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.in(w, r, acc, byProvider, next)
}

// ---- invitations

func (s *Service) askInvitation(w http.ResponseWriter, r *http.Request) {
	s.invitationPage(w, r, http.StatusOK, face.Form{Voice: s.voice(r), Values: url.Values{}})
}

// invitationPage does not take the invitation: programs that look at links in mail open them too.
func (s *Service) invitationPage(w http.ResponseWriter, r *http.Request, status int, f face.Form) {
	there, err := s.isInvited(r.Context(), r.PathValue("token"))
	if err == nil && !there {
		err = civic.Refuse(civic.Missing, "signin.invitation_gone")
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.Site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("signin.invitation_title"), Crumbs: []face.Crumb{}, Secret: true},
		invitationPage(f, r.PathValue("token"), s.Passwords))
}

func (s *Service) takeInvitation(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fields(w, r)
	if !ok {
		return
	}
	password := f.Values.Get("password")
	f.Values.Del("password")
	there, err := s.isInvited(r.Context(), r.PathValue("token"))
	if err == nil && !there {
		err = civic.Refuse(civic.Missing, "signin.invitation_gone")
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	if s.Passwords && password != "" {
		if refusals := checkPassword(password, s.knownWords()...); len(refusals) > 0 {
			f.Take(refusals, map[string]string{"password": "password"})
			s.invitationPage(w, r, http.StatusUnprocessableEntity, f)
			return
		}
	}
	acc, ok, err := s.invited(r.Context(), r.PathValue("token"))
	if err == nil && !ok {
		s.note(r, refusedSignIn, byInvite, Account{})
		err = civic.Refuse(civic.Missing, "signin.invitation_gone")
	}
	if err == nil && s.Passwords && password != "" {
		err = s.setPassword(r.Context(), acc.ID, password)
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.in(w, r, acc, byInvite, "/me")
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
