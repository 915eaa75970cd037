package seal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/internal/pgtest"
)

const realm civic.Realm = "boston"

var began = civic.At(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC))

// world is a journal without rooms, and its sealer.
type world struct {
	*Sealer
	t    testing.TB
	ctx  context.Context
	now  civic.Instant
	acts []journal.Act
}

func newWorld(t testing.TB, source string) *world {
	w := &world{t: t, ctx: context.Background(), now: began}
	db, err := store.Open(w.ctx, source)
	w.must(err)
	t.Cleanup(func() { db.Close() })
	w.must(db.Migrate(w.ctx, journal.Migrations(), Migrations()))
	w.must(db.Update(w.ctx, func(tx *store.Tx) error { return journal.Found(w.ctx, tx, realm) }))
	w.Sealer, err = Open(w.ctx, Config{
		DB: db, Realm: realm, Folder: filepath.Join(t.TempDir(), "keys"), Host: "city.example", Now: func() civic.Instant { return w.now },
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	w.must(err)
	return w
}

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newWorld(t, filepath.Join(t.TempDir(), "a.db"))) })
	t.Run("postgres", func(t *testing.T) { test(t, newWorld(t, pgtest.URL(t))) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// act records acts, one second apart; every third of those asked for as mixed is private.
func (w *world) act(n int, mixed bool) {
	w.t.Helper()
	w.must(w.DB.Update(w.ctx, func(tx *store.Tx) error {
		h, err := journal.LockHead(w.ctx, tx, realm)
		if err != nil {
			return err
		}
		var rows []store.Row
		for i := range n {
			w.now = w.now.Add(time.Second)
			h.Position++
			h.Recorded = w.now
			a := journal.Act{
				Realm: realm, Position: h.Position, Dossier: civic.DossierID(fmt.Sprintf("matter/%08d", h.Position)), Seq: 1, Type: "matter.reported",
				Version: 1, Actor: "resident:x", Power: "matter.anyone_reports", Policies: "00", Happened: w.now, Recorded: w.now,
				Private: mixed && i%3 == 0, Data: []byte(`{"number":"1"}`), Salt: bytes.Repeat([]byte{byte(h.Position)}, 32),
			}
			a.Commitment = a.Commit()
			w.acts = append(w.acts, a)
			rows = append(rows, a.Row())
		}
		if err := tx.Write(w.ctx, journal.ActTable, rows); err != nil {
			return err
		}
		return journal.SetHead(w.ctx, tx, realm, h)
	}))
}

func (w *world) seal() Log {
	w.t.Helper()
	w.must(w.CatchUp(w.ctx))
	return w.log()
}

func (w *world) log() Log {
	w.t.Helper()
	l, ok, err := Current(w.ctx, w.DB.R, realm)
	if !ok {
		w.t.Fatal("no log")
	}
	w.must(err)
	return l
}

// findings are what a check finds.
func (w *world) findings() []string {
	w.t.Helper()
	var out []string
	_, err := Check(w.ctx, w.DB, realm, func(where, format string, args ...any) { out = append(out, where+": "+fmt.Sprintf(format, args...)) })
	w.must(err)
	return out
}

func (w *world) sound() {
	w.t.Helper()
	if f := w.findings(); len(f) > 0 {
		w.t.Fatalf("a sound log has findings: %q", f)
	}
}

// entries reads a log as anybody would: by its tiles.
func (w *world) entries(l *Log) (out [][]byte) {
	w.t.Helper()
	for n := int64(0); n<<8 < l.Size; n++ {
		width := int(min(256, l.Size-n<<8))
		text, err := Tile(w.ctx, w.DB.R, realm, l, TilePath(-1, n, width))
		w.must(err)
		for len(text) > 0 {
			size := int(binary.BigEndian.Uint16(text))
			out = append(out, text[2:2+size])
			text = text[2+size:]
		}
	}
	return out
}

func TestEveryActIsSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.Chunk = 300
		w.act(700, true)
		l := w.seal()
		if public := int64(700 - 234); l.Size != public {
			t.Fatalf("%d leaves within the hour, not the %d public ones", l.Size, public)
		}
		w.sound()
		for hour := 0; hour < 3; hour++ { // 700 acts, a second each, end within the hour; the next ones are empty
			w.now = w.now.Add(time.Hour)
			l = w.seal()
		}
		if want := int64(466 + 256 + 8 + 8); l.Size != want {
			t.Fatalf("%d leaves, not %d: the hour's private ones rounded up to 256, and two empty hours", l.Size, want)
		}
		w.sound()
		entries := w.entries(&l)
		at := map[string]int{}
		for i, e := range entries {
			if _, ok := ParseActEntry(e); !ok {
				t.Fatalf("leaf %d is %q", i, e)
			}
			at[string(e)] = i
		}
		inOrder := true
		last := -1
		for _, a := range w.acts {
			i, ok := at[string(ActEntry(a.Commitment))]
			if !ok {
				t.Fatalf("act %d is in no leaf", a.Position)
			}
			if a.Private {
				inOrder = inOrder && i > last
				last = i
			}
		}
		if inOrder {
			t.Error("the private acts stand in the order in which they came")
		}
		// The other pair of eyes: the same root, from the entries, by the text of the RFC.
		var when uint64
		body, err := openNote(l.Checkpoint, l.Key, &when)
		w.must(err)
		if want := fmt.Sprintf("city.example/log/boston\n%d\n%s\n", len(entries), base64.StdEncoding.EncodeToString(mth(entries))); body != want {
			t.Errorf("the checkpoint says\n%sthe entries lead to\n%s", body, want)
		}
		if when != uint64(w.now.Time().Unix()) {
			t.Errorf("the checkpoint says %d", when)
		}
	})
}

