package geo

import (
	"fmt"
	"math"
	"slices"

	"skein/frame/civic"
)

// NewArea makes an area from parts, each an outer ring and its holes, every ring closed.
// It refuses what Parse refuses, every refusal's Field reading "coordinates[part][ring]".
func NewArea(parts [][][]Point) (*Area, error) {
	var refused civic.Refusals
	for i, part := range parts {
		for j, ring := range part {
			for k, p := range ring {
				if !p.Valid() {
					refused = append(refused, notDegrees(p.Lon, p.Lat, 1).In(fmt.Sprintf("coordinates[%d][%d][%d]", i, j, k)))
					break
				}
			}
		}
	}
	if len(refused) > 0 {
		return nil, refused
	}
	a, refused := build(parts, 1, func(part, ring int) string {
		if ring < 0 {
			return fmt.Sprintf("coordinates[%d]", part)
		}
		return fmt.Sprintf("coordinates[%d][%d]", part, ring)
	})
	return a, refused.Err()
}

// builder gathers the reasons against one geometry.
type builder struct {
	feature int // counted from 1, for the sentence
	path    func(part, ring int) string
	refused civic.Refusals
}

func (b *builder) refuse(part, ring int, key string, args ...any) {
	args = append(args, "feature", b.feature, "part", part+1)
	if ring >= 0 {
		args = append(args, "ring", ring+1)
	}
	b.refused = append(b.refused, civic.Refuse(civic.Invalid, key, args...).In(b.path(part, ring)))
}

func lonLat(p Point) []any {
	p.Lon = wrap(p.Lon)
	return []any{"lon", degrees(p.Lon), "lat", degrees(p.Lat)}
}

// build checks and mends rings whose positions are known to be on Earth.
func build(parts [][][]Point, feature int, path func(part, ring int) string) (*Area, civic.Refusals) {
	b := &builder{feature: feature, path: path}
	var pieces [][][]Point // parts after the cut
	var from []int         // the part of each piece
	if len(parts) == 0 {
		b.refuse(0, -1, "geo.part_empty")
	}
	for i, part := range parts {
		before := len(b.refused)
		rings := b.rings(i, part)
		if len(b.refused) > before {
			continue
		}
		b.checkRings(i, rings)
		if len(b.refused) > before {
			continue
		}
		for _, piece := range cutAntimeridian(rings) {
			pieces, from = append(pieces, piece), append(from, i)
		}
	}
	if len(b.refused) == 0 && len(parts) > 1 {
		b.checkParts(pieces, from)
	}
	if len(b.refused) > 0 {
		return nil, b.refused
	}
	return newArea(pieces), nil
}

// rings checks each ring of a part by itself, drops repeated positions, unrolls steps over
// the antimeridian, puts holes into the frame of the outer ring and sets the directions.
func (b *builder) rings(part int, raw [][]Point) [][]Point {
	if len(raw) == 0 {
		b.refuse(part, -1, "geo.part_empty")
		return nil
	}
	rings := make([][]Point, 0, len(raw))
	for i, r := range raw {
		if len(r) == 0 {
			b.refuse(part, i, "geo.ring_short", "positions", 0)
			continue
		}
		if first, last := r[0], r[len(r)-1]; first != last {
			b.refuse(part, i, "geo.ring_unclosed",
				"first", degrees(first.Lon)+", "+degrees(first.Lat), "last", degrees(last.Lon)+", "+degrees(last.Lat))
			continue
		}
		if len(r) < 4 {
			b.refuse(part, i, "geo.ring_short", "positions", len(r))
			continue
		}
		r = slices.Clone(r)
		for k, p := range r {
			r[k] = dusted(p)
		}
		r = slices.Compact(r)
		if len(r) < 4 {
			b.refuse(part, i, "geo.ring_flat", lonLat(r[0])...)
			continue
		}
		if !unroll(r) {
			b.refuse(part, i, "geo.ring_around_pole", lonLat(r[0])...)
			continue
		}
		if i > 0 && len(rings) > 0 {
			intoFrame(r, boxOf(rings[0]))
		}
		if (turns(r) > 0) != (i == 0) {
			slices.Reverse(r)
		}
		rings = append(rings, r)
	}
	return rings
}

