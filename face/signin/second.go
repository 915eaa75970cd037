package signin

import "context"

// secondData is a sign-in whose first factor was proved and that waits for the second.
type secondData struct {
	How  string `json:"how"`
	Next string `json:"next,omitempty"`
	At   int64  `json:"at"` // when the first was proved
}

const secondTries = 5

// beginEnrol makes a secret that waits for its first code, sealed under the attempt's token.
func (a *Accounts) beginEnrol(ctx context.Context, account string) (token string, err error) {
	token = newToken()
	return token, a.beginWith(ctx, token, toEnrol, account, struct{}{}, newTOTPSecret())
}

// enrolling is the secret that waits under a token for an account.
func (a *Accounts) enrolling(ctx context.Context, token, account string) (secret []byte, err error) {
	begun, secret, err := a.lookWith(ctx, toEnrol, token, &struct{}{})
	if err != nil {
		return nil, err
	}
	if begun != account {
		return nil, errNoAttempt
	}
	return secret, nil
}
