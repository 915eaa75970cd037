package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/numbers"
)

// tabled has the tables made that are due.
func (c *city) tabled() {
	c.Helper()
	if err := c.realm.CatchUp(context.Background()); err != nil {
		c.Fatal(err)
	}
	c.turn(0)
	if err := c.realm.CatchUp(context.Background()); err != nil {
		c.Fatal(err)
	}
}

// table reads a published table by the letter of RFC 4180, without our reader: "district category" → count; "" is withheld.
func (c *city) table(month string) map[string]string {
	c.Helper()
	lines, err := csv.NewReader(strings.NewReader(c.must(200, "GET", "/api/numbers/"+month+".csv", "", nil).text)).ReadAll()
	if err != nil {
		c.Fatal(err)
	}
	cells := map[string]string{}
	for _, line := range lines[1:] {
		cells[line[1]+" "+line[2]] = line[3]
	}
	return cells
}

// private reports so many private matters of a category in ward 9.
func (c *city) private(n int, category string) (all []told) {
	c.Helper()
	for i := range n {
		fields := lamp(fmt.Sprintf("Quillwort %d", i))
		fields["category"], fields["visibility"] = category, "private"
		all = append(all, c.report(fields))
	}
	return all
}

const (
	lamps = "street_lights.street_light_outages"
	wages = "rights.wages"
)

// A month's private matters are told once, when it has been over for a month, none of them by less than five, and
// nothing that happens to any matter after changes or adds to what was told.
func TestNumbers(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		c.tabled()
		var january []told // it is 2 January
		january = append(january, c.private(12, lamps)...)
		january = append(january, c.private(3, wages)...)
		open := []told{c.report(lamp("x")), c.report(lamp("x")), c.report(lamp("x"))}
		narrow := func(m told) {
			c.act(201, m, "correct", "info/desk", map[string]any{"category": lamps, "visibility": "private", "reason": "r"})
		}
		narrow(open[0]) // it was public, and a reader who keeps the lists saw it
		c.turn(20 * 24 * time.Hour)
		c.tabled()
		if a := c.do("GET", "/api/numbers/2012-01.csv", "", nil); a.status != 404 {
			t.Fatalf("a month that is not over is told of: %d", a.status)
		}
		*c.now = civic.At(time.Date(2012, 2, 29, 23, 0, 0, 0, c.site.Zone()))
		c.tabled()
		if a := c.do("GET", "/api/numbers/2012-01.csv", "", nil); a.status != 404 {
			t.Fatalf("a month that waits for what comes late is told of: %d", a.status)
		}
		c.turn(2 * time.Hour)
		c.tabled()
		got := c.table("2012-01")
		// Of 15 that were private from their report on; which totals are withheld besides is by chance.
		for cell, want := range map[string]string{"ward-09 street_lights": "12", "ward-09 *": "15", "* street_lights": "12", "* *": "15"} {
			if got[cell] != want && got[cell] != "" {
				t.Errorf("%s is %q, want %q or nothing", cell, got[cell], want)
			}
		}
		for cell, n := range got {
			if n != "" && n != "12" && n != "15" {
				t.Errorf("%s tells of %s", cell, n)
			}
		}
		if got["ward-09 rights"] != "" || got["ward-03 street_lights"] != "" || got["* dispute"] != "" {
			t.Errorf("fewer than five are told of: %v", got)
		}

		// What comes after: one more turns private, private ones change their kind, end, and are reported late.
		state := func() string {
			return c.must(200, "GET", "/api/numbers", "", nil).text + c.must(200, "GET", "/api/numbers/2012-01.csv", "", nil).text
		}
		before := state()
		narrow(open[1])
		c.act(201, january[0], "correct", "info/desk", map[string]any{"category": wages, "reason": "r"})
		c.act(201, january[1], "withdraw", "code:"+january[1].code, nil)
		c.private(7, wages)
		c.tabled()
		c.tabled()
		if now := state(); now != before {
			t.Errorf("what was published has changed:\n%s\n%s", before, now)
		}
		// Not even the clock publishes a month twice.
		release, _ := numbers.CatalogIn(c.realm.View()).State().Release("2012-01")
		_, err := c.realm.Do(t.Context(), clerk.Task{Command: numbers.Publish{Month: "2012-01", Digest: release.Digest}, Dossier: numbers.ListID, Actor: civic.Actor{Kind: civic.Clock}})
		if refusals, ok := civic.AsRefusals(err); !ok || refusals[0].Key != "numbers.month_published" {
			t.Errorf("a second table: %v", err)
		}
		for _, who := range []string{"info/desk", "pwd/head", ""} {
			if a := c.do("POST", "/api/numbers/set-least", who, map[string]any{"least": 5, "law": "x"}); a.status != 403 {
				t.Errorf("%q sets the least count: %d", who, a.status)
			}
		}
		c.holds()
	})
}

// positions of acts, as an answer would tell them.
var positions = regexp.MustCompile(`"(?:act|position|ruling|cause|first|last)":\s*[0-9]+`)

// Nothing that counts or lists counts a private matter: whatever happens to private matters, everybody else reads, byte by
// byte, what she would have read without them. So neither a total beside a public count nor a difference over time tells of them.
func TestCountsArePublic(t *testing.T) {
	slow(t)
	onBothEngines(t, 60, func(c *city) {
		c.tabled()
		c.report(lamp("x"))
		read := func() map[string]string {
			all := map[string]string{}
			c.everything("", []string{"/numbers", "/matters?status=late", "/matters?status=closed", "/matters?category=rights", "/matters?place=ward-09", "/api/matters?place=ward-09&limit=500",
				"/api/matters?category=rights&limit=500", "/open311/v2/requests.json?status=closed", "/tiles/11/619/757.mvt", "/overview", "/overview/today.events", "/overview/today.svg"}, func(path string, a answer) {
				switch {
				case strings.HasPrefix(path, "/log/"), path == "/metrics", strings.HasPrefix(path, "/witness/"):
					return // the log rounds up; who reads metrics is below
				}
				if found := positions.FindString(a.text); found != "" && !strings.HasPrefix(path, "/api/openapi") && !strings.HasPrefix(path, "/api/schemas") {
					c.Errorf("%s tells a position, of which two count the acts between: %s", path, found)
				}
				all[path] = onceField.ReplaceAllString(fmt.Sprint(a.status, a.text), "") // no two forms have it alike
			})
			return all
		}
		read() // what is made at the first reading is made
		before := read()
		for _, m := range c.private(6, lamps) {
			c.act(201, m, "accept", "pwd/head", nil)
			c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "r"})
		}
		c.private(3, wages)
		c.served() // none of what was kept
		after := read()
		if len(before) < 50 || before["/"] == "" || before["/api/matters?limit=500"] == "" {
			t.Fatalf("only %d pages were read", len(before))
		}
		for path, was := range before {
			if is, there := after[path]; there && is != was {
				t.Errorf("%s changed by private matters:\n%.600s\n%.600s", path, was, is)
			}
		}
		for path := range after {
			if _, there := before[path]; !there {
				t.Errorf("%s came to be by private matters", path)
			}
		}
		// A public one is seen, so the test looks where counts are.
		c.report(lamp("x"))
		c.served()
		changed := 0
		for path, is := range read() {
			if was, there := after[path]; there && was != is {
				changed++
			}
		}
		if changed < 5 {
			t.Errorf("a public matter changed %d pages", changed)
		}
		// Metrics count every act: they are for the machine alone.
		r, err := http.NewRequest("GET", c.url+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		if a := c.send(r); a.status != 404 {
			t.Errorf("metrics are read from elsewhere: %d", a.status)
		}
	})
}
