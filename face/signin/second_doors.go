package signin

import (
	"net/http"
	"net/url"
	"time"

	"github.com/boombuler/barcode/qr"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/store"
)

// perSecond bounds wrong codes by time of one account, from wherever they come: whoever tries has the first factor
// already. Its owner is told, and gets in by a passkey or a recovery code, which are too long to be guessed and not counted.
var perSecond = face.Rate{Burst: 10, Every: 15 * time.Minute}

// second asks for the second factor of an account whose first was proved.
func (s *Service) second(w http.ResponseWriter, r *http.Request, acc Account, how, next string, at int64) {
	token, err := s.begin(r.Context(), toSecond, acc.ID, secondData{how, local(next), at})
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.setTry(w, token)
	http.Redirect(w, r, "/sign-in/second", http.StatusSeeOther)
}

// orBegin says of a missing attempt that one must begin again.
func orBegin(err error) error {
	if err == errNoAttempt {
		return civic.Refuse(civic.Missing, "signin.second_gone")
	}
	return err
}

func (s *Service) askSecond(w http.ResponseWriter, r *http.Request) {
	s.secondPage(w, r, http.StatusOK, face.Form{Voice: s.voice(r), Values: url.Values{}})
}

func (s *Service) secondPage(w http.ResponseWriter, r *http.Request, status int, f face.Form) {
	s.Site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("signin.second_title"), Section: "/sign-in",
		Crumbs: []face.Crumb{{Href: "/sign-in", Title: f.Voice.Say("signin.title")}}, Secret: true}, secondPage(f))
}

