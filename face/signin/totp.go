package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"skein/frame/store"
	"skein/frame/vault"
)

// A second factor beside a password, a code or a provider's word: codes by time (TOTP, RFC 6238) of an
// app on the holder's telephone, and recovery codes for when that is lost. The secret of the codes is
// sealed in the account's box; of a recovery code its SHA-256 is kept, since it has 130 random bits.

// How codes by time are made: what every app knows. A code is good for its own 30 seconds, and once.
const (
	totpSeconds = 30
	totpDigits  = otp.DigitsSix
	totpBytes   = 20 // RFC 4226, 4, R6: 160 bits
	totpPart    = "totp"

	recoveryCodes   = 10
	recoveryLetters = 26 // of five bits: 130
)

// crockford is Douglas Crockford's base 32: no I, L, O or U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

func newTOTPSecret() []byte {
	b := make([]byte, totpBytes)
	rand.Read(b) // never fails
	return b
}

// totpText is a secret as apps take it by hand.
func totpText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// totpAddress is what a QR code tells an app: the secret and whose it is.
func totpAddress(secret []byte, site, name string) (string, error) {
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: strings.ReplaceAll(site, ":", " "), AccountName: name, Secret: secret, Period: totpSeconds, Digits: totpDigits,
	})
	if err != nil {
		return "", err
	}
	return key.URL(), nil
}

// totpStep reports whether a code is that of now, and returns the step of time that it is of.
func totpStep(secret []byte, code string, now int64) (step int64, ok bool) {
	step = now / (totpSeconds * time.Second.Microseconds())
	want, err := hotp.GenerateCodeCustom(totpText(secret), uint64(step), hotp.ValidateOpts{Digits: totpDigits, Algorithm: otp.AlgorithmSHA1})
	return step, err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1
}

// hasTOTP reports whether an account asks for a second factor.
func (a *Accounts) hasTOTP(ctx context.Context, account string) (bool, error) {
	_, ok, err := a.credential(ctx, byTOTP, account)
	return ok, err
}

// addTOTP gives an account its second factor, proved by a code, and makes recovery codes. False where
// the account has one.
func (a *Accounts) addTOTP(ctx context.Context, acc Account, secret []byte, step int64, label string) (codes []string, ok bool, err error) {
	box, err := a.Vault.OpenBox(ctx, a.Realm, acc.Box)
	if err != nil {
		return nil, false, err
	}
	box.Seal(totpPart, secret)
	row := a.credentialRow(credential{kind: byTOTP, name: acc.ID, account: acc.ID, label: label})
	row[len(row)-1] = step
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.WriteAll(ctx, append(box.Writes(), store.Write{Table: credentialTable, Row: row})); err != nil {
			return err
		}
		codes, err = a.newRecovery(ctx, tx, acc.ID)
		return err
	})
	if store.IsDuplicate(err) {
		return nil, false, nil
	}
	return codes, err == nil, err
}

// newRecovery makes recovery codes in place of those that there were.
func (a *Accounts) newRecovery(ctx context.Context, tx *store.Tx, account string) ([]string, error) {
	if _, err := tx.ExecContext(ctx, "DELETE FROM credentials WHERE realm = $1 AND account = $2 AND kind = $3", string(a.Realm), account, byRecovery); err != nil {
		return nil, err
	}
	codes, rows := make([]string, recoveryCodes), make([]store.Row, recoveryCodes)
	for i := range codes {
		b := make([]byte, 17)
		rand.Read(b) // never fails
		code := crockford.EncodeToString(b)[:recoveryLetters]
		rows[i] = a.credentialRow(credential{kind: byRecovery, name: recoveryDigest(code), account: account})
		codes[i] = grouped(code)
	}
	return codes, tx.Write(ctx, credentialTable, rows)
}

func recoveryDigest(code string) string {
	sum := sha256.Sum256([]byte("recovery " + code))
	return hex.EncodeToString(sum[:])
}

// grouped writes a long code in groups of five, for eyes and for paper.
func grouped(code string) string {
	var parts []string
	for len(code) > 6 {
		parts, code = append(parts, code[:5]), code[5:]
	}
	return strings.Join(append(parts, code), "-")
}

// typedCode is a code as somebody typed it, in capitals and digits: full-width forms are made plain, and
// what reads alike is one letter.
func typedCode(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r >= '！' && r <= '～' {
			r += '!' - '！'
		}
		if r >= 'a' && r <= 'z' {
			r += 'A' - 'a'
		}
		switch {
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		}
		if (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z') && b.Len() <= recoveryLetters {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// proveSecond judges a second factor: a code by time that was not taken before, or a recovery code, which is
// taken with this. It says by which of the two.
func (a *Accounts) proveSecond(ctx context.Context, acc Account, typed string) (how string, ok bool, err error) {
	code := typedCode(typed)
	if len(code) == recoveryLetters {
		ok, err = a.changed(ctx, "DELETE FROM credentials WHERE realm = $1 AND kind = $2 AND name = $3 AND account = $4",
			string(a.Realm), byRecovery, recoveryDigest(code), acc.ID)
		return byRecovery, ok, err
	}
	content, err := a.Vault.Read(ctx, a.Realm, vault.Ref{Box: acc.Box, Part: totpPart})
	if err != nil {
		return byTOTP, false, err
	}
	step, ok := totpStep(content.Text, code, a.now())
	if !ok {
		return byTOTP, false, nil
	}
	// Of two at once one is taken, and none of a step that was taken before (RFC 6238, 5.2).
	ok, err = a.changed(ctx, "UPDATE credentials SET used = $4 WHERE realm = $1 AND kind = $2 AND name = $3 AND used < $4",
		string(a.Realm), byTOTP, acc.ID, step)
	return byTOTP, ok, err
}

// changed reports whether a statement changed one row.
func (a *Accounts) changed(ctx context.Context, query string, args ...any) (ok bool, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		res, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		return err
	})
	return ok, err
}

// recoveryLeft counts an account's recovery codes.
func (a *Accounts) recoveryLeft(ctx context.Context, account string) (n int, err error) {
	err = a.DB.R.QueryRowContext(ctx, "SELECT count(*) FROM credentials WHERE realm = $1 AND account = $2 AND kind = $3", string(a.Realm), account, byRecovery).Scan(&n)
	return n, err
}
