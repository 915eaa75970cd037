package geo

import "math"

// slabs finds the edges of a set of rings that a parallel may meet: the latitudes are
// cut into equal strips, each listing the edges that reach into it.
type slabs struct {
	box
	points []Point // the rings end to end, each closed
	starts []int32 // strip s lists edges[starts[s]:starts[s+1]]
	edges  []int32 // edge i runs from points[i] to points[i+1]
	scale  float64 // strips a degree
}

const (
	outside  = -1
	boundary = 0
	inside   = 1
)

// newSlabs indexes closed rings. The lists hold at most about four entries an edge,
// however long the edges are.
func newSlabs(rings [][]Point) (*slabs, [][]Point) {
	total := 0
	for _, r := range rings {
		total += len(r)
	}
	s := &slabs{box: emptyBox, points: make([]Point, 0, total)}
	flat := make([][]Point, len(rings))
	rise := 0.0
	for i, r := range rings {
		from := len(s.points)
		s.points = append(s.points, r...)
		flat[i] = s.points[from:len(s.points):len(s.points)]
		s.box = s.box.join(boxOf(r))
		for j := 1; j < len(r); j++ {
			rise += math.Abs(r[j].Lat - r[j-1].Lat)
		}
	}
	height := s.maxLat - s.minLat
	n := 1
	if height > 0 && total > 8 {
		n = max(1, min(total, int(3*float64(total)*height/rise)))
	}
	if n > 1 {
		s.scale = float64(n) / height
	}
	s.starts = make([]int32, n+1)
	each := func(visit func(strip int, edge int32)) {
		at := 0
		for _, r := range rings {
			for j := 1; j < len(r); j++ {
				lo, hi := s.strip(min(r[j-1].Lat, r[j].Lat)), s.strip(max(r[j-1].Lat, r[j].Lat))
				for k := lo; k <= hi; k++ {
					visit(k, int32(at+j-1))
				}
			}
			at += len(r)
		}
	}
	each(func(strip int, _ int32) { s.starts[strip+1]++ })
	for i := range n {
		s.starts[i+1] += s.starts[i]
	}
	s.edges = make([]int32, s.starts[n])
	next := append([]int32(nil), s.starts[:n]...)
	each(func(strip int, edge int32) {
		s.edges[next[strip]] = edge
		next[strip]++
	})
	return s, flat
}

// strip is monotone in lat, so an edge listed from its lowest to its highest strip is
// found from any latitude between.
func (s *slabs) strip(lat float64) int {
	return max(0, min(len(s.starts)-2, int((lat-s.minLat)*s.scale)))
}

// locate says where p lies by the even-odd rule: inside, outside or on the boundary.
func (s *slabs) locate(p Point) int {
	if !s.holds(p) {
		return outside
	}
	at := outside
	strip := s.strip(p.Lat)
	for _, e := range s.edges[s.starts[strip]:s.starts[strip+1]] {
		a, b := s.points[e], s.points[e+1]
		if (a.Lat > p.Lat) == (b.Lat > p.Lat) {
			if a == p || b == p || (a.Lat == p.Lat && b.Lat == p.Lat && (a.Lon < p.Lon) != (b.Lon < p.Lon)) {
				return boundary
			}
			continue
		}
		switch {
		case a.Lon < p.Lon && b.Lon < p.Lon:
		case a.Lon > p.Lon && b.Lon > p.Lon:
			at = -at
		default:
			turn := orient(a, b, p)
			if turn == 0 {
				return boundary
			}
			if (turn > 0) == (b.Lat > a.Lat) {
				at = -at
			}
		}
	}
	return at
}
