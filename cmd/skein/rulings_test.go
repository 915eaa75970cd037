package main

import (
	"context"
	"testing"
	"time"

	"skein/rooms/standing"
)

// rulings are the coordinating body's own figures, over all months.
func (c *city) rulings(measures ...string) map[string]int {
	c.Helper()
	c.tabled()
	all, err := standing.All(context.Background(), c.realm.DB.R, c.realm.ID)
	if err != nil {
		c.Fatal(err)
	}
	out := map[string]int{}
	for cell, counts := range all {
		if cell.By != standing.ByBody || cell.Code != "coord" || cell.Within != "" {
			continue
		}
		for _, m := range measures {
			out[m] += counts[m]
		}
	}
	return out
}

// A coordinating body is measured too: what it ruled, late, by silence, and what a review overturned; by real acts, a count at a time.
func TestCoordinatingBodyIsMeasured(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		measures := []string{standing.Rulings, standing.RulingsLate, standing.RulingsSilent, standing.RulingsKeep, standing.RulingsUpset, standing.Appeals, standing.AppealsUpset}
		is := c.rulings(measures...)
		then := func(what string, more map[string]int) {
			t.Helper()
			got := c.rulings(measures...)
			for m, n := range more {
				is[m] += n
			}
			for _, m := range measures {
				if got[m] != is[m] {
					t.Errorf("%s: %s is %d, not %d", what, m, got[m], is[m])
				}
			}
		}
		object := func() told {
			t.Helper()
			m := c.report(lamp("x"))
			stage(c, m, "objected")
			return m
		}
		rule := func(m told) {
			t.Helper()
			c.act(201, m, "rule", "coord/chair", map[string]any{"law": "Charter 4", "reason": "It is a lamp."})
		}
		m := object()
		rule(m)
		then("ruled in time", map[string]int{standing.Rulings: 1, standing.RulingsKeep: 1})

		m = object()
		*c.now = c.now.Add(3 * time.Hour)
		c.act(201, m, "rule", "coord/chair", map[string]any{"lead": "park", "law": "Charter 4", "reason": "Theirs."})
		then("given to another", map[string]int{standing.Rulings: 1})

		m = object()
		c.turn(40 * day)
		if a := c.status(m, "working"); a.get("lead") == "" {
			t.Fatalf("silence leads to nothing: %s", a.text)
		}
		then("left to silence", map[string]int{standing.Rulings: 1, standing.RulingsSilent: 1, standing.RulingsKeep: 1})

		m = c.report(lamp("x"))
		stage(c, m, "declined")
		then("declined", map[string]int{standing.Rulings: 1})
		n := c.appealed(m, "decline", "It is yours.")
		then("an appeal that waits", nil)
		c.on(201, n, "take", "review/first", nil)
		c.on(201, n, "reply", "coord/chair", map[string]any{"text": "It is the state's."})
		c.on(201, n, "decide", "review/first", ruling("quashed", nil))
		c.reacted()
		then("overturned", map[string]int{standing.RulingsUpset: 1, standing.Appeals: 1, standing.AppealsUpset: 1})

		m = c.report(lamp("y"))
		stage(c, m, "declined")
		n = c.appealed(m, "decline", "It is yours.")
		c.on(201, n, "take", "review/first", nil)
		c.on(201, n, "reply", "coord/chair", map[string]any{"text": "It is the state's."})
		c.on(201, n, "decide", "review/first", ruling("upheld", nil))
		c.reacted()
		then("one that a review let stand", map[string]int{standing.Rulings: 1, standing.Appeals: 1})
		c.holds()
	})
}
