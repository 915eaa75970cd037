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
			slack := 0 // what the file names no ward of lies in one all the same
			if cell.By == standing.ByPlace {
				slack = want[standing.Cell{Month: cell.Month, By: cell.By}][measure]
			}
			if have := got[cell][measure]; have < n || have > n+slack {
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

// Private matters are in no figure; one that turns private leaves them all; the tallies stay what the journal leads to, also when they are made anew.
func TestFiguresOfPublicMatters(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		ask := func() string {
			c.tabled()
			return c.must(200, "GET", "/api/figures/figures.csv", "", nil).text + c.must(200, "GET", "/api/figures?by=place&code=ward-09", "", nil).text + c.must(200, "GET", "/api/equal-treatment", "", nil).text
		}
		before := ask()
		c.private(3, wages)
		if ask() != before {
			t.Error("a private matter changes a figure")
		}
		m := c.report(lamp("x"))
		if ask() == before {
			t.Error("a public matter changes no figure")
		}
		holds(t, c)
		c.act(201, m, "correct", "info/desk", map[string]any{"category": lamps, "visibility": "private", "reason": "r"})
		if ask() != before {
			t.Error("a matter that turned private is still counted")
		}
		holds(t, c)
		if _, err := clerk.Rebuild(context.Background(), c.app.house, c.app.db, c.realm.ID); err != nil {
			t.Fatal(err)
		}
		holds(t, c)
		if ask() != before {
			t.Error("made anew, the tallies are others")
		}
	})
}

// The pages say the figures in both languages, and what there is not.
func TestFiguresPages(t *testing.T) {
	c := newCity(t, sqlite, 300)
	for _, page := range []struct{ path, en, zh string }{
		{"/figures", "Figures: the whole community", "统计：整个共同体"},
		{"/figures", "Private matters are counted in tables of their own", "不公开事项另有专门的表"},
		{"/figures/body/pwd", "Answered in time", "按期答复"},
		{"/figures/place/ward-09", "By month", "按月"},
		{"/figures/channel/phone", "The formulas", "计算公式"},
		{"/figures/equal", "Equal treatment, measured", "平等对待的衡量"},
		{"/figures.svg?by=body&code=pwd", "<svg", "<svg"},
	} {
		for lang, want := range map[string]string{"en": page.en, "zh-Hans": page.zh} {
			r := c.reader()
			joint := "?"
			if strings.Contains(page.path, "?") {
				joint = "&"
			}
			r.get(page.path+joint+"lang="+lang).has(t, want)
		}
	}
	for _, path := range []string{"/figures/post/pwd%2Fhead", "/figures/body/nobody", "/figures/all/x", "/figures/body/%E6%B0%B4"} {
		if a := c.do("GET", path, "", nil); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
