package geo

import (
	"math"
	"strconv"
)

// Point is a position in degrees, WGS 84: longitude −180…180 east, latitude −90…90 north.
type Point struct {
	Lon, Lat float64
}

// Valid reports whether p is a position on Earth; NaN is not.
func (p Point) Valid() bool {
	return p.Lon >= -180 && p.Lon <= 180 && p.Lat >= -90 && p.Lat <= 90
}

// Bounds is a box along meridians and parallels, in degrees. West is greater than East
// when the box crosses the antimeridian (RFC 7946 §5.2).
type Bounds struct {
	West, South, East, North float64
}

// Contains reports whether p lies in the box or on its rim.
func (b Bounds) Contains(p Point) bool {
	if !(p.Lat >= b.South && p.Lat <= b.North) {
		return false
	}
	if b.West <= b.East {
		return p.Lon >= b.West && p.Lon <= b.East
	}
	return p.Lon >= b.West || p.Lon <= b.East
}

// EarthRadius is the mean radius R1 = (2a+b)/3 of the ellipsoid, in metres
// (Moritz, Geodetic Reference System 1980, 2000).
const EarthRadius = 6371008.8

const degree = math.Pi / 180

// metresPerDegree is the length of a degree of a great circle.
const metresPerDegree = EarthRadius * degree

// Distance is the length in metres of the great circle between two positions on the
// sphere of EarthRadius, by the haversine formula (Sinnott 1984). The ellipsoid differs
// by up to 0.56 %.
func Distance(p, q Point) float64 {
	sinLat := math.Sin((q.Lat - p.Lat) / 2 * degree)
	sinLon := math.Sin((q.Lon - p.Lon) / 2 * degree)
	h := sinLat*sinLat + math.Cos(p.Lat*degree)*math.Cos(q.Lat*degree)*sinLon*sinLon
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// box is a plain rectangle, never across the antimeridian.
type box struct {
	minLon, minLat, maxLon, maxLat float64
}

func boxOf(ring []Point) box {
	b := emptyBox
	for _, p := range ring {
		b.minLon, b.maxLon = min(b.minLon, p.Lon), max(b.maxLon, p.Lon)
		b.minLat, b.maxLat = min(b.minLat, p.Lat), max(b.maxLat, p.Lat)
	}
	return b
}

var emptyBox = box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}

func (b box) join(c box) box {
	return box{
		min(b.minLon, c.minLon), min(b.minLat, c.minLat),
		max(b.maxLon, c.maxLon), max(b.maxLat, c.maxLat),
	}
}

func (b box) holds(p Point) bool {
	return p.Lon >= b.minLon && p.Lon <= b.maxLon && p.Lat >= b.minLat && p.Lat <= b.maxLat
}

func (b box) within(c box) bool {
	return b.minLon >= c.minLon && b.maxLon <= c.maxLon && b.minLat >= c.minLat && b.maxLat <= c.maxLat
}

// degrees writes a coordinate for people: at most seven decimals, about a centimetre.
func degrees(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e7)/1e7, 'f', -1, 64)
}
