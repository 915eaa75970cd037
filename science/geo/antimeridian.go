package geo

import (
	"math"
	"slices"
)

// unroll makes a closed ring continuous, in place: where neighbours are more than 180° of
// longitude apart the ring is taken to step over the antimeridian, and what follows moves
// by 360°. The ring then begins somewhere in −180…180 and may reach up to 540. It returns
// false for a ring that does not come back to where it began: it goes around a pole.
//
// Two kinds of step are left alone in a ring that is already cut: along a pole, where
// longitude means nothing, and from −180 to 180 exactly, a whole parallel.
func unroll(r []Point) bool {
	steps := false
	for i := 1; i < len(r); i++ {
		d := math.Abs(r[i].Lon - r[i-1].Lon)
		alongPole := math.Abs(r[i].Lat) == 90 && r[i].Lat == r[i-1].Lat
		if d > 180 && d < 360 && !alongPole {
			steps = true
			break
		}
	}
	if !steps {
		return true
	}
	shift, west, east := 0.0, r[0].Lon, r[0].Lon
	last := r[0].Lon
	for i := 1; i < len(r); i++ {
		d := r[i].Lon - last
		last = r[i].Lon
		if d > 180 {
			shift -= 360
		} else if d < -180 {
			shift += 360
		}
		r[i].Lon += shift
		west, east = min(west, r[i].Lon), max(east, r[i].Lon)
	}
	if shift != 0 || east-west > 360 {
		return false
	}
	if frame := -360 * math.Floor((west+180)/360); frame != 0 {
		for i := range r {
			r[i].Lon += frame
		}
	}
	return true
}

// intoFrame moves a hole by a whole turn, in place, when it then lies within the box of
// the outer ring.
func intoFrame(hole []Point, outer box) {
	b := boxOf(hole)
	for _, turn := range [3]float64{0, 360, -360} {
		if b.minLon+turn >= outer.minLon && b.maxLon+turn <= outer.maxLon {
			for i := range hole {
				hole[i].Lon += turn
			}
			return
		}
	}
}

// cutAntimeridian cuts an unrolled part at 180° east into parts within −180…180
// (RFC 7946 §3.1.9). A part that does not reach over it comes back as it is.
func cutAntimeridian(rings [][]Point) [][][]Point {
	if boxOf(rings[0]).maxLon <= 180 {
		return [][][]Point{rings}
	}
	pieces := half(rings, false)
	for _, piece := range half(rings, true) {
		for _, r := range piece {
			for i := range r {
				r[i].Lon -= 360
			}
		}
		pieces = append(pieces, piece)
	}
	return pieces
}

// half returns what of a part lies west (or east) of the meridian 180, as whole parts:
// outer rings counterclockwise, holes clockwise.
//
// The rings fall into chains of positions strictly on this side, each ending where its
// ring meets the meridian. With the inside on the left of every ring, the boundary runs
// along the meridian from the end of one chain to the next beginning of one, northwards on
// the western side, southwards on the eastern.
func half(rings [][]Point, east bool) [][][]Point {
	const meridian = 180
	here := func(p Point) bool { return (east && p.Lon > meridian) || (!east && p.Lon < meridian) }
	var whole, chains [][]Point
	for _, r := range rings {
		n := len(r) - 1
		start := -1
		for i := range n {
			if !here(r[i]) && here(r[i+1]) {
				start = i
				break
			}
		}
		if start < 0 {
			if here(r[0]) {
				whole = append(whole, slices.Clone(r))
			}
			continue
		}
		var chain []Point
		for k := range n {
			a, b := r[(start+k)%n], r[(start+k)%n+1]
			switch {
			case !here(a) && here(b):
				chain = []Point{at(a, b, meridian), b}
			case here(a) && here(b):
				chain = append(chain, b)
			case here(a):
				chains = append(chains, append(chain, at(a, b, meridian)))
			}
		}
	}
	for _, r := range linkChains(chains, east) {
		if r = slices.Compact(r); len(r) >= 4 && turns(r) != 0 {
			whole = append(whole, r)
		}
	}
	return assemble(whole)
}

// at is where the edge a–b meets a meridian; an end on the meridian is taken as it is.
func at(a, b Point, meridian float64) Point {
	switch meridian {
	case a.Lon:
		return a
	case b.Lon:
		return b
	}
	t := (meridian - a.Lon) / (b.Lon - a.Lon)
	return Point{meridian, a.Lat + t*(b.Lat-a.Lat)}
}

// linkChains joins chains along the cut into closed rings. Ends are taken in the order in
// which the boundary runs; several at one point, in the order in which a meridian just
// beside the cut would meet them.
func linkChains(chains [][]Point, east bool) [][]Point {
	type end struct {
		at, toward Point
		chain      int
		entry      bool
	}
	ends := make([]end, 0, 2*len(chains))
	for i, c := range chains {
		n := len(c)
		ends = append(ends, end{c[0], c[1], i, true}, end{c[n-1], c[n-2], i, false})
	}
	slices.SortFunc(ends, func(a, b end) int {
		if a.at.Lat != b.at.Lat {
			if (a.at.Lat < b.at.Lat) != east {
				return -1
			}
			return 1
		}
		if turn := orient(a.at, a.toward, b.toward); turn != 0 {
			return turn
		}
		return a.chain - b.chain
	})
	next := make([]int, len(chains))
	var exits, entries []int
	for _, e := range ends {
		switch {
		case e.entry && len(exits) > 0:
			next[exits[len(exits)-1]] = e.chain
			exits = exits[:len(exits)-1]
		case e.entry:
			entries = append(entries, e.chain)
		case len(entries) > 0: // only when rounding has swapped two ends
			next[e.chain] = entries[len(entries)-1]
			entries = entries[:len(entries)-1]
		default:
			exits = append(exits, e.chain)
		}
	}
	var rings [][]Point
	used := make([]bool, len(chains))
	for i := range chains {
		if used[i] {
			continue
		}
		var r []Point
		for j := i; !used[j]; j = next[j] {
			used[j] = true
			r = append(r, chains[j]...)
		}
		rings = append(rings, append(r, r[0]))
	}
	return rings
}

// assemble sorts rings into parts: each clockwise ring is a hole of the outer ring it lies in.
func assemble(rings [][]Point) [][][]Point {
	var parts [][][]Point
	var holes [][]Point
	for _, r := range rings {
		if turns(r) > 0 {
			parts = append(parts, [][]Point{r})
		} else {
			holes = append(holes, r)
		}
	}
	if len(parts) == 0 || len(holes) == 0 {
		return parts
	}
	shapes := make([]*slabs, len(parts))
	for i := range parts {
		shapes[i], _ = newSlabs(parts[i][:1])
	}
	for _, h := range holes {
		for i, s := range shapes {
			if s.holds(h[0]) && lies(h, s) == inside {
				parts[i] = append(parts[i], h)
				break
			}
		}
	}
	return parts
}
