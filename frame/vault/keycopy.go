package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// A copy of the key store is what an operator keeps against the loss of a disk, apart from the copies of the realm's
// database and for a short time only: with both, and the master key, what was erased since could be read.

// Keep is how long a copy of a key store is kept unless the operator says otherwise.
const Keep = 30 * 24 * time.Hour

// Copied is a copy that was made of a key store.
type Copied struct {
	Path    string                  `json:"path"`
	Store   string                  `json:"store"` // which key store it is of
	Keys    int64                   `json:"keys"`  // rows
	Until   time.Time               `json:"until"` // when it is to be gone
	Removed []string                `json:"removed,omitempty"`
	Reached map[civic.Realm]Reached `json:"reached"` // how far its erasure list reaches
}

// keyTables are the tables of a key store that a copy holds, in an order in which they can be written.
var keyTables = []*store.Table{
	{Name: "key_store", Key: 1, Columns: store.Columns("id:t made:i")},
	{Name: "key_masters", Key: 1, Columns: store.Columns("id:t since:i")},
	{Name: "key_derived", Key: 2, Columns: store.Columns("realm:t purpose:t master:t sealed:b")},
	keyBoxTable,
	keyErasureTable,
	{Name: "key_reached", Key: 1, Columns: store.Columns("realm:t origin:t size:i")},
	keyCipherTable,
}

// copyName is how copies are called: by the moment in which they were made.
var copyName = regexp.MustCompile(`^skein-keys-(\d{8}T\d{6}Z)\.db$`)

const copyTime = "20060102T150405Z"

// Copy writes a copy of the store, a SQLite file, into a folder, and removes copies there that are older than keep.
func (k *Keys) Copy(ctx context.Context, folder string, keep time.Duration, now time.Time) (c Copied, err error) {
	fail := func(err error) (Copied, error) {
		return c, civic.Refuse(civic.Unavailable, "vault.copy_failed", "folder", folder, "cause", err.Error())
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fail(err)
	}
	now = now.UTC().Truncate(time.Second)
	c.Path, c.Until, c.Store = filepath.Join(folder, "skein-keys-"+now.Format(copyTime)+".db"), now.Add(keep), k.ID
	if _, err := os.Lstat(c.Path); err == nil {
		return c, civic.Refuse(civic.Conflict, "vault.copy_exists", "path", c.Path)
	}
	dir, err := os.MkdirTemp(folder, ".copy-*")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	part := filepath.Join(dir, "keys.db")
	if c.Keys, err = k.copyTo(ctx, part); err != nil {
		return fail(err)
	}
	if c.Reached, err = reachedIn(ctx, part); err != nil {
		return fail(err)
	}
	err = k.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO key_copies (name, made, until) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET until = excluded.until`, filepath.Base(c.Path), now.UnixMicro(), c.Until.UnixMicro())
		return err
	})
	if err != nil {
		return fail(err)
	}
	if err := os.Rename(part, c.Path); err != nil {
		return fail(err)
	}
	if err := syncDir(folder); err != nil {
		return fail(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fail(err)
	}
	for _, e := range entries {
		m := copyName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		if made, err := time.Parse(copyTime, m[1]); err == nil && made.Add(keep).Before(now) {
			if id, _, err := Look(ctx, filepath.Join(folder, e.Name())); err == nil && id != k.ID {
				continue // another's
			}
			if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
				return fail(err)
			}
			c.Removed = append(c.Removed, e.Name())
		}
	}
	return c, syncDir(folder)
}

// copyTo writes one moment of the store into a file that is not there yet.
func (k *Keys) copyTo(ctx context.Context, path string) (n int64, err error) {
	if err := private(path); err != nil {
		return 0, err
	}
	to, err := store.Open(ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := migrateKeys(ctx, to); err != nil {
		return 0, err
	}
	err = to.Update(ctx, func(into *store.Tx) error {
		n, err = pour(ctx, k.DB, into)
		return err
	})
	return n, err
}

// pour copies all tables of one store, in one moment, into another in a commit of the caller's.
func pour(ctx context.Context, from *store.DB, into *store.Tx) (n int64, err error) {
	tx, err := from.R.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: from.Snapshot()})
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	tables := keyTables
	if rows, err := from.R.QueryContext(ctx, "SELECT 1 FROM key_cipher"); err == nil {
		rows.Close()
	} else { // a copy from before there was a choice
		tables = slices.DeleteFunc(slices.Clone(tables), func(t *store.Table) bool { return t == keyCipherTable })
	}
	for _, t := range tables {
		m, err := pourTable(ctx, tx, into, t)
		if err != nil {
			return n, fmt.Errorf("%s: %w", t.Name, err)
		}
		n += m
	}
	return n, nil
}

func pourTable(ctx context.Context, from *sql.Tx, into *store.Tx, t *store.Table) (n int64, err error) {
	rows, err := from.QueryContext(ctx, "SELECT "+t.Names()+" FROM "+t.Name+" t")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var batch []store.Row
	for rows.Next() {
		row, err := t.Scan(rows)
		if err != nil {
			return n, err
		}
		if batch = append(batch, row); len(batch) == 1000 {
			if err := into.Write(ctx, t, batch); err != nil {
				return n, err
			}
			n += int64(len(batch))
			batch = batch[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	return n + int64(len(batch)), into.Write(ctx, t, batch)
}

// Adopt puts a copy of a key store into a store that is not there yet or has nothing in it, all or nothing: in one commit. Refusals: vault.copy_none where the
// file is no copy, vault.store_not_empty.
func Adopt(ctx context.Context, copied, into string) error {
	from, err := openCopy(ctx, copied)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := private(into); err != nil {
		return err
	}
	to, err := store.Open(ctx, into)
	if err != nil {
		return err
	}
	defer to.Close()
	if err := migrateKeys(ctx, to); err != nil {
		return err
	}
	return to.Update(ctx, func(tx *store.Tx) error {
		var n int
		err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM key_boxes) + (SELECT count(*) FROM key_derived) + (SELECT count(*) FROM key_erasures)`).Scan(&n)
		if err != nil {
			return err
		}
		if n > 0 {
			return civic.Refuse(civic.Conflict, "vault.store_not_empty", "path", shown(to))
		}
		// One that a start made in the place of a lost one holds nothing but its name.
		if err := emptyKeys(ctx, tx); err != nil {
			return err
		}
		_, err = pour(ctx, from, tx)
		return err
	})
}

