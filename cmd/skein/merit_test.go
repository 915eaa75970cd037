package main

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

// proposed proposes a fault of Public Works on an act that its head just did.
func (c *city) proposed(nature string) (code string, m told) {
	c.Helper()
	m = c.accepted()
	return c.must(201, "POST", "/api/merits", "info/desk", object{"nature": nature, "matter": m.number, "act": c.actOf(m, "accepted"), "law": "Duty list, row of street lights", "why": "It was accepted and nobody went."}).get("merit"), m
}

// actOf is the number of an act in the story of a matter.
func (c *city) actOf(m told, act string) int64 {
	c.Helper()
	acts, err := c.realm.Acts(c.Context(), c.state(m).ID)
	if err != nil {
		c.Fatal(err)
	}
	for _, a := range acts {
		if a.Type == "matter."+act {
			return a.Seq
		}
	}
	c.Fatalf("no act %s", act)
	return 0
}

func (c *city) onMerit(want int, code, command, who string, body object) answer {
	c.Helper()
	if body == nil {
		body = object{}
	}
	return c.must(want, "POST", "/api/merits/"+code+"/"+command, who, body)
}

var foundAtFault = object{"result": "found", "law": "Duty list, row 1", "facts": "Nobody went for a month.", "reasons": "The reply does not say why."}

// A fault from proposal to reply, decision, appeal and reversal: nobody reads it before it is found, and no word of it after it is quashed.
func TestFaultToReversal(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.accepted()
		seq := c.actOf(m, "accepted")
		put := func(want int, who string, more object) answer {
			t.Helper()
			body := object{"nature": "fault", "matter": m.number, "act": seq, "law": "Duty list, row 1", "why": "It was accepted and nobody went."}
			for k, v := range more {
				body[k] = v
			}
			return c.must(want, "POST", "/api/merits", who, body)
		}
		for _, who := range []string{"", "pwd/head", "park/head", "court/judge", "code:" + m.code} {
			put(403, who, nil)
		}
		put(422, "info/desk", object{"act": 99})
		put(422, "info/desk", object{"matter": "000-000-0000"})
		put(422, "info/desk", object{"why": "Ask her, 617-555-0134."})
		put(422, "info/desk", object{"nature": "rank"})
		f := put(201, "info/desk", nil).get("merit")
		put(409, "review/first", nil)
		path := "/api/merits/" + f
		for _, who := range []string{"", "park/head", "review/first", "court/judge"} {
			c.must(404, "GET", path, who, nil)
		}
		for _, who := range []string{"", "pwd/head"} {
			if a := c.must(200, "GET", "/api/merits", who, nil); strings.Contains(a.text, f) {
				t.Errorf("%q: what is not decided is listed: %s", who, a.text)
			}
		}
		if a := c.must(200, "GET", "/api/acts?limit=1000", "", nil); strings.Contains(a.text, `"merit.`) {
			t.Error("an accusation that nobody decided is among the public acts")
		}
		for _, who := range []string{"pwd/head", "coord/chair", "info/desk"} {
			if a := c.must(200, "GET", path, who, nil); !strings.Contains(a.text, "nobody went") {
				t.Errorf("%s does not read why: %s", who, a.text)
			}
		}
		c.onMerit(409, f, "decide", "coord/chair", foundAtFault) // the reply is open
		c.onMerit(201, f, "reply", "pwd/head", object{"text": "The parts were late."})
		c.onMerit(201, f, "ask-hearing", "pwd/head", nil)
		c.onMerit(409, f, "decide", "coord/chair", foundAtFault) // she is owed a hearing
		c.onMerit(422, f, "call-hearing", "coord/chair", object{"at": "2000-01-01T10:00", "place": "Room 1"})
		c.onMerit(201, f, "waive-hearing", "pwd/head", nil)
		for _, who := range []string{"pwd/head", "info/desk"} {
			c.onMerit(403, f, "decide", who, foundAtFault)
		}
		c.onMerit(404, f, "decide", "review/first", foundAtFault)
		c.onMerit(422, f, "decide", "coord/chair", object{"result": "found", "law": "l", "facts": "f"})
		c.onMerit(422, f, "decide", "coord/chair", object{"law": "l", "facts": "f", "reasons": "r"})
		c.onMerit(201, f, "decide", "coord/chair", foundAtFault)
		a := c.must(200, "GET", path, "", nil)
		for _, has := range []string{"Nobody went for a month.", "The parts were late.", `"post":"pwd/head"`, `"expires":`, `"contest_by":`} {
			if !strings.Contains(a.text, has) {
				t.Errorf("everyone is not shown %s: %s", has, a.text)
			}
		}
		if strings.Contains(a.text, "It was accepted and nobody went.") || strings.Contains(a.text, "info/desk") {
			t.Errorf("everyone reads who proposed and in what words: %s", a.text)
		}
		if a := c.must(200, "GET", "/api/merits?body=pwd", "", nil); !strings.Contains(a.text, f) || strings.Contains(a.text, "pwd/head") || strings.Contains(a.text, "coord/chair") {
			t.Errorf("the list is by body, without posts: %s", a.text)
		}
		c.onMerit(403, f, "appeal", "info/desk", object{"ground": "facts_unclear", "reason": "x"})
		c.onMerit(201, f, "appeal", "pwd/head", object{"ground": "facts_unclear", "reason": "The log says when the parts came."})
		c.onMerit(409, f, "appeal", "pwd/head", object{"ground": "facts_unclear", "reason": "x"})
		c.reacted()
		n := f + "-1"
		if a := c.must(200, "GET", "/api/appeals/"+n, "", nil); a.get("respondent") != "coord" || strings.Contains(a.text, "parts came") {
			t.Errorf("the appeal: %s", a.text)
		}
		if a := c.must(200, "GET", "/api/appeals/"+n, "pwd/head", nil); !strings.Contains(a.text, "parts came") {
			t.Errorf("the body does not read its own appeal: %s", a.text)
		}
		c.on(403, n, "take", "coord/chair", nil)
		c.on(201, n, "take", "review/first", nil)
		if a := c.must(200, "GET", "/api/appeals/"+n, "review/first", nil); !strings.Contains(a.text, "parts came") {
			t.Errorf("the reviewer does not read it: %s", a.text)
		}
		c.on(201, n, "reply", "coord/chair", object{"text": "We read the log."})
		c.on(201, n, "decide", "review/first", ruling("quashed", nil))
		c.reacted()
		if a := c.must(200, "GET", path, "", nil); a.get("status") != "quashed" || strings.Contains(a.text, "pwd") || strings.Contains(a.text, "month") {
			t.Errorf("of what is quashed everyone sees: %s", a.text)
		}
		for _, lang := range []string{"en", "zh-Hans"} {
			if page := c.must(200, "GET", "/merits/"+f+"?lang="+lang, "", nil).text; strings.Contains(page, "month") || strings.Contains(page, "/bodies/pwd") {
				t.Errorf("the page of what is quashed says more: %s", page)
			}
		}
		if a := c.must(200, "GET", "/api/merits", "", nil); strings.Contains(a.text, f) {
			t.Errorf("what is quashed is listed: %s", a.text)
		}
		c.holds()
	})
}

