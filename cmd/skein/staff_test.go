package main

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
	"skein/rooms/matter"
	"skein/rooms/place"
)

// work sends a form of the page on which staff work on a matter.
func (c *city) work(want int, m told, who, act string, fields url.Values) answer {
	c.Helper()
	if fields == nil {
		fields = url.Values{}
	}
	fields.Set("act", act)
	a := c.office(who, "en", "/matters/"+m.number+"/work", fields)
	if a.status != want {
		c.Fatalf("%s by %s: %d, want %d\n%s", act, who, a.status, want, a.text)
	}
	return a
}

func (c *city) sees(a answer, parts ...string) {
	c.Helper()
	for _, part := range parts {
		if a.status >= 400 && a.status != 422 || !strings.Contains(a.text, part) {
			c.Errorf("the page lacks %q (%d)\n%s", part, a.status, mainOf(a.text))
		}
	}
}

func (c *city) lacks(a answer, parts ...string) {
	c.Helper()
	for _, part := range parts {
		if strings.Contains(a.text, part) {
			c.Errorf("the page shows %q\n%s", part, mainOf(a.text))
		}
	}
}

func mainOf(page string) string {
	_, after, _ := strings.Cut(page, "<main")
	before, _, _ := strings.Cut(after, "</main>")
	return before
}

// A handler finds what her body owes by its clocks, and does each act by a form that keeps what she wrote.
func TestHandlerPages(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.report(lamp("The lamp is dark."))
		private := lamp("Quillwort")
		private["visibility"] = "private"
		hidden := c.report(private)
		for _, who := range []string{"", "code:" + m.code} {
			if a := c.office(who, "en", "/work", nil); a.status != 403 {
				t.Errorf("%q has a queue: %d", who, a.status)
			}
			if a := c.office(who, "en", "/matters/"+m.number+"/work", nil); a.status != 403 {
				t.Errorf("%q works: %d", who, a.status)
			}
		}
		if a := c.office("btdt/head", "en", "/matters/"+hidden.number+"/work", nil); a.status != 404 {
			t.Errorf("another body learns of a private matter: %d", a.status)
		}
		if a := c.office("btdt/head", "en", "/matters/"+m.number+"/work", nil); a.status != 403 {
			t.Errorf("another body works: %d", a.status)
		}
		queue := c.office("pwd/head", "en", "/work", nil)
		c.sees(queue, m.number, hidden.number, "Accept or object", `href="/work"`)
		c.lacks(queue, `href="/desk"`, `href="/rulings"`, "Quillwort")
		c.lacks(c.office("btdt/head", "en", "/work", nil), m.number, hidden.number)

		// What is wrong stands beside the fields, and what was written is kept.
		a := c.work(422, m, "pwd/head", "object", url.Values{"ground": {"another_body"}, "reason": {"It is <b>theirs</b>"}})
		c.sees(a, `id="object-proposed-error"`, "It is &lt;b&gt;theirs&lt;/b&gt;</textarea>", `value="another_body" id="object-ground-2" checked`)
		c.sees(c.work(200, m, "pwd/head", "accept", nil), "Done: Accept.")
		for act, called := range map[string][]string{"answer": {"办理结果", "理由"}, "ask": {"内容"}, "pause": {"事由"}, "split": {"各部分"}, "join": {"另一事项的编号"}, "propose-decline": {"法律依据", "告知反映人的去向", "理由"}} {
			a := c.office("pwd/head", "zh-Hans", "/matters/"+m.number+"/work", url.Values{"act": {act}})
			for _, field := range called {
				c.sees(a, "错误：缺少“"+field+"”，请填写。")
			}
			if n := strings.Count(a.text, "错误："); a.status != 422 || n != len(called) {
				t.Errorf("%s with nothing filled in: %d, %d errors", act, a.status, n)
			}
		}
		c.status(m, "working")
		page := c.office("pwd/head", "en", "/matters/"+m.number+"/work", nil)
		c.sees(page, "The lamp is dark.", `value="answer"`, `value="pause"`, `value="tell"`, `capture="environment"`)
		c.lacks(page, `name="act" value="rule"`, `name="act" value="triage"`, `name="act" value="accept"`)
		c.sees(c.work(200, m, "pwd/head", "ask", url.Values{"text": {"Which side?"}}), "A question to the reporter is open.")
		c.sees(c.work(422, m, "pwd/head", "pause", url.Values{"ground": {"boredom"}}), `id="pause-ground-error"`)
		c.work(200, m, "pwd/head", "pause", url.Values{"ground": {"weather"}, "reason": {"Snow"}})
		c.sees(c.office("pwd/head", "en", "/work?what=resume", nil), m.number)
		c.work(200, m, "pwd/head", "resume", nil)
		c.sees(c.work(422, m, "pwd/head", "extend", url.Values{"limit": {"soon"}, "reason": {"x"}}), `id="extend-limit-error"`)
		c.work(200, m, "pwd/head", "extend", url.Values{"limit": {"1d"}, "reason": {"More snow"}})
		c.sees(c.work(422, m, "pwd/head", "answer", url.Values{"outcome": {"planned"}, "reason": {""}, "by": {"2012-99-01"}}), `id="answer-by-error"`)
		c.sees(c.work(422, m, "pwd/head", "answer", url.Values{"outcome": {"fixed"}, "reason": {"Ask Mr. Quillwort, 617-555-0100."}, "release": {"yes"}}), "617-555-0100.</textarea>", `class="errors"`)
		c.work(200, m, "pwd/head", "answer", url.Values{"outcome": {"fixed"}, "reason": {"New lamp."}, "release": {"yes"}})
		c.status(m, "answered")
		c.lacks(c.office("pwd/head", "en", "/work", nil), m.number)
		her := c.office("code:"+m.code, "zh-Hans", "/matters/"+m.number, nil)
		c.sees(her, `<label for="confirm-words">补充说明<span class="optional">（可不填）</span></label>`)
		c.lacks(her, "关键词")
		c.sees(c.office("pwd/head", "en", "/matters/"+m.number+"/file", nil), "New lamp.", "The lamp is dark.", "data-print")
		if a := c.work(403, m, "btdt/head", "tell", url.Values{"text": {"x"}}); a.status != 403 {
			t.Error("another body speaks")
		}
		c.work(400, m, "pwd/head", "nonsense", nil)

		// What everyone reads on it was written down.
		if got := strings.Join(c.readings(hidden), ""); strings.Contains(got, "pwd") {
			t.Errorf("the queue opened a box: %s", got)
		}
		c.holds()
	})
}

