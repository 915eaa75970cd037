package calendar

import (
	"sort"
	"sync"
	"time"
	_ "time/tzdata" // a small server may have no zone files

	"skein/frame/civic"
)

// zone turns moments into readings of the wall clock and back. Readings are local
// microseconds: days since 1970-01-01 times 24 hours plus the time of day.
type zone struct {
	location *time.Location
	from, to int64   // seconds for which the table holds
	changes  []int64 // seconds at which another offset begins
	offsets  []int64 // seconds east of Greenwich, one more than changes
}

// zones keeps the tables made so far, by name; there are a few hundred names at most.
var zones sync.Map

// loadZone lays a zone's clock changes out in a table, because time.Location takes several
// times as long for the years that zone files leave to a rule.
func loadZone(name string) (*zone, error) {
	if known, ok := zones.Load(name); ok {
		return known.(*zone), nil
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	const day = 86_400
	z := &zone{location: location, from: 0, to: 130 * 365 * day}
	z.offsets = []int64{z.ask(z.from)}
	// Day by day, not by Time.ZoneBounds, whose bounds come to a standstill at the end of
	// some leap years. No place has changed its clocks twice within a day.
	for at := z.from + day; at < z.to; at += day {
		if last := z.offsets[len(z.offsets)-1]; z.ask(at) != last {
			change := at - int64(sort.Search(day, func(i int) bool { return z.ask(at-1-int64(i)) == last }))
			z.changes = append(z.changes, change)
			z.offsets = append(z.offsets, z.ask(at))
		}
	}
	z.to -= day // the day after the last step was not asked about
	zones.Store(name, z)
	return z, nil
}

// ask is the offset by the time zone database.
func (z *zone) ask(at int64) int64 {
	_, offset := time.Unix(at, 0).In(z.location).Zone()
	return int64(offset)
}

// offset returns the seconds east of Greenwich at a moment in Unix seconds.
func (z *zone) offset(at int64) int64 {
	if at < z.from || at >= z.to {
		return z.ask(at)
	}
	return z.offsets[sort.Search(len(z.changes), func(i int) bool { return z.changes[i] > at })]
}

// local is what the wall clock shows at a moment.
func (z *zone) local(at civic.Instant) int64 {
	return int64(at) + z.offset(floorDiv(int64(at), second))*second
}

// instant is the moment at which the wall clock shows a reading: the first of two, or the
// first moment after a gap.
func (z *zone) instant(reading int64) civic.Instant {
	sec := floorDiv(reading, second)
	// No clock is a day off Greenwich, so the change that matters lies between these two.
	before, after := z.offset(sec-86_400), z.offset(sec+86_400)
	if before == after || z.offset(sec-before) == before {
		return civic.Instant(reading - before*second)
	}
	if z.offset(sec-after) == after {
		return civic.Instant(reading - after*second)
	}
	change := sec - 86_400 + int64(sort.Search(2*86_400, func(i int) bool { return z.offset(sec-86_400+int64(i)) != before }))
	return civic.Instant(change * second)
}
