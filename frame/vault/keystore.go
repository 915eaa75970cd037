package vault

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

//go:embed keystore/*.sql
var keyMigrations embed.FS

// Keys is the key store: the wrapped key of every box, the derived keys, and the erasure list. It is
// a database of its own, apart from the realm's, so that whoever keeps old copies of the realm's cannot bring back
// what was erased: a key that was destroyed is in no copy of it.
type Keys struct {
	DB     *store.DB
	Master *Master
	ID     string // which store it is
	// Follows is how soon other processes follow where the master key is replaced; 0 is a second.
	Follows time.Duration

	mu     sync.Mutex
	pools  map[civic.Realm]*pool
	filled sync.WaitGroup
	closed bool

	unread atomic.Pointer[error] // of the cipher that is chosen
}

// OpenKeys opens a key store, a SQLite file (made if missing) or a postgres:// URL.
func OpenKeys(ctx context.Context, source string, master *Master) (*Keys, error) {
	if err := private(source); err != nil {
		return nil, fmt.Errorf("vault: the key store: %w", err)
	}
	db, err := store.Open(ctx, source)
	if err != nil {
		return nil, fmt.Errorf("vault: the key store: %w", err)
	}
	k := &Keys{DB: db, Master: master, pools: map[civic.Realm]*pool{}}
	if err := k.open(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("vault: the key store: %w", err)
	}
	return k, nil
}

