package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"skein/demo/boston"
	"skein/frame/clerk"
	"skein/rooms/standing"
)

// recounted is what the city's file says, counted line by line with nothing of ours but the reading of it.
func recounted(t *testing.T, most int) standing.Sums {
	t.Helper()
	rows, err := boston.Rows(nil)
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC) // the demonstration ends there
	wall := func(text string) time.Time {                // wall time, as written
		for _, form := range []string{"2006-01-02 15:04:05", "01/02/2006 03:04:05 PM", "2006-01-02T15:04:05"} {
			if at, err := time.Parse(form, text); err == nil {
				return at
			}
		}
		t.Fatalf("the time %q", text)
		return time.Time{}
	}
	sums := standing.Sums{}
	for _, r := range rows[:most] {
		category := strings.Split(string(r.Category()), ".")
		if r.Reason == "Housing" || r.Type == "General Comments For An Employee" {
			continue // private: of somebody's home, of one employee
		}
		count := func(at time.Time, measure string) {
			month := standing.Month(at.Format("2006-01"))
			sums.Add(standing.Sums{
				{Month: month, By: standing.ByAll}:                                  {measure: 1},
				{Month: month, By: standing.ByCategory, Code: category[0]}:          {measure: 1},
				{Month: month, By: standing.ByCategory, Code: string(r.Category())}: {measure: 1},
				{Month: month, By: standing.ByPlace, Code: string(r.Ward)}:          {measure: 1},
			}, 1)
		}
		opened := wall(r.OpenedText)
		count(opened, standing.Reported)
		if r.ClosedText == "" {
			continue
		}
		closed := wall(r.ClosedText)
		if !closed.Before(until) {
			continue
		}
		if closed.Before(opened) {
			closed = opened
		}
		count(closed, standing.Answered)
		count(closed, fmt.Sprintf("days.%d", weekdays(opened, closed)))
	}
	return sums
}

// weekdays is how many days from Monday to Friday lie between two wall times, a begun one counted: the city counts holidays.
func weekdays(from, to time.Time) int {
	var length time.Duration
	for day := from.Truncate(24 * time.Hour); day.Before(to); day = day.AddDate(0, 0, 1) {
		begin, end := day, day.AddDate(0, 0, 1)
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			length += end.Sub(begin)
		}
	}
	return int(math.Ceil(float64(length) / float64(24*time.Hour)))
}

// The tallies of the demonstration are those of a recount straight from the city's file: what was reported and answered, in how many
// working days, by month, category and ward.
func TestFiguresAreTheCitys(t *testing.T) {
	most := boston.Total
	if testing.Short() {
		most = 2000
	}
	c := newCity(t, sqlite, most)
	want := recounted(t, most)
	got, err := standing.All(context.Background(), c.realm.DB.R, c.realm.ID)
	if err != nil {
		t.Fatal(err)
	}
	compared, wrong := 0, 0
	for cell, counts := range want {
		if cell.By == standing.ByPlace && cell.Code == "" {
			continue // the file names no ward
		}
		for measure, n := range counts {
			compared++
			if have := got[cell][measure]; have != n {
				if wrong++; wrong < 30 {
					t.Errorf("%v %s: %d, by the file %d", cell, measure, have, n)
				}
			}
		}
	}
	for cell, counts := range got {
		if cell.By == standing.ByAll {
			for measure, n := range counts {
				if (measure == standing.Reported || measure == standing.Answered || strings.HasPrefix(measure, "days.")) && want[cell][measure] != n {
					t.Errorf("%v %s: %d, by the file %d", cell, measure, n, want[cell][measure])
				}
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d counts were compared", compared)
	}
	t.Logf("%d counts compared, %d cells", compared, len(got))
	holds(t, c)
}

// holds says that the tallies are what the journal leads to.
func holds(t *testing.T, c *city) {
	t.Helper()
	r, err := clerk.CheckTables(context.Background(), c.app.house, c.app.db, c.realm.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("%s: %s", f.Where, f.What)
	}
}
