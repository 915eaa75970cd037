package signin

import (
	"errors"
	"net/http"

	"skein/face"
	"skein/frame/civic"
)

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
	if f.Value("add") != "" {
		session, ok := s.who(w, r)
		if !ok || !s.changes(w, r, session) {
			return
		}
		account = session.Account
	}
	to, token, err := s.beginProvider(r.Context(), p, account, local(f.Value("next")), f.Value("again") != "")
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
	v, ok, err := s.proveByProvider(r.Context(), p, s.tryToken(r), q.Get("state"), q.Get("code"), s.voice(r).Lang)
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
	if v.added {
		s.setTry(w, "")
		s.note(r, "a way in was added", byProvider, v.account)
		s.tell(r, v.account, "signin.told_added", wayTold[byProvider])
		if session := face.SessionOf(r.Context()); v.level == twoFactors && !session.Strong { // as by a passkey
			if err := s.end(r.Context(), session.Account, "", session.ID); err != nil {
				s.Site.Error(w, r, err)
				return
			}
			s.in(w, r, v.account, byProvider, "/me", v.level, v.at)
			return
		}
		http.Redirect(w, r, "/me", http.StatusSeeOther)
		return
	}
	s.proved(w, r, v.account, byProvider, v.next, v.level, v.at)
}
