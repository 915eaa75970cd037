package outbreak

import (
	"fmt"
	"testing"
	"time"
)

func TestReferencesByDate(t *testing.T) {
	from := func(first string, n, months, days int) []time.Time {
		d, err := time.Parse(time.DateOnly, first)
		if err != nil {
			t.Fatal(err)
		}
		dates := make([]time.Time, n)
		for i := range dates {
			dates[i] = d.AddDate(0, months*i, days*i)
		}
		return dates
	}
	at := func(dates []time.Time, day string) int {
		d, _ := time.Parse(time.DateOnly, day)
		k, ok := position(dates, d)
		if !ok {
			t.Fatalf("no %s", day)
		}
		return k
	}
	weeks, days, months := from("2004-01-05", 530, 0, 7), from("2004-01-01", 3000, 0, 1), from("2004-01-01", 120, 1, 0)
	for _, c := range []struct {
		name  string
		dates []time.Time
		freq  int
		day   string
		want  string
	}{
		{"the nearest Monday, before or after", weeks, 52, "2009-01-05", "2008-01-07 2007-01-08 2006-01-02"},
		{"a year of 53 weeks between", weeks, 52, "2009-12-28", "2008-12-29 2007-12-31 2006-12-25"},
		{"the same day", days, 365, "2008-03-01", "2007-03-01 2006-03-01 2005-03-01"},
		{"29 February of other years is 1 March", days, 365, "2008-02-29", "2007-03-01 2006-03-01 2005-03-01"},
		{"the same month", months, 12, "2008-02-01", "2007-02-01 2006-02-01 2005-02-01"},
		{"counted in points where a year is nothing of the calendar", days, 100, "2004-12-01", "2004-08-23 2004-05-15 2004-02-05"},
		{"not that far back", weeks, 52, "2006-12-25", ""},
	} {
		o := DefaultFarrington()
		o.B, o.Freq = 3, c.freq
		refs, ok := references(at(c.dates, c.day), c.dates, &o, nil)
		got := ""
		for i, r := range refs {
			if i > 0 {
				got += " "
			}
			got += c.dates[r].Format(time.DateOnly)
		}
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %s, wanted %s", c.name, got, c.want)
		}
	}
}

func TestSeasonsCutTheYearEvenly(t *testing.T) {
	o := DefaultFarrington()
	o.Freq, o.W, o.Periods, o.Exclude = 10, 1, 4, 2
	// Windows of three around 15, 5 and the last two; seven points between, cut 3, 2, 2; the last three are left out.
	got := fmt.Sprint(seasons(25, []int{15, 5}, &o, nil))
	if want := fmt.Sprint([]int{-1, -1, -1, -1, 3, 3, 3, 0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 0, 0, 0, 1, 1, 2, -1, -1, -1}); got != want {
		t.Errorf("\n%s, wanted\n%s", got, want)
	}
	o.Periods, o.Exclude = 1, 0
	got = fmt.Sprint(seasons(25, []int{15, 5}, &o, nil))
	if want := fmt.Sprint([]int{-1, -1, -1, -1, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, 0, -1}); got != want {
		t.Errorf("\n%s, wanted\n%s", got, want)
	}
}
