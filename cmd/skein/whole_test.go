package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"skein/frame/journal"
	"skein/rooms/duty"
)

// The loop, from a resident's word to her confirmation, and what must not be shown on the way.
func TestLoop(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		secret := "Lamp out, call me at 617-555-0100"
		m := c.report(lamp(secret))
		if a := c.status(m, "assigned"); a.get("lead") != "pwd" || a.get("due") == "" {
			t.Fatalf("who answers, by when: %s", a.text)
		}
		for _, path := range []string{"/api/matters/" + m.number, "/api/matters/" + m.number + "/story", "/api/matters"} {
			if a := c.must(200, "GET", path, "", nil); strings.Contains(a.text, "617-555") {
				t.Errorf("%s shows what nobody released", path)
			}
		}
		if a := c.status(m, "assigned"); !strings.Contains(a.text, "617-555") {
			t.Errorf("the reporter does not see her own words: %s", a.text)
		}
		c.act(403, m, "accept", "isd/head", nil)
		c.act(403, m, "accept", "", nil)
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(409, m, "accept", "pwd/head", nil)
		c.act(201, m, "ask", "pwd/head", map[string]any{"text": "Which side of the street?"})
		c.act(201, m, "supply", "code:"+m.code, map[string]any{"text": "The north side."})
		c.act(403, m, "supply", "", map[string]any{"text": "I am she, believe me."})
		c.act(201, m, "pause", "pwd/head", map[string]any{"ground": "weather"})
		c.status(m, "paused")
		c.turn(2 * day)
		c.act(201, m, "resume", "pwd/head", nil)
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "A new lamp was put in.", "release": true})
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); !strings.Contains(a.text, "A new lamp") || strings.Contains(a.text, "north side") {
			t.Errorf("released and unreleased texts: %s", a.text)
		}
		c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": false, "rating": 2, "words": "Still dark."})
		c.act(201, m, "reopen", "code:"+m.code, map[string]any{"reason": "It is still dark."})
		c.status(m, "assigned")
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "The cable was changed.", "release": true})
		c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": true, "rating": 5})
		c.status(m, "closed")
		c.holds()
	})
}

// An objection is ruled on by the coordinating body, which does nothing else; the ruling is kept as a precedent.
func TestObjectionAndRuling(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		m := c.report(lamp("x"))
		c.act(201, m, "object", "pwd/head", map[string]any{"ground": "another_body", "proposed": "btdt", "reason": "A traffic lamp."})
		c.act(403, m, "rule", "pwd/head", map[string]any{"lead": "btdt", "law": "l", "reason": "r"})
		c.act(201, m, "rule", "coord/chair", map[string]any{"lead": "btdt", "law": "Charter 4", "reason": "Traffic lamps are theirs."})
		if a := c.status(m, "assigned"); a.get("lead") != "btdt" || a.get("hand_overs") != "1" {
			t.Errorf("after the ruling: %s", a.text)
		}
		c.act(403, m, "answer", "coord/chair", map[string]any{"outcome": "fixed", "reason": "r"})
		if err := c.realm.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		if p := duty.CatalogIn(c.realm.View()).ListState().Precedents; len(p) != 1 || p[0].Lead != "btdt" {
			t.Errorf("precedents: %+v", p)
		}
		// A version answers it by the name of the ruling, which tells no position; another act is none.
		shown := c.must(200, "GET", "/api/duties/precedents", "", nil).json["precedents"].([]any)
		ruling := shown[len(shown)-1].(map[string]any)["ruling"].(string)
		versions := c.must(200, "GET", "/api/duties/versions", "", nil).json["versions"].([]any)
		list := c.must(200, "GET", fmt.Sprintf("/api/duties/versions/%v.csv", versions[len(versions)-1].(map[string]any)["version"]), "", nil).text
		adopt := func(settles string) map[string]any {
			return map[string]any{"format": "csv", "document": list + "settled,street_lights,ward-09,park,,,,,,,,,,,\n", "effective": "2030-01-02", "settles": []string{settles}}
		}
		other := c.must(200, "GET", "/api/acts?limit=1", "", nil).json["acts"].([]any)[0].(map[string]any)["id"].(string)
		if a := c.must(422, "POST", "/api/duties", "coord/chair", adopt(other)); !strings.Contains(a.text, "duty.ruling_unknown") {
			t.Errorf("an act that is no precedent: %s", a.text)
		}
		c.must(201, "POST", "/api/duties", "coord/chair", adopt(ruling))
		if open := c.must(200, "GET", "/api/duties/precedents?open=true", "", nil).text; strings.Contains(open, ruling) {
			t.Error("a precedent that was settled is open")
		}
		c.holds()
	})
}

