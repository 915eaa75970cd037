package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"skein/frame/civic"
)

// newestAct is the public id of an act of Public Works that was just done.
func (c *city) newestAct() string {
	c.Helper()
	c.accepted()
	last := ""
	for next := ""; ; {
		a := c.must(200, "GET", "/api/acts?limit=1000&after="+next, "", nil)
		for _, row := range a.json["acts"].([]any) {
			if act := row.(object); act["actor"] == "post:pwd/head" {
				last = act["id"].(string)
			}
		}
		if next = a.get("next"); next == "" {
			return last
		}
	}
}

// examined begins a legal review and says its code.
func (c *city) examined(kind, thing, why string) string {
	c.Helper()
	return c.must(201, "POST", "/api/findings", "review/first", object{"kind": kind, "thing": thing, "why": why}).get("finding")
}

// A public act is examined, the body is heard, it is found unlawful and corrected, all in public.
func TestLegalReview(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		act := c.newestAct()
		for _, who := range []string{"", "pwd/head", "info/desk", "coord/chair", "court/judge"} {
			c.must(403, "POST", "/api/findings", who, object{"kind": "act", "thing": act, "why": "x"})
			c.must(403, "POST", "/api/findings", who, object{"kind": "act", "thing": "none", "why": "x"})
		}
		c.must(422, "POST", "/api/findings", "review/first", object{"kind": "act", "thing": strings.Repeat("0", 32), "why": "x"})
		if a := c.must(422, "POST", "/api/findings", "review/first", object{"kind": "act", "thing": act, "why": "Call 617-555-0134."}); !strings.Contains(a.text, "review.still_marked") {
			t.Errorf("what looks like somebody's data is filed: %s", a.text)
		}
		f := c.examined("act", act, "Was she heard before it was accepted?")
		c.must(409, "POST", "/api/findings", "review/second", object{"kind": "act", "thing": act, "why": "x"})
		on := func(want int, command, who string, body object) answer {
			t.Helper()
			return c.must(want, "POST", "/api/findings/"+f+"/"+command, who, body)
		}
		on(403, "account", "park/head", object{"text": "x"})
		on(409, "find", "review/first", object{"law": "l", "reasons": "r"})
		on(201, "account", "pwd/head", object{"text": "We always do it so."})
		on(403, "find", "review/second", object{"law": "l", "reasons": "r"})
		on(422, "find", "review/first", object{"unlawful": true, "law": "l", "reasons": "r"})
		on(201, "find", "review/first", object{"unlawful": true, "against": []string{"procedure"}, "law": "Charter 7", "reasons": "Nobody was heard."})
		a := c.must(200, "GET", "/api/findings/"+f, "", nil)
		for _, has := range []string{`"status":"waits"`, "Was she heard", "We always do it so.", "Nobody was heard.", `"against":["procedure"]`, `"body":"pwd"`, `"due":`} {
			if !strings.Contains(a.text, has) {
				t.Errorf("everyone is not shown %s: %s", has, a.text)
			}
		}
		c.turn(61 * day)
		if page := c.must(200, "GET", "/findings/"+f, "", nil).text; !strings.Contains(page, "data-late") {
			t.Error("that the body is late is not shown")
		}
		on(201, "respond", "pwd/head", object{"follows": true, "text": "We hear people first now."})
		on(409, "respond", "pwd/head", object{"text": "x"})
		if a := c.must(200, "GET", "/api/findings", "", nil); !strings.Contains(a.text, `"status":"answered"`) || !strings.Contains(a.text, `"follows":true`) {
			t.Errorf("the register: %s", a.text)
		}
		c.holds()
	})
}

