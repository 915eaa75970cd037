package geo

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"

	"skein/frame/civic"
)

func float(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustArea(t interface{ Fatalf(string, ...any) }, parts ...[][]Point) *Area {
	a, err := NewArea(parts)
	if err != nil {
		t.Fatalf("%v\n%v", err, parts)
	}
	return a
}

func rectangle(west, south, east, north float64) []Point {
	return []Point{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
}

// star draws a simple ring around a centre: directions in order, radii within limits. All
// coordinates are whole 64ths of a degree, so moving by whole degrees is exact.
func star(t *rapid.T, label string, centre Point, least, most float64) []Point {
	n := rapid.IntRange(3, 24).Draw(t, label+" corners")
	var ring []Point
	for i := range n {
		turn := (float64(i) + rapid.Float64Range(0, 0.9).Draw(t, label+" turn")) / float64(n) * 2 * math.Pi
		radius := rapid.Float64Range(least, most).Draw(t, label+" radius")
		p := Point{snap64(centre.Lon + radius*math.Cos(turn)), snap64(centre.Lat + radius*math.Sin(turn))}
		ring = append(ring, p)
	}
	return append(ring, ring[0])
}

func snap64(v float64) float64 { return math.Round(v*64) / 64 }

// drawArea makes a star with perhaps a hole and perhaps a second part; drawings that turn
// out unsound (a star of few corners need not hold its centre) are thrown away.
func drawArea(t *rapid.T) ([][][]Point, *Area) {
	parts := [][][]Point{{star(t, "outer", Point{}, 6, 24)}}
	if rapid.Bool().Draw(t, "hole") {
		parts[0] = append(parts[0], star(t, "hole", Point{}, 1, 5))
	}
	if rapid.Bool().Draw(t, "second part") {
		parts = append(parts, [][]Point{star(t, "second", Point{3, 40}, 2, 12)})
	}
	a, err := NewArea(parts)
	if err != nil {
		t.Skip("unsound drawing")
	}
	return parts, a
}

// drawPoint prefers what is hard: corners, middles of edges, latitudes of corners.
func drawPoint(t *rapid.T, parts [][][]Point) Point {
	part := parts[rapid.IntRange(0, len(parts)-1).Draw(t, "of part")]
	ring := part[rapid.IntRange(0, len(part)-1).Draw(t, "of ring")]
	i := rapid.IntRange(0, len(ring)-2).Draw(t, "of edge")
	a, b := ring[i], ring[i+1]
	free := Point{rapid.Float64Range(-30, 30).Draw(t, "lon"), rapid.Float64Range(-60, 60).Draw(t, "lat")}
	switch rapid.IntRange(0, 4).Draw(t, "where") {
	case 0:
		return a
	case 1:
		return Point{(a.Lon + b.Lon) / 2, (a.Lat + b.Lat) / 2}
	case 2:
		return Point{free.Lon, a.Lat}
	case 3:
		return Point{a.Lon, free.Lat}
	}
	return free
}

// slowLocate is the even-odd rule over every edge, in rational numbers.
func slowLocate(parts [][][]Point, p Point) int {
	at := outside
	x, y := new(big.Rat).SetFloat64(p.Lon), new(big.Rat).SetFloat64(p.Lat)
	for _, part := range parts {
		for _, r := range part {
			for i := 1; i < len(r); i++ {
				ax, ay := new(big.Rat).SetFloat64(r[i-1].Lon), new(big.Rat).SetFloat64(r[i-1].Lat)
				bx, by := new(big.Rat).SetFloat64(r[i].Lon), new(big.Rat).SetFloat64(r[i].Lat)
				dx, dy := new(big.Rat).Sub(bx, ax), new(big.Rat).Sub(by, ay)
				ux, uy := new(big.Rat).Sub(x, ax), new(big.Rat).Sub(y, ay)
				cross := new(big.Rat).Sub(new(big.Rat).Mul(dx, uy), new(big.Rat).Mul(dy, ux)).Sign()
				if cross == 0 && between(r[i-1], r[i], p) {
					return boundary
				}
				up := r[i-1].Lat <= p.Lat && r[i].Lat > p.Lat
				down := r[i].Lat <= p.Lat && r[i-1].Lat > p.Lat
				if (up && cross > 0) || (down && cross < 0) {
					at = -at
				}
			}
		}
	}
	return at
}

func TestContainsIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts, a := drawArea(t)
		for range 8 {
			p := drawPoint(t, parts)
			if got, want := a.shape.locate(p), slowLocate(parts, p); got != want {
				t.Fatalf("%v: got %d, want %d in %v", p, got, want, parts)
			}
		}
	})
}

func TestOrientIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		near := func(v float64, label string) float64 {
			for range rapid.IntRange(0, 4).Draw(t, label) {
				v = math.Nextafter(v, 1000)
			}
			return v
		}
		base := rapid.Float64Range(-1, 1).Draw(t, "base")
		scale := rapid.SampledFrom([]float64{1e-9, 0.1, 1, 33}).Draw(t, "scale")
		a := dusted(Point{near(base, "ax"), near(base, "ay")})
		b := dusted(Point{near(base+scale, "bx"), near(base+scale, "by")})
		c := dusted(Point{near(base+scale/2, "cx"), near(base+scale/2, "cy")})
		r := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
		sub := func(v, w float64) *big.Rat { return new(big.Rat).Sub(r(v), r(w)) }
		want := new(big.Rat).Sub(
			new(big.Rat).Mul(sub(a.Lon, c.Lon), sub(b.Lat, c.Lat)),
			new(big.Rat).Mul(sub(a.Lat, c.Lat), sub(b.Lon, c.Lon))).Sign()
		if got := orient(a, b, c); got != want {
			t.Fatalf("orient(%v, %v, %v) = %d, want %d", a, b, c, got, want)
		}
	})
}

// Random rings on a small lattice meet themselves in every way. simplefeatures (a port of
// JTS rules) is the other opinion: it must not find sound what we refuse, and what we
// accept beyond it may only touch. A closed line that never crosses itself winds around
// every point 0 times or once, always the same way.
func TestValidityAgainstSimplefeatures(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 9).Draw(t, "corners")
		var ring []Point
		var flat []float64
		for i := range n + 1 {
			p := Point{float64(rapid.IntRange(0, 4).Draw(t, "x")), float64(rapid.IntRange(0, 4).Draw(t, "y"))}
			if i == n {
				p = ring[0]
			}
			ring = append(ring, p)
			flat = append(flat, p.Lon, p.Lat)
		}
		other := geom.NewPolygon([]geom.LineString{geom.NewLineString(geom.NewSequence(flat, geom.DimXY))})
		strict := other.Validate() == nil
		a, err := NewArea([][][]Point{{ring}})
		if strict && err != nil {
			t.Fatalf("refused a sound ring: %v %v", err, ring)
		}
		if refusals, ok := civic.AsRefusals(err); ok {
			seen[refusals[0].Key]++
			return
		}
		seen[fmt.Sprint("accepted, strict ", strict)]++
		if strict {
			if got, want := turns(a.parts[0][0])/2, other.Area(); math.Abs(got-want) > 1e-9 {
				t.Fatalf("plane area %g, want %g", got, want)
			}
		}
		least, most := 0, 0
		for x := 0.0; x < 4; x += 0.1 {
			for y := 0.05; y < 4; y += 0.1 {
				w := winding(ring, Point{x + 0.013, y + 0.0071})
				least, most = min(least, w), max(most, w)
			}
		}
		if most-least > 1 {
			t.Fatalf("accepted a crossing ring, winding %d…%d: %v", least, most, ring)
		}
	})
	t.Log(seen)
}

