package pages

import (
	"math/rand/v2"
	"slices"
	"testing"

	"skein/frame/civic"
	"skein/science/geo"
)

// A tile of any zoom has the points that lie in it, and each point lies in one tile of each zoom.
func TestWithin(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var found []point
	for i := range 5000 {
		pt := point{lon: r.Int32N(360_000_001) - 180_000_000, lat: r.Int32N(180_000_001) - 90_000_000, first: civic.Position(i)}
		if i%2 == 0 { // a city
			pt.lon, pt.lat = -71_190_000+r.Int32N(200_000), 42_230_000+r.Int32N(170_000)
		}
		found = append(found, pt)
	}
	found = append(found, point{lon: 180_000_000}, point{lon: -180_000_000, lat: 90_000_000}, point{lat: -90_000_000})
	all, _ := place(slices.Clone(found), nil)
	for z := range 5 {
		total := 0
		for x := range 1 << z {
			for y := range 1 << z {
				for range all.within(z, x, y) {
					total++
				}
			}
		}
		if total != len(found) {
			t.Errorf("zoom %d: %d points of %d", z, total, len(found))
		}
	}
	for _, at := range [][3]int{{0, 0, 0}, {1, 0, 0}, {10, 309, 378}, {12, 1239, 1514}, {14, 4957, 6059}, {16, 19829, 24238}} {
		z, x, y := at[0], at[1], at[2]
		bounds, err := geo.TileBounds(z, x, y)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []civic.Position
		for pt := range all.within(z, x, y) {
			got = append(got, pt.first)
		}
		for _, pt := range found {
			lon, lat := pt.degrees().Lon, pt.degrees().Lat
			if lon == 180 {
				lon = -180
			}
			if z < 2 { // the rim of the square holds what lies beyond it
				lat = max(-85, min(85, lat))
			}
			if lon >= bounds.West && lon < bounds.East && lat <= bounds.North && lat > bounds.South {
				want = append(want, pt.first)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || z == 10 && len(got) < 1000 {
			t.Errorf("tile %v: %d points, not %d", at, len(got), len(want))
		}
	}
}

func BenchmarkPlace(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	all := make([]point, 300_000)
	for i := range all {
		all[i].lon, all[i].lat = -71_190_000+r.Int32N(200_000), 42_230_000+r.Int32N(170_000)
	}
	var order []uint64
	for b.Loop() {
		_, order = place(all, order)
	}
}
