package main

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"

	"skein/demo/boston"
	"skein/frame/civic"
	"skein/rooms/standing"
)

// The city's own file, counted line by line with nothing of ours but the reading of it: no calendar, no list, no room, no geometry. Times are wall times
// as written. What the file does not say comes from tables that are held against it by tests of demo/boston: the limit of each type (duty.csv), the codes of departments
// (names.csv), and the polygons of wards and neighbourhoods as the city gave them.

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
