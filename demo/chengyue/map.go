package chengyue

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"skein/frame/civic"
)

// The map is invented: cells of a Voronoi diagram in the open Pacific, where nothing can be taken for a real place.
// Cells share every corner of their common edges in whole millionths of a degree, so they tile the district without a
// gap or an overlap; a street is the union of its cells, the district that of all.

const (
	middleLat, middleLon = 30.0, 170.0
	halfLat, halfLon     = 0.062, 0.072 // about 13.8 km from south to north, 13.9 km from west to east
	column               = 6            // cells a side
)

// spot is a corner in millionths of a degree.
type spot struct{ lon, lat int64 }

type point struct{ x, y float64 } // longitude, latitude

// ground is the map.
type ground struct {
	cells  map[civic.PlaceID][]point // corners of each cell before its edges are roughened, for drawing points
	rings  map[civic.PlaceID][]spot  // boundaries, counter-clockwise, the first corner not repeated
	parent map[civic.PlaceID]civic.PlaceID
}

// newGround draws the map. Two by two cells make a street, in the order of the codes.
func newGround() (*ground, error) {
	places, err := rows("places.csv", Places)
	if err != nil {
		return nil, err
	}
	g := &ground{cells: map[civic.PlaceID][]point{}, rings: map[civic.PlaceID][]spot{}, parent: map[civic.PlaceID]civic.PlaceID{}}
	var streets []civic.PlaceID
	below := map[civic.PlaceID][]civic.PlaceID{}
	for _, row := range places {
		id, up := civic.PlaceID(row["code"]), civic.PlaceID(row["parent"])
		g.parent[id] = up
		below[up] = append(below[up], id)
		if up == Root {
			streets = append(streets, id)
		}
	}
	order := []int{4, 1, 3, 5, 7, 0, 2, 6, 8} // the first subdistrict is the middle, towns are at the rim
	c := newChance(1)
	sites := make([]point, column*column)
	for i := range sites {
		u := func(k int) float64 { return (float64(k)+0.5+(c.unit()-0.5)*0.5)/column*2 - 1 }
		denser := func(v float64) float64 { return math.Copysign(math.Pow(math.Abs(v), 1.2), v) }
		x, y := denser(u(i%column)), denser(u(i/column))
		sites[i] = point{middleLon + x*halfLon*0.86, middleLat + y*halfLat*0.86}
	}
	var outline []point
	for i := range 18 {
		angle, far := 2*math.Pi*float64(i)/18, 0.97+0.16*c.unit()
		outline = append(outline, point{middleLon + far*halfLon*math.Cos(angle), middleLat + far*halfLat*math.Sin(angle)})
	}
	edges := map[civic.PlaceID]map[[2]spot]bool{}
	for i, site := range sites {
		block := slices.Index(order, i/column/2*3+i%column/2)
		street := streets[block]
		id := below[street][i/column%2*2+i%column%2]
		cell := outline
		for j, other := range sites {
			if j != i {
				cell = nearer(cell, site, other)
			}
		}
		g.cells[id] = cell
		ring := roughened(cell)
		g.rings[id] = ring
		for k, from := range ring {
			to := ring[(k+1)%len(ring)]
			for _, holder := range []civic.PlaceID{street, Root} {
				if edges[holder] == nil {
					edges[holder] = map[[2]spot]bool{}
				}
				if back := [2]spot{to, from}; edges[holder][back] {
					delete(edges[holder], back) // an inner edge: both sides are held
				} else {
					edges[holder][[2]spot{from, to}] = true
				}
			}
		}
	}
	for holder, of := range edges {
		if g.rings[holder], err = chained(of); err != nil {
			return nil, fmt.Errorf("%s: %w", holder, err)
		}
	}
	return g, nil
}

