package geo

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// city makes a sheet of n areas of about the given number of corners, side by side around
// Boston's latitude, each border crooked.
func city(n, corners int) []*Area {
	random := rand.New(rand.NewPCG(1, 2))
	side := int(math.Ceil(math.Sqrt(float64(n))))
	const size = 0.01
	areas := make([]*Area, 0, n)
	for i := range n {
		centre := Point{-71 + float64(i%side)*size, 42 + float64(i/side)*size}
		ring := make([]Point, 0, corners+1)
		for k := range corners {
			turn := float64(k) / float64(corners) * 2 * math.Pi
			r := size * (0.5 + min(0.1, 20/float64(corners))*random.Float64())
			ring = append(ring, Point{centre.Lon + r*math.Cos(turn), centre.Lat + r*math.Sin(turn)})
		}
		a, err := NewArea([][][]Point{{append(ring, ring[0])}})
		if err != nil {
			panic(err)
		}
		areas = append(areas, a)
	}
	return areas
}

func scan(areas []*Area, p Point) []int {
	var found []int
	for i, a := range areas {
		if a != nil && a.Contains(p) {
			found = append(found, i)
		}
	}
	return found
}

func TestIndexAgreesWithScan(t *testing.T) {
	for _, n := range []int{0, 1, 11, 12, 13, 144, 145, 2000} {
		areas := city(n, 8)
		areas = append(areas, nil)
		x := NewIndex(areas)
		random := rand.New(rand.NewPCG(3, uint64(n)))
		for range 2000 {
			p := Point{-71 - 0.02 + random.Float64()*0.5, 42 - 0.02 + random.Float64()*0.5}
			if got, want := x.Holding(p), scan(areas, p); !slices.Equal(got, want) {
				t.Fatalf("%d areas, %v: got %v, want %v", n, p, got, want)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var areas []*Area
		var all [][][]Point
		for range rapid.IntRange(1, 30).Draw(t, "areas") {
			w, s := float64(rapid.IntRange(-200, 199).Draw(t, "west")), float64(rapid.IntRange(-90, 89).Draw(t, "south"))
			ring := rectangle(w, s, w+float64(rapid.IntRange(1, 20).Draw(t, "width")), min(90, s+float64(rapid.IntRange(1, 20).Draw(t, "height"))))
			for i := range ring {
				ring[i].Lon = wrap(ring[i].Lon)
			}
			a, err := NewArea([][][]Point{{ring}})
			if err != nil {
				t.Skip("at a pole or over it")
			}
			areas, all = append(areas, a), append(all, [][]Point{ring})
		}
		x := NewIndex(areas)
		for range 10 {
			p := drawPoint(t, all)
			if got, want := x.Holding(p), scan(areas, p); !slices.Equal(got, want) {
				t.Fatalf("%v: got %v, want %v", p, got, want)
			}
		}
	})
}

func TestHoldingOnACommonBorder(t *testing.T) {
	x := NewIndex([]*Area{
		mustArea(t, [][]Point{rectangle(0, 0, 1, 1)}), mustArea(t, [][]Point{rectangle(1, 0, 2, 1)}), mustArea(t, [][]Point{rectangle(0, 1, 2, 2)}),
	})
	for _, c := range []struct {
		p    Point
		want []int
	}{{Point{1, 0.5}, []int{0, 1}}, {Point{1, 1}, []int{0, 1, 2}}, {Point{0.5, 0.5}, []int{0}}, {Point{3, 3}, nil}, {Point{math.NaN(), 1}, nil}} {
		if got := x.Holding(c.p); !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.p, got, c.want)
		}
	}
	dst := []int{7}
	if got := x.AppendHolding(dst, Point{1, 1}); !slices.Equal(got, []int{7, 0, 1, 2}) {
		t.Errorf("appended: %v", got)
	}
}

func TestGrid(t *testing.T) {
	for _, bad := range []float64{0, -1, 0.5, 2e6, math.NaN(), math.Inf(1)} {
		if _, err := NewGrid(bad); err == nil {
			t.Errorf("a grid of %g metres was made", bad)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		metres := rapid.SampledFrom([]float64{1, 50, 100, 250, 1000, 33333, 1e6}).Draw(t, "metres")
		g, err := NewGrid(metres)
		if err != nil {
			t.Fatal(err)
		}
		p := Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
		s := g.Snap(p)
		if !s.Valid() || g.Snap(s) != s {
			t.Fatalf("%v snaps to %v, that to %v", p, s, g.Snap(s))
		}
		// Any point of the same cell gives the same centre, and no other does.
		q := Point{wrap(p.Lon + rapid.Float64Range(-3, 3).Draw(t, "dlon")*metres/metresPerDegree), max(-90, min(90, p.Lat+rapid.Float64Range(-1, 1).Draw(t, "dlat")*metres/metresPerDegree))}
		pr, pc := g.Cell(p)
		qr, qc := g.Cell(q)
		if (pr == qr && pc == qc) != (g.Snap(p) == g.Snap(q)) {
			t.Fatalf("%v and %v: cells %d,%d and %d,%d, centres %v and %v", p, q, pr, pc, qr, qc, g.Snap(p), g.Snap(q))
		}
		// Cells are metres high, and no point is moved further than half a cell's diagonal;
		// near the poles a cell may be wider at its equatorial rim than in its middle.
		if rows := math.Round(180 * metresPerDegree / metres); math.Abs(s.Lat-p.Lat) > 90/rows*(1+1e-6) {
			t.Fatalf("%v moved to %v", p, s)
		}
		if d := Distance(p, s); math.Abs(p.Lat) < 60 && metres <= 1000 && d > metres*0.75 {
			t.Fatalf("%v moved by %g metres to %v", p, d, s)
		}
	})
	g, _ := NewGrid(500)
	if a, b := g.Snap(Point{180, 10}), g.Snap(Point{-180, 10}); a != b {
		t.Errorf("the antimeridian snaps to %v and %v", a, b)
	}
	city := Point{-71.0587, 42.3594}
	row, column := g.Cell(city)
	if s := g.Snap(city); row != 29435 || column != 17901 || Distance(s, city) > 354 {
		t.Errorf("City Hall: cell %d, %d, centre %v. A grid once used must stay", row, column, s)
	}
}
