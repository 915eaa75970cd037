package signin

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
)

func keyFile(t *testing.T, name string, key crypto.Signer, mode os.FileMode) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// Skein says who it is by a word that it signs itself: to the issuer alone, for a minute, never the same twice.
func TestAssertion(t *testing.T) {
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.Signer{p256, long} {
		p := &Provider{Code: "town", Issuer: "https://id.example", ClientID: "skein", ClientKey: keyFile(t, "key.pem", key, 0o600), ClientKeyID: "2026"}
		seen := map[string]bool{}
		for range 2 {
			c := &oauth2.Config{Endpoint: oauth2.Endpoint{TokenURL: "https://id.example/token"}}
			options, err := p.shows(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			to, err := url.Parse(c.AuthCodeURL("s", options...)) // which shows what the options set
			if err != nil {
				t.Fatal(err)
			}
			if got := to.Query().Get("client_assertion_type"); got != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" || c.ClientSecret != "" || c.Endpoint.AuthStyle != oauth2.AuthStyleInParams {
				t.Errorf("the word is sent as %q, in style %v", got, c.Endpoint.AuthStyle)
			}
			token, err := jwt.ParseSigned(to.Query().Get("client_assertion"), []jose.SignatureAlgorithm{jose.ES256, jose.RS256})
			if err != nil {
				t.Fatal(err)
			}
			var said jwt.Claims
			if err := token.Claims(key.Public(), &said); err != nil {
				t.Fatal(err)
			}
			if err := said.ValidateWithLeeway(jwt.Expected{Issuer: "skein", Subject: "skein", AnyAudience: jwt.Audience{"https://id.example"}, Time: time.Now()}, 0); err != nil || len(said.Audience) != 1 {
				t.Errorf("%v: %+v", err, said)
			}
			if said.Expiry.Time().After(time.Now().Add(time.Minute)) || said.ID == "" || seen[said.ID] || token.Headers[0].KeyID != "2026" {
				t.Errorf("%+v %+v", said, token.Headers)
			}
			seen[said.ID] = true
		}
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"that others may read": keyFile(t, "open.pem", p256, 0o644), "of 1,024 bits": keyFile(t, "short.pem", short, 0o600), "of P-384": keyFile(t, "p384.pem", p384, 0o600),
		"that is not there": filepath.Join(t.TempDir(), "none.pem"),
	} {
		if _, err := (&Provider{Code: "town", Issuer: "https://id.example", ClientKey: path}).assertion(time.Now()); err == nil {
			t.Errorf("a key %s is taken", name)
		}
	}
}
