package signin

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
)

// secondData is a sign-in whose first factor was proved and that waits for the second.
type secondData struct {
	How  string `json:"how"`
	Next string `json:"next,omitempty"`
	At   int64  `json:"at"` // when the first was proved
}

const secondTries = 5

// enrolData is a second factor that waits for its first code. Its secret is under the attempt's token,
// which is in the browser's cookie alone.
type enrolData struct {
	Secret []byte `json:"secret"` // AES-256-GCM
}

// tokenKey seals what an attempt holds under its token, for a purpose.
func tokenKey(purpose, token string) (cipher.AEAD, error) {
	key := sha256.Sum256([]byte(purpose + " " + token))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// beginEnrol makes a secret that waits for its first code.
func (a *Accounts) beginEnrol(ctx context.Context, account string) (token string, err error) {
	token = newToken()
	key, err := tokenKey(totpPart, token)
	if err != nil {
		return "", err
	}
	return token, a.beginWith(ctx, token, toEnrol, account, enrolData{key.Seal(nil, nil, newTOTPSecret(), nil)})
}

// enrolling is the secret that waits under a token for an account.
func (a *Accounts) enrolling(ctx context.Context, token, account string) (secret []byte, err error) {
	var data enrolData
	begun, err := a.look(ctx, toEnrol, token, &data)
	if err != nil {
		return nil, err
	}
	if begun != account {
		return nil, errNoAttempt
	}
	key, err := tokenKey(totpPart, token)
	if err != nil {
		return nil, err
	}
	return key.Open(nil, nil, data.Secret, nil)
}
