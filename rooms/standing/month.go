package standing

import (
	"time"

	"skein/frame/civic"
)

// Month is a month of the realm's calendar: "2012-01".
type Month string

const monthForm = "2006-01"

// MonthOf is the month of a moment in a zone.
func MonthOf(i civic.Instant, zone *time.Location) Month { return Month(i.In(zone).Format(monthForm)) }

// Valid reports whether it is written as one.
func (m Month) Valid() bool {
	t, err := time.Parse(monthForm, string(m))
	return err == nil && t.Format(monthForm) == string(m)
}

// Start is its first moment in a zone.
func (m Month) Start(zone *time.Location) civic.Instant {
	t, _ := time.Parse(monthForm, string(m))
	return civic.At(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, zone))
}

// Plus is the month so many after it, or before.
func (m Month) Plus(n int) Month {
	t, _ := time.Parse(monthForm, string(m))
	return Month(t.AddDate(0, n, 0).Format(monthForm))
}
