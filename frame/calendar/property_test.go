package calendar

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/frame/civic"
)

var (
	epoch   = civic.At(time.Date(2023, 11, 1, 0, 0, 0, 0, time.UTC))
	instant = rapid.Custom(func(t *rapid.T) civic.Instant {
		// Whole quarters of an hour often, so that boundaries are met.
		if rapid.Bool().Draw(t, "round") {
			return epoch.Add(15 * time.Minute * time.Duration(rapid.IntRange(0, 4*24*500).Draw(t, "quarters")))
		}
		return epoch + civic.Instant(rapid.Int64Range(0, 500*fullDay).Draw(t, "µs"))
	})
	limits = rapid.Custom(func(t *rapid.T) Limit {
		return Limit{rapid.IntRange(1, 40).Draw(t, "n"), rapid.SampledFrom([]Unit{WorkingDays, CalendarDays, Hours}).Draw(t, "unit")}
	})
	pauseLists = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Pause {
		from := instant.Draw(t, "from")
		p := Pause{From: from, To: from + civic.Instant(rapid.Int64Range(-fullDay, 9*fullDay).Draw(t, "length"))}
		if rapid.IntRange(0, 9).Draw(t, "open") == 0 {
			p.To = 0
		}
		return p
	}), 0, 5)
	specs = rapid.Custom(func(t *rapid.T) Spec {
		s := Spec{
			ID: "drawn", Version: "1", Title: Title{"en": "Drawn"},
			TimeZone:         rapid.SampledFrom([]string{"America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Europe/Berlin", "UTC"}).Draw(t, "zone"),
			WorkingWeekdays:  rapid.SliceOfNDistinct(rapid.SampledFrom(weekdayNames), 1, 7, rapid.ID).Draw(t, "weekdays"),
			Opens:            rapid.SampledFrom([]string{"00:00", "08:30", "09:00:30"}).Draw(t, "opens"),
			Closes:           rapid.SampledFrom([]string{"", "17:00", "24:00"}).Draw(t, "closes"),
			CutOff:           rapid.SampledFrom([]string{"", "12:00", "17:00"}).Draw(t, "cut-off"),
			OffDayFiling:     rapid.SampledFrom([]string{Opening, KeepTime, AsFiled}).Draw(t, "off day"),
			EarlyFiling:      rapid.SampledFrom([]string{Opening, KeepTime}).Draw(t, "early"),
			DueTime:          rapid.SampledFrom([]string{Same, EndOfDay}).Draw(t, "due time"),
			DueOffDay:        rapid.SampledFrom([]string{Stays, NextWorkingDay}).Draw(t, "due off day"),
			MoveCalendarDays: rapid.Bool().Draw(t, "move days"),
			MoveHours:        rapid.Bool().Draw(t, "move hours"),
			CoveredFrom:      2023, CoveredTo: 2024,
		}
		if s.DueTime == EndOfDay && rapid.Bool().Draw(t, "included") {
			s.FirstDay = Included
		}
		if s.DueTime == Same {
			s.DueOffDay = Stays
			if s.OffDayFiling == AsFiled {
				s.OffDayFiling = Opening
			}
		}
		if s.OffDayFiling == AsFiled {
			s.CutOff = ""
		}
		first := DateOf(2023, 11, 1)
		for _, offset := range rapid.SliceOfNDistinct(rapid.IntRange(0, 400), 0, 30, rapid.ID).Draw(t, "adjusted") {
			s.Adjustments = append(s.Adjustments, Adjustment{
				Date: (first + Day(offset)).String(),
				Kind: rapid.SampledFrom([]string{Holiday, Holiday, MakeupWorkday}).Draw(t, "kind"),
			})
		}
		return s
	})
)

// steady leaves out the rules under which a later filing may be due earlier (see the
// package comment).
func steady(s Spec) Spec {
	if s.OffDayFiling == KeepTime {
		s.OffDayFiling = Opening
	}
	s.EarlyFiling = Opening
	return s
}

func TestDueNeverEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := specs.Draw(t, "spec")
		c, err := New(spec)
		if err != nil {
			t.Fatal(err)
		}
		filed, limit, pauses := instant.Draw(t, "filed"), limits.Draw(t, "limit"), pauseLists.Draw(t, "pauses")
		due := c.Due(filed, limit, pauses)
		check := func(than string, later Due) {
			if earlier(later, due) {
				t.Fatalf("%s: due %s instead of %s", than, show(c, later.At), show(c, due.At))
			}
		}
		if due.Start < filed && !repeated(c, filed) {
			t.Fatalf("effective start %s before the filing %s", show(c, due.Start), show(c, filed))
		}
		if !due.Standing && due.At < due.Start && !repeated(c, filed) {
			t.Fatalf("due %s before its start %s", show(c, due.At), show(c, due.Start))
		}
		longer := limit
		longer.N += rapid.IntRange(1, 5).Draw(t, "longer")
		check("a longer limit", c.Due(filed, longer, pauses))
		check("one more pause", c.Due(filed, limit, append(slices.Clone(pauses), pauseLists.Draw(t, "more")...)))
		check("the same pauses in another order", c.Due(filed, limit, rapid.Permutation(pauses).Draw(t, "permuted")))

		day := c.DayOf(filed) + Day(rapid.IntRange(-3, 60).Draw(t, "holiday"))
		if day >= DateOf(2025, 2, 1) {
			return
		}
		more := spec
		more.Adjustments = append(slices.DeleteFunc(slices.Clone(spec.Adjustments), func(a Adjustment) bool { return a.Date == day.String() }),
			Adjustment{Date: day.String(), Kind: Holiday})
		if c, err = New(more); err != nil {
			t.Fatal(err)
		}
		check("a holiday on "+day.String(), c.Due(filed, limit, pauses))
	})
}

// earlier compares due dates; one that an open pause holds is later than any.
func earlier(a, b Due) bool {
	if b.Standing {
		return !a.Standing
	}
	return !a.Standing && a.At < b.At
}

// repeated tells whether a moment lies in the second pass of an hour that happens twice.
func repeated(c *Calendar, when civic.Instant) bool {
	return c.zone.instant(c.zone.local(when)) != when
}

func TestDueNeverEarlierForALaterFiling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := New(steady(specs.Draw(t, "spec")))
		if err != nil {
			t.Fatal(err)
		}
		limit := limits.Draw(t, "limit")
		first := instant.Draw(t, "filed")
		second := first + civic.Instant(rapid.Int64Range(0, 4*fullDay).Draw(t, "later"))
		if repeated(c, first) || repeated(c, second) {
			t.Skip("the wall clock goes back")
		}
		pauses := pauseLists.Draw(t, "pauses")
		for i := range pauses { // a pause before the filing cannot hold it
			pauses[i].From = max(pauses[i].From, second)
		}
		a, b := c.Due(first, limit, pauses), c.Due(second, limit, pauses)
		if earlier(b, a) {
			t.Fatalf("filed %s, due %s; filed %s, due %s", show(c, first), show(c, a.At), show(c, second), show(c, b.At))
		}
	})
}

func TestCountingIsItsOwnInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := specs.Draw(t, "spec")
		c, err := New(spec)
		if err != nil {
			t.Fatal(err)
		}
		day := DateOf(2023, 10, 1) + Day(rapid.IntRange(-2000, 3000).Draw(t, "day"))
		n := rapid.IntRange(1, 600).Draw(t, "n")
		end := c.AddWorking(day, n)
		// One day at a time, from the Spec alone.
		slow, left := day, n
		for left > 0 {
			slow++
			if workingBySpec(spec, slow) {
				left--
			}
		}
		if end != slow || c.CountWorking(day, end) != n || c.CountWorking(end, day) != -n || !c.IsWorking(end) {
			t.Fatalf("%d working days after %s: %s, counted back %d; day by day %s", n, day, end, c.CountWorking(day, end), slow)
		}
		if c.IsWorking(day) && (c.AddWorking(day, 0) != day || c.AddWorking(end, -n) != day) {
			t.Fatalf("%d working days before %s: %s, want %s", n, end, c.AddWorking(end, -n), day)
		}
		if c.NextWorking(day) != c.AddWorking(day, 1) {
			t.Fatalf("next working day after %s: %s", day, c.NextWorking(day))
		}
	})
}

func workingBySpec(s Spec, day Day) bool {
	for _, a := range s.Adjustments {
		if a.Date == day.String() {
			return a.Kind == MakeupWorkday
		}
	}
	return slices.Contains(s.WorkingWeekdays, weekdayNames[day.Weekday()])
}

