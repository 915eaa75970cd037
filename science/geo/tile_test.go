package geo

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/frame/civic"
)

// readTile is a reader written from the specification, not from the writer: it knows any
// field order and checks the specification's rules.
type readLayer struct {
	features []readFeature
}

type readFeature struct {
	tags  map[string]any
	kind  uint64
	rings [][][2]int64 // or one point
}

type field struct {
	number, varint uint64
	bytes          []byte
}

func fields(t fataler, b []byte) []field {
	var out []field
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		v, m := binary.Uvarint(b[n:])
		if n <= 0 || m <= 0 {
			t.Fatalf("not protobuf: %x", b)
		}
		b = b[n+m:]
		f := field{number: tag >> 3, varint: v}
		if tag&7 == 2 {
			f.bytes, b = b[:v], b[v:]
		} else if tag&7 != 0 {
			t.Fatalf("wire type %d", tag&7)
		}
		out = append(out, f)
	}
	return out
}

func packed(b []byte) []uint64 {
	var out []uint64
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		out, b = append(out, v), b[n:]
	}
	return out
}

type fataler interface{ Fatalf(string, ...any) }

func readTile(t fataler, tile []byte) map[string]readLayer {
	layers := map[string]readLayer{}
	for _, l := range fields(t, tile) {
		var name string
		var keys []string
		var values []any
		var version, extent uint64
		var layer readLayer
		parts := fields(t, l.bytes)
		for _, f := range parts {
			switch f.number {
			case 15:
				version = f.varint
			case 1:
				name = string(f.bytes)
			case 3:
				keys = append(keys, string(f.bytes))
			case 5:
				extent = f.varint
			case 4:
				v := fields(t, f.bytes)[0]
				if v.number == 1 {
					values = append(values, string(v.bytes))
				} else {
					values = append(values, v.varint)
				}
			}
		}
		for _, f := range parts {
			if f.number != 2 {
				continue
			}
			feature := readFeature{tags: map[string]any{}}
			for _, g := range fields(t, f.bytes) {
				switch g.number {
				case 2:
					tags := packed(g.bytes)
					for i := 0; i < len(tags); i += 2 {
						feature.tags[keys[tags[i]]] = values[tags[i+1]]
					}
				case 3:
					feature.kind = g.varint
				case 4:
					feature.rings = readGeometry(t, packed(g.bytes))
				}
			}
			layer.features = append(layer.features, feature)
		}
		if version != 2 || extent != Extent || name == "" || len(layer.features) == 0 {
			t.Fatalf("layer %q: version %d, extent %d, %d features", name, version, extent, len(layer.features))
		}
		layers[name] = layer
	}
	return layers
}

func readGeometry(t fataler, codes []uint64) [][][2]int64 {
	var rings [][][2]int64
	x, y := int64(0), int64(0)
	zigzag := func(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }
	for i := 0; i < len(codes); {
		id, n := codes[i]&7, int(codes[i]>>3)
		i++
		if id == 7 {
			continue
		}
		if id == 1 {
			rings = append(rings, nil)
		}
		for range n {
			x, y = x+zigzag(codes[i]), y+zigzag(codes[i+1])
			i += 2
			rings[len(rings)-1] = append(rings[len(rings)-1], [2]int64{x, y})
		}
	}
	return rings
}

// pageArea is twice the area by the specification's formula, y downwards: positive for
// outer rings, negative for holes.
func pageArea(ring [][2]int64) int64 {
	sum := int64(0)
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		sum += a[0]*b[1] - b[0]*a[1]
	}
	return sum
}

func realShapes(t testing.TB) *Shapes {
	var shapes []Shape
	for _, file := range []string{"boston-wards-cutout.geojson", "boston-neighborhoods-cutout.geojson"} {
		text, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range c.Features {
			title := f.Properties["Name"] + f.Properties["WARD"]
			shapes = append(shapes, Shape{Code: strings.ToLower(title), Title: title, Area: f.Area})
		}
	}
	return NewShapes(shapes)
}

// numbered numbers matters by their ids.
func numbered(id int64) string { return fmt.Sprintf("26-%d", id) }

