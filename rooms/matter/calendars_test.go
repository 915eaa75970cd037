package matter

import (
	"testing"
	"time"

	"skein/frame/calendar"
	"skein/frame/civic"
)

func boston(t testing.TB) CalendarBy {
	t.Helper()
	c, err := calendar.New(calendar.Spec{
		ID: "boston", Version: "1", Title: calendar.Title{"en": "City of Boston"}, TimeZone: "America/New_York",
		WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"}, Opens: "08:30", CutOff: "17:00", HolidaysCount: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(id string) *calendar.Calendar {
		if id == "" || id == "boston" {
			return c
		}
		return nil
	}
}

// The whole loop on a real calendar: reported on Friday evening, ten working days.
func TestOnARealCalendar(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) civic.Instant {
		return civic.At(time.Date(2011, 7, day, hour, minute, 0, 0, zone))
	}
	set := boston(t)
	w := newWorld(t)
	for code, row := range w.duties {
		row.Response, row.Objection, row.Resolution, row.Calendar = "1wd", "2wd", "10wd", ""
		for i := range row.Joint {
			row.Joint[i].Limit = "3wd"
		}
		w.duties[code] = row
	}
	rules, err := FoundingRules()
	if err != nil {
		t.Fatal(err)
	}
	w.rules = rules
	f := w.facts(State{}, lamp(), ann, at(1, 18, 0))
	f.Calendars = set
	drafts, refusals := Decide(State{}, lamp(), f)
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	e := drafts[1].Event.(Assigned)
	// Friday 18:00 is past the cut-off: it counts from Monday 4 July 08:30, holidays being working days here.
	for name, c := range map[string]struct{ got, want civic.Instant }{
		"due":       {e.Resolution.Due, at(18, 8, 30)},
		"objection": {e.Objection.Due, at(6, 8, 30)},
		"half":      {e.Resolution.Half, at(11, 8, 30)},
		"over":      {e.Resolution.Over, at(25, 8, 30)},
	} {
		if c.got != c.want {
			t.Errorf("%s %s, want %s", name, c.got.In(zone), c.want.In(zone))
		}
	}
	if e.CalVersion != "1" || e.Resolution.Provisional {
		t.Errorf("%+v", e)
	}
	for _, wrong := range []struct {
		id    string
		limit Limit
		key   string
	}{{"mars", "1d", "matter.calendar_unknown"}, {"", "soon", "calendar.limit_unreadable"}} {
		_, err := set.Due(wrong.id, at(1, 0, 0), wrong.limit, nil)
		rs, ok := civic.AsRefusals(err)
		if !ok || rs[0].Key != wrong.key {
			t.Error(err)
		}
	}
}

func BenchmarkReportOnARealCalendar(b *testing.B) {
	w := newWorld(b)
	f := w.facts(State{}, lamp(), ann, monday)
	f.Calendars = boston(b)
	for b.Loop() {
		if _, refusals := Decide(State{}, lamp(), f); len(refusals) > 0 {
			b.Fatal(refusals)
		}
	}
}
