package vault

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/internal/pgtest"
)

const realm civic.Realm = "boston"

var purposes = []string{"public numbers", "webhooks"}

// world is a vault on a fresh database.
type world struct {
	*Vault
	t   testing.TB
	dir string
}

func newWorld(t testing.TB, source string) *world {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	if source == "" {
		source = filepath.Join(dir, "skein.db")
	}
	db, err := store.Open(ctx, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(ctx, Migrations()); err != nil {
		t.Fatal(err)
	}
	m, _ := newMaster(t)
	w := &world{&Vault{DB: db, Keys: openKeys(t, keySource(t, source, dir), m), Blobs: Disk{filepath.Join(dir, "blobs")}}, t, dir}
	if err := w.Settle(ctx, purposes, realm); err != nil {
		t.Fatal(err)
	}
	return w
}

// openKeys opens a key store until the test ends.
func openKeys(t testing.TB, source string, m *Master) *Keys {
	t.Helper()
	k, err := OpenKeys(context.Background(), source, m)
	if err != nil {
		t.Fatal(err)
	}
	k.Follows = 100 * time.Millisecond
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

// keySource is where the key store of a test lies: in PostgreSQL too where the realm's database does.
func keySource(t testing.TB, source, dir string) string {
	if strings.HasPrefix(source, "postgres") {
		return pgtest.URL(t)
	}
	return filepath.Join(dir, "keys.db")
}

// box makes a box.
func (w *world) box(scope string) *Box {
	w.t.Helper()
	b, err := w.Keys.NewBox(context.Background(), realm, scope)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newWorld(t, "")) })
	t.Run("postgres", func(t *testing.T) { test(t, newWorld(t, pgtest.URL(t))) })
}

func (w *world) write(writes ...store.Write) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.DB.Update(ctx, func(tx *store.Tx) error { return tx.WriteAll(ctx, writes) }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) erase(boxes ...string) {
	w.t.Helper()
	ctx := context.Background()
	err := w.DB.Update(ctx, func(tx *store.Tx) error {
		return w.Erase(ctx, tx, realm, boxes, 42)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Destroy(ctx, realm); err != nil {
		w.t.Fatal(err)
	}
}

func TestSealAndRead(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		box := w.box("matter")
		said := box.Seal("text", []byte("the lamp is broken"))
		who := box.Seal("contact", []byte("tel:+16175550100"))
		writes := box.Writes()
		if len(writes) != 2 {
			t.Fatalf("%d rows, not a key and one item", len(writes))
		}
		w.write(writes...)
		if more := box.Writes(); more != nil {
			t.Errorf("rows handed out twice: %v", more)
		}

		// Later, in another process, a second text is added under the same name.
		later, err := w.OpenBox(ctx, realm, box.ID)
		if err != nil || later.Scope != "matter" {
			t.Fatalf("%+v %v", later, err)
		}
		time.Sleep(2 * time.Millisecond) // items sort by the millisecond
		again := later.Seal("text", []byte("and so is the next one"))
		writes = later.Writes()
		if len(writes) != 1 {
			t.Fatalf("adding writes %d rows, not one", len(writes))
		}
		w.write(writes...)

		for _, c := range []struct {
			ref  Ref
			want string
			err  error
		}{
			{Ref{Box: box.ID, Part: "text"}, "and so is the next one", nil},
			{Ref{box.ID, "text", again}, "and so is the next one", nil},
			{Ref{box.ID, "text", said}, "the lamp is broken", nil},
			{Ref{box.ID, "contact", who}, "tel:+16175550100", nil},
			{Ref{Box: box.ID, Digest: said}, "the lamp is broken", nil}, // as who releases a text names it
			{Ref{box.ID, "contact", said}, "", ErrMissing},
			{Ref{Box: box.ID, Part: "photo/1"}, "", ErrMissing},
			{Ref{Box: "0none", Part: "text"}, "", ErrMissing},
		} {
			got, err := w.Read(ctx, realm, c.ref)
			if string(got.Text) != c.want || !errors.Is(err, c.err) {
				t.Errorf("%v gives %q %v", c.ref, got.Text, err)
			}
			if c.err == nil && c.ref.Digest != "" && (got.Digest() != c.ref.Digest || got.Check("00")) {
				t.Errorf("%v does not check", c.ref)
			}
		}
		if _, err := w.Read(ctx, "cambridge", Ref{Box: box.ID, Part: "text"}); !errors.Is(err, ErrMissing) {
			t.Errorf("another realm reads it: %v", err)
		}
		all, err := w.ReadAll(ctx, realm, box.ID)
		if err != nil || len(all) != 3 || all[0].Part != "text" || all[1].Part != "contact" || all[2].Digest() != again {
			t.Errorf("ReadAll gives %v %v", all, err)
		}
		if (journal.Digest(all[0].Salt, []byte("the lamp is broken"))) != said {
			t.Error("the salt kept is not the one of the digest")
		}
	})
}

