package seal

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	tnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"skein/frame/civic"
	"skein/frame/journal"
)

// KeysOf lists every key that has signed a log, the one that signs now last: those that gave it over
// in a leaf of it, and its own.
func KeysOf(ctx context.Context, q journal.Querier, realm civic.Realm, l *Log) ([]string, error) {
	const leastChange = 200 // bytes: what is shorter is a decoy
	rows, err := q.QueryContext(ctx, "SELECT entry FROM seal_leaves WHERE realm = $1 AND position IS NULL AND log = $2 AND length(entry) > $3 ORDER BY leaf",
		string(realm), l.Number, leastChange)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []string
	for rows.Next() {
		var entry []byte
		if err := rows.Scan(&entry); err != nil {
			return nil, err
		}
		if k, ok := ParseKeyChange(entry); ok && k.Origin == l.Origin {
			keys = append(keys, k.Old)
		}
	}
	return append(keys, l.Key), rows.Err()
}

// ContinuationOf says what a log goes on from; false for the first of a realm.
func ContinuationOf(ctx context.Context, q journal.Querier, realm civic.Realm, l *Log) (Continuation, bool, error) {
	var entry []byte
	err := q.QueryRowContext(ctx, "SELECT entry FROM seal_leaves WHERE realm = $1 AND log = $2 AND leaf = 0", string(realm), l.Number).Scan(&entry)
	if errors.Is(err, sql.ErrNoRows) {
		return Continuation{}, false, nil
	}
	c, ok := ParseContinuation(entry)
	return c, ok, err
}

// Add adds a verifier key: a log's if its name is the origin of a realm's log, else a witness's. It is false for
// what is no verifier key of Ed25519 (signed-note, and type 4 of tlog-cosignature), and adds none twice: of
// two that are alike a note could not say which signed it.
func (k *Keys) Add(vkey string) bool {
	name, rest, _ := strings.Cut(vkey, "+")
	_, key64, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.Strict().DecodeString(key64)
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != algEd25519 && key[0] != algTimed {
		return false
	}
	want, err := note.NewEd25519VerifierKey(name, key[1:])
	if err != nil {
		return false
	}
	if _, err := note.NewVerifier(want); err != nil {
		return false // its name is none
	}
	if key[0] == algTimed {
		if want, err = tnote.VKeyToCosignatureV1(want); err != nil {
			return false
		}
	}
	if want != vkey {
		return false
	}
	alike := func(other string) bool {
		n, rest, _ := strings.Cut(other, "+")
		_, other64, _ := strings.Cut(rest, "+")
		raw, err := base64.StdEncoding.DecodeString(other64)
		return err == nil && n == name && len(raw) > 0 && string(raw[1:]) == string(key[1:])
	}
	if slices.ContainsFunc(k.Log, alike) || slices.ContainsFunc(k.Witnesses, alike) {
		return true
	}
	if _, ok := RealmOf(name); ok && key[0] == algEd25519 {
		k.Log = append(k.Log, vkey)
	} else {
		k.Witnesses = append(k.Witnesses, vkey)
	}
	return true
}

// Kinds of keys and signatures (signed-note; tlog-cosignature).
const (
	algEd25519 = 1
	algTimed   = 4
)
