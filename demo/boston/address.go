package boston

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// Address is a crossing, or a street within a zip code, and its point in millionths of a degree.
type Address struct {
	Text, Zip string
	Lat, Lon  int64
	// Whole is set for a street: the point is its middle.
	Whole bool
}

// leastOfStreet is from how many different points on a street is listed.
const leastOfStreet = 5

// Addresses are the city's streets and crossings, as far as its requests name them. A house is never listed: that somebody asked for something at
// a house would show in a list made of requests, those of private matters among them. So rows of private categories are left out; of the
// others a crossing is listed as it is, for nobody lives there, and a street by the middle of at least five different points on it within a zip code.
func Addresses(rows []Row) []Address {
	private := map[string]bool{}
	for _, c := range Categories(rows) {
		private[string(c.Code)] = c.Private
	}
	type point struct{ lat, lon int64 }
	type name struct{ text, zip string }
	crossings, streets := map[string]map[point]int{}, map[name]map[point]bool{}
	for i := range rows {
		r := &rows[i]
		if r.Street == "" || !r.Located() || private[string(r.Category())] {
			continue
		}
		at := point{int64(math.Round(r.Lat * 1e6)), int64(math.Round(r.Lon * 1e6))}
		if crossing, is := strings.CutPrefix(r.Street, "INTERSECTION "); is {
			if crossing = spaced(crossing); strings.Count(crossing, "&") == 1 && !strings.HasPrefix(crossing, "&") && !strings.HasSuffix(crossing, "&") {
				if crossings[crossing] == nil {
					crossings[crossing] = map[point]int{}
				}
				crossings[crossing][at]++
			}
			continue
		}
		if street := streetOf(r.Street); street != "" && r.Zip != "" {
			n := name{street, r.Zip}
			if streets[n] == nil {
				streets[n] = map[point]bool{}
			}
			streets[n][at] = true
		}
	}
	var out []Address
	for text, points := range crossings {
		if len(points) > 1 { // two crossings of one name: not for us to tell apart
			continue
		}
		for at := range points {
			out = append(out, Address{Text: text, Lat: at.lat, Lon: at.lon})
		}
	}
	for n, points := range streets {
		if len(points) < leastOfStreet {
			continue
		}
		var lats, lons []int64
		for at := range points {
			lats, lons = append(lats, at.lat), append(lons, at.lon)
		}
		slices.Sort(lats)
		slices.Sort(lons)
		out = append(out, Address{Text: n.text, Zip: n.zip, Lat: lats[len(lats)/2], Lon: lons[len(lons)/2], Whole: true})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Text != out[j].Text {
			return out[i].Text < out[j].Text
		}
		return out[i].Zip < out[j].Zip
	})
	return out
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// streetOf is an address without the number of its house; "" where it has none, or no street.
func streetOf(address string) string {
	number, street, ok := strings.Cut(spaced(address), " ")
	if !ok || number[0] < '0' || number[0] > '9' || strings.ContainsAny(street, "0123456789&") {
		return ""
	}
	return street
}