func winding(ring []Point, p Point) int {
	w := 0
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if a.Lat <= p.Lat && b.Lat > p.Lat && orient(a, b, p) > 0 {
			w++
		} else if b.Lat <= p.Lat && a.Lat > p.Lat && orient(a, b, p) < 0 {
			w--
		}
	}
	return w
}

// moved shifts by whole degrees and wraps, giving an uncut ring over the antimeridian.
func moved(parts [][][]Point, by float64) [][][]Point {
	out := make([][][]Point, len(parts))
	for i, part := range parts {
		for _, r := range part {
			var ring []Point
			for _, p := range r {
				ring = append(ring, Point{wrap(p.Lon + by), p.Lat})
			}
			out[i] = append(out[i], ring)
		}
	}
	return out
}

func TestCutAtAntimeridianKeepsContainment(t *testing.T) {
	crossed := 0
	rapid.Check(t, func(t *rapid.T) {
		parts, a := drawArea(t)
		by := float64(rapid.IntRange(156, 204).Draw(t, "by"))
		m, err := NewArea(moved(parts, by))
		if err != nil {
			t.Fatalf("%v\nmoved by %v: %v", err, by, parts)
		}
		if m.Bounds().West > m.Bounds().East {
			crossed++
		}
		if d := math.Abs(m.SquareMetres()/a.SquareMetres() - 1); d > 1e-9 {
			t.Fatalf("area changed by %g", d)
		}
		for _, part := range m.Parts() {
			for j, r := range part {
				if b := boxOf(r); b.minLon < -180 || b.maxLon > 180 || (turns(r) > 0) != (j == 0) {
					t.Fatalf("ring %d not in bounds or turned: %v", j, r)
				}
			}
		}
		if p := m.InteriorPoint(); !m.Contains(p) || !m.Bounds().Contains(p) {
			t.Fatalf("interior point %v is outside", p)
		}
		index := NewIndex([]*Area{m})
		for range 8 {
			p := drawPoint(t, parts)
			p = Point{snap64(p.Lon), snap64(p.Lat)}
			where := slowLocate(parts, p)
			if where == boundary {
				continue // the cut rounds the edges that it cuts
			}
			q := Point{wrap(p.Lon + by), p.Lat}
			if got, want := m.Contains(q), where == inside; got != want {
				t.Fatalf("%v moved by %v: got %v, want %v\n%v", p, by, got, want, parts)
			}
			if m.Contains(q) != (len(index.Holding(q)) == 1) {
				t.Fatalf("the index says otherwise at %v", q)
			}
		}
	})
	if crossed == 0 {
		t.Error("no drawing crossed the antimeridian")
	}
}

// Rings on a small lattice, touching themselves and their holes, with corners and edges on
// the antimeridian.
func TestCutThroughCorners(t *testing.T) {
	lattice := func(t *rapid.T, label string, from, to int) []Point {
		var ring []Point
		for range rapid.IntRange(3, 10).Draw(t, label) {
			ring = append(ring, Point{float64(rapid.IntRange(from, to).Draw(t, "x")), float64(rapid.IntRange(from, to).Draw(t, "y"))})
		}
		return append(ring, ring[0])
	}
	cut := 0
	rapid.Check(t, func(t *rapid.T) {
		parts := [][][]Point{{lattice(t, "outer", 0, 5)}}
		if rapid.Bool().Draw(t, "framed") {
			parts = [][][]Point{{rectangle(-1, -1, 6, 6), parts[0][0]}}
		}
		if _, err := NewArea(parts); err != nil {
			return
		}
		by := float64(180 - rapid.IntRange(0, 5).Draw(t, "cut at"))
		m, err := NewArea(moved(parts, by))
		if err != nil {
			t.Fatalf("%v: moved by %v: %v", parts, by, err)
		}
		if len(m.parts) > 1 {
			cut++
		}
		for x := -1.0; x < 6; x += 0.3 {
			for y := -1.0; y < 6; y += 0.3 {
				p := Point{x + 0.0371, y + 0.0123}
				if where := slowLocate(parts, p); where != boundary && (where == inside) != m.Contains(Point{wrap(p.Lon + by), p.Lat}) {
					t.Fatalf("%v moved by %v differs at %v: %v", parts, by, p, m.Parts())
				}
			}
		}
		for _, part := range m.parts {
			for j, r := range part {
				if (turns(r) > 0) != (j == 0) {
					t.Fatalf("%v moved by %v: ring turned wrongly in %v", parts, by, m.Parts())
				}
				if j > 0 && !holeWithin(r, part) {
					t.Fatalf("%v moved by %v: a hole outside in %v", parts, by, m.Parts())
				}
			}
		}
	})
	if cut == 0 {
		t.Error("nothing was cut")
	}
}

