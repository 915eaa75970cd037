package main

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// look asks what a report brings up so far, as the form's script does.
func (p *reader) look(pairs ...string) shownPage {
	p.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return p.ask("POST", "/report/look", strings.NewReader(f.Encode()), "application/x-www-form-urlencoded")
}

var chipValue = regexp.MustCompile(`name="choose" value="([^"]+)"`)

func (p shownPage) chips() (all []string) {
	for _, m := range chipValue.FindAllStringSubmatch(p.html, -1) {
		all = append(all, m[1])
	}
	return all
}

// Categories are suggested by their own words in a realm that has learnt nothing, in both languages; what is written stands in no address and no log.
func TestSuggestedCategories(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 60)
	p := c.reader()
	for text, want := range map[string]string{
		"the street lights on our corner are out": "street_lights.street_light_outages",
		"门口的路灯不亮了":                                "street_lights.street_light_outages",
		"my employer owes me two months of wages": "rights.wages",
		"老板拖欠工资三个月":                               "rights.wages",
	} {
		got := p.look("text", text)
		if chips := got.chips(); got.status != 200 || len(chips) == 0 || len(chips) > 3 || chips[0] != want {
			t.Errorf("%q suggests %v (%d), want %s", text, chips, got.status, want)
		}
		if cc := got.header.Get("Cache-Control"); cc != "no-store" {
			t.Error("what came up may be kept:", cc)
		}
	}
	got := p.look("text", hostile, "lat", "NaN", "lon", "1e999", "place", hostile, "category", hostile)
	if got.status != 200 {
		t.Errorf("hostile words: %d", got.status)
	}
	got.lacks(t, "<script", "alert(1)")
	if empty := p.look(); empty.status != 200 || len(empty.chips()) != 0 {
		t.Errorf("no words: %d %v", empty.status, empty.chips())
	}
}

// Without script the form comes back with what came up, and with what was written.
func TestReportWithoutScript(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 60)
	p := c.reader()
	form := p.get("/report")
	fields := map[string]string{"once": form.once(), "text": "street light out, " + hostile, "address": "a < b", "look": "yes"}
	back := p.fill("/report", fields)
	if back.status != 200 || back.path != "/report" || back.once() != form.once() {
		t.Fatalf("%d %s", back.status, back.path)
	}
	back.has(t, `value="a &lt; b"`, html.EscapeString("<script>"), `value="street_lights.street_light_outages"`)
	delete(fields, "look")
	fields["choose"] = "street_lights.street_light_outages"
	p.fill("/report", fields).has(t, `<option value="street_lights.street_light_outages" selected>`, `aria-pressed="true"`)
	delete(fields, "choose")
	fields["category"], fields["place"] = "street_lights.street_light_outages", "ward-03"
	got := p.fill("/report", fields) // and no kind was chosen
	m := got.receipt(t)
	got.has(t, "<svg role=\"img\"", "QR code of this receipt")
	if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); a.get("kind") != "request" {
		t.Error(a.text)
	}
}

// An open matter of the same thing nearby is shown, and "mine too" lets her report go on in it: she is told, and nobody counts.
func TestMineToo(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		p, main := c.reader(), c.report(lamp("Lamp out at the corner"))
		c.release(main, c.digests(main)["text/plain"])
		hidden := lamp("Lamp out")
		hidden["visibility"] = "private"
		secret := c.report(hidden)
		far := lamp("Lamp out at the corner")
		far["lat"] = 42.30
		away := c.report(far)
		shown := p.look("text", "the street lights are out", "lat", "42.3301", "lon", "-71.0901")
		shown.has(t, main.number, "Lamp out at the corner", "Mine too")
		shown.lacks(t, secret.number, away.number)
		p.look("text", "lamp", "lat", "42.40", "lon", "-71.2").lacks(t, main.number)

		fields := map[string]string{"once": p.get("/report").once(), "text": "Dark here too", "mine": main.number}
		got := p.fill("/report", fields) // no category and no place: it is the same thing
		mine := got.receipt(t)
		got.has(t, "Goes on in another matter", "Goes on in matter "+main.number)
		if again := p.fill("/report", fields).receipt(t); again != mine {
			t.Errorf("sent twice: %v and %v", mine, again)
		}
		c.status(mine, "joined")
		if a := c.must(200, "GET", "/api/matters/"+main.number+"/story", "", nil); !strings.Contains(a.text, "took_in") {
			t.Error(a.text)
		}
		// The main matter's acts name nobody.
		acts, err := c.site.Realm.Acts(t.Context(), c.state(main).ID)
		if err != nil {
			t.Fatal(err)
		}
		if last := acts[len(acts)-1]; last.Type != "matter.took_in" || last.Actor != "clock" {
			t.Errorf("the main matter says %s by %s", last.Type, last.Actor)
		}
		c.act(201, main, "accept", "pwd/head", nil)
		c.act(201, main, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "A new lamp.", "release": true})
		c.reacted()
		p.get("/matters/"+mine.number).has(t, "is answered", "Goes on in matter "+main.number)

		// What cannot be joined stands by itself: a private matter is not even known, an answered one is over.
		for _, n := range []string{secret.number, main.number, "412-338-0956", hostile} {
			fields := map[string]string{"once": p.get("/report").once(), "text": "Dark", "mine": n, "category": "street_lights.street_light_outages", "lat": "42.33", "lon": "-71.09"}
			c.status(p.fill("/report", fields).receipt(t), "assigned")
		}
		// A reporter joins her own alone, and none that is private.
		other := c.report(lamp("Mine"))
		if a := c.do("POST", "/api/matters/"+other.number+"/join", "code:"+other.code, map[string]any{"into": secret.number}); a.status != 422 {
			t.Errorf("joined into a private matter: %d %s", a.status, a.text)
		}
		if a := c.do("POST", "/api/matters/"+other.number+"/join", "", map[string]any{"into": away.number}); a.status != 403 {
			t.Errorf("somebody else joins it: %d %s", a.status, a.text)
		}
		// What a reporter took for the same thing the desk takes apart again.
		third := c.report(lamp("Not the same after all"))
		c.must(201, "POST", "/api/matters/"+third.number+"/join", "code:"+third.code, map[string]any{"into": other.number})
		s := c.state(third)
		c.must(201, "POST", "/api/matters/"+third.number+"/retract", "info/desk", map[string]any{"act": s.Seq, "reason": "Another lamp"})
		c.status(third, "assigned")
		c.holds()
	})
}