// Equal contents give unlike digests, and nothing of a content is in its rows.
func TestNothingShows(t *testing.T) {
	box := newWorld(t, "").box("matter")
	secret := []byte("13 Elm Street, third floor")
	if first, second := box.Seal("home", secret), box.Seal("home", secret); first == second {
		t.Error("the same content gives the same digest twice")
	}
	for _, w := range box.Writes() {
		for _, v := range w.Row {
			if strings.Contains(fmt.Sprintf("%s", v), "Elm") {
				t.Errorf("%s shows the content", w.Table.Name)
			}
		}
	}
}

func TestMovedOrChangedRowsDoNotOpen(t *testing.T) {
	cases := []struct{ name, statement string }{
		{"item moved to another box", "UPDATE vault_items SET box = (SELECT box FROM vault_boxes WHERE box NOT IN (SELECT box FROM vault_items))"},
		{"item renamed", "UPDATE vault_items SET item = 'x'"},
		{"key of another box", "UPDATE key_boxes SET wrapped = (SELECT min(wrapped) FROM key_boxes)"},
		{"key of another realm", "UPDATE key_boxes SET realm = 'other'"},
		{"item changed", "UPDATE vault_items SET sealed = zeroblob(80)"},
		{"key changed", "UPDATE key_boxes SET wrapped = zeroblob(60)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "")
			ctx := context.Background()
			var ids []string
			for range 2 {
				b := w.box("matter")
				b.Seal("text", []byte("secret of "+b.ID))
				if c.name != "item moved to another box" || len(ids) == 0 {
					w.write(b.Writes()...)
				} else {
					w.write(b.Writes()[0])
				}
				ids = append(ids, b.ID)
			}
			if strings.HasPrefix(c.name, "key") {
				w.execKeys(c.statement)
			} else {
				w.exec(c.statement)
			}
			for _, r := range []civic.Realm{realm, "other"} {
				for _, id := range ids {
					got, err := w.Read(ctx, r, Ref{Box: id, Part: "text"})
					if err == nil && string(got.Text) != "secret of "+id {
						t.Errorf("box %s in %s opens as %q", id, r, got.Text)
					}
					if err == nil && c.name != "key of another box" {
						t.Errorf("box %s in %s opens", id, r)
					}
				}
			}
		})
	}
	t.Run("another master key", func(t *testing.T) {
		w := newWorld(t, "")
		b := w.box("matter")
		b.Seal("text", []byte("x"))
		w.write(b.Writes()...)
		w.Keys.Master, _ = newMaster(t)
		if _, err := w.Read(context.Background(), realm, Ref{Box: b.ID, Part: "text"}); !errors.Is(err, ErrDamaged) {
			t.Errorf("opens under another master key: %v", err)
		}
	})
}