// readings are who read a matter, in short.
func (c *city) readings(m told) []string {
	var out []string
	for _, r := range c.readingsOf(m) {
		out = append(out, short(r))
	}
	return out
}

// Whoever answers learns how the reporter can be reached: by a door that writes it down first, and nobody else does.
func TestReachReporter(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		fields := lamp("x")
		fields["contact"] = map[string]any{"name": "Petra Holm", "phone": "617-555-0134"}
		m := c.report(fields)
		c.lacks(c.office("pwd/head", "en", "/matters/"+m.number+"/work", nil), "Petra", "0134")
		shown := c.work(200, m, "pwd/head", "reach", nil)
		c.sees(shown, "Petra Holm", "tel:6175550134", "written down")
		if got := strings.Join(c.readings(m), "\n"); !strings.Contains(got, "post:pwd/head matter.lead_works handling contact") {
			t.Errorf("not recorded: %s", got)
		}
		c.lacks(c.office("pwd/head", "en", "/matters/"+m.number+"/work", nil), "Petra")
		for _, who := range []string{"info/desk", "coord/chair"} {
			c.work(403, m, who, "reach", nil)
		}
		for _, who := range []string{"", "info/desk", "btdt/head", "coord/chair"} {
			c.must(403, "GET", "/api/matters/"+m.number+"/contact", who, nil)
		}
		if a := c.must(200, "GET", "/api/matters/"+m.number+"/contact", "pwd/head", nil); a.get("phone") != "617-555-0134" {
			t.Error(a.text)
		}
		c.act(201, m, "amend", "code:"+m.code, map[string]any{"contact": map[string]any{"email": "p@example.org"}})
		c.sees(c.work(200, m, "pwd/head", "reach", nil), "p@example.org")
		c.act(201, m, "amend", "code:"+m.code, map[string]any{"contact": map[string]any{}})
		c.lacks(c.work(200, m, "pwd/head", "reach", nil), "p@example.org", "Petra")
		if strings.Contains(c.said.String(), "Petra") {
			t.Error("the log names her")
		}
	})
}

