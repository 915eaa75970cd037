package face

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/internal/pgtest"
)

// What is known of one look says nothing of another, and what is kept is bounded.
func TestLooked(t *testing.T) {
	var l looked
	accept, answer := journal.Look{Power: "matter.accept", Policies: "d"}, journal.Look{Power: "matter.answer", Policies: "d"}
	l.keep(accept, 0, lookedFor{0, 1200})
	l.keep(accept, 1200, lookedFor{0, 2500})
	l.keep(answer, 2500, lookedFor{0, 3600})
	l.keep(answer, 3600, lookedFor{3, 4700})
	for _, k := range []struct {
		look     journal.Look
		from, to civic.Position
	}{{accept, 0, 2500}, {accept, 1200, 2500}, {accept, 7, 7}, {answer, 0, 0}, {answer, 2500, 3600}} {
		if got, _ := l.skip(k.look, k.from); got != k.to {
			t.Errorf("after %d %+v goes on at %d, not %d", k.from, k.look, got, k.to)
		}
	}
	if _, known := l.skip(answer, 2500); known.found != 3 {
		t.Errorf("of the page after it %+v is known", known)
	}
	for i := range civic.Position(lookKept + 10) {
		l.keep(accept, i, lookedFor{0, i + 1})
	}
	if len(l.known) > lookKept {
		t.Errorf("%d pages are remembered", len(l.known))
	}
}

// All pages of what is looked for are what the journal has of it, whatever was looked through before, and while it grows.
func TestFind(t *testing.T) {
	for engine, source := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return filepath.Join(t.TempDir(), "skein.db") },
		"postgres": func(t testing.TB) string { return pgtest.URL(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			db, err := store.Open(ctx, source(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := db.Migrate(ctx, journal.Migrations()); err != nil {
				t.Fatal(err)
			}
			var l looked
			var whole []journal.Act
			rnd := rand.New(rand.NewPCG(3, 4))
			rare := func(a *journal.Act) bool { return a.Power == "p1" && a.Policies == "d" }
			row := func(a *journal.Act) bool {
				return slices.Contains([]string{"matter.assigned", "matter.reassigned"}, a.Type) && string(a.Data) == `{"row":"r-1","list_digest":"l"}`
			}
			for range 6 {
				var rows []store.Row
				for range 60 {
					n := len(whole) + 1
					a := journal.Act{
						Realm: "r", Position: civic.Position(n), Dossier: civic.DossierID(fmt.Sprint("matter/", n)), Seq: 1, Policies: "d", Private: rnd.IntN(4) == 0,
						Type:  []string{"matter.assigned", "matter.reassigned", "matter.answered"}[rnd.IntN(3)],
						Power: []string{"p0", "p0", "p0", "p0", "p0", "p0", "p0", "p1"}[rnd.IntN(8)],
						Data:  []byte([]string{`{"row":"r-1","list_digest":"l"}`, `{"row":"r-1","list_digest":"m"}`, `{"row":"r-12","list_digest":"l"}`}[rnd.IntN(3)]),
						Salt:  []byte{1}, Commitment: []byte{2},
					}
					whole = append(whole, a)
					rows = append(rows, a.Row())
				}
				if err := db.Update(ctx, func(tx *store.Tx) error { return tx.Write(ctx, journal.ActTable, rows) }); err != nil {
					t.Fatal(err)
				}
				for name, k := range map[string]struct {
					look  journal.Look
					match func(*journal.Act) bool
				}{
					"a policy":  {journal.Look{Power: "p1", Policies: "d"}, rare},
					"a row":     {journal.Look{Type: "matter.%assigned", Data: journal.Naming("row", "r-1")}, row},
					"no policy": {journal.Look{Power: "p2", Policies: "d"}, func(*journal.Act) bool { return false }},
				} {
					var want, got []civic.Position
					for i := range whole {
						if a := &whole[i]; !a.Private && k.match(a) {
							want = append(want, a.Position)
						}
					}
					pages := 0
					for from, on := civic.Position(0), true; on; pages++ {
						acts, next, err := l.find(ctx, db.R, "r", k.look, k.match, from, 7, 4)
						if err != nil {
							t.Fatal(err)
						}
						for _, a := range acts {
							got = append(got, a.Position)
						}
						if len(acts) > 4 || next != 0 && whole[next-1].Private {
							t.Fatalf("%s: a page of %d that ends at act %d, private: %v", name, len(acts), next, whole[next-1].Private)
						}
						from, on = next, next != 0
					}
					if !slices.Equal(got, want) {
						t.Errorf("%s, %d acts: %v, not %v", name, len(whole), got, want)
					}
					if _, next, err := l.find(ctx, db.R, "r", k.look, k.match, 0, 7, 4); name == "no policy" && (next != 0 || err != nil) {
						t.Errorf("what was looked through is looked through again: up to %d, %v", next, err)
					}
				}
			}
		})
	}
}