func TestReadMany(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		var refs []Ref
		var writes []store.Write
		for i := range 1000 {
			b := w.box("matter")
			b.Seal("text", fmt.Appendf(nil, "matter %d", i))
			writes = append(writes, b.Writes()...)
			refs = append(refs, Ref{Box: b.ID, Part: "text"})
		}
		w.write(writes...)
		w.erase(refs[7].Box)
		asked := append(refs, Ref{Box: refs[0].Box, Part: "photo"}, Ref{Box: "none", Part: "text"}, Ref{refs[1].Box, "text", "00"})
		got, err := w.ReadMany(ctx, realm, asked)
		if err != nil || len(got) != 999 {
			t.Fatalf("%d of 999: %v", len(got), err)
		}
		for i, r := range refs {
			if want := fmt.Sprintf("matter %d", i); i != 7 && string(got[r].Text) != want {
				t.Fatalf("%d is %q", i, got[r].Text)
			}
		}
		if none, err := w.ReadMany(ctx, realm, nil); err != nil || len(none) != 0 {
			t.Errorf("nothing asked: %v %v", none, err)
		}
	})
}

func TestRelease(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		b := w.box("matter")
		b.Seal("text", []byte("Mr. Pym's lamp is broken"))
		masked := b.Seal("text.masked", []byte("…'s lamp is broken"))
		c, ok := b.Pending("text.masked")
		if !ok || c.Digest() != masked {
			t.Fatal("what was sealed is not at hand")
		}
		w.write(b.Writes()...)
		want := Copy{Media: "text/plain", Text: "…'s lamp is broken", Salt: c.Salt, Digest: masked}
		w.write(Release(realm, b.ID, "text", want))
		got, err := w.Released(ctx, realm, []string{b.ID, "none"})
		if err != nil || len(got) != 1 {
			t.Fatalf("%v %v", got, err)
		}
		public := got[Ref{Box: b.ID, Part: "text"}]
		if public.Text != want.Text || journal.Digest(public.Salt, []byte(public.Text)) != masked {
			t.Errorf("public: %+v", public)
		}
		w.write(Unrelease(realm, b.ID, "text"))
		if got, err := w.Released(ctx, realm, []string{b.ID}); err != nil || len(got) != 0 {
			t.Errorf("taken back, and still %v %v", got, err)
		}
		w.write(Release(realm, b.ID, "text", want))
		w.erase(b.ID)
		if got, err := w.Released(ctx, realm, []string{b.ID}); err != nil || len(got) != 0 {
			t.Errorf("erased, and still %v %v", got, err)
		}
	})
}

func TestErase(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		keep, gone := w.box("person"), w.box("person")
		for _, b := range []*Box{keep, gone} {
			b.Seal("name", []byte("Q"))
			if _, err := b.SealBlob(ctx, w.Blobs, "photo/1", []byte("picture")); err != nil {
				t.Fatal(err)
			}
			w.write(b.Writes()...)
		}
		w.erase(gone.ID)
		w.erase(gone.ID, "none")
		if _, err := w.Read(ctx, realm, Ref{Box: gone.ID, Part: "name"}); !errors.Is(err, ErrErased) {
			t.Errorf("reading: %v", err)
		}
		if _, err := w.OpenBox(ctx, realm, gone.ID); !errors.Is(err, ErrErased) {
			t.Errorf("opening: %v", err)
		}
		if _, err := w.Read(ctx, realm, Ref{Box: keep.ID, Part: "photo/1"}); err != nil {
			t.Errorf("the other box: %v", err)
		}
		for table, want := range map[string]int{"vault_boxes": 2, "vault_items": 1, "vault_blobs": 1} {
			var n int
			if err := w.DB.R.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil || n != want {
				t.Errorf("%s has %d rows, not %d: %v", table, n, want, err)
			}
		}
		var at sql.NullInt64
		if err := w.DB.R.QueryRow("SELECT erased_at FROM vault_boxes WHERE erased_at IS NOT NULL").Scan(&at); err != nil || at.Int64 != 42 {
			t.Errorf("erased at %v %v", at, err)
		}
		// Rows sealed by somebody who had the box open are rows nobody can open.
		gone.Seal("name", []byte("late"))
		w.write(gone.Writes()...)
		if _, err := w.Read(ctx, realm, Ref{Box: gone.ID, Part: "name"}); !errors.Is(err, ErrErased) {
			t.Errorf("reading what came late: %v", err)
		}
		if err := w.Scrub(ctx); err != nil {
			t.Error(err)
		}
		if _, err := w.Read(ctx, realm, Ref{Box: keep.ID, Part: "name"}); err != nil {
			t.Errorf("after Scrub: %v", err)
		}
	})
}

