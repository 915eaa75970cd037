package calendar

import (
	"math"
	"testing"
	"time"

	"skein/frame/civic"
)

func TestDue(t *testing.T) {
	with := func(s Spec, change func(*Spec)) Spec { change(&s); return s }
	cn := china(t)
	specs := map[string]Spec{
		"boston": boston(), "china": cn, "office": office(),
		"first day counts":        with(office(), func(s *Spec) { s.FirstDay, s.DueTime = Included, EndOfDay }),
		"china, first day counts": with(cn, func(s *Spec) { s.FirstDay = Included }),
		"closing":                 with(office(), func(s *Spec) { s.DueTime = EndOfDay }),
		"rolling":                 with(office(), func(s *Spec) { s.DueTime, s.DueOffDay = EndOfDay, NextWorkingDay }),
		"no moves":                with(office(), func(s *Spec) { s.MoveCalendarDays, s.MoveHours = false, false }),
		"sunday to thursday": with(boston(), func(s *Spec) {
			s.TimeZone, s.WorkingWeekdays = "Asia/Riyadh", []string{"sun", "mon", "tue", "wed", "thu"}
		}),
		"holidays count": with(boston(), func(s *Spec) {
			s.Adjustments = []Adjustment{{Date: "2011-07-04", Kind: Holiday}, {Date: "2011-07-09", Kind: MakeupWorkday}}
		}),
	}
	for _, row := range []struct{ spec, filed, limit, due string }{
		// Friday 2011-07-01. Before opening the time of day stays.
		{"boston", "2011-07-01 01:32:33", "10wd", "Fri 2011-07-15 01:32:33"},
		{"boston", "2011-07-01 16:59:59", "1wd", "Mon 2011-07-04 16:59:59"},
		{"boston", "2011-07-01 17:00", "1wd", "Tue 2011-07-05 08:30:00"},
		{"boston", "2011-07-01 22:04:09", "10wd", "Mon 2011-07-18 08:30:00"},
		// A weekend counts from Monday at the same time of day, to which the cut-off applies.
		{"boston", "2011-07-02 13:27:10", "10wd", "Mon 2011-07-18 13:27:10"},
		{"boston", "2011-07-02 23:58:54", "10wd", "Tue 2011-07-19 08:30:00"},
		{"boston", "2011-07-03 00:22:46", "10wd", "Mon 2011-07-18 00:22:46"},
		// Calendar days run from the filing, over both clock changes, by the clock on the wall.
		{"boston", "2011-07-05 17:44:29", "45d", "Fri 2011-08-19 17:44:29"},
		{"boston", "2011-09-26 10:01:07", "545d", "Sun 2013-03-24 10:01:07"},
		{"boston", "2011-11-05 22:00", "4h", "Sun 2011-11-06 01:00:00"},
		{"boston", "2011-11-05 22:00", "24h", "Sun 2011-11-06 21:00:00"},
		{"holidays count", "2011-07-01 10:00", "1wd", "Mon 2011-07-04 10:00:00"},
		{"holidays count", "2011-07-08 10:00", "1wd", "Sat 2011-07-09 10:00:00"},
		{"sunday to thursday", "2024-02-08 10:00", "1wd", "Sun 2024-02-11 10:00:00"},
		{"sunday to thursday", "2024-02-09 10:00", "1wd", "Mon 2024-02-12 10:00:00"},

		// Spring Festival 2021: 7 and 20 February (Sunday, Saturday) are worked.
		{"china", "2021-02-06 15:00", "1wd", "Sun 2021-02-07 23:59:59"},
		{"china", "2021-02-10 15:00", "1wd", "Thu 2021-02-18 23:59:59"},
		{"china", "2021-02-14 15:00", "3wd", "Sat 2021-02-20 23:59:59"},
		// A limit in calendar days that ends on a holiday ends on the next working day.
		{"china", "2021-01-13 09:00", "30d", "Thu 2021-02-18 23:59:59"},
		{"china", "2021-01-13 09:00", "25d", "Sun 2021-02-07 23:59:59"},
		{"china", "2021-01-13 09:00", "24d", "Sun 2021-02-07 23:59:59"},
		{"china, first day counts", "2021-03-05 15:00", "2wd", "Mon 2021-03-08 23:59:59"},
		{"china, first day counts", "2021-03-06 15:00", "2wd", "Tue 2021-03-09 23:59:59"},

		{"office", "2024-04-30 15:59", "1wd", "Thu 2024-05-02 15:59:00"},
		{"office", "2024-04-30 16:00", "1wd", "Fri 2024-05-03 09:00:00"},
		{"office", "2024-05-01 12:00", "1wd", "Fri 2024-05-03 09:00:00"},
		{"office", "2024-05-01 12:00", "4h", "Thu 2024-05-02 13:00:00"},
		{"office", "2024-05-04 12:00", "2d", "Wed 2024-05-08 09:00:00"},
		{"no moves", "2024-05-04 12:00", "2d", "Mon 2024-05-06 12:00:00"},
		{"no moves", "2024-05-04 12:00", "4h", "Sat 2024-05-04 16:00:00"},
		{"rolling", "2024-05-02 12:00", "2d", "Mon 2024-05-06 17:00:00"},
		{"rolling", "2024-05-02 12:00", "1d", "Fri 2024-05-03 17:00:00"},
		{"closing", "2024-05-02 12:00", "1wd", "Fri 2024-05-03 17:00:00"},
		{"closing", "2024-05-02 12:00", "2d", "Sat 2024-05-04 17:00:00"},
		{"first day counts", "2024-05-02 12:00", "1wd", "Thu 2024-05-02 17:00:00"},
		{"first day counts", "2024-05-02 16:30", "1wd", "Fri 2024-05-03 17:00:00"},
		{"first day counts", "2024-05-01 12:00", "2wd", "Fri 2024-05-03 17:00:00"},
		{"first day counts", "2024-05-02 12:00", "3d", "Sat 2024-05-04 17:00:00"},

		// Leap years: 2024 has a 29 February, 2100 does not.
		{"boston", "2024-02-28 10:00", "1wd", "Thu 2024-02-29 10:00:00"},
		{"boston", "2024-02-28 10:00", "2d", "Fri 2024-03-01 10:00:00"},
		{"boston", "2023-02-28 10:00", "1d", "Wed 2023-03-01 10:00:00"},
		{"boston", "2100-02-28 10:00", "1d", "Mon 2100-03-01 10:00:00"},
		{"boston", "2024-02-29 10:00", "366d", "Sat 2025-03-01 10:00:00"},

		// Clock changes: 2024-03-10 02:00 to 03:00 does not exist in Boston, 2024-11-03 01:00
		// to 02:00 happens twice.
		{"boston", "2024-03-09 02:30", "1d", "Sun 2024-03-10 03:00:00"},
		{"boston", "2024-03-09 03:10", "1d", "Sun 2024-03-10 03:10:00"},
		{"boston", "2024-03-09 02:30", "2d", "Mon 2024-03-11 02:30:00"},
		{"boston", "2024-03-08 02:30", "1wd", "Mon 2024-03-11 02:30:00"},
		{"boston", "2024-11-02 01:30", "1d", "Sun 2024-11-03 01:30:00"},
	} {
		c := mustNew(t, specs[row.spec])
		due := c.Due(at(t, c, row.filed), limit(t, row.limit), nil)
		if got := show(c, due.At); got != row.due {
			t.Errorf("%s: filed %s, %s: due %s, want %s", row.spec, row.filed, row.limit, got, row.due)
		}
		if due.Calendar != specs[row.spec].ID || due.Version != specs[row.spec].Version || due.Standing {
			t.Errorf("%s: %+v does not name its calendar", row.spec, due)
		}
	}
}

