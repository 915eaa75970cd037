package signin

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"math/big"

	"skein/frame/store"
)

// A code is sent to an address, and whoever types it owns the address. An account is made when
// the first code is typed rightly, not when it is asked for, so asking tells nobody whether there
// is one.

const (
	codeDigits = 8
	codeTries  = 5
)

// codeData is what waits for a code. Code and address are under the attempt's token, which is in
// the browser's cookie alone: the row tells neither, and when it goes nothing stays.
type codeData struct {
	Address []byte `json:"address"` // AES-256-GCM
	Code    string `json:"code"`    // HMAC
	Next    string `json:"next,omitempty"`
}

func codeKey(token string) (cipher.AEAD, error) {
	key := sha256.Sum256([]byte("address " + token))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return fmt.Sprintf("%0*d", codeDigits, n)
}

// codeDigest ties a code to its attempt: the rows alone do not let 10⁸ codes be tried, since the
// token is not among them.
func codeDigest(token, code string) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte(code))
	return hex.EncodeToString(mac.Sum(nil))
}

// beginCode keeps what a code for an address must be compared with, and returns both halves.
func (a *Accounts) beginCode(ctx context.Context, c contact, next string) (token, code string, err error) {
	token, code = newToken(), newCode()
	key, err := codeKey(token)
	if err != nil {
		return "", "", err
	}
	data := codeData{Address: key.Seal(nil, nil, []byte(c.Email+c.Phone), nil), Code: codeDigest(token, code), Next: next}
	err = a.DB.Update(ctx, func(tx *store.Tx) error { return a.beginIn(ctx, tx, token, toCode, "", data) })
	return token, code, err
}

// proveByCode finds or makes the account of the address that a code was sent to.
func (a *Accounts) proveByCode(ctx context.Context, token, code, lang string) (acc Account, next string, ok bool, err error) {
	if allowed, err := a.try(ctx, toCode, token, codeTries); err != nil || !allowed {
		return acc, "", false, err
	}
	var data codeData
	if _, err := a.look(ctx, toCode, token, &data); err != nil {
		return acc, "", false, orGone(err)
	}
	if subtle.ConstantTimeCompare([]byte(codeDigest(token, code)), []byte(data.Code)) != 1 {
		return acc, "", false, nil
	}
	if _, err := a.take(ctx, toCode, token, &data); err != nil { // somebody was first
		return acc, "", false, orGone(err)
	}
	key, err := codeKey(token)
	if err != nil {
		return acc, "", false, err
	}
	address, err := key.Open(nil, nil, data.Address, nil)
	if err != nil {
		return acc, "", false, err
	}
	c := contact{Language: lang}
	c.Email, c.Phone = Address(string(address))
	acc, err = a.ofAddress(ctx, Resident, c)
	return acc, data.Next, err == nil, err
}

// ofAddress finds the account of an address or makes it; of two at once one makes it.
func (a *Accounts) ofAddress(ctx context.Context, kind Kind, c contact) (acc Account, err error) {
	for range 2 {
		var known bool
		if acc, known, err = a.byAddress(ctx, kind, c.Email+c.Phone); err != nil || known {
			return acc, err
		}
		err = a.DB.Update(ctx, func(tx *store.Tx) error {
			var err error
			acc, err = a.make(ctx, tx, "", kind, c)
			return err
		})
		if !store.IsDuplicate(err) {
			return acc, err
		}
	}
	return acc, err
}

// orGone makes a missing attempt a plain no.
func orGone(err error) error {
	if err == errNoAttempt {
		return nil
	}
	return err
}
