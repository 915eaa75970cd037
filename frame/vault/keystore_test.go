package vault

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"skein/frame/store"
)

// filled makes a box with a text in it.
func (w *world) filled(text string) *Box {
	w.t.Helper()
	b := w.box("matter")
	b.Seal("text", []byte(text))
	w.write(b.Writes()...)
	return b
}

func (w *world) reads(box string) error {
	_, err := w.Read(context.Background(), realm, Ref{Box: box, Part: "text"})
	return err
}

func (w *world) hasKey(box string) bool {
	w.t.Helper()
	var n int
	if err := w.Keys.DB.R.QueryRow("SELECT count(*) FROM key_boxes WHERE box = $1", box).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n == 1
}

// mark commits an erasure in the realm's database and goes no further, as a crash would have it.
func (w *world) mark(boxes ...string) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.DB.Update(ctx, func(tx *store.Tx) error { return w.Erase(ctx, tx, realm, boxes, 42) }); err != nil {
		w.t.Fatal(err)
	}
}

// Wherever an erasure is cut off, nothing can be read any more, and the next start brings it to its end.
func TestErasureCutOff(t *testing.T) {
	steps := map[string]func(w *world, box string){
		"committed": func(*world, string) {},
		"key destroyed": func(w *world, box string) {
			if err := w.Keys.destroy(context.Background(), realm, []erasure{{box, 42}}); err != nil {
				w.t.Fatal(err)
			}
		},
		"reached": func(w *world, _ string) {
			if err := w.Reaches(context.Background(), realm, "x/log/boston", 9); err != nil {
				w.t.Fatal(err)
			}
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				ctx := context.Background()
				gone, keep := w.filled("gone"), w.filled("keep")
				w.mark(gone.ID)
				step(w, gone.ID)
				if err := w.reads(gone.ID); !errors.Is(err, ErrErased) {
					t.Errorf("half-way: %v", err)
				}
				next := w.again(t)
				if w.hasKey(gone.ID) {
					t.Error("its key is still there")
				}
				if _, err := next.Read(ctx, realm, Ref{Box: gone.ID, Part: "text"}); !errors.Is(err, ErrErased) {
					t.Error(err)
				}
				if err := w.reads(keep.ID); err != nil {
					t.Error(err)
				}
				if all, err := next.erasing(ctx, realm); err != nil || len(all) != 0 {
					t.Errorf("still to be done: %v %v", all, err)
				}
				if n, err := w.Keys.last(ctx, realm); err != nil || n != 1 {
					t.Errorf("the list has %d erasures: %v", n, err)
				}
			})
		})
	}
}

// Either database may be put back to an earlier time: what was erased since does not come back.
func TestReconcile(t *testing.T) {
	w := newWorld(t, "")
	ctx := context.Background()
	early, late, keep := w.filled("early"), w.filled("late"), w.filled("keep")
	w.erase(early.ID)
	save := func(from, to string) {
		t.Helper()
		db, err := sql.Open("sqlite", "file:"+from)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(ctx, "VACUUM INTO $1", to); err != nil {
			t.Fatal(err)
		}
	}
	oldMain, oldKeys := filepath.Join(w.dir, "old-skein.db"), filepath.Join(w.dir, "old-keys.db")
	save(w.DB.Source, oldMain)
	save(w.Keys.DB.Source, oldKeys)
	w.erase(late.ID)

	open := func(main, keys string) *Vault {
		t.Helper()
		db, err := store.Open(ctx, main)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		m, err := OpenMaster(w.Keys.Master.path)
		if err != nil {
			t.Fatal(err)
		}
		v := &Vault{DB: db, Keys: openKeys(t, keys, m), Blobs: w.Blobs}
		if err := v.Settle(ctx, purposes, realm); err != nil {
			t.Fatal(err)
		}
		return v
	}
	check := func(name string, v *Vault) {
		t.Helper()
		for _, b := range []*Box{early, late} {
			if _, err := v.Read(ctx, realm, Ref{Box: b.ID, Part: "text"}); !errors.Is(err, ErrErased) {
				t.Errorf("%s: %v", name, err)
			}
			var n int
			if err := v.Keys.DB.R.QueryRow("SELECT count(*) FROM key_boxes WHERE box = $1", b.ID).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s: a key came back: %v", name, err)
			}
			if err := v.DB.R.QueryRow("SELECT count(*) FROM vault_items WHERE box = $1", b.ID).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s: an item came back: %v", name, err)
			}
		}
		if _, err := v.Read(ctx, realm, Ref{Box: keep.ID, Part: "text"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	check("nothing put back", w.again(t))
	check("the realm's database put back", open(oldMain, w.Keys.DB.Source))
	check("the key store put back", open(w.DB.Source, oldKeys))
}

// Each way in which an erased box is not, or is not said to be, is found.
func TestCheck(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		var boxes []string
		for range 5 {
			boxes = append(boxes, w.filled("x").ID)
		}
		late, err := w.OpenBox(ctx, realm, boxes[3])
		if err != nil {
			t.Fatal(err)
		}
		var wrapped []byte
		var master string
		if err := w.Keys.DB.R.QueryRow("SELECT master, wrapped FROM key_boxes WHERE box = $1", boxes[1]).Scan(&master, &wrapped); err != nil {
			t.Fatal(err)
		}
		w.erase(boxes[:4]...)
		found := func() map[string]int {
			out := map[string]int{}
			if err := w.Check(ctx, realm, func(where, _ string, _ ...any) { out[where]++ }); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if f := found(); len(f) != 0 {
			t.Fatalf("found where all holds: %v", f)
		}
		w.mark(boxes[4]) // to be destroyed: not yet wrong
		w.execKeys("INSERT INTO key_boxes VALUES ($1, $2, $3, $4)", string(realm), boxes[1], master, wrapped)
		w.execKeys("DELETE FROM key_erasures WHERE box = $1", boxes[2])
		late.Seal("text", []byte("late"))
		w.write(late.Writes()...)
		if f := found(); len(f) != 3 || f["box "+boxes[1]] != 1 || f["box "+boxes[2]] != 1 || f["box "+boxes[3]] != 1 {
			t.Errorf("%v of %v", f, boxes)
		}
	})
}

