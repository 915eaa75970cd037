package main

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"skein/demo/boston"
	"skein/frame/civic"
	"skein/rooms/standing"
)

// The city's own file, counted line by line with nothing of ours but the reading of it: no calendar, no list, no room, no geometry. Times are wall times
// as written. What the file does not say comes from tables that are held against it by tests of demo/boston: the limit of each type (duty.csv), the codes of departments
// (names.csv), and the polygons of wards and neighbourhoods as the city gave them.

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

// cityChannels are how the file's sources are called here; the others came from programs.
var cityChannels = map[string]string{"Constituent Call": "phone", "Self Service": "web", "Citizens Connect App": "app", "Twitter": "web"}

// byTargets is how the due dates that were counted stand to those that the city wrote down.
type byTargets struct {
	Public  int // rows
	Targets int // have a due date of the city's
	Within  int // of these, ours is at most five minutes away
	Month   int // of these, ours is in the same month
	None    int // have none
	Default int // of these, the type has no limit either, and ours is by the realm's own rule
	Judged  int // have a verdict of the city's, in time or not
	Verdict int // of these, ours is the same
	Noone   int // name no department: they stay with whom the list names
	Unward  int // name no ward
	Found   int // of these, lie in one
}

// theCitys is that for the whole file: what our due dates cannot take from it. The city put off some targets by hand and took others by rules that stand nowhere in it
// (demo/boston/README.md); where it set none, ours is by the rule of fifteen working days, and counts in no verdict.
var theCitys = byTargets{Public: 53772, Targets: 43125, Within: 42801, Month: 42937, None: 10647, Default: 10616, Judged: 53614, Verdict: 53456, Noone: 1, Unward: 2591, Found: 17}

// recounted is what the file says of the first rows.
func (c *aCity) recounted(most int) (standing.Sums, byTargets) {
	t := c.t
	t.Helper()
	rows, err := boston.Rows(nil)
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC) // the demonstration ends there
	wall := func(text string) time.Time {
		at, err := time.Parse("2006-01-02 15:04:05", text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	sums, by := standing.Sums{}, byTargets{}
	for _, r := range rows[:most] {
		if r.Reason == "Housing" || r.Type == "General Comments For An Employee" {
			continue // private: of somebody's home, of one employee
		}
		by.Public++
		located := r.Lat != boston.DefaultLat || r.Lon != boston.DefaultLon
		ward, hood := r.Ward, civic.PlaceID("")
		if ward == "" {
			by.Unward++
			if located {
				ward = holding(c.wards, r.Lon, r.Lat)
			}
			by.Found += min(1, len(ward))
		}
		if located {
			hood = holding(c.hoods, r.Lon, r.Lat)
		}
		if list := boston.HoodsNamed(r.Neighbourhood); hood == "" && len(list) > 0 {
			hood = list[0]
		}
		opened := wall(r.OpenedText)
		rule := c.rule(opened, r.Category(), ward)
		lead, known := boston.BodyOf(r.Department)
		if !known {
			by.Noone++
			lead = rule.lead
		}
		top, _, _ := strings.Cut(string(r.Category()), ".")
		count := func(at time.Time, measure string) {
			month := standing.Month(at.Format("2006-01"))
			for _, cell := range []standing.Cell{
				{By: standing.ByAll}, {By: standing.ByCategory, Code: top}, {By: standing.ByCategory, Code: string(r.Category())}, {By: standing.ByBody, Code: string(lead)},
				{By: standing.ByPlace, Code: string(ward)}, {By: standing.ByPlace, Code: string(hood)}, {By: standing.ByChannel, Code: cmp.Or(cityChannels[r.Source], "import")},
				{By: standing.ByLanguage, Code: standing.NotSaid},
			} {
				if cell.By == standing.ByPlace && cell.Code == "" {
					continue // it lies nowhere
				}
				cell.Month = month
				sums.Add(standing.Sums{cell: {measure: 1}}, 1)
			}
		}
		count(opened, standing.Reported)
		due := c.due(opened, rule.limit)
		count(due, standing.Due)
		by.compare(r, rule, due, wall)
		if r.ClosedText == "" {
			continue
		}
		closed := wall(r.ClosedText)
		if !closed.Before(until) {
			continue
		}
		if closed.Before(opened) {
			closed = opened
		}
		days := weekdays(opened, closed)
		count(closed, standing.Answered)
		count(closed, fmt.Sprintf("days.%d", days))
		count(due, fmt.Sprintf("wait.%d", days))
		if closed.After(due) {
			count(due, standing.Late)
		} else {
			count(due, standing.InTime)
		}
	}
	return sums, by
}

// compare holds a due date against what the city wrote down.
func (by *byTargets) compare(r boston.Row, rule cityRule, due time.Time, wall func(string) time.Time) {
	if r.TargetText == "" {
		by.None++
		if rule.limit == "" {
			by.Default++
		}
	} else {
		target := wall(r.TargetText)
		by.Targets++
		if d := due.Sub(target); rule.limit != "" && d <= 5*time.Minute && d >= -5*time.Minute {
			by.Within++
		}
		if due.Month() == target.Month() && due.Year() == target.Year() {
			by.Month++
		}
	}
	if r.OnTime != "" {
		by.Judged++
		late := rule.limit != "" && (r.ClosedText == "" || wall(r.ClosedText).After(due))
		if late == (r.OnTime == "OVERDUE") {
			by.Verdict++
		}
	}
}

// weekdays is how many days from Monday to Friday lie between two wall times, a begun one counted: the city counts holidays.
func weekdays(from, to time.Time) int {
	var length time.Duration
	for day := from.Truncate(24 * time.Hour); day.Before(to); day = day.AddDate(0, 0, 1) {
		begin, end := day, day.AddDate(0, 0, 1)
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			length += end.Sub(begin)
		}
	}
	return int(math.Ceil(float64(length) / float64(24*time.Hour)))
}
