package signin

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/store"
)

// The page of an account: what it may act as, how it is proved, where it is signed in, and for a
// resident what she told. Nobody else has a way to any of it.

// meView is what the page shows.
type meView struct {
	Form     face.Form
	Session  *face.Session
	Own      []credential
	Sessions []session
	Matters  []civic.DossierID
	Password bool // has one
	TOTP     bool
	Recovery int  // codes left
	Address  bool // has a mail address
	Adds     []*Provider
}

func (s *Service) me(w http.ResponseWriter, r *http.Request) {
	if session, ok := s.who(w, r); ok {
		s.mePage(w, r, http.StatusOK, session, face.Form{Voice: s.voice(r), Values: url.Values{}})
	}
}

func (s *Service) mePage(w http.ResponseWriter, r *http.Request, status int, session *face.Session, f face.Form) {
	v := meView{Form: f, Session: session}
	var err error
	if v.Own, err = s.own(r.Context(), session.Account); err == nil {
		v.Sessions, err = s.list(r.Context(), session.Account)
	}
	if err == nil {
		v.Recovery, err = s.recoveryLeft(r.Context(), session.Account)
	}
	if err == nil && !session.Enrols && s.Send != nil {
		var c contact
		c, err = s.contact(r.Context(), session.Box)
		v.Address = c.Email != ""
	}
	if err == nil && !session.Officer {
		v.Matters, err = s.matters(r.Context(), session)
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	v.Password = slices.ContainsFunc(v.Own, func(c credential) bool { return c.kind == byPassword })
	v.TOTP = slices.ContainsFunc(v.Own, func(c credential) bool { return c.kind == byTOTP })
	for _, p := range s.Providers {
		if p.Officers && session.Officer || p.Residents && !session.Officer {
			v.Adds = append(v.Adds, p)
		}
	}
	s.Site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("signin.me_title"), Section: "/me", Crumbs: []face.Crumb{}, Secret: true}, s.mePageOf(v))
}

// own lists how an account is proved, the oldest first.
func (a *Accounts) own(ctx context.Context, account string) ([]credential, error) {
	rows, err := a.DB.R.QueryContext(ctx, "SELECT kind, name, label, made, CASE WHEN kind = $5 THEN data ELSE '' END FROM credentials WHERE realm = $1 AND account = $2 AND kind NOT IN ($3, $4) ORDER BY made, name",
		string(a.Realm), account, byAddress, byRecovery, byProvider)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []credential
	for rows.Next() {
		c := credential{account: account}
		var made int64
		if err := rows.Scan(&c.kind, &c.name, &c.label, &made, &c.data); err != nil {
			return nil, err
		}
		c.made = civic.Instant(made)
		out = append(out, c)
	}
	return out, rows.Err()
}

// wayLabel tells ways of one kind apart: a provider by its title, what has no name by the day on which it was added.
func wayLabel(v words.Voice, c credential) string {
	if c.kind == byPasskey || c.kind == byTOTP {
		return v.Date(c.made)
	}
	return c.label
}

// takePost changes the post that the session acts in; none is acting for oneself.
func (s *Service) takePost(w http.ResponseWriter, r *http.Request) {
	session, f, ok := s.hers(w, r)
	if !ok {
		return
	}
	post := civic.PostID(f.Value("post"))
	if post != "" && !slices.Contains(session.Posts, post) {
		s.Site.Error(w, r, civic.Refuse(civic.Forbidden, "signin.not_your_post"))
		return
	}
	if err := s.act(r.Context(), session.ID, post); err != nil {
		s.Site.Error(w, r, err)
		return
	}
	http.Redirect(w, r, "/me", http.StatusSeeOther)
}

