package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"skein/frame/store"
)

// A database that was closed is one file: whoever copies it has everything.
func TestCloseFoldsTheLogIn(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "CREATE TABLE a (n INTEGER)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.R.QueryRowContext(ctx, "SELECT count(*) FROM a").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{path + "-wal", path + "-shm"} {
		if _, err := os.Stat(left); err == nil {
			t.Errorf("%s is still there", filepath.Base(left))
		}
	}
}
