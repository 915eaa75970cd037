package calendar

import (
	"math"
	"slices"

	"skein/frame/civic"
)

// Pause is a stretch in which the clock lawfully stands still.
type Pause struct {
	From civic.Instant `json:"from"`
	// To is when the clock runs again; zero while the pause is open. A pause that does not
	// end after it begins counts for nothing.
	To civic.Instant `json:"to,omitempty"`
	// Ground is the code of the reason, from the law's list.
	Ground string `json:"ground,omitempty"`
}

// Due is when a limit runs out, and by which edition of which calendar.
type Due struct {
	// At is the due moment; zero while an open pause holds the clock.
	At civic.Instant `json:"at"`
	// Start is the effective start, from which the limit is counted.
	Start civic.Instant `json:"start"`
	// Calendar and Version name the data that were used.
	Calendar string `json:"calendar"`
	Version  string `json:"version"`
	// Provisional says that a day it rests on lies outside the covered years.
	Provisional bool `json:"provisional,omitempty"`
	// Standing says that the clock stands still in an open pause.
	Standing bool `json:"standing,omitempty"`
}

// Due reckons when a limit on a filing runs out. Pauses may come in any order and overlap.
func (c *Calendar) Due(filed civic.Instant, limit Limit, pauses []Pause) Due {
	s := c.solve(filed, limit, pauses)
	due := Due{Start: s.start.at, Calendar: c.id, Version: c.version, Standing: s.standing}
	if !s.standing {
		due.At = c.moment(limit.Unit, s.due)
		due.Provisional = c.provisional(s, limit.Unit)
	}
	return due
}

// Point is the moment at which a fraction of a limit has run, pauses left out: 0 is when
// its clock starts (after day zero, where limits end at closing time), 0.5 half time, 1 the due moment, 1.5 half over. It never comes earlier
// for a larger fraction. ok is false when an open pause comes first. Fractions below 0
// count as 0 and above 1,000 as 1,000.
func (c *Calendar) Point(filed civic.Instant, limit Limit, fraction float64, pauses []Pause) (at civic.Instant, ok bool) {
	s := c.solve(filed, limit, pauses)
	if !(fraction > 0) {
		fraction = 0
	}
	position := s.begin + int64(math.Round(min(fraction, 1000)*float64(s.net)))
	if fraction == 1 {
		position = s.begin + s.net
	}
	walk := c.walk(limit.Unit, s.begin, s.pauses)
	for from, to, more := walk.next(); more; from, to, more = walk.next() {
		if position <= from {
			break
		}
		if to == never {
			return 0, false
		}
		position += to - from
	}
	return c.moment(limit.Unit, position), true
}

// WorkingDaysBetween measures from a to b in working days, with fractions: each working
// day is 24 hours of local wall time long, every other day nothing, pauses are left out
// (an open one up to b). It is negative where b lies before a.
func (c *Calendar) WorkingDaysBetween(a, b civic.Instant, pauses []Pause) float64 {
	if b < a {
		return -c.WorkingDaysBetween(b, a, pauses)
	}
	begin, end := c.position(WorkingDays, a), c.position(WorkingDays, b)
	length := end - begin
	walk := c.walk(WorkingDays, begin, inOrder(pauses))
	for from, to, more := walk.next(); more && from < end; from, to, more = walk.next() {
		length -= min(to, end) - from
	}
	return float64(max(length, 0)) / float64(fullDay)
}

// EffectiveStart is the moment from which limits in a unit run for a filing.
func (c *Calendar) EffectiveStart(filed civic.Instant, unit Unit) civic.Instant {
	return c.start(filed, unit).at
}

// DayOf is the local date of a moment.
func (c *Calendar) DayOf(at civic.Instant) Day { return dayAt(c.zone.local(at)) }

// Midnight is the first moment of a local day.
func (c *Calendar) Midnight(day Day) civic.Instant { return c.zone.instant(int64(day) * fullDay) }

// start is a filing and where it moved.
type start struct {
	filed   int64         // the filing, local reading
	offDay  int64         // after moving off a day off; equals filed if it did not move
	reading int64         // the effective start
	at      civic.Instant // the same as a moment
}

// movesFor says whether limits in a unit run from the effective start.
func (c *Calendar) movesFor(unit Unit) bool {
	switch unit {
	case CalendarDays:
		return c.moveDays
	case Hours:
		return c.moveHours
	default:
		return true
	}
}

func (c *Calendar) start(filed civic.Instant, unit Unit) start {
	reading := c.zone.local(filed)
	s := start{filed: reading, offDay: reading, reading: reading, at: filed}
	if !c.movesFor(unit) || c.offDay == AsFiled {
		return s
	}
	day, tod := dayAt(reading), floorMod(reading, fullDay)
	if !c.working(day) {
		if c.offDay == Opening {
			tod = c.opens
		}
		day = c.next(day)
	}
	s.offDay = int64(day)*fullDay + tod
	switch {
	case tod >= c.cutOff:
		day, tod = c.next(day), c.opens
	case tod < c.opens && !c.keepEarly:
		tod = c.opens
	}
	s.reading = int64(day)*fullDay + tod
	if s.reading != reading {
		s.at = c.zone.instant(s.reading)
	}
	return s
}

// never is where a pause without an end ends.
const never = math.MaxInt64

// position is where a moment lies on the line of a unit, in microseconds (see the package
// comment: only what counts has length).
func (c *Calendar) position(unit Unit, at civic.Instant) int64 {
	if unit == Hours {
		return int64(at)
	}
	return c.along(unit, c.zone.local(at))
}

