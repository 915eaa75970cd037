package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/body"
	"skein/rooms/matter"
)

// What nobody may do, tried through the doors.

// keyed is do with an idempotency key.
func (c *city) keyed(method, path, who, key string, body any) answer {
	c.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.Fatal(err)
	}
	r, err := http.NewRequest(method, c.url+path, bytes.NewReader(raw))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header["Idempotency-Key"] = []string{key}
	if code, ok := strings.CutPrefix(who, "code:"); ok {
		r.Header.Set("Skein-Tracking", code)
	} else if who != "" {
		r.Header.Set("Authorization", "Bearer "+c.key(civic.PostID(who)))
	}
	return c.send(r)
}

// Whoever guesses the idempotency key of a command learns nothing by it: her power is asked first.
func TestIdempotencyKeyIsNoPower(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.report(lamp("x"))
		c.act(201, m, "accept", "pwd/head", nil)
		path, words := "/api/matters/"+m.number+"/withdraw", map[string]any{"reason": "never mind"}
		if a := c.keyed("POST", path, "code:"+m.code, "1", words); a.status != 201 {
			t.Fatal(a.text)
		}
		if a := c.keyed("POST", path, "", "1", words); a.status != 403 || strings.Contains(a.text, "salt") {
			t.Errorf("a stranger with the same key: %d %s", a.status, a.text)
		}
		if a := c.keyed("POST", path, "code:"+m.code, "1", words); a.status != 201 {
			t.Errorf("the reporter again: %d %s", a.status, a.text)
		}
	})
}

// A key that is no text is refused, and takes nobody else's command down with it.
func TestOddIdempotencyKey(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		before := c.realm.Stats().Failed()
		for _, key := range []string{"\xff\xfe", "a\tb", "日本"} {
			a := c.keyed("POST", "/api/matters", "", key, lamp("x"))
			if a.status >= 500 {
				t.Errorf("key %q: %d %s", key, a.status, a.text)
			}
		}
		if n := c.realm.Stats().Failed(); n != before {
			t.Errorf("%d batches failed", n-before)
		}
	})
}

// The key of a post that was closed, and of a body that has ended, opens nothing from that moment on.
func TestKeyOfClosedPost(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.report(map[string]any{"category": "rights.wages", "text": "unpaid", "lat": 42.33, "lon": -71.09})
		c.must(200, "GET", "/api/matters/"+m.number, "info/desk", nil)
		c.command(clerk.Task{Command: body.ClosePost{Post: "info/desk"}, Dossier: body.ID("info"), Actor: chair})
		c.must(404, "GET", "/api/matters/"+m.number, "info/desk", nil)
		c.must(403, "POST", "/api/matters", "info/desk", lamp("as the desk"))
		n := c.report(lamp("x"))
		c.must(200, "GET", "/api/matters/"+n.number, "pwd/head", nil)
		c.command(clerk.Task{Command: body.Abolish{Successor: "park"}, Dossier: body.ID("pwd"), Actor: chair})
		c.act(403, n, "accept", "pwd/head", nil)
		c.act(403, n, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "r"})
	})
}

// Clients cannot say who acts, what was sealed, or where a point lies but by giving it.
func TestNobodySpeaksForAnother(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	m := c.report(lamp("x"))
	c.act(201, m, "accept", "pwd/head", nil)
	for path, body := range map[string]map[string]any{
		"":          {"lat": 42.33, "lon": -71.09, "tracking": "x"},
		"/withdraw": {"person": "x"}, "/supply": {"for": "x", "text": "y"}, "/accept": {"body": "isd"},
		"/redact": {"item": "x", "shown": map[string]any{"digest": "x"}, "ground": "personal_data"},
	} {
		if path != "" {
			path = "/" + m.number + path
		}
		for _, who := range []string{"", "code:" + m.code, "pwd/head"} {
			if a := c.do("POST", "/api/matters"+path, who, body); a.status < 400 || a.status >= 500 {
				t.Errorf("%s as %q: %d %s", path, who, a.status, a.text)
			}
		}
	}
	strange := strings.Repeat("ab", 32)
	for command, body := range map[string]map[string]any{
		"answer":     {"outcome": "fixed", "reason": "r", "evidence": []any{map[string]any{"digest": strange, "media": "image/jpeg"}}},
		"attach":     {"text": "t", "attached": []any{map[string]any{"digest": strange, "media": "text/html"}}},
		"contribute": {"text": "t", "attached": []any{map[string]any{"digest": strange, "media": "image/jpeg"}}},
	} {
		if a := c.do("POST", "/api/matters/"+m.number+"/"+command, "pwd/head", body); a.status < 400 || a.status >= 500 {
			t.Errorf("%s with an attachment that nobody sealed: %d %s", command, a.status, a.text)
		}
	}
}

// The operator runs the machine and holds no power over a dossier.
func TestOperatorHoldsNoPower(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	id := c.dossier(c.report(lamp("x")))
	for _, command := range matter.Commands() {
		if _, joins := command.(matter.Join); joins {
			command = matter.Join{Into: id}
		}
		task := clerk.Task{Command: command, Actor: civic.Actor{Kind: civic.Operator, Post: "pwd/head"}}
		if _, begins := command.(matter.Report); !begins {
			task.Dossier = id
		}
		_, err := c.realm.Do(context.Background(), task)
		if rs, ok := civic.AsRefusals(err); !ok || rs.Kind() != civic.Forbidden {
			t.Errorf("%s: %v", command.Name(), err)
		}
	}
}

