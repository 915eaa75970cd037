// Package chengyue holds an invented district of an invented Chinese city, and generates half a year of its matters.
//
// Nothing of it is real but two things: the calendar, which is what the State Council decreed for 2026 (data/holiday-cn,
// MIT), and the laws that the responsibility list cites. The names are in no list of divisions, the codes have the form of
// GB/T 2260 and of the codes for statistics but begin with 98, which is assigned to no province, and the map lies in the
// open Pacific. Officers, budget lines and every sentence of a resident or a body are invented and say so.
//
// The generator is deterministic: the same [Seed] gives the same matters and the same boundaries, byte for byte. It knows
// the calendar only by [Days], which reads the file by itself, day by day, so that `skein demo check` can hold the
// realm's due dates against an arithmetic that shares no code with the realm's.
//
// Nothing here writes to a realm: a replay takes these values through the real commands.
package chengyue

import (
	"time"

	"skein/frame/civic"
)

// Seed makes the half year; another seed makes another one.
const Seed = 98_01_02

// ZoneName is the time zone of the district.
const ZoneName = "Asia/Shanghai"

// Zone is a constant offset: China has had no summer time since 1991.
var Zone = time.FixedZone("CST", 8*3600)

// The span of the generated half year.
var (
	// Start is 2026-06-01 00:00 in the district.
	Start = civic.At(time.Date(2026, 6, 1, 0, 0, 0, 0, Zone))
	// Filled is where it ends and the clock of the demonstration starts, 2026-12-01 00:00.
	Filled = civic.At(time.Date(2026, 12, 1, 0, 0, 0, 0, Zone))
)

// Root is the district, CalendarID its calendar.
const (
	Root       civic.PlaceID = "980102"
	CalendarID string        = "cn-980102"
)
