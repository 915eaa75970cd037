package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// A hold delays an erasure, shows to the reporter with its law and its end in both languages, and when it ends what
// waited is erased.
func TestHoldDelaysErasure(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		p := planted{}
		m := c.filled(p, "private")
		law, until := "Code of Civil Procedure § 44", c.now.Add(20*day)
		hold := map[string]any{"ground": "court", "law": law, "until": until}
		for _, who := range []string{"pwd/head", "info/desk", "code:" + m.code} {
			if a := c.do("POST", "/api/matters/"+m.number+"/hold", who, hold); a.status != 403 {
				c.Errorf("%s holds it: %d %s", who, a.status, a.text)
			}
		}
		c.act(422, m, "hold", "coord/chair", map[string]any{"ground": "court", "law": law, "until": c.now.Add(400 * day)})
		c.act(201, m, "hold", "coord/chair", hold)
		for range 2 {
			c.act(201, m, "erase", "code:"+m.code, nil)
		}
		a := c.status(m, "answered")
		if h, _ := a.json["hold"].(map[string]any); h == nil || h["law"] != law || h["asked"] == nil || a.json["erased"] != nil {
			c.Errorf("%s", a.text)
		}
		for _, lang := range []string{"en", "zh-Hans"} {
			r := c.reader()
			r.lang = lang
			r.fill("/track", map[string]string{"number": m.number, "code": m.code})
			for _, path := range []string{"/matters/" + m.number, "/matters/" + m.number + "/erase"} {
				if page := r.get(path); !strings.Contains(page.html, law) || !strings.Contains(page.html, "2012") || !strings.Contains(page.html, map[string]string{"en": "You asked on", "zh-Hans": "请求删除"}[lang]) {
					c.Errorf("%s in %s does not show the hold:\n%s", path, lang, page.html)
				}
			}
		}
		c.turn(19 * day)
		if a := c.status(m, "closed"); a.json["erased"] != nil {
			c.Fatalf("erased under a hold: %s", a.text)
		}
		c.turn(2 * day)
		if n, err := c.app.vault.Clean(context.Background(), c.realm.ID); err != nil || n != 1 {
			c.Errorf("%d boxes: %v", n, err)
		}
		if found := p.find(c.stored()); len(found) > 0 || c.do("GET", "/api/matters/"+m.number, "code:"+m.code, nil).status != 404 {
			c.Errorf("the hold ended, and there still is %v", found)
		}
		c.holds()
	})
}

// When the time for keeping them has run out, ended matters are erased; open ones, and those of a kind that is kept longer, are not.
func TestRetention(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		p, stays := planted{}, staying{}
		ended := c.filled(p, "public")
		c.act(201, ended, "confirm", "code:"+ended.code, map[string]any{"solved": true})
		fields := lamp(stays.word("a complaint"))
		fields["kind"], fields["against"] = "complaint", "isd"
		complaint := c.report(fields)
		c.act(201, complaint, "withdraw", "code:"+complaint.code, nil)
		open := c.report(lamp(stays.word("an open one")))
		var chain [3]told // the first joined into the second, and that into the third
		for i := range chain {
			chain[i] = c.report(lamp(p.word(fmt.Sprint("of a chain ", i))))
		}
		c.act(201, chain[0], "join", "info/desk", map[string]any{"into": chain[1].number})
		c.act(201, chain[1], "join", "info/desk", map[string]any{"into": chain[2].number})
		c.act(201, chain[2], "accept", "pwd/head", nil)
		c.act(201, chain[2], "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": p.word("of a chain, answer"), "release": true})
		c.act(201, chain[2], "confirm", "code:"+chain[2].code, map[string]any{"solved": true})
		round := func() {
			if err := c.realm.GoRound(context.Background()); err != nil {
				c.Fatal(err)
			}
		}
		reads := func(m told) bool {
			return c.do("GET", "/api/matters/"+m.number, "", nil).json["erased"] == nil
		}
		c.turn(729 * day)
		round()
		if !reads(ended) {
			c.Error("erased before its time")
		}
		c.turn(2 * day)
		round()
		round()
		a := c.must(200, "GET", "/api/matters/"+ended.number, "", nil)
		if e, _ := a.json["erased"].(map[string]any); e == nil || e["ground"] != "retention" || !strings.Contains(fmt.Sprint(e["law"]), "rule 11") {
			c.Errorf("%s", a.text)
		}
		if found := p.find(c.stored()); len(found) > 0 {
			c.Errorf("there still is %v", found)
		}
		for i, m := range chain {
			if reads(m) {
				c.Errorf("the time of the last one is over, and number %d of the chain reads", i+1)
			}
		}
		if !reads(complaint) || !reads(open) {
			c.Error("what is to be kept longer was erased")
		}
		page := c.reader().get("/matters/" + ended.number)
		if !strings.Contains(page.html, "the time for keeping it had run out") {
			c.Errorf("its page does not say so: %s", page.html)
		}
		r := c.reader()
		if page := r.fill("/track", map[string]string{"number": ended.number, "code": ended.code}); page.status != 200 || !strings.Contains(page.html, "the time for keeping it had run out") {
			c.Errorf("who comes with the code is not told: %d %s", page.status, page.html)
		}
		c.turn(1100 * day)
		round()
		if reads(complaint) || !reads(open) {
			c.Error("a complaint is kept for five years, and an open matter for as long as it is open")
		}
		c.holds()
	})
}

// A realm says its own times of keeping, with their law.
func TestRealmKeeps(t *testing.T) {
	t.Parallel()
	slow(t)
	c := newCity(t, "", 30)
	m := c.report(lamp("x"))
	c.act(201, m, "withdraw", "code:"+m.code, nil)
	mustRun(t, 0, append([]string{"realm", "keep", "request", "--days", "10", "--law", "Archives Act 12"}, c.at()...)...)
	for _, wrong := range [][]string{{"rant", "--days", "10", "--law", "l"}, {"request", "--days", "0", "--law", "l"}, {"request", "--days", "10", "--law", " "}} {
		if r := runSkein(append(append([]string{"realm", "keep"}, wrong...), c.at()...)...); r.code != 2 {
			t.Errorf("%v: %+v", wrong, r)
		}
	}
	anew := cityAt(t, c.app.where)
	anew.turn(11 * day)
	if err := anew.realm.GoRound(context.Background()); err != nil {
		t.Fatal(err)
	}
	a := anew.must(200, "GET", "/api/matters/"+m.number, "", nil)
	if e, _ := a.json["erased"].(map[string]any); e == nil || e["law"] != "Archives Act 12" {
		t.Errorf("%s", a.text)
	}
	anew.holds()
}
