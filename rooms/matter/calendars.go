package matter

import (
	"skein/frame/calendar"
	"skein/frame/civic"
)

// CalendarBy finds the realm's calendars by id, "" being its own; nil where there is none.
type CalendarBy func(id string) *calendar.Calendar

// Due implements Calendars.
func (c CalendarBy) Due(id string, start civic.Instant, limit Limit, pauses []Span) (DueDate, error) {
	cal := c(id)
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
