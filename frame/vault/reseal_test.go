package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// What was sealed before there was a choice opens for ever; a named cipher is part of what is authenticated.
func TestCiphers(t *testing.T) {
	key, bound := [32]byte{1}, []byte("of a box")
	l := NewLock(key)
	old := newAEAD(key).Seal(nil, nil, []byte("the lamp"), bound)
	if text, err := l.Open(old, bound); err != nil || string(text) != "the lamp" {
		t.Errorf("sealed before: %q %v", text, err)
	}
	for _, c := range []Cipher{AES, XChaCha, ""} {
		sealed := l.Seal(c, []byte("the lamp"), bound)
		if text, err := l.Open(sealed, bound); err != nil || string(text) != "the lamp" || !SealedBy(c, sealed) {
			t.Errorf("%s: %q %v", c, text, err)
		}
		if bytes.Equal(sealed, l.Seal(c, []byte("the lamp"), bound)) {
			t.Errorf("%s: a nonce came again", c)
		}
		if _, err := l.Open(sealed, []byte("of another")); err == nil {
			t.Errorf("%s: it opens as another box's", c)
		}
		for i := range sealed {
			for bit := range 8 {
				other := bytes.Clone(sealed)
				other[i] ^= 1 << bit
				if _, err := l.Open(other, bound); err == nil {
					t.Fatalf("%s: bit %d of byte %d does not matter", c, bit, i)
				}
			}
		}
		for n := range sealed {
			if _, err := l.Open(sealed[:n], bound); err == nil {
				t.Fatalf("%s: it opens with %d bytes", c, n)
			}
			if _, err := l.Open(sealed[n+1:], bound); err == nil {
				t.Fatalf("%s: it opens without its first %d bytes", c, n+1)
			}
		}
	}
}

// kept is what is sealed of one box, as it was and as it must be again.
type kept struct{ box, text, photo, said, shown string }

// seals puts a box with a text and a photo into the vault; the photo's copy is released.
func (w *world) seals(n int) kept {
	w.t.Helper()
	b := w.box("matter")
	k := kept{box: b.ID, text: fmt.Sprint("lamp ", n), photo: fmt.Sprint("picture ", n)}
	k.said = b.Seal("text", []byte(k.text))
	var err error
	if k.shown, err = b.SealBlob(context.Background(), w.Blobs, "photo/1", []byte(k.photo)); err != nil {
		w.t.Fatal(err)
	}
	c, _ := b.Find(k.shown)
	w.write(append(b.Writes(), Release(realm, b.ID, "photo/1", Copy{Media: "image/jpeg", Blob: c.Blob, Salt: c.Salt, Digest: k.shown}))...)
	return k
}

// holds reads all of a box by what acts cite of it.
func (k kept) holds(v *Vault) error {
	ctx := context.Background()
	text, err := v.Read(ctx, realm, Ref{Box: k.box, Digest: k.said})
	if err != nil || string(text.Text) != k.text {
		return fmt.Errorf("text %q: %w", text.Text, err)
	}
	photo, err := v.Read(ctx, realm, Ref{Box: k.box, Part: "photo/1", Digest: k.shown})
	if err != nil || string(photo.Text) != k.photo {
		return fmt.Errorf("photo %q: %w", photo.Text, err)
	}
	released, err := v.ReadReleased(ctx, realm, k.box, k.shown)
	if err != nil || released.Text != k.photo {
		return fmt.Errorf("released %q: %w", released.Text, err)
	}
	return nil
}

// otherwiseSealed counts what is not sealed by a cipher, files of attachments that are in use included.
func (w *world) otherwiseSealed(with Cipher) (n int) {
	w.t.Helper()
	count := func(db *store.DB, query string) {
		rows, err := db.R.Query(query)
		if err != nil {
			w.t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var sealed []byte
			if err := rows.Scan(&sealed); err != nil {
				w.t.Fatal(err)
			}
			if !SealedBy(with, sealed) {
				n++
			}
		}
	}
	count(w.DB, "SELECT sealed FROM vault_items")
	count(w.Keys.DB, "SELECT wrapped FROM key_boxes")
	count(w.Keys.DB, "SELECT sealed FROM key_derived")
	rows, err := w.DB.R.Query("SELECT blob FROM vault_blobs")
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			w.t.Fatal(err)
		}
		if sealed, err := w.Blobs.Get(context.Background(), name); err != nil || !SealedBy(with, sealed) {
			n++
		}
	}
	return n
}