func (c *Calendar) along(unit Unit, reading int64) int64 {
	if unit == CalendarDays {
		return reading
	}
	day := dayAt(reading)
	before := c.count(day)
	if c.count(day+1) == before {
		return before * fullDay
	}
	return before*fullDay + floorMod(reading, fullDay)
}

// moment is the moment at a position: where a position is both the end of one working day
// and the start of the next, the start of the next.
func (c *Calendar) moment(unit Unit, position int64) civic.Instant {
	if unit == Hours {
		return civic.Instant(position)
	}
	return c.zone.instant(c.readingAt(unit, position))
}

// readingAt is what the wall clock shows at a position of a line of days.
func (c *Calendar) readingAt(unit Unit, position int64) int64 {
	if unit == CalendarDays {
		return position
	}
	return int64(c.day(floorDiv(position, fullDay)))*fullDay + floorMod(position, fullDay)
}

// solution is a due date on the line of its unit.
type solution struct {
	start    start
	begin    int64 // position of the effective start
	raw      int64 // where the limit ends before settling
	due      int64 // where it ends
	net      int64 // due − begin without the pauses in between
	standing bool  // an open pause begins before the limit ends; due leaves it out
	pauses   []Pause
}

func (c *Calendar) solve(filed civic.Instant, limit Limit, pauses []Pause) solution {
	s := solution{start: c.start(filed, limit.Unit), pauses: inOrder(pauses)}
	n := int64(limit.N)
	if limit.Unit == Hours {
		s.begin = int64(s.start.at)
		s.raw = s.begin + n*hour
	} else {
		s.begin = c.along(limit.Unit, s.start.reading)
		s.raw = s.begin + n*fullDay
		if c.endOfDay {
			last := c.lastDay(s.start.reading, limit)
			if !c.included { // the clock starts when day zero is over
				s.begin = (last - n + 1) * fullDay
			}
			s.raw = max(last*fullDay+c.closes, s.begin+1)
		}
	}
	paused := int64(0)
	s.due = c.settle(limit.Unit, s.raw)
	walk := c.walk(limit.Unit, s.begin, s.pauses)
	for from, to, more := walk.next(); more && s.due > from; from, to, more = walk.next() {
		if to == never {
			s.standing = true
			break
		}
		paused += to - from
		// Settling may have put the end past the start of this pause and the raw end before
		// it: something is left to run, so the end comes after the pause.
		s.raw = max(s.raw+to-from, to+1)
		s.due = c.settle(limit.Unit, s.raw)
	}
	s.net = s.due - s.begin - paused
	return s
}

// lastDay is the number, on the line of the unit, of the day on which a limit in days ends.
func (c *Calendar) lastDay(reading int64, limit Limit) int64 {
	day := dayAt(reading)
	zero, begun := int64(day), true
	if limit.Unit == WorkingDays {
		begun = c.working(day)
		zero = c.count(day+1) - 1 // the working day itself, or the last one before a day off
	}
	if c.included && begun {
		return zero + int64(limit.N) - 1
	}
	return zero + int64(limit.N)
}

// settle moves the end of a limit in days to closing time and off a day off, where the
// calendar says so. It never moves it back.
func (c *Calendar) settle(unit Unit, position int64) int64 {
	if unit == Hours {
		return position
	}
	if c.endOfDay {
		day, tod := floorDiv(position, fullDay), floorMod(position, fullDay)
		if tod > c.closes {
			day++
		}
		position = day*fullDay + c.closes
	}
	if unit == CalendarDays && c.rollDue {
		if day := dayAt(position); !c.working(day) {
			position += int64(c.next(day)-day) * fullDay
		}
	}
	return position
}

// provisional tells whether any day that the calendar was asked about is not covered.
func (c *Calendar) provisional(s solution, unit Unit) bool {
	if !c.covered {
		return false
	}
	uncovered := false
	if c.movesFor(unit) {
		uncovered = !c.Covers(dayAt(s.start.filed)) || !c.Covers(dayAt(s.start.reading))
	}
	switch {
	case unit == WorkingDays:
		uncovered = uncovered || !c.Covers(dayAt(c.readingAt(unit, s.due)))
	case unit == CalendarDays && c.rollDue:
		uncovered = uncovered || !c.Covers(dayAt(s.raw)) || !c.Covers(dayAt(s.due))
	}
	return uncovered
}

// inOrder returns the pauses by their beginning; it copies only when they are not.
func inOrder(pauses []Pause) []Pause {
	byStart := func(a, b Pause) int {
		switch {
		case a.From < b.From:
			return -1
		case a.From > b.From:
			return 1
		}
		return 0
	}
	if slices.IsSortedFunc(pauses, byStart) {
		return pauses
	}
	sorted := slices.Clone(pauses)
	slices.SortStableFunc(sorted, byStart)
	return sorted
}

// pauseWalk yields pauses as disjoint stretches of a line, after a beginning.
type pauseWalk struct {
	c      *Calendar
	unit   Unit
	behind int64 // everything before it has been yielded or does not count
	rest   []Pause
	last   Pause // the pause that was yielded last
}

func (c *Calendar) walk(unit Unit, begin int64, pauses []Pause) pauseWalk {
	return pauseWalk{c: c, unit: unit, behind: begin, rest: pauses}
}

// next returns the next stretch with a length; to is never for an open pause.
func (w *pauseWalk) next() (from, to int64, more bool) {
	for len(w.rest) > 0 {
		p := w.rest[0]
		w.rest = w.rest[1:]
		from, to = w.c.position(w.unit, p.From), never
		if p.To != 0 {
			if p.To <= p.From {
				continue
			}
			to = w.c.position(w.unit, p.To)
		}
		from = max(from, w.behind)
		if to <= from {
			continue
		}
		w.behind, w.last = to, p
		return from, to, true
	}
	return 0, 0, false
}
