package vault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"skein/frame/store"
)

// again is the same vault as another process has it open.
func (w *world) again(t *testing.T) *Vault {
	t.Helper()
	m, err := OpenMaster(w.Master.path)
	if err != nil {
		t.Fatal(err)
	}
	v := &Vault{DB: w.DB, Master: m, Blobs: w.Blobs, Follows: w.Follows}
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
			box := NewBox(w.Master, realm, "matter")
			box.Seal("text", []byte(box.ID))
			w.write(box.Writes()...)
			boxes = append(boxes, box.ID)
		}
		w.erase(boxes[0])
		number, check, old := w.Master.Derive("public numbers", realm), w.Master.Check("backup"), w.Master.ID()
		stale := NewBox(w.Master, realm, "matter") // begun before, written after
		stale.Seal("text", []byte("late"))
		other := w.again(t)
		watching, end := context.WithCancel(ctx)
		defer end()
		go other.Watch(watching, func(err error) { t.Errorf("watching: %v", err) })

		done, err := w.Rewrap(ctx, nil)
		if err != nil || done.Boxes != len(boxes)-1 || done.Derived != len(purposes) || done.Old != old || done.New != w.Master.ID() || done.New == old {
			t.Fatalf("%+v %v", done, err)
		}
		if err := os.Remove(done.OldFile); err != nil {
			t.Fatal(err)
		}
		if other.Master.ID() != done.New {
			t.Error("another process did not follow")
		}
		for _, v := range []*Vault{w.Vault, other, w.again(t)} {
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
			if v.Master.Derive("public numbers", realm) != number {
				t.Error("a derived key changed with the master key")
			}
			if v.Master.Check("backup") == check {
				t.Error("the new key passes for the old one")
			}
		}
		err = w.DB.Update(ctx, func(tx *store.Tx) error { return tx.WriteAll(ctx, stale.Writes()) })
		if !store.IsRefusal(err) {
			t.Errorf("a box was put under a key that is gone: %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(w.Master.path), "*")); len(left) != 1 {
			t.Errorf("left beside the key: %v", left)
		}
	})
}

// Cut off after each of its steps, it goes on where it was, and until then everything opens.
func TestRewrapGoesOn(t *testing.T) {
	steps := map[string]func(t *testing.T, w *world){
		"a new key": func(t *testing.T, w *world) {
			if _, err := CreateMaster(w.Master.nextFile()); err != nil {
				t.Fatal(err)
			}
		},
		"its row": func(t *testing.T, w *world) {
			next, err := CreateMaster(w.Master.nextFile())
			if err != nil {
				t.Fatal(err)
			}
			w.exec("INSERT INTO vault_masters VALUES ($1, 1)", next.ID())
		},
		"the old key linked": func(t *testing.T, w *world) {
			next, err := CreateMaster(w.Master.nextFile())
			if err != nil {
				t.Fatal(err)
			}
			w.exec("INSERT INTO vault_masters VALUES ($1, 1)", next.ID())
			if err := os.Link(w.Master.path, w.Master.retiredFile(w.Master.ID())); err != nil {
				t.Fatal(err)
			}
		},
		"the keys swapped": func(t *testing.T, w *world) {
			if err := w.swap(context.Background()); err != nil {
				t.Fatal(err)
			}
		},
		"half of the rows moved": func(t *testing.T, w *world) {
			ctx, cut := context.WithTimeout(context.Background(), 2*w.Follows) // within its breath
			defer cut()
			if _, err := w.Rewrap(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			late := NewBox(w.Master, realm, "matter")
			w.write(late.Writes()...)
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				ctx := context.Background()
				box := NewBox(w.Master, realm, "matter")
				box.Seal("text", []byte("the lamp"))
				w.write(box.Writes()...)
				old := w.Master.ID()
				step(t, w)
				next := w.again(t)
				if c, err := next.Read(ctx, realm, Ref{Box: box.ID, Part: "text"}); err != nil || string(c.Text) != "the lamp" {
					t.Fatalf("half-way: %q %v", c.Text, err)
				}
				if _, err := next.Rewrap(ctx, nil); err != nil {
					t.Fatal(err)
				}
				if err := os.Remove(next.Master.retiredFile(old)); err != nil {
					t.Fatal(err)
				}
				last := w.again(t)
				if c, err := last.Read(ctx, realm, Ref{Box: box.ID, Part: "text"}); err != nil || string(c.Text) != "the lamp" || len(last.Master.Retiring()) > 0 {
					t.Fatalf("at the end: %q %v %v", c.Text, err, last.Master.Retiring())
				}
				if ids, err := last.masters(ctx); err != nil || len(ids) != 1 || ids[0] == old {
					t.Errorf("keys in use: %v %v", ids, err)
				}
			})
		})
	}
}

// A database from before keys had names takes the name of the key that opens it, and of no other.
func TestSettleAdopts(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		box := NewBox(w.Master, realm, "matter")
		box.Seal("text", []byte("the lamp"))
		w.write(box.Writes()...)
		w.exec("UPDATE vault_keys SET master = NULL")
		w.exec("DELETE FROM vault_derived")
		w.exec("DELETE FROM vault_masters")
		stranger, _ := newMaster(t)
		v := &Vault{DB: w.DB, Master: stranger, Blobs: w.Blobs}
		if err := v.Settle(ctx, purposes, realm); keyOf(err) != "vault.key_other" {
			t.Errorf("another key adopted the database: %v", err)
		}
		if c, err := w.again(t).Read(ctx, realm, Ref{Box: box.ID, Part: "text"}); err != nil || string(c.Text) != "the lamp" {
			t.Fatalf("%q %v", c.Text, err)
		}
		if err := v.Settle(ctx, purposes, realm); keyOf(err) != "vault.key_other" {
			t.Errorf("another key opened the database: %v", err)
		}
		if err := w.swap(ctx); err != nil {
			t.Fatal(err)
		}
		for id := range w.Master.now().retiring {
			os.Remove(w.Master.retiredFile(id))
		}
		m, err := OpenMaster(w.Master.path)
		if err != nil {
			t.Fatal(err)
		}
		half := &Vault{DB: w.DB, Master: m, Blobs: w.Blobs}
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
	w.Master.Derive("something", realm)
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.DB.Update(ctx, func(tx *store.Tx) error { _, err := tx.ExecContext(ctx, query, args...); return err }); err != nil {
		w.t.Fatal(err)
	}
}
