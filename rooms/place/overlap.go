package place

import (
	"cmp"
	"math"
	"slices"

	"skein/science/geo"
)

// common measures the surface that two areas share and the whole of the first, in square
// degrees shrunk by the cosine of the latitude, so that their ratio is a share of ground.
//
// Both outlines are cut at the latitude of every vertex. Between two neighbouring cuts all
// edges are straight and none of one outline cross, so each outline is a row of trapezoids,
// and what two trapezoids share has a width that is linear between the few latitudes where
// their sides cross. The result is exact but for rounding and for the cosine, which
// is taken in the middle of each strip.
func common(a, b *geo.Area) (shared, whole float64) {
	one, other := outline(a), outline(b)
	cuts := make([]float64, 0, 2*(len(one)+len(other)))
	for _, e := range one {
		cuts = append(cuts, e.low.Lat, e.high.Lat)
	}
	south, north := a.Bounds().South, a.Bounds().North
	for _, e := range other {
		for _, lat := range [2]float64{e.low.Lat, e.high.Lat} {
			if lat > south && lat < north {
				cuts = append(cuts, lat)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var sweepOne, sweepOther sweep
	sweepOne.edges, sweepOther.edges = one, other
	for i := 1; i < len(cuts); i++ {
		low, high := cuts[i-1], cuts[i]
		weight := (high - low) * math.Cos((low+high)/2*math.Pi/180)
		left, right := sweepOne.strip(low, high), sweepOther.strip(low, high)
		for j := 1; j < len(left); j += 2 {
			whole += weight * (left[j].low - left[j-1].low + left[j].high - left[j-1].high) / 2
		}
		from := 0
		for j := 1; j < len(left); j += 2 {
			for from+1 < len(right) && max(right[from+1].low, right[from+1].high) <= min(left[j-1].low, left[j-1].high) {
				from += 2
			}
			for k := from; k+1 < len(right); k += 2 {
				if min(right[k].low, right[k].high) >= max(left[j].low, left[j].high) {
					break
				}
				shared += weight * width(left[j-1], left[j], right[k], right[k+1])
			}
		}
	}
	return shared, whole
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
		s.active = append(s.active, s.edges[0])
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
