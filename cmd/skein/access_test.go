package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"skein/frame/access"
	"skein/frame/seal"
	"skein/frame/store"
	"skein/rooms/matter"
)

// readingsOf are the rows of the record on a matter, the latest first.
func (c *city) readingsOf(m told) []access.Reading {
	c.Helper()
	out, err := c.site.Access.Of(context.Background(), string(c.state(m).Reporter))
	if err != nil {
		c.Fatal(err)
	}
	return out
}

func (c *city) state(m told) matter.State {
	c.Helper()
	s, err := c.pagesAPI().Find(context.Background(), m.number)
	if err != nil {
		c.Fatal(err)
	}
	return s
}

// short is what a row says of who, under which power, for what, of which kinds of parts.
func short(r access.Reading) string {
	kinds := make([]string, len(r.Parts))
	for i, p := range r.Parts {
		kinds[i], _, _ = strings.Cut(p, "/")
	}
	return fmt.Sprintf("%s %s %s %s", r.Reader, r.Power, r.Purpose, strings.Join(kinds, ","))
}

func (c *city) recorded(m told, want ...string) {
	c.Helper()
	got := c.readingsOf(m)
	for i, r := range got {
		if i < len(want) && short(r) != want[i] {
			c.Errorf("reading %d is %q, not %q", i, short(r), want[i])
		}
	}
	if len(got) != len(want) {
		c.Errorf("%d readings are recorded, not %d: %v", len(got), len(want), got)
	}
}

// minutes lets some minutes pass.
func (c *city) minutes(n int) { *c.now = c.now.Add(time.Duration(n) * time.Minute) }

func TestReadingsAreRecorded(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		fields := lamp("Quillwort stands in the yard")
		fields["visibility"] = "private"
		m := c.report(fields)
		path := "/api/matters/" + m.number
		c.must(200, "GET", path, "code:"+m.code, nil)
		c.must(404, "GET", path, "", nil)
		c.must(404, "GET", path, "btdt/head", nil)
		c.recorded(m)

		for range 3 { // within a minute: one row
			if a := c.must(200, "GET", path, "pwd/head", nil); !strings.Contains(a.text, "Quillwort") {
				t.Fatal(a.text)
			}
		}
		handling := "post:pwd/head matter.lead_works handling text"
		c.recorded(m, handling)
		c.minutes(1)
		c.must(200, "GET", path, "pwd/head", nil)
		c.minutes(1)
		c.must(200, "GET", path, "info/desk", nil)
		desk := "post:info/desk matter.desk_orders desk text"
		c.recorded(m, desk, handling, handling)
		c.photo(m)
		c.minutes(1)
		c.must(200, "GET", "/matters/"+m.number+"/sealed/"+c.digests(m)["image/jpeg"], "pwd/head", nil)
		c.must(200, "GET", "/matters/"+m.number+"/sealed/"+c.digests(m)["image/jpeg"], "code:"+m.code, nil)
		if got := short(c.readingsOf(m)[0]); got != "post:pwd/head matter.lead_works handling photo" && !strings.Contains(got, "text") {
			t.Errorf("a photo: %q", got)
		}

		// What everyone may see is read by nobody in particular; what is not, is. To release is to open.
		open := c.report(lamp("Quillwort in the street"))
		digest := c.state(open).Items[0].Digest
		c.act(403, open, "release", "btdt/head", map[string]any{"items": []string{digest}})
		c.recorded(open)
		c.act(201, open, "release", "info/desk", map[string]any{"items": []string{digest}})
		release := "post:info/desk matter.desk_releases release text"
		c.recorded(open, release)
		c.minutes(1)
		for _, who := range []string{"", "pwd/head", "info/desk"} {
			if a := c.must(200, "GET", "/api/matters/"+open.number, who, nil); !strings.Contains(a.text, "Quillwort") {
				t.Errorf("%q does not see what is released: %s", who, a.text)
			}
		}
		c.recorded(open, release)
		c.act(201, open, "redact", "info/desk", map[string]any{"item": digest, "text": "A plant in the street", "ground": "personal_data"})
		c.minutes(1)
		if a := c.must(200, "GET", "/api/matters/"+open.number, "", nil); strings.Contains(a.text, "Quillwort") || !strings.Contains(a.text, "A plant in the street") {
			t.Errorf("the masked version: %s", a.text)
		}
		c.must(200, "GET", "/api/matters/"+open.number, "pwd/head", nil)
		c.recorded(open, "post:pwd/head matter.lead_works handling text", release)
	})
}