// The second of two equal readings is an hour later than the first.
func TestRepeatedHour(t *testing.T) {
	c := mustNew(t, boston())
	first := at(t, c, "2024-11-03 01:30")
	if got := first.Time(); !got.Equal(time.Date(2024, 11, 3, 5, 30, 0, 0, time.UTC)) {
		t.Errorf("01:30 is %v, want its first occurrence, 05:30 UTC", got)
	}
	for _, filed := range []civic.Instant{first, first.Add(time.Hour)} {
		if got := show(c, c.Due(filed, Limit{1, CalendarDays}, nil).At); got != "Mon 2024-11-04 01:30:00" {
			t.Errorf("filed %v: due %s, want 01:30 the next day", filed.Time(), got)
		}
	}
	backwards := []Pause{{From: first.Add(30 * time.Minute), To: first.Add(29 * time.Minute)}}
	if got := show(c, c.Due(first, Limit{1, CalendarDays}, backwards).At); got != "Mon 2024-11-04 01:30:00" {
		t.Errorf("a pause that ends before it begins, though the wall clock shows it later: due %s", got)
	}
}

func TestZones(t *testing.T) {
	for _, name := range []string{"America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu", "UTC", "America/Sao_Paulo", "Europe/Dublin"} {
		z, err := loadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for when := int64(-3_000_000_000); when < 6_000_000_000; when += 86_399*3 + 7 {
			if got, want := z.offset(when), z.ask(when); got != want {
				t.Fatalf("%s at %d: offset %d, want %d", name, when, got, want)
			}
			moment := civic.Instant(when * second)
			if back := z.instant(z.local(moment)); back != moment && z.local(back) != z.local(moment) {
				t.Fatalf("%s: %v reads %d, which is %v", name, moment.Time(), z.local(moment), back.Time())
			}
		}
	}
	// Samoa had no 30 December 2011; clocks in São Paulo used to skip midnight.
	for _, row := range []struct{ zone, reading, want string }{
		{"Pacific/Apia", "2011-12-30 10:00", "2011-12-31 00:00"},
		{"Pacific/Apia", "2011-12-29 23:59", "2011-12-29 23:59"},
		{"America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04 01:00"},
		{"Australia/Lord_Howe", "2024-10-06 02:15", "2024-10-06 02:30"},
	} {
		s := boston()
		s.TimeZone = row.zone
		c := mustNew(t, s)
		if got := at(t, c, row.reading).In(c.Location()).Format("2006-01-02 15:04"); got != row.want {
			t.Errorf("%s: %s is %s, want %s", row.zone, row.reading, got, row.want)
		}
	}
}

