package place

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/science/geo"
)

// brute lists what holds a point by asking every place.
func brute(c *Catalog, lat, lon float64) []Place {
	held := map[civic.PlaceID]bool{}
	root, _ := c.Root()
	for s := range c.States() {
		a := c.Area(s.Place)
		if s.Open() && (a != nil && a.Contains(geo.Point{Lon: lon, Lat: lat}) || s.Place == root && a == nil) {
			held[s.Place] = true
			for _, up := range c.Ancestors(s.Place) {
				held[up] = true
			}
		}
	}
	var places []Place
	for p := range held {
		s, _ := c.State(p)
		places = append(places, Place{p, s.Parent, len(c.Ancestors(p)), s.Rank})
	}
	slices.SortFunc(places, byPrecedence)
	return places
}

func TestHoldingIsBruteForce(t *testing.T) {
	w := newWorld(t)
	wards, hoods := newNet(1, 4, 3, 16), newNet(2, 7, 6, 16)
	w.town(wards, hoods)
	w.must("", Found{Place: "block", Kind: GridCell, Titles: en("Block"), Parent: "ward-01-01", Boundary: w.area(hoods.cell(t, 2, 2))})
	corners := slices.Concat(wards.across[[2]int{1, 1}], hoods.along[[2]int{3, 2}], []geo.Point{wards.corner(0, 0), wards.corner(4, 3), wards.corner(1, 1)})
	rapid.Check(t, func(r *rapid.T) {
		p := geo.Point{Lon: rapid.Float64Range(-71.25, -70.85).Draw(r, "lon"), Lat: rapid.Float64Range(42.15, 42.5).Draw(r, "lat")}
		if rapid.Bool().Draw(r, "corner") {
			p = rapid.SampledFrom(corners).Draw(r, "at")
		}
		want := brute(w.c, p.Lat, p.Lon)
		got := w.c.AppendHolding(nil, p.Lat, p.Lon)
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatal(diff)
		}
		ids := w.c.Holding(p.Lat, p.Lon)
		if len(ids) != len(got) || w.c.Contains(p.Lat, p.Lon) != (len(got) > 0) {
			r.Fatalf("Holding %v, AppendHolding %v", ids, got)
		}
		for i, id := range ids {
			if id != got[i].ID {
				r.Fatalf("Holding %v, AppendHolding %v", ids, got)
			}
		}
	})
}

// TestBorder holds that a point on a border is in both wards, the smaller code first, and
// that precedence goes by depth, rank and code.
func TestBorder(t *testing.T) {
	w := newWorld(t)
	w.must("", Import{Places: []Found{
		{Place: "city", Kind: City, Titles: en("City"), Boundary: w.box(0, 0, 10, 10)},
		{Place: "ward-2", Kind: Ward, Titles: en("2"), Parent: "city", Boundary: w.box(5, 0, 10, 10)},
		{Place: "ward-1", Kind: Ward, Titles: en("1"), Parent: "city", Boundary: w.box(0, 0, 5, 10)},
		{Place: "hood", Kind: Neighbourhood, Titles: en("H"), Parent: "city", Rank: 1, Boundary: w.box(4, 4, 6, 6)},
		{Place: "block", Kind: GridCell, Titles: en("B"), Parent: "ward-2", Rank: 9, Boundary: w.box(5, 4, 6, 5)},
	}})
	for _, c := range []struct {
		lat, lon float64
		want     []civic.PlaceID
	}{
		{1, 1, []civic.PlaceID{"ward-1", "city"}},
		{1, 5, []civic.PlaceID{"ward-1", "ward-2", "city"}},
		{5.5, 5, []civic.PlaceID{"ward-1", "ward-2", "hood", "city"}},
		{4.5, 5, []civic.PlaceID{"block", "ward-1", "ward-2", "hood", "city"}},
		{10, 10, []civic.PlaceID{"ward-2", "city"}},
		{10.0000001, 10, nil}, {95, 5, nil},
	} {
		if diff := cmp.Diff(c.want, w.c.Holding(c.lat, c.lon)); diff != "" {
			t.Errorf("%v, %v: %s", c.lat, c.lon, diff)
		}
	}
	if diff := cmp.Diff([]Place{{"block", "ward-2", 2, 9}, {"ward-2", "city", 1, 0}, {"city", "", 0, 0}}, w.c.Chain("block")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Kind{City, Ward, Neighbourhood, GridCell}, w.c.Layers()); diff != "" {
		t.Error(diff)
	}
	if b, ok := w.c.Bounds(); !ok || b != (geo.Bounds{West: 0, South: 0, East: 10, North: 10}) {
		t.Error(b, ok)
	}
	if p, ok := w.c.Common("block", "ward-1"); !ok || p != "city" {
		t.Error(p, ok)
	}
	if p, ok := w.c.Common("block", "ward-2"); !ok || p != "ward-2" {
		t.Error(p, ok)
	}
	if w.c.Within("ward-2", "block") || !w.c.Within("block", "city") || w.c.Within("block", "nowhere") {
		t.Error("Within")
	}
	// Closed places stand for their successors.
	w.must("block", Close{"ward-1"})
	if chain := w.c.Chain("block"); len(chain) != 2 || chain[0].ID != "ward-1" {
		t.Error(chain)
	}
	if w.c.HasPlace("block") || w.c.Title("block", "en") != "B" || w.c.Area("block") != nil {
		t.Error("a closed place keeps its title and nothing else")
	}
	if got := w.c.Holding(4.5, 5.5); !slices.Equal(got, []civic.PlaceID{"ward-2", "hood", "city"}) {
		t.Error(got)
	}
}

