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

var attemptTable = &store.Table{Name: "attempts", Key: 2, Columns: store.Columns("realm:t hash:t kind:t account:t data:t made:i ends:i tries:i")}

// begin keeps the first half of something and returns the token that the second half must bring.
func (a *Accounts) begin(ctx context.Context, kind, account string, data any) (string, error) {
	token := newToken()
	return token, a.beginWith(ctx, token, kind, account, data)
}

// beginWith is begin where what is kept lies under the token.
func (a *Accounts) beginWith(ctx context.Context, token, kind, account string, data any) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error { return a.beginIn(ctx, tx, token, kind, account, data) })
}

func (a *Accounts) beginIn(ctx context.Context, tx *store.Tx, token, kind, account string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	now := a.now()
	if _, err := tx.ExecContext(ctx, "DELETE FROM attempts WHERE realm = $1 AND ends < $2", string(a.Realm), now); err != nil {
		return err
	}
	return tx.Write(ctx, attemptTable, []store.Row{{
		string(a.Realm), hashToken(token), kind, account, string(text), now, now + patience[kind].Microseconds(), int64(0),
	}})
}

// errNoAttempt says that there is no such attempt, it has ended, or it was taken before.
var errNoAttempt = errors.New("signin: no such attempt")

// look reads an attempt without taking it.
func (a *Accounts) look(ctx context.Context, kind, token string, data any) (account string, err error) {
	var text string
	err = a.DB.R.QueryRowContext(ctx, "SELECT account, data FROM attempts WHERE realm = $1 AND hash = $2 AND kind = $3 AND ends >= $4",
		string(a.Realm), hashToken(token), kind, a.now()).Scan(&account, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", errNoAttempt
	}
	if err != nil {
		return "", err
	}
	return account, json.Unmarshal([]byte(text), data)
}

// take reads an attempt and removes it, so that the same token brings nothing a second time.
func (a *Accounts) take(ctx context.Context, kind, token string, data any) (account string, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		var text string
		err := tx.QueryRowContext(ctx, "DELETE FROM attempts WHERE realm = $1 AND hash = $2 AND kind = $3 AND ends >= $4 RETURNING account, data",
			string(a.Realm), hashToken(token), kind, a.now()).Scan(&account, &text)
		if errors.Is(err, sql.ErrNoRows) {
			return errNoAttempt
		}
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(text), data)
	})
	return account, err
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
