package geo

import "math"

// Simplify returns the area with fewer positions, no line further than tolerance metres
// from where it was (Douglas and Peucker 1973). No rings cross that did not, no hole or
// part changes sides: where the plain method would do so, positions are put back. Holes
// and parts smaller than the tolerance vanish, the largest part never. Positions at ±180°
// stay, so that the halves of a cut area still meet.
func (a *Area) Simplify(tolerance float64) *Area {
	if !(tolerance > 0) {
		return a
	}
	s := newSimplifier(a, tolerance)
	for round := 0; ; round++ {
		s.thin()
		if s.mend(round >= 32) {
			break
		}
	}
	return newArea(s.result())
}

// simplifier holds the rings of an area and which of their positions are kept.
type simplifier struct {
	rings    [][]Point
	part     []int
	hole     []bool
	keep     [][]bool
	thinned  [][]Point // what is kept, closed; nil for a ring that vanishes
	original [][]int   // index in rings of each thinned position
}

func newSimplifier(a *Area, tolerance float64) *simplifier {
	s := &simplifier{}
	largest, size := 0, -1.0
	for i, part := range a.parts {
		if m := math.Abs(turns(part[0])); m > size {
			largest, size = i, m
		}
	}
	for i, part := range a.parts {
		for j, r := range part {
			must := i == largest && j == 0
			keep := make([]bool, len(r))
			if must || Distance(corners(boxOf(r))) > tolerance {
				peucker(r, keep, tolerance, must)
			} else if j == 0 {
				break // the part vanishes with its holes
			}
			s.rings = append(s.rings, r)
			s.part = append(s.part, i)
			s.hole = append(s.hole, j > 0)
			s.keep = append(s.keep, keep)
			if j == 0 && count(keep) < 3 {
				break
			}
		}
	}
	s.thinned = make([][]Point, len(s.rings))
	s.original = make([][]int, len(s.rings))
	return s
}

func corners(b box) (Point, Point) { return Point{b.minLon, b.minLat}, Point{b.maxLon, b.maxLat} }

func count(keep []bool) int {
	n := 0
	for _, k := range keep[:len(keep)-1] {
		if k {
			n++
		}
	}
	return n
}

// peucker marks the positions of a closed ring to keep. Its fixed ends are the first
// position and the one furthest from it.
func peucker(r []Point, keep []bool, tolerance float64, must bool) {
	last := len(r) - 1
	far, width := 0, -1.0
	for i := range last {
		if d := offset(r[0], r[0], r[i]); d > width {
			far, width = i, d
		}
		if math.Abs(r[i].Lon) == 180 {
			keep[i] = true
		}
	}
	keep[0], keep[last], keep[far] = true, true, true
	stack := [][2]int{{0, far}, {far, last}}
	for len(stack) > 0 {
		from, to := stack[len(stack)-1][0], stack[len(stack)-1][1]
		stack = stack[:len(stack)-1]
		if at, d := furthest(r, from, to); d > tolerance {
			keep[at] = true
			stack = append(stack, [2]int{from, at}, [2]int{at, to})
		}
	}
	if must && count(keep) < 3 {
		a, da := furthest(r, 0, far)
		if b, db := furthest(r, far, last); db > da {
			a = b
		}
		keep[a] = true
	}
}

// furthest returns the position strictly between two others that is furthest from the
// line joining them, and that distance in metres; −1 when there is none.
func furthest(r []Point, from, to int) (int, float64) {
	at, most := from, -1.0
	for i := from + 1; i < to; i++ {
		if d := offset(r[from], r[to], r[i]); d > most {
			at, most = i, d
		}
	}
	return at, most
}

// offset is the distance in metres from p to the edge a–b, in the plane that touches
// the Earth near p.
func offset(a, b, p Point) float64 {
	shrink := math.Cos(p.Lat * degree)
	bx, by := (b.Lon-a.Lon)*shrink, b.Lat-a.Lat
	px, py := (p.Lon-a.Lon)*shrink, p.Lat-a.Lat
	if length := bx*bx + by*by; length > 0 {
		t := max(0, min(1, (px*bx+py*by)/length))
		px, py = px-t*bx, py-t*by
	}
	return math.Hypot(px, py) * metresPerDegree
}

func (s *simplifier) thin() {
	for i, r := range s.rings {
		s.thinned[i], s.original[i] = nil, nil
		if count(s.keep[i]) < 3 {
			continue
		}
		for k, p := range r {
			if s.keep[i][k] {
				s.thinned[i] = append(s.thinned[i], p)
				s.original[i] = append(s.original[i], k)
			}
		}
	}
}

// mend puts positions back where the thinned rings clash or a ring has changed sides. It
// returns true when nothing had to be.
func (s *simplifier) mend(all bool) bool {
	sound := true
	clashes(s.alive(), nil, func(c clash) bool {
		index := s.index()
		for side := range 2 {
			ring := index[c.ring[side]]
			if all {
				sound = s.restore(ring) && sound
				continue
			}
			from, to := s.original[ring][c.edge[side]], s.original[ring][c.edge[side]+1]
			if at, d := furthest(s.rings[ring], from, to); d >= 0 && !s.keep[ring][at] {
				s.keep[ring][at] = true
				sound = false
			}
		}
		return true
	})
	if !sound {
		return false
	}
	boxes, now := make([]box, len(s.rings)), make([]box, len(s.rings))
	for i, r := range s.rings {
		boxes[i], now[i] = boxOf(r), boxOf(s.thinned[i])
	}
	for j := range s.rings {
		var was, is *slabs
		for i := range s.rings {
			if i == j || s.thinned[i] == nil || s.thinned[j] == nil || !now[i].within(boxes[j]) {
				continue
			}
			if was == nil {
				was, _ = newSlabs(s.rings[j : j+1])
				is, _ = newSlabs(s.thinned[j : j+1])
			}
			if lies(s.rings[i], was) != lies(s.thinned[i], is) {
				one, other := s.restore(i), s.restore(j)
				sound = sound && one && other
			}
		}
	}
	return sound
}

// restore keeps every position of a ring; it returns true when that was so already.
func (s *simplifier) restore(ring int) bool {
	already := true
	for k := range s.keep[ring] {
		already = already && s.keep[ring][k]
		s.keep[ring][k] = true
	}
	return already
}

func (s *simplifier) index() []int {
	var index []int
	for i, r := range s.thinned {
		if r != nil {
			index = append(index, i)
		}
	}
	return index
}

func (s *simplifier) alive() [][]Point {
	var rings [][]Point
	for _, r := range s.thinned {
		if r != nil {
			rings = append(rings, r)
		}
	}
	return rings
}

func (s *simplifier) result() [][][]Point {
	var parts [][][]Point
	last := -1
	for i, r := range s.thinned {
		switch {
		case r == nil:
		case !s.hole[i]:
			parts, last = append(parts, [][]Point{r}), s.part[i]
		case s.part[i] == last:
			parts[len(parts)-1] = append(parts[len(parts)-1], r)
		}
	}
	return parts
}
