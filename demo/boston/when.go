package boston

import (
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // the demo also runs on machines without a zone database

	"skein/frame/civic"
)

// ZoneName is the time zone in which the file's local times are read.
const ZoneName = "America/New_York"

// Zone loads the city's time zone.
var Zone = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation(ZoneName)
	if err != nil {
		panic("boston: " + err.Error()) // the database is linked in, so this is a broken build
	}
	return zone
})

// The span of the data.
var (
	// Start is the moment from which rows were taken, 2011-07-01 00:00 in Boston.
	Start = clock{day: civil(2011, 7, 1)}.instant()
	// Autumn parts the data: the list checked by LeadAgreement is made from rows opened before it.
	Autumn = clock{day: civil(2011, 10, 1)}.instant()
	// Filled is where the data end and the demo's clock starts, 2012-01-01 00:00 in Boston.
	Filled = clock{day: civil(2012, 1, 1)}.instant()
)

// clock is a reading of the wall clock in Boston: days since 1970-01-01 and seconds of
// the day. Due times are counted on it, so that a change to winter time moves none.
type clock struct{ day, sec int }

// civil counts the days from 1970-01-01 to a date.
func civil(year int, month time.Month, day int) int {
	return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// seconds counts from 1970-01-01 00:00 of the wall clock.
func (c clock) seconds() int { return c.day*86400 + c.sec }

// weekday is 0 for Sunday to 6 for Saturday.
func (c clock) weekday() time.Weekday { return time.Weekday((c.day + 4) % 7) }

// instant reads the wall clock in the city's zone, four hours behind UTC in summer and
// five in winter. An hour that comes twice (2011-11-06, 01:00 to 02:00; three rows) is read
// as its first coming, in summer time, which keeps the file in order; an hour left out in
// spring as if summer time had not begun.
func (c clock) instant() civic.Instant {
	summer := time.Unix(int64(c.seconds())+4*3600, 0)
	if _, offset := summer.In(Zone()).Zone(); offset == -4*3600 {
		return civic.At(summer)
	}
	return civic.At(summer.Add(time.Hour))
}

// local turns an instant into the wall clock.
func local(at civic.Instant) clock {
	t := at.In(Zone())
	_, offset := t.Zone()
	s := int(t.Unix()) + offset
	return clock{s / 86400, s % 86400}
}

// parseClock reads "2006-01-02 15:04:05"; ok is false for a blank.
func parseClock(s string) (c clock, ok bool, err error) {
	if s == "" {
		return clock{}, false, nil
	}
	if len(s) != 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return clock{}, false, fmt.Errorf("%q is not a time like 2011-07-01 08:30:00", s)
	}
	var n [6]int
	for i, at := range [6][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		for _, d := range []byte(s[at[0]:at[1]]) {
			if d < '0' || d > '9' {
				return clock{}, false, fmt.Errorf("%q is not a time like 2011-07-01 08:30:00", s)
			}
			n[i] = n[i]*10 + int(d-'0')
		}
	}
	date := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	if int(date.Month()) != n[1] || date.Day() != n[2] || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return clock{}, false, fmt.Errorf("%q is no moment of any day", s)
	}
	return clock{int(date.Unix() / 86400), n[3]*3600 + n[4]*60 + n[5]}, true, nil
}
