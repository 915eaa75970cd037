package face

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of the face: keys.
func Migrations() store.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return store.Migrations{Room: "face", Files: files}
}

var keyTable = &store.Table{Name: "keys", Key: 2, Columns: store.Columns("realm:t hash:t use:t post:t label:t made:i ends:i revoked:i scopes:t")}

// Key is what a bearer may do.
type Key struct {
	Use   string // "post" or "open311"
	Post  civic.PostID
	Scope string // patterns of actions, of what the post may do; "" for all
}

// Listed is a key as its operator sees it. ID is the beginning of its hash: it opens nothing.
type Listed struct {
	ID      string        `json:"id"`
	Use     string        `json:"use"`
	Post    civic.PostID  `json:"post,omitempty"`
	Scope   string        `json:"scope,omitempty"`
	Label   string        `json:"label,omitempty"`
	Made    civic.Instant `json:"made"`
	Ends    civic.Instant `json:"ends"`
	Revoked civic.Instant `json:"revoked,omitempty"`
}

// Standing is whether a key is good at an instant: "good", "ended" or "revoked".
func (l Listed) Standing(now civic.Instant) string {
	switch {
	case l.Revoked != 0:
		return "revoked"
	case l.Ends != 0 && l.Ends <= now:
		return "ended"
	}
	return "good"
}

// idLetters of a hash name a key.
const idLetters = 12

// List lists all keys, the latest first.
func (k *Keys) List(ctx context.Context) ([]Listed, error) {
	rows, err := k.DB.R.QueryContext(ctx, "SELECT hash, use, post, scopes, label, made, ends, revoked FROM keys WHERE realm = $1 ORDER BY made DESC, hash", string(k.Realm))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Listed{}
	for rows.Next() {
		var l Listed
		if err := rows.Scan(&l.ID, &l.Use, &l.Post, &l.Scope, &l.Label, &l.Made, &l.Ends, &l.Revoked); err != nil {
			return nil, err
		}
		l.ID = l.ID[:idLetters]
		out = append(out, l)
	}
	return out, rows.Err()
}

// Revoke takes a key back; false if there is none of that id that is good.
func (k *Keys) Revoke(ctx context.Context, id string, now civic.Instant) (ok bool, err error) {
	if !civic.IsHex(id, idLetters) {
		return false, nil
	}
	err = k.DB.Update(ctx, func(tx *store.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE keys SET revoked = $3 WHERE realm = $1 AND hash LIKE $2 AND revoked = 0", string(k.Realm), id+"%", int64(now))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n > 0
		return err
	})
	return ok, err
}

// Keys finds and makes keys. A key carries 160 random bits, so its hash needs no salt.
type Keys struct {
	DB    *store.DB
	Realm civic.Realm

	mu    sync.Mutex
	known map[string]cached
}

type cached struct {
	key   Key
	ends  civic.Instant
	found bool
	until time.Time
}

// keyMemory is how long a key that was looked up is believed; a revocation takes hold by then.
const keyMemory = 5 * time.Second

const keyPrefix = "skein_"

// New makes a key and returns it; it is shown once and not kept.
func (k *Keys) New(ctx context.Context, what Key, label string, made, ends civic.Instant) (string, error) {
	raw := make([]byte, 20)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	key := keyPrefix + strings.ToLower(base32.StdEncoding.EncodeToString(raw))
	return key, k.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.Write(ctx, keyTable, []store.Row{{
			string(k.Realm), hashKey(key), what.Use, string(what.Post), label, int64(made), int64(ends), int64(0), what.Scope,
		}})
	})
}

// Find looks a key up; false if there is none, it has ended or it was revoked.
func (k *Keys) Find(ctx context.Context, key string, now civic.Instant) (Key, bool, error) {
	if !strings.HasPrefix(key, keyPrefix) || len(key) > 100 {
		return Key{}, false, nil
	}
	hash := hashKey(key)
	k.mu.Lock()
	c, ok := k.known[hash]
	k.mu.Unlock()
	if !ok || time.Now().After(c.until) {
		c = cached{until: time.Now().Add(keyMemory)}
		var revoked civic.Instant
		err := k.DB.R.QueryRowContext(ctx, "SELECT use, post, scopes, ends, revoked FROM keys WHERE realm = $1 AND hash = $2",
			string(k.Realm), hash).Scan(&c.key.Use, &c.key.Post, &c.key.Scope, &c.ends, &revoked)
		switch {
		case err == nil:
			c.found = revoked == 0
		case !errors.Is(err, sql.ErrNoRows):
			return Key{}, false, err
		}
		k.mu.Lock()
		if k.known == nil || len(k.known) > 10_000 {
			k.known = map[string]cached{}
		}
		k.known[hash] = c
		k.mu.Unlock()
	}
	return c.key, c.found && (c.ends == 0 || now < c.ends), nil
}

func hashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
