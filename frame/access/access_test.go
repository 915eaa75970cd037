package access

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/internal/pgtest"
)

const realm civic.Realm = "boston"

// world is a record before a vault on a fresh database, with a clock that is turned by hand.
type world struct {
	*Record
	t      *testing.T
	now    atomic.Int64
	leaves [][]byte
}

func newWorld(t *testing.T, source string) *world {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	if source == "" {
		source = filepath.Join(dir, "skein.db")
	}
	db, err := store.Open(ctx, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(ctx, vault.Migrations(), Migrations()); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	master, err := vault.CreateMaster(filepath.Join(dir, "keys", "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := vault.OpenKeys(ctx, filepath.Join(dir, "keys", "boxes.db"), master)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keys.Close() })
	v := &vault.Vault{DB: db, Keys: keys, Blobs: vault.Disk{Dir: filepath.Join(dir, "blobs")}}
	if err := v.Settle(ctx, nil, realm); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t}
	w.now.Store(int64(civic.At(time.Date(2026, 1, 5, 9, 0, 30, 0, time.UTC))))
	w.Record = &Record{DB: db, Vault: v, Realm: realm, Now: func() civic.Instant { return civic.Instant(w.now.Load()) }}
	return w
}

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newWorld(t, "")) })
	t.Run("postgres", func(t *testing.T) { test(t, newWorld(t, pgtest.URL(t))) })
}

func (w *world) pass(d time.Duration) { w.now.Store(int64(w.Now().Add(d))) }

// box makes one with a text and a photo, and gives their digests.
func (w *world) box(text string) (box, textDigest, photoDigest string) {
	w.t.Helper()
	b, err := w.Vault.NewBox(context.Background(), realm, "matter")
	if err != nil {
		w.t.Fatal(err)
	}
	textDigest = b.Seal("text", []byte(text))
	photoDigest, err = b.SealBlob(context.Background(), w.Vault.Blobs, "photo/1", []byte("a picture of "+text))
	if err == nil {
		err = w.DB.Update(context.Background(), func(tx *store.Tx) error { return tx.WriteAll(context.Background(), b.Writes()) })
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return b.ID, textDigest, photoDigest
}

func (w *world) update(f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	if err := w.DB.Update(context.Background(), func(tx *store.Tx) error { return f(context.Background(), tx) }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// seal closes the hours before now, and keeps the leaf as the log would.
func (w *world) seal(kept int) (leaf []byte) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *store.Tx) (err error) {
		leaf, err = Seal(ctx, tx, realm, hourOf(w.Now()), kept)
		return err
	})
	if leaf != nil {
		w.leaves = append(w.leaves, leaf)
	}
	return leaf
}