// A lead cannot rid itself of a matter by joining it into one that another body leads, nor
// learn of matters that are not its own by trying.
func TestJoinIsNoWayOut(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		mine, hers := c.report(lamp("x")), c.report(map[string]any{"category": "rights.wages", "text": "unpaid", "lat": 42.33, "lon": -71.09})
		other := c.report(map[string]any{"category": "highway_maintenance.request_for_pothole_repair", "text": "x", "lat": 42.33, "lon": -71.09})
		c.act(201, other, "object", "pwd/head", map[string]any{"ground": "another_body", "proposed": "park", "reason": "A path in the park."})
		c.act(201, other, "rule", "coord/chair", map[string]any{"lead": "park", "law": "l", "reason": "r"})
		c.act(409, mine, "join", "pwd/head", map[string]any{"into": c.dossier(other), "reason": "same thing"})
		c.act(201, hers, "withdraw", "code:"+hers.code, nil)
		a := c.act(422, mine, "join", "pwd/head", map[string]any{"into": c.dossier(hers), "reason": "same thing"})
		if strings.Contains(a.text, hers.number) || strings.Contains(a.text, "closed") {
			t.Errorf("a private matter told by its dossier: %s", a.text)
		}
		second := c.report(lamp("y"))
		c.act(201, second, "join", "pwd/head", map[string]any{"into": c.dossier(mine), "reason": "same lamp"})
		c.holds()
	})
}

// A part of a matter has a lead of its own, which works and answers like any other.
func TestPartIsWorkedOn(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.report(lamp("A lamp and a pothole"))
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "split", "pwd/head", map[string]any{"parts": []any{
			map[string]any{"category": "highway_maintenance.request_for_pothole_repair", "text": "The pothole by the lamp."},
		}, "waits": true})
		state, _, err := c.realm.State(context.Background(), c.dossier(m))
		if err != nil {
			t.Fatal(err)
		}
		part, _, err := c.realm.State(context.Background(), state.(matter.State).Parts[0])
		if err != nil {
			t.Fatal(err)
		}
		p := told{part.(matter.State).Number.String(), ""}
		if a := c.must(200, "GET", "/api/matters/"+p.number, "pwd/head", nil); !strings.Contains(a.text, "The pothole by the lamp.") {
			t.Errorf("its lead does not see what it is about: %s", a.text)
		}
		c.act(201, p, "accept", "pwd/head", nil)
		c.act(201, p, "tell", "pwd/head", map[string]any{"text": "Next week."})
		c.act(201, p, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "Filled.", "release": true})
		if a := c.must(200, "GET", "/api/matters/"+p.number, "", nil); !strings.Contains(a.text, "Filled.") {
			t.Errorf("the answer to a part: %s", a.text)
		}
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "Both."})
		c.holds()
	})
}

// A matter that came from elsewhere, without a reporter, is answered like any other.
func TestImportedMatterIsWorkedOn(t *testing.T) {
	onBothEngines(t, 400, func(c *city) {
		var number string
		err := c.app.db.R.QueryRow("SELECT number FROM matters WHERE lead = 'pwd' AND status = 'working' LIMIT 1").Scan(&number)
		if err != nil {
			t.Fatal(err)
		}
		m := told{number, ""}
		c.act(201, m, "tell", "pwd/head", map[string]any{"text": "We are on it.", "release": true})
		if a := c.must(200, "GET", "/api/matters/"+number, "", nil); !strings.Contains(a.text, "We are on it.") {
			t.Errorf("what was told: %s", a.text)
		}
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "explained", "reason": "Done.", "release": true})
		if a := c.must(200, "GET", "/api/matters/"+number, "", nil); !strings.Contains(a.text, "Done.") {
			t.Errorf("the answer: %s", a.text)
		}
		c.holds()
	})
}

// A body complained of does not escape by ending: whoever answers for it since is kept out as it was.
func TestHeirOfTheBodyComplainedOf(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		complain := func(against, category string) told {
			return c.report(map[string]any{"kind": "complaint", "against": against, "visibility": "private", "category": category, "text": "x", "lat": 42.33, "lon": -71.09})
		}
		own := complain("pwd", lights) // whom the list names
		if a := c.status(own, "received"); a.get("waiting") != "conflict" {
			t.Fatal(a.text)
		}
		const pothole = "highway_maintenance.request_for_pothole_repair"
		other := complain("isd", pothole) // led by pwd
		if a := c.status(other, "assigned"); a.get("lead") != "pwd" {
			t.Fatal(a.text)
		}
		c.act(201, other, "accept", "pwd/head", nil)
		c.command(clerk.Task{Command: body.Abolish{Successor: "pwd"}, Dossier: body.ID("isd"), Actor: chair})
		if err := c.realm.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		if a := c.status(other, "received"); a.get("lead") != "" || a.get("waiting") != "conflict" {
			t.Errorf("a complaint against what is now its lead: %s", a.text)
		}
		c.must(404, "GET", "/api/matters/"+other.number, "pwd/head", nil)
		c.command(clerk.Task{Command: body.Abolish{Successor: "park"}, Dossier: body.ID("pwd"), Actor: chair})
		if err := c.realm.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, m := range []told{own, other} {
			c.status(m, "received")
			c.must(404, "GET", "/api/matters/"+m.number, "park/head", nil)
			c.act(422, m, "rule", "coord/chair", map[string]any{"lead": "park", "law": "l", "reason": "r"})
			c.act(201, m, "rule", "coord/chair", map[string]any{"lead": "btdt", "law": "l", "reason": "r"})
			c.must(200, "GET", "/api/matters/"+m.number, "btdt/head", nil)
		}
		c.holds()
	})
}