func TestNothing(t *testing.T) {
	var c *Catalog
	if c.Holding(1, 1) != nil || c.Contains(1, 1) || c.HasPlace("x") || c.Chain("x") != nil || c.Ancestors("x") != nil ||
		c.Children("x") != nil || c.Calendar("") != nil || c.HasCalendar("x") || len(c.Entities()) != 0 || c.Area("x") != nil || c.Len() != 0 {
		t.Error("nil is a realm without places")
	}
	if _, ok := c.Root(); ok {
		t.Error("no root")
	}
	if _, ok := c.Bounds(); ok {
		t.Error("no bounds")
	}
	for range c.Places() {
		t.Error("no places")
	}
}

// TestBoundless holds that a realm whose root has no boundary takes every point on Earth.
func TestBoundless(t *testing.T) {
	w := newWorld(t)
	w.must("", Found{Place: "land", Kind: Country, Titles: en("Land")})
	w.must("", Found{Place: "ward", Kind: Ward, Titles: en("Ward"), Parent: "land", Boundary: w.box(170, 0, 180, 10)})
	for _, c := range []struct {
		lat, lon float64
		want     []civic.PlaceID
	}{{5, 175, []civic.PlaceID{"ward", "land"}}, {5, -180, []civic.PlaceID{"ward", "land"}}, {50, 0, []civic.PlaceID{"land"}}, {91, 0, nil}} {
		if got := w.c.Holding(c.lat, c.lon); !slices.Equal(got, c.want) {
			t.Errorf("%v, %v: %v", c.lat, c.lon, got)
		}
	}
	if b, ok := w.c.Bounds(); !ok || b.West != 170 {
		t.Error(b, ok)
	}
}

// TestSnap holds that blurring is a function of the cell, or of the place, and of nothing else.
func TestSnap(t *testing.T) {
	w := newWorld(t)
	w.must("", Found{Place: "city", Kind: City, Titles: en("City"), Boundary: w.box(-72, 42, -70, 43)})
	w.must("", Found{Place: "ward", Kind: Ward, Titles: en("Ward"), Parent: "city", Boundary: w.box(-71.2, 42.2, -71, 42.4)})
	rapid.Check(t, func(r *rapid.T) {
		lat, lon := rapid.Float64Range(42, 43).Draw(r, "lat"), rapid.Float64Range(-72, -70).Draw(r, "lon")
		p, ok := w.c.Snap(lat, lon, 500)
		if !ok || geo.Distance(p, geo.Point{Lon: lon, Lat: lat}) > 500 {
			r.Fatal(p, ok)
		}
		if q, _ := w.c.Snap(p.Lat, p.Lon, 500); q != p {
			r.Fatalf("%v snaps to %v", p, q)
		}
	})
	if p, ok := w.c.Snap(42.21, -71.01, 0); !ok || !near(p.Lat, 42.3, 1e-3) || !near(p.Lon, -71.1, 1e-9) {
		t.Error(p, ok)
	}
	for _, c := range []struct {
		lat, lon float64
		metres   int
	}{{10, 10, 0}, {42.3, -71.1, -5}, {42.3, -71.1, 2_000_000}, {100, 0, 500}} {
		if p, ok := w.c.Snap(c.lat, c.lon, c.metres); ok {
			t.Error(c, p)
		}
	}
}

