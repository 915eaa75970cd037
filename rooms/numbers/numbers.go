package numbers

import (
	"slices"
	"time"

	"skein/frame/civic"
)

// ListID is this room's one dossier.
const ListID civic.DossierID = "numbers/private"

// LeastLeast is the smallest k that a realm can set, and the one it begins with; MostLeast the greatest.
const (
	LeastLeast = 5
	MostLeast  = 1000
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

// Next is the month after it.
func (m Month) Next() Month {
	t, _ := time.Parse(monthForm, string(m))
	return Month(t.AddDate(0, 1, 0).Format(monthForm))
}

// due is when the table of a month may be made: when the month after it is over too. What happened in it and was entered
// late, or imported, has come by then.
func (m Month) due(zone *time.Location) civic.Instant { return m.Next().Next().Start(zone) }

// State is the tables so far. The zero State has not begun.
type State struct {
	First Month `json:"first,omitempty"`
	Least int   `json:"least,omitempty"` // k of what is made next
	// Next is the first month that is not closed, Due when it will be.
	Next     Month         `json:"next,omitempty"`
	Due      civic.Instant `json:"due,omitempty"`
	Waiting  []Month       `json:"waiting,omitempty"` // closed, and not published yet
	Releases []Release     `json:"releases,omitempty"`
}

// Release is a published table.
type Release struct {
	Published
	At civic.Instant `json:"at"`
}

// Begun reports whether there will be tables.
func (s State) Begun() bool { return s.First != "" }

// Release is the table of a month.
func (s State) Release(m Month) (Release, bool) {
	i := slices.IndexFunc(s.Releases, func(r Release) bool { return r.Month == m })
	if i < 0 {
		return Release{}, false
	}
	return s.Releases[i], true
}

// Wake is when the next month is to be closed.
func Wake(s State) civic.Instant { return s.Due }