// Several at once: each an act of its own, each refusal told; one answer only where matters are alike.
func TestBulk(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	a, b, other := c.report(lamp("one")), c.report(lamp("two")), c.report(lamp("three"))
	complaint := lamp("four")
	complaint["kind"], complaint["against"] = "complaint", "isd"
	d := c.report(complaint)
	post := func(want int, who string, fields url.Values) answer {
		t.Helper()
		got := c.office(who, "en", "/work", fields)
		if got.status != want {
			t.Fatalf("%v: %d\n%s", fields, got.status, mainOf(got.text))
		}
		return got
	}
	post(422, "pwd/head", url.Values{"do": {"accept"}})
	c.act(201, other, "accept", "pwd/head", nil)
	done := post(200, "pwd/head", url.Values{"do": {"accept"}, "number": {a.number, b.number, other.number, d.number}})
	c.sees(done, "refused:")
	for _, m := range []told{a, b, d} {
		c.status(m, "working")
	}
	c.sees(post(422, "pwd/head", url.Values{"do": {"answer"}, "number": {a.number, d.number}, "outcome": {"explained"}, "reason": {"So it is"}}), "Untick the others", "So it is</textarea>")
	c.sees(post(422, "pwd/head", url.Values{"do": {"answer"}, "number": {a.number}, "outcome": {"planned"}, "reason": {""}}), `id="bulk-outcome-error"`, `id="bulk-reason-error"`)
	c.sees(post(422, "pwd/head", url.Values{"do": {"answer"}, "number": {a.number}, "outcome": {"fixed"}, "reason": {"Ask 617-555-0100"}}), `id="bulk-reason-error"`)
	post(200, "pwd/head", url.Values{"do": {"answer"}, "number": {a.number, b.number}, "outcome": {"explained"}, "reason": {"The grid was down"}, "release": {"yes"}})
	for _, m := range []told{a, b} {
		c.status(m, "answered")
		c.sees(c.office("", "en", "/matters/"+m.number, nil), "The grid was down")
	}
	c.sees(post(200, "btdt/head", url.Values{"do": {"accept"}, "number": {other.number}}), "refused:")
	post(403, "", url.Values{"do": {"accept"}, "number": {a.number}})

	// Templates begin an answer; they name nobody, and are the body's own.
	save := func(want int, who string, fields url.Values) answer {
		t.Helper()
		got := c.office(who, "en", "/templates", fields)
		if got.status != want {
			t.Fatalf("%v: %d\n%s", fields, got.status, mainOf(got.text))
		}
		return got
	}
	c.sees(save(422, "pwd/head", url.Values{"do": {"save"}, "name": {""}, "text": {"Call 617-555-0100"}}), `id="name-error"`, `id="text-error"`, "Call 617-555-0100</textarea>")
	save(200, "pwd/head", url.Values{"do": {"save"}, "name": {"Grid & lamps"}, "outcome": {"explained"}, "text": {"The grid was down that night."}})
	c.sees(c.office("pwd/head", "en", "/matters/"+d.number+"/work", nil), "Grid &amp; lamps", "?template=Grid+%26+lamps")
	c.sees(c.office("pwd/head", "en", "/matters/"+d.number+"/work?template=Grid+%26+lamps", nil), "The grid was down that night.</textarea>")
	c.lacks(save(200, "btdt/head", nil), "Grid &amp; lamps")
	save(403, "coord/chair", nil)
	save(403, "coord/chair", url.Values{"do": {"save"}, "name": {"x"}, "text": {"y"}})
	save(200, "pwd/head", url.Values{"do": {"drop"}, "name": {"Grid & lamps"}})
	c.lacks(save(200, "pwd/head", nil), "Grid &amp; lamps")
	c.holds()
}

// The coordinating body has both sides and what was ruled before, and what is past due.
func TestRulings(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		first := c.report(lamp("one"))
		stage(c, first, "objected")
		c.act(201, first, "rule", "coord/chair", map[string]any{"lead": "btdt", "law": "Charter 4", "reason": "A signal."})
		c.reacted()
		m := c.report(lamp("two"))
		stage(c, m, "objected")
		for _, who := range []string{"", "pwd/head", "info/desk"} {
			if a := c.office(who, "en", "/rulings", nil); a.status != 403 {
				t.Errorf("%q rules: %d", who, a.status)
			}
		}
		list := c.office("coord/chair", "en", "/rulings", nil)
		c.sees(list, m.number, "earlier rulings: 1", "which names")
		c.lacks(list, first.number)
		page := c.office("coord/chair", "en", "/matters/"+m.number+"/work", nil)
		c.sees(page, "Theirs.", "Both sides", "/matters/"+first.number, `name="act" value="rule"`)
		c.lacks(page, `name="act" value="answer"`)
		c.sees(c.work(422, m, "coord/chair", "rule", url.Values{"reason": {"They keep it."}}), `id="rule-law-error"`, "They keep it.</textarea>")
		c.work(200, m, "coord/chair", "rule", url.Values{"law": {"Charter 4"}, "reason": {"They keep it."}})
		c.status(m, "working")
		c.lacks(c.office("coord/chair", "en", "/rulings", nil), m.number)
		c.turn(60 * day)
		c.sees(c.office("coord/chair", "zh-Hans", "/rulings", nil), m.number, "逾期事项")

		declining := c.report(lamp("three"))
		stage(c, declining, "declining")
		c.sees(c.office("coord/chair", "en", "/matters/"+declining.number+"/work", nil), "Proposes to decline, by State law", "massdot")
		c.work(422, declining, "coord/chair", "decline", url.Values{"law": {"l"}, "reason": {"r"}})
		c.work(200, declining, "coord/chair", "decline", url.Values{"decline": {"no"}, "law": {"State law"}, "reason": {"It is ours."}})
		c.status(declining, "working")
		c.holds()
	})
}

