package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
)

// The last day as events: what was told and answered in public, half hour by half hour, nothing of what is private, and nothing twice.
func TestLive(t *testing.T) {
	onBothEngines(t, 40, func(c *city) {
		type day struct {
			Ticks, When    []string
			Told, Answered []int
			Said           string
		}
		events := func(last string) (id string, d day, text string) {
			t.Helper()
			c.served() // none of what was kept
			r, err := http.NewRequest("GET", c.url+"/overview/today.events?lang=en", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Last-Event-ID", last)
			a := c.send(r)
			if a.status != 200 || a.header.Get("Content-Type") != "text/event-stream" || a.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(a.text, "retry: 10000\n\n") {
				t.Fatalf("%d %v %s", a.status, a.header, a.text)
			}
			for line := range strings.Lines(a.text) {
				if value, ok := strings.CutPrefix(line, "id: "); ok {
					id = strings.TrimSpace(value)
				}
				if value, ok := strings.CutPrefix(line, "data: "); ok {
					if err := json.Unmarshal([]byte(value), &d); err != nil {
						t.Fatal(err)
					}
				}
			}
			return id, d, a.text
		}
		all := func(n []int) (sum int) {
			for _, x := range n {
				sum += x
			}
			return sum
		}
		first, before, _ := events("")
		if len(before.Ticks) != 48 || len(before.When) != 48 || len(before.Told) != 48 || len(before.Answered) != 48 {
			t.Fatalf("%+v", before)
		}
		for _, m := range c.private(3, lamps) {
			c.act(201, m, "accept", "pwd/head", nil)
			c.act(201, m, "answer", "pwd/head", object{"outcome": "fixed", "reason": "r"})
		}
		if id, _, text := events(first); id != "" {
			t.Errorf("private matters are told of: %s", text)
		}
		m := c.report(lamp("Dark"))
		second, after, _ := events(first)
		if all(after.Told) != all(before.Told)+1 || after.Told[47] != before.Told[47]+1 || all(after.Answered) != all(before.Answered) {
			t.Errorf("a public matter is not told of: %v, %v", before.Told, after.Told)
		}
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "answer", "pwd/head", object{"outcome": "fixed", "reason": "r"})
		third, last, _ := events(second)
		if all(last.Answered) != all(before.Answered)+1 || all(last.Told) != all(after.Told) || third == second || last.Said == after.Said {
			t.Errorf("its answer is not told of: %+v", last)
		}
		page := c.must(200, "GET", "/overview?lang=en", "", nil).text
		if !strings.Contains(page, last.Said) || !strings.Contains(page, last.When[47]) {
			t.Error("without script the page does not have what the events tell")
		}
		c.must(404, "GET", "/overview/other.events", "", nil)
	})
}

// In a browser the series is drawn where there is script and goes on; where there is none the picture and its table stand.
func TestLiveInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 40)
	c.report(lamp("Dark"))
	browser.Run(t, "live_test.mjs", c.url)
}
