package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"skein/frame/civic"
	"skein/frame/store"
)

// argon is how passwords are hashed: argon2id (RFC 9106) with the least cost that OWASP's
// Password Storage Cheat Sheet names, since two at a time must fit a small server.
type argon struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

var argonNow = argon{memory: 19 << 10, passes: 2, lanes: 1}

const (
	saltBytes, hashBytes  = 16, 32
	leastLetters          = 12
	mostLetters           = 128
	judgedLetters         = 40 // judging takes time that grows faster than the password
	leastGuesses          = 3  // of zxcvbn's 0 to 4: more than 10⁸ guesses
	passwordForm          = "$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s"
	passwordHashesAtATime = 2
)

// hashing bounds how many passwords are hashed at a time.
var hashing = make(chan struct{}, passwordHashesAtATime)

func (g argon) hash(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, g.passes, g.memory, g.lanes, hashBytes), nil
}

// newPassword is what is kept of a password (PHC string format).
func newPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails
	hash, err := argonNow.hash(ctx, password, salt)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf(passwordForm, argon2.Version, argonNow.memory, argonNow.passes, argonNow.lanes, b64.EncodeToString(salt), b64.EncodeToString(hash)), nil
}

// unknownPassword is compared with where there is none, so that an unknown account takes as
// long as a known one.
var unknownPassword = fmt.Sprintf(passwordForm, argon2.Version, argonNow.memory, argonNow.passes, argonNow.lanes,
	base64.RawStdEncoding.EncodeToString(make([]byte, saltBytes)), base64.RawStdEncoding.EncodeToString(make([]byte, hashBytes)))

var errPasswordRow = errors.New("signin: a password's row cannot be read")

// samePassword compares a password with what was kept of one.
func samePassword(ctx context.Context, password, kept string) (bool, error) {
	var g argon
	var version int
	parts := strings.Split(kept, "$") // "", argon2id, v=, m=,t=,p=, salt, hash
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errPasswordRow
	}
	_, unversioned := fmt.Sscanf(parts[2], "v=%d", &version)
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &g.memory, &g.passes, &g.lanes); err != nil || unversioned != nil || version != argon2.Version {
		return false, errPasswordRow
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, err
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) != hashBytes {
		return false, errPasswordRow
	}
	hash, err := g.hash(ctx, password, salt)
	return err == nil && subtle.ConstantTimeCompare(hash, want) == 1, err
}

// checkPassword refuses a password that is easily guessed here, common, or known from a breach.
func (s *Service) checkPassword(password string) (civic.Refusals, error) {
	if refusals := checkPassword(password, s.knownWords()...); len(refusals) > 0 {
		return refusals, nil
	}
	found, err := isCommon(password, s.Breached)
	if err != nil || !found {
		return nil, err
	}
	return civic.Refusals{civic.Refuse(civic.Invalid, "signin.password_breached").In("password")}, nil
}

// checkPassword refuses a password that is short or easily guessed; about holds what is known of
// its owner, which must not be the whole of it.
func checkPassword(password string, about ...string) civic.Refusals {
	n := utf8.RuneCountInString(password)
	switch {
	case n < leastLetters:
		return civic.Refusals{civic.Refuse(civic.Invalid, "signin.password_short", "least", leastLetters).In("password")}
	case n > mostLetters || !utf8.ValidString(password):
		return civic.Refusals{civic.Refuse(civic.Invalid, "signin.password_long", "most", mostLetters).In("password")}
	case period([]rune(password)) < leastLetters, zxcvbn.PasswordStrength(string([]rune(password)[:min(n, judgedLetters)]), about).Score < leastGuesses:
		return civic.Refusals{civic.Refuse(civic.Invalid, "signin.password_easy").In("password")}
	}
	return nil
}

// period is how many letters it takes until a text only says itself again; of "abcabca" it is three. zxcvbn
// sees that in ASCII alone.
func period(text []rune) int {
	for n := 1; n < len(text); n++ {
		if slices.Equal(text[n:], text[:len(text)-n]) {
			if 2*n <= len(text) {
				return n
			}
			break
		}
	}
	return len(text)
}

// setPassword gives an account a password, in place of one it had.
func (a *Accounts) setPassword(ctx context.Context, account, password string) error {
	kept, err := newPassword(ctx, password)
	if err != nil {
		return err
	}
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.Write(ctx, passwordTable, []store.Row{a.credentialRow(credential{kind: byPassword, name: account, account: account, data: kept})})
	})
}

// proveByPassword finds the account of an address whose password this is. It takes as long
// whether there is such an account or not.
func (a *Accounts) proveByPassword(ctx context.Context, address, password string) (found Account, ok bool, err error) {
	for _, kind := range []Kind{Officer, Resident} { // both each time
		acc, known, err := a.byAddress(ctx, kind, address)
		if err != nil {
			return Account{}, false, err
		}
		c, has, err := a.credential(ctx, byPassword, acc.ID)
		if err != nil {
			return Account{}, false, err
		}
		kept := unknownPassword
		if known && has {
			kept = c.data
		}
		same, err := samePassword(ctx, password, kept)
		if err != nil {
			return Account{}, false, err
		}
		if same && known && has && found.ID == "" {
			found = acc
		}
	}
	return found, found.ID != "", nil
}