func TestAntimeridian(t *testing.T) {
	fiji := [][]Point{{{177, -19}, {-178, -19}, {-178, -15}, {177, -15}, {177, -19}}, {{179, -17}, {179, -16}, {-179, -16}, {-179, -17}, {179, -17}}}
	cutFiji := [][][]Point{
		{{{177, -19}, {180, -19}, {180, -17}, {179, -17}, {179, -16}, {180, -16}, {180, -15}, {177, -15}, {177, -19}}},
		{{{-180, -19}, {-178, -19}, {-178, -15}, {-180, -15}, {-180, -16}, {-179, -16}, {-179, -17}, {-180, -17}, {-180, -19}}},
	}
	chukotka := [][]Point{{{172, 61}, {179.5, 62.3}, {-173, 64.3}, {-169.7, 66.1}, {-175, 67.2}, {-179.9, 68.9}, {176, 69.8}, {170, 70}, {160, 69.7}, {158, 66}, {172, 61}}}
	for _, c := range []struct {
		name    string
		area    *Area
		parts   int
		bounds  Bounds
		in, out []Point
	}{
		{"Fiji with a hole, uncut", mustArea(t, fiji), 2, Bounds{177, -19, -178, -15},
			[]Point{{178.4, -18.1}, {-179, -18}, {180, -18}, {-180, -18}, {180, -17}, {-178, -15}}, []Point{{180, -16.5}, {-180, -16.5}, {-179.5, -16.5}, {176.9, -18}, {0, -18}, {180, -14}}},
		{"Fiji with a hole, cut", mustArea(t, cutFiji...), 2, Bounds{177, -19, -178, -15},
			[]Point{{178.4, -18.1}, {-179, -18}, {180, -18}, {-180, -18}, {180, -17}, {-178, -15}}, []Point{{180, -16.5}, {-180, -16.5}, {-179.5, -16.5}, {176.9, -18}, {0, -18}}},
		{"Chukotka", mustArea(t, chukotka), 2, Bounds{158, 61, -169.7, 70},
			[]Point{{177.5, 64.73}, {-171.8, 65.6}, {180, 66}, {-180, 66}, {-179, 67.8}}, []Point{{-168, 65.6}, {0, 66}, {-179, 62}, {150, 66}}},
		{"Antarctica, cut down to the pole", mustArea(t, [][]Point{{{-180, -90}, {180, -90}, {180, -78}, {90, -66}, {0, -70}, {-60, -63}, {-180, -78}, {-180, -90}}}), 1, Bounds{-180, -90, 180, -63},
			[]Point{{0, -90}, {123, -90}, {0, -80}, {180, -80}, {-180, -80}}, []Point{{0, 90}, {0, -60}, {180, -70}}},
		{"a band of latitude", mustArea(t, [][]Point{rectangle(-180, 60, 180, 70)}), 1, Bounds{-180, 60, 180, 70},
			[]Point{{0, 65}, {180, 65}, {-180, 60}}, []Point{{0, 71}, {0, 59}, {0, 90}}},
		{"the whole Earth", mustArea(t, [][]Point{rectangle(-180, -90, 180, 90)}), 1, Bounds{-180, -90, 180, 90},
			[]Point{{0, 90}, {0, -90}, {180, 1}}, []Point{{math.NaN(), 0}, {181, 0}, {0, math.Inf(1)}}},
		{"a wedge to the pole, uncut", mustArea(t, [][]Point{{{170, 60}, {-170, 60}, {-170, 90}, {170, 90}, {170, 60}}}), 2, Bounds{170, 60, -170, 90},
			[]Point{{180, 75}, {-175, 89}, {0, 90}, {-180, 60}}, []Point{{0, 89}, {169, 75}}},
		{"a corner on the antimeridian", mustArea(t, [][]Point{{{170, 0}, {180, 5}, {170, 10}, {170, 0}}}), 1, Bounds{170, 0, 180, 10},
			[]Point{{180, 5}, {-180, 5}, {175, 5}}, []Point{{-179, 5}, {180, 6}}},
		{"a hole that touches itself on the cut", mustArea(t, moved([][][]Point{{rectangle(-1, -1, 6, 6), {{2, 5}, {1, 2}, {0, 5}, {1, 1}, {1, 0}, {0, 0}, {0, 1}, {1, 0}, {0, 5}, {2, 5}}}}, 180)...), 3, Bounds{179, -1, -174, 6},
			[]Point{{-179.75, 0.8}, {-179.9, 5.5}, {179.5, 3}}, []Point{{-179.9, 0.5}, {-178.9, 4}, {-179.1, 0.9}}},
		{"uncut, touching the antimeridian from within", mustArea(t, [][]Point{{{170, 0}, {-170, 0}, {180, 5}, {-170, 10}, {170, 10}, {170, 0}}}), 3, Bounds{170, 0, -170, 10},
			[]Point{{175, 5}, {-175, 1}, {-175, 9}, {180, 5}}, []Point{{-175, 5}, {-179, 5}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n := len(c.area.Parts()); n != c.parts {
				t.Errorf("%d parts, want %d: %v", n, c.parts, c.area.Parts())
			}
			if c.area.Bounds() != c.bounds {
				t.Errorf("bounds %v, want %v", c.area.Bounds(), c.bounds)
			}
			index := NewIndex([]*Area{nil, c.area})
			for _, p := range c.in {
				if !c.area.Contains(p) || len(index.Holding(p)) != 1 {
					t.Errorf("%v should be inside", p)
				}
			}
			for _, p := range c.out {
				if c.area.Contains(p) || len(index.Holding(p)) != 0 {
					t.Errorf("%v should be outside", p)
				}
			}
			if !c.area.Contains(c.area.InteriorPoint()) {
				t.Errorf("interior point %v is outside", c.area.InteriorPoint())
			}
			again, err := Parse(c.area.AppendGeoJSON(nil), Options{})
			if err != nil || again.Features[0].Area.Bounds() != c.bounds {
				t.Errorf("read back: %v", err)
			}
		})
	}
}

