package place

import (
	"cmp"
	"math"
	"slices"

	"skein/science/geo"
)

// surface is an area ready to be compared with others.
type surface struct {
	edges  []edge // by lower end
	bounds geo.Bounds
	// whole is its size in square degrees shrunk by the cosine of the latitude, so that
	// ratios are shares of ground.
	whole float64
}

func newSurface(a *geo.Area) *surface {
	s := &surface{edges: outline(a), bounds: a.Bounds()}
	s.whole = s.shared(s)
	return s
}

// shared measures what two areas have in common, in the unit of whole.
//
// Both outlines are cut at the latitude of every vertex. Between two neighbouring cuts all
// edges are straight and none of one outline cross, so each outline is a row of trapezoids,
// and what two trapezoids share has a width that is linear between the few latitudes where
// their sides cross. The result is exact but for rounding and for the cosine, which
// is taken in the middle of each strip.
func (s *surface) shared(other *surface) float64 {
	if apart(s.bounds, other.bounds) {
		return 0
	}
	south, north := max(s.bounds.South, other.bounds.South), min(s.bounds.North, other.bounds.North)
	cuts := []float64{south, north}
	for _, edges := range [2][]edge{s.edges, other.edges} {
		for _, e := range edges {
			for _, lat := range [2]float64{e.low.Lat, e.high.Lat} {
				if lat > south && lat < north {
					cuts = append(cuts, lat)
				}
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	left, right := sweep{edges: s.edges}, sweep{edges: other.edges}
	sum := 0.0
	for i := 1; i < len(cuts); i++ {
		low, high := cuts[i-1], cuts[i]
		weight := (high - low) * math.Cos((low+high)/2*math.Pi/180)
		sum += weight * overlap(left.strip(low, high), right.strip(low, high))
	}
	return sum
}

// overlap is the mean width that two rows of trapezoids share.
func overlap(left, right []side) (sum float64) {
	from := 0
	for j := 1; j < len(left); j += 2 {
		for from+1 < len(right) && max(right[from+1].low, right[from+1].high) <= min(left[j-1].low, left[j-1].high) {
			from += 2
		}
		for k := from; k+1 < len(right); k += 2 {
			if min(right[k].low, right[k].high) >= max(left[j].low, left[j].high) {
				break
			}
			sum += width(left[j-1], left[j], right[k], right[k+1])
		}
	}
	return sum
}

// share is how much of s lies in another, 0 to 1.
func (s *surface) share(other *surface) float64 {
	if s.whole <= 0 {
		return 0
	}
	return max(0, min(1, s.shared(other)/s.whole))
}

// edge is one side of an outline, from its lower to its higher end; level ones are left out.
type edge struct{ low, high geo.Point }

func outline(a *geo.Area) []edge {
	edges := make([]edge, 0, a.Vertices())
	for _, part := range a.Parts() {
		for _, ring := range part {
			for i := 1; i < len(ring); i++ {
				switch p, q := ring[i-1], ring[i]; {
				case p.Lat < q.Lat:
					edges = append(edges, edge{p, q})
				case p.Lat > q.Lat:
					edges = append(edges, edge{q, p})
				}
			}
		}
	}
	slices.SortFunc(edges, func(e, f edge) int { return cmp.Compare(e.low.Lat, f.low.Lat) })
	return edges
}

// side is where an edge meets the lower and the upper rim of a strip, in longitude.
type side struct{ low, high float64 }

// sweep moves up an outline.
type sweep struct {
	edges  []edge // by lower end
	active []edge
	sides  []side
}

// strip returns the sides within a strip from west to east; the inside lies between the
// first and second, third and fourth and so on. Strips are asked for from south to north, and no
// edge ends inside one.
func (s *sweep) strip(low, high float64) []side {
	for len(s.edges) > 0 && s.edges[0].low.Lat <= low {
		if s.edges[0].high.Lat > low {
			s.active = append(s.active, s.edges[0])
		}
		s.edges = s.edges[1:]
	}
	s.active = slices.DeleteFunc(s.active, func(e edge) bool { return e.high.Lat <= low })
	s.sides = s.sides[:0]
	for _, e := range s.active {
		s.sides = append(s.sides, side{e.at(low), e.at(high)})
	}
	slices.SortFunc(s.sides, func(a, b side) int { return cmp.Compare(a.low+a.high, b.low+b.high) })
	return s.sides
}

func (e edge) at(lat float64) float64 {
	switch lat {
	case e.low.Lat:
		return e.low.Lon
	case e.high.Lat:
		return e.high.Lon
	}
	return e.low.Lon + (lat-e.low.Lat)/(e.high.Lat-e.low.Lat)*(e.high.Lon-e.low.Lon)
}

// width is the mean width that two trapezoids share, over the height of their strip.
func width(aWest, aEast, bWest, bEast side) float64 {
	bends := [6]float64{0, 1}
	n := 2
	for _, pair := range [4][2]side{{aWest, bWest}, {aEast, bEast}, {aWest, bEast}, {bWest, aEast}} {
		if t, ok := meet(pair[0], pair[1]); ok {
			bends[n] = t
			n++
		}
	}
	slices.Sort(bends[:n])
	sum, last := 0.0, 0.0
	for i := range n {
		t := bends[i]
		at := func(s side) float64 { return s.low + t*(s.high-s.low) }
		w := max(0, min(at(aEast), at(bEast))-max(at(aWest), at(bWest)))
		if i > 0 {
			sum += (t - bends[i-1]) * (w + last) / 2
		}
		last = w
	}
	return sum
}

// meet is where two sides cross, from 0 at the lower rim to 1.
func meet(a, b side) (float64, bool) {
	low, high := a.low-b.low, a.high-b.high
	if (low < 0) == (high < 0) || low == high {
		return 0, false
	}
	return low / (low - high), true
}

// apart reports whether two boxes cannot share ground.
func apart(a, b geo.Bounds) bool {
	if a.South >= b.North || b.South >= a.North {
		return true
	}
	if a.West > a.East || b.West > b.East {
		return false
	}
	return a.West >= b.East || b.West >= a.East
}