var deskCode = regexp.MustCompile(`<strong class="no">([^<]+)</strong>`)

// The desk writes a call down once, hands it over with a note, finds what is the same, and no caller.
func TestDesk(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		desk := func(want int, fields url.Values) answer {
			t.Helper()
			a := c.office("info/desk", "en", "/desk", fields)
			if a.status != want {
				t.Fatalf("%v: %d\n%s", fields, a.status, mainOf(a.text))
			}
			return a
		}
		call := func(more url.Values) url.Values {
			out := url.Values{"text": {"The street light is out"}, "kind": {"request"}, "channel": {"phone"}, "category": {"street_lights.street_light_outages"},
				"lat": {"42.33"}, "lon": {"-71.09"}, "contact.name": {"Petra Holm"}, "contact.phone": {"617-555-0134"}, "do": {"save"}}
			for k, v := range more {
				out[k] = v
			}
			return out
		}
		for _, who := range []string{"", "pwd/head", "coord/chair"} {
			if a := c.office(who, "en", "/desk", nil); a.status != 403 {
				t.Errorf("%q sits at the desk: %d", who, a.status)
			}
			if a := c.office(who, "en", "/desk", call(nil)); a.status != 403 {
				t.Errorf("%q writes a call down: %d", who, a.status)
			}
		}
		c.sees(desk(422, call(url.Values{"text": {""}, "channel": {""}, "contact.phone": {"nobody"}})), `id="text-error"`, `id="channel-error"`, `id="contact-phone-error"`, "Petra Holm")
		looked := desk(200, call(url.Values{"do": {"look"}, "category": {""}}))
		c.sees(looked, "The street light is out</textarea>", `data-value="street_lights.street_light_outages"`)

		once := url.Values{"once": {"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, "note": {"She waits at the corner until six."}}
		told := desk(200, call(once))
		found := deskCode.FindAllStringSubmatch(told.text, -1)
		if len(found) != 2 {
			t.Fatalf("no number and code: %s", mainOf(told.text))
		}
		c.sees(told, "data-done=\"call\"")
		c.lacks(told, "Petra Holm")
		again := deskCode.FindAllStringSubmatch(desk(200, call(once)).text, -1)
		if len(again) != 2 || again[0][1] != found[0][1] || again[1][1] != found[1][1] {
			t.Errorf("sent twice, told twice: %v %v", found, again)
		}
		m := told2(found)
		c.must(200, "GET", "/api/matters/"+m.number+"/data", "code:"+m.code, nil)
		c.sees(c.office("pwd/head", "en", "/matters/"+m.number+"/work", nil), "She waits at the corner until six.")
		c.sees(c.work(200, m, "pwd/head", "reach", nil), "Petra Holm")

		// The same lamp again: it is found nearby, and joined.
		c.release(m, c.digests(m)["text/plain"])
		c.sees(desk(200, call(url.Values{"do": {"look"}})), "join "+m.number)
		joined := desk(200, call(url.Values{"do": {"join " + m.number}, "contact.name": {"Ann Reed"}}))
		c.sees(joined, "It goes on in "+m.number)
		second := told2(deskCode.FindAllStringSubmatch(joined.text, -1))
		c.status(second, "joined")

		// Her matter by the number that she says; by nothing else.
		c.sees(desk(200, url.Values{"do": {"find"}, "number": {m.number}}), "/matters/"+m.number+"/work")
		for _, said := range []string{"617-555-0134", "Petra Holm", second.number, "1"} {
			c.sees(desk(200, url.Values{"do": {"find"}, "number": {said}}), `id="number-error"`)
		}
		against := c.report(map[string]any{"text": "x", "kind": "complaint", "against": "info", "category": "street_lights.street_light_outages", "lat": 42.33, "lon": -71.09})
		c.sees(desk(200, url.Values{"do": {"find"}, "number": {against.number}}), `id="number-error"`)
		c.lacks(c.office("info/desk", "en", "/work?of=desk", nil), against.number)
		desk(400, call(url.Values{"do": {"nonsense"}}))
		c.sees(desk(200, call(url.Values{"do": {"join 412-338-0956"}})), "Error:")

		// What only says an address waits for the desk, and is completed there.
		vague := told2(deskCode.FindAllStringSubmatch(desk(200, url.Values{"text": {"It is dark"}, "kind": {"request"}, "channel": {"counter"}, "address": {"Main Street 4"}, "category": {"street_lights.street_light_outages"}, "do": {"save"}}).text, -1))
		c.sees(desk(200, nil), vague.number)
		c.work(200, vague, "info/desk", "triage", url.Values{"place": {string(c.state(m).Place)}})
		c.status(vague, "assigned")
		if strings.Contains(c.said.String(), "Petra") {
			t.Error("the log names a caller")
		}
		c.holds()
	})
}

