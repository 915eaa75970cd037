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

var keyTable = &store.Table{Name: "keys", Key: 2, Columns: store.Columns("realm:t hash:t use:t post:t label:t made:i ends:i revoked:i")}

// Key is what a bearer may do.
type Key struct {
	Use  string // "post" or "open311"
	Post civic.PostID
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
func (k *Keys) New(ctx context.Context, use string, post civic.PostID, label string, made, ends civic.Instant) (string, error) {
	raw := make([]byte, 20)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	key := keyPrefix + strings.ToLower(base32.StdEncoding.EncodeToString(raw))
	return key, k.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.Write(ctx, keyTable, []store.Row{{
			string(k.Realm), hashKey(key), use, string(post), label, int64(made), int64(ends), int64(0),
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
		err := k.DB.R.QueryRowContext(ctx, "SELECT use, post, ends, revoked FROM keys WHERE realm = $1 AND hash = $2",
			string(k.Realm), hash).Scan(&c.key.Use, &c.key.Post, &c.ends, &revoked)
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
