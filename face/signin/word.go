package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// claims is what is read of a provider's word.
type claims struct {
	Email    string   `json:"email"`
	Verified truthly  `json:"email_verified"`
	ACR      string   `json:"acr"`
	AMR      []string `json:"amr"`
	At       int64    `json:"auth_time"` // seconds
}

// vouches reports whether the provider may say that it asked for two factors.
func (p *Provider) vouches() bool { return len(p.ACR)+len(p.AMR) > 0 }

// level is how surely a provider's word proves somebody (ASVS 6.8.4): by one factor, unless it says better.
func (p *Provider) level(said claims) level {
	if slices.Contains(p.ACR, said.ACR) || slices.ContainsFunc(said.AMR, func(m string) bool { return slices.Contains(p.AMR, m) }) {
		return twoFactors
	}
	return oneFactor
}

// truthly is true or "true": some providers write it as a text.
type truthly bool

func (t *truthly) UnmarshalJSON(text []byte) error {
	*t = string(text) == "true" || string(text) == `"true"`
	return nil
}

// is reports whether a way in is by this provider.
func (p *Provider) is(c credential) bool {
	return c.kind == byProvider && (c.data == p.Code || c.data == "" && c.label == p.Title)
}

// word is what a provider says of whom it sent back with a code: the subject's name, and claims.
func (s *Service) word(ctx context.Context, p *Provider, data providerData, code string) (subject string, said claims, err error) {
	known, err := p.find(ctx)
	if err != nil {
		return "", said, err
	}
	config := s.oauth(p, known)
	shown, err := p.shows(ctx, config)
	if err != nil {
		return "", said, errors.Join(errProvider, err)
	}
	tokens, err := config.Exchange(p.context(ctx), code, append(shown, oauth2.VerifierOption(data.Verifier))...)
	if err != nil {
		return "", said, errors.Join(errProvider, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := known.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(p.context(ctx), raw)
	if err != nil {
		return "", said, errors.Join(errProvider, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(data.Nonce)) != 1 {
		return "", said, errProvider
	}
	if err := id.Claims(&said); err != nil {
		return "", said, errors.Join(errProvider, err)
	}
	if said.Email == "" && known.UserInfoEndpoint() != "" { // many say it there alone
		info, err := known.UserInfo(p.context(ctx), oauth2.StaticTokenSource(tokens))
		if err != nil || info.Subject != id.Subject { // OpenID Connect Core 1.0, 5.3.2
			return "", said, errors.Join(errProvider, err)
		}
		said.Email, said.Verified = info.Email, truthly(info.EmailVerified)
	}
	return id.Issuer + "\n" + id.Subject, said, nil
}