// Boxes that stand do so until the transaction that asked ends; those that are erased do not.
func TestStanding(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		gone, keep := w.box("matter"), w.box("matter")
		w.write(append(gone.Writes(), keep.Writes()...)...)
		w.erase(gone.ID)
		erased := make(chan struct{})
		err := w.DB.Update(ctx, func(tx *store.Tx) error {
			stands, err := w.Standing(ctx, tx, realm, []string{gone.ID, keep.ID, "none"})
			if err != nil || len(stands) != 1 || !stands[keep.ID] {
				t.Errorf("%v: %v", stands, err)
			}
			go func() {
				defer close(erased)
				w.erase(keep.ID)
			}()
			select {
			case <-erased:
				t.Error("a box is erased while somebody relies on it")
			case <-time.After(200 * time.Millisecond):
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		<-erased
	})
}

// After an erasure the files of both databases hold neither the wrapped key, nor the
// sealed item, nor the released copy — also when the pages have been split, merged and
// rewritten by thousands of rows of other boxes before and after.
func TestErasedBytesAreGone(t *testing.T) {
	w := newWorld(t, "")
	ctx := context.Background()
	type secret struct {
		box     string
		needles [][]byte
	}
	var all []secret
	for range 36 {
		var writes []store.Write
		for i := range 50 {
			b := w.box("matter")
			text := bytes.Repeat([]byte("x"), (i*i*7)%3000)
			b.Seal("text", text)
			s := secret{box: b.ID}
			var wrapped []byte
			if err := w.Keys.DB.R.QueryRow("SELECT wrapped FROM key_boxes WHERE box = $1", b.ID).Scan(&wrapped); err != nil {
				t.Fatal(err)
			}
			rows := b.Writes()
			writes = append(writes, rows...)
			for _, sealed := range [][]byte{wrapped, rows[1].Row[len(rows[1].Row)-1].([]byte)} {
				s.needles = append(s.needles, sealed[:28], sealed[len(sealed)-24:])
			}
			public := "released copy of " + b.ID
			writes = append(writes, Release(realm, b.ID, "text", Copy{Media: "text/plain", Text: public}))
			s.needles = append(s.needles, []byte(public))
			all = append(all, s)
		}
		w.write(writes...)
	}
	files := func() []byte {
		t.Helper()
		var text []byte
		names, _ := filepath.Glob(filepath.Join(w.dir, "*.db*"))
		for _, n := range names {
			b, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, b...)
		}
		return text
	}
	before := files()
	var boxes []string
	for i, s := range all {
		if i%50 == 0 {
			for _, n := range s.needles {
				if !bytes.Contains(before, n) {
					t.Fatal("the test does not see what it looks for")
				}
			}
		}
		if i%3 == 0 || i > 800 && i < 1200 {
			boxes = append(boxes, s.box)
		}
	}
	w.erase(boxes...)
	if err := w.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	after := files()
	erased := map[string]bool{}
	for _, b := range boxes {
		erased[b] = true
	}
	remnants := map[int]int{}
	for _, s := range all {
		for i, n := range s.needles {
			if !erased[s.box] && i != 0 {
				continue
			}
			if found := bytes.Contains(after, n); found && erased[s.box] {
				remnants[i]++
			} else if !found && !erased[s.box] {
				t.Fatal("a box that was not erased is gone")
			}
		}
	}
	if len(remnants) > 0 {
		t.Errorf("of %d erased boxes, remnants by needle: %v", len(boxes), remnants)
	}
}

