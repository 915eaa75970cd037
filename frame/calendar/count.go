package calendar

// counts numbers the working days. Between the first and the last adjustment two tables
// hold the answer both ways; outside them the week repeats and a division is enough. So
// both directions take constant time. Numbers are relative to the Monday of the epoch week
// and may be negative.
type counts struct {
	perWeek int64
	before  [7]int64 // working weekdays of a week before its i-th day, Monday first
	nth     [7]int64 // the i-th working weekday of a week, Monday first

	from, to Day     // the tables cover from ≤ day < to
	ahead    []int32 // working days in [from, day), by day−from
	days     []Day   // the working days in [from, to)
	base     int64   // number of the first working day at or after from
	shift    int64   // what the adjustments add for days from to on
}

func newCounts(weekdays [7]bool, adjusted map[Day]adjustment, holidaysCount bool) counts {
	var n counts
	for i := range int64(7) {
		n.before[i] = n.perWeek
		if weekdays[(i+1)%7] {
			n.nth[n.perWeek] = i
			n.perWeek++
		}
	}
	for day := range adjusted {
		if n.from == n.to {
			n.from, n.to = day, day+1
		}
		n.from, n.to = min(n.from, day), max(n.to, day+1)
	}
	n.base = n.weekly(n.from)
	n.ahead = make([]int32, 0, n.to-n.from)
	for day := n.from; day < n.to; day++ {
		n.ahead = append(n.ahead, int32(len(n.days)))
		working := weekdays[day.Weekday()]
		if a, ok := adjusted[day]; ok && (a.working || !holidaysCount) {
			working = a.working
		}
		if working {
			n.days = append(n.days, day)
		}
	}
	n.shift = n.base + int64(len(n.days)) - n.weekly(n.to)
	return n
}

// weekly counts working weekdays before a day, as if there were no adjustments.
func (n *counts) weekly(day Day) int64 {
	monday := int64(day) + 3 // 1970-01-01 was a Thursday
	return floorDiv(monday, 7)*n.perWeek + n.before[floorMod(monday, 7)]
}

// count is the number of working days before a day.
func (n *counts) count(day Day) int64 {
	switch {
	case day < n.from:
		return n.weekly(day)
	case day < n.to:
		return n.base + int64(n.ahead[day-n.from])
	default:
		return n.weekly(day) + n.shift
	}
}

// day is the working day with a number: count(day(i)) == i.
func (n *counts) day(i int64) Day {
	switch {
	case i < n.base:
	case i < n.base+int64(len(n.days)):
		return n.days[i-n.base]
	default:
		i -= n.shift
	}
	return Day(floorDiv(i, n.perWeek)*7 + n.nth[floorMod(i, n.perWeek)] - 3)
}

func (n *counts) working(day Day) bool { return n.count(day+1) > n.count(day) }

// next is the first working day strictly after a day.
func (n *counts) next(day Day) Day { return n.day(n.count(day + 1)) }

// IsWorking reports whether a day is a working day.
func (c *Calendar) IsWorking(day Day) bool { return c.working(day) }

// NextWorking returns the first working day strictly after a day.
func (c *Calendar) NextWorking(day Day) Day { return c.next(day) }

// AddWorking returns the n-th working day strictly after a day, n ≥ 1; for n ≤ 0 the
// (1−n)-th working day on or before it.
func (c *Calendar) AddWorking(day Day, n int) Day { return c.day(c.count(day+1) + int64(n) - 1) }

// CountWorking returns the working days d with from < d ≤ to; negative if to < from.
// It is the inverse of AddWorking.
func (c *Calendar) CountWorking(from, to Day) int { return int(c.count(to+1) - c.count(from+1)) }

// Covers reports whether the adjustments of a day's year are known.
func (c *Calendar) Covers(day Day) bool {
	return !c.covered || (day >= c.coveredFrom && day < c.until)
}

// HolidayName returns the name of a day that the calendar lists as a holiday or a make-up
// workday, and whether it lists it. A holiday need not be a day off where holidays count.
func (c *Calendar) HolidayName(day Day) (name Title, kind string, listed bool) {
	a, ok := c.adjusted[day]
	if !ok {
		return nil, "", false
	}
	if a.working {
		return a.name, MakeupWorkday, true
	}
	return a.name, Holiday, true
}