// private makes a file that nobody else can read, where there is none yet; what SQLite makes beside it has its mode.
func private(source string) error {
	if strings.Contains(source, "://") {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(source), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(source, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (k *Keys) open(ctx context.Context) error {
	if err := migrateKeys(ctx, k.DB); err != nil {
		return err
	}
	const ask = "SELECT id FROM key_store"
	err := k.DB.R.QueryRowContext(ctx, ask).Scan(&k.ID)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	err = k.DB.Update(ctx, func(tx *store.Tx) error { // another process may make it at the same time: the first stands
		_, err := tx.ExecContext(ctx, "INSERT INTO key_store (id, made) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM key_store)", newID(), time.Now().UnixMicro())
		return err
	})
	if err != nil {
		return err
	}
	return k.DB.R.QueryRowContext(ctx, ask).Scan(&k.ID)
}

func migrateKeys(ctx context.Context, db *store.DB) error {
	files, err := fs.Sub(keyMigrations, "keystore")
	if err != nil {
		panic(err)
	}
	return db.Migrate(ctx, store.Migrations{Room: "keys", Files: files})
}

// Close gives back the keys that were made ahead and closes the store. It may be called more than once.
func (k *Keys) Close() error {
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return nil
	}
	k.closed = true
	left := k.pools
	k.pools = nil
	k.mu.Unlock()
	k.filled.Wait()
	ctx := context.Background()
	err := k.DB.Update(ctx, func(tx *store.Tx) error {
		for realm, p := range left {
			boxes := make([]string, len(p.ready))
			for i, b := range p.ready {
				boxes[i] = b.id
			}
			if err := tx.DeleteWhere(ctx, "key_boxes", string(realm), "box", boxes); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, k.DB.Close())
}

var (
	keyBoxTable     = &store.Table{Name: "key_boxes", Key: 2, Columns: store.Columns("realm:t box:t master:t wrapped:b")}
	keyErasureTable = &store.Table{Name: "key_erasures", Key: 2, Columns: store.Columns("realm:t n:i box:t at:i")}
)

// of opens the keys of boxes with one query. What has no key is absent.
func (k *Keys) of(ctx context.Context, realm civic.Realm, boxes []string) (map[string]*Lock, map[string]error, error) {
	rows, err := k.DB.R.QueryContext(ctx, "SELECT box, master, wrapped FROM key_boxes WHERE realm = $1 AND "+k.DB.Each("box", "$2"),
		string(realm), k.DB.List(boxes))
	if err != nil {
		return nil, nil, fmt.Errorf("vault: the key store: %w", err)
	}
	defer rows.Close()
	type row struct {
		box, master string
		wrapped     []byte
	}
	var found []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.box, &r.master, &r.wrapped); err != nil {
			return nil, nil, err
		}
		found = append(found, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil { // before a new master key is looked for, which asks anew
		return nil, nil, err
	}
	keys, damaged := make(map[string]*Lock, len(found)), map[string]error{}
	for _, r := range found {
		if key, err := k.unwrap(ctx, realm, r.box, r.master, r.wrapped); err != nil {
			damaged[r.box] = err
		} else {
			keys[r.box] = key
		}
	}
	return keys, damaged, nil
}

func (k *Keys) unwrap(ctx context.Context, realm civic.Realm, box, master string, wrapped []byte) (*Lock, error) {
	under, err := k.under(ctx, master)
	if err != nil {
		return nil, fmt.Errorf("%w: key of box %s: %w", ErrDamaged, box, err)
	}
	key, err := under.wrapper(realm).Open(wrapped, keyBinding(realm, box))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%w: key of box %s", ErrDamaged, box)
	}
	defer clear(key)
	return NewLock([32]byte(key)), nil
}

// pair holds the key store against the realm's database, which remembers the one that belongs to it; ours says that it is ours
// to pair with.
func (v *Vault) pair(ctx context.Context, ours func() error) error {
	const ask = "SELECT id FROM vault_store"
	if err := v.apart(ctx); err != nil {
		return err
	}
	var id string
	err := v.DB.R.QueryRowContext(ctx, ask).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		if err := ours(); err != nil {
			return err
		}
		err = v.DB.Update(ctx, func(tx *store.Tx) error { // another process may do it at the same time: the first stands
			_, err := tx.ExecContext(ctx, "INSERT INTO vault_store (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM vault_store)", v.Keys.ID)
			return err
		})
		if err == nil {
			err = v.DB.R.QueryRowContext(ctx, ask).Scan(&id)
		}
	}
	if err != nil {
		return fmt.Errorf("vault: the key store: %w", err)
	}
	if id != v.Keys.ID {
		return civic.Refuse(civic.Unavailable, "vault.store_other", "path", shown(v.Keys.DB))
	}
	return nil
}

// StoreOf says which key store belongs to a realm's database; "" where none does yet.
func StoreOf(ctx context.Context, db *store.DB) (id string, err error) {
	err = db.R.QueryRowContext(ctx, "SELECT id FROM vault_store").Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// Count says how many boxes that are not erased have a key, and how many have none: those were made after a key store that was put back.
func (v *Vault) Count(ctx context.Context) (keys, lost int64, err error) {
	const page = 1000
	var realm, box string
	for {
		rows, err := v.DB.R.QueryContext(ctx, fmt.Sprintf(`SELECT realm, box FROM vault_boxes WHERE (realm, box) > ($1, $2) AND erased_at IS NULL
			ORDER BY realm, box LIMIT %d`, page), realm, box)
		if err != nil {
			return keys, lost, fmt.Errorf("vault: %w", err)
		}
		byRealm, n := map[string][]string{}, int64(0)
		for rows.Next() {
			if err := rows.Scan(&realm, &box); err != nil {
				rows.Close()
				return keys, lost, err
			}
			byRealm[realm] = append(byRealm[realm], box)
			n++
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return keys, lost, err
		}
		for r, boxes := range byRealm {
			var held int64
			err := v.Keys.DB.R.QueryRowContext(ctx, "SELECT count(*) FROM key_boxes WHERE realm = $1 AND "+v.Keys.DB.Each("box", "$2"), r, v.Keys.DB.List(boxes)).Scan(&held)
			if err != nil {
				return keys, lost, fmt.Errorf("vault: the key store: %w", err)
			}
			keys, lost = keys+held, lost+int64(len(boxes))-held
		}
		if n < page {
			return keys, lost, nil
		}
	}
}

// apart refuses a key store that is the realm's own database, which backups copy, and one in a PostgreSQL whose archive holds every
// change: destroyed keys would stay in it.
func (v *Vault) apart(ctx context.Context) error {
	if rows, err := v.Keys.DB.R.QueryContext(ctx, "SELECT 1 FROM vault_boxes LIMIT 1"); err == nil {
		rows.Close()
		return civic.Refuse(civic.Unavailable, "vault.store_same", "path", shown(v.Keys.DB))
	}
	if v.Keys.DB.Engine != store.Postgres {
		return nil
	}
	var archive string
	if err := v.Keys.DB.R.QueryRowContext(ctx, "SELECT setting FROM pg_settings WHERE name = 'archive_mode'").Scan(&archive); err != nil {
		return fmt.Errorf("vault: the key store: %w", err)
	}
	if archive != "off" {
		return civic.Refuse(civic.Unavailable, "vault.store_archived")
	}
	return nil
}

// shown names a database without its password.
func shown(db *store.DB) string {
	if db.Engine == store.Postgres {
		_, at, found := strings.Cut(db.Source, "@")
		if found {
			return "postgres://…@" + at
		}
	}
	return db.Source
}
