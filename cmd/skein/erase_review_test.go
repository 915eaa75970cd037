package main

import (
	"context"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/rooms/review"
)

// Who steps back, and who never took it, reads neither an appeal nor the private matter it is of; whoever takes it reads both until it is
// decided.
func TestReviewersReadTheirOwn(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		private := lamp("Quillwort")
		private["visibility"] = "private"
		m := c.answered(private)
		n := c.appealed(m, "answer", "Petra reason")
		reads := func(post string, appeal, file int) {
			c.Helper()
			if a := c.do("GET", "/api/appeals/"+n, post, nil); a.status != appeal {
				c.Errorf("%s reads the appeal: %d, not %d", post, a.status, appeal)
			}
			a := c.do("GET", "/api/matters/"+m.number, post, nil)
			if a.status != file || strings.Contains(a.text, "Quillwort") != (file == 200) {
				c.Errorf("%s reads the matter: %d, not %d", post, a.status, file)
			}
		}
		reads("review/first", 200, 404)
		reads("review/second", 200, 404)
		c.on(201, n, "take", "review/first", nil)
		reads("review/first", 200, 200)
		reads("review/second", 404, 404)
		c.on(201, n, "recuse", "review/first", object{"reason": "my cousin"})
		reads("review/first", 404, 404)
		c.on(201, n, "take", "review/second", nil)
		reads("review/second", 200, 200)
		c.on(201, n, "reply", "pwd/head", object{"text": "x"})
		c.on(201, n, "decide", "review/second", ruling("upheld", nil))
		c.reacted()
		reads("review/second", 200, 404)
		reads("review/first", 404, 404)
	})
}

// Erasing and reviewing meet at any moment: no appeal stays that nobody can end, no matter that nobody can answer, and no text that was sealed late.
func TestErasingMeetsReviewing(t *testing.T) {
	t.Parallel()
	slow(t)
	t.Run("before the appeal is opened", func(t *testing.T) {
		c := newCity(t, "", 30)
		m := c.answered(lamp("x"))
		c.act(201, m, "appeal", "code:"+m.code, object{"of": "answer", "ground": "facts_unclear", "reason": "no"})
		c.act(201, m, "erase", "code:"+m.code, nil)
		c.reacted()
		c.reacted()
		if a := c.do("GET", "/api/appeals/"+m.number+"-1", "review/first", nil); a.status != 404 {
			t.Errorf("it was opened: %s", a.text)
		}
		if c.state(m).UnderReview() {
			t.Error("the matter is under review for ever")
		}
		c.holds()
	})
	t.Run("after it was sent back", func(t *testing.T) {
		c := newCity(t, "", 30)
		m := c.answered(lamp("x"))
		n := c.appealed(m, "answer", "no")
		c.on(201, n, "take", "review/first", nil)
		c.on(201, n, "reply", "pwd/head", object{"text": "x"})
		c.on(201, n, "decide", "review/first", ruling("sent_back", object{"directions": "look again", "within": "5wd"}))
		c.act(201, m, "erase", "code:"+m.code, nil)
		c.reacted()
		if c.state(m).Status.Open() {
			c.act(201, m, "accept", "pwd/head", nil)
			c.act(201, m, "tell", "pwd/head", object{"text": "hello"})
			c.act(201, m, "answer", "pwd/head", object{"outcome": "fixed", "reason": "done"})
		}
		c.holds()
	})
	t.Run("while it is published", func(t *testing.T) {
		c := newCity(t, "", 30)
		ctx := context.Background()
		m := c.answered(lamp("x"))
		n := c.appealed(m, "answer", "no")
		c.on(201, n, "take", "review/first", nil)
		c.on(201, n, "reply", "pwd/head", object{"text": "x"})
		c.on(201, n, "decide", "review/first", ruling("upheld", nil))
		c.reacted()
		api := &review.API{Site: c.site, Ports: c.app.reviews}
		s, err := api.Find(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		late, err := api.On(ctx, civic.Actor{Kind: civic.Post, Post: "review/first"}, s, review.Publish{Found: "Quillwort found", Reasons: "Quillwort reasons"})
		if err != nil {
			t.Fatal(err)
		}
		c.act(201, m, "erase", "code:"+m.code, nil)
		if _, err := c.app.vault.Clean(ctx, c.realm.ID); err != nil {
			t.Fatal(err)
		}
		if _, err = c.realm.Do(ctx, late); err != nil {
			t.Log("refused:", err)
		}
		if _, err := c.app.vault.Clean(ctx, c.realm.ID); err != nil {
			t.Fatal(err)
		}
		if a := c.do("GET", "/api/appeals/"+n, "", nil); strings.Contains(a.text, "Quillwort") || strings.Contains(c.stored(), "Quillwort") {
			t.Error("what was published late stays public")
		}
		c.holds()
	})
	t.Run("what is taken back", func(t *testing.T) {
		c := newCity(t, "", 30)
		m := c.report(lamp("x"))
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "erase", "code:"+m.code, nil)
		c.act(201, m, "tell", "pwd/head", object{"text": "Quillwort lives in Elm 4"})
		s := c.state(m)
		c.act(201, m, "retract", "pwd/head", object{"act": s.Seq, "reason": "wrong matter"})
		box := c.state(m).Box
		c.act(201, m, "erase", "info/desk", object{"request": "2012/7", "checked": "document"})
		if all, err := c.app.vault.ReadAll(context.Background(), c.realm.ID, box); err == nil {
			t.Errorf("it can be read for ever: %d contents", len(all))
		}
		c.holds()
	})
}

// A finding says no more of a matter that turned private than a stranger may know.
func TestFindingsOfWhatTurnedPrivate(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	m := c.report(lamp("Quillwort"))
	c.act(201, m, "accept", "pwd/head", nil)
	last := ""
	for _, row := range c.must(200, "GET", "/api/acts?limit=1000", "", nil).json["acts"].([]any) {
		if act := row.(object); act["actor"] == "post:pwd/head" {
			last = act["id"].(string)
		}
	}
	before := c.must(201, "POST", "/api/findings", "review/first", object{"kind": "act", "thing": last, "why": "x"}).get("finding")
	bare := strings.ReplaceAll(m.number, "-", "")
	if a := c.must(200, "GET", "/api/findings/"+before, "", nil); !strings.Contains(a.text, m.number) {
		t.Errorf("while it is public, the matter is named: %s", a.text)
	}
	c.act(201, m, "correct", "info/desk", object{"visibility": "private", "reason": "she asked for it"})
	c.reacted()
	for _, path := range []string{"/api/findings/" + before, "/findings/" + before, "/api/findings", "/findings"} {
		if a := c.must(200, "GET", path, "", nil); strings.Contains(a.text, bare) || strings.Contains(a.text, m.number) {
			t.Errorf("%s names a private matter", path)
		}
	}
	if a := c.do("POST", "/api/findings", "review/second", object{"kind": "act", "thing": last, "why": "x"}); a.status == 201 && a.get("finding") != before {
		t.Errorf("it is examined anew: %s", a.text)
	}
}
