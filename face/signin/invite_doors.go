package signin

import (
	"net/http"
	"net/url"

	"skein/face"
	"skein/frame/civic"
)

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
