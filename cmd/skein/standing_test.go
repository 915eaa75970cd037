package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/demo/boston"
	"skein/frame/clerk"
	"skein/rooms/standing"
)

// The tallies of the demonstration are those of a recount straight from the city's file: what was reported, due and answered, in time and late, in how
// many working days, by month, body, category, ward, neighbourhood and channel. Nothing else is in them but how it ended, which the file does not say.
func TestFiguresAreTheCitys(t *testing.T) {
	t.Parallel()
	slow(t)
	want, by := readCity(t).recounted(boston.Total)
	if by != theCitys {
		t.Errorf("our due dates stand to the city's as %+v, not as %+v", by, theCitys)
	}
	c := newCity(t, sqlite, boston.Total)
	got, err := standing.All(context.Background(), c.realm.DB.R, c.realm.ID)
	if err != nil {
		t.Fatal(err)
	}
	compared, wrong := 0, 0
	differ := func(cell standing.Cell, measure string, have, want int) {
		if wrong++; wrong < 30 {
			t.Errorf("%v %s: %d, by the file %d", cell, measure, have, want)
		}
	}
	for cell, counts := range want {
		for measure, n := range counts {
			if compared++; got[cell][measure] != n {
				differ(cell, measure, got[cell][measure], n)
			}
		}
	}
	for cell, counts := range got {
		if counts[standing.Fixed]+counts[standing.NotFixed] != counts[standing.Answered] {
			t.Errorf("%v: %v", cell, counts)
		}
		for measure, n := range counts {
			switch measure {
			case standing.Fixed, standing.NotFixed, standing.Explained: // by the kind of the matter
			default:
				if want[cell][measure] != n {
					differ(cell, measure, n, want[cell][measure])
				}
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d counts differ", wrong, compared)
	}
	if compared < 500 {
		t.Errorf("only %d counts were compared", compared)
	}
	t.Logf("%d counts compared, %d cells", compared, len(got))
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

// running is figures.csv as the tables have it, without what pages keep.
func (c *city) running() string {
	c.Helper()
	all, err := standing.All(context.Background(), c.app.db.R, c.realm.ID)
	if err != nil {
		c.Fatal(err)
	}
	lines, now := []string{}, standing.MonthOf(c.Now(), c.site.Zone())
	for cell, counts := range all {
		for measure, n := range counts {
			if cell.Month <= now {
				lines = append(lines, fmt.Sprintf("%s,%s,%s,%s,%d\n", cell.Month, cell.By, cell.Code, measure, n))
			}
		}
	}
	slices.Sort(lines)
	return "month,by,code,measure,count\n" + strings.Join(lines, "")
}

// What is kept of figures is what the tables say after an act, an erasure, an import and a turn of the month, and after a rebuild.
func TestFiguresAreOfNow(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		before := ""
		same := func(what string, moved bool) {
			t.Helper()
			c.tabled()
			want := c.running()
			got := c.must(200, "GET", "/api/figures/figures.csv", "", nil).text
			if got != want || (got != before) != moved {
				t.Errorf("%s: figures.csv is what the tables say: %v; it moved: %v", what, got == want, got != before)
			}
			before = got
			if a := c.must(200, "GET", "/figures/body/pwd", "", nil); !strings.Contains(a.text, ">"+string(standing.MonthOf(c.Now(), c.site.Zone()))+"<") {
				t.Errorf("%s: the page does not tell the month that runs", what)
			}
		}
		m := c.report(lamp("x"))
		same("a report", true)
		same("nothing", false)
		c.act(201, m, "accept", "pwd/head", nil)
		same("an acceptance", true)
		c.act(201, m, "release", "info/desk", map[string]any{"items": []string{c.state(m).Items[0].Digest}, "language": "vi"})
		same("a language", true)
		if a := c.must(200, "GET", "/figures/language/vi", "", nil); !strings.Contains(a.text, "Vietnamese") {
			t.Error("a language that is new has no figures")
		}
		c.act(201, m, "erase", "code:"+m.code, nil)
		same("an erasure", true)
		c.must(404, "GET", "/figures/language/vi", "", nil)
		imported(t, c, "--as-records", cases(t, 40, 45))
		if err := c.realm.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
		same("an import by another process", true)
		if _, err := clerk.Rebuild(context.Background(), c.app.house, c.app.db, c.realm.ID); err != nil {
			t.Fatal(err)
		}
		same("a rebuild", false)
		c.turn(32 * 24 * time.Hour)
		c.report(lamp("y"))
		same("a month later", true)
	})
}

// What is compared anew is compared beside: until then the last is shown, with its months and when it was drawn.
func TestEqualTreatmentIsDrawnBeside(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 300)
	c.tabled()
	ask := func() object { return c.must(200, "GET", "/api/equal-treatment", "", nil).json }
	first := ask()
	c.turn(32 * 24 * time.Hour)
	if a := ask(); first["until"] != "2011-12" || a["drawn"] != first["drawn"] || a["until"] != first["until"] {
		t.Errorf("shown is what was drawn at %v of months until %v, not %v and %v", a["drawn"], a["until"], first["drawn"], first["until"])
	}
	for range 200 {
		if a := ask(); a["until"] == "2012-01" {
			if a["drawn"] == first["drawn"] || a["from"] != "2011-02" {
				t.Errorf("drawn anew at %v, from %v", a["drawn"], a["from"])
			}
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("it is not drawn anew")
}

// Two processes on one database: what one tallies the other shows.
func TestFiguresInAnotherProcess(t *testing.T) {
	t.Parallel()
	c := newCity(t, postgres, 30)
	there := cityAt(t, c.app.where)
	ask := func(c *city) string { return c.must(200, "GET", "/api/figures/figures.csv", "", nil).text }
	c.tabled()
	before := ask(there)
	c.report(lamp("x"))
	c.tabled()
	if after := ask(there); after == before || after != ask(c) {
		t.Error("the other process shows the figures of before")
	}
}

// The pages say the figures in both languages, and what there is not.
func TestFiguresPages(t *testing.T) {
	t.Parallel()
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