func TestTile(t *testing.T) {
	layers := Layers{Places: realShapes(t), Matters: slices.Values([]Dot{
		{ID: 1, Category: "streets.light", State: "working", At: Project(Point{-71.0587, 42.3594})},
		{ID: 2, Category: "streets.light", State: "closed", At: Project(Point{-71.0587, 42.3594})},
		{ID: 3, Category: "waste", State: "received", At: Project(Point{-71.09, 42.34})},
		{ID: 4, Category: "waste", State: "received", At: Project(Point{10, 10})},
	}), Number: numbered}
	tile, err := Tile(11, 619, 757, layers) // most of Boston
	if err != nil {
		t.Fatal(err)
	}
	got := readTile(t, tile)
	var codes []string
	for _, f := range got["places"].features {
		codes = append(codes, fmt.Sprint(f.tags["code"]))
		if f.kind != 3 || pageArea(f.rings[0]) <= 0 {
			t.Errorf("%v: the outer ring is turned wrongly", f.tags)
		}
	}
	if want := "3 4 5 9 19 longwood bay village leather district chinatown"; strings.Join(codes, " ") != want {
		t.Errorf("places %v, want %s", codes, want)
	}
	var tags []map[string]any
	for _, f := range got["matters"].features {
		tags = append(tags, f.tags)
	}
	want := []map[string]any{{"count": uint64(2)}, {"number": "26-3", "category": "waste", "state": "received"}}
	if d := cmp.Diff(want, tags); d != "" {
		t.Error(d)
	}

	golden := filepath.Join("testdata", "tile-11-619-757.mvt")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, tile, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(readTile(t, kept), got, cmp.AllowUnexported(readLayer{}, readFeature{})); d != "" {
		t.Errorf("the tile changed; look at it, then run with UPDATE_GOLDEN=1:\n%s", d)
	}

	if empty, err := Tile(11, 0, 0, layers); err != nil || len(empty) != 0 {
		t.Errorf("an empty tile has %d bytes, %v", len(empty), err)
	}
	for _, at := range [][3]int{{-1, 0, 0}, {25, 0, 0}, {1, 2, 0}, {1, 0, -1}, {0, 0, 1}} {
		_, err := Tile(at[0], at[1], at[2], layers)
		refusals, _ := civic.AsRefusals(err)
		if len(refusals) != 1 || refusals[0].Key != "geo.tile" {
			t.Errorf("%v: %v", at, err)
			continue
		}
		checkSentence(t, refusals[0])
	}
}

// A cluster has a state where all its matters have it, and cells can be made larger.
func TestClusters(t *testing.T) {
	dots := []Dot{
		{ID: 1, State: "late", At: Project(Point{-71.0587, 42.3594})}, {ID: 2, State: "late", At: Project(Point{-71.0587, 42.3594})},
		{ID: 3, State: "open", At: Project(Point{-71.0500, 42.3594})},
	}
	for _, c := range []struct {
		cells int
		want  []map[string]any
	}{
		{0, []map[string]any{{"count": uint64(2), "state": "late"}, {"number": "26-3", "category": "", "state": "open"}}},
		{4, []map[string]any{{"count": uint64(3)}}},
		{1000, []map[string]any{{"count": uint64(2), "state": "late"}, {"number": "26-3", "category": "", "state": "open"}}},
	} {
		tile, err := Tile(11, 619, 757, Layers{Matters: slices.Values(dots), Number: numbered, Cells: c.cells})
		if err != nil {
			t.Fatal(err)
		}
		var tags []map[string]any
		for _, f := range readTile(t, tile)["matters"].features {
			tags = append(tags, f.tags)
		}
		if d := cmp.Diff(c.want, tags); d != "" {
			t.Errorf("%d cells: %s", c.cells, d)
		}
	}
}

