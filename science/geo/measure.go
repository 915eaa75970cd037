package geo

import (
	"math"
	"slices"
)

// WGS 84 (NGA.STND.0036, 2014, table 3.1).
const (
	semiMajor    = 6378137.0
	flattening   = 1 / 298.257223563
	eccentricity = 0.081819190842621494335 // √(f(2−f))
)

// measure returns the area in square metres. By Snyder, Map Projections: A Working Manual
// (USGS Professional Paper 1395, 1987), eq. 3-12, the ellipsoid's surface between the
// equator and latitude φ over Δλ is a²·Δλ·q(φ)/2, so a ring encloses a²/2·∮ q dλ.
func (a *Area) measure() float64 {
	sum := 0.0
	for _, part := range a.parts {
		for j, r := range part {
			m := math.Abs(ringMetres(r))
			if j > 0 {
				m = -m
			}
			sum += m
		}
	}
	return max(0, sum)
}

// ringMetres integrates q along each edge, straight in longitude and latitude, by Gauss's
// three points on stretches of at most 2° of latitude. Taking q less its value at the
// first position keeps small rings accurate.
func ringMetres(r []Point) float64 {
	const node, outer, middle = 0.7745966692414834, 5.0 / 18, 8.0 / 18
	base := authalic(r[0].Lat)
	sum := 0.0
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if a.Lon == b.Lon {
			continue
		}
		steps := max(1, math.Ceil(math.Abs(b.Lat-a.Lat)/2))
		half := (b.Lat - a.Lat) / steps / 2
		along := 0.0
		for k := 1.0; k <= steps; k++ {
			mid := a.Lat + (2*k-1)*half
			along += outer*(authalic(mid-node*half)+authalic(mid+node*half)) + middle*authalic(mid)
		}
		sum += (b.Lon - a.Lon) * degree * (along/steps - base)
	}
	return sum * semiMajor * semiMajor / 2
}

// authalic is Snyder's q (eq. 3-12) of a latitude in degrees.
func authalic(lat float64) float64 {
	const e = eccentricity
	s := math.Sin(lat * degree)
	return (1 - e*e) * (s/(1-e*e*s*s) + math.Atanh(e*s)/e)
}

// findInterior takes the centroid when it is inside, else a point of the best scan line.
func (a *Area) findInterior() Point {
	if c := a.centroid(); a.shape.locate(c) == inside {
		return c
	}
	return a.shape.interiorPoint()
}

// centroid is the centre of gravity of the plane figure, unrolled when its box crosses
// the antimeridian.
func (a *Area) centroid() Point {
	origin := a.shape.points[0]
	turn := 0.0
	if a.bounds.West > a.bounds.East {
		turn = 360
		if origin.Lon < a.bounds.West {
			origin.Lon += turn
		}
	}
	var mass, lon, lat float64
	for _, part := range a.parts {
		for _, r := range part {
			for i := 1; i < len(r); i++ {
				p, q := r[i-1], r[i]
				if turn != 0 && r[0].Lon < a.bounds.West {
					p.Lon += turn
					q.Lon += turn
				}
				px, py, qx, qy := p.Lon-origin.Lon, p.Lat-origin.Lat, q.Lon-origin.Lon, q.Lat-origin.Lat
				w := px*qy - qx*py
				mass += w
				lon += w * (px + qx)
				lat += w * (py + qy)
			}
		}
	}
	if mass == 0 {
		return origin
	}
	return Point{wrap(origin.Lon + lon/mass/3), origin.Lat + lat/mass/3}
}

// interiorPoint returns the middle of the widest inside stretch among eight parallels; if
// rounding defeats them all it tries the parallels between vertices, and at last returns
// a vertex.
func (s *slabs) interiorPoint() Point {
	best, widest := Point{}, 0.0
	try := func(lat float64) {
		for _, stretch := range s.stretches(lat) {
			p := Point{(stretch[0] + stretch[1]) / 2, lat}
			if w := (stretch[1] - stretch[0]) * math.Cos(lat*degree); w > widest && s.locate(p) == inside {
				best, widest = p, w
			}
		}
	}
	for _, k := range [8]float64{7, 9, 5, 11, 3, 13, 1, 15} {
		try(s.minLat + (s.maxLat-s.minLat)*k/16)
	}
	if widest > 0 {
		return best
	}
	lats := make([]float64, len(s.points))
	for i, p := range s.points {
		lats[i] = p.Lat
	}
	slices.Sort(lats)
	lats = slices.Compact(lats)
	for i := 1; i < len(lats) && i <= 64 && widest == 0; i++ {
		try((lats[i-1] + lats[i]) / 2)
	}
	if widest > 0 {
		return best
	}
	return s.points[0]
}

// stretches returns where a parallel runs inside, from west to east.
func (s *slabs) stretches(lat float64) [][2]float64 {
	var meets []float64
	strip := s.strip(lat)
	for _, e := range s.edges[s.starts[strip]:s.starts[strip+1]] {
		a, b := s.points[e], s.points[e+1]
		if (a.Lat > lat) != (b.Lat > lat) {
			meets = append(meets, a.Lon+(lat-a.Lat)/(b.Lat-a.Lat)*(b.Lon-a.Lon))
		}
	}
	slices.Sort(meets)
	var stretches [][2]float64
	for i := 1; i < len(meets); i += 2 {
		stretches = append(stretches, [2]float64{meets[i-1], meets[i]})
	}
	return stretches
}
