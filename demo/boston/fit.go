package boston

import (
	"skein/frame/calendar"
	"skein/frame/civic"
)

// CalendarID names the city's calendar.
const CalendarID = "boston-311"

// Tolerance is how far, in seconds, a reckoned due time may lie from the city's own and
// still agree. The city counts from the moment the form was opened and writes down as
// open_dt the moment it was saved, so its target is a little early, mostly 0 to 5 seconds,
// and hardly ever late (13 rows). 46,946 rows lie within five minutes, ten more within the
// next five. What is further off was set by hand (its seconds are :00) or by another rule.
const Tolerance = 300

// CalendarSpec is the rule that the targets follow, as data. A request of a Saturday or
// Sunday counts as if made on Monday at the same time of day; one that stands at 17:00 or
// later counts from the next working day at 08:30; working days are Monday to Friday,
// public holidays among them. Limits in calendar days run from the request itself.
func CalendarSpec() calendar.Spec {
	return calendar.Spec{
		ID:      CalendarID,
		Version: "2011",
		Title: calendar.Title{
			"en":      "Boston service requests: Monday to Friday, holidays counted, cut-off 17:00",
			"zh-Hans": "波士顿服务请求：周一至周五，节假日照算，17:00截止",
		},
		TimeZone:        ZoneName,
		WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"},
		Opens:           "08:30",
		CutOff:          "17:00",
		FirstDay:        calendar.Excluded,
		OffDayFiling:    calendar.KeepTime,
		DueTime:         calendar.Same,
		DueOffDay:       calendar.Stays,
		HolidaysCount:   true,
		Sources:         []string{"fitted on target_dt of 47,270 requests to the City of Boston, July to December 2011"},
	}
}

// The rule again on the bare wall clock, small enough to try every limit on every row; a
// test holds it equal to the calendar's.
const (
	opens  = 8*3600 + 1800
	cutOff = 17 * 3600
)

func workday(day int) bool {
	d := clock{day: day}.weekday()
	return d != 0 && d != 6
}

// effective moves a request to where its limit in working days begins.
func effective(c clock) clock {
	for !workday(c.day) {
		c.day++
	}
	if c.sec < cutOff {
		return c
	}
	for c.day++; !workday(c.day); c.day++ {
	}
	return clock{c.day, opens}
}

// dueBy counts a limit in days from a request.
func dueBy(c clock, l calendar.Limit) clock {
	if l.Unit == calendar.CalendarDays {
		return clock{c.day + l.N, c.sec}
	}
	c = effective(c)
	for n := l.N; n > 0; {
		c.day++
		if workday(c.day) {
			n--
		}
	}
	return c
}

func near(a, b clock) bool {
	d := a.seconds() - b.seconds()
	return d <= Tolerance && d >= -Tolerance
}

// farthest is the longest limit tried, in days: nothing in the data is longer than 720.
const farthest = 800

// explain lists the limits that lead from a request to its target: at most one in working
// and one in calendar days.
func explain(opened, target clock) []calendar.Limit {
	if target.day < opened.day || target.day-opened.day > farthest {
		return nil
	}
	var found []calendar.Limit
	from, n := effective(opened), 0
	for day := from.day; day < target.day; day++ {
		if workday(day + 1) {
			n++
		}
	}
	for _, l := range []calendar.Limit{{N: n, Unit: calendar.WorkingDays}, {N: target.day - opened.day, Unit: calendar.CalendarDays}} {
		if l.N > 0 && near(dueBy(opened, l), target) {
			found = append(found, l)
		}
	}
	return found
}

// Limit is what the targets of one type of service say.
type Limit struct {
	// Limit is the one that explains most targets; the zero limit where fewer than half of
	// the rows have a target.
	calendar.Limit
	// Agree of Targets targets lie within Tolerance of it; All counts the rows, with a target or not.
	Agree, Targets, All int
	// Withdrawn is when the city stopped setting targets, 0 if it did not.
	Withdrawn civic.Instant
}

// withdrawnAfter is how many rows without any target show that targets were given up.
const withdrawnAfter = 100

// FitLimits finds each type's limit in rows, which are in order of opening. Where two
// limits explain as many targets, the one that is commoner in all rows wins, then working
// days, then the shorter.
func FitLimits(rows []Row) map[civic.Category]Limit {
	type tally struct {
		all, targets     int
		votes            map[calendar.Limit]int
		silent, silences int // rows without a target since the last with one; before it
		since            civic.Instant
	}
	tallies := map[civic.Category]*tally{}
	everywhere := map[calendar.Limit]int{}
	for i := range rows {
		r := &rows[i]
		t := tallies[r.Category()]
		if t == nil {
			t = &tally{votes: map[calendar.Limit]int{}}
			tallies[r.Category()] = t
		}
		t.all++
		if r.Target == 0 {
			if t.silent == 0 {
				t.since = r.Opened
			}
			t.silent++
			continue
		}
		t.silences += t.silent
		t.silent = 0
		t.targets++
		for _, l := range explain(local(r.Opened), local(r.Target)) {
			t.votes[l]++
			everywhere[l]++
		}
	}
	better := func(a, b calendar.Limit, votes map[calendar.Limit]int) bool {
		switch {
		case votes[a] != votes[b]:
			return votes[a] > votes[b]
		case everywhere[a] != everywhere[b]:
			return everywhere[a] > everywhere[b]
		case a.Unit != b.Unit:
			return a.Unit == calendar.WorkingDays
		default:
			return a.N < b.N
		}
	}
	fitted := make(map[civic.Category]Limit, len(tallies))
	for category, t := range tallies {
		f := Limit{Targets: t.targets, All: t.all}
		rows := t.all
		if t.silent >= withdrawnAfter && t.targets >= withdrawnAfter && t.silences*50 <= t.targets {
			f.Withdrawn = t.since
			rows -= t.silent
		}
		if 2*t.targets >= rows {
			for l := range t.votes {
				if f.N == 0 || better(l, f.Limit, t.votes) {
					f.Limit = l
				}
			}
			f.Agree = t.votes[f.Limit]
		}
		fitted[category] = f
	}
	return fitted
}
