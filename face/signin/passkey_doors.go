package signin

import (
	"encoding/json"
	"net/http"
	"time"

	"skein/face"
	"skein/frame/civic"
)

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
		err = s.start(r.Context(), w, r, acc, byPasskey, twoFactors, s.now())
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
		err = s.start(r.Context(), w, r, acc, byPasskey, twoFactors, s.now())
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.note(r, "signed in", byPasskey, acc)
	s.setTry(w, "")
	s.answer(w, map[string]string{"next": local(r.URL.Query().Get("next"))})
}

func (s *Service) registerBegin(w http.ResponseWriter, r *http.Request) {
	session, ok := s.who(w, r)
	if !ok {
		return
	}
	if !s.changes(w, r, session) {
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
	acc := ofSession(session)
	if session.Officer && !session.Strong { // she is known by two factors now, and whoever was there by one is there no more
		if err = s.end(r.Context(), acc.ID, "", session.ID); err == nil {
			err = s.start(r.Context(), w, r, acc, byPasskey, twoFactors, s.now())
		}
		if err != nil {
			s.Site.Error(w, r, err)
			return
		}
	}
	s.note(r, "a way in was added", byPasskey, acc)
	s.tell(r, acc, "signin.told_added", wayTold[byPasskey])
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