// A merit is shown for its time and not a moment longer, be the clock late; what turns private goes at once.
func TestMeritsExpire(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	f, _ := c.proposed("merit")
	c.turn(11 * day) // silence
	c.onMerit(201, f, "decide", "coord/chair", foundAtFault)
	shown := func(want int) {
		t.Helper()
		c.must(want, "GET", "/api/merits/"+f, "", nil)
		c.must(want, "GET", "/merits/"+f, "", nil)
		list := c.must(200, "GET", "/api/merits", "", nil).text + c.must(200, "GET", "/merits", "", nil).text
		if has := strings.Contains(list, f); has != (want == 200) {
			t.Errorf("listed: %t", has)
		}
	}
	if page := c.must(200, "GET", "/merits/"+f, "", nil).text; !strings.Contains(page, "Silence is no admission") {
		t.Error("that silence is no admission is not said")
	}
	shown(200)
	c.turn(729 * day)
	shown(200)
	*c.now = c.now.Add(2 * day) // no clock has run
	shown(404)
	c.turn(0)
	shown(404)
	c.must(404, "GET", "/api/powers/why?who=coord/chair&action=merit.decide&thing=merit/"+f, "", nil)
	c.holds()
}

// What is not found stays between those who know of it.
func TestNothingFoundIsNotTold(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	f, _ := c.proposed("fault")
	c.onMerit(201, f, "reply", "pwd/head", object{"text": "We went twice."})
	c.onMerit(201, f, "decide", "coord/chair", object{"result": "unproved", "law": "l", "facts": "They went twice.", "reasons": "r"})
	c.must(404, "GET", "/api/merits/"+f, "", nil)
	c.must(404, "GET", "/merits/"+f, "", nil)
	c.must(200, "GET", "/api/merits/"+f, "pwd/head", nil)
	c.onMerit(409, f, "appeal", "pwd/head", object{"ground": "facts_unclear", "reason": "x"})
	if a := c.must(200, "GET", "/api/acts?limit=1000", "", nil); strings.Contains(a.text, `"merit.`) {
		t.Error("that somebody was accused is among the public acts")
	}
	private := lamp("x")
	private["visibility"] = "private"
	m := c.report(private)
	c.act(201, m, "accept", "pwd/head", nil)
	a := c.must(422, "POST", "/api/merits", "info/desk", object{"nature": "fault", "matter": m.number, "act": c.actOf(m, "accepted"), "law": "l", "why": "w"})
	b := c.must(422, "POST", "/api/merits", "info/desk", object{"nature": "fault", "matter": "000-000-0000", "act": 2, "law": "l", "why": "w"})
	if fmt.Sprint(a.json["errors"]) != fmt.Sprint(b.json["errors"]) {
		t.Errorf("a private matter is told from none: %s %s", a.text, b.text)
	}
	c.holds()
}