func TestTreesOfEverySize(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	var entries [][]byte
	for len(w.acts) < 600 {
		w.act(1+len(w.acts)%7, false)
		l := w.seal()
		entries = w.entries(&l)
		c, err := ParseCheckpoint(l.Checkpoint, Keys{Log: []string{l.Key}})
		w.must(err)
		if got := c.Tree.Hash[:]; !bytes.Equal(got, mth(entries)) {
			t.Fatalf("size %d: another root", l.Size)
		}
	}
	l := w.log()
	root := mth(entries)
	for _, i := range []int64{0, 1, 127, 255, 256, 511, l.Size - 1} {
		proof, err := Prove(w.ctx, w.DB.R, realm, 1, i, l.Size)
		w.must(err)
		var hashes [][]byte
		for _, h := range proof {
			hashes = append(hashes, h[:])
		}
		if err := inclusion(leafHash(entries[i]), uint64(i), uint64(l.Size), hashes, root); err != nil {
			t.Errorf("leaf %d: %v", i, err)
		}
		if i == 0 {
			continue
		}
		chain, err := Consistency(w.ctx, w.DB.R, realm, 1, i, l.Size)
		w.must(err)
		hashes = hashes[:0:0]
		for _, h := range chain {
			hashes = append(hashes, h[:])
		}
		if err := consistent(uint64(i), uint64(l.Size), mth(entries[:i]), root, hashes); err != nil {
			t.Errorf("size %d: %v", i, err)
		}
	}
}

func TestTilesAsC2SPWrites(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	w.act(600, false)
	l := w.seal()
	for path, size := range map[string]int{
		"tile/0/000": 8192, "tile/0/001": 8192, "tile/0/002.p/88": 88 * 32, "tile/0/002.p/1": 32, "tile/1/000.p/2": 64, "tile/1/000.p/1": 32,
		"tile/entries/000": 256 * 50, "tile/entries/002.p/88": 88 * 50,
	} {
		if got, err := Tile(w.ctx, w.DB.R, realm, &l, path); err != nil || len(got) != size {
			t.Errorf("%s: %d bytes, %v", path, len(got), err)
		}
	}
	for _, path := range []string{
		"", "tile", "tile/", "tile/0/2", "tile/0/002", "tile/0/002.p/89", "tile/0/002.p/0", "tile/0/002.p/088", "tile/0/002.p/256", "tile/00/000", "tile/-1/000",
		"tile/1/000", "tile/1/000.p/3", "tile/2/000.p/1", "tile/0/x000/000", "tile/0/003.p/1", "tile/64/000", "tile/data/000", "tile/entries/000.p/256",
		"tile/entries/../0/000", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/000/", "tile/0/000.p", "checkpoint",
	} {
		if got, err := Tile(w.ctx, w.DB.R, realm, &l, path); err != ErrNone {
			t.Errorf("%q: %d bytes, %v", path, len(got), err)
		}
	}
	if got := TilePath(0, 1234067, 256); got != "tile/0/x001/x234/067" {
		t.Error(got)
	}
	if got := TilePath(-1, 5, 12); got != "tile/entries/005.p/12" {
		t.Error(got)
	}
}