// A whole policy or row is examined and found unlawful: the body that answers for it is bound to say what it does, in time, and what was done under exactly that
// text is listed, by its digest, before and after.
func TestWholePolicyAndRow(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.accepted()
		for _, k := range []struct{ kind, thing, has, not string }{
			{"policy", "matter.accept", `"matter.accepted"`, `"matter.reported"`},
			{"row", fmt.Sprint(c.must(200, "GET", "/api/duties/resolve?category="+lights+"&lat=42.33&lon=-71.09", "", nil).json["row"].(object)["id"]), `"matter.assigned"`, `"matter.accepted"`},
		} {
			f := c.examined(k.kind, k.thing, "Does the law give this power?")
			listed := func() {
				t.Helper()
				var all strings.Builder
				for next := ""; ; {
					a := c.must(200, "GET", "/api/findings/"+f+"/acts?after="+next, "", nil)
					all.WriteString(a.text)
					if next = a.get("next"); next == "" {
						break
					}
				}
				if !strings.Contains(all.String(), k.has) || strings.Contains(all.String(), k.not) {
					t.Errorf("under the %s %s: %.600s", k.kind, k.thing, all.String())
				}
				for lang, says := range map[string]string{"en": "Acts done under it", "zh-Hans": "据此作出的行为"} {
					if page := c.office("", lang, "/findings/"+f, nil).text; !strings.Contains(page, `id="acts"`) || !strings.Contains(page, says) {
						t.Errorf("the page of a %s in %s lists nothing", k.kind, lang)
					}
				}
			}
			listed()
			a := c.must(200, "GET", "/api/findings/"+f, "", nil)
			subject := a.json["subject"].(object)
			if digest, _ := subject["digest"].(string); len(digest) != 64 {
				t.Errorf("examined under no digest: %s", a.text)
			}
			body := fmt.Sprint(subject["body"])
			c.turn(11 * day) // its account is not given
			c.must(201, "POST", "/api/findings/"+f+"/find", "review/first", object{"unlawful": true, "against": []string{"power", "proportion"}, "law": "Charter 7", "reasons": "No law gives it."})
			if a := c.must(200, "GET", "/api/findings/"+f, "", nil); a.get("status") != "waits" || a.get("due") == "" {
				t.Errorf("found unlawful: %s", a.text)
			}
			listed()
			c.turn(61 * day)
			acts, err := c.realm.Acts(c.Context(), civic.DossierID("finding/"+f))
			if err != nil {
				t.Fatal(err)
			}
			if last := acts[len(acts)-1]; last.Type != "review.reminded" {
				t.Errorf("the coordinating body is not told that %s is silent: %s", body, last.Type)
			}
			c.must(201, "POST", "/api/findings/"+f+"/respond", body+"/"+headOf[body], object{"follows": true, "text": "It is being changed."})
			if a := c.must(200, "GET", "/api/findings/"+f, "", nil); a.get("status") != "answered" || a.get("follows") != "true" {
				t.Errorf("answered: %s", a.text)
			}
			listed()
		}
		c.must(422, "POST", "/api/findings", "review/first", object{"kind": "act", "thing": m.number, "why": "x"})
		c.holds()
	})
}

// headOf are posts that speak for a body.
var headOf = map[string]string{"coord": "chair", "pwd": "head"}

// A court recommends, the body answers, both in public; and every door of findings is called, once a key.
func TestRecommendation(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	door := func(path, who, stranger string, body object) answer {
		t.Helper()
		if a := c.do("POST", path, stranger, body); a.status != 403 || !strings.Contains(a.header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s by %q: %d %s", path, stranger, a.status, a.text)
		}
		a := c.keyed("POST", path, who, "once "+path, body)
		again := c.keyed("POST", path, who, "once "+path, body)
		if a.status != 201 || again.status != 201 || again.get("again") != "true" || fmt.Sprint(a.json["acts"]) != fmt.Sprint(again.json["acts"]) {
			t.Errorf("%s: %d %s\nagain: %d %s", path, a.status, a.text, again.status, again.text)
		}
		return a
	}
	c.must(422, "POST", "/api/findings/recommend", "court/judge", object{"body": "nobody", "law": "l", "text": "t"})
	f := door("/api/findings/recommend", "court/judge", "review/first", object{"body": "pwd", "law": "Administrative Litigation Law, art. 66", "text": "Light the crossing."}).get("finding")
	door("/api/findings/"+f+"/respond", "pwd/head", "court/judge", object{"follows": true, "text": "Lit."})
	a := c.must(200, "GET", "/api/findings/"+f, "", nil)
	if !strings.Contains(a.text, "Light the crossing.") || !strings.Contains(a.text, "Lit.") || a.get("recommended") != "true" {
		t.Errorf("both are not published: %s", a.text)
	}
	c.must(404, "GET", "/api/findings/000000000000", "", nil)
	c.must(404, "GET", "/findings/x", "", nil)
	receipt := fmt.Sprint(door("/api/findings", "review/second", "court/judge", object{"kind": "policy", "thing": "matter.answer", "why": "Asked by the council.", "asked": true}).json["acts"])
	path := receipt[strings.Index(receipt, "/api/acts/"):]
	if got := c.do("GET", path[:strings.IndexAny(path, " ]")], "", nil); got.status != http.StatusOK {
		t.Errorf("a finding has no receipt: %d", got.status)
	}
	if a := c.must(200, "GET", "/api/findings?limit=1", "", nil); a.get("next") == "" || a.header.Get("Link") == "" {
		t.Errorf("findings are not paged: %s", a.text)
	}
	c.holds()
}
