package similar

import (
	"math"

	"skein/science/geo"
)

// Plane returns p in metres east and north of origin on a plane that touches the Earth there (the
// equirectangular projection). Below 60° of latitude a distance between two points is off by at most
// 0.3 % within 10 km of origin and 1.5 % within 50 km.
func Plane(origin, p geo.Point) (x, y float64) {
	const metres = geo.EarthRadius * math.Pi / 180
	lon := math.Remainder(p.Lon-origin.Lon, 360)
	return lon * metres * math.Cos(origin.Lat*math.Pi/180), (p.Lat - origin.Lat) * metres
}
