package main

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"skein/demo/boston"
	"skein/frame/civic"
)

// cityRule is a row of duty.csv.
type cityRule struct {
	lead  civic.BodyID
	limit string // "15wd", "30d", or "" where the city set none
}

// aCity are the tables by which its file is counted.
type aCity struct {
	t     *testing.T
	rules []map[string]cityRule // of the list's versions, by place and category
	since []time.Time           // from when each is in force
	wards []polygon
	hoods []polygon
}

type polygon struct {
	code       civic.PlaceID
	rings      [][][2]float64
	west, east float64
}

func readCity(t *testing.T) *aCity {
	t.Helper()
	c := &aCity{t: t}
	f, err := os.Open("../../demo/boston/duty.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(line []string, column string) string { return line[slices.Index(lines[0], column)] }
	for _, line := range lines[1:] {
		if at(line, "version") != strconv.Itoa(len(c.rules)) { // the next: as the one before, but for the rows that it shows
			next := map[string]cityRule{}
			if n := len(c.rules); n > 0 {
				for k, v := range c.rules[n-1] {
					next[k] = v
				}
			}
			effective, err := time.Parse(time.RFC3339, at(line, "effective"))
			if err != nil {
				t.Fatal(err)
			}
			_, offset := effective.Zone()
			c.rules, c.since = append(c.rules, next), append(c.since, effective.UTC().Add(time.Duration(offset)*time.Second))
		}
		c.rules[len(c.rules)-1][at(line, "place")+" "+at(line, "category")] = cityRule{civic.BodyID(at(line, "lead")), at(line, "resolution")}
	}
	c.wards = c.layer("wards", "WARD", func(name string) civic.PlaceID {
		n, err := strconv.Atoi(name)
		if err != nil {
			t.Fatal(err)
		}
		return civic.PlaceID(fmt.Sprintf("ward-%02d", n))
	})
	c.hoods = c.layer("neighborhoods", "Name", func(name string) civic.PlaceID {
		return civic.PlaceID("nbhd-" + strings.ReplaceAll(strings.ToLower(name), " ", "-"))
	})
	return c
}

// layer reads polygons as the city gave them.
func (c *aCity) layer(file, property string, code func(string) civic.PlaceID) (out []polygon) {
	c.t.Helper()
	f, err := os.Open("../../demo/boston/data/boston-" + file + ".geojson.gz")
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		c.t.Fatal(err)
	}
	var all struct {
		Features []struct {
			Properties map[string]any
			Geometry   struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.NewDecoder(z).Decode(&all); err != nil {
		c.t.Fatal(err)
	}
	for _, f := range all.Features {
		p := polygon{code: code(fmt.Sprint(f.Properties[property])), west: 180, east: -180}
		var many [][][][]float64
		if f.Geometry.Type == "Polygon" {
			many = make([][][][]float64, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &many[0])
		} else {
			err = json.Unmarshal(f.Geometry.Coordinates, &many)
		}
		if err != nil {
			c.t.Fatal(err)
		}
		for _, one := range many {
			for _, ring := range one {
				var points [][2]float64
				for _, at := range ring {
					points = append(points, [2]float64{at[0], at[1]})
					p.west, p.east = min(p.west, at[0]), max(p.east, at[0])
				}
				p.rings = append(p.rings, points)
			}
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b polygon) int { return cmp.Compare(a.code, b.code) })
	return out
}

// holding is the first polygon that holds a point, by crossings of a ray to the north.
func holding(all []polygon, lon, lat float64) civic.PlaceID {
	for _, p := range all {
		if lon < p.west || lon > p.east {
			continue
		}
		in := false
		for _, ring := range p.rings {
			for i := 1; i < len(ring); i++ {
				a, b := ring[i-1], ring[i]
				if (a[0] > lon) != (b[0] > lon) && lat < a[1]+(b[1]-a[1])*(lon-a[0])/(b[0]-a[0]) {
					in = !in
				}
			}
		}
		if in {
			return p.code
		}
	}
	return ""
}

// rule is the row of the list for a category in a ward: the ward's before the city's, the type's before that of what it is a kind of.
func (c *aCity) rule(opened time.Time, category civic.Category, ward civic.PlaceID) cityRule {
	version := 0
	for version+1 < len(c.since) && !opened.Before(c.since[version+1]) {
		version++
	}
	top, _, _ := strings.Cut(string(category), ".")
	for _, place := range []civic.PlaceID{ward, boston.City} {
		for _, of := range []string{string(category), top, "*"} {
			if r, ok := c.rules[version][string(place)+" "+of]; ok {
				return r
			}
		}
	}
	c.t.Fatalf("no row for %s", category)
	return cityRule{}
}

// due reckons by the rule that demo/boston/README.md tells. Where the city set no limit, it is fifteen working days, the realm's rule.
func (c *aCity) due(opened time.Time, limit string) time.Time {
	if limit == "" {
		limit = "15wd"
	}
	if days, calendar := strings.CutSuffix(limit, "d"); calendar && !strings.HasSuffix(days, "w") {
		n, err := strconv.Atoi(days)
		if err != nil {
			c.t.Fatal(err)
		}
		return opened.AddDate(0, 0, n)
	}
	n, err := strconv.Atoi(strings.TrimSuffix(limit, "wd"))
	if err != nil {
		c.t.Fatal(err)
	}
	worked := func(at time.Time) bool { return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday }
	at := opened
	for !worked(at) {
		at = at.AddDate(0, 0, 1)
	}
	if at.Hour() >= 17 {
		for at = at.AddDate(0, 0, 1); !worked(at); {
			at = at.AddDate(0, 0, 1)
		}
		at = time.Date(at.Year(), at.Month(), at.Day(), 8, 30, 0, 0, time.UTC)
	}
	for n > 0 {
		if at = at.AddDate(0, 0, 1); worked(at) {
			n--
		}
	}
	return at
}
