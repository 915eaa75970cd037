package matter

import (
	"skein/frame/calendar"
	"skein/frame/civic"
)

// CalendarSet is the realm's calendars as this room asks them. It is never changed.
type CalendarSet struct {
	// Own is the calendar where a row names none.
	Own  string
	ByID map[string]*calendar.Calendar
}

// Due implements Calendars.
func (c CalendarSet) Due(id string, start civic.Instant, limit Limit, pauses []Span) (DueDate, error) {
	if id == "" {
		id = c.Own
	}
	cal := c.ByID[id]
	if cal == nil {
		return DueDate{}, civic.Refuse(civic.Invalid, "matter.calendar_unknown", "calendar", clip(id)).In("calendar")
	}
	l, err := calendar.ParseLimit(string(limit))
	if err != nil {
		return DueDate{}, err
	}
	var stops []calendar.Pause
	for _, p := range pauses {
		stops = append(stops, calendar.Pause{From: p.From, To: p.Until})
	}
	due := cal.Due(start, l, stops)
	half, _ := cal.Point(start, l, 0.5, stops)
	over, _ := cal.Point(start, l, 1.5, stops)
	return DueDate{At: due.At, Half: half, Over: over, Provisional: due.Provisional, Calendar: due.Calendar, Version: due.Version}, nil
}
