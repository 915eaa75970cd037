package main

import (
	"context"
	"testing"
	"time"

	"skein/demo/boston"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/place"
)

// A body that ends hands its open matters to its successor.
func TestAbolishedBodyHandsOver(t *testing.T) {
	onBothEngines(t, 200, func(c *city) {
		m := c.report(lamp("x"))
		c.act(201, m, "accept", "pwd/head", nil)
		c.command(clerk.Task{Command: body.Abolish{Successor: "park"}, Dossier: body.ID("pwd"), Actor: chair})
		if err := c.realm.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		if a := c.status(m, "working"); a.get("lead") != "park" || a.get("hand_overs") != "0" {
			t.Errorf("after its body ended: %s", a.text)
		}
		var left int
		err := c.app.db.R.QueryRow("SELECT count(*) FROM matters WHERE lead = 'pwd' AND status NOT IN ('closed', 'declined', 'answered')").Scan(&left)
		if err != nil || left != 0 {
			t.Errorf("%d open matters are left with a body that ended (%v)", left, err)
		}
		if err := c.realm.CatchUp(context.Background()); err != nil { // answering twice answers once
			t.Fatal(err)
		}
		c.act(201, m, "answer", "park/head", map[string]any{"outcome": "explained", "reason": "Taken over."})
		c.holds()
	})
}

// A new version of the list moves open matters on its day, and only if it says so.
func TestNewListMovesOnItsDay(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		adopt := func(lead civic.BodyID, in time.Duration, moves bool) {
			list, _, _ := duty.CatalogIn(c.realm.View()).ListAt(c.now.Add(1000 * day))
			rows := append([]duty.Row{}, list.Rows()...)
			for i := range rows {
				if rows[i].Category == "street_lights.street_light_outages" {
					rows[i].Lead, rows[i].Post = lead, ""
				}
			}
			content := duty.NewList(rows).CSV()
			digest := journal.DocumentDigest(content)
			c.command(clerk.Task{
				Command: duty.Adopt{Digest: digest, Effective: c.now.Add(in).In(boston.Zone()).Format("2006-01-02"), MovesOpen: moves},
				Dossier: duty.ListID, Actor: chair, Documents: map[string][]byte{digest: content},
				Writes: []store.Write{{Table: journal.DocumentTable, Row: store.Row{string(c.realm.ID), digest, "text/csv", content}}},
			})
			if err := c.realm.CatchUp(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		after := func(d time.Duration) {
			c.turn(d)
			if err := c.realm.CatchUp(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		m := c.report(lamp("x"))
		adopt("btdt", 2*day, false)
		after(3 * day)
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); a.get("lead") != "pwd" {
			t.Errorf("a list that moves nothing moved it to %s", a.get("lead"))
		}
		if n := c.report(lamp("y")); c.status(n, "assigned").get("lead") != "btdt" {
			t.Error("the new list does not name the lead of a new matter")
		}
		adopt("park", 2*day, true)
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); a.get("lead") != "pwd" {
			t.Errorf("it moved to %s before its day", a.get("lead"))
		}
		after(3 * day)
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); a.get("lead") != "park" {
			t.Errorf("on its day it is with %s", a.get("lead"))
		}
		c.holds()
	})
}

// A holiday that is added moves due dates, never to an earlier day.
func TestCalendarChangeMovesDueDates(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		// a pothole: two working days
		m := c.report(map[string]any{"category": "highway_maintenance.request_for_pothole_repair", "text": "x", "lat": 42.33, "lon": -71.09})
		before := c.status(m, "assigned").get("due")
		spec := boston.CalendarSpec()
		spec.Version, spec.WorkingWeekdays = "2012", []string{"thu"}
		digest, content, refusals := place.CalendarDocument(spec)
		if len(refusals) > 0 {
			t.Fatal(refusals)
		}
		set := place.SetCalendar{ID: boston.CalendarID, Digest: digest, Place: boston.City}
		c.command(clerk.Task{
			Command: set, Dossier: place.DossierOf(set), Actor: chair, Documents: map[string][]byte{digest: content},
			Writes: []store.Write{{Table: journal.DocumentTable, Row: store.Row{string(c.realm.ID), digest, "application/json", content}}},
		})
		if err := c.realm.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		if after := c.status(m, "assigned").get("due"); after <= before {
			t.Errorf("due %s, before %s", after, before)
		}
		c.holds()
	})
}

// What is thrown away and made anew is the same.
func TestRebuild(t *testing.T) {
	onBothEngines(t, 120, func(c *city) {
		c.report(lamp("x"))
		if _, err := clerk.Rebuild(context.Background(), c.app.house, c.app.db, c.realm.ID); err != nil {
			t.Fatal(err)
		}
		c.holds()
		// and a change that nobody made is found
		err := c.app.db.Update(context.Background(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(context.Background(), "UPDATE matters SET lead = 'isd' WHERE dossier = (SELECT min(dossier) FROM matters)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := clerk.CheckTables(context.Background(), c.app.house, c.app.db, c.realm.ID)
		if err != nil || len(r.Findings) != 1 {
			t.Errorf("a changed row: %v %v", r, err)
		}
		for _, change := range []string{
			"UPDATE acts SET data = '{}' WHERE position = 70", "UPDATE acts SET happened = happened + 1 WHERE position = 71",
			"UPDATE acts SET power = 'matter.none' WHERE position = 72", "DELETE FROM acts WHERE position = 73",
		} {
			err := c.app.db.Update(context.Background(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(context.Background(), change)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		v, err := clerk.Verify(context.Background(), c.app.house, c.app.db, c.realm.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, f := range v.Findings {
			found[f.Where] = true
		}
		for _, where := range []string{"act 70", "act 71", "act 72", "act 74"} {
			if !found[where] {
				t.Errorf("%s was changed and verify does not say so: %v", where, v.Findings)
			}
		}
	})
}