func (w *world) check() (Counts, []string) {
	w.t.Helper()
	var found []string
	n, err := Check(context.Background(), w.DB.R, realm, w.leaves, func(where, format string, args ...any) {
		found = append(found, where+" "+fmt.Sprintf(format, args...))
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n, found
}

func (w *world) of(box string) []Reading {
	w.t.Helper()
	out, err := w.Of(context.Background(), box)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func who(post string) Who {
	return Who{Actor: civic.Actor{Kind: civic.Post, Post: civic.PostID(post), For: "somebody"}, Power: "matter.lead_works", Purpose: Handling}
}

func TestOpenIsRecorded(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		box, text, photo := w.box("one")
		got, err := w.Open(ctx, who("pwd/head"), box, photo, text, strings.Repeat("0", 64))
		if err != nil || len(got) != 2 || string(got[0].Text) != "one" || string(got[1].Text) != "a picture of one" {
			t.Fatal(got, err)
		}
		rows := w.of(box)
		if len(rows) != 1 || rows[0].Reader != "post:pwd/head" || rows[0].Post() != "pwd/head" || !slices.Equal(rows[0].Parts, []string{"photo/1", "text"}) ||
			rows[0].Power != "matter.lead_works" || rows[0].Purpose != Handling || rows[0].Minute.Time().Second() != 0 {
			t.Errorf("%+v", rows)
		}
		// What is not there was read by nobody; what is not anybody's neither.
		if got, err := w.Open(ctx, who("pwd/head"), box, strings.Repeat("0", 64)); got != nil || err != nil {
			t.Error(got, err)
		}
		if _, err := w.Open(ctx, who("pwd/head"), "no such box", text); !errors.Is(err, vault.ErrMissing) {
			t.Error(err)
		}
		if all, err := w.Own(ctx, box); err != nil || len(all) != 2 {
			t.Error(all, err)
		}
		if mine, err := w.OwnPart(ctx, box, photo); err != nil || string(mine.Text) != "a picture of one" {
			t.Error(mine, err)
		}
		// Another post, power, purpose, part or minute is another row.
		for _, x := range []struct {
			who    Who
			digest string
			rows   int
		}{
			{who("pwd/head"), text, 2}, {who("pwd/head"), text, 2}, {who("pwd/handler"), text, 3},
			{Who{who("pwd/head").Actor, "own.rule", OwnRule}, text, 4}, {who("pwd/head"), photo, 5}, {who("pwd/head"), photo, 5},
		} {
			if _, err := w.Open(ctx, x.who, box, x.digest); err != nil {
				t.Fatal(err)
			}
			if n := len(w.of(box)); n != x.rows {
				t.Errorf("%+v: %d rows, want %d", x, n, x.rows)
			}
		}
		w.pass(time.Minute)
		if _, err := w.Open(ctx, who("pwd/head"), box, text); err != nil || len(w.of(box)) != 6 {
			t.Error(err, len(w.of(box)))
		}
		w.update(func(ctx context.Context, tx *store.Tx) error {
			return w.Vault.Erase(ctx, tx, realm, []string{box}, w.Now())
		})
		if got, err := w.Open(ctx, who("pwd/head"), box, text); got != nil || !errors.Is(err, vault.ErrErased) || !Gone(err) {
			t.Error(got, err)
		}
	})
}

// Many who read at once are all recorded, each once, before any is shown anything.
func TestManyAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const posts, boxes = 12, 4
		var ids, texts []string
		for i := range boxes {
			box, text, _ := w.box(fmt.Sprint("text ", i))
			ids, texts = append(ids, box), append(texts, text)
		}
		var wg sync.WaitGroup
		for p := range posts {
			for range 2 { // and the same post from two browsers
				wg.Go(func() {
					for i := range boxes {
						for range 3 {
							got, err := w.Open(context.Background(), who(fmt.Sprint("pwd/p", p)), ids[i], texts[i])
							if err != nil || len(got) != 1 {
								t.Error(got, err)
								return
							}
							if rows, _ := w.Of(context.Background(), ids[i]); !slices.ContainsFunc(rows, func(r Reading) bool { return r.Reader == fmt.Sprint("post:pwd/p", p) }) {
								t.Errorf("p%d was shown box %d before it was recorded", p, i)
							}
						}
					}
				})
			}
		}
		wg.Wait()
		for _, box := range ids {
			if n := len(w.of(box)); n != posts {
				t.Errorf("%d rows, want %d", n, posts)
			}
		}
	})
}

// Readings of two processes and the sealing of hours go on beside each other: each that was shown something is in the record once, in an
// hour that was not sealed when it came, and what was sealed holds.
func TestReadWhileSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		box, text, _ := w.box("one")
		other := &Record{DB: w.DB, Vault: w.Vault, Realm: realm, Now: w.Now}
		var wg sync.WaitGroup
		var shown atomic.Int64
		done := make(chan struct{})
		for i, r := range []*Record{w.Record, other, w.Record, other} {
			wg.Go(func() {
				for n := range 40 {
					if got, err := r.Open(context.Background(), who(fmt.Sprintf("pwd/p%d-%d", i, n)), box, text); err != nil || len(got) != 1 {
						t.Error(got, err)
						return
					}
					shown.Add(1)
				}
			})
		}
		go func() { wg.Wait(); close(done) }()
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
				w.pass(20 * time.Minute)
				w.seal(0)
			}
		}
		w.pass(time.Hour)
		w.seal(0)
		n, found := w.check()
		if len(found) > 0 || n.Readings != shown.Load() || n.Unsealed != 0 || len(w.of(box)) != int(shown.Load()) {
			t.Errorf("%+v of %d readings, %d of the box; %q", n, shown.Load(), len(w.of(box)), found)
		}
		// Two that draw the same numbers are told apart, and nothing is lost.
		other.lane, other.count = w.lane, 0
		w.Record.count = 0
		for i, r := range []*Record{w.Record, other, w.Record, other} {
			if _, err := r.Open(t.Context(), who(fmt.Sprint("pwd/q", i)), box, text); err != nil {
				t.Error(err)
			}
		}
		if n, found := w.check(); n.Unsealed != 4 || len(found) > 0 {
			t.Errorf("%+v, %q", n, found)
		}
	})
}

// Nothing is shown where nothing can be written; a reader who goes away is shown nothing either.
func TestUnwritten(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		box, text, _ := w.box("one")
		gone, leave := context.WithCancel(t.Context())
		leave()
		if got, err := w.Open(gone, who("pwd/head"), box, text); got != nil || err == nil {
			t.Error(got, err)
		}
		w.pass(time.Minute)
		w.exec("ALTER TABLE access_readings RENAME TO away")
		got, err := w.Open(t.Context(), who("pwd/other"), box, text)
		if rs, ok := civic.AsRefusals(err); got != nil || !ok || rs[0].Key != "access.unrecorded" || rs.Kind() != civic.Unavailable {
			t.Error(got, err)
		}
		w.exec("ALTER TABLE away RENAME TO access_readings")
		if got, err := w.Open(t.Context(), who("pwd/other"), box, text); len(got) != 1 || err != nil {
			t.Error(got, err)
		}
	})
}

