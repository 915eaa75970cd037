package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/frame/vault"
	"skein/rooms/matter"
)

// Updates: the reporter's further words by her client, and what happened since, for all who follow.
func TestOpen311Updates(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		t := c.T
		key, other := c.openKey(), c.openKey()
		m := c.filed(key, "service_code", lights, "lat", "42.33", "long", "-71.09", "email", "ann@example.org")
		update := func(want int, pairs ...string) answer {
			t.Helper()
			a := c.post("servicerequestupdates.json", append([]string{"service_request_id", m.number}, pairs...)...)
			if a.status != want {
				t.Fatalf("update %q: %d, want %d\n%s", pairs, a.status, want, a.text)
			}
			return a
		}
		// as FixMyStreet sends it
		fms := []string{
			"api_key", key, "update_id", "123", "updated_datetime", "2012-01-02T12:30:00Z", "status", "CLOSED", "description", "It flickers now.",
			"first_name", "Ann", "last_name", "Lee", "email", "ANN@example.org", "media_url", "http://fms.example/1.jpg", "public_anonymity_required", "TRUE",
		}
		first := update(200, fms...)
		if !strings.Contains(first.text, m.number+"-") {
			t.Errorf("no update_id: %s", first.text)
		}
		if again := update(200, fms...); again.text != first.text {
			t.Errorf("sent again: %s, before %s", again.text, first.text)
		}
		update(400, append(slices.Clone(fms), "description", "another text under the same id", "x", "y")[:10]...)
		c.status(m, "assigned") // whatever its status says
		update(403, "api_key", other, "description", "I am she.")
		update(403, "api_key", key, "description", "A neighbour says too.", "email", "bob@example.org")
		update(403, "api_key", other, "description", "From another app.", "email", "ann@example.org") // an address proves nothing
		update(200, "api_key", other, "description", "By her code.", "tracking", m.code)
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "ask", "pwd/head", map[string]any{"text": "Which side?"})
		x := c.post("servicerequestupdates.xml", "service_request_id", m.number, "api_key", key, "description", "The north side.")
		n := parseXML(t, x.text)
		if x.status != 200 || n.XMLName.Local != "service_request_updates" || n.Nodes[0].XMLName.Local != "request_update" || n.Nodes[0].Nodes[0].XMLName.Local != "update_id" {
			t.Errorf("%d %s", x.status, x.text)
		}
		state, _, err := c.realm.State(context.Background(), c.dossier(m))
		if err != nil {
			t.Fatal(err)
		}
		s := state.(matter.State)
		if s.Questions != 0 {
			t.Error("her words did not answer the question")
		}
		contents, err := c.app.vault.ReadAll(context.Background(), c.realm.ID, string(s.Reporter))
		if err != nil || !slices.ContainsFunc(contents, func(p vault.Content) bool {
			return string(p.Text) == "It flickers now.\n\nhttp://fms.example/1.jpg"
		}) {
			t.Errorf("the address of the picture is not with her words (%v)", err)
		}
		c.turn(time.Hour)
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "A new lamp.", "release": true})
		update(400, "api_key", key, "description", "Thanks.")
		list := func(q string) []map[string]any { return c.rows("servicerequestupdates.json?" + q) }
		var got []string
		for _, u := range list("start_date=2012-01-02T12:00:00-05:00&end_date=2012-01-02T14:00:00-05:00") {
			if u["service_request_id"] != m.number {
				continue
			}
			got = append(got, fmt.Sprint(u["status"], " ", u["updated_datetime"], " ", u["description"]))
			for _, secret := range []string{"flickers", "another app", "her code", "north", "Which side", "ann@", "fms.example"} {
				if strings.Contains(fmt.Sprint(u), secret) {
					t.Errorf("%v shows what nobody released", u)
				}
			}
		}
		at, later := "2012-01-02T12:00:00-05:00", "2012-01-02T13:00:00-05:00"
		if len(got) != 7 || !strings.HasPrefix(got[0], "open "+at+" Public Works Department") || !strings.HasPrefix(got[6], "closed "+later) || !strings.HasSuffix(got[6], "A new lamp.") {
			t.Errorf("the updates are\n%s", strings.Join(got, "\n"))
		}
		for i := range s.Items {
			if s.Items[i].Media == "text/plain" && s.Items[i].From == "reporter" {
				c.release(m, s.Items[i].Digest)
				break
			}
		}
		if u := list(""); !strings.Contains(fmt.Sprint(u), "It flickers now.") {
			t.Error("what was released is not in its update")
		}
		if u := list("page_size=1"); len(u) != 1 || u[0]["status"] != "closed" {
			t.Errorf("the first page has the latest: %v", u)
		}
		if u := list("page_size=1&page=2"); len(u) != 1 || u[0]["status"] != "open" {
			t.Errorf("the second page goes back: %v", u)
		}
		if u := list("start_date=2012-01-02T13:00:01-05:00"); len(u) != 0 {
			t.Errorf("nothing since: %v", u)
		}
		// steps that an importer only inferred are no news
		for _, u := range c.rows("servicerequestupdates.json?start_date=2011-07-01&end_date=2011-09-28") {
			if strings.Contains(fmt.Sprint(u["description"]), "confirmed") {
				t.Errorf("the city's records do not say %v", u)
			}
		}
		// reopened: open again
		c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": false})
		c.act(201, m, "reopen", "code:"+m.code, map[string]any{"reason": "dark"})
		u := list("page_size=2")
		if u[0]["status"] != "open" || u[1]["status"] != "open" {
			t.Errorf("after reopening: %v", u)
		}
		c.holds()
	})
}