func told2(found [][]string) told {
	if len(found) != 2 {
		return told{}
	}
	return told{found[0][1], found[1][1]}
}

// What is owed is what the state says, live as rebuilt; every page of it in both languages has words for all.
func TestOwed(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	want := map[string]string{"assigned": matter.OweAccept, "objected": matter.OweRule, "working": matter.OweAnswer, "paused": matter.OweResume, "declining": matter.OweDecline, "answered": ""}
	for name, what := range want {
		m := c.report(lamp("x"))
		stage(c, m, name)
		var got []string
		for _, o := range matter.Owed(c.state(m)) {
			if o.Due == 0 {
				t.Errorf("%s: %s has no limit", name, o.What)
			}
			got = append(got, o.What)
		}
		if what != "" && !strings.Contains(strings.Join(got, " "), what) || what == "" && strings.Contains(strings.Join(got, " "), matter.OweAnswer) {
			t.Errorf("%s owes %v", name, got)
		}
	}
	for _, lang := range []string{"en", "zh-Hans"} {
		for _, at := range []struct{ who, path string }{
			{"pwd/head", "/work"}, {"info/desk", "/work"}, {"info/desk", "/work?of=body"}, {"coord/chair", "/work"}, {"coord/chair", "/rulings"}, {"info/desk", "/desk"}, {"", "/overview"},
			{"pwd/head", "/templates"},
		} {
			a := c.office(at.who, lang, at.path, nil)
			if key := rawKey.FindString(strings.ReplaceAll(a.text, `class="number"`, "")); a.status != 200 || key != "" {
				t.Errorf("%s %s: %d %s", lang, at.path, a.status, key)
			}
		}
	}
	if a := c.must(200, "GET", "/api/work", "pwd/head", nil); !strings.Contains(a.text, `"what":"accept"`) {
		t.Error(a.text)
	}
	c.must(403, "GET", "/api/work", "", nil)
	c.must(403, "GET", "/api/work?desk=true", "pwd/head", nil)
	for _, name := range []string{"today", "intake", "categories", "places", "clocks"} {
		if a := c.must(200, "GET", "/overview/"+name+".svg", "", nil); !strings.HasPrefix(a.text, "<svg") {
			t.Errorf("%s: %s", name, a.text)
		}
	}
	c.must(404, "GET", "/overview/none.svg", "", nil)
	c.holds()
}

// The three jobs in a real browser.
func TestStaffInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 300)
	c.site.PublicURL = c.url
	c.addresses(place.Address{Text: "12 Quillwort Street", Zip: "02118", At: place.Spot{Lat: 42_330_000, Lon: -71_090_000}})
	args := []string{c.url, c.key("info/desk") + "," + c.key("pwd/head") + "," + c.key("coord/chair")}
	over := make([]string, 4) // meetings that have begun, for their minutes
	for i := range over {
		over[i] = c.convened("pwd", c.report(lamp("Two poles.")))
	}
	c.turn(day + time.Hour)
	for i := range 4 {
		one, two, objected := c.report(lamp("The lamp is dark.")), c.report(lamp("Both lamps are dark.")), c.report(lamp("A dark lamp."))
		stage(c, objected, "objected")
		args = append(args, one.number, two.number, objected.number, c.report(lamp("Whose lamp?")).number, over[i])
	}
	browser.Run(t, "staff_test.mjs", args...)
	c.holds()
}
