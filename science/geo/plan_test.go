package geo

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPlan(t *testing.T) {
	square := func(west, south, side float64) [][]Point {
		return [][]Point{{{west, south}, {west + side, south}, {west + side, south + side}, {west, south + side}, {west, south}}}
	}
	near := func(parts ...[][]Point) *Area {
		t.Helper()
		a, err := NewArea(parts)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	shapes := NewShapes([]Shape{
		{Code: "a", Title: "A", Area: near(square(0, 0, 1), square(2, 0, 1))}, {Code: "none"}, {Code: "b", Title: "B", Area: near(square(1, 0, 1))},
	})
	bounds := Bounds{West: 0, South: 0, East: 3, North: 1}
	plan := shapes.Plan(bounds, 300, 300)
	if plan.Width != 300 || plan.Height != 101 || len(plan.Parts) != 2 { // a degree of latitude is a little longer there than one of longitude
		t.Fatalf("%v × %v with %d parts", plan.Width, plan.Height, len(plan.Parts))
	}
	a, b := plan.Parts[0], plan.Parts[1]
	if a.Code != "a" || a.Title != "A" || a.Path != "M0 100l100 0 0-100-100 0zM200 100l100 0 0-100-100 0z" {
		t.Errorf("drawn as %q", a.Path)
	}
	if b.Path != "M100 100l100 0 0-100-100 0z" || math.Abs(b.X-150) > 1 || math.Abs(b.Y-50) > 1 {
		t.Errorf("drawn as %q, its spot at %v, %v", b.Path, b.X, b.Y)
	}
	for _, empty := range []Plan{shapes.Plan(Bounds{1, 1, 1, 1}, 300, 300), shapes.Plan(bounds, 0, 300), NewShapes(nil).Plan(bounds, 300, 300)} {
		if len(empty.Parts) != 0 {
			t.Errorf("%+v is drawn of nothing", empty)
		}
	}
}

// Points of several never cover each other, on one tile or across its rim, and none is lost.
func TestCountsKeepApart(t *testing.T) {
	const cells, room = 8, 17 * Extent / 512
	rapid.Check(t, func(t *rapid.T) {
		var dots []Dot
		for range rapid.IntRange(2, 200).Draw(t, "matters") {
			dots = append(dots, Dot{State: "open", At: Project(Point{rapid.Float64Range(-170, 170).Draw(t, "lon"), rapid.Float64Range(-80, 80).Draw(t, "lat")})})
		}
		type count struct{ x, y float64 }
		var several []count
		total := uint64(0)
		for x := range 2 {
			for y := range 2 {
				tile, err := Tile(1, x, y, Layers{Matters: slices.Values(dots), Number: numbered, Cells: cells, Room: room})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range readTile(t, tile)["matters"].features {
					n, ok := f.tags["count"].(uint64)
					if !ok {
						total++
						continue
					}
					total += n
					at := f.rings[0][0]
					several = append(several, count{float64(x*Extent) + float64(at[0]), float64(y*Extent) + float64(at[1])})
				}
			}
		}
		if total != uint64(len(dots)) {
			t.Fatalf("%d of %d are shown", total, len(dots))
		}
		for i, a := range several {
			for _, b := range several[:i] {
				if math.Hypot(a.x-b.x, a.y-b.y) < 2*room-2 { // coordinates are whole
					t.Fatalf("two counts lie %v apart", math.Hypot(a.x-b.x, a.y-b.y))
				}
			}
		}
	})
}
