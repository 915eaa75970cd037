package vault

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestBlobs(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		picture := bytes.Repeat([]byte("picture "), 100_000)
		b := w.box("matter")
		digest, err := b.SealBlob(ctx, w.Blobs, "photo/1", picture)
		if err != nil {
			t.Fatal(err)
		}
		b.Seal("text", []byte("see photo"))
		w.write(b.Writes()...)

		got, err := w.Read(ctx, realm, Ref{b.ID, "photo/1", digest})
		if err != nil || !bytes.Equal(got.Text, picture) || got.Size != int64(len(picture)) {
			t.Fatalf("%d bytes, %v", len(got.Text), err)
		}
		all, err := w.ReadAll(ctx, realm, b.ID)
		if err != nil || all[0].Blob == "" || all[0].Text != nil || all[0].Size != int64(len(picture)) {
			t.Fatalf("%v %v", all, err)
		}
		blob := all[0].Blob
		if text, err := w.ReadBlob(ctx, realm, b.ID, blob); err != nil || !bytes.Equal(text, picture) {
			t.Errorf("by name: %v", err)
		}
		other := w.box("matter")
		w.write(other.Writes()...)
		if _, err := w.ReadBlob(ctx, realm, other.ID, blob); !errors.Is(err, ErrDamaged) {
			t.Errorf("another box opens it: %v", err)
		}
		for _, name := range []string{"", "../../etc/passwd", "zz", blob[:63] + "/"} {
			if _, err := w.ReadBlob(ctx, realm, b.ID, name); !errors.Is(err, ErrMissing) {
				t.Errorf("%q: %v", name, err)
			}
		}
		path := filepath.Join(w.Blobs.(Disk).Dir, blob[:2], blob[2:])
		sealed, err := os.ReadFile(path)
		if err != nil || bytes.Contains(sealed, []byte("picture")) {
			t.Errorf("the file shows the content: %v", err)
		}
		sealed[100] ^= 1
		os.WriteFile(path, sealed, 0o600)
		if _, err := w.ReadBlob(ctx, realm, b.ID, blob); !errors.Is(err, ErrDamaged) {
			t.Errorf("changed on disk: %v", err)
		}
	})
}

func TestSweep(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		put := func(write bool) (*Box, string) {
			b := w.box("matter")
			if _, err := b.SealBlob(ctx, w.Blobs, "photo/1", []byte("x")); err != nil {
				t.Fatal(err)
			}
			c, _ := b.Pending("photo/1")
			if write {
				w.write(b.Writes()...)
			}
			return b, c.Blob
		}
		kept, inUse := put(true)
		gone, erased := put(true)
		_, orphan := put(false)
		w.erase(gone.ID)
		cut := filepath.Join(w.Blobs.(Disk).Dir, orphan[:2], ".new-123")
		if err := os.WriteFile(cut, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}

		if n, err := w.Sweep(ctx, time.Now().Add(-SweepGrace)); err != nil || n != 0 {
			t.Errorf("young orphans swept: %d %v", n, err)
		}
		if n, err := w.Sweep(ctx, time.Now().Add(time.Minute)); err != nil || n != 3 {
			t.Errorf("%d swept, not 3: %v", n, err)
		}
		if _, err := os.Stat(cut); !os.IsNotExist(err) {
			t.Errorf("what a crash left is still there: %v", err)
		}
		if _, err := w.ReadBlob(ctx, realm, kept.ID, inUse); err != nil {
			t.Errorf("a blob in use was swept: %v", err)
		}
		for _, name := range []string{erased, orphan} {
			if _, err := w.Blobs.Get(ctx, name); !errors.Is(err, ErrMissing) {
				t.Errorf("still there: %v", err)
			}
		}
	})
}

// A blob that cannot be put leaves the box as it was.
func TestBlobRefused(t *testing.T) {
	w := newWorld(t, "")
	file := filepath.Join(w.dir, "file")
	os.WriteFile(file, nil, 0o600)
	b := w.box("matter")
	if _, err := b.SealBlob(context.Background(), Disk{filepath.Join(file, "blobs")}, "photo/1", []byte("x")); err == nil {
		t.Error("no error")
	}
	if rows := b.Writes(); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}

// A cleaner takes what a report put that was refused, or cut off with its process: not in its first hour, and nothing that a box names.
func TestCleanerSweeps(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		k := w.seals(1)
		b := w.box("matter")
		if _, err := b.SealBlob(ctx, w.Blobs, "photo/1", []byte("of a report that was refused")); err != nil {
			t.Fatal(err)
		}
		files := func() (n int) {
			old := time.Now().Add(-2 * SweepGrace)
			err := w.Blobs.Walk(ctx, func(name string, _ time.Time) error {
				n++
				return os.Chtimes(filepath.Join(w.Blobs.(Disk).Dir, name[:2], name[2:]), old, old)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := files(); n != 2 {
			t.Fatalf("%d files", n)
		}
		c := NewCleaner(w.Vault, realm, nil)
		if err := c.round(ctx); err != nil || files() != 2 {
			t.Errorf("at the start %d files: %v", files(), err)
		}
		c.swept = c.swept.Add(-SweepGrace - time.Minute)
		if err := c.round(ctx); err != nil || files() != 1 {
			t.Errorf("after an hour %d files: %v", files(), err)
		}
		if err := k.holds(w.Vault); err != nil {
			t.Error(err)
		}
		if since := time.Since(c.swept); since > time.Minute {
			t.Errorf("it walks through all files again: %v", since)
		}
		if err := c.lease.Release(); err != nil {
			t.Error(err)
		}
	})
}
