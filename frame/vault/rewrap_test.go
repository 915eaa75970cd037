package vault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"skein/frame/store"
)

// again is the same vault as another process has it open.
func (w *world) again(t *testing.T) *Vault {
	t.Helper()
	m, err := OpenMaster(w.Keys.Master.path)
	if err != nil {
		t.Fatal(err)
	}
	v := &Vault{DB: w.DB, Keys: openKeys(t, w.Keys.DB.Source, m), Blobs: w.Blobs}
	if err := v.Settle(context.Background(), purposes, realm); err != nil {
		t.Fatal(err)
	}
	return v
}

// A new master key takes the place of the old one, whose file is not needed any more: what was sealed
// before, what another process seals meanwhile and what is derived open under the new one alone.
func TestRewrap(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		var boxes []string
		for range 3*rewrapBatch/2 + 1 {
			box := w.box("matter")
			box.Seal("text", []byte(box.ID))
			w.write(box.Writes()...)
			boxes = append(boxes, box.ID)
		}
		w.erase(boxes[0])
		number, check, old := w.Keys.Master.Derive("public numbers", realm), w.Keys.Master.Check("backup"), w.Keys.Master.ID()
		stale := w.box("matter") // begun before, written after
		stale.Seal("text", []byte("late"))
		other, late := w.again(t), w.again(t)
		watching, end := context.WithCancel(ctx)
		defer end()
		go other.Keys.Watch(watching, func(err error) { t.Errorf("watching: %v", err) })

		done, err := w.Keys.Rewrap(ctx, nil)
		if err != nil || done.Boxes < len(boxes)-1 || done.Derived != len(purposes) || done.Old != old || done.New != w.Keys.Master.ID() || done.New == old {
			t.Fatalf("%+v %v", done, err)
		}
		if err := os.Remove(done.OldFile); err != nil {
			t.Fatal(err)
		}
		go late.Keys.Watch(watching, func(err error) { t.Errorf("watching late: %v", err) }) // it had read the key before, and begins to watch only now
		for range 1000 {
			if other.Keys.Master.ID() == done.New && late.Keys.Master.ID() == done.New {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if other.Keys.Master.ID() != done.New || late.Keys.Master.ID() != done.New {
			t.Error("another process did not follow")
		}
		for _, v := range []*Vault{w.Vault, other, late, w.again(t)} {
			for i, box := range boxes {
				c, err := v.Read(ctx, realm, Ref{Box: box, Part: "text"})
				if i == 0 {
					if !errors.Is(err, ErrErased) {
						t.Errorf("an erased box came back: %v", err)
					}
				} else if err != nil || string(c.Text) != box {
					t.Fatalf("box %d: %q %v", i, c.Text, err)
				}
			}
			if v.Keys.Master.Derive("public numbers", realm) != number {
				t.Error("a derived key changed with the master key")
			}
			if v.Keys.Master.Check("backup") == check {
				t.Error("the new key passes for the old one")
			}
		}
		w.write(stale.Writes()...)
		if c, err := w.again(t).Read(ctx, realm, Ref{Box: stale.ID, Part: "text"}); err != nil || string(c.Text) != "late" {
			t.Errorf("a box that was begun before and written after: %q %v", c.Text, err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(w.Keys.Master.path), "*")); len(left) != 1 {
			t.Errorf("left beside the key: %v", left)
		}
	})
}

// Cut off after each of its steps, it goes on where it was, and until then everything opens.
func TestRewrapGoesOn(t *testing.T) {
	steps := map[string]func(t *testing.T, w *world){
		"a new key": func(t *testing.T, w *world) {
			if _, err := CreateMaster(w.Keys.Master.nextFile()); err != nil {
				t.Fatal(err)
			}
		},
		"its row": func(t *testing.T, w *world) {
			next, err := CreateMaster(w.Keys.Master.nextFile())
			if err != nil {
				t.Fatal(err)
			}
			w.execKeys("INSERT INTO key_masters VALUES ($1, 1)", next.ID())
		},
		"the old key linked": func(t *testing.T, w *world) {
			next, err := CreateMaster(w.Keys.Master.nextFile())
			if err != nil {
				t.Fatal(err)
			}
			w.execKeys("INSERT INTO key_masters VALUES ($1, 1)", next.ID())
			if err := os.Link(w.Keys.Master.path, w.Keys.Master.retiredFile(w.Keys.Master.ID())); err != nil {
				t.Fatal(err)
			}
		},
		"the keys swapped": func(t *testing.T, w *world) {
			if err := w.Keys.swap(context.Background()); err != nil {
				t.Fatal(err)
			}
		},
		"half of the rows moved": func(t *testing.T, w *world) {
			ctx, cut := context.WithTimeout(context.Background(), 2*w.Keys.Follows) // within its breath
			defer cut()
			if _, err := w.Keys.Rewrap(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			late := w.box("matter")
			w.write(late.Writes()...)
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				ctx := context.Background()
				box := w.box("matter")
				box.Seal("text", []byte("the lamp"))
				w.write(box.Writes()...)
				old := w.Keys.Master.ID()
				step(t, w)
				next := w.again(t)
				if c, err := next.Read(ctx, realm, Ref{Box: box.ID, Part: "text"}); err != nil || string(c.Text) != "the lamp" {
					t.Fatalf("half-way: %q %v", c.Text, err)
				}
				if _, err := next.Keys.Rewrap(ctx, nil); err != nil {
					t.Fatal(err)
				}
				if err := os.Remove(next.Keys.Master.retiredFile(old)); err != nil {
					t.Fatal(err)
				}
				last := w.again(t)
				if c, err := last.Read(ctx, realm, Ref{Box: box.ID, Part: "text"}); err != nil || string(c.Text) != "the lamp" || len(last.Keys.Master.Retiring()) > 0 {
					t.Fatalf("at the end: %q %v %v", c.Text, err, last.Keys.Master.Retiring())
				}
				if ids, err := last.Keys.masters(ctx); err != nil || len(ids) != 1 || ids[0] == old {
					t.Errorf("keys in use: %v %v", ids, err)
				}
			})
		})
	}
}