func TestTwoProcessesSealOneLog(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		other, err := Open(w.ctx, w.Config)
		w.must(err)
		done := make(chan error, 2)
		for _, s := range []*Sealer{w.Sealer, other} {
			go func() {
				var err error
				for range 60 {
					if err = s.CatchUp(w.ctx); err != nil {
						break
					}
				}
				done <- err
			}()
		}
		for range 30 {
			w.act(10, false)
		}
		w.must(<-done)
		w.must(<-done)
		if l := w.seal(); l.Size != 300 {
			t.Errorf("%d leaves", l.Size)
		}
		w.sound()
	})
}

func TestTimesDoNotGoBack(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	w.act(3, false)
	first := w.seal()
	ahead := w.now
	w.now = w.now.Add(-time.Hour) // the machine's clock was set back; recorded times are not
	w.act(1, false)
	w.now = began
	if l := w.seal(); l.At < first.At || l.At < ahead || l.Size != 4 {
		t.Errorf("%v after %v", l.At, first.At)
	}
	w.sound()
}

func TestGoldenTrees(t *testing.T) {
	goldenXMod(t)
	goldenMerkle(t)
}

func TestTheDatabaseThatIsOlderThanItsKey(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.act(10, false)
		l := w.seal()
		w.must(os.WriteFile(GuardPath(w.Folder, realm), []byte(w.other(30)), 0o600)) // the key signed more than is here
		refused(t, reopen(w), "seal.rolled_back")
		w.must(os.WriteFile(GuardPath(w.Folder, realm), []byte(w.other(10)), 0o600)) // or something else
		refused(t, reopen(w), "seal.forked")
		w.must(os.WriteFile(GuardPath(w.Folder, realm), []byte(l.Checkpoint), 0o600))
		w.must(reopen(w))
		w.must(os.Rename(KeyPath(w.Folder, realm), filepath.Join(w.Folder, "away")))
		refused(t, reopen(w), "seal.key_missing")
		_, err := CreateKey(KeyPath(w.Folder, realm), l.Origin)
		w.must(err)
		refused(t, reopen(w), "seal.key_other")
		w.must(os.Chmod(KeyPath(w.Folder, realm), 0o644))
		refused(t, reopen(w), "seal.key_mode")
	})
}

func reopen(w *world) error {
	_, err := Open(w.ctx, w.Config)
	return err
}

func refused(t *testing.T, err error, key string) {
	t.Helper()
	rs, ok := civic.AsRefusals(err)
	if !ok || rs[0].Key != key {
		t.Errorf("%v, not the refusal %s", err, key)
	}
}

// other is a checkpoint that the log's key signed of another tree.
func (w *world) other(size int) string {
	w.t.Helper()
	signer, err := OpenKey(KeyPath(w.Folder, realm))
	w.must(err)
	e := &edge{}
	for i := range size {
		e.add(ActEntry(bytes.Repeat([]byte{byte(i)}, 32)))
	}
	root, err := e.root()
	w.must(err)
	text, err := signer.signAt(head(signer.Name(), tlog.Tree{N: int64(size), Hash: root}), w.now)
	w.must(err)
	return text
}

