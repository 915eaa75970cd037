package signin

import (
	"net/http"
	"net/url"
	"strings"

	"skein/face"
	"skein/frame/civic"
)

func (s *Service) askInvitation(w http.ResponseWriter, r *http.Request) {
	s.invitationPage(w, r, http.StatusOK, face.Form{Voice: s.voice(r), Values: url.Values{}})
}

// invitationPage asks for the invitation, which a link carries behind the #, where no server, log or
// program that looks at links in mail sees it. Without script it is pasted.
func (s *Service) invitationPage(w http.ResponseWriter, r *http.Request, status int, f face.Form) {
	s.Site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("signin.invitation_title"), Crumbs: []face.Crumb{}, Secret: true},
		invitationPage(f, s.Passwords))
}

func (s *Service) takeInvitation(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fields(w, r)
	if !ok {
		return
	}
	password := f.Values.Get("password")
	f.Values.Del("password")
	token := strings.TrimSpace(f.Value("invitation"))
	if _, after, ok := strings.Cut(token, "#"); ok { // the whole link
		token = after
	}
	there, err := s.isInvited(r.Context(), token)
	if err == nil && !there {
		err = civic.Refuse(civic.Missing, "signin.invitation_gone")
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	if s.Passwords && password != "" {
		refusals, err := s.checkPassword(password)
		if err != nil {
			s.Site.Error(w, r, err)
			return
		}
		if len(refusals) > 0 {
			f.Take(refusals, map[string]string{"password": "password"})
			s.invitationPage(w, r, http.StatusUnprocessableEntity, f)
			return
		}
	}
	acc, ok, err := s.invited(r.Context(), token)
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
	s.in(w, r, acc, byInvite, "/me", mayEnrol, s.now())
}
