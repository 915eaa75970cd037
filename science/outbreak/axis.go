package outbreak

import (
	"cmp"
	"math"
	"slices"
	"time"

	"skein/frame/civic"
	"skein/science/outbreak/rows"
)

// axis is where points lie: numbers from first, or dates a step apart.
type axis struct {
	first, n     int
	start        time.Time
	days, months int // the step
}

func (p *parser) axis() (a axis, err error) {
	byTime := func(x, y moment) int {
		if p.t >= 0 {
			return cmp.Compare(x.t, y.t)
		}
		return x.date.Compare(y.date)
	}
	points := slices.Clone(p.moments)
	slices.SortStableFunc(points, byTime)
	points = slices.CompactFunc(points, func(x, y moment) bool { return byTime(x, y) == 0 })
	first, last := points[0], points[len(points)-1]
	if p.t >= 0 {
		a.first, a.n = first.t, last.t-first.t+1
		if p.date < 0 {
			return a, nil
		}
		for i, c := range points { // each number has its own date
			if i > 0 && c.t != points[i-1].t+1 {
				return a, civic.Refusals{civic.Refuse(civic.Invalid, "outbreak.t_gap", "row", c.row, "t", c.t, "before", points[i-1].t)}
			}
			if i > 0 && !c.date.After(points[i-1].date) {
				return a, civic.Refusals{civic.Refuse(civic.Invalid, "outbreak.order", "row", c.row, "before", points[i-1].row)}
			}
		}
		return a, nil
	}
	a.first, a.start, a.days = 1, first.date, 1
	gaps, sameDay := map[int]int{}, len(points) > 1
	for i, c := range points[1:] {
		gaps[rows.Days(points[i].date, c.date)]++
		sameDay = sameDay && c.date.Day() == first.date.Day()
	}
	best, least := 0, math.MaxInt
	for gap, times := range gaps {
		least = min(least, gap)
		if times > best || times == best && gap < a.days {
			best, a.days = times, gap
		}
	}
	if sameDay && least >= 28 {
		a.days = 0
		for i, c := range points[1:] {
			a.months = gcd(monthsBetween(points[i].date, c.date), a.months)
		}
		a.n = monthsBetween(first.date, last.date)/a.months + 1
		return a, nil
	}
	a.n = rows.Days(first.date, last.date)/a.days + 1
	return a, nil
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func monthsBetween(a, b time.Time) int {
	return (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month())
}

func (a axis) date(i int) time.Time {
	if a.start.IsZero() {
		return time.Time{}
	}
	return a.start.AddDate(0, a.months*i, a.days*i)
}

func (a axis) place(c moment) (i int, ok bool) {
	switch {
	case a.start.IsZero():
		return c.t - a.first, true
	case a.months > 0:
		return monthsBetween(a.start, c.date) / a.months, true
	}
	days := rows.Days(a.start, c.date)
	return days / a.days, days%a.days == 0
}
