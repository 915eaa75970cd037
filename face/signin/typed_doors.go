package signin

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"skein/face"
	"skein/frame/civic"
)

// How often a code is sent to one address at somebody's wish, at anybody's, and to telephones in all:
// whoever asks for codes in another's name does not keep her from getting one, nor the operator poor.
var (
	perAddressAndPlace = face.Rate{Burst: 3, Every: 5 * time.Minute}
	perAddress         = face.Rate{Burst: 12, Every: 5 * time.Minute}
	perTelephones      = face.Rate{Burst: 200, Every: 15 * time.Second}
)

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
		s.proved(w, r, acc, byPassword, f.Value("next"), oneFactor, s.now())
	}
}

// tooMany logs at which door, and not from where: it may be a resident's address, as note has it. Nor has an officer's tried account been
// proved here; that it was tried, its owner is told where it has a second factor (see judgeSecond).
func (s *Service) tooMany(w http.ResponseWriter, r *http.Request) {
	s.Site.Log.WarnContext(r.Context(), "too many tries at signing in", "pattern", r.Pattern)
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
	c, data, field := contact{}, codeData{Next: local(f.Value("next"))}, "contact"
	if f.Value("for") == toOffice {
		data.For, field = toOffice, "office"
	}
	c.Email, c.Phone = Address(f.Value(field))
	switch {
	case c.Email == "" && c.Phone == "":
		f.Add(field, "signin.address_form")
	case c.Phone != "" && (!s.Phones || data.For == toOffice):
		f.Add(field, "signin.no_phones")
	}
	if len(f.Wrong) > 0 {
		s.signInPage(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	if !s.mayAsk(r, c) {
		s.tooMany(w, r)
		return
	}
	s.sendCodeTo(w, r, "", c, data)
}

func (s *Service) sendCodeTo(w http.ResponseWriter, r *http.Request, account string, c contact, data codeData) {
	token, code, err := s.beginCode(r.Context(), account, c, data)
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	v := s.voice(r)
	title := s.Site.Realm.View().Settings.Title(v.Lang)
	s.deliver(c, v, v.Say("signin.code_subject", "realm", title), v.Say("signin.code_text", "realm", title, "code", spaced(code)))
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
	acc, data, ok, err := s.proveByCode(r.Context(), token, code, f.Voice.Lang)
	switch {
	case err != nil:
		s.Site.Error(w, r, err)
	case !ok:
		s.note(r, refusedSignIn, byCode, Account{})
		f.Add("code", "signin.code_wrong")
		f.Values.Del("code")
		s.codePage(w, r, http.StatusUnprocessableEntity, f)
	case data.For == toOffice:
		s.officeByCode(w, r, acc, data.Next)
	case data.For == toMakeSecond:
		session := face.SessionOf(r.Context())
		if session == nil || session.Account != acc.ID {
			s.Site.Error(w, r, civic.Refuse(civic.Unknown, "signin.first"))
			return
		}
		s.in(w, r, acc, session.How, "/me", mayEnrol, s.now())
	default:
		s.proved(w, r, acc, byCode, data.Next, oneFactor, s.now())
	}
}

// officeByCode goes on with an officer who has forgotten her password: a code to her mail is the first of two
// factors, and without the second opens nothing.
func (s *Service) officeByCode(w http.ResponseWriter, r *http.Request, acc Account, next string) {
	has, err := s.hasTOTP(r.Context(), acc.ID)
	if err == nil && !has {
		s.note(r, refusedSignIn, byCode, acc)
		err = civic.Refuse(civic.Forbidden, "signin.use_stronger")
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	s.second(w, r, acc, byCode, next, s.now())
}