func TestKeysAreSucceededInPublic(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.act(5, false)
		before := w.seal()
		serving, err := Open(w.ctx, w.Config) // another process, which does not know yet
		w.must(err)
		w.must(serving.CatchUp(w.ctx))
		change, err := w.Rotate(w.ctx)
		w.must(err)
		if change.Old != before.Key || change.New == before.Key {
			t.Fatal(change)
		}
		w.act(5, false)
		w.must(serving.CatchUp(w.ctx))
		after := w.log()
		w.sound()
		entries := w.entries(&after)
		read, ok := ParseKeyChange(entries[5])
		if !ok || read != change {
			t.Fatalf("leaf 5 is %q", entries[5])
		}
		if after.Size != 11 || after.Key != change.New || after.Origin != before.Origin {
			t.Error(after)
		}
		for i := range entries[5] {
			forged := bytes.Clone(entries[5])
			forged[i] ^= 1
			if k, ok := ParseKeyChange(forged); ok && k != change {
				t.Errorf("byte %d: another change is signed", i)
			}
		}
		if _, err := os.Stat(KeyPath(w.Folder, realm) + nextKey); err == nil {
			t.Error("the next key is left beside its place")
		}

		// Lost: another origin goes on, naming the last checkpoint.
		w.must(os.Remove(KeyPath(w.Folder, realm)))
		begun, err := Continue(w.ctx, w.Config, "lost", "", 0)
		w.must(err)
		if begun.Origin != "city.example/log/boston/2" || begun.Number != 2 {
			t.Error(begun)
		}
		w.act(4, false)
		w.must(serving.CatchUp(w.ctx))
		w.sound()
		now := w.log()
		entries = w.entries(&now)
		c, ok := ParseContinuation(entries[0])
		if !ok || c.Of != after.Origin || c.Last != after.Checkpoint || c.Held != 11 || now.Size != 5 {
			t.Errorf("%q", entries[0])
		}
		if from, end := c.Lost(); from != end {
			t.Error("something is said to be lost")
		}
		begun, err = Continue(w.ctx, w.Config, "restored", w.other(40), 0)
		w.must(err)
		if begun.Origin != "city.example/log/boston/3" {
			t.Error(begun.Origin)
		}
		now = w.log()
		c, _ = ParseContinuation(w.entries(&now)[0])
		if from, end := c.Lost(); from != 5 || end != 40 {
			t.Errorf("lost %d to %d", from, end)
		}
		w.sound()
	})
}

func TestARotationCutOff(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	w.act(5, false)
	w.seal()
	// Before the commit: the next key lies there, and is nobody's.
	_, err := CreateKey(KeyPath(w.Folder, realm)+nextKey, w.log().Origin)
	w.must(err)
	w.act(1, false)
	w.seal()
	_, err = w.Rotate(w.ctx)
	w.must(err)
	// After the commit and before the renaming.
	path := KeyPath(w.Folder, realm)
	w.must(os.Rename(path, path+nextKey))
	_, err = CreateKey(path, w.log().Origin)
	w.must(err)
	w.must(reopen(w))
	w.act(1, false)
	w.seal()
	w.sound()
}

// What somebody with the database's password may do, and what a check says.
func TestWhatACheckCatches(t *testing.T) {
	tamper := map[string]struct {
		sql  []string
		want string
	}{
		"a changed act":     {[]string{"UPDATE acts SET commitment = (SELECT b.commitment FROM acts b WHERE b.position = 9) WHERE position = 8"}, "tile 0/0: is not what the leaves lead to"},
		"a removed act":     {[]string{"DELETE FROM acts WHERE position = 8"}, "leaf 8: follows leaf 6"},
		"an act in no leaf": {[]string{"UPDATE seal_leaves SET count = 19"}, "act 20: is in no log"},
		"an act in another's place": {[]string{"UPDATE seal_leaves SET position = NULL, entry = 'act AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='"},
			"looks like an act and belongs to none"},
		"hidden acts": {[]string{"UPDATE seal_leaves SET position = NULL, entry = 'decoy AAAA'"}, "act 8: is in no log"},
		"an act in two leaves": {[]string{"INSERT INTO seal_leaves (realm, log, leaf, count, position) VALUES ('boston', 1, 20, 1, 8)", "UPDATE seal_logs SET size = 21"},
			"act 8: is in two leaves"},
		"an act in a leaf beyond the log": {[]string{"UPDATE seal_leaves SET count = 19", "INSERT INTO seal_leaves (realm, log, leaf, count, position) VALUES ('boston', 1, 40, 1, 20)"},
			"act 20: is said to be in a leaf that no log has"},
		"an act in no log's leaf": {[]string{"UPDATE seal_leaves SET count = 19", "INSERT INTO seal_leaves (realm, log, leaf, count, position) VALUES ('boston', 9, 1, 1, 20)"},
			"act 20: is said to be in a leaf that no log has"},
		"a reordered pair": {[]string{"UPDATE acts SET position = 1000 WHERE position = 8", "UPDATE acts SET position = 8 WHERE position = 9",
			"UPDATE acts SET position = 9 WHERE position = 1000"}, "is not what the leaves lead to"},
		"removed leaves":          {[]string{"DELETE FROM seal_leaves"}, "has 0 leaves, and its row says 20"},
		"a shorter log":           {[]string{"UPDATE seal_leaves SET count = 19", "UPDATE seal_logs SET size = 19"}, "is not what the leaves lead to"},
		"a changed tile":          {[]string{"UPDATE seal_tiles SET hashes = (SELECT salt FROM acts WHERE position = 1) WHERE level = 0"}, "is not what the leaves lead to"},
		"a removed tile":          {[]string{"DELETE FROM seal_tiles"}, "tile 0/0: is missing"},
		"another checkpoint":      {[]string{"UPDATE seal_logs SET checkpoint = '@other'"}, "has a checkpoint of another tree"},
		"no checkpoint":           {[]string{"UPDATE seal_logs SET checkpoint = ''"}, "has a checkpoint that does not hold"},
		"a backdated checkpoint":  {[]string{"UPDATE seal_logs SET checkpoint = '@backdated'"}, "an act in it was recorded at"},
		"a replaced key":          {[]string{"UPDATE seal_logs SET key = '@key'"}, "has a checkpoint that does not hold"},
		"a log that is not there": {[]string{"UPDATE seal_logs SET log = 2"}, "and not the one that goes on"},
	}
	for name, c := range tamper {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.act(20, false)
				l := w.seal()
				w.sound()
				signer, err := OpenKey(KeyPath(w.Folder, realm))
				w.must(err)
				_, tree, err := peek(l.Checkpoint)
				w.must(err)
				backdated, err := signer.signAt(head(l.Origin, tree), began)
				w.must(err)
				strange, err := CreateKey(filepath.Join(t.TempDir(), "k"), l.Origin)
				w.must(err)
				fill := strings.NewReplacer("@other", w.other(20), "@backdated", backdated, "@key", strange.Verifier)
				w.must(w.DB.Update(w.ctx, func(tx *store.Tx) error {
					for _, q := range c.sql {
						if _, err := tx.ExecContext(w.ctx, fill.Replace(q)); err != nil {
							return err
						}
					}
					return nil
				}))
				found := strings.Join(w.findings(), "\n")
				if !strings.Contains(found, c.want) {
					t.Errorf("found %q, not %q", found, c.want)
				}
			})
		})
	}
}

