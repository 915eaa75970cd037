package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"skein/frame/store"
)

// Passkeys (WebAuthn Level 3): discoverable, so that nobody types or lists accounts. The whole
// of the library's session data waits in the attempt, not a part of it.

// owner is an account as the library sees it.
type owner struct {
	account string
	name    string
	keys    []webauthn.Credential
}

func (o owner) WebAuthnID() []byte                         { return []byte(o.account) }
func (o owner) WebAuthnName() string                       { return o.name }
func (o owner) WebAuthnDisplayName() string                { return o.name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

// relying is the site as passkeys know it: its host is their scope.
func (s *Service) relying() (*webauthn.WebAuthn, error) {
	u, err := url.Parse(s.Site.PublicURL)
	if err != nil {
		return nil, err
	}
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: s.Site.Realm.View().Settings.Title(""), RPOrigins: []string{u.Scheme + "://" + u.Host},
	})
}

func (a *Accounts) owner(ctx context.Context, account, name string) (owner, error) {
	o := owner{account: account, name: name}
	rows, err := a.DB.R.QueryContext(ctx, "SELECT data FROM credentials WHERE realm = $1 AND account = $2 AND kind = $3", string(a.Realm), account, byPasskey)
	if err != nil {
		return o, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var key webauthn.Credential
		if err := rows.Scan(&text); err != nil {
			return o, err
		}
		if err := json.Unmarshal([]byte(text), &key); err != nil {
			return o, err
		}
		o.keys = append(o.keys, key)
	}
	return o, rows.Err()
}

func (a *Accounts) keep(key *webauthn.Credential, account, label string) (store.Row, error) {
	text, err := json.Marshal(key)
	return a.credentialRow(credential{kind: byPasskey, name: base64.RawURLEncoding.EncodeToString(key.ID), account: account, data: string(text), label: label}), err
}

// beginRegistration asks a browser for a new passkey of the account that is signed in.
func (s *Service) beginRegistration(ctx context.Context, account, name string) (options any, token string, err error) {
	site, err := s.relying()
	if err != nil {
		return nil, "", err
	}
	o, err := s.owner(ctx, account, name)
	if err != nil {
		return nil, "", err
	}
	creation, data, err := site.BeginRegistration(o,
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
		}),
		webauthn.WithExclusions(webauthn.Credentials(o.keys).CredentialDescriptors()),
	)
	if err != nil {
		return nil, "", err
	}
	token, err = s.begin(ctx, toRegister, account, data)
	return creation, token, err
}

func (s *Service) finishRegistration(ctx context.Context, account, name, label, token string, r *http.Request) (ok bool, err error) {
	site, err := s.relying()
	if err != nil {
		return false, err
	}
	var data webauthn.SessionData
	begun, err := s.take(ctx, toRegister, token, &data)
	if err != nil || begun != account {
		return false, orGone(err)
	}
	o, err := s.owner(ctx, account, name)
	if err != nil {
		return false, err
	}
	key, err := site.FinishRegistration(o, data, r)
	if err != nil {
		s.Site.Log.Info("a passkey was not taken", "err", err)
		return false, nil
	}
	row, err := s.keep(key, account, label)
	if err != nil {
		return false, err
	}
	err = s.DB.Update(ctx, func(tx *store.Tx) error { return tx.Write(ctx, credentialTable, []store.Row{row}) })
	if store.IsDuplicate(err) { // WebAuthn Level 3, 7.1: an id that is somebody's already is refused
		return false, nil
	}
	return err == nil, err
}

// beginNew asks a browser for a passkey of a resident's account that is made when it comes: nobody
// need say her name or an address for it.
func (s *Service) beginNew(ctx context.Context, name string) (options any, token string, err error) {
	return s.beginRegistration(ctx, newToken(), name)
}

// finishNew makes the account and its passkey in one commit.
func (s *Service) finishNew(ctx context.Context, name, label, lang, token string, r *http.Request) (acc Account, ok bool, err error) {
	site, err := s.relying()
	if err != nil {
		return acc, false, err
	}
	var data webauthn.SessionData
	id, err := s.take(ctx, toRegister, token, &data)
	if err != nil {
		return acc, false, orGone(err)
	}
	if _, there, err := s.find(ctx, id); err != nil || there { // an attempt to add one to an account that there is
		return acc, false, err
	}
	key, err := site.FinishRegistration(owner{account: id, name: name}, data, r)
	if err != nil {
		s.Site.Log.Info("a passkey was not taken", "err", err)
		return acc, false, nil
	}
	row, err := s.keep(key, id, label)
	if err != nil {
		return acc, false, err
	}
	err = s.DB.Update(ctx, func(tx *store.Tx) error {
		if acc, err = s.make(ctx, tx, id, Resident, contact{Language: lang}); err != nil {
			return err
		}
		return tx.Write(ctx, credentialTable, []store.Row{row})
	})
	if store.IsDuplicate(err) {
		return acc, false, nil
	}
	return acc, err == nil, err
}

// beginSignIn asks a browser for any passkey of this site.
func (s *Service) beginSignIn(ctx context.Context) (options any, token string, err error) {
	site, err := s.relying()
	if err != nil {
		return nil, "", err
	}
	assertion, data, err := site.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	token, err = s.begin(ctx, toSignIn, "", data)
	return assertion, token, err
}

var errNoAccount = errors.New("signin: no such account")

// finishSignIn finds the account whose passkey answered. A counter that did not grow says that the
// key was copied; then it proves nothing.
func (s *Service) finishSignIn(ctx context.Context, token string, r *http.Request) (acc Account, ok bool, err error) {
	site, err := s.relying()
	if err != nil {
		return acc, false, err
	}
	var data webauthn.SessionData
	if _, err := s.take(ctx, toSignIn, token, &data); err != nil {
		return acc, false, orGone(err)
	}
	var fault error
	_, key, err := site.FinishPasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		var known bool
		if acc, known, fault = s.find(ctx, string(handle)); fault != nil || !known {
			return nil, errNoAccount
		}
		o, err := s.owner(ctx, acc.ID, "")
		fault = err
		return o, err
	}, data, r)
	if fault != nil {
		return acc, false, fault
	}
	if err != nil || key.Authenticator.CloneWarning {
		s.Site.Log.Info("a passkey was not taken", "err", err)
		return acc, false, nil
	}
	text, err := json.Marshal(key)
	if err != nil {
		return acc, false, err
	}
	return acc, true, s.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE credentials SET data = $4, used = $5 WHERE realm = $1 AND kind = $2 AND name = $3",
			string(s.Realm), byPasskey, base64.RawURLEncoding.EncodeToString(key.ID), string(text), s.now())
		return err
	})
}