// newPassword gives the account a password; who has one must know it, unless she forgot it and has just signed
// in without it, by all the factors that the account has. Other sessions end, since
// whoever changes a password may fear that somebody else had it.
func (s *Service) newPassword(w http.ResponseWriter, r *http.Request) {
	session, f, ok := s.hers(w, r)
	if !ok {
		return
	}
	if !s.Passwords {
		s.Site.Error(w, r, civic.Refuse(civic.Missing, "face.no_page"))
		return
	}
	if !s.changes(w, r, session) {
		return
	}
	password, old := f.Values.Get("password"), f.Values.Get("old")
	f.Values = url.Values{}
	kept, has, err := s.credential(r.Context(), byPassword, session.Account)
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	if has && !(old == "" && session.How != byPassword) {
		if !s.Site.Guesses.Try("own "+session.Account, face.ClientOf(r.Context()), time.Now()) {
			s.tooMany(w, r)
			return
		}
		same, err := samePassword(r.Context(), old, kept.data)
		if err != nil {
			s.Site.Error(w, r, err)
			return
		}
		if !same {
			s.note(r, refusedSignIn, byPassword, ofSession(session))
			f.Add("old", "signin.password_old_wrong")
		}
	}
	refusals, err := s.checkPassword(password)
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	if len(refusals) > 0 {
		f.Take(refusals, map[string]string{"password": "password"})
	}
	if len(f.Wrong) > 0 {
		s.mePage(w, r, http.StatusUnprocessableEntity, session, f)
		return
	}
	if err = s.setPassword(r.Context(), session.Account, password); err == nil {
		err = s.end(r.Context(), session.Account, "", session.ID)
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.note(r, "a password was set", byPassword, ofSession(session))
	s.tell(r, ofSession(session), "signin.told_password")
	http.Redirect(w, r, "/me", http.StatusSeeOther)
}

// removeCredential removes a way in, but not one of an officer's without which she could not come back by two factors.
func (s *Service) removeCredential(w http.ResponseWriter, r *http.Request) {
	session, f, ok := s.hers(w, r)
	if !ok {
		return
	}
	if !s.changes(w, r, session) {
		return
	}
	named := func(c credential) bool { return c.kind == f.Value("kind") && c.name == f.Value("name") }
	own, err := s.own(r.Context(), session.Account)
	if err == nil && !slices.ContainsFunc(own, named) {
		err = civic.Refuse(civic.Missing, "signin.no_such_way")
	}
	if err == nil && session.Officer && !s.full(slices.DeleteFunc(slices.Clone(own), named)) {
		err = civic.Refuse(civic.Conflict, "signin.last_way_in")
	}
	if err == nil {
		err = s.DB.Update(r.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(r.Context(), "DELETE FROM credentials WHERE realm = $1 AND kind = $2 AND name = $3 AND account = $4 AND kind <> $5",
				string(s.Realm), f.Value("kind"), f.Value("name"), session.Account, byAddress)
			if err == nil && f.Value("kind") == byTOTP { // its recovery codes with it
				_, err = tx.ExecContext(r.Context(), "DELETE FROM credentials WHERE realm = $1 AND kind = $2 AND account = $3", string(s.Realm), byRecovery, session.Account)
			}
			return err
		})
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	for _, c := range own {
		if named(c) {
			s.tell(r, ofSession(session), "signin.told_removed", wayTold[c.kind])
			s.note(r, "a way in was removed", c.kind, ofSession(session))
		}
	}
	http.Redirect(w, r, "/me", http.StatusSeeOther)
}

// endSession ends one session of the account, or all but this one; whoever came by a session that was left
// open does not shut its owner out elsewhere.
func (s *Service) endSession(w http.ResponseWriter, r *http.Request) {
	session, f, ok := s.hers(w, r)
	if !ok || !s.recent(w, r, session) {
		return
	}
	hash := f.Value("session")
	if hash != "" && !civic.IsHex(hash, 64) {
		s.Site.Error(w, r, civic.Refuse(civic.Malformed, "face.unread"))
		return
	}
	if err := s.end(r.Context(), session.Account, hash, session.ID); err != nil {
		s.Site.Error(w, r, err)
		return
	}
	http.Redirect(w, r, "/me", http.StatusSeeOther)
}

// knownWords are those that nobody need guess in a password here: of the program, the realm's name
// and its address.
func (s *Service) knownWords() []string {
	out := []string{"skein"}
	settings := s.Site.Realm.View().Settings
	for _, lang := range words.Languages {
		title := settings.Title(lang)
		out = append(append(out, title), strings.Fields(title)...)
	}
	if u, err := url.Parse(s.Site.PublicURL); err == nil {
		out = append(append(out, u.Hostname()), strings.Split(u.Hostname(), ".")...)
	}
	return out
}
