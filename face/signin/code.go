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
	"strings"

	"skein/frame/store"
	"skein/frame/vault"
)

// A code is sent to an address, and whoever types it owns the address. An account is made when
// the first code is typed rightly, not when it is asked for, so asking tells nobody whether there
// is one.

const (
	codeDigits = 8
	codeTries  = 5
)

// codeData is what waits for a code. The address is sealed in a box of its own until then.
type codeData struct {
	Box  string `json:"box"`
	Code string `json:"code"` // HMAC under the attempt's token
	Next string `json:"next,omitempty"`
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
	box := vault.NewBox(a.Vault.Master, a.Realm, "sign-in")
	box.Seal("contact", []byte(c.Email+c.Phone))
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := a.sweepCodes(ctx, tx); err != nil {
			return err
		}
		if err := tx.WriteAll(ctx, box.Writes()); err != nil {
			return err
		}
		return a.beginIn(ctx, tx, token, toCode, "", codeData{Box: box.ID, Code: codeDigest(token, code), Next: next})
	})
	return token, code, err
}

// sweepCodes erases the boxes of codes that were never typed.
func (a *Accounts) sweepCodes(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.QueryContext(ctx, "SELECT data FROM attempts WHERE realm = $1 AND kind = $2 AND ends < $3 LIMIT 100", string(a.Realm), toCode, a.now())
	if err != nil {
		return err
	}
	var boxes []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			rows.Close()
			return err
		}
		if _, rest, ok := strings.Cut(text, `"box":"`); ok {
			box, _, _ := strings.Cut(rest, `"`)
			boxes = append(boxes, box)
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	for _, box := range boxes {
		if err := a.dropBox(ctx, tx, box); err != nil {
			return err
		}
	}
	return nil
}

// dropBox removes a box of the sign-in whole: no act names it, so nothing need remember it.
func (a *Accounts) dropBox(ctx context.Context, tx *store.Tx, box string) error {
	for _, table := range []string{"vault_items", "vault_keys"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE realm = $1 AND box = $2", string(a.Realm), box); err != nil {
			return err
		}
	}
	return nil
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
	content, err := a.Vault.Read(ctx, a.Realm, vault.Ref{Box: data.Box, Part: "contact"})
	if err != nil {
		return acc, "", false, err
	}
	c := contact{Language: lang}
	c.Email, c.Phone = Address(string(content.Text))
	acc, known, err := a.byAddress(ctx, Resident, c.Email+c.Phone)
	if err != nil {
		return acc, "", false, err
	}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := a.dropBox(ctx, tx, data.Box); err != nil || known {
			return err
		}
		acc, err = a.make(ctx, tx, "", Resident, c)
		return err
	})
	return acc, data.Next, err == nil, err
}

// orGone makes a missing attempt a plain no.
func orGone(err error) error {
	if err == errNoAttempt {
		return nil
	}
	return err
}
