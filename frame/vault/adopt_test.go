package vault

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"skein/frame/store"
)

// A copy that cannot be read to its end is not taken in at all, and the store keeps what it had: its own name. Taken back, a store is as if
// nobody had taken a copy in.
func TestAdoptIsWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.seals(1)
		copied, err := w.Keys.Copy(ctx, t.TempDir(), time.Hour, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		broken := filepath.Join(t.TempDir(), "broken.db")
		if err := Adopt(ctx, copied.Path, broken); err != nil { // a copy of the copy
			t.Fatal(err)
		}
		change := func(source, statement string) {
			db, err := store.Open(ctx, source)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Update(ctx, func(tx *store.Tx) error { _, err := tx.ExecContext(ctx, statement); return err }); err != nil {
				t.Fatal(err)
			}
		}
		change(broken, "DROP TABLE key_reached") // read after names, masters, keys and erasures were written

		into := keySource(t, w.DB.Source, t.TempDir())
		fresh, err := OpenKeys(ctx, into, w.Keys.Master) // a start makes its name
		if err != nil {
			t.Fatal(err)
		}
		name := fresh.ID
		if err := fresh.Close(); err != nil {
			t.Fatal(err)
		}
		holds := func(when string, want map[string]int) {
			t.Helper()
			db, err := store.Open(ctx, into)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for table, want := range want {
				var n int
				if err := db.R.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil || (n > 0) != (want > 0) {
					t.Errorf("%s %s has %d rows: %v", when, table, n, err)
				}
			}
		}
		if err := Adopt(ctx, broken, into); err == nil {
			t.Fatal("a broken copy was taken in")
		}
		holds("after a failure", map[string]int{"key_boxes": 0, "key_derived": 0, "key_erasures": 0, "key_masters": 0, "key_store": 1})
		if id, _, err := Look(ctx, into); err != nil || id != name {
			t.Errorf("its name is %s, not %s: %v", id, name, err)
		}
		if err := Adopt(ctx, copied.Path, into); err != nil {
			t.Fatal(err)
		}
		holds("taken in", map[string]int{"key_boxes": 1, "key_derived": 1, "key_masters": 1, "key_store": 1})
		if err := Disown(ctx, into); err != nil {
			t.Fatal(err)
		}
		if w.DB.Engine == store.Postgres {
			holds("taken back", map[string]int{"key_boxes": 0, "key_derived": 0, "key_masters": 0, "key_store": 0})
		}
		if err := Adopt(ctx, copied.Path, into); err != nil {
			t.Errorf("a second time: %v", err)
		}
		holds("taken in again", map[string]int{"key_boxes": 1, "key_store": 1})
	})
}
