package place

import (
	"testing"

	"pgregory.net/rapid"

	"skein/science/geo"
)

func area(t testing.TB, parts ...[][]geo.Point) *geo.Area {
	t.Helper()
	a, err := geo.NewArea(parts)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func ring(xy ...float64) []geo.Point {
	r := make([]geo.Point, 0, len(xy)/2)
	for i := 0; i < len(xy); i += 2 {
		r = append(r, geo.Point{Lon: xy[i], Lat: xy[i+1]})
	}
	return append(r, r[0])
}

func TestShare(t *testing.T) {
	square := area(t, [][]geo.Point{ring(0, 0, 1, 0, 1, 1, 0, 1)})
	for _, c := range []struct {
		name  string
		other *geo.Area
		want  float64
	}{
		{"itself", square, 1},
		{"a half", area(t, [][]geo.Point{ring(0.5, -1, 3, -1, 3, 3, 0.5, 3)}), 0.5},
		{"a neighbour", area(t, [][]geo.Point{ring(1, 0, 2, 0, 2, 1, 1, 1)}), 0},
		{"one above", area(t, [][]geo.Point{ring(0, 1, 1, 1, 1, 2, 0, 2)}), 0},
		{"all around", area(t, [][]geo.Point{ring(-1, -1, 2, -1, 2, 2, -1, 2)}), 1},
		{"a triangle below the diagonal", area(t, [][]geo.Point{ring(0, 0, 1, 0, 1, 1)}), 0.5},
		{"a diamond", area(t, [][]geo.Point{ring(0.5, 0, 1, 0.5, 0.5, 1, 0, 0.5)}), 0.5},
		{"a frame", area(t, [][]geo.Point{ring(-1, -1, 2, -1, 2, 2, -1, 2), ring(0.25, 0.25, 0.75, 0.25, 0.75, 0.75, 0.25, 0.75)}), 0.75},
		{"two parts", area(t, [][]geo.Point{ring(0, 0, 0.25, 0, 0.25, 1, 0, 1)}, [][]geo.Point{ring(0.5, 0, 0.75, 0, 0.75, 1, 0.5, 1)}), 0.5},
		{"a cross-over", area(t, [][]geo.Point{ring(-0.5, 0, 0.5, 0, 1.5, 1, 0.5, 1)}), 0.75},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newSurface(square).share(newSurface(c.other)); !near(got, c.want, 1e-4) {
				t.Errorf("share %v, want %v", got, c.want)
			}
		})
	}
}

// TestSharesAddUp holds that the cells of a net share all of an area that lies in it, that
// neighbours share nothing, and that the share is the same seen from both sides.
func TestSharesAddUp(t *testing.T) {
	cells := newNet(3, 4, 4, 16)
	var all []*geo.Area
	for x := range 4 {
		for y := range 4 {
			all = append(all, cells.cell(t, x, y))
		}
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if s := newSurface(a).share(newSurface(b)); s > 1e-9 {
				t.Errorf("neighbours share %v", s)
			}
		}
	}
	other := newNet(4, 3, 3, 16)
	rapid.Check(t, func(r *rapid.T) {
		a := other.cell(t, rapid.IntRange(0, 2).Draw(r, "x"), rapid.IntRange(0, 2).Draw(r, "y"))
		sum := 0.0
		for _, b := range all {
			one, other := newSurface(a), newSurface(b)
			shared, back := one.shared(other), other.shared(one)
			if !near(shared, back, 1e-9*one.whole) {
				r.Fatalf("%v one way, %v the other", shared, back)
			}
			sum += shared / one.whole
		}
		if !near(sum, 1, 1e-6) {
			r.Fatalf("the cells share %v of it", sum)
		}
	})
}

// TestWholeIsTheArea compares what is measured for the whole with the area on the ellipsoid.
func TestWholeIsTheArea(t *testing.T) {
	n := newNet(5, 3, 3, 32)
	a, b := n.cell(t, 0, 0), n.cell(t, 2, 2)
	if ratio, want := newSurface(a).whole/newSurface(b).whole, a.SquareMetres()/b.SquareMetres(); !near(ratio, want, 1e-4*want) {
		t.Errorf("ratio %v, want %v", ratio, want)
	}
}