// Every reporter stays told: of the answer to the matter that hers was joined into, also
// through another one, in her story and by a note, once.
func TestJoinedReportersStayTold(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		var ms [3]told
		for i := range ms {
			fields := lamp("Lamp out")
			fields["contact"] = map[string]any{"email": fmt.Sprintf("neighbour%d@example.org", i)}
			ms[i] = c.report(fields)
		}
		c.act(201, ms[0], "join", "info/desk", map[string]any{"into": ms[1].number})
		c.act(201, ms[1], "join", "info/desk", map[string]any{"into": ms[2].number})
		c.act(201, ms[2], "accept", "pwd/head", nil)
		c.act(201, ms[2], "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "A new lamp was put in.", "release": true})
		for range 2 { // answering twice answers once
			if err := c.realm.CatchUp(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		for i, m := range ms[:2] {
			c.status(m, "joined")
			story := c.must(200, "GET", "/api/matters/"+m.number+"/story", "code:"+m.code, nil).text
			if n := strings.Count(story, "is answered."); n != 1 {
				t.Errorf("the story of report %d tells of the answer %d times: %s", i+1, n, story)
			}
			var notes int
			err := c.app.db.R.QueryRowContext(context.Background(), "SELECT count(*) FROM outbox o JOIN matters m ON m.realm = o.realm "+
				"AND o.recipient = 'box:' || m.box WHERE m.realm = $1 AND m.number = $2 AND o.data LIKE '%relayed_answered%'",
				string(c.realm.ID), plainNumber(m.number)).Scan(&notes)
			if err != nil || notes != 1 {
				t.Errorf("notes to reporter %d: %d, %v", i+1, notes, err)
			}
		}
		c.holds()
	})
}

// Silence: the clock accepts, reminds, tells the supervisor, tells the coordinator, each once.
func TestSilence(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		m := c.report(lamp("x"))
		for range 60 {
			c.turn(day)
		}
		a := c.must(200, "GET", "/api/matters/"+m.number+"/story", "code:"+m.code, nil)
		var lines []struct{ Act, Words string }
		if err := json.Unmarshal([]byte(a.text), &lines); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range lines {
			got = append(got, l.Act)
		}
		want := "reported assigned accepted escalated escalated escalated escalated"
		if strings.Join(got, " ") != want { // half, release, due, half over
			t.Errorf("the story is %q, want %q\n%s", got, want, a.text)
		}
		c.status(m, "working")
		c.holds()
	})
}

// A private matter appears nowhere but to its reporter and the posts concerned.
func TestPrivateIsNowhere(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		m := c.report(map[string]any{"kind": "complaint", "category": "rights.wages", "text": "unpaid since May", "against": "prop", "lat": 42.33, "lon": -71.09})
		for _, path := range []string{"/api/matters/" + m.number, "/api/matters/" + m.number + "/story"} {
			c.must(404, "GET", path, "", nil)
			c.must(404, "GET", path, "code:0000-0000-0000-0000", nil)
			c.must(404, "GET", path, "prop/head", nil)
			c.must(200, "GET", path, "code:"+m.code, nil)
		}
		for _, path := range []string{"/api/matters?limit=500", "/api/matters?category=rights", "/open311/v2/requests.json", "/", "/matters"} {
			if a := c.do("GET", path, "", nil); strings.Contains(a.text, m.number) || strings.Contains(a.text, strings.ReplaceAll(m.number, "-", "")) {
				t.Errorf("%s shows a private matter", path)
			}
		}
		acts, err := c.realm.Acts(context.Background(), "matter/"+"00000000")
		if err != nil || len(acts) != 0 {
			t.Error(acts, err)
		}
		rows, err := journal.After(context.Background(), c.app.db.R, nil, c.realm.ID, 0, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range rows {
			if strings.Contains(string(a.Data), "unpaid since May") {
				t.Errorf("act %d holds what was told", a.Position)
			}
			if strings.Contains(string(a.Data), "rights.wages") && strings.HasPrefix(a.Type, "matter.") && !a.Private {
				t.Errorf("act %d of a private matter is public", a.Position)
			}
		}
		c.holds()
	})
}

// The same key and body again get the same receipt; another body under the key is refused.
func TestIdempotencyKey(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		post := func(text string) answer {
			raw, _ := json.Marshal(lamp(text))
			r, _ := http.NewRequest("POST", c.url+"/api/matters", bytes.NewReader(raw))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "once")
			return c.send(r)
		}
		first, again, other := post("a"), post("a"), post("b")
		if first.status != 201 || again.status != 201 || first.get("number") != again.get("number") || other.status != 409 {
			t.Errorf("%d %s, %d %s, %d", first.status, first.get("number"), again.status, again.get("number"), other.status)
		}
		if again.get("tracking") != "" {
			t.Error("the secret code was given a second time")
		}
	})
}

func TestSlowFolderNames(t *testing.T) {
	t.Parallel()
	slow(t)
	dir := filepath.Join(t.TempDir(), "a b%20c#d")
	if code := run(context.Background(), []string{"demo", "--data", dir, "--no-serve", "--rows", "30"}); code != 0 {
		t.Fatalf("exit %d", code)
	}
	for _, args := range [][]string{{"verify", "--data", dir}, {"rebuild", "--check", "--data", dir}, {"rebuild", "--data", dir}, {"key", "new", "--data", dir, "--post", "pwd/head"}} {
		if code := run(context.Background(), args); code != 0 {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	for _, args := range [][]string{{"serve"}, {"verify"}, {"key", "new", "--data", dir}, {"nonsense"}, {"serve", "--data", dir, "--listen", "nowhere"}} {
		if code := run(context.Background(), args); code != 2 {
			t.Errorf("%v: exit %d, want 2", args, code)
		}
	}
	if code := run(context.Background(), []string{"verify", "--data", filepath.Join(dir, "none")}); code != 1 {
		t.Errorf("no data: exit %d, want 1", code)
	}
}
