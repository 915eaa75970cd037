package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/outward"
	"skein/frame/secret"
	"skein/frame/store"
)

// Provider is an OpenID Connect provider that the operator trusts to say who somebody is
// (OpenID Connect Core 1.0, code flow with PKCE, RFC 7636).
type Provider struct {
	Code     string `json:"code"`   // in addresses: a-z, 0-9 and dashes
	Title    string `json:"title"`  // on the button
	Issuer   string `json:"issuer"` // https, or http on loopback
	ClientID string `json:"client_id"`
	// ClientSecret is a word that Skein and the provider share; ClientKey, instead, a file with a private key (PEM, ECDSA P-256 or RSA) by which
	// Skein signs who it is, anew each time (private_key_jwt: OpenID Connect Core, 9; RFC 7523), under the name ClientKeyID if there is one.
	ClientSecret *secret.Secret `json:"client_secret,omitempty"`
	ClientKey    string         `json:"client_key,omitempty"`
	ClientKeyID  string         `json:"client_key_id,omitempty"`
	// Officers lets an officer who was invited come in by the provider alone, if it says that it has
	// verified the address that she was invited under. That is once: who has a way in of her own
	// adds the provider from her page.
	Officers bool `json:"officers,omitempty"`
	// Residents lets anybody whom the provider knows have a resident's account.
	Residents bool `json:"residents,omitempty"`
	// Inside says that the provider is in a private network.
	Inside bool `json:"inside,omitempty"`
	// ACR are the contexts, and AMR the methods (RFC 8176), by any of which the provider says that it asked for
	// two factors; the first are asked for. Where it says none of them its word is one factor.
	ACR []string `json:"acr,omitempty"`
	AMR []string `json:"amr,omitempty"`

	asking chan struct{} // one asks at a time
	known  atomic.Pointer[oidc.Provider]
	http   *http.Client
}

// Check refuses a provider that could not be used, or could be used to reach inside.
func (p *Provider) Check() error {
	u, err := url.Parse(p.Issuer)
	loopback := err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("the issuer %q of provider %q is no address such as https://id.example.org", p.Issuer, p.Code)
	case u.Scheme != "https" && !(u.Scheme == "http" && loopback):
		return fmt.Errorf("the issuer %q of provider %q must begin with https://", p.Issuer, p.Code)
	case p.Code == "" || strings.Trim(p.Code, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return fmt.Errorf("the code %q of a provider must be of a-z, 0-9 and dashes", p.Code)
	case p.ClientID == "" || p.Title == "":
		return fmt.Errorf("provider %q needs client_id and title", p.Code)
	case p.ClientKey != "" && p.ClientSecret.Given():
		return fmt.Errorf("provider %q needs client_secret or client_key, not both", p.Code)
	case !p.Officers && !p.Residents:
		return fmt.Errorf("provider %q must say whom it is for: officers, residents or both", p.Code)
	}
	p.asking = make(chan struct{}, 1)
	p.http = outward.Client(!p.Inside && !loopback)
	p.http.Timeout = 15 * time.Second
	p.http.Transport = small{p.http.Transport, loopback}
	return nil
}

// small is a transport that reads no more than a provider's documents need, and speaks plainly to
// loopback alone: what a provider's metadata names is no less guarded than its issuer.
type small struct {
	http.RoundTripper
	plain bool
}

const mostAnswer = 1 << 20

var errPlain = errors.New("signin: a provider's address without https")

func (s small) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !s.plain {
		return nil, errPlain
	}
	res, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, mostAnswer), res.Body}
	}
	return res, err
}

func (p *Provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.http)
}

