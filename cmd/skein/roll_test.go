package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/matter"
	"skein/rooms/place"
)

// listed are the numbers that the API lists.
func (c *city) listed(query string) []string {
	c.Helper()
	var out struct{ Matters []struct{ Number string } }
	if err := json.Unmarshal([]byte(c.must(200, "GET", "/api/matters?"+query, "", nil).text), &out); err != nil {
		c.Fatal(err)
	}
	numbers := []string{}
	for _, m := range out.Matters {
		numbers = append(numbers, m.Number)
	}
	return numbers
}

// column is the first column of a query.
func (c *city) column(t *testing.T, query string) []string {
	t.Helper()
	rows, err := c.app.db.R.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		out = append(out, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// What is picked from memory and copied as it was written before is what the tables say, after every kind of change.
func TestRoll(t *testing.T) {
	onBothEngines(t, 300, func(c *city) {
		t := c.T
		everyone := c.pagesAPI()
		everyone.Intake.Ground = func(v *clerk.View) matter.Ground { return ground{place.CatalogIn(v)} }
		holds := func(when string) {
			t.Helper()
			var all []matter.Number
			rows, err := c.app.db.R.QueryContext(t.Context(), "SELECT number FROM matters ORDER BY number")
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var n matter.Number
				if err := rows.Scan(&n); err != nil {
					t.Fatal(err)
				}
				all = append(all, n)
			}
			rows.Close()
			if len(all) < 300 {
				t.Fatalf("%d matters", len(all))
			}
			place := c.column(t, "SELECT place FROM matters WHERE place <> '' AND places <> place GROUP BY place ORDER BY count(*) DESC, place LIMIT 1")
			if len(place) != 1 {
				t.Fatal("no matter is in a place within a place")
			}
			outer, _, _ := strings.Cut(strings.TrimSpace(strings.Replace(" "+c.column(t, "SELECT places FROM matters WHERE place = '"+place[0]+"' LIMIT 1")[0]+" ", " "+place[0]+" ", " ", 1)), " ")
			for query, f := range map[string]matter.Filter{
				"place=" + place[0]: {Place: civic.PlaceID(place[0])}, "place=" + outer + "&open=true": {Place: civic.PlaceID(outer), Open: true}, "place=none": {Place: "none"},
				"": {}, "late=true": {Late: true}, "open=true&lead=pwd": {Open: true, Lead: "pwd"}, "late=true&lead=pwd": {Late: true, Lead: "pwd"},
				"category=street_lights": {Category: "street_lights"}, "category=street_lights.street_light_outages&status=assigned": {Category: lights, Status: matter.StatusAssigned},
				"status=closed": {Status: matter.StatusClosed}, "lead=nobody": {Lead: "nobody"}, "category=rights.wages": {Category: "rights.wages"},
			} {
				f.Numbers, f.Limit = all, 500 // asked for by numbers, the tables answer
				want, err := everyone.List(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				numbers := make([]string, len(want))
				for i, r := range want {
					numbers[i] = r.Number.String()
				}
				if got := c.listed(query + "&limit=500"); !slices.Equal(got, numbers) {
					t.Errorf("%s, %q lists %d, not %d: %v", when, query, len(got), len(want), got)
				}
			}
			for _, q := range []string{"start_date=2011-07-01&end_date=2011-09-28", "", "status=open", "status=closed&extensions=true", "service_code=" + lights, "service_code=" + lights + ",none&status=closed",
				"updated_after=2012-01-01T00:00:00Z", "page_size=7&page=3"} {
				for _, form := range []string{"json", "xml"} {
					for range 2 { // as it was just written, and as it is kept
						page := c.open(200, "requests."+form+"?"+q).text
						var ids []string
						if form == "json" {
							var got []map[string]any
							if err := json.Unmarshal([]byte(page), &got); err != nil {
								t.Fatal(err)
							}
							for _, r := range got {
								ids = append(ids, r["service_request_id"].(string))
							}
						} else {
							for _, part := range strings.Split(page, "<service_request_id>")[1:] {
								id, _, _ := strings.Cut(part, "<")
								ids = append(ids, id)
							}
						}
						if len(ids) == 0 {
							continue
						}
						more := url.Values{"service_request_id": {strings.Join(ids, ",")}} // asked for by name, it is written anew
						if strings.Contains(q, "extensions") {
							more.Set("extensions", "true")
						}
						if fresh := c.open(200, "requests."+form+"?"+more.Encode()).text; fresh != page {
							t.Errorf("%s, %s of %q is not what is written anew:\n%.2000s\n%.2000s", when, form, q, page, fresh)
						}
					}
				}
			}
		}
		queues := func(when string) {
			t.Helper()
			for post, query := range map[string]string{"pwd/head": "", "info/desk": "desk=true&", "coord/chair": ""} {
				body, _, _ := strings.Cut(post, "/")
				if query != "" {
					body = ""
				}
				want := c.column(t, "SELECT o.what || ' ' || m.number FROM matter_owed o JOIN matters m ON m.dossier = o.dossier WHERE o.body = '"+body+"' ORDER BY o.due, o.dossier, o.what")
				var got []string
				for next := 0; ; {
					var out matter.WorkList
					if err := json.Unmarshal([]byte(c.must(200, "GET", fmt.Sprintf("/api/work?%slimit=70&from=%d", query, next), post, nil).text), &out); err != nil {
						t.Fatal(err)
					}
					for _, w := range out.Work {
						got = append(got, w.What+" "+strings.ReplaceAll(w.Number, "-", ""))
					}
					if next = out.Next; next == 0 {
						break
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s, %s owes %d: %v, not %d: %v", when, post, len(got), got, len(want), want)
				}
			}
			want := c.column(t, fmt.Sprintf("SELECT number FROM matters WHERE coordinator = 'coord' AND status IN ('received', 'assigned', 'objected', 'working', 'paused') AND due < %d ORDER BY due, dossier", c.site.Realm.Now()))
			if page := c.must(200, "GET", "/rulings", "coord/chair", nil).text; len(want) > 0 && !strings.Contains(strings.ReplaceAll(page, "-", ""), want[0]) {
				t.Errorf("%s, of %d past due the longest overdue is not on the page", when, len(want))
			}
		}
		holds("at first")
		queues("at first")
		m, gone := c.report(lamp("Quillwort in the street")), c.report(lamp("Quillwort in the yard"))
		hidden := lamp("Quillwort in the house")
		hidden["visibility"] = "private"
		p := c.report(hidden)
		holds("with new ones")
		item := c.state(m).Items[0].Digest
		for _, step := range []struct {
			what string
			do   func()
		}{
			{"accepted", func() { c.act(201, m, "accept", "pwd/head", nil) }},
			{"released", func() { c.act(201, m, "release", "info/desk", map[string]any{"items": []string{item}}) }},
			{"masked", func() {
				c.act(201, m, "redact", "info/desk", map[string]any{"item": item, "text": "A plant", "ground": "personal_data"})
			}},
			{"withheld", func() {
				c.act(201, m, "withhold", "info/desk", map[string]any{"items": []string{item}, "ground": "ongoing_investigation", "law": "x"})
			}},
			{"corrected", func() {
				c.act(201, m, "correct", "info/desk", map[string]any{"category": "highway_maintenance.request_for_pothole_repair", "reason": "a hole"})
			}},
			{"late", func() { c.turn(60 * 24 * time.Hour) }},
			{"turned private", func() {
				c.act(201, gone, "correct", "info/desk", map[string]any{"visibility": "private", "reason": "asked for"})
			}},
			{"withdrawn", func() { c.act(201, m, "withdraw", "code:"+m.code, map[string]any{"reason": "done"}) }},
			{"another title", func() {
				c.must(201, "POST", "/api/bodies/pwd/rename", "coord/chair", map[string]any{"titles": map[string]string{"en": "Works & <Ways>", "zh-Hans": "路政"}})
			}},
			{"erased", func() { c.must(201, "POST", "/api/matters/"+m.number+"/erase", "code:"+m.code, map[string]any{}) }},
			{"the first private one withdrawn", func() { c.act(201, p, "withdraw", "code:"+p.code, nil) }},
		} {
			step.do()
			holds(step.what)
			queues(step.what)
			if text := c.open(200, "requests.json?updated_after=2012-01-01T00:00:00Z").text; strings.Contains(text, p.number) || step.what == "turned private" && strings.Contains(text, gone.number) {
				t.Errorf("%s: a private matter is listed", step.what)
			}
		}
		if text := c.open(200, "requests.json?start_date=2011-07-01&end_date=2011-09-28").text; !strings.Contains(text, `Works & <Ways>`) && !strings.Contains(text, `Works \u0026`) {
			t.Errorf("the new title is not shown: %.600s", text)
		}
	})
}

// The newest matters are met first, by whom they were told at once.
func TestRollOfMany(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		done := make(chan error, 4)
		for range 4 {
			go func() {
				for i := range 12 {
					fields := lamp(fmt.Sprint("Quillwort ", i))
					a := c.do("POST", "/api/matters", "", fields)
					number := a.get("number")
					if a.status != 201 {
						done <- fmt.Errorf("%d %s", a.status, a.text)
						return
					}
					if list := c.do("GET", "/api/matters?limit=500&category="+lights, "", nil).text; !strings.Contains(list, number) {
						done <- fmt.Errorf("%s was told and is not listed", number)
						return
					}
					if page := c.do("GET", "/open311/v2/requests.json?service_code="+lights, "", nil).text; !strings.Contains(page, number) {
						done <- fmt.Errorf("%s was told and is no request", number)
						return
					}
				}
				done <- nil
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				c.Error(err)
			}
		}
	})
}
