package courier

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/store"
)

func TestRow(t *testing.T) {
	var last string
	for _, at := range [][2]int{{1, 0}, {1, 1}, {1, 11}, {2, 0}, {10, 0}, {999_999_999_999, 999}} {
		r, err := Row(realm, civic.Position(at[0]), at[1], Note{To: ToBody("pwd"), Kind: "k", Key: "m"})
		if err != nil {
			t.Fatal(err)
		}
		if len(r) != len(OutboxTable.Columns) {
			t.Fatalf("%d values", len(r))
		}
		if id := r[1].(string); id <= last {
			t.Errorf("%s does not follow %s", id, last)
		} else {
			last = id
		}
	}
	for _, c := range []struct {
		to To
		ok bool
	}{
		{ToPost("pwd/head"), true}, {ToBody("pwd"), true}, {ToBox("01hz"), true},
		{secretAddress, false}, {"mail:" + secretAddress, false}, {"tel:+16175550100", false}, {"post:" + secretAddress, false},
		{"post:a@b/c", false}, {"https://example.org", false}, {"box:", false}, {"", false}, {"box:01hz\nx", false},
	} {
		if _, err := Row(realm, 1, 0, Note{To: c.to}); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.to, err)
		} else if err != nil && strings.Contains(err.Error(), "ann.lee") {
			t.Errorf("the error shows the address: %v", err)
		}
	}
	if _, err := Row(realm, 1, 0, Note{To: ToBody("pwd"), Args: map[string]any{"f": func() {}}}); err == nil {
		t.Error("an argument without JSON")
	}
}

func TestDelivers(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ids := w.put(1, 120)
		later, _ := Row(realm, 500, 0, Note{To: ToBody("pwd"), Kind: "k", Key: "m", Due: w.now + 1})
		if err := w.db.Update(context.Background(), func(tx *store.Tx) error {
			return tx.WriteAll(context.Background(), []store.Write{{Table: OutboxTable, Row: later}})
		}); err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{50, 50, 20, 0} {
			if n := w.round(); n != want {
				t.Errorf("round %d took %d, not %d", i, n, want)
			}
		}
		w.counts(map[string]int64{sent: 120, waiting: 1})
		for _, id := range ids {
			if w.other.taken["boston."+id] != 1 {
				t.Fatalf("%s was taken %d times", id, w.other.taken["boston."+id])
			}
		}
		if want := "1234567890001"; !strings.Contains(w.other.said["boston."+ids[0]], want) {
			t.Errorf("the number is not written as it was: %s", w.other.said["boston."+ids[0]])
		}
		if w.other.most != 4 {
			t.Errorf("%d at a time, not 4", w.other.most)
		}
		w.now++
		if n := w.round(); n != 1 {
			t.Errorf("what became due: %d", n)
		}
		if _, err := Retry(context.Background(), w.db, realm, 0, ids...); err != nil {
			t.Error(err)
		}
		w.counts(map[string]int64{sent: 121}) // what was sent is not sent again
		if n, err := Prune(context.Background(), w.db, realm, w.now); err != nil || n != 120 {
			t.Errorf("%d pruned: %v", n, err)
		}
	})
}

// The same note written twice is refused, so a batch that is run again cannot repeat it.
func TestNoteIsWrittenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.put(1, 1)
		r, _ := Row(realm, 1, 0, Note{To: ToBody("pwd")})
		err := w.db.Update(context.Background(), func(tx *store.Tx) error {
			return tx.Write(context.Background(), OutboxTable, []store.Row{r})
		})
		if !store.IsDuplicate(err) {
			t.Errorf("%v", err)
		}
	})
}

// Every code that the package raises has a text in every language, with the same places
// to fill, and no text is left over.
func TestMessages(t *testing.T) {
	raised := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, _ := os.ReadFile(f)
		for _, part := range strings.Split(string(text), `"courier.`)[1:] {
			raised["courier."+part[:strings.IndexByte(part, '"')]] = true
		}
	}
	var english map[string]string
	for _, lang := range []string{"en", "zh-Hans"} {
		text, err := os.ReadFile("messages." + lang + ".json")
		m := map[string]string{}
		if err := errors.Join(err, json.Unmarshal(text, &m)); err != nil {
			t.Fatal(err)
		}
		if english == nil {
			english = m
		}
		for key, text := range m {
			for _, place := range []string{"{status}", "{setting}"} {
				if strings.Contains(text, place) != strings.Contains(english[key], place) {
					t.Errorf("%s: %s and %s", lang, key, place)
				}
			}
		}
		got, want := slices.Sorted(maps.Keys(m)), slices.Sorted(maps.Keys(raised))
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, raised are %v", lang, got, want)
		}
	}
}

func BenchmarkRound(b *testing.B) {
	w := newWorld(b, open(b, filepath.Join(b.TempDir(), "skein.db")))
	w.Channels = nil
	w.Log = slog.New(slog.DiscardHandler)
	w.Fallback = Keep{}
	at := 1
	for b.Loop() {
		b.StopTimer()
		w.put(at, 50)
		at += 50
		b.StartTimer()
		if w.round() != 50 {
			b.Fatal("not 50")
		}
	}
	b.ReportMetric(50*float64(b.N)/b.Elapsed().Seconds(), "notes/s")
}
