package store

import (
	"database/sql"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"modernc.org/libc"
	sqlite "modernc.org/sqlite/lib"
)

func TestMain(m *testing.M) {
	if err := Pool(); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// pages asks SQLite how many pages of the pool are taken, and how many bytes of pages lie outside it.
func pages(t *testing.T) (taken, outside int64) {
	t.Helper()
	tls := libc.NewTLS()
	defer tls.Close()
	at := libc.Xcalloc(tls, 2, 8)
	defer libc.Xfree(tls, at)
	status := func(op int32) int64 {
		if rc := sqlite.Xsqlite3_status64(tls, op, at, at+8, 0); rc != sqlite.SQLITE_OK {
			t.Fatal("status: error ", rc)
		}
		return int64(binary.NativeEndian.Uint64(libc.GoBytes(at, 8)))
	}
	return status(sqlite.SQLITE_STATUS_PAGECACHE_USED), status(sqlite.SQLITE_STATUS_PAGECACHE_OVERFLOW)
}

// The pages of all caches come from the pool: also where the caches together would hold more than there is, and after commits emptied them.
func TestPagesComeFromThePool(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(query string, args ...any) {
		t.Helper()
		if err := db.Update(t.Context(), func(tx *Tx) error { _, err := tx.ExecContext(t.Context(), query, args...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE long (n INTEGER PRIMARY KEY, text TEXT)")
	const rows = 12_000 // a page each
	for range rows / 1000 {
		exec("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000) INSERT INTO long (text) SELECT $1 FROM n", strings.Repeat("x", 3000))
	}
	for range 3 {
		var open []*sql.Rows
		for range 8 { // each its own connection
			all, err := db.R.QueryContext(t.Context(), "SELECT text FROM long")
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, all)
			n := 0
			for n < rows && all.Next() {
				n++
			}
			if n != rows {
				t.Fatal(n, all.Err())
			}
		}
		for _, all := range open {
			all.Close()
		}
		if taken, outside := pages(t); taken < 500 || taken > poolPages || outside > 0 {
			t.Errorf("%d pages are taken of %d, and %d bytes lie outside", taken, poolPages, outside)
		}
		exec("UPDATE long SET text = 'y' WHERE n = 7")
	}
}

// A file is read and not written.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	f, err := File(path, "immutable=1")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var mode string
	if err := f.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&mode); err != nil {
		t.Error(err)
	}
	if _, err := f.ExecContext(t.Context(), "CREATE TABLE a (b)"); err == nil {
		t.Error("it is written to")
	}
}