func TestPauses(t *testing.T) {
	closing := office()
	closing.DueTime = EndOfDay
	specs := map[string]Spec{"boston": boston(), "closing": closing, "china": china(t)}
	// Monday 2024-06-03 10:00; weekends are 8/9 and 15/16 June.
	for _, row := range []struct {
		name, spec, filed, limit string
		pauses                   []string // from, to, from, to …
		due                      string
	}{
		{"none", "boston", "2024-06-03 10:00", "5wd", nil, "Mon 2024-06-10 10:00:00"},
		{"two whole days", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-04 00:00", "2024-06-06 00:00"}, "Wed 2024-06-12 10:00:00"},
		{"2 + 5/24 days", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-04 10:00", "2024-06-06 15:00"}, "Wed 2024-06-12 15:00:00"},
		{"a weekend adds nothing", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-08 00:00", "2024-06-10 00:00"}, "Mon 2024-06-10 10:00:00"},
		{"Friday noon to Monday noon is one day", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-07 12:00", "2024-06-10 12:00"}, "Tue 2024-06-11 10:00:00"},
		{"half a day over midnight and a weekend", "boston", "2024-06-03 10:00", "4wd", []string{"2024-06-06 18:00", "2024-06-07 08:00"}, "Mon 2024-06-10 00:00:00"},
		{"overlapping count once, in any order", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-05 00:00", "2024-06-06 00:00", "2024-06-04 00:00", "2024-06-05 12:00"}, "Wed 2024-06-12 10:00:00"},
		{"before the start counts nothing", "boston", "2024-06-01 10:00", "5wd", []string{"2024-06-01 12:00", "2024-06-03 11:00"}, "Mon 2024-06-10 11:00:00"},
		{"after the end changes nothing", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-10 10:00", "2024-06-20 10:00"}, "Mon 2024-06-10 10:00:00"},
		{"a second before the end", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-10 09:59:59", "2024-06-20 10:00"}, "Thu 2024-06-20 10:00:01"},
		{"ends before it begins", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-06 00:00", "2024-06-05 00:00"}, "Mon 2024-06-10 10:00:00"},
		{"open", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-05 00:00", ""}, ""},
		{"open after the end", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-11 00:00", ""}, "Mon 2024-06-10 10:00:00"},
		{"open, and a later closed one", "boston", "2024-06-03 10:00", "5wd", []string{"2024-06-06 00:00", "2024-06-07 00:00", "2024-06-05 00:00", ""}, ""},
		{"calendar days count weekends", "boston", "2024-06-03 10:00", "5d", []string{"2024-06-07 12:00", "2024-06-10 12:00"}, "Tue 2024-06-11 10:00:00"},
		{"calendar days over a clock change", "boston", "2024-11-01 10:00", "5d", []string{"2024-11-02 00:00", "2024-11-04 00:00"}, "Fri 2024-11-08 10:00:00"},
		{"hours", "boston", "2024-06-03 10:00", "4h", []string{"2024-06-03 11:00", "2024-06-03 11:45"}, "Mon 2024-06-03 14:45:00"},
		{"hours over a clock change", "boston", "2024-11-02 23:00", "4h", []string{"2024-11-03 00:00", "2024-11-03 03:00"}, "Sun 2024-11-03 06:00:00"},

		{"closing, whole days", "closing", "2024-06-03 10:00", "4wd", []string{"2024-06-04 10:00", "2024-06-06 10:00"}, "Tue 2024-06-11 17:00:00"},
		{"closing, an hour that does not fit gives a day", "closing", "2024-06-03 10:00", "4wd", []string{"2024-06-05 10:00", "2024-06-05 11:00"}, "Mon 2024-06-10 17:00:00"},
		{"closing, from the last day", "closing", "2024-06-03 10:00", "4wd", []string{"2024-06-07 12:00", "2024-06-11 12:00"}, "Tue 2024-06-11 17:00:00"},
		{"closing, after closing time of the last day", "closing", "2024-06-03 10:00", "4wd", []string{"2024-06-07 17:00", "2024-06-11 12:00"}, "Fri 2024-06-07 17:00:00"},
		{"closing, twice on one day", "closing", "2024-06-03 10:00", "4wd", []string{"2024-06-07 16:00", "2024-06-10 15:30", "2024-06-10 16:45", "2024-06-12 17:30"}, "Thu 2024-06-13 17:00:00"},
		{"closing, what is left on the last day runs after the pause", "closing", "2024-06-03 10:00", "4wd", []string{"2024-06-07 16:00", "2024-06-10 15:30", "2024-06-10 16:50", "2024-06-12 17:10"}, "Thu 2024-06-13 17:00:00"},
		{"on day zero gives nothing where a limit ends at closing", "closing", "2024-06-03 10:00", "4wd", []string{"2024-06-03 11:00", "2024-06-03 15:00"}, "Fri 2024-06-07 17:00:00"},
		{"rolled over a pause on the day off", "china", "2021-01-13 09:00", "30d", []string{"2021-02-13 00:00", "2021-02-20 12:00"}, "Sat 2021-02-20 23:59:59"},
	} {
		c := mustNew(t, specs[row.spec])
		var pauses []Pause
		for i := 0; i < len(row.pauses); i += 2 {
			pauses = append(pauses, Pause{From: at(t, c, row.pauses[i]), To: at(t, c, row.pauses[i+1])})
		}
		filed := at(t, c, row.filed)
		due := c.Due(filed, limit(t, row.limit), pauses)
		if got := show(c, due.At); got != row.due || due.Standing != (row.due == "") {
			t.Errorf("%s: due %s (standing %v), want %s", row.name, got, due.Standing, row.due)
		}
		whole, ok := c.Point(filed, limit(t, row.limit), 1, pauses)
		if whole != due.At || ok == due.Standing {
			t.Errorf("%s: the whole limit has run at %s, %v; due %s", row.name, show(c, whole), ok, show(c, due.At))
		}
	}
}

func TestPoint(t *testing.T) {
	c := mustNew(t, boston())
	pause := []Pause{{From: at(t, c, "2024-06-05 10:00"), To: at(t, c, "2024-06-06 10:00")}}
	open := []Pause{{From: at(t, c, "2024-06-05 10:00")}}
	for _, row := range []struct {
		limit    string
		fraction float64
		pauses   []Pause
		want     string
	}{
		{"10wd", 0, nil, "Mon 2024-06-03 10:00:00"},
		{"10wd", -3, nil, "Mon 2024-06-03 10:00:00"},
		{"10wd", math.NaN(), nil, "Mon 2024-06-03 10:00:00"},
		{"10wd", 0.5, nil, "Mon 2024-06-10 10:00:00"},
		{"10wd", 0.5, pause, "Tue 2024-06-11 10:00:00"},
		{"10wd", 1, pause, "Tue 2024-06-18 10:00:00"},
		{"10wd", 1.5, pause, "Tue 2024-06-25 10:00:00"},
		{"1wd", 0.5, nil, "Mon 2024-06-03 22:00:00"},
		{"4h", 1.5, nil, "Mon 2024-06-03 16:00:00"},
		{"30d", 0.5, nil, "Tue 2024-06-18 10:00:00"},
		{"4wd", 0.25, open, "Tue 2024-06-04 10:00:00"},
		{"4wd", 0.5, open, "Wed 2024-06-05 10:00:00"},
		{"4wd", 0.75, open, ""},
	} {
		got, ok := c.Point(at(t, c, "2024-06-03 10:00"), limit(t, row.limit), row.fraction, row.pauses)
		if show(c, got) != row.want || ok != (row.want != "") {
			t.Errorf("%v of %s: %s, %v, want %s", row.fraction, row.limit, show(c, got), ok, row.want)
		}
	}
}

func TestWorkingDaysBetween(t *testing.T) {
	c := mustNew(t, office())
	for _, row := range []struct {
		from, to string
		want     float64
	}{
		{"2024-06-03 10:00", "2024-06-03 16:00", 0.25},
		{"2024-06-03 10:00", "2024-06-10 10:00", 5},
		{"2024-06-07 12:00", "2024-06-10 12:00", 1},
		{"2024-06-08 00:00", "2024-06-09 12:00", 0},
		{"2024-04-30 12:00", "2024-05-02 12:00", 1},
		{"2024-06-10 10:00", "2024-06-03 10:00", -5},
	} {
		if got := c.WorkingDaysBetween(at(t, c, row.from), at(t, c, row.to), nil); got != row.want {
			t.Errorf("%s to %s: %v working days, want %v", row.from, row.to, got, row.want)
		}
	}
	from, to := at(t, c, "2024-06-03 10:00"), at(t, c, "2024-06-10 10:00")
	paused := Pause{From: at(t, c, "2024-06-04 10:00"), To: at(t, c, "2024-06-06 16:00")}
	open := Pause{From: at(t, c, "2024-06-07 10:00")}
	for _, row := range []struct {
		pauses []Pause
		want   float64
	}{
		{[]Pause{paused}, 2.75},
		{[]Pause{open}, 4},
		{[]Pause{open, paused}, 1.75},
		{[]Pause{{From: from.Add(-time.Hour)}}, 0},
	} {
		if got := c.WorkingDaysBetween(from, to, row.pauses); got != row.want {
			t.Errorf("pauses %v: %v working days, want %v", row.pauses, got, row.want)
		}
	}
}

func TestProvisional(t *testing.T) {
	cn := mustNew(t, china(t))
	rolling := office()
	rolling.DueTime, rolling.DueOffDay, rolling.MoveCalendarDays = EndOfDay, NextWorkingDay, false
	roll := mustNew(t, rolling)
	for _, row := range []struct {
		c            *Calendar
		filed, limit string
		want         bool
	}{
		{cn, "2022-12-29 10:00", "1wd", false},
		{cn, "2022-12-29 10:00", "2wd", true},
		{cn, "2018-12-31 10:00", "10wd", true},
		{cn, "2019-01-01 10:00", "10wd", false},
		{cn, "2022-12-29 10:00", "1h", false}, // hours ask nothing of the calendar
		{roll, "2024-12-20 10:00", "11d", false},
		{roll, "2024-12-20 10:00", "12d", true},
		{mustNew(t, office()), "2023-12-31 10:00", "1wd", true}, // a Sunday, moved into the covered year
		{mustNew(t, boston()), "2011-12-31 10:00", "500wd", false},
	} {
		if got := row.c.Due(at(t, row.c, row.filed), limit(t, row.limit), nil).Provisional; got != row.want {
			t.Errorf("%s: filed %s, %s: provisional %v, want %v", row.c.ID(), row.filed, row.limit, got, row.want)
		}
	}
}

// A holiday decreed later gives the same question another answer, by name of the edition.
func TestRecomputedWhenAHolidayIsAdded(t *testing.T) {
	old := office()
	c := mustNew(t, old)
	filed := at(t, c, "2024-10-02 10:00")
	before := c.Due(filed, Limit{5, WorkingDays}, nil)
	added := old
	added.Version = "2"
	added.Adjustments = append(append([]Adjustment{}, old.Adjustments...), Adjustment{Date: "2024-10-03", Kind: Holiday})
	after := mustNew(t, added).Due(filed, Limit{5, WorkingDays}, nil)
	if show(c, before.At) != "Wed 2024-10-09 10:00:00" || before.Version != "1" {
		t.Errorf("before: %s by version %s", show(c, before.At), before.Version)
	}
	if show(c, after.At) != "Thu 2024-10-10 10:00:00" || after.Version != "2" {
		t.Errorf("after: %s by version %s", show(c, after.At), after.Version)
	}
}
