package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"skein/frame/seal"
	"skein/frame/store"
	"skein/internal/pgtest"
)

// A restoring that fails after the key store was put in its place leaves neither keys nor a database behind, wherever they lie, and the same
// command succeeds once what was in its way is gone.
func TestRestoreIsWhole(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		ctx := context.Background()
		c.report(lamp("Words that are kept"))
		c.seal()
		file := filepath.Join(c.TempDir(), "skein.tar.gz")
		mustRun(c.T, 0, append([]string{"backup", file}, c.at()...)...)
		c.report(lamp("After it"))
		c.seal()
		seen := c.keep("seen", "/log/boston/checkpoint", "") // by which another log begins, at the very end, with a key that is written
		w := where{Data: filepath.Join(c.TempDir(), "restored"), KeyStore: pgtest.URL(c.T)}
		args := slices.Concat([]string{"restore", file, "--checkpoint", seen, "--data", w.Data, "--key-store", w.KeyStore}, c.withKeys())
		if c.app.where.Database != "" {
			w.Database = pgtest.URL(c.T)
			args = append(args, "--database", w.Database)
		}
		logKey := seal.KeyPath(filepath.Join(w.Data, "keys"), demoRealm)
		if err := os.MkdirAll(filepath.Join(logKey, "in the way"), 0o700); err != nil {
			c.Fatal(err)
		}
		r := runSkein(args...)
		if r.code != 1 {
			c.Fatalf("%+v", r)
		}
		for name, query := range map[string]string{
			"boxes": "SELECT count(*) FROM key_boxes", "masters": "SELECT count(*) FROM key_masters", "derived keys": "SELECT count(*) FROM key_derived", "its name": "SELECT count(*) FROM key_store",
		} { // the tables are there: it failed afterwards
			if n := rowsIn(c, w.KeyStore, query); n != 0 {
				c.Errorf("%s: %d are left in the key store\n%s", name, n, r.errs)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(w.Data, "*")); len(left) != 1 {
			c.Errorf("left: %v", left)
		}
		if w.Database != "" {
			if n := rowsIn(c, w.Database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); n != 0 {
				c.Errorf("%d tables are left", n)
			}
		}
		if err := os.RemoveAll(logKey); err != nil {
			c.Fatal(err)
		}
		mustRun(c.T, 0, args...)
		a, err := w.open(ctx, false)
		if err != nil {
			c.Fatal(err)
		}
		defer a.close()
		if n := rowsIn(c, w.KeyStore, "SELECT count(*) FROM key_boxes"); n == 0 {
			c.Error("the keys were not put back")
		}
	})
}

func rowsIn(c *city, source, query string) (n int) {
	c.Helper()
	db, err := store.Open(context.Background(), source)
	if err != nil {
		c.Fatal(err)
	}
	defer db.Close()
	if err := db.R.QueryRow(query).Scan(&n); err != nil {
		c.Fatal(err)
	}
	return n
}
