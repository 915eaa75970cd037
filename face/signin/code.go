package signin

import (
	"context"
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

// codeData is what waits for a code, beside the address, which is sealed. Code and address are under the attempt's token, which is in
// the browser's cookie alone: the row tells neither, and when it goes nothing stays.
type codeData struct {
	Code string `json:"code"` // HMAC
	For  string `json:"for,omitempty"`
	Next string `json:"next,omitempty"`
}

// What a code is for, besides signing a resident in.
const (
	toOffice     = "office" // an officer's first factor beside the second that she has
	toMakeSecond = "second" // an officer who signed in by one factor may make a second
)

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
func (a *Accounts) beginCode(ctx context.Context, account string, c contact, data codeData) (token, code string, err error) {
	token, code = newToken(), newCode()
	data.Code = codeDigest(token, code)
	return token, code, a.beginWith(ctx, token, toCode, account, data, []byte(c.Email+c.Phone))
}

// proveByCode finds the account that a code was asked for: a resident's of the address it was sent to, which
// is made if there is none, or an officer's.
func (a *Accounts) proveByCode(ctx context.Context, token, code, lang string) (acc Account, data codeData, ok bool, err error) {
	if allowed, err := a.try(ctx, toCode, token, codeTries); err != nil || !allowed {
		return acc, data, false, err
	}
	if _, err := a.look(ctx, toCode, token, &data); err != nil {
		return acc, data, false, orGone(err)
	}
	if subtle.ConstantTimeCompare([]byte(codeDigest(token, code)), []byte(data.Code)) != 1 {
		return acc, data, false, nil
	}
	account, address, err := a.takeWith(ctx, toCode, token, &data)
	if err != nil { // somebody was first
		return acc, data, false, orGone(err)
	}
	if data.For == toMakeSecond {
		acc, ok, err = a.find(ctx, account)
		return acc, data, ok, err
	}
	c := contact{Language: lang}
	c.Email, c.Phone = Address(string(address))
	if data.For == toOffice {
		acc, ok, err = a.byAddress(ctx, Officer, c.Email+c.Phone)
		return acc, data, ok, err
	}
	acc, err = a.ofAddress(ctx, Resident, c)
	return acc, data, err == nil, err
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
