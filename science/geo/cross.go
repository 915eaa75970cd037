package geo

import (
	"math"
	"slices"
)

// A clash is a place where two edges do what rings may not: cross, or run along each other.
type clash struct {
	along      bool // the edges share a stretch, not just a point
	ring, edge [2]int
	at         Point
}

// effort bounds the pairs of edges that are compared, so that a tangle made to be slow is
// given up on after a few seconds. The outlines of cities need some ten pairs an edge, those
// of fjords some hundreds.
func effort(edges int) int { return 100_000_000 + 500*edges }

// clashes visits the clashes between edges of closed rings without repeated positions,
// until visit returns false. With groups, only edges of rings in different groups are
// compared. It returns false when it gave up.
//
// The edges are sorted along the axis on which they are shorter, and each is compared
// with those that begin before it ends. Touching at a single point is no clash, unless
// the lines swap sides there.
func clashes(rings [][]Point, groups []int, visit func(clash) bool) bool {
	type span struct {
		lo, hi, low, high float64
		ring, edge        int32
	}
	var width, height float64
	bounds, count := emptyBox, 0
	for _, r := range rings {
		bounds = bounds.join(boxOf(r))
		for i := 1; i < len(r); i++ {
			width += math.Abs(r[i].Lon - r[i-1].Lon)
			height += math.Abs(r[i].Lat - r[i-1].Lat)
		}
		count += len(r) - 1
	}
	byLat := height*(bounds.maxLon-bounds.minLon) < width*(bounds.maxLat-bounds.minLat)
	spans := make([]span, 0, count)
	for r, ring := range rings {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			s := span{min(a.Lon, b.Lon), max(a.Lon, b.Lon), min(a.Lat, b.Lat), max(a.Lat, b.Lat), int32(r), int32(i - 1)}
			if byLat {
				s.lo, s.hi, s.low, s.high = s.low, s.high, s.lo, s.hi
			}
			spans = append(spans, s)
		}
	}
	slices.SortFunc(spans, func(s, t span) int {
		switch {
		case s.lo < t.lo:
			return -1
		case s.lo > t.lo:
			return 1
		case s.ring != t.ring:
			return int(s.ring - t.ring)
		}
		return int(s.edge - t.edge)
	})
	left := effort(count)
	for i := range spans {
		s := &spans[i]
		for j := i + 1; j < len(spans) && spans[j].lo <= s.hi; j++ {
			if left--; left < 0 {
				return false
			}
			t := &spans[j]
			if t.low > s.high || t.high < s.low || (groups != nil && groups[s.ring] == groups[t.ring]) {
				continue
			}
			c := clash{ring: [2]int{int(s.ring), int(t.ring)}, edge: [2]int{int(s.edge), int(t.edge)}}
			if c.find(rings) && !visit(c) {
				return true
			}
		}
	}
	return true
}

// find reports whether the two edges clash, and where.
func (c *clash) find(rings [][]Point) bool {
	r1, r2 := rings[c.ring[0]], rings[c.ring[1]]
	i, j := c.edge[0], c.edge[1]
	a, b, p, q := r1[i], r1[i+1], r2[j], r2[j+1]
	abp, abq := orient(a, b, p), orient(a, b, q)
	if abp == 0 && abq == 0 {
		along, at := overlap(a, b, p, q)
		if along {
			c.along, c.at = true, at
			return true
		}
	} else if abp == abq {
		return false
	}
	pqa, pqb := orient(p, q, a), orient(p, q, b)
	if abp*abq < 0 && pqa*pqb < 0 {
		c.at = meet(a, b, p, q)
		return true
	}
	for _, touch := range [4]struct {
		at Point
		on bool
	}{
		{p, abp == 0 && between(a, b, p)}, {q, abq == 0 && between(a, b, q)},
		{a, pqa == 0 && between(p, q, a)}, {b, pqb == 0 && between(p, q, b)},
	} {
		if !touch.on {
			continue
		}
		in1, out1, v1 := pass(r1, i, touch.at)
		in2, out2, v2 := pass(r2, j, touch.at)
		if c.ring[0] == c.ring[1] && v1 >= 0 && v1 == v2 {
			continue // neighbours in the ring share their vertex
		}
		if sameWay(touch.at, in1, in2) || sameWay(touch.at, in1, out2) ||
			sameWay(touch.at, out1, in2) || sameWay(touch.at, out1, out2) {
			continue // edges that run along each other are found as such
		}
		if within(touch.at, in1, out1, in2) != within(touch.at, in1, out1, out2) {
			c.at = touch.at
			return true
		}
	}
	return false
}

// overlap reports whether two edges on one line share more than a point, and where that begins.
func overlap(a, b, p, q Point) (bool, Point) {
	key := func(p Point) float64 { return p.Lon }
	if a.Lon == b.Lon {
		key = func(p Point) float64 { return p.Lat }
	}
	if key(a) > key(b) {
		a, b = b, a
	}
	if key(p) > key(q) {
		p, q = q, p
	}
	if key(p) > key(a) {
		a = p
	}
	if key(q) < key(b) {
		b = q
	}
	return key(a) < key(b), a
}

// between reports whether p, known to be on the line through a and b, is on the edge.
func between(a, b, p Point) bool {
	return p.Lon >= min(a.Lon, b.Lon) && p.Lon <= max(a.Lon, b.Lon) &&
		p.Lat >= min(a.Lat, b.Lat) && p.Lat <= max(a.Lat, b.Lat)
}

// pass returns the positions that a ring comes from and goes to when its edge i runs
// through p, and the vertex that p is (−1 when it is inside the edge).
func pass(ring []Point, i int, p Point) (in, out Point, vertex int) {
	n := len(ring) - 1
	switch p {
	case ring[i]:
		return ring[(i+n-1)%n], ring[i+1], i
	case ring[i+1]:
		return ring[i], ring[(i+2)%n], (i + 1) % n
	}
	return ring[i], ring[i+1], -1
}

// sameWay reports whether a and b lie in the same direction from p.
func sameWay(p, a, b Point) bool {
	return orient(p, a, b) == 0 && (a.Lon-p.Lon)*(b.Lon-p.Lon) >= 0 && (a.Lat-p.Lat)*(b.Lat-p.Lat) >= 0
}

// within reports whether the direction from p to x lies strictly inside the turn, against
// the clock, from the direction to a to the direction to b.
func within(p, a, b, x Point) bool {
	switch orient(p, a, b) {
	case 1:
		return orient(p, a, x) > 0 && orient(p, x, b) > 0
	case -1:
		return !(orient(p, b, x) >= 0 && orient(p, x, a) >= 0)
	}
	return orient(p, a, x) > 0
}

// meet is where two crossing edges meet, to floating-point accuracy.
func meet(a, b, p, q Point) Point {
	d := (b.Lon-a.Lon)*(q.Lat-p.Lat) - (b.Lat-a.Lat)*(q.Lon-p.Lon)
	t := ((p.Lon-a.Lon)*(q.Lat-p.Lat) - (p.Lat-a.Lat)*(q.Lon-p.Lon)) / d
	if !(t >= 0 && t <= 1) {
		t = 0.5
	}
	return Point{a.Lon + t*(b.Lon-a.Lon), a.Lat + t*(b.Lat-a.Lat)}
}