// nearer cuts from a convex ring what lies nearer to the other site.
func nearer(ring []point, site, other point) []point {
	middle := point{(site.x + other.x) / 2, (site.y + other.y) / 2}
	side := func(p point) float64 { return (p.x-middle.x)*(site.x-other.x) + (p.y-middle.y)*(site.y-other.y) }
	var out []point
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		s, t := side(a), side(b)
		if s >= 0 {
			out = append(out, a)
		}
		if (s > 0 && t < 0) || (s < 0 && t > 0) {
			f := s / (s - t)
			out = append(out, point{a.x + f*(b.x-a.x), a.y + f*(b.y-a.y)})
		}
	}
	return out
}

func rounded(p point) spot {
	return spot{int64(math.Round(p.x * 1e6)), int64(math.Round(p.y * 1e6))}
}

// roughened is a ring with edges that wander as boundaries do. An edge wanders the same way for both its cells.
func roughened(ring []point) []spot {
	var out []spot
	for i, p := range ring {
		a, b := rounded(p), rounded(ring[(i+1)%len(ring)])
		if a == b {
			continue
		}
		if a.lon < b.lon || a.lon == b.lon && a.lat < b.lat {
			out = append(out, a)
			out = append(out, wander(a, b)...)
			continue
		}
		between := wander(b, a)
		slices.Reverse(between)
		out = append(out, a)
		out = append(out, between...)
	}
	return out
}

// wander is what lies between two corners.
func wander(a, b spot) []spot {
	const shortest = 2500 // millionths of a degree, some 250 m
	dx, dy := float64(b.lon-a.lon), float64(b.lat-a.lat)
	if math.Hypot(dx, dy) < shortest {
		return nil
	}
	h := fnv.New64a()
	fmt.Fprint(h, a, b)
	off := (newChance(h.Sum64()).unit() - 0.5) * 0.16
	m := spot{(a.lon+b.lon)/2 - int64(off*dy), (a.lat+b.lat)/2 + int64(off*dx)}
	return append(append(wander(a, m), m), wander(m, b)...)
}

// chained makes one ring of edges.
func chained(edges map[[2]spot]bool) ([]spot, error) {
	next := map[spot]spot{}
	var first spot
	for e := range edges {
		if _, twice := next[e[0]]; twice {
			return nil, fmt.Errorf("the boundary touches itself at %v", e[0])
		}
		next[e[0]] = e[1]
		if len(next) == 1 || e[0].lon < first.lon || e[0].lon == first.lon && e[0].lat < first.lat {
			first = e[0]
		}
	}
	ring := []spot{first}
	for at := next[first]; at != first && len(ring) <= len(next); at = next[at] {
		ring = append(ring, at)
	}
	if len(ring) != len(next) {
		return nil, fmt.Errorf("%d edges make no single ring", len(next))
	}
	return ring, nil
}

// Boundaries are the places' boundaries, GeoJSON Polygons (RFC 7946).
func Boundaries() (map[civic.PlaceID]json.RawMessage, error) {
	g, err := newGround()
	if err != nil {
		return nil, err
	}
	out := map[civic.PlaceID]json.RawMessage{}
	for id, ring := range g.rings {
		text := []byte(`{"type":"Polygon","coordinates":[[`)
		for _, s := range append(slices.Clip(ring), ring[0]) {
			text = fmt.Appendf(text, "[%d.%06d,%d.%06d],", s.lon/1e6, s.lon%1e6, s.lat/1e6, s.lat%1e6)
		}
		text[len(text)-1] = ']'
		out[id] = append(text, ']', '}')
	}
	return out, nil
}

// in draws a point well inside a cell: between its middle and a place on its rim.
func (g *ground) in(c *chance, id civic.PlaceID) spot {
	cell := g.cells[id]
	var m point
	for _, p := range cell {
		m.x += p.x / float64(len(cell))
		m.y += p.y / float64(len(cell))
	}
	k := c.below(len(cell))
	a, b, f := cell[k], cell[(k+1)%len(cell)], c.unit()
	rim := point{a.x + f*(b.x-a.x), a.y + f*(b.y-a.y)}
	far := math.Sqrt(c.unit()) * 0.7
	return rounded(point{m.x + far*(rim.x-m.x), m.y + far*(rim.y-m.y)})
}