// bare makes what is sealed as it was before ciphers were named.
func (w *world) bare(k kept) {
	w.t.Helper()
	ctx := context.Background()
	box, err := w.OpenBox(ctx, realm, k.box)
	if err != nil {
		w.t.Fatal(err)
	}
	items, err := w.items(ctx, realm, []string{k.box}, map[string]opened{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, i := range items[k.box] {
		text, err := box.key.Open(i.sealed, itemBinding(realm, k.box, i.id))
		if err != nil {
			w.t.Fatal(err)
		}
		w.exec("UPDATE vault_items SET sealed = $1 WHERE box = $2 AND item = $3", box.key.aes().Seal(nil, nil, text, itemBinding(realm, k.box, i.id)), k.box, i.id)
	}
}

// Everything is sealed by another cipher, and back, and what acts cite of it stays; another process reads and writes
// meanwhile, what is erased stays erased, and the older files go.
func TestReseal(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		var all []kept
		for n := range resealBatch + 7 {
			all = append(all, w.seals(n))
		}
		w.bare(all[1])
		w.erase(all[0].box)
		number := w.Keys.Master.Derive("public numbers", realm)
		for _, with := range []Cipher{XChaCha, AES} {
			other := w.again(t)
			watching, end := context.WithCancel(ctx)
			var busy sync.WaitGroup
			busy.Go(func() { other.Keys.Watch(watching, func(err error) { t.Errorf("watching: %v", err) }) })
			theirs := &world{other, t, w.dir}
			var late []kept
			var gone string
			busy.Go(func() {
				for n := 0; watching.Err() == nil; n++ {
					late = append(late, theirs.seals(1000+n))
					if err := all[1+n%(len(all)-1)].holds(other); err != nil {
						t.Errorf("meanwhile: %v", err)
						return
					}
					if n == 3 {
						gone = late[0].box
						theirs.erase(gone)
						late = late[1:]
					}
				}
			})
			done, err := w.Reseal(ctx, with, nil)
			if err != nil || done.Items < len(all)-1 || done.Blobs < len(all)-1 || done.Keys < len(all)-1+len(purposes) || done.Keyless > 0 {
				t.Fatalf("%+v %v", done, err)
			}
			end()
			busy.Wait()
			if other.Keys.Cipher() != with {
				t.Error("another process did not follow")
			}
			if n := w.otherwiseSealed(with); n > 0 {
				t.Errorf("%d are not sealed by %s", n, with)
			}
			last := w.again(t)
			for _, k := range append(all[1:len(all):len(all)], late...) {
				if err := k.holds(last); err != nil {
					t.Fatal(err)
				}
			}
			for _, box := range []string{all[0].box, gone} {
				if _, err := last.ReadAll(ctx, realm, box); box != "" && !errors.Is(err, ErrErased) {
					t.Errorf("an erased box came back: %v", err)
				}
			}
			if last.Keys.Master.Derive("public numbers", realm) != number {
				t.Error("a derived key changed")
			}
			err = last.Check(ctx, realm, func(where, format string, args ...any) { t.Errorf("%s: "+format, append([]any{where}, args...)...) })
			if err != nil {
				t.Error(err)
			}
			all = append(all, late...)
		}
		if again, err := w.Reseal(ctx, AES, nil); err != nil || again.Keys+again.Items+again.Blobs != 0 {
			t.Errorf("a second time: %+v %v", again, err)
		}
		// Older files: spared for a day, then gone; with their box at once.
		files := func() (n int) {
			if err := w.Blobs.Walk(ctx, func(string, time.Time) error { n++; return nil }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if _, err := w.Clean(ctx, realm); err != nil { // those of the boxes that were erased above
			t.Fatal(err)
		}
		before := files()
		if n, err := w.Sweep(ctx, time.Now().Add(time.Minute)); err != nil || n != 0 || before < 3*resealBatch {
			t.Errorf("%d of %d files are swept, and older ones ought to be spared: %v", n, before, err)
		}
		w.erase(all[1].box)
		if _, err := w.Clean(ctx, realm); err != nil {
			t.Fatal(err)
		}
		if n := files(); n != before-3 {
			t.Errorf("%d files of an erased box are gone, not three", before-n)
		}
		if err := w.dropMoved(ctx, realm, time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if n := files(); n != len(all)-2 {
			t.Errorf("%d files are left of %d boxes", n, len(all)-2)
		}
		if err := all[2].holds(w.Vault); err != nil {
			t.Error(err)
		}
	})
}

// stops cuts a resealing off at its nth attachment, before or after the file is put.
type stops struct {
	Blobs
	n     int
	after bool
	cut   context.CancelFunc
}

func (s *stops) Put(ctx context.Context, name string, sealed []byte) error {
	if s.n--; s.n != 0 {
		return s.Blobs.Put(ctx, name, sealed)
	}
	defer s.cut()
	if s.after {
		return s.Blobs.Put(ctx, name, sealed)
	}
	return context.Canceled
}

// Cut off anywhere, everything opens, and another run goes on with the rest.
func TestResealGoesOn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var all []kept
		for n := range 2*resealBatch + 3 {
			all = append(all, w.seals(n))
		}
		left := w.otherwiseSealed(XChaCha)
		for i, n := range []int{1, 2, resealBatch + 5, 6} {
			ctx, cut := context.WithCancel(context.Background())
			v := w.again(t)
			v.Blobs = &stops{Blobs: w.Blobs, n: n, after: i%2 == 1, cut: cut}
			if _, err := v.Reseal(ctx, XChaCha, nil); !errors.Is(err, context.Canceled) {
				t.Fatalf("cut off at %d: %v", n, err)
			}
			now := w.otherwiseSealed(XChaCha)
			if now > left || n > resealBatch && now > left-2*resealBatch {
				t.Errorf("%d are left after %d: it does not go on", now, left)
			}
			left = now
			for _, k := range all {
				if err := k.holds(v); err != nil {
					t.Fatalf("cut off at %d: %v", n, err)
				}
			}
		}
		if _, err := w.Reseal(context.Background(), XChaCha, nil); err != nil {
			t.Fatal(err)
		}
		if n := w.otherwiseSealed(XChaCha); n > 0 {
			t.Errorf("%d are left at the end", n)
		}
		last := w.again(t)
		for _, k := range all {
			if err := k.holds(last); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A copy of the key store says by what is sealed, one from before there was a choice does not; another release's cipher is refused.
func TestCipherInCopies(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		k := w.seals(1)
		if err := w.Keys.Choose(ctx, XChaCha); err != nil {
			t.Fatal(err)
		}
		for _, older := range []bool{false, true} {
			made, err := w.Keys.Copy(ctx, t.TempDir(), time.Hour, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			want := XChaCha
			if older {
				want = AES
				db, err := store.Open(ctx, made.Path)
				if err != nil {
					t.Fatal(err)
				}
				err = db.Update(ctx, func(tx *store.Tx) error { _, err := tx.ExecContext(ctx, "DROP TABLE key_cipher"); return err })
				if err := errors.Join(err, db.Close()); err != nil {
					t.Fatal(err)
				}
			}
			into := keySource(t, w.Keys.DB.Source, t.TempDir())
			if err := Adopt(ctx, made.Path, into); err != nil {
				t.Fatal(err)
			}
			m, err := OpenMaster(w.Keys.Master.path)
			if err != nil {
				t.Fatal(err)
			}
			v := &Vault{DB: w.DB, Keys: openKeys(t, into, m), Blobs: w.Blobs}
			if err := v.Settle(ctx, purposes, realm); err != nil {
				t.Fatal(err)
			}
			if got := v.Keys.Cipher(); got != want {
				t.Errorf("the copy seals by %s, not %s", got, want)
			}
			if err := k.holds(v); err != nil {
				t.Error(err)
			}
		}
		if err := w.Keys.Choose(ctx, "rot13"); keyOf(err) != "vault.cipher_unknown" {
			t.Errorf("a cipher of nobody's: %v", err)
		}
		w.execKeys("INSERT INTO key_cipher VALUES (99, 'of-tomorrow', 1)")
		m, err := OpenMaster(w.Keys.Master.path)
		if err != nil {
			t.Fatal(err)
		}
		v := &Vault{DB: w.DB, Keys: openKeys(t, w.Keys.DB.Source, m), Blobs: Disk{filepath.Join(w.dir, "blobs")}}
		if err := v.Settle(ctx, purposes, realm); keyOf(err) != "vault.cipher_unknown" {
			t.Errorf("a cipher of a later release: %v", err)
		}
	})
}

// What lies sealed outside of boxes is sealed anew too; what nobody can open any more goes, but not where a box merely cannot be read now; cut
// off between two columns, another run goes on.
func TestResealColumns(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		lock := NewLock([32]byte{7})
		var fault error
		cut := func() {}
		locks := func(_ context.Context, _ civic.Realm, keys []string) (map[string]*Lock, error) {
			out := map[string]*Lock{}
			for _, key := range keys {
				if key != "nobody's" {
					out[key] = lock
				}
			}
			return out, fault
		}
		const rows = 2*rewrapBatch + 50
		for _, table := range []string{"one", "other"} {
			w.exec("CREATE TABLE " + table + " (realm TEXT, name TEXT, sealed BYTEA)")
			w.exec("INSERT INTO "+table+" VALUES ($1, 'nothing', NULL)", string(realm))
			w.exec("INSERT INTO "+table+" VALUES ($1, $2, $3)", string(realm), "nobody's", NewLock([32]byte{8}).Seal(AES, []byte("x"), nil))
			for n := range rows {
				name := fmt.Sprint("row ", n)
				sealed := lock.Seal(AES, []byte(name), []byte(name))
				if n%2 == 1 { // from before ciphers were named
					sealed = lock.aes().Seal(nil, nil, []byte(name), []byte(name))
				}
				w.exec("INSERT INTO "+table+" VALUES ($1, $2, $3)", string(realm), name, sealed)
			}
		}
		w.Columns = []Column{{Table: "one", Key: "name", Sealed: "sealed", Locks: locks}, {Table: "other", Key: "name", Sealed: "sealed",
			Locks: func(ctx context.Context, r civic.Realm, keys []string) (map[string]*Lock, error) {
				cut()
				return locks(ctx, r, keys)
			}}}
		count := func(table string) (anew, left int) {
			r, err := w.DB.R.Query("SELECT name, sealed FROM " + table + " WHERE sealed IS NOT NULL")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for r.Next() {
				var name string
				var sealed []byte
				if err := r.Scan(&name, &sealed); err != nil {
					t.Fatal(err)
				}
				if SealedBy(XChaCha, sealed) {
					anew++
				} else {
					left++
				}
				if text, err := lock.Open(sealed, []byte(name)); name != "nobody's" && (err != nil || string(text) != name) {
					t.Errorf("%s: %q %v", name, text, err)
				}
			}
			return anew, left
		}
		for _, fault = range []error{ErrKeyLost, ErrDamaged} {
			if _, err := w.Reseal(ctx, XChaCha, nil); (err == nil) == errors.Is(fault, ErrDamaged) {
				t.Errorf("%v: %v", fault, err)
			}
			if anew, left := count("one"); anew != rows || left != 1 {
				t.Errorf("%v: %d anew, %d left", fault, anew, left)
			}
		}
		w.exec("UPDATE other SET sealed = $1 WHERE name = 'row 3'", lock.Seal(AES, []byte("row 3"), []byte("row 3")))
		fault = nil
		stopped, stop := context.WithCancel(ctx)
		cut = stop
		if _, err := w.Reseal(stopped, XChaCha, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("cut off: %v", err)
		}
		if anew, left := count("one"); anew != rows || left != 0 {
			t.Errorf("the first: %d anew, %d left", anew, left)
		}
		if anew, left := count("other"); anew != rows-1 || left != 2 {
			t.Errorf("the other: %d anew, %d left", anew, left)
		}
		cut = func() {}
		w.exec("UPDATE other SET sealed = $1 WHERE name = 'row 5'", lock.Seal(AES, []byte("row 6"), []byte("row 6"))) // another's
		if _, err := w.Reseal(ctx, XChaCha, nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("a row that was moved: %v", err)
		}
		w.exec("DELETE FROM other WHERE name = 'row 5'")
		if done, err := w.Reseal(ctx, XChaCha, nil); err != nil || done.Rows+done.Dropped != 0 {
			t.Errorf("%+v %v", done, err)
		}
		if anew, left := count("other"); anew != rows-1 || left != 0 {
			t.Errorf("the other at the end: %d anew, %d left", anew, left)
		}
	})
}

// What a later release chose, or a key store that cannot be read, is said, and told to who asks until it is over: nothing is sealed by a cipher
// that nobody chose without a word.
func TestUnreadCipherIsSaid(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		watching, end := context.WithCancel(context.Background())
		said := make(chan error, 100)
		var done sync.WaitGroup
		done.Go(func() { w.Keys.Watch(watching, func(err error) { said <- err }) })
		defer func() { end(); done.Wait() }()
		until := func(want bool) {
			t.Helper()
			for range 100 {
				if (w.Keys.Unread() != nil) == want {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Fatalf("unread is %v", w.Keys.Unread())
		}
		until(false)
		w.execKeys("INSERT INTO key_cipher VALUES (99, 'of-tomorrow', 1)")
		until(true)
		if err := <-said; keyOf(err) != "vault.cipher_unknown" || keyOf(w.Keys.Unread()) != "vault.cipher_unknown" {
			t.Errorf("said %v", err)
		}
		time.Sleep(3 * w.Keys.follows())
		if n := len(said); n > 0 {
			t.Errorf("it is said %d times more in a moment", n)
		}
		w.execKeys("DELETE FROM key_cipher")
		until(false)
		w.execKeys("ALTER TABLE key_cipher RENAME TO away")
		until(true)
		w.execKeys("ALTER TABLE away RENAME TO key_cipher")
		until(false)
	})
}