// Whoever may see a matter sees who held it; of a private one nobody else does.
func TestChainOfAMatter(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	m := c.report(lamp("x"))
	c.act(201, m, "object", "pwd/head", object{"ground": "another_body", "proposed": "btdt", "reason": "A traffic lamp"})
	c.minutes(30)
	c.act(201, m, "rule", "coord/chair", object{"law": "Charter 4", "reason": "It is a street lamp"})
	a := c.must(200, "GET", "/api/matters/"+m.number+"/chain", "", nil)
	for _, has := range []string{`"role":"lead","body":"pwd"`, `"role":"coordinator","body":"coord"`, `"working_days":`, `"row":`, `"power":`} {
		if !strings.Contains(a.text, has) {
			t.Errorf("the chain lacks %s: %s", has, a.text)
		}
	}
	for _, lang := range []string{"en", "zh-Hans"} {
		page := c.must(200, "GET", "/matters/"+m.number+"/chain?lang="+lang, "", nil).text
		if !strings.Contains(page, "/chain.svg") || !strings.Contains(page, "<caption>") || !strings.Contains(page, "&lt;0.1") || strings.Contains(page, "pages.chain") {
			t.Errorf("the page of the chain: %s", page)
		}
	}
	if svg := c.must(200, "GET", "/matters/"+m.number+"/chain.svg", "", nil); xml.Unmarshal([]byte(svg.text), new(struct{})) != nil || !strings.Contains(svg.text, "&lt;0.1") || !strings.Contains(svg.text, "<title") || svg.header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("the picture: %s", svg.text)
	}
	private := lamp("x")
	private["visibility"] = "private"
	hidden := c.report(private)
	for _, path := range []string{"/api/matters/", "/matters/"} {
		c.must(404, "GET", path+hidden.number+"/chain", "", nil)
		c.must(404, "GET", path+hidden.number+"/chain", "park/head", nil)
		c.must(404, "GET", "/matters/"+hidden.number+"/chain.svg", "park/head", nil)
		c.must(200, "GET", path+hidden.number+"/chain", "pwd/head", nil)
	}
	c.must(200, "GET", "/api/matters/"+hidden.number+"/chain", "code:"+hidden.code, nil)
}

// Reporters of joined matters are told, once, when a review changes the answer that they were told of; not when it stands.
func TestJoinedAreToldOfAReview(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		result string
		more   object
		times  int
	}{{"quashed", nil, 1}, {"varied", object{"outcome": "not_possible"}, 1}, {"upheld", nil, 0}} {
		c := newCity(t, "", 30)
		joined, main := c.report(lamp("x")), c.report(lamp("y"))
		c.act(201, joined, "join", "info/desk", object{"into": main.number})
		stage(c, main, "answered")
		n := c.appealed(main, "answer", "dark")
		c.on(201, n, "take", "review/first", nil)
		c.on(201, n, "reply", "pwd/head", object{"text": "r"})
		c.on(201, n, "decide", "review/first", ruling(k.result, k.more))
		c.reacted()
		story := c.must(200, "GET", "/api/matters/"+joined.number+"/story", "code:"+joined.code, nil).text
		if n := strings.Count(story, "changed or set aside"); n != k.times {
			t.Errorf("%s is told %d times: %s", k.result, n, story)
		}
		c.holds()
	}
}