// The due date found by division is the one found by letting the clock run minute by
// minute: it ticks on working days outside pauses.
func TestPausesByTheMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := specs.Draw(t, "spec")
		spec.TimeZone, spec.Opens, spec.DueTime, spec.FirstDay, spec.DueOffDay = "UTC", "08:30", Same, "", Stays
		if spec.OffDayFiling == AsFiled {
			spec.OffDayFiling = Opening
		}
		spec.WorkingWeekdays = append(spec.WorkingWeekdays, "mon")
		slices.Sort(spec.WorkingWeekdays)
		spec.WorkingWeekdays = slices.Compact(spec.WorkingWeekdays)
		c, err := New(spec)
		if err != nil {
			t.Fatal(err)
		}
		minute := civic.Instant(60 * second)
		whole := func(i civic.Instant) civic.Instant { return i / minute * minute }
		limit := Limit{rapid.IntRange(1, 5).Draw(t, "n"), rapid.SampledFrom([]Unit{WorkingDays, CalendarDays, Hours}).Draw(t, "unit")}
		filed := whole(instant.Draw(t, "filed"))
		var pauses []Pause
		for range rapid.IntRange(0, 3).Draw(t, "pauses") {
			from := filed + whole(civic.Instant(rapid.Int64Range(-fullDay, 9*fullDay).Draw(t, "from")))
			pauses = append(pauses, Pause{From: from, To: from + whole(civic.Instant(rapid.Int64Range(60*second, 3*fullDay).Draw(t, "length")))})
		}
		due := c.Due(filed, limit, pauses)
		left := limit.N * 24 * 60
		if limit.Unit == Hours {
			left = limit.N * 60
		}
		now := due.Start
		ticks := func() bool {
			for _, p := range pauses {
				if now >= p.From && now < p.To {
					return false
				}
			}
			return limit.Unit != WorkingDays || c.IsWorking(c.DayOf(now))
		}
		for ; left > 0; now += minute {
			if ticks() {
				left--
			}
		}
		// The end of a working day is the start of the next one.
		for limit.Unit == WorkingDays && !c.IsWorking(c.DayOf(now)) {
			now += minute
		}
		if due.At != now {
			t.Fatalf("due %s, by the minute %s", show(c, due.At), show(c, now))
		}
	})
}

func TestPointRunsFromStartToDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := New(specs.Draw(t, "spec"))
		if err != nil {
			t.Fatal(err)
		}
		filed, limit, pauses := instant.Draw(t, "filed"), limits.Draw(t, "limit"), pauseLists.Draw(t, "pauses")
		due := c.Due(filed, limit, pauses)
		fractions := rapid.SliceOfN(rapid.Float64Range(0, 3), 1, 6).Draw(t, "fractions")
		fractions = append(fractions, 0, 1, 1.5)
		slices.Sort(fractions)
		last := civic.Instant(math.MinInt64)
		for _, f := range fractions {
			got, ok := c.Point(filed, limit, f, pauses)
			if !ok {
				got = math.MaxInt64
			}
			if got < last {
				t.Fatalf("%v of the limit has run at %s, before a smaller part of it", f, show(c, got))
			}
			last = got
			if f == 1 && (ok == due.Standing || (ok && got != due.At)) {
				t.Fatalf("the whole limit has run at %s, due %s", show(c, got), show(c, due.At))
			}
		}
		if limit.Unit == WorkingDays && !due.Standing && !repeated(c, due.Start) {
			begin, _ := c.Point(filed, limit, 0, nil)
			half, _ := c.Point(filed, limit, 0.5, pauses)
			whole, part := c.WorkingDaysBetween(begin, due.At, pauses), c.WorkingDaysBetween(begin, half, pauses)
			if math.Abs(part-whole/2) > 1.0/24 { // a clock change may take an hour
				t.Fatalf("half of %v working days is %v", whole, part)
			}
		}
	})
}

func TestBetweenAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := New(specs.Draw(t, "spec"))
		if err != nil {
			t.Fatal(err)
		}
		when := []civic.Instant{instant.Draw(t, "a"), instant.Draw(t, "b"), instant.Draw(t, "c")}
		slices.Sort(when)
		for _, w := range when {
			if repeated(c, w) {
				t.Skip("the wall clock goes back")
			}
		}
		ab, bc, ac := c.WorkingDaysBetween(when[0], when[1], nil), c.WorkingDaysBetween(when[1], when[2], nil), c.WorkingDaysBetween(when[0], when[2], nil)
		if ab < 0 || bc < 0 || math.Abs(ab+bc-ac) > 1e-9 || c.WorkingDaysBetween(when[2], when[0], nil) != -ac {
			t.Fatalf("%v + %v is not %v", ab, bc, ac)
		}
	})
}

func TestReckoningSaysWhatDueSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := New(specs.Draw(t, "spec"))
		if err != nil {
			t.Fatal(err)
		}
		filed, limit, pauses := instant.Draw(t, "filed"), limits.Draw(t, "limit"), pauseLists.Draw(t, "pauses")
		r := c.Reckon(filed, limit, pauses)
		if r.Due != c.Due(filed, limit, pauses) {
			t.Fatalf("reckoned %+v", r.Due)
		}
		for _, lang := range []string{"en", "zh-Hans"} {
			for _, step := range r.Steps {
				if text := step.In(lang); text == "" || placeholder.MatchString(text) {
					t.Fatalf("%s: %s %v reads %q", lang, step.Key, step.Args, text)
				}
			}
		}
		steps := fmt.Sprint(r.Steps)
		if r.Due.Standing == slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Key == "calendar.step_due" }) {
			t.Fatalf("standing %v: %s", r.Due.Standing, steps)
		}
	})
}
