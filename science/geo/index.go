package geo

import (
	"math"
	"slices"
)

// Index finds the areas that hold a point. It does not change.
//
// It is a packed R-tree over the boxes of the areas' parts, laid out by
// Sort-Tile-Recursive (Leutenegger, López, Edgington 1997), each level one slice.
type Index struct {
	areas  []*Area
	levels [][]node // the root level first
}

type node struct {
	box
	child int32 // first child in the next level; in the last level, the area
	many  int32
}

const fanout = 12

// NewIndex indexes areas under their places in the list; nil ones hold nothing.
func NewIndex(areas []*Area) *Index {
	x := &Index{areas: slices.Clone(areas)}
	var level []node
	for i, a := range areas {
		if a == nil {
			continue
		}
		for _, part := range a.parts {
			level = append(level, node{box: boxOf(part[0]), child: int32(i)})
		}
	}
	tile(level)
	x.levels = [][]node{level}
	for len(level) > fanout {
		up := make([]node, 0, len(level)/fanout+1)
		for i := 0; i < len(level); i += fanout {
			n := node{box: emptyBox, child: int32(i), many: int32(min(fanout, len(level)-i))}
			for _, c := range level[i : i+int(n.many)] {
				n.box = n.box.join(c.box)
			}
			up = append(up, n)
		}
		x.levels = append(x.levels, up)
		level = up
	}
	slices.Reverse(x.levels)
	return x
}

// tile sorts boxes into vertical slices and each slice by latitude.
func tile(level []node) {
	by := func(key func(node) float64) func(a, b node) int {
		return func(a, b node) int {
			switch ka, kb := key(a), key(b); {
			case ka < kb:
				return -1
			case ka > kb:
				return 1
			}
			return int(a.child - b.child)
		}
	}
	slices.SortFunc(level, by(func(n node) float64 { return n.minLon + n.maxLon }))
	leaves := math.Ceil(float64(len(level)) / fanout)
	slice := fanout * int(math.Ceil(math.Sqrt(leaves)))
	for i := 0; i < len(level); i += slice {
		slices.SortFunc(level[i:min(i+slice, len(level))], by(func(n node) float64 { return n.minLat + n.maxLat }))
	}
}

// Holding returns the areas that hold p, boundary included, by their places in the list,
// ascending; nil when there are none.
func (x *Index) Holding(p Point) []int { return x.AppendHolding(nil, p) }

// AppendHolding is Holding into a slice of the caller's; it allocates only to grow that.
func (x *Index) AppendHolding(dst []int, p Point) []int {
	from := len(dst)
	p = dusted(p)
	dst = x.search(dst, from, 0, x.levels[0], p, p)
	switch {
	case math.Abs(p.Lat) == 90: // a pole has every longitude
		dst = x.search(dst, from, 0, x.levels[0], Point{-180, p.Lat}, Point{180, p.Lat})
	case math.Abs(p.Lon) == 180:
		q := Point{-p.Lon, p.Lat}
		dst = x.search(dst, from, 0, x.levels[0], q, q)
	}
	slices.Sort(dst[from:])
	return dst
}

// search descends to the parts whose boxes meet the one from low to high, which is a
// point but at a pole, and asks their areas about low.
func (x *Index) search(dst []int, from, depth int, nodes []node, low, high Point) []int {
	last := depth == len(x.levels)-1
	for i := range nodes {
		n := &nodes[i]
		if n.minLon > high.Lon || n.maxLon < low.Lon || n.minLat > high.Lat || n.maxLat < low.Lat {
			continue
		}
		if !last {
			dst = x.search(dst, from, depth+1, x.levels[depth+1][n.child:n.child+n.many], low, high)
		} else if area := int(n.child); !slices.Contains(dst[from:], area) && x.areas[area].Contains(low) {
			dst = append(dst, area)
		}
	}
	return dst
}
