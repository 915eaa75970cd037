package geo

import (
	"math"
	"slices"
	"strconv"
)

// Area is one or more parts of the Earth's surface without common inside. It does not
// change, and its boundary belongs to it. Make one with Parse or NewArea.
type Area struct {
	shape  *slabs
	parts  [][][]Point // views into shape.points: outer ring first, then holes
	bounds Bounds
	metres float64
	inner  Point
}

// newArea takes sound parts within −180…180, rings closed and rightly turned.
func newArea(parts [][][]Point) *Area {
	var rings [][]Point
	for _, part := range parts {
		rings = append(rings, part...)
	}
	a := &Area{}
	var flat [][]Point
	a.shape, flat = newSlabs(rings)
	a.parts = make([][][]Point, len(parts))
	for i, part := range parts {
		a.parts[i], flat = flat[:len(part):len(part)], flat[len(part):]
	}
	a.bounds = a.findBounds()
	a.metres = a.measure()
	a.inner = a.findInterior()
	return a
}

// Contains reports whether p lies in the area or on its boundary. The answer is exact for
// the numbers given (but for coordinates under 1e-15°, which count as 0). Longitudes −180 and 180 are the same meridian, and each pole is one
// point whatever its longitude.
func (a *Area) Contains(p Point) bool {
	p = dusted(p)
	if a.shape.locate(p) != outside {
		return true
	}
	switch {
	case p.Lat == 90 || p.Lat == -90:
		return a.bounds.North == p.Lat || a.bounds.South == p.Lat
	case p.Lon == 180 || p.Lon == -180:
		return a.shape.locate(Point{-p.Lon, p.Lat}) != outside
	}
	return false
}

// Bounds returns the narrowest box around the area; West is greater than East when that
// box crosses the antimeridian.
func (a *Area) Bounds() Bounds { return a.bounds }

// SquareMetres returns the surface on the WGS 84 ellipsoid, edges straight in longitude
// and latitude.
func (a *Area) SquareMetres() float64 { return a.metres }

// InteriorPoint returns a point that lies in the area: its centroid when that is inside,
// else the middle of the widest stretch of a parallel that is. Only an area thinner than
// the numbers can tell yields a point of its boundary.
func (a *Area) InteriorPoint() Point { return a.inner }

// Vertices counts the positions of all rings, the closing ones included.
func (a *Area) Vertices() int { return len(a.shape.points) }

// Parts returns copies of the rings: for each part the outer ring, then its holes; closed,
// outer rings counterclockwise, within −180…180.
func (a *Area) Parts() [][][]Point {
	parts := make([][][]Point, len(a.parts))
	for i, part := range a.parts {
		parts[i] = make([][]Point, len(part))
		for j, r := range part {
			parts[i][j] = slices.Clone(r)
		}
	}
	return parts
}

// AppendGeoJSON appends the area as an RFC 7946 MultiPolygon. Reading it back gives an
// equal area.
func (a *Area) AppendGeoJSON(dst []byte) []byte {
	dst = append(dst, `{"type":"MultiPolygon","coordinates":[`...)
	for i, part := range a.parts {
		dst = separate(dst, i, '[')
		for j, r := range part {
			dst = separate(dst, j, '[')
			for k, p := range r {
				dst = separate(dst, k, '[')
				dst = strconv.AppendFloat(dst, p.Lon, 'f', -1, 64)
				dst = append(dst, ',')
				dst = strconv.AppendFloat(dst, p.Lat, 'f', -1, 64)
				dst = append(dst, ']')
			}
			dst = append(dst, ']')
		}
		dst = append(dst, ']')
	}
	return append(dst, ']', '}')
}

func separate(dst []byte, i int, open byte) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	return append(dst, open)
}

// findBounds leaves out the widest gap between the parts on the circle of longitudes.
func (a *Area) findBounds() Bounds {
	boxes := make([]box, len(a.parts))
	all := emptyBox
	for i, part := range a.parts {
		boxes[i] = boxOf(part[0])
		all = all.join(boxes[i])
	}
	slices.SortFunc(boxes, func(b, c box) int {
		if b.minLon < c.minLon {
			return -1
		} else if b.minLon > c.minLon {
			return 1
		}
		return 0
	})
	bounds := Bounds{all.minLon, all.minLat, all.maxLon, all.maxLat}
	widest := all.minLon + 360 - all.maxLon // the gap over the antimeridian
	reach := math.Inf(-1)
	for _, b := range boxes {
		if gap := b.minLon - reach; gap > widest && !math.IsInf(reach, -1) {
			widest = gap
			bounds.West, bounds.East = b.minLon, reach
		}
		reach = max(reach, b.maxLon)
	}
	return bounds
}