// checkRings refuses rings of one part that cross or retrace themselves or each other,
// holes outside the outer ring and holes within holes.
func (b *builder) checkRings(part int, rings [][]Point) {
	whole := clashes(rings, nil, func(c clash) bool {
		one, other := min(c.ring[0], c.ring[1]), max(c.ring[0], c.ring[1])
		key := map[[2]bool]string{
			{true, false}:  "geo.ring_crosses_itself",
			{true, true}:   "geo.ring_retraces_itself",
			{false, false}: "geo.rings_cross",
			{false, true}:  "geo.rings_share_edge",
		}[[2]bool{one == other, c.along}]
		args := lonLat(c.at)
		if one != other {
			args = append(args, "other", one+1)
		}
		b.refuse(part, other, key, args...)
		return false
	})
	if !whole {
		b.refuse(part, 0, "geo.tangled")
	}
	if !whole || len(b.refused) > 0 || len(rings) == 1 {
		return
	}
	outer, _ := newSlabs(rings[:1])
	boxes := make([]box, len(rings))
	for i, r := range rings {
		boxes[i] = boxOf(r)
		if i > 0 && !(boxes[i].within(boxes[0]) && lies(r, outer) == inside) {
			b.refuse(part, i, "geo.hole_outside", lonLat(r[0])...)
		}
	}
	if len(b.refused) > 0 {
		return
	}
	boxes[0] = emptyBox // holes only
	sound := nested(boxes, func(in, out int) (int, bool) {
		shape, _ := newSlabs(rings[out : out+1])
		if lies(rings[in], shape) == inside {
			b.refuse(part, in, "geo.hole_in_hole", append(lonLat(rings[in][0]), "other", out+1)...)
			return len(rings[out]), false
		}
		return len(rings[out]), true
	})
	if !sound {
		b.refuse(part, 0, "geo.tangled")
	}
}

// checkParts refuses parts that cross, share an edge or lie within each other.
func (b *builder) checkParts(pieces [][][]Point, from []int) {
	var rings [][]Point
	var groups []int
	for i, piece := range pieces {
		rings = append(rings, piece...)
		for range piece {
			groups = append(groups, from[i])
		}
	}
	whole := clashes(rings, groups, func(c clash) bool {
		one, other := groups[c.ring[0]], groups[c.ring[1]]
		key := "geo.parts_cross"
		if c.along {
			key = "geo.parts_share_edge"
		}
		b.refuse(max(one, other), -1, key, append(lonLat(c.at), "other", min(one, other)+1)...)
		return false
	})
	if len(b.refused) > 0 {
		return
	}
	boxes := make([]box, len(pieces))
	for i, piece := range pieces {
		boxes[i] = boxOf(piece[0])
	}
	whole = whole && nested(boxes, func(in, out int) (int, bool) {
		if from[in] == from[out] {
			return 1, true
		}
		shape, _ := newSlabs(pieces[out])
		if lies(pieces[in][0], shape) == inside {
			b.refuse(from[in], -1, "geo.part_in_part", append(lonLat(pieces[in][0][0]), "other", from[out]+1)...)
			return len(shape.points), false
		}
		return len(shape.points), true
	})
	if !whole {
		b.refuse(0, -1, "geo.tangled")
	}
}

// lies says on which side of a shape's boundary a ring lies that does not cross it.
func lies(ring []Point, shape *slabs) int {
	for _, p := range ring {
		if at := shape.locate(p); at != boundary {
			return at
		}
	}
	own, _ := newSlabs([][]Point{ring})
	return shape.locate(own.interiorPoint())
}

// nested visits every pair of boxes, one within the other, until visit says stop. Visit
// returns its cost too; nested returns false when the sum is more than can be borne.
func nested(boxes []box, visit func(in, out int) (cost int, more bool)) bool {
	order := make([]int, 0, len(boxes))
	for i, b := range boxes {
		if b.minLon <= b.maxLon {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int {
		switch {
		case boxes[i].minLon < boxes[j].minLon:
			return -1
		case boxes[i].minLon > boxes[j].minLon:
			return 1
		}
		return i - j
	})
	left := effort(len(order))
	for k, i := range order {
		for _, j := range order[k+1:] {
			if boxes[j].minLon > boxes[i].maxLon {
				break
			}
			if left--; left < 0 {
				return false
			}
			for _, pair := range [2][2]int{{j, i}, {i, j}} {
				if !boxes[pair[0]].within(boxes[pair[1]]) {
					continue
				}
				cost, more := visit(pair[0], pair[1])
				if !more {
					return true
				}
				// Indexing a shape costs about fifty times a comparison of boxes.
				if left -= 50 * cost; left < 0 {
					return false
				}
			}
		}
	}
	return true
}

// turns is twice the signed plane area of a closed ring: positive counterclockwise.
func turns(r []Point) float64 {
	sum := 0.0
	for i := 1; i < len(r); i++ {
		sum += (r[i-1].Lon-r[0].Lon)*(r[i].Lat-r[0].Lat) - (r[i].Lon-r[0].Lon)*(r[i-1].Lat-r[0].Lat)
	}
	return sum
}

// wrap brings a longitude into −180…180, leaving both ends as they are.
func wrap(lon float64) float64 {
	if lon >= -180 && lon <= 180 {
		return lon
	}
	return lon - 360*math.Floor((lon+180)/360)
}