func (s *Service) takeSecond(w http.ResponseWriter, r *http.Request) {
	f, ok := s.fields(w, r)
	if !ok {
		return
	}
	token, data := s.tryToken(r), secondData{}
	id, err := s.look(r.Context(), toSecond, token, &data)
	acc, known := Account{}, false
	if err == nil {
		acc, known, err = s.find(r.Context(), id)
	}
	if err == nil && known {
		known, err = s.try(r.Context(), toSecond, token, secondTries)
	}
	if err == nil && !known {
		err = errNoAttempt
	}
	if err != nil {
		s.Site.Error(w, r, orBegin(err))
		return
	}
	how, ok := s.judgeSecond(w, r, acc, f)
	if how == "" {
		return
	}
	if !ok {
		f.Add("code", "signin.second_wrong")
		f.Values.Del("code")
		s.secondPage(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	if _, err := s.take(r.Context(), toSecond, token, &data); err != nil {
		s.Site.Error(w, r, orBegin(err))
		return
	}
	if how == byRecovery {
		s.tell(r, acc, "signin.told_recovery")
	}
	s.in(w, r, acc, data.How, data.Next, twoFactors, data.At)
}

// judgeSecond judges a second factor and counts it if it is wrong; a how of "" says that it was answered.
func (s *Service) judgeSecond(w http.ResponseWriter, r *http.Request, acc Account, f face.Form) (how string, ok bool) {
	name, now := "second "+acc.ID, time.Now()
	if !s.Site.Guesses.Allow("place "+face.Place(face.ClientOf(r.Context())), face.PerPlace, now) {
		s.tooMany(w, r)
		return "", false
	}
	counted := len(typedCode(f.Value("code"))) != recoveryLetters
	if counted && !s.Site.Guesses.Allow(name, perSecond, now) {
		if s.Site.Guesses.Allow("told "+name, face.Rate{Burst: 1, Every: 24 * time.Hour}, now) {
			s.tell(r, acc, "signin.told_guessed")
		}
		s.tooMany(w, r)
		return "", false
	}
	how, ok, err := s.proveSecond(r.Context(), acc, f.Value("code"))
	if err != nil {
		s.Site.Error(w, r, err)
		return "", false
	}
	switch {
	case !ok:
		s.note(r, refusedSignIn, how, acc)
	case counted:
		s.Site.Guesses.Return(name, perSecond, now)
	}
	return how, ok
}

// enrolBegin makes the secret of a second factor. There must be a first that it can be the second of.
func (s *Service) enrolBegin(w http.ResponseWriter, r *http.Request) {
	session, ok := s.who(w, r)
	if !ok || !s.changes(w, r, session) {
		return
	}
	own, err := s.own(r.Context(), session.Account)
	if err == nil {
		err = s.mayHaveSecond(r, session, own)
	}
	token := ""
	if err == nil {
		token, err = s.beginEnrol(r.Context(), session.Account)
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.setTry(w, token)
	http.Redirect(w, r, "/me/second", http.StatusSeeOther)
}

// mayHaveSecond refuses a second factor where there is one, or nothing that it would be the second to.
func (s *Service) mayHaveSecond(r *http.Request, session *face.Session, own []credential) error {
	first := false
	for _, c := range own {
		if c.kind == byTOTP {
			return civic.Refuse(civic.Conflict, "signin.second_there")
		}
		first = first || c.kind == byPassword || c.kind == byProvider
	}
	if !first && s.Send != nil {
		c, err := s.contact(r.Context(), session.Box)
		if err != nil {
			return err
		}
		first = c.Email != "" || c.Phone != "" && !session.Officer
	}
	if !first {
		return civic.Refuse(civic.Conflict, "signin.second_alone")
	}
	return nil
}

func (s *Service) askEnrol(w http.ResponseWriter, r *http.Request) {
	if session, ok := s.who(w, r); ok {
		s.enrolPage(w, r, http.StatusOK, session, face.Form{Voice: s.voice(r), Values: url.Values{}})
	}
}

func (s *Service) enrolPage(w http.ResponseWriter, r *http.Request, status int, session *face.Session, f face.Form) {
	secret, err := s.enrolling(r.Context(), s.tryToken(r), session.Account)
	if err == errNoAttempt {
		http.Redirect(w, r, "/me", http.StatusSeeOther)
		return
	}
	var address string
	var code face.QR
	if err == nil {
		address, err = totpAddress(secret, s.Site.Realm.View().Settings.Title(f.Voice.Lang), s.name(r, session))
	}
	if err == nil {
		code, err = face.NewQR(address, qr.L) // a screen is not scratched
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.Site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("signin.enrol_title"), Section: "/me",
		Crumbs: []face.Crumb{{Href: "/me", Title: f.Voice.Say("signin.me_title")}}, Secret: true}, enrolPage(f, totpText(secret), address, code))
}

// takeEnrol takes the first code of a second factor; the session goes on, under a new token, by two factors.
func (s *Service) takeEnrol(w http.ResponseWriter, r *http.Request) {
	session, f, ok := s.hers(w, r)
	if !ok || !s.changes(w, r, session) {
		return
	}
	token := s.tryToken(r)
	secret, err := s.enrolling(r.Context(), token, session.Account)
	if err == nil {
		if ok, err = s.try(r.Context(), toEnrol, token, secondTries); err == nil && !ok {
			err = errNoAttempt
		}
	}
	if err != nil {
		s.Site.Error(w, r, orBegin(err))
		return
	}
	step, right := totpStep(secret, typedCode(f.Value("code")), s.now())
	if !right {
		f.Add("code", "signin.second_wrong")
		f.Values.Del("code")
		s.enrolPage(w, r, http.StatusUnprocessableEntity, session, f)
		return
	}
	if _, err := s.take(r.Context(), toEnrol, token, &struct{}{}); err != nil {
		s.Site.Error(w, r, orBegin(err))
		return
	}
	acc := ofSession(session)
	codes, ok, err := s.addTOTP(r.Context(), acc, secret, step, f.Voice.Date(civic.At(time.Now())))
	if err == nil && !ok {
		err = civic.Refuse(civic.Conflict, "signin.second_there")
	}
	if err == nil { // whoever was there by one factor is there no more
		err = s.end(r.Context(), acc.ID, "", session.ID)
	}
	if err == nil {
		err = s.start(r.Context(), w, r, acc, session.How, twoFactors, session.Proved.UnixMicro())
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.setTry(w, "")
	s.note(r, "a way in was added", byTOTP, acc)
	s.tell(r, acc, "signin.told_added", "signin.way_totp_told")
	s.recoveryPage(w, r, f, codes)
}

// renewRecovery makes new recovery codes in place of the old.
func (s *Service) renewRecovery(w http.ResponseWriter, r *http.Request) {
	session, f, ok := s.hers(w, r)
	if !ok || !s.changes(w, r, session) {
		return
	}
	has, err := s.hasTOTP(r.Context(), session.Account)
	if err == nil && !has {
		err = civic.Refuse(civic.Missing, "signin.no_such_way")
	}
	var codes []string
	if err == nil {
		err = s.DB.Update(r.Context(), func(tx *store.Tx) error {
			codes, err = s.newRecovery(r.Context(), tx, session.Account)
			return err
		})
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.note(r, "recovery codes were made anew", byRecovery, ofSession(session))
	s.tell(r, ofSession(session), "signin.told_added", "signin.way_recovery_told")
	s.recoveryPage(w, r, f, codes)
}

func (s *Service) recoveryPage(w http.ResponseWriter, r *http.Request, f face.Form, codes []string) {
	s.Site.Page(w, r, face.Sheet{Title: f.Voice.Say("signin.recovery_title"), Section: "/me",
		Crumbs: []face.Crumb{{Href: "/me", Title: f.Voice.Say("signin.me_title")}}, Secret: true}, recoveryPage(f.Voice, codes))
}