// A reading that cannot be written down is not shown, whatever the door; what needs no record still is.
func TestUnrecordedIsNotShown(t *testing.T) {
	refuses := func(c *city) {
		c.Helper()
		fields := lamp("Quillwort stands in the yard")
		open := c.report(fields)
		c.photo(open)
		digest := map[string]string{}
		for _, it := range c.state(open).Items {
			digest[it.Media] = it.Digest
		}
		fields["visibility"] = "private"
		m := c.report(fields)
		for _, path := range []string{
			"/api/matters/" + m.number, "/matters/" + m.number, "/matters/" + open.number + "/sealed/" + digest["image/jpeg"], "/api/matters/" + open.number,
		} {
			a := c.do("GET", path, "pwd/head", nil)
			if a.status != 503 || strings.Contains(a.text, "Quillwort") || !strings.Contains(a.text, "must be written down first") {
				c.Errorf("%s: %d %.300s", path, a.status, a.text)
			}
		}
		c.act(503, open, "release", "info/desk", map[string]any{"items": []string{c.state(open).Items[0].Digest}})
		if a := c.must(200, "GET", "/api/matters/"+m.number, "code:"+m.code, nil); !strings.Contains(a.text, "Quillwort") {
			c.Errorf("her own: %s", a.text)
		}
		c.must(200, "GET", "/matters/"+open.number, "", nil)
	}
	t.Run("no table", func(t *testing.T) {
		onBothEngines(t, 1, func(c *city) {
			c.do2("DROP TABLE access_readings")
			refuses(c)
		})
	})
	t.Run("a full disk", func(t *testing.T) {
		c := newCity(t, sqlite, 1)
		fields := lamp("Quillwort stands in the yard")
		fields["visibility"] = "private"
		m := c.report(fields)
		c.fill()
		refused := 0
		for n := 1; refused == 0 && n < 200; n++ { // a page that is begun has room for some rows
			c.minutes(1)
			a := c.do("GET", "/api/matters/"+m.number, "pwd/head", nil)
			shown, rows := strings.Contains(a.text, "Quillwort"), len(c.readingsOf(m))
			switch {
			case a.status == 200 && shown && rows == n:
			case a.status == 503 && !shown && rows == n-1:
				refused++
			default:
				t.Fatalf("reading %d: %d, shown %v, %d rows", n, a.status, shown, rows)
			}
		}
		if refused == 0 {
			t.Error("the disk was never full")
		}
		c.do2("PRAGMA max_page_count = 1000000")
		c.minutes(1)
		c.must(200, "GET", "/api/matters/"+m.number, "pwd/head", nil)
	})
}

// fill lets the database grow no more. The limit is of the connection that writes, which lives until something fails on it.
func (c *city) fill() {
	c.Helper()
	ctx := context.Background()
	err := c.app.db.Update(ctx, func(tx *store.Tx) error {
		var pages, most int64
		if err := tx.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&most)
	})
	if err != nil {
		c.Fatal(err)
	}
}