// TestHistories runs random commands and holds that there is one root, no circle, every
// parent open, and that what was learned act by act is what is learned at once.
func TestHistories(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		digests := []string{"", w.box(0, 0, 8, 8), w.box(0, 0, 4, 8), w.box(4, 0, 8, 8), w.box(0, 0, 4, 4), w.box(3, 0, 6, 8), w.box(0, 0, 8, 4)}
		code := rapid.SampledFrom([]civic.PlaceID{"", "a", "b", "c", "d", "e", "f"})
		found := rapid.Custom(func(r *rapid.T) Found {
			return Found{
				Place: code.Draw(r, "place"), Kind: rapid.SampledFrom([]Kind{City, Ward}).Draw(r, "kind"), Titles: en("T"),
				Parent: code.Draw(r, "parent"), Rank: rapid.IntRange(0, 2).Draw(r, "rank"), Boundary: rapid.SampledFrom(digests).Draw(r, "boundary"),
			}
		})
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			on := code.Draw(r, "on")
			switch rapid.IntRange(0, 6).Draw(r, "command") {
			case 0, 1:
				w.do("", found.Draw(r, "found"))
			case 2:
				w.do("", Import{Places: rapid.SliceOfN(found, 1, 5).Draw(r, "import")})
			case 3:
				w.do(on, Move{code.Draw(r, "parent")})
			case 4:
				w.do(on, Redraw{rapid.SampledFrom(digests).Draw(r, "boundary")})
			case 5:
				w.do(on, Close{code.Draw(r, "successor")})
			case 6:
				w.do(on, Reclassify{rapid.SampledFrom([]Kind{City, Ward}).Draw(r, "kind"), 1})
			}
			sound(r, w.c)
		}
		var none *Catalog
		again, err := none.With(w.document, w.acts...)
		if err != nil {
			r.Fatal(err)
		}
		same(r, w.c, again)
		for range 10 {
			lat, lon := rapid.Float64Range(-1, 9).Draw(r, "lat"), rapid.Float64Range(-1, 9).Draw(r, "lon")
			if diff := cmp.Diff(brute(w.c, lat, lon), again.AppendHolding(nil, lat, lon)); diff != "" {
				r.Fatal(diff)
			}
		}
	})
}

func sound(r *rapid.T, c *Catalog) {
	roots := 0
	for s := range c.States() {
		if !s.Open() {
			if living, ok := c.Living(s.Place); !ok || !c.HasPlace(living) {
				r.Fatalf("nobody answers for %s", s.Place)
			}
			continue
		}
		if s.Parent == "" {
			roots++
		} else if !c.HasPlace(s.Parent) {
			r.Fatalf("%s lies under %s, which is not open", s.Place, s.Parent)
		}
		steps := 0
		for up := s; up.Parent != ""; up, _ = c.State(up.Parent) {
			if steps++; steps > c.Len() {
				r.Fatalf("%s lies in a circle", s.Place)
			}
		}
		if p, _ := c.Place(s.Place); p.Depth != steps {
			r.Fatalf("%s has depth %d, %d steps", s.Place, p.Depth, steps)
		}
	}
	if roots != min(1, c.Len()) {
		r.Fatalf("%d roots", roots)
	}
	last, first := Place{}, true
	for p := range c.Places() {
		if !first && byPrecedence(last, p) >= 0 {
			r.Fatalf("%v stands before %v", last, p)
		}
		last, first = p, false
	}
}

func same(r *rapid.T, a, b *Catalog) {
	if diff := cmp.Diff(slices.Collect(a.States()), slices.Collect(b.States())); diff != "" {
		r.Fatal(diff)
	}
	if diff := cmp.Diff(slices.Collect(a.Places()), slices.Collect(b.Places())); diff != "" {
		r.Fatal(diff)
	}
}

// TestLearnedOnce holds that a boundary is read once, that what was redrawn is never read
// when a journal is learned from its beginning, and that older catalogs stay as they are.
func TestLearnedOnce(t *testing.T) {
	w := newWorld(t)
	w.town(newNet(1, 3, 3, 8), newNet(2, 3, 3, 8))
	if w.read != 19 {
		t.Errorf("%d boundaries read for 19", w.read)
	}
	before, at := w.c, w.c.Holding(42.3, -71.1)
	area := w.c.Area("ward-01-01")
	w.must("", Found{Place: "block", Kind: GridCell, Titles: en("B"), Parent: "ward-00-00", Boundary: w.box(-71.19, 42.21, -71.18, 42.22)})
	w.must("block", Redraw{w.box(-71.19, 42.21, -71.17, 42.22)})
	w.must("block", Rename{en("Block")})
	if w.read != 21 || w.c.Area("ward-01-01") != area {
		t.Errorf("%d boundaries read", w.read)
	}
	if before.HasPlace("block") || !slices.Equal(before.Holding(42.3, -71.1), at) {
		t.Error("an older catalog has changed")
	}
	reads := 0
	var none *Catalog
	if _, err := none.With(func(d string) ([]byte, error) { reads++; return w.document(d) }, w.acts...); err != nil || reads != 20 {
		t.Errorf("%d boundaries read from the beginning: %v", reads, err)
	}
	for name, document := range map[string]func(string) ([]byte, error){
		"lost":  func(string) ([]byte, error) { return nil, fmt.Errorf("lost") },
		"other": func(string) ([]byte, error) { return []byte("{}"), nil },
	} {
		if c, err := none.With(document, w.acts...); err == nil || c != nil {
			t.Errorf("%s: a document that is not there leaves no catalog", name)
		}
	}
}