// A copy of a key store opens what its store did, in another place and on either engine; without it nothing opens.
func TestKeyCopies(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		kept, gone := w.filled("kept"), w.filled("gone")
		w.erase(gone.ID)
		if err := w.Reaches(ctx, realm, "x/log/boston", 77); err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(w.dir, "copies")
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		made, err := w.Keys.Copy(ctx, folder, Keep, now)
		if err != nil || made.Reached[realm] != (Reached{"x/log/boston", 77}) || made.Keys == 0 || len(made.Removed) != 0 {
			t.Fatalf("%+v %v", made, err)
		}
		if _, err := w.Keys.Copy(ctx, folder, Keep, now); keyOf(err) != "vault.copy_exists" {
			t.Errorf("over another: %v", err)
		}
		if info, err := os.Stat(made.Path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info, err)
		}
		if names, until, err := w.Keys.Copies(ctx, now); err != nil || len(names) != 1 || !until.Equal(now.Add(Keep)) {
			t.Errorf("copies: %v %v %v", names, until, err)
		}
		// A file that is none of them stays; one that is too old goes.
		mine := filepath.Join(folder, "mine.db")
		if err := os.WriteFile(mine, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		later, err := w.Keys.Copy(ctx, folder, Keep, now.Add(Keep+time.Hour))
		if err != nil || len(later.Removed) != 1 {
			t.Fatalf("%+v %v", later, err)
		}
		if _, err := os.Stat(made.Path); !errors.Is(err, os.ErrNotExist) {
			t.Error("an old copy is still there")
		}
		if _, err := os.Stat(mine); err != nil {
			t.Error(err)
		}
		if names, _, err := w.Keys.Copies(ctx, now.Add(Keep+time.Hour)); err != nil || len(names) != 1 {
			t.Errorf("copies: %v %v", names, err)
		}

		into := keySource(t, w.DB.Source, t.TempDir())
		if err := Adopt(ctx, later.Path, into); err != nil {
			t.Fatal(err)
		}
		if err := Adopt(ctx, later.Path, into); keyOf(err) != "vault.store_not_empty" {
			t.Errorf("over another: %v", err)
		}
		if err := Adopt(ctx, mine, keySource(t, w.DB.Source, t.TempDir())); keyOf(err) != "vault.copy_none" {
			t.Errorf("from what is no copy: %v", err)
		}
		m, err := OpenMaster(w.Keys.Master.path)
		if err != nil {
			t.Fatal(err)
		}
		v := &Vault{DB: w.DB, Keys: openKeys(t, into, m), Blobs: w.Blobs}
		if err := v.Settle(ctx, purposes, realm); err != nil {
			t.Fatal(err)
		}
		if c, err := v.Read(ctx, realm, Ref{Box: kept.ID, Part: "text"}); err != nil || string(c.Text) != "kept" {
			t.Errorf("%q %v", c.Text, err)
		}
		if _, err := v.Read(ctx, realm, Ref{Box: gone.ID, Part: "text"}); !errors.Is(err, ErrErased) {
			t.Error(err)
		}
	})
}