func TestSpans(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		box, text, _ := w.box("one")
		other, otherText, _ := w.box("two")
		read := func(box, text string) {
			t.Helper()
			if _, err := w.Open(ctx, who("pwd/head"), box, text); err != nil {
				t.Fatal(err)
			}
		}
		hold := func(want Counts, wrong ...string) {
			t.Helper()
			n, found := w.check()
			if n != want && len(wrong) == 0 {
				t.Errorf("%+v, want %+v", n, want)
			}
			for i, x := range wrong {
				if i >= len(found) || !strings.Contains(found[i], x) {
					t.Errorf("found %q, want %q", found, wrong)
				}
			}
			if len(wrong) == 0 && len(found) > 0 {
				t.Errorf("found %q", found)
			}
		}
		hold(Counts{})
		first := w.seal(0)
		read(box, text)
		read(other, otherText)
		hold(Counts{Spans: 1, Readings: 2, Unsealed: 2})
		if w.seal(0) != nil {
			t.Error("an hour that runs is sealed")
		}
		w.pass(time.Hour)
		second := w.seal(0)
		w.pass(3 * time.Hour) // nobody served meanwhile
		third := w.seal(0)
		hold(Counts{Spans: 3, Readings: 2})
		for i, leaf := range [][]byte{first, second, third} {
			want := []string{"since 0001-01-01T00:00:00Z\nuntil 2026-01-05T09:00:00Z\n", "since 2026-01-05T09:00:00Z\nuntil 2026-01-05T10:00:00Z\n", "since 2026-01-05T10:00:00Z\nuntil 2026-01-05T13:00:00Z\n"}[i]
			if !strings.HasPrefix(string(leaf), "skein readings 1\n"+want+"digest ") || strings.Contains(string(leaf), box) {
				t.Errorf("%s", leaf)
			}
		}
		// A clock that was set back reads into no hour that is sealed, and seals none anew.
		w.pass(-2 * time.Hour)
		read(box, text)
		if rows := w.of(box); hourOf(rows[0].Minute).Time().Hour() != 13 {
			t.Errorf("recorded at %v", rows[0].Minute.Time())
		}
		if w.seal(0) != nil {
			t.Error("an hour is sealed twice")
		}
		w.pass(2 * time.Hour)
		hold(Counts{Spans: 3, Readings: 3, Unsealed: 1})

		w.update(func(ctx context.Context, tx *store.Tx) error { return Erase(ctx, tx, realm, []string{box}) })
		if len(w.of(box)) != 0 || len(w.of(other)) != 1 {
			t.Error("other rows were emptied than hers")
		}
		hold(Counts{Spans: 3, Readings: 3, Emptied: 2, Unsealed: 1})

		kept := w.leaves
		w.leaves = append(slices.Clone(kept), []byte("skein readings 1\nsince x\nuntil y\ndigest z\n"))
		hold(Counts{}, "readings until y are in the log and not in the record")
		w.leaves = kept[:2]
		hold(Counts{}, "are sealed by nothing in the log")
		w.leaves = kept
		w.exec("UPDATE access_readings SET minute = minute + 60000000 WHERE box = $1", other)
		hold(Counts{}, "says something else")
		w.exec("UPDATE access_readings SET minute = minute - 60000000 WHERE box = $1", other)
		w.exec("UPDATE access_heads SET until = until - 3600000000")
		hold(Counts{}, "said to be sealed until")
		w.exec("UPDATE access_heads SET until = until + 3600000000")
		hold(Counts{Spans: 3, Readings: 3, Emptied: 2, Unsealed: 1})

		// Rows are emptied after their time, counted from the hour that ends.
		w.pass(24 * time.Hour)
		w.seal(2)
		if len(w.of(other)) != 1 {
			t.Error("emptied too soon")
		}
		w.pass(24 * time.Hour)
		w.seal(2)
		if len(w.of(other)) != 0 {
			t.Error("kept too long")
		}
		hold(Counts{Spans: 5, Readings: 3, Emptied: 3})
		w.exec("DELETE FROM access_readings WHERE hour = (SELECT min(hour) FROM access_readings)")
		hold(Counts{}, "are not those that were sealed")
	})
}

// Every purpose is said in both languages, and has a form that a row can hold.
func TestPurposes(t *testing.T) {
	for _, file := range []string{"messages.en.json", "messages.zh-Hans.json"} {
		text, err := Messages.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range Purposes {
			if !strings.Contains(string(text), `"access.purpose.`+string(p)+`"`) {
				t.Errorf("%s does not say %s", file, p)
			}
		}
	}
}
