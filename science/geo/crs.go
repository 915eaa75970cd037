package geo

import (
	"math"
	"strconv"
	"strings"

	"skein/frame/civic"
)

// readCRS reads the "crs" member of GeoJSON 2008, which RFC 7946 dropped, and reports
// whether it means WGS 84 with longitude first; null claims nothing and passes.
//
// GeoJSON has longitude first whatever the authority says, so EPSG:4326 passes too.
func readCRS(raw []byte) (name string, ours bool) {
	switch raw[0] {
	case 'n':
		return "", true
	case '{':
	default:
		return shorten(string(raw)), false
	}
	for member, value := range members(raw) {
		if member != "properties" || value[0] != '{' {
			continue
		}
		for member, value := range members(value) {
			if (member == "name" || member == "href") && value[0] == '"' {
				name = text(value)
			}
		}
	}
	if name == "" {
		return "?", false
	}
	// urn:ogc:def:crs:OGC:1.3:CRS84, urn:ogc:def:crs:EPSG::4326, EPSG:4326, OGC:CRS84,
	// http://www.opengis.net/def/crs/OGC/1.3/CRS84 …: the authority and the code decide.
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return r == ':' || r == '/' })
	code := words[max(0, len(words)-1):]
	for _, authority := range words {
		if (authority == "OGC" && code[0] == "CRS84") || (authority == "EPSG" && code[0] == "4326") {
			return name, true
		}
	}
	return shorten(name), false
}

// tidy takes a coordinate a hair beyond its limit back to it: files that were cut at the
// antimeridian by other programs have 180.00000000000006.
func tidy(v, limit float64) float64 {
	const hair = 1e-9
	if size := math.Abs(v); size > limit && size <= limit+hair {
		return math.Copysign(limit, v)
	}
	return v
}

// notDegrees says what a pair of numbers that is not a position looks like. For projected
// coordinates that is a guess from their size: a grid of feet and one of metres can hold
// the same numbers, and then the sentence names both.
func notDegrees(x, y float64, feature int) civic.Refusal {
	args := []any{"x", number(x), "y", number(y)}
	if feature > 0 {
		args = append(args, "feature", feature)
	}
	ax, ay := math.Abs(x), math.Abs(y)
	switch {
	case !(ax <= 1e8 && ay <= 1e8):
		return civic.Refuse(civic.Invalid, "geo.not_degrees", args...)
	case ax <= 90 && ay <= 180:
		return civic.Refuse(civic.Invalid, "geo.swapped", args...)
	case ax <= 360 && ay <= 90:
		return civic.Refuse(civic.Invalid, "geo.longitude_range", args...)
	case ax <= 360 && ay <= 360:
		return civic.Refuse(civic.Invalid, "geo.not_degrees", args...)
	}
	return civic.Refuse(civic.Invalid, projection(x, y), args...)
}

// projection guesses which system holds a projected position.
func projection(x, y float64) string {
	const mercator = 20037508.35 // half the side of the Web Mercator square, metres
	zone := inZone(x, y)
	switch {
	case x > mercator && x < 46e6 && y > 0 && y < 6.5e6:
		return "geo.projected_zone_number" // Gauss–Krüger with the zone before the easting
	case math.Abs(x) > mercator || math.Abs(y) > mercator:
		return "geo.projected"
	case x >= 6.0e6 && x <= 7.2e6 && y >= 1.5e6 && y <= 2.6e6:
		return "geo.projected_feet" // California, false easting 2,000,000 m
	case x < 0 || x > 4.2e6:
		return "geo.projected_mercator"
	case zone && y > 3.4e6:
		return "geo.projected_utm"
	case zone:
		return "geo.projected" // low UTM northings and US state planes overlap
	case y > 3.4e6 || y < 0:
		return "geo.projected_mercator"
	case x > 834e3:
		return "geo.projected_feet"
	}
	return "geo.projected"
}

// inZone reports whether an easting and northing can lie in a zone of 6° of UTM: within
// 3° (and 40 km of overlap) of the central meridian at 500 km, in either hemisphere.
func inZone(x, y float64) bool {
	if y < 0 || y > 10e6 {
		return false
	}
	fits := func(lat float64) bool {
		return math.Abs(lat) <= 84 && math.Abs(x-500e3) <= 3*metresPerDegree*math.Cos(lat*degree)+40e3
	}
	return fits(y/110.9e3) || (y > 1e6 && fits((y-10e6)/110.9e3))
}

// number writes a coordinate as people do, without an exponent unless it is absurd.
func number(v float64) string {
	if math.Abs(v) < 1e12 {
		return degrees(v)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
