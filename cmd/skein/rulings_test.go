package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"skein/rooms/matter"
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

// What is ruled or decided after its limit counts as late, of the body that owed it: an objection and a proposal to decline by the clock's word, whose lead
// is in whose hands by the chair's, an appeal by the reviewers'. Real commands, and a clock that comes late.
func TestRulingsAfterTheirLimit(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		rate := func(body, name string) (had, of int) {
			t.Helper()
			c.tabled()
			all, err := standing.All(context.Background(), c.realm.DB.R, c.realm.ID)
			if err != nil {
				t.Fatal(err)
			}
			sum := standing.Counts{}
			for cell, counts := range all {
				if cell.By == standing.ByBody && cell.Code == body && cell.Within == "" {
					sum = sum.And(counts)
				}
			}
			switch name {
			case "rulings_late":
				for _, r := range sum.Rates(true) {
					if r.Name == name {
						return r.Had, r.Of
					}
				}
			case "reviews":
				return sum[standing.ReviewsLate], sum[standing.Reviews]
			}
			t.Fatal(name)
			return 0, 0
		}
		then := func(what, body, name string, wantHad, wantOf int) {
			t.Helper()
			if had, of := rate(body, name); had != wantHad || of != wantOf {
				t.Errorf("%s: %d of %d, not %d of %d", what, had, of, wantHad, wantOf)
			}
			holds(t, c)
		}
		theirs := object{"lead": "park", "law": "Charter 4", "reason": "Theirs."}

		// On an objection: at the limit it can be ruled on, after it no more, though nobody has told the clock yet.
		m := c.report(lamp("x"))
		stage(c, m, "objected")
		due := c.state(m).Ruling.Due
		*c.now = due
		c.act(201, m, "rule", "coord/chair", theirs)
		then("ruled in its last instant", "coord", "rulings_late", 0, 1)
		m = c.report(lamp("x"))
		stage(c, m, "objected")
		*c.now = c.state(m).Ruling.Due + 1
		c.act(409, m, "rule", "coord/chair", theirs)
		c.turn(0)
		if a := c.status(m, "working"); a.get("lead") != "pwd" {
			t.Errorf("the lead stays: %s", a.text)
		}
		then("ruled on too late", "coord", "rulings_late", 1, 2)

		// On a proposal to decline.
		m = c.report(lamp("x"))
		stage(c, m, "declining")
		*c.now = c.state(m).Ruling.Due + 1
		c.act(409, m, "decline", "coord/chair", object{"decline": true, "law": "State law", "reason": "Yes."})
		c.turn(0)
		then("declined too late", "coord", "rulings_late", 2, 3)

		// On whose a complaint is that the list gives to whom it is against: nothing decides for the coordinating body, and it rules late.
		complaint := func() told {
			f := lamp("x")
			f["kind"], f["against"], f["visibility"] = "complaint", "pwd", "public"
			m := c.report(f)
			if s := c.state(m); s.Status != matter.StatusReceived || s.Triage != matter.TriageConflict {
				t.Fatalf("%s, %s", s.Status, s.Triage)
			}
			return m
		}
		m = complaint()
		c.act(201, m, "rule", "coord/chair", theirs)
		then("ruled at once", "coord", "rulings_late", 2, 4)
		m = complaint()
		c.turn(3 * day)
		c.act(201, m, "rule", "coord/chair", theirs)
		then("ruled after three days", "coord", "rulings_late", 3, 5)
		if got := c.rulings(standing.RulingsLate, standing.RulingsSilent); got[standing.RulingsLate] != 1 || got[standing.RulingsSilent] != 2 {
			t.Errorf("%v", got)
		}

		// On an appeal: whoever reviews owes the decision, and no silence decides.
		for i, late := range []bool{false, true} {
			m = c.answered(lamp("y"))
			n := c.appealed(m, "answer", "It is dark.")
			c.on(201, n, "take", "review/first", nil)
			c.on(201, n, "reply", "pwd/head", object{"text": "It burns."})
			if late {
				c.turn(100 * day)
			}
			c.on(201, n, "decide", "review/first", ruling("upheld", nil))
			c.reacted()
			then("reviewed", "review", "reviews", i, i+1)
		}
		for lang, want := range map[string]string{"en": "Rulings after their limit", "zh-Hans": "超过期限的裁定"} {
			if a := c.office("", lang, "/figures/body/coord", nil); a.status != 200 || !strings.Contains(a.text, want) {
				t.Errorf("the page of its figures lacks %q", want)
			}
		}
		c.holds()
	})
}