// emptyKeys deletes everything in a key store, what names a master key before the master keys.
func emptyKeys(ctx context.Context, tx *store.Tx) error {
	for _, t := range slices.Backward(keyTables) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+t.Name); err != nil {
			return err
		}
	}
	return nil
}

// Disown takes back what Adopt did, where what it was done for came to nothing: files of a store go, one in PostgreSQL is empty again. The copy
// has it all still.
func Disown(ctx context.Context, from string) error {
	if !strings.Contains(from, "://") {
		var failed error
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(from + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
				failed = errors.Join(failed, err)
			}
		}
		return failed
	}
	db, err := store.Open(ctx, from)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Update(ctx, func(tx *store.Tx) error { return emptyKeys(ctx, tx) })
}

func openCopy(ctx context.Context, path string) (*store.DB, error) {
	none := civic.Refuse(civic.Malformed, "vault.copy_none", "path", path)
	if _, err := os.Stat(path); err != nil && !strings.Contains(path, "://") {
		return nil, none
	}
	db, err := store.Open(ctx, path)
	if err != nil {
		return nil, none
	}
	var n int
	if err := db.R.QueryRowContext(ctx, "SELECT count(*) FROM key_store").Scan(&n); err != nil || n != 1 {
		db.Close()
		return nil, none
	}
	return db, nil
}

// Look says which key store one is, or a copy is of, and how far its erasure lists reach, by realm. It changes nothing.
func Look(ctx context.Context, source string) (id string, reached map[civic.Realm]Reached, err error) {
	db, err := openCopy(ctx, source)
	if err != nil {
		return "", nil, err
	}
	defer db.Close()
	if err := db.R.QueryRowContext(ctx, "SELECT id FROM key_store").Scan(&id); err != nil {
		return "", nil, err
	}
	reached, err = reachedBy(ctx, db)
	return id, reached, err
}

// reachedIn reads how far the erasure lists of a copy reach, by realm.
func reachedIn(ctx context.Context, path string) (map[civic.Realm]Reached, error) {
	db, err := openCopy(ctx, path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return reachedBy(ctx, db)
}

func reachedBy(ctx context.Context, db *store.DB) (map[civic.Realm]Reached, error) {
	rows, err := db.R.QueryContext(ctx, "SELECT realm, origin, size FROM key_reached")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[civic.Realm]Reached{}
	for rows.Next() {
		var realm civic.Realm
		var r Reached
		if err := rows.Scan(&realm, &r.Origin, &r.Size); err != nil {
			return nil, err
		}
		out[realm] = r
	}
	return out, rows.Err()
}

// Copies lists the copies of this store that may still be kept, by their names, with the day until which.
func (k *Keys) Copies(ctx context.Context, now time.Time) (names []string, until time.Time, err error) {
	rows, err := k.DB.R.QueryContext(ctx, "SELECT name, until FROM key_copies WHERE until > $1 ORDER BY until", now.UnixMicro())
	if err != nil {
		return nil, until, fmt.Errorf("vault: the key store: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var micro int64
		if err := rows.Scan(&name, &micro); err != nil {
			return nil, until, err
		}
		names, until = append(names, name), time.UnixMicro(micro).UTC()
	}
	slices.Sort(names)
	return names, until, rows.Err()
}