// A database from before there were key stores gives its keys to one, keys that had no name yet too, and to no other master key's;
// cut off half-way it goes on.
func TestKeysMove(t *testing.T) {
	for _, named := range []bool{true, false} {
		onBoth(t, func(t *testing.T, w *world) {
			ctx := context.Background()
			box, gone := w.box("matter"), w.box("matter")
			box.Seal("text", []byte("the lamp"))
			w.write(append(box.Writes(), gone.Writes()...)...)
			w.erase(gone.ID)
			number := w.Keys.Master.Derive("public numbers", realm)
			// As it was before.
			var wrapped, derived []byte
			if err := w.Keys.DB.R.QueryRow("SELECT wrapped FROM key_boxes WHERE box = $1", box.ID).Scan(&wrapped); err != nil {
				t.Fatal(err)
			}
			if err := w.Keys.DB.R.QueryRow("SELECT sealed FROM key_derived WHERE purpose = 'public numbers'").Scan(&derived); err != nil {
				t.Fatal(err)
			}
			var master any
			if named {
				master = w.Keys.Master.ID()
				w.exec("INSERT INTO vault_masters VALUES ($1, 1)", master)
				w.exec("INSERT INTO vault_derived VALUES ($1, 'public numbers', $2, $3)", string(realm), master, derived)
			}
			w.exec("INSERT INTO vault_keys (realm, box, scope, wrapped, master) VALUES ($1, $2, 'matter', $3, $4)", string(realm), box.ID, wrapped, master)
			w.exec("INSERT INTO vault_keys (realm, box, scope, erased_at) VALUES ($1, $2, 'matter', 42)", string(realm), gone.ID)
			w.exec("DELETE FROM vault_store")
			w.exec("DELETE FROM vault_reached")
			open := func(m *Master, dir string) (*Vault, error) {
				v := &Vault{DB: w.DB, Keys: openKeys(t, filepath.Join(dir, "fresh.db"), m), Blobs: w.Blobs}
				return v, v.Settle(ctx, purposes, realm)
			}
			stranger, _ := newMaster(t)
			if _, err := open(stranger, t.TempDir()); keyOf(err) != "vault.key_other" {
				t.Errorf("another master key took the keys: %v", err)
			}
			dir := t.TempDir()
			v, err := open(w.Keys.Master, dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := open(w.Keys.Master, dir); err != nil {
				t.Fatal("the second time:", err)
			}
			if c, err := v.Read(ctx, realm, Ref{Box: box.ID, Part: "text"}); err != nil || string(c.Text) != "the lamp" {
				t.Errorf("%q %v", c.Text, err)
			}
			if _, err := v.Read(ctx, realm, Ref{Box: gone.ID, Part: "text"}); !errors.Is(err, ErrErased) {
				t.Error(err)
			}
			if v.Keys.Master.Derive("public numbers", realm) != number {
				t.Error("a derived key changed")
			}
			var left int
			if err := w.DB.R.QueryRow("SELECT (SELECT count(*) FROM vault_keys) + (SELECT count(*) FROM vault_masters) + (SELECT count(*) FROM vault_derived)").Scan(&left); err != nil || left != 0 {
				t.Errorf("%d keys are left in the realm's database: %v", left, err)
			}
			if _, err := open(w.Keys.Master, t.TempDir()); keyOf(err) != "vault.store_other" {
				t.Errorf("another key store: %v", err)
			}
		})
	}
}

// Another master key, or the right one without the one before it, opens nothing.
func TestSettleRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		stranger, _ := newMaster(t)
		v := &Vault{DB: w.DB, Keys: openKeys(t, w.Keys.DB.Source, stranger), Blobs: w.Blobs}
		if err := v.Settle(ctx, purposes, realm); keyOf(err) != "vault.key_other" {
			t.Errorf("another key opened the database: %v", err)
		}
		if err := w.Keys.swap(ctx); err != nil {
			t.Fatal(err)
		}
		for id := range w.Keys.Master.now().retiring {
			os.Remove(w.Keys.Master.retiredFile(id))
		}
		m, err := OpenMaster(w.Keys.Master.path)
		if err != nil {
			t.Fatal(err)
		}
		half := &Vault{DB: w.DB, Keys: openKeys(t, w.Keys.DB.Source, m), Blobs: w.Blobs}
		if err := half.Settle(ctx, purposes, realm); keyOf(err) != "vault.key_retired_missing" {
			t.Errorf("without the key before: %v", err)
		}
	})
}

// A purpose that nobody listed would be lost with the key it is derived from.
func TestUnlistedPurpose(t *testing.T) {
	w := newWorld(t, "")
	defer func() {
		if recover() == nil {
			t.Error("a key was derived for a purpose that is not kept")
		}
	}()
	w.Keys.Master.Derive("something", realm)
}

func (w *world) execKeys(query string, args ...any) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.Keys.DB.Update(ctx, func(tx *store.Tx) error { _, err := tx.ExecContext(ctx, query, args...); return err }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.DB.Update(ctx, func(tx *store.Tx) error { _, err := tx.ExecContext(ctx, query, args...); return err }); err != nil {
		w.t.Fatal(err)
	}
}
