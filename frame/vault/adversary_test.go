package vault

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"skein/frame/store"
)

// A start in the place of a lost key store, as a service manager makes it, refuses to serve and is not in the way of restoring it.
func TestRestoredOverAnEmptyStore(t *testing.T) {
	w := newWorld(t, "")
	ctx := context.Background()
	box := w.filled("x")
	c, err := w.Keys.Copy(ctx, filepath.Join(w.dir, "copies"), Keep, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Keys.Close(); err != nil {
		t.Fatal(err)
	}
	path := w.Keys.DB.Source
	for _, end := range []string{"", "-wal", "-shm"} {
		os.Remove(path + end)
	}
	k, err := OpenKeys(ctx, path, w.Keys.Master)
	if err != nil {
		t.Fatal(err)
	}
	v := &Vault{DB: w.DB, Keys: k, Blobs: w.Blobs}
	if err := v.Settle(ctx, purposes, realm); keyOf(err) != "vault.store_other" {
		t.Errorf("an empty key store serves: %v", err)
	}
	k.Close()
	if err := Adopt(ctx, c.Path, path); err != nil {
		t.Fatal(err)
	}
	v = &Vault{DB: w.DB, Keys: openKeys(t, path, w.Keys.Master), Blobs: w.Blobs}
	if err := v.Settle(ctx, purposes, realm); err != nil {
		t.Fatal(err)
	}
	if got, err := v.Read(ctx, realm, Ref{Box: box.ID, Part: "text"}); err != nil || string(got.Text) != "x" {
		t.Errorf("%q %v", got.Text, err)
	}
}

// What is written into a box after it was erased is emptied again, a released copy most of all.
func TestLateIsEmptied(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		b := w.filled("x")
		open, err := w.OpenBox(ctx, realm, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		open.Seal("found", []byte("clear text"))
		p, _ := open.Pending("found")
		late := append([]store.Write{Release(realm, b.ID, p.Part, Copy{Media: "text/plain", Text: string(p.Text), Salt: p.Salt, Digest: p.Digest()})}, open.Writes()...)
		w.erase(b.ID)
		w.write(late...)
		if _, err := w.Clean(ctx, realm); err != nil {
			t.Fatal(err)
		}
		if copies, err := w.Released(ctx, realm, []string{b.ID}); err != nil || len(copies) != 0 {
			t.Errorf("still public: %v %v", copies, err)
		}
		if err := w.Check(ctx, realm, func(where, format string, args ...any) { t.Errorf("%s: "+format, append([]any{where}, args...)...) }); err != nil {
			t.Fatal(err)
		}
	})
}

// A key store in the realm's own database would be in every backup of it.
func TestNotInTheSameDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.exec("DELETE FROM vault_store")
		k, err := OpenKeys(context.Background(), w.DB.Source, w.Keys.Master)
		if err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		v := &Vault{DB: w.DB, Keys: k, Blobs: w.Blobs}
		if err := v.Settle(context.Background(), purposes, realm); keyOf(err) != "vault.store_same" {
			t.Errorf("%v", err)
		}
	})
}
