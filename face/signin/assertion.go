package signin

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
)

// assertionTime is how long Skein's own word serves to say who it is.
const assertionTime = time.Minute

// shows is how Skein says who it is when it takes an answer up: by the shared word, put into the settings, or by a word signed now.
// Secrets and keys are read each time, so they can be changed while it runs.
func (p *Provider) shows(ctx context.Context, c *oauth2.Config) ([]oauth2.AuthCodeOption, error) {
	if p.ClientKey == "" {
		word, err := p.ClientSecret.Value(ctx)
		if err != nil {
			return nil, fmt.Errorf("the client_secret of provider %q: %w", p.Code, err)
		}
		c.ClientSecret = word
		return nil, nil
	}
	word, err := p.assertion(time.Now())
	if err != nil {
		return nil, fmt.Errorf("the client_key of provider %q: %w", p.Code, err)
	}
	c.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	return []oauth2.AuthCodeOption{
		oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
		oauth2.SetAuthURLParam("client_assertion", word),
	}, nil
}

// assertion is a word that says who Skein is, for a minute (RFC 7523, 3), to the issuer alone: a word for an endpoint could be
// asked for by who merely names that endpoint (draft-ietf-oauth-rfc7523bis).
func (p *Provider) assertion(now time.Time) (string, error) {
	key, alg, err := clientKey(p.ClientKey)
	if err != nil {
		return "", err
	}
	options := (&jose.SignerOptions{}).WithType("JWT")
	if p.ClientKeyID != "" {
		options = options.WithHeader("kid", p.ClientKeyID)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: p.ClientID, Subject: p.ClientID, Audience: jwt.Audience{p.Issuer}, ID: newToken(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(assertionTime)),
	}).Serialize()
}

// clientKey reads a private key that nobody else may read.
func clientKey(path string) (crypto.Signer, jose.SignatureAlgorithm, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, "", fmt.Errorf("others on this machine can read %s (mode %04o): chmod 0600", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, "", errors.New(path + " holds no key (PEM)")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, "", fmt.Errorf("%s holds no private key in PKCS #8: %w", path, err)
	}
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			return k, jose.ES256, nil
		}
	case *rsa.PrivateKey:
		if k.N.BitLen() >= 2048 {
			return k, jose.RS256, nil
		}
	}
	return nil, "", errors.New(path + " must hold a key of ECDSA P-256 or of RSA with 2,048 bits or more")
}