func TestReadingsAreSealed(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		ctx := context.Background()
		spans := func() int {
			leaves, err := seal.Texts(ctx, c.app.db.R, c.realm.ID)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, l := range leaves {
				if strings.HasPrefix(string(l), "skein readings 1\n") {
					n++
				}
			}
			return n
		}
		hour := func() {
			c.Helper()
			before := spans()
			*c.now = c.now.Add(time.Hour)
			c.seal()
			if got := spans(); got != before+1 {
				t.Errorf("an hour added %d leaves", got-before)
			}
		}
		verify := func(want int, says string) {
			c.Helper()
			r := runSkein(append([]string{"verify"}, c.at()...)...)
			if r.code != want || !strings.Contains(r.out, says) {
				c.Errorf("verify: %d %s%s, want %d %q", r.code, r.out, r.errs, want, says)
			}
		}
		private := lamp("Quillwort")
		private["visibility"] = "private"
		m, other := c.report(private), c.report(private)
		hour()
		for _, who := range []string{"pwd/head", "info/desk"} {
			for _, m := range []told{m, other} {
				c.must(200, "GET", "/api/matters/"+m.number, who, nil)
			}
		}
		verify(0, "4 readings")
		hour() // four
		hour() // and none: sealed like any other
		verify(0, "4 readings in")
		c.must(200, "GET", "/api/matters/"+m.number, "pwd/head", nil)

		// Her rows are emptied, and those that are left are still proved.
		box := string(c.state(m).Reporter)
		if named := c.recordLines(box); len(named) < 2 { // a reading, and in what finds it
			t.Fatalf("the box is named in %d rows", len(named))
		}
		if err := c.app.db.Update(ctx, func(tx *store.Tx) error { return access.Erase(ctx, tx, c.realm.ID, []string{box}) }); err != nil {
			t.Fatal(err)
		}
		c.recorded(m)
		if named := c.recordLines(box); len(named) > 0 {
			t.Errorf("the box is still named: %s", named)
		}
		verify(0, "5 readings in")
		hour()
		verify(0, "0 findings")

		for name, q := range map[string][2]string{
			"says something else": {"UPDATE access_readings SET reader = 'post:isd/head' WHERE reader = 'post:info/desk'", "UPDATE access_readings SET reader = 'post:info/desk' WHERE reader = 'post:isd/head'"},
			"not those that were": {
				"INSERT INTO access_readings (realm, hour, n, digest) SELECT realm, hour, n + 1000, substr(digest, 2) || substr(digest, 1, 1) FROM access_readings WHERE reader = 'post:info/desk'",
				"DELETE FROM access_readings WHERE reader IS NULL AND digest IN (SELECT substr(digest, 2) || substr(digest, 1, 1) FROM access_readings WHERE reader = 'post:info/desk')"},
			"is not found by whom it is of": {"UPDATE access_boxes SET n = n + 1000", "UPDATE access_boxes SET n = n - 1000"},
			"another moment":                {"UPDATE access_spans SET since = since + 1 WHERE since > 0", "UPDATE access_spans SET since = since - 1 WHERE since > 0"},
		} {
			c.do2(q[0])
			verify(1, name)
			c.do2(q[1])
			verify(0, "0 findings")
		}
		c.do2("DELETE FROM access_spans WHERE until = (SELECT max(until) FROM access_spans)")
		verify(1, "are in the log and not in the record")

		// What is older than the realm keeps is emptied.
		c.do2("DELETE FROM access_readings WHERE realm <> 'boston'")
		settings := c.realm.View().Settings
		if settings.ReadingsKept != 0 {
			t.Fatal(settings.ReadingsKept)
		}
		var rows int
		*c.now = c.now.Add((access.Kept + 1) * day)
		c.seal()
		if err := c.app.db.R.QueryRowContext(ctx, "SELECT count(*) FROM access_readings WHERE box IS NOT NULL").Scan(&rows); err != nil && err != sql.ErrNoRows || rows != 0 {
			t.Errorf("%d rows are kept for ever: %v", rows, err)
		}
	})
}

// recordLines are the rows of the record of readings that name a box.
func (c *city) recordLines(box string) (lines []string) {
	c.Helper()
	for line := range strings.Lines(c.stored()) {
		if (strings.HasPrefix(line, "access_readings ") || strings.HasPrefix(line, "access_boxes ")) && strings.Contains(line, box) {
			lines = append(lines, line)
		}
	}
	return lines
}
