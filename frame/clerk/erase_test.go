package clerk_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"skein/frame/clerk"
	"skein/frame/store"
	"skein/frame/vault"
)

// A box is erased with the act that says so, or not at all: also where others of the batch are refused by the database
// and it runs again one by one, and where the erasing task itself is.
func TestErasedInTheCommit(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		ctx := context.Background()
		b := open(t, source, true)
		id := b.make("a")
		if _, err := b.realm.Do(ctx, clerk.Task{Command: raiseIt{By: 1, Gone: []string{"x"}}, Dossier: id, Actor: clerkPost}); err == nil {
			t.Error("an act says that a box is erased, and the house has no vault")
		}
		v := openVault(t, b.db)
		house.Boxes = v
		defer func() { house.Boxes = nil }()
		box := func() *vault.Box {
			x := newBox(t, v)
			x.Seal("text", []byte("words"))
			if err := b.db.Update(ctx, func(tx *store.Tx) error { return tx.WriteAll(ctx, x.Writes()) }); err != nil {
				t.Fatal(err)
			}
			return x
		}
		reads := func(x *vault.Box) error {
			_, err := v.Read(ctx, "test", vault.Ref{Box: x.ID, Part: "text"})
			return err
		}

		twice := box() // a task whose rows the database refuses, because they are there
		var gone, kept []*vault.Box
		var tasks sync.WaitGroup
		for i := range 24 {
			x := box()
			task := clerk.Task{Command: raiseIt{By: 1, Gone: []string{x.ID}}, Dossier: id, Actor: clerkPost}
			if i%3 == 0 {
				kept = append(kept, x)
				again, err := v.NewBoxAs(ctx, twice.ID, "test", "counter")
				if err != nil {
					t.Fatal(err)
				}
				task.Writes = again.Writes()
			} else {
				gone = append(gone, x)
				x.Seal("more", []byte("sealed before, written with it"))
				task.Writes = x.Writes()
			}
			tasks.Go(func() {
				if _, err := b.realm.Do(ctx, task); (err == nil) != (i%3 != 0) {
					t.Errorf("task %d: %v", i, err)
				}
			})
		}
		tasks.Wait()
		for i, x := range gone {
			if err := reads(x); !errors.Is(err, vault.ErrErased) {
				t.Errorf("box %d: %v", i, err)
			}
		}
		for i, x := range append(kept, twice) {
			if err := reads(x); err != nil {
				t.Errorf("box %d of a refused task: %v", i, err)
			}
		}
		state, _, err := b.realm.State(ctx, id)
		if err != nil || state.(counter).Sum != int64(len(gone)) {
			t.Errorf("%+v %v", state, err)
		}
		for table, want := range map[string]int{"vault_items": len(kept) + 1, "vault_erasures": len(gone)} {
			var n int
			if err := b.db.R.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil || n != want {
				t.Errorf("%s has %d rows, not %d: %v", table, n, want, err)
			}
		}
		if _, err := clerk.Rebuild(ctx, house, b.db, "test"); err != nil {
			t.Fatal(err)
		}
		if err := reads(gone[0]); !errors.Is(err, vault.ErrErased) {
			t.Errorf("rebuilding brought it back: %v", err)
		}
		if n, err := v.Clean(ctx, "test"); err != nil || n != len(gone) {
			t.Errorf("%d boxes cleaned up after: %v", n, err)
		}
		b.holds()
	})
}

func newBox(t *testing.T, v *vault.Vault) *vault.Box {
	t.Helper()
	box, err := v.NewBox(context.Background(), "test", "counter")
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func openVault(t *testing.T, db *store.DB) *vault.Vault {
	t.Helper()
	ctx := context.Background()
	if err := db.Migrate(ctx, vault.Migrations()); err != nil {
		t.Fatal(err)
	}
	master, err := vault.CreateMaster(filepath.Join(t.TempDir(), "keys", "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := vault.OpenKeys(ctx, filepath.Join(t.TempDir(), "keys.db"), master)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keys.Close() })
	v := &vault.Vault{DB: db, Keys: keys, Blobs: vault.Disk{Dir: filepath.Join(t.TempDir(), "blobs")}}
	if err := v.Settle(ctx, nil, "test"); err != nil {
		t.Fatal(err)
	}
	return v
}
