package signin

import (
	"context"
	"net/http"
	"net/url"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/store"
)

// A resident closes her account, and may have all that she told while signed in erased with it.

// closing is what became of it.
type closing struct {
	asked  bool // that her matters be erased
	erased int
	held   []heldBack
}

// heldBack is a matter whose erasure a legal hold delays.
type heldBack struct {
	title string
	until civic.Instant
}

// closable reads the session of somebody who may close her account. An officer's is closed by the operator
// (skein officer end --close) while a term of hers runs: others must be able to see who acted.
func (s *Service) closable(w http.ResponseWriter, r *http.Request) (*face.Session, []told, bool) {
	session, ok := s.who(w, r)
	if !ok {
		return nil, nil, false
	}
	if session.Officer {
		persons, err := s.terms(r.Context(), session.Account)
		if err == nil && len(s.Seats(s.Site.Realm.View(), persons, s.Site.Realm.Now())) > 0 {
			err = civic.Refuse(civic.Conflict, "signin.close_term_runs")
		}
		if err != nil {
			s.Site.Error(w, r, err)
			return nil, nil, false
		}
		return session, nil, true
	}
	all, err := s.toldBy(r.Context(), session)
	if err != nil {
		s.Site.Error(w, r, err)
		return nil, nil, false
	}
	var left []told
	for _, t := range all {
		if t != gone && !s.Site.Gone(t.Dossier) {
			left = append(left, t)
		}
	}
	return session, left, true
}

func (s *Service) askClose(w http.ResponseWriter, r *http.Request) {
	if _, left, ok := s.closable(w, r); ok {
		s.closeForm(w, r, http.StatusOK, face.Form{Voice: s.voice(r), Values: url.Values{}}, len(left))
	}
}

func (s *Service) closeForm(w http.ResponseWriter, r *http.Request, status int, f face.Form, matters int) {
	s.Site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("signin.close_title"), Section: "/me", Crumbs: []face.Crumb{}, Secret: true}, closePage(f, matters))
}

// takeClose erases the matters first, if she says so, and then the account: what was cut off in between is done by
// asking again.
func (s *Service) takeClose(w http.ResponseWriter, r *http.Request) {
	session, left, ok := s.closable(w, r)
	if !ok {
		return
	}
	f, ok := s.fields(w, r)
	if !ok {
		return
	}
	if len(left) > 0 && f.Value("matters") != "stay" && f.Value("matters") != "erase" {
		f.Add("matters", "signin.close_choice_missing")
	}
	if f.Value("sure") != "yes" {
		f.Add("sure", "signin.close_sure_missing")
	}
	if len(f.Wrong) > 0 {
		s.closeForm(w, r, http.StatusUnprocessableEntity, f, len(left))
		return
	}
	if !s.recent(w, r, session) {
		return
	}
	c := closing{asked: f.Value("matters") == "erase"}
	if c.asked {
		all := make([]face.Told, len(left))
		for i, t := range left {
			all[i] = face.Told{Dossier: t.Dossier, Person: t.Person}
		}
		done, err := s.Site.Erase(r.Context(), all)
		if err != nil {
			s.Site.Error(w, r, err)
			return
		}
		for _, e := range done {
			switch {
			case e.Err != nil: // nothing of the account has gone: she can ask again, and sees which
				s.Site.Error(w, r, e.Err)
				return
			case e.Until != 0:
				c.held = append(c.held, heldBack{s.Site.TitleOf(f.Voice, e.Dossier), e.Until})
			default:
				c.erased++
			}
		}
	}
	if err := s.closeAccount(r.Context(), session); err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.note(r, "an account was closed by its owner", session.How, ofSession(session))
	s.setCookie(w, "", -1)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	s.Site.Page(w, r, face.Sheet{Title: f.Voice.Say("signin.closed_title"), Section: "/me", Crumbs: []face.Crumb{}, Secret: true}, closedPage(f.Voice, c))
}

// closeAccount removes all there is of an account in one transaction: its box, the rows that its matters were found
// by, its ways in, sessions and attempts, and that there was one.
func (s *Service) closeAccount(ctx context.Context, session *face.Session) error {
	var slots []string
	l, err := s.links(ctx, session.Box)
	if err == nil {
		var all []told
		all, err = s.read(ctx, l)
		for n := range all {
			slots = append(slots, l.slot(n))
		}
	}
	if err != nil && !isGone(err) {
		return err
	}
	err = s.DB.Update(ctx, func(tx *store.Tx) error {
		if err := s.Vault.Erase(ctx, tx, s.Realm, []string{session.Box}, civic.Instant(s.now())); err != nil {
			return err
		}
		if err := tx.DeleteWhere(ctx, "account_links", string(s.Realm), "slot", slots); err != nil {
			return err
		}
		for _, table := range []string{"sessions", "credentials", "attempts", "account_terms", "accounts"} {
			if err := tx.DeleteWhere(ctx, table, string(s.Realm), "account", []string{session.Account}); err != nil {
				return err
			}
		}
		return nil
	})
	s.mu.Lock()
	clear(s.known)
	s.mu.Unlock()
	return err
}