// find asks the provider what it is, once; after a failure it is asked again.
func (p *Provider) find(ctx context.Context) (*oidc.Provider, error) {
	if known := p.known.Load(); known != nil {
		return known, nil
	}
	select {
	case p.asking <- struct{}{}:
		defer func() { <-p.asking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if known := p.known.Load(); known != nil {
		return known, nil
	}
	// Keys are fetched again later, so not with the context of this request.
	known, err := oidc.NewProvider(p.context(context.WithoutCancel(ctx)), p.Issuer)
	if err == nil {
		p.known.Store(known)
	}
	return known, err
}

func (s *Service) oauth(p *Provider, known *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, Endpoint: known.Endpoint(),
		RedirectURL: s.Site.PublicURL + "/sign-in/with/" + p.Code + "/back", Scopes: []string{oidc.ScopeOpenID, "email"},
	}
}

// providerData waits for the provider's answer. The verifier is bound to the browser by the
// attempt's token, which it holds in a cookie.
type providerData struct {
	Code     string `json:"code"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Next     string `json:"next,omitempty"`
}

// beginProvider returns where to send the browser, and the token that must come back with it.
// account is set where somebody who is signed in adds the provider to her account; again, where she must
// prove herself there anew.
func (s *Service) beginProvider(ctx context.Context, p *Provider, account, next string, again bool) (to, token string, err error) {
	known, err := p.find(ctx)
	if err != nil {
		return "", "", err
	}
	data := providerData{Code: p.Code, Nonce: newToken(), Verifier: oauth2.GenerateVerifier(), Next: next}
	options := []oauth2.AuthCodeOption{oidc.Nonce(data.Nonce), oauth2.S256ChallengeOption(data.Verifier)}
	if len(p.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	if again { // with max_age the provider must say when it asked (OpenID Connect Core 1.0, 3.1.2.1)
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	token, err = s.begin(ctx, toProvider, account, data)
	return s.oauth(p, known).AuthCodeURL(hashToken(token), options...), token, err
}

// errProvider says that the provider's answer does not prove anybody.
var errProvider = errors.New("signin: the provider's answer proves nobody")

// vouched is whom a provider named, and how.
type vouched struct {
	account Account
	next    string
	level   level
	at      int64 // when the provider asked her, 0 if it does not say
	added   bool  // to the account that is signed in
}

// proveByProvider finds, links or makes the account of whom a provider names. The state is the
// digest of the browser's token, so an answer to somebody else's attempt is refused.
func (s *Service) proveByProvider(ctx context.Context, p *Provider, token, state, code, lang string) (v vouched, ok bool, err error) {
	var data providerData
	account, err := s.take(ctx, toProvider, token, &data)
	if err != nil || data.Code != p.Code || subtle.ConstantTimeCompare([]byte(state), []byte(hashToken(token))) != 1 {
		return v, false, orGone(err)
	}
	// Who adds a provider to her account must still be there: somebody else may sit at the browser by now.
	if session := face.SessionOf(ctx); account != "" && (session == nil || session.Account != account || !session.Enrols) {
		return v, false, nil
	}
	subject, said, err := s.word(ctx, p, data, code)
	if err != nil {
		return v, false, err
	}
	v = vouched{next: data.Next, level: p.level(said), at: said.At * time.Second.Microseconds(), added: account != ""}
	acc, first, ok, err := s.linked(ctx, p, account, subject, said, lang)
	if v.account = acc; first && v.level < mayEnrol { // she was invited under the address that it verified
		v.level = mayEnrol
	}
	return v, ok, err
}

// linked is the account of a provider's subject: one that it was added to; that of an officer who has
// no way in yet, by her verified address, which first says; or a resident's new one.
func (s *Service) linked(ctx context.Context, p *Provider, account, subject string, said claims, lang string) (found Account, first, ok bool, err error) {
	name := s.digest("subject", subject)
	link := func(acc Account) error {
		return s.DB.Update(ctx, func(tx *store.Tx) error {
			return tx.Write(ctx, credentialTable, []store.Row{s.credentialRow(credential{kind: byProvider, name: name, account: acc.ID, data: p.Code, label: p.Title})})
		})
	}
	c, there, err := s.credential(ctx, byProvider, name)
	if err != nil {
		return Account{}, false, false, err
	}
	if there {
		if account != "" && account != c.account {
			return Account{}, false, false, civic.Refuse(civic.Conflict, "signin.provider_taken")
		}
		acc, ok, err := s.find(ctx, c.account)
		return acc, false, ok && p.takes(acc.Kind), err
	}
	if account != "" {
		acc, ok, err := s.find(ctx, account)
		if err != nil || !ok || !p.takes(acc.Kind) {
			return acc, false, false, err
		}
		return acc, false, true, link(acc)
	}
	email, _ := Address(said.Email)
	if p.Officers && bool(said.Verified) && email != "" {
		acc, ok, err := s.byAddress(ctx, Officer, email)
		own := false
		if err == nil && ok {
			own, err = s.hasOwn(ctx, acc.ID)
		}
		switch {
		case err != nil:
			return Account{}, false, false, err
		case ok && own: // a second provider that knows her address is not thereby she
			return Account{}, false, false, nil
		case ok:
			return acc, true, true, link(acc)
		}
	}
	if !p.Residents {
		return Account{}, false, false, nil
	}
	var acc Account
	err = s.DB.Update(ctx, func(tx *store.Tx) error {
		// No address: the provider's word is not a code that she typed.
		if acc, err = s.make(ctx, tx, "", Resident, contact{Language: lang}); err != nil {
			return err
		}
		return tx.Write(ctx, credentialTable, []store.Row{s.credentialRow(credential{kind: byProvider, name: name, account: acc.ID, data: p.Code, label: p.Title})})
	})
	if store.IsDuplicate(err) { // somebody was first with the same identity
		c, _, err := s.credential(ctx, byProvider, name)
		if err != nil {
			return Account{}, false, false, err
		}
		acc, ok, err := s.find(ctx, c.account)
		return acc, false, ok && p.takes(acc.Kind), err
	}
	return acc, false, err == nil, err
}

// takes reports whether a provider is for accounts of a kind.
func (p *Provider) takes(kind Kind) bool {
	return kind == Officer && p.Officers || kind == Resident && p.Residents
}