// A database is put back under the hands of a process that seals, and grows on.
func TestRolledBackWhileServing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.act(10, false)
		w.seal()
		kept := []string{"acts", "heads", "seal_leaves", "seal_logs", "seal_tiles"}
		do := func(queries ...string) {
			w.must(w.DB.Update(w.ctx, func(tx *store.Tx) error {
				for _, q := range queries {
					if _, err := tx.ExecContext(w.ctx, q); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		for _, table := range kept {
			do("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
		}
		w.act(10, false)
		w.seal()
		for _, table := range kept {
			do("DELETE FROM "+table, "INSERT INTO "+table+" SELECT * FROM kept_"+table)
		}
		w.act(1, false)
		refused(t, w.CatchUp(w.ctx), "seal.rolled_back")
		w.act(14, false)
		refused(t, w.CatchUp(w.ctx), "seal.rolled_back")
		var found []string
		w.must(CheckKeys(w.ctx, w.DB.R, realm, w.Folder, func(_, format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }))
		if len(found) != 1 || !strings.Contains(found[0], "has another log") {
			t.Errorf("verify says %q of a database older than what its key signed", found)
		}
	})
}

// The clock of one round was ten years ahead; private acts are sealed all the same once it is right again.
func TestAClockThatRanAhead(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.act(3, true)
		w.seal()
		right := w.now
		w.now = w.now.Add(10 * 365 * 24 * time.Hour)
		w.seal()
		w.now = right
		w.act(3, true)
		w.seal()
		w.now = w.now.Add(time.Hour)
		w.seal()
		w.sound()
		counts, err := Check(w.ctx, w.DB, realm, func(string, string, ...any) {})
		w.must(err)
		if counts.Waiting != 0 {
			t.Errorf("%d acts wait", counts.Waiting)
		}
	})
}

func TestLineage(t *testing.T) {
	for origin, want := range map[string]struct {
		first  string
		number int64
	}{
		"city.example/log/harbour": {"city.example/log/harbour", 1}, "city.example/log/harbour/2": {"city.example/log/harbour", 2},
		"city.example/log/harbour/02": {"city.example/log/harbour/02", 1}, "city.example/log/7": {"city.example/log/7", 1},
		"city.example/log/7/3": {"city.example/log/7", 3}, "x": {"x", 1}, "": {"", 1}, "log/2": {"log/2", 1},
	} {
		if first, n := Lineage(origin); first != want.first || n != want.number {
			t.Errorf("%q: %q, %d", origin, first, n)
		}
	}
}