func TestSquareMetres(t *testing.T) {
	// Snyder's closed form for a box along meridians and parallels.
	strip := func(south, north, width float64) float64 {
		return semiMajor * semiMajor / 2 * width * degree * (authalic(north) - authalic(south))
	}
	for _, c := range []struct {
		name string
		ring []Point
		want float64
	}{
		{"the Earth (NIMA TR8350.2: 510 065 621.7 km²)", rectangle(-180, -90, 180, 90), 510065621.7e6},
		{"one degree at the equator", rectangle(0, 0, 1, 1), strip(0, 1, 1)},
		{"a metre or so in Boston", rectangle(-71.06, 42.36, -71.06+1e-5, 42.36+1e-5), strip(42.36, 42.36+1e-5, 1e-5)},
	} {
		got := mustArea(t, [][]Point{c.ring}).SquareMetres()
		if math.Abs(got/c.want-1) > 1e-6 {
			t.Errorf("%s: %g m², want %g", c.name, got, c.want)
		}
	}
}

// An area cut along a parallel is the sum of both sides.
func TestAreaIsAdditive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "columns")
		line := func(label string, from, to float64) []Point {
			var l []Point
			for i := range n {
				l = append(l, Point{float64(i) * 3, rapid.Float64Range(from, to).Draw(t, label)})
			}
			return l
		}
		low, mid, high := line("low", -60, -1), line("mid", 0, 20), line("high", 21, 80)
		join := func(a, b []Point) []Point {
			ring := append([]Point{}, a...)
			for i := len(b) - 1; i >= 0; i-- {
				ring = append(ring, b[i])
			}
			return append(ring, a[0])
		}
		south, north := mustArea(t, [][]Point{join(low, mid)}), mustArea(t, [][]Point{join(mid, high)})
		whole := mustArea(t, [][]Point{join(low, high)})
		if sum := south.SquareMetres() + north.SquareMetres(); math.Abs(sum/whole.SquareMetres()-1) > 1e-12 {
			t.Fatalf("%g + %g is not %g", south.SquareMetres(), north.SquareMetres(), whole.SquareMetres())
		}
		holed := mustArea(t, [][]Point{rectangle(-10, -70, 100, 85), join(low, high)})
		if sum := holed.SquareMetres() + whole.SquareMetres(); math.Abs(sum/mustArea(t, [][]Point{rectangle(-10, -70, 100, 85)}).SquareMetres()-1) > 1e-12 {
			t.Fatalf("a hole and what fills it are not the whole")
		}
	})
}

func TestInteriorPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, a := drawArea(t)
		if p := a.InteriorPoint(); a.shape.locate(p) != inside {
			t.Fatalf("%v is not inside", p)
		}
	})
	c := mustArea(t, [][]Point{{{0, 0}, {10, 0}, {10, 1}, {1, 1}, {1, 9}, {10, 9}, {10, 10}, {0, 10}, {0, 0}}})
	if p := c.InteriorPoint(); c.shape.locate(p) != inside {
		t.Errorf("C-shaped: %v is not inside", p)
	}
	if got := mustArea(t, [][]Point{rectangle(0, 0, 10, 4)}).InteriorPoint(); Distance(got, Point{5, 2}) > 1e-3 {
		t.Errorf("box: %v, want its middle", got)
	}
	if got := mustArea(t, [][]Point{rectangle(179, 0, -177, 4)}).InteriorPoint(); Distance(got, Point{-179, 2}) > 1e-3 {
		t.Errorf("box over the antimeridian: %v, want its middle", got)
	}
	thin := mustArea(t, [][]Point{{{1, 1}, {1, math.Nextafter(1, 2)}, {2, 1}, {1, 1}}})
	if p := thin.InteriorPoint(); !thin.Contains(p) {
		t.Errorf("a sliver: %v is not in it", p)
	}
}

func TestDistance(t *testing.T) {
	quarter := EarthRadius * math.Pi / 2
	for _, c := range []struct {
		p, q Point
		want float64
	}{
		{Point{0, 0}, Point{90, 0}, quarter},
		{Point{12, -90}, Point{-100, 90}, 2 * quarter},
		{Point{179.5, 0}, Point{-179.5, 0}, metresPerDegree},
		{Point{-71.0587, 42.3594}, Point{-71.0587, 42.3594}, 0},
		{Point{-0.1278, 51.5074}, Point{2.3522, 48.8566}, 343556}, // London to Paris
	} {
		if got := Distance(c.p, c.q); math.Abs(got-c.want) > 1+c.want*1e-4 {
			t.Errorf("Distance(%v, %v) = %g, want %g", c.p, c.q, got, c.want)
		}
	}
}

func holeWithin(ring []Point, part [][]Point) bool {
	outer, _ := newSlabs(part[:1])
	return lies(ring, outer) == inside
}
