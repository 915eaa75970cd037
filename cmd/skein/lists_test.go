package main

import (
	"fmt"
	"testing"
)

// Lists, searches and calendars show a matter as it stands after each act, also one that was listed before.
func TestListsShowWhatIs(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.report(lamp("Dark"))
		listed := func(path string) string {
			for _, x := range c.must(200, "GET", path, "", nil).json["matters"].([]any) {
				if row := x.(map[string]any); row["number"] == m.number {
					return fmt.Sprint(row["status"], " ", row["outcome"])
				}
			}
			return "absent"
		}
		shows := func(want string) {
			t.Helper()
			for range 2 {
				for _, path := range []string{"/api/matters?limit=20", "/api/matters?q=" + m.number} {
					if got := listed(path); got != want {
						t.Errorf("%s shows %s, want %s", path, got, want)
					}
				}
			}
		}
		c.status(m, "assigned")
		shows("assigned <nil>")
		c.act(201, m, "accept", "pwd/head", nil)
		shows("working <nil>")
		c.reader().get("/matters.ics?body=pwd").has(t, "UID:"+m.number+"@")
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "A new lamp."})
		shows("answered fixed")
		c.reader().get("/matters.ics?body=pwd").lacks(t, "UID:"+m.number+"@")
		m = c.report(lamp("Dark too"))
		c.status(m, "assigned")
		shows("assigned <nil>")
		c.act(201, m, "correct", "info/desk", map[string]any{"visibility": "private", "reason": "She asked for it."})
		shows("absent")
	})
}