// Who reads what was erased a moment ago keeps it in the files: scrubbing waits, and says so where it waits in vain.
func TestScrubWaitsForReaders(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		b := w.box("matter")
		w.write(b.Writes()...)
		tx, err := w.DB.R.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true, Isolation: w.DB.Snapshot()})
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		var n int
		if err := tx.QueryRow("SELECT count(*) FROM vault_boxes").Scan(&n); err != nil {
			t.Fatal(err)
		}
		w.erase(b.ID)
		brief, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		if err := w.Scrub(brief); err == nil {
			t.Error("scrubbed under a reader")
		}
		go func() { time.Sleep(200 * time.Millisecond); tx.Rollback() }()
		if err := w.Scrub(context.Background()); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(filepath.Join(w.dir, "skein.db-wal")); err == nil && info.Size() > 0 {
			t.Errorf("the write-ahead log still has %d bytes", info.Size())
		}
	})
}

func TestBundleReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Content {
			c := Content{
				Part: rapid.StringMatching(`[a-z0-9._/-]{1,64}`).Draw(t, "part"),
				Salt: rapid.SliceOfN(rapid.Byte(), saltLength, saltLength).Draw(t, "salt"),
			}
			if rapid.Bool().Draw(t, "blob") {
				c.Blob = rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "name")
				c.Size = rapid.Int64Range(0, 1<<40).Draw(t, "size")
			} else {
				c.Text = rapid.SliceOf(rapid.Byte()).Draw(t, "text")
				c.Size = int64(len(c.Text))
			}
			return c
		})).Draw(t, "contents")
		got, err := unbundle(bundle(want))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%v of %v: %v", got, want, err)
		}
		for i := range want {
			g, w := got[i], want[i]
			if g.Part != w.Part || !bytes.Equal(g.Salt, w.Salt) || !bytes.Equal(g.Text, w.Text) || g.Blob != w.Blob || g.Size != w.Size {
				t.Fatalf("%v is not %v", g, w)
			}
		}
	})
}

func FuzzUnbundle(f *testing.F) {
	f.Add([]byte{1})
	f.Add(bundle([]Content{{Part: "text", Salt: make([]byte, 32), Text: []byte("x")}, {Part: "photo/1", Salt: make([]byte, 32), Blob: "ab", Size: 9}}))
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		contents, err := unbundle(b)
		if err != nil {
			return
		}
		if again, err := unbundle(bundle(contents)); err != nil || len(again) != len(contents) {
			t.Errorf("%v does not read back: %v", contents, err)
		}
	})
}

func TestIDsSortByAge(t *testing.T) {
	var last string
	for range 20 {
		id := newID()
		if len(id) != idLength || id <= last {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
		time.Sleep(2 * time.Millisecond)
	}
}

func BenchmarkSealReport(b *testing.B) {
	w := newWorld(b, "")
	text, contact, home := bytes.Repeat([]byte("a lamp "), 40), []byte("tel:+16175550100"), []byte("42.36,-71.05")
	b.ReportAllocs()
	for b.Loop() {
		box := w.box("matter")
		box.Seal("text", text)
		box.Seal("contact", contact)
		box.Seal("home", home)
		box.Writes()
	}
}

func BenchmarkReadPage(b *testing.B) {
	w := newWorld(b, "")
	var refs []Ref
	var writes []store.Write
	for range 1000 {
		box := w.box("matter")
		box.Seal("text", bytes.Repeat([]byte("a lamp "), 40))
		writes = append(writes, box.Writes()...)
		refs = append(refs, Ref{Box: box.ID, Part: "text"})
	}
	w.write(writes...)
	for b.Loop() {
		if got, err := w.ReadMany(context.Background(), realm, refs); err != nil || len(got) != 1000 {
			b.Fatal(len(got), err)
		}
	}
}
