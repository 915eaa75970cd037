package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/vault"
)

// The owner of an account is told when the ways into it change, at the address that she was invited under
// or that she signed in by. Who has none, by passkey or provider alone, is told nothing.

// contact is what an account's box holds of its owner; nothing where there is nothing.
func (a *Accounts) contact(ctx context.Context, box string) (c contact, err error) {
	content, err := a.Vault.Read(ctx, a.Realm, vault.Ref{Box: box, Part: "contact"})
	if errors.Is(err, vault.ErrMissing) || errors.Is(err, vault.ErrErased) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(content.Text, &c)
}

// tell says to an account's owner what was done to it. way, if given, is the key of the way in that it was done with.
func (s *Service) tell(r *http.Request, acc Account, key string, way ...string) {
	if s.Send == nil {
		return
	}
	c, err := s.contact(r.Context(), acc.Box)
	if err != nil {
		s.Site.Log.Error("an account's address cannot be read", "err", err)
		return
	}
	if c.Email == "" && (c.Phone == "" || !s.Site.Guesses.Allow("telephones", perTelephones, time.Now())) {
		return
	}
	v := s.Site.VoiceIn(c.Language)
	args := []any{"realm", s.Site.Realm.View().Settings.Title(v.Lang), "when", v.DateTime(civic.At(time.Now()))}
	if len(way) > 0 {
		args = append(args, "way", v.Say(way[0]))
	}
	s.deliver(c, v, v.Say("signin.told_subject", args...), v.Join(v.Say(key, args...), v.Say("signin.told_not_you")))
}

// deliver sends in the background: how long it takes tells nobody anything.
func (s *Service) deliver(c contact, v words.Voice, subject, text string) {
	go func() {
		ctx, done := context.WithTimeout(context.Background(), time.Minute)
		defer done()
		if err := s.Send(ctx, c.Email, c.Phone, v.Lang, subject, text); err != nil {
			s.Site.Log.Error("a message about signing in could not be sent", "err", err)
		}
	}()
}

// wayTold are the keys of the ways in, as a message names them.
var wayTold = map[string]string{
	byPasskey: "signin.way_passkey_told", byPassword: "signin.way_password", byProvider: "signin.way_provider_told", byTOTP: "signin.way_totp_told",
}

// mayAsk bounds how often a code is sent to an address.
func (s *Service) mayAsk(r *http.Request, c contact) bool {
	now := time.Now()
	to, from := "send "+s.digest("guess", c.Email+c.Phone), face.Place(face.ClientOf(r.Context()))
	g := &s.Site.Guesses
	return g.Allow(to+" "+from, perAddressAndPlace, now) && g.Allow("place "+from, face.PerPlace, now) &&
		g.Allow(to, perAddress, now) && (c.Phone == "" || g.Allow("telephones", perTelephones, now))
}

// sendProof sends an officer who signed in by one factor a code to the address that she was invited under, so
// that she can make her second.
func (s *Service) sendProof(w http.ResponseWriter, r *http.Request) {
	session, _, ok := s.hers(w, r)
	if !ok {
		return
	}
	if s.Send == nil || !session.Officer || session.Enrols {
		s.Site.Error(w, r, civic.Refuse(civic.Missing, "face.no_page"))
		return
	}
	own, err := s.own(r.Context(), session.Account)
	if err == nil && s.full(own) { // she made her second meanwhile, elsewhere
		err = civic.Refuse(civic.Forbidden, "signin.use_stronger")
	}
	var c contact
	if err == nil {
		c, err = s.contact(r.Context(), session.Box)
	}
	if err == nil && c.Email == "" {
		err = civic.Refuse(civic.Conflict, "signin.no_address")
	}
	if err != nil {
		s.Site.Error(w, r, err)
		return
	}
	c.Phone = ""
	if !s.mayAsk(r, c) {
		s.tooMany(w, r)
		return
	}
	s.sendCodeTo(w, r, session.Account, c, codeData{For: toMakeSecond})
}
