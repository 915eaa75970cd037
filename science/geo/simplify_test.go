package geo

import (
	"math"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// perimeter in metres, and the distance of a position from the nearest edge.
func perimeter(a *Area) float64 {
	sum := 0.0
	for _, part := range a.parts {
		for _, r := range part {
			for i := 1; i < len(r); i++ {
				sum += offset(r[i-1], r[i-1], r[i])
			}
		}
	}
	return sum
}

func nearest(a *Area, p Point) float64 {
	least := math.Inf(1)
	for _, part := range a.parts {
		for _, r := range part {
			for i := 1; i < len(r); i++ {
				least = min(least, offset(r[i-1], r[i], p))
			}
		}
	}
	return least
}

// sound fails unless the area would be accepted as it is.
func sound(t interface{ Fatalf(string, ...any) }, a *Area) {
	again, err := NewArea(a.Parts())
	if err != nil {
		t.Fatalf("simplified into an unsound area: %v\n%v", err, a.Parts())
	}
	if math.Abs(again.SquareMetres()/a.SquareMetres()-1) > 1e-9 {
		t.Fatalf("its parts do not make it up")
	}
}

func TestSimplifyStaysWithinTolerance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, a := drawArea(t)
		tolerance := rapid.Float64Range(1, 1e6).Draw(t, "tolerance")
		s := a.Simplify(tolerance)
		sound(t, s)
		if s.Vertices() > a.Vertices() {
			t.Fatalf("%d positions became %d", a.Vertices(), s.Vertices())
		}
		if change := math.Abs(s.SquareMetres() - a.SquareMetres()); change > tolerance*perimeter(a)*1.1 {
			t.Fatalf("area changed by %g m² at %g m", change, tolerance)
		}
		if len(s.parts) != len(a.parts) {
			return
		}
		for i, part := range a.parts {
			if len(s.parts[i]) != len(part) {
				return
			}
		}
		for _, p := range a.shape.points {
			if d := nearest(s, p); d > tolerance*1.01 {
				t.Fatalf("%v is %g m from the outline, tolerance %g", p, d, tolerance)
			}
		}
	})
}

func TestSimplifyKeepsSides(t *testing.T) {
	// A hole in the tip that plain Douglas–Peucker cuts off, an island in a bay that it
	// fills, and two tongues that it would make cross.
	tip := mustArea(t, [][]Point{
		{{0, 0}, {10, 0}, {10, 5}, {5, 5.4}, {0, 5}, {0, 0}},
		{{4.9, 5.2}, {5.1, 5.2}, {5, 5.3}, {4.9, 5.2}},
	})
	bay := mustArea(t,
		[][]Point{{{0, 0}, {10, 0}, {10, 5}, {6, 5}, {5, 4.5}, {4, 5}, {0, 5}, {0, 0}}},
		[][]Point{{{4.9, 4.8}, {5.1, 4.8}, {5.1, 4.95}, {4.9, 4.95}, {4.9, 4.8}}})
	tongues := mustArea(t, [][]Point{{{0, 0}, {10, 0}, {10, 10}, {5.2, 10}, {5.2, 5}, {5.15, 4.2}, {5.1, 5}, {5.1, 10}, {5, 10}, {4.9, 3}, {4.8, 10}, {0, 10}, {0, 0}}})
	for name, a := range map[string]*Area{"tip": tip, "bay": bay, "tongues": tongues} {
		for _, metres := range []float64{10, 1000, 5000, 20_000, 60_000, 200_000, 2e6} {
			s := a.Simplify(metres)
			sound(t, s)
			if d := math.Abs(s.SquareMetres() - a.SquareMetres()); d > metres*perimeter(a) {
				t.Errorf("%s at %g m: area changed by %g", name, metres, d)
			}
		}
	}
	if same := bay.Simplify(0); same != bay {
		t.Error("a tolerance of nothing changed something")
	}
	if gone := bay.Simplify(1e9); gone.Vertices() != 4 {
		t.Errorf("the largest part should be left as a triangle, got %v", gone.Parts())
	}
}

func TestSimplifyRealBoundaries(t *testing.T) {
	for _, file := range []string{"boston-wards-cutout.geojson", "boston-neighborhoods-cutout.geojson"} {
		text, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range c.Features {
			for _, metres := range []float64{0.5, 5, 50, 500, 5000} {
				s := f.Area.Simplify(metres)
				sound(t, s)
				if d := math.Abs(s.SquareMetres() - f.Area.SquareMetres()); d > metres*perimeter(f.Area) {
					t.Errorf("%s, feature %d at %g m: area changed by %g m²", file, i+1, metres, d)
				}
			}
			if got, all := f.Area.Simplify(5).Vertices(), f.Area.Vertices(); got > all*3/4 {
				t.Errorf("%s, feature %d: %d of %d positions left at 5 m", file, i+1, got, all)
			}
		}
	}
}