// Many take boxes at once: no key is given twice, what nobody took is given back, and without the store there is no box.
func TestPool(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		seen := sync.Map{}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 300 {
					b, err := w.Keys.NewBox(ctx, realm, "matter")
					if err != nil {
						t.Error(err)
						return
					}
					if _, twice := seen.LoadOrStore(b.ID, true); twice {
						t.Error("one key was given twice")
					}
				}
			})
		}
		all.Wait()
		m, err := OpenMaster(w.Keys.Master.path)
		if err != nil {
			t.Fatal(err)
		}
		other := openKeys(t, w.Keys.DB.Source, m)
		if _, err := other.NewBox(ctx, realm, "matter"); err != nil {
			t.Fatal(err)
		}
		count := func() (n int) {
			if err := w.Keys.DB.R.QueryRow("SELECT count(*) FROM key_boxes").Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := count()
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		if after := count(); after != before-(poolLeast-1) && after != before-(3*poolLeast-1) { // a second filling may have begun
			t.Errorf("%d keys, and %d after one who took one of them went", before, after)
		}
		if _, err := other.NewBox(ctx, realm, "matter"); err == nil {
			t.Error("a box out of a closed store")
		}
		w.execKeys("DROP TABLE key_boxes")
		failed := false
		for range poolMost + 1 {
			if _, err := w.Keys.NewBox(ctx, realm, "matter"); err != nil {
				failed = true
				break
			}
		}
		if !failed {
			t.Error("boxes whose keys are stored nowhere")
		}
		w.execKeys(`CREATE TABLE key_boxes (realm TEXT, box TEXT, master TEXT, wrapped BYTEA)`)
	})
}

// Where a key management service encrypts the master key, the file has nothing of it, and without the service nothing opens.
func TestKMS(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path, settings := filepath.Join(dir, "master.key"), filepath.Join(dir, kmsName)
	write := func(text string, mode os.FileMode) {
		t.Helper()
		os.Remove(settings)
		if err := os.WriteFile(settings, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(settings, mode); err != nil {
			t.Fatal(err)
		}
	}
	// A service of a kind: it swaps the case of what it is given in base64.
	good := `{"encrypt": ["sh", "-c", "base64 -w0 | tr a-zA-Z A-Za-z"], "decrypt": ["sh", "-c", "tr a-zA-Z A-Za-z | base64 -d"]}`
	for text, want := range map[string]string{
		`{"encrypt": ["false"], "decrypt": ["cat"]}`:                     "vault.kms_failed",
		`{"encrypt": ["tr", "a", "b"], "decrypt": ["head", "-c", "31"]}`: "vault.kms_wrong",
		`{"encrypt": ["true"], "decrypt": ["cat"]}`:                      "vault.kms_failed",
		`{"encrypt": ["cat"]}`:                                           "vault.kms_settings",
		`{"encrypt": "cat", "decrypt": "cat"}`:                           "vault.kms_settings",
		`{`:                                                              "vault.kms_settings",
		`{"encrypt": ["no such program"], "decrypt": ["cat"]}`:           "vault.kms_failed",
	} {
		write(text, 0o600)
		if _, err := CreateMaster(path); keyOf(err) != want {
			t.Errorf("%s: %v", text, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Fatalf("%s: a key was written", text)
		}
	}
	write(good, 0o666)
	if _, err := CreateMaster(path); keyOf(err) != "vault.kms_settings" {
		t.Errorf("settings that anyone may write: %v", err)
	}
	write(good, 0o600)
	m, err := CreateMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || bytes.Contains(text, bytes.TrimSpace(bytes.SplitN(m.now().current.file(), []byte("\n"), 2)[1])) {
		t.Errorf("the file holds the key: %v", err)
	}
	forget := func() { decrypted.Clear() }
	forget()
	again, err := OpenMaster(path)
	if err != nil || again.ID() != m.ID() || again.Derive("x", realm) != m.Derive("x", realm) {
		t.Errorf("%v", err)
	}
	forget()
	os.Remove(settings)
	if _, err := OpenMaster(path); keyOf(err) != "vault.kms_missing" {
		t.Errorf("without the service: %v", err)
	}
	write(`{"encrypt": ["cat"], "decrypt": ["false"]}`, 0o600)
	if _, err := OpenMaster(path); keyOf(err) != "vault.kms_failed" {
		t.Errorf("a service that refuses: %v", err)
	}
	write(`{"encrypt": ["cat"], "decrypt": ["head", "-c", "32"]}`, 0o600)
	if _, err := OpenMaster(path); keyOf(err) != "vault.kms_wrong" {
		t.Errorf("a service with another key: %v", err)
	}
	write(good, 0o600)
	for i := range text {
		flipped := bytes.Clone(text)
		flipped[i] ^= 1
		if err := os.WriteFile(path, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		forget()
		if k, err := OpenMaster(path); err == nil {
			t.Fatalf("with byte %d flipped it opens as %s", i, k.ID())
		}
	}
}
