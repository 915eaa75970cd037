package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"skein/frame/store"
	"skein/frame/vault"
)

// newToken is 32 random bytes as a cookie or a link can hold them.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// tokenBytes is the length of a token's text.
const tokenBytes = 43

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// The kinds of attempt and how long each waits.
const (
	toSignIn   = "passkey sign-in"
	toRegister = "passkey registration"
	toCode     = "code"
	toProvider = "provider"
	toInvite   = "invitation"
	toSecond   = "second factor"
	toEnrol    = "second factor to add"
)

var patience = map[string]time.Duration{
	toSignIn: 5 * time.Minute, toRegister: 5 * time.Minute, toCode: 10 * time.Minute, toProvider: 10 * time.Minute, toInvite: 7 * 24 * time.Hour,
	toSecond: 10 * time.Minute, toEnrol: 10 * time.Minute,
}

var attemptTable = &store.Table{Name: "attempts", Key: 2, Columns: store.Columns("realm:t hash:t kind:t account:t data:t made:i ends:i tries:i sealed:b")}

// begin keeps the first half of something and returns the token that the second half must bring.
func (a *Accounts) begin(ctx context.Context, kind, account string, data any) (string, error) {
	token := newToken()
	return token, a.beginWith(ctx, token, kind, account, data, nil)
}

// beginWith is begin with a secret, which lies sealed under the token: in the browser's cookie alone is what opens it.
func (a *Accounts) beginWith(ctx context.Context, token, kind, account string, data any, secret []byte) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error { return a.beginIn(ctx, tx, token, kind, account, data, secret) })
}

func (a *Accounts) beginIn(ctx context.Context, tx *store.Tx, token, kind, account string, data any, secret []byte) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	var sealed any
	if secret != nil {
		sealed = tokenLock(kind, token).Seal(a.Vault.Keys.Cipher(), secret, []byte(hashToken(token)))
	}
	now := a.now()
	if _, err := tx.ExecContext(ctx, "DELETE FROM attempts WHERE realm = $1 AND ends < $2", string(a.Realm), now); err != nil {
		return err
	}
	return tx.Write(ctx, attemptTable, []store.Row{{
		string(a.Realm), hashToken(token), kind, account, string(text), now, now + patience[kind].Microseconds(), int64(0), sealed,
	}})
}

// tokenLock seals what an attempt of a kind holds under its token.
func tokenLock(kind, token string) *vault.Lock {
	return vault.NewLock(sha256.Sum256([]byte(kind + " " + token)))
}

// errNoAttempt says that there is no such attempt, it has ended, or it was taken before.
var errNoAttempt = errors.New("signin: no such attempt")

// begun reads a row of account, data, sealed, and opens what is sealed.
func begun(row *sql.Row, kind, token string, data any) (account string, secret []byte, err error) {
	var text string
	var sealed []byte
	err = row.Scan(&account, &text, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, errNoAttempt
	}
	if err == nil && sealed != nil {
		secret, err = tokenLock(kind, token).Open(sealed, []byte(hashToken(token)))
	}
	if err != nil {
		return "", nil, err
	}
	return account, secret, json.Unmarshal([]byte(text), data)
}

// look reads an attempt without taking it.
func (a *Accounts) look(ctx context.Context, kind, token string, data any) (account string, err error) {
	account, _, err = a.lookWith(ctx, kind, token, data)
	return account, err
}

// lookWith is look with the secret.
func (a *Accounts) lookWith(ctx context.Context, kind, token string, data any) (account string, secret []byte, err error) {
	return begun(a.DB.R.QueryRowContext(ctx, "SELECT account, data, sealed FROM attempts WHERE realm = $1 AND hash = $2 AND kind = $3 AND ends >= $4",
		string(a.Realm), hashToken(token), kind, a.now()), kind, token, data)
}

// take reads an attempt and removes it, so that the same token brings nothing a second time.
func (a *Accounts) take(ctx context.Context, kind, token string, data any) (account string, err error) {
	account, _, err = a.takeWith(ctx, kind, token, data)
	return account, err
}

// takeWith is take with the secret.
func (a *Accounts) takeWith(ctx context.Context, kind, token string, data any) (account string, secret []byte, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) (err error) {
		account, secret, err = begun(tx.QueryRowContext(ctx, "DELETE FROM attempts WHERE realm = $1 AND hash = $2 AND kind = $3 AND ends >= $4 RETURNING account, data, sealed",
			string(a.Realm), hashToken(token), kind, a.now()), kind, token, data)
		return err
	})
	return account, secret, err
}

// try counts a try at an attempt before it is judged; false once there were too many.
func (a *Accounts) try(ctx context.Context, kind, token string, most int) (ok bool, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE attempts SET tries = tries + 1 WHERE realm = $1 AND hash = $2 AND kind = $3 AND ends >= $4 AND tries < $5",
			string(a.Realm), hashToken(token), kind, a.now(), most)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		return err
	})
	return ok, err
}