// Every matter is counted in just one tile of each zoom.
func TestTilesCountEachMatterOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.IntRange(0, 3).Draw(t, "zoom")
		var dots []Dot
		for i := range rapid.IntRange(1, 40).Draw(t, "matters") {
			lon := rapid.OneOf(rapid.Float64Range(-180, 180), rapid.SampledFrom([]float64{-180, -90, 0, 45, 180})).Draw(t, "lon")
			lat := rapid.OneOf(rapid.Float64Range(-90, 90), rapid.SampledFrom([]float64{-90, -85.06, 0, 66.51326044311186, 85.06, 90})).Draw(t, "lat")
			dots = append(dots, Dot{ID: int64(i), At: Project(Point{lon, lat})})
		}
		total := uint64(0)
		for x := range 1 << z {
			for y := range 1 << z {
				tile, err := Tile(z, x, y, Layers{Matters: slices.Values(dots), Number: numbered})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range readTile(t, tile)["matters"].features {
					if n, ok := f.tags["count"]; ok {
						total += n.(uint64)
					} else {
						total++
					}
					for _, v := range f.rings[0][0] {
						if v < 0 || v >= Extent {
							t.Fatalf("a point at %v, outside of its tile", f.rings[0][0])
						}
					}
				}
			}
		}
		if total != uint64(len(dots)) {
			t.Fatalf("%d matters in the tiles, %d were given", total, len(dots))
		}
	})
}

// The tiles of a zoom together show an area's whole surface.
func TestTilesShowTheWholeArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts, _ := drawArea(t)
		by := float64(rapid.IntRange(-180, 180).Draw(t, "by"))
		a, err := NewArea(moved(parts, by))
		if err != nil {
			t.Fatalf("%v", err)
		}
		shapes := NewShapes([]Shape{{Code: "a", Title: "A", Area: a}, {Code: "none"}})
		z := rapid.IntRange(0, 4).Draw(t, "zoom")
		shown, want := 0.0, 0.0
		for x := range 1 << z {
			for y := range 1 << z {
				tile, err := Tile(z, x, y, Layers{Places: shapes})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range readTile(t, tile)["places"].features {
					for _, r := range f.rings {
						shown += float64(withinTile(r)) / Extent / Extent / 2
					}
					for _, r := range f.rings {
						for _, p := range r {
							if p[0] < -margin || p[0] > Extent+margin || p[1] < -margin || p[1] > Extent+margin {
								t.Fatalf("a corner at %v", p)
							}
						}
					}
				}
			}
		}
		length := 0.0
		for _, part := range a.parts {
			for _, r := range part {
				m := make([]Point, len(r))
				for i, p := range r {
					m[i] = mercator(p)
				}
				for i := 1; i < len(m); i++ {
					length += math.Hypot(m[i].Lon-m[i-1].Lon, m[i].Lat-m[i-1].Lat)
				}
				want -= turns(m) / 2 // y runs the other way, and the tile's rings backwards
			}
		}
		n := math.Exp2(float64(z))
		// Lines are off by at most the simplification's slack, here up to three times the
		// unit since Mercator stretches what lies polewards of the middle, and rounding.
		if off := math.Abs(shown - want*n*n); off > (length*n+4)*(4*slack+1)/Extent {
			t.Fatalf("zoom %d shows %g tiles, want %g", z, shown, want*n*n)
		}
	})
}

// withinTile clips a ring to the tile without its margin and gives twice its area.
func withinTile(ring [][2]int64) int64 {
	var line []Point
	for _, p := range append(ring[:len(ring):len(ring)], ring[0]) {
		line = append(line, Point{float64(p[0]), float64(p[1])})
	}
	line, _ = clip(line, nil, box{0, 0, Extent, Extent})
	return int64(math.Round(turns(line0(line))))
}

func line0(line []Point) []Point {
	if len(line) == 0 {
		return []Point{{}}
	}
	return line
}

func randomDots(n int) []Dot {
	random := rand.New(rand.NewPCG(5, 6))
	dots := make([]Dot, n)
	for i := range dots {
		dots[i] = Dot{
			ID: int64(i), Category: [3]string{"waste", "streets.light", "housing.repairs"}[i%3], State: [2]string{"working", "closed"}[i%2],
			At: Project(Point{-71.19 + 0.2*random.Float64(), 42.23 + 0.17*random.Float64()}),
		}
	}
	return dots
}
