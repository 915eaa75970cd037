package calendar

import "testing"

func BenchmarkDue(b *testing.B) {
	boston, china := mustNew(b, boston()), mustNew(b, china(b))
	filed := at(b, china, "2021-01-20 10:15")
	pauses := []Pause{
		{From: at(b, china, "2021-01-21 09:00"), To: at(b, china, "2021-01-22 14:00")},
		{From: at(b, china, "2021-01-25 09:00"), To: at(b, china, "2021-01-26 14:00")},
	}
	for _, run := range []struct {
		name   string
		c      *Calendar
		limit  Limit
		pauses []Pause
	}{
		{"boston 2wd", boston, Limit{2, WorkingDays}, nil},
		{"boston 545d", boston, Limit{545, CalendarDays}, nil},
		{"boston 4h", boston, Limit{4, Hours}, nil},
		{"china 10wd", china, Limit{10, WorkingDays}, nil},
		{"china 200wd", china, Limit{200, WorkingDays}, nil},
		{"china 10wd, two pauses", china, Limit{10, WorkingDays}, pauses},
	} {
		b.Run(run.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run.c.Due(filed, run.limit, run.pauses)
			}
		})
	}
	b.Run("half time", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			china.Point(filed, Limit{10, WorkingDays}, 0.5, nil)
		}
	})
	b.Run("between", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			china.WorkingDaysBetween(filed, filed+30*86_400_000_000, nil)
		}
	})
	b.Run("reckoning", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = china.Reckon(filed, Limit{10, WorkingDays}, pauses)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	spec := china(b)
	b.ReportAllocs()
	for b.Loop() {
		mustNew(b, spec)
	}
}
