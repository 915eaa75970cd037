package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
)

// asksReview asks for a legal review, as anybody.
func (c *city) asksReview(kind, thing, text string) answer {
	c.Helper()
	return c.must(201, "POST", "/api/review-requests", "", object{"kind": kind, "thing": thing, "aspects": []string{"procedure"}, "text": text})
}

// A resident asks that an act be examined, under no name; a reviewer who had no hand in it reads why and takes it up; the body answers in
// time. Who did it reads nothing. What was written goes when it is taken back, and on time.
func TestLegalReviewAskedFor(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		const words = "Quillwort was not heard, 617-555-0134."
		act := c.newestAct()
		c.must(422, "POST", "/api/review-requests", "", object{"kind": "act", "thing": strings.Repeat("0", 32), "text": "x"})
		c.must(422, "POST", "/api/review-requests", "", object{"kind": "body", "thing": "pwd", "text": "x"})
		if a := c.must(422, "POST", "/api/review-requests", "", object{"kind": "act", "thing": act, "text": " "}); !strings.Contains(a.text, "review.missing") {
			t.Errorf("without words: %s", a.text)
		}
		for _, who := range []string{"pwd/head", "review/first", "court/judge", "coord/chair"} {
			c.must(403, "POST", "/api/review-requests", who, object{"kind": "act", "thing": act, "text": "x"})
		}
		c.must(201, "POST", "/api/review-requests", "info/desk", object{"kind": "act", "thing": act, "text": "A caller says so."})
		first := c.asksReview("act", act, words)
		n, code := first.get("request"), first.get("tracking")
		path := "/api/review-requests/" + n
		if code == "" || first.get("take_by") == "" || n == "" {
			t.Fatalf("the receipt: %s", first.text)
		}
		for _, who := range []string{"", "pwd/head", "coord/chair", "court/judge", "info/desk"} {
			for _, path := range []string{path, "/reviews/requests/" + n, "/findings", "/reviews/queue", "/api/review-requests", "/api/acts?limit=1000"} {
				if a := c.do("GET", path, who, nil); strings.Contains(a.text, "Quillwort") || strings.Contains(a.text, code) {
					t.Errorf("%s as %q reads what was written", path, who)
				}
			}
		}
		if a := c.must(200, "GET", path, "", nil); a.get("status") != "waits" || !strings.Contains(a.text, `"aspects":["procedure"]`) {
			t.Errorf("what everyone sees: %s", a.text)
		}
		before := strings.Count(c.stored(), "review.reads_requests")
		for _, who := range []string{"review/first", "code:" + code} {
			if a := c.must(200, "GET", path, who, nil); a.get("text") != words {
				t.Errorf("%s does not read it: %s", who, a.text)
			}
		}
		if after := strings.Count(c.stored(), "review.reads_requests"); after <= before {
			t.Error("that a reviewer read it is not written down")
		}
		const reading = `"post":"review/first","body":"review","power":"review.reads_requests","purpose":"review"`
		if a := c.must(200, "GET", path, "code:"+code, nil); strings.Count(a.text, reading) != 1 {
			t.Errorf("whoever asked does not see who read it: %s", a.text)
		}
		for _, who := range []string{"", "review/first", "coord/chair"} {
			if a := c.must(200, "GET", path, who, nil); strings.Contains(a.text, "readings") {
				t.Errorf("%q sees who read it: %s", who, a.text)
			}
		}
		shown, err := http.PostForm(c.url+"/reviews/requests/"+n, url.Values{"act": {"show"}, "code": {code}})
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(shown.Body)
		shown.Body.Close()
		if err != nil || !strings.Contains(string(page), "Who read it") || !strings.Contains(string(page), "to review it") {
			t.Errorf("the page does not show who read it: %v\n%s", err, page)
		}
		if a := c.must(200, "GET", "/reviews/requests/"+n, "review/first", nil); strings.Contains(a.text, "Who read it") {
			t.Error("the page shows others who read it")
		}
		c.must(403, "POST", path+"/turn-down", "pwd/head", object{"law": "l", "reasons": "r"})
		c.must(422, "POST", path+"/turn-down", "review/first", object{"law": "l", "reasons": "Call 617-555-0134."})

		second := c.asksReview("policy", "matter.accept", "No law says so.")
		other := "/api/review-requests/" + second.get("request")
		c.must(201, "POST", other+"/turn-down", "review/first", object{"law": "Charter 4", "reasons": "The charter says so in so many words."})
		c.must(403, "POST", other+"/turn-down", "review/second", object{"law": "l", "reasons": "r"})
		if a := c.must(200, "GET", other, "", nil); a.get("status") != "turned_down" || !strings.Contains(a.text, "in so many words") {
			t.Errorf("why it is not examined is not public: %s", a.text)
		}
		c.must(422, "POST", path+"/take-back", "code:"+second.get("tracking"), nil)

		f := c.must(201, "POST", "/api/findings", "review/first", object{"kind": "act", "thing": act, "asked": true, "why": "Somebody asked whether anybody was heard."}).get("finding")
		c.reacted()
		if a := c.must(200, "GET", path, "", nil); a.get("status") != "taken_up" || a.get("finding") != f {
			t.Errorf("the request does not follow the review: %s", a.text)
		}
		if a := c.must(409, "POST", "/api/review-requests", "", object{"kind": "act", "thing": act, "text": "x"}); !strings.Contains(a.text, f) {
			t.Errorf("whoever asks again is not led to the review: %s", a.text)
		}
		if a := c.must(200, "GET", "/api/review-requests", "", nil); strings.Contains(a.text, `"waits"`) {
			t.Errorf("what was taken up waits: %s", a.text)
		}
		c.must(201, "POST", "/api/findings/"+f+"/account", "pwd/head", object{"text": "We always do it so."})
		c.must(201, "POST", "/api/findings/"+f+"/find", "review/first", object{"unlawful": true, "against": []string{"procedure"}, "law": "Charter 7", "reasons": "Nobody was heard."})
		if page := c.must(200, "GET", "/reviews/requests/"+n, "", nil).text; !strings.Contains(page, "/findings/"+f) {
			t.Error("the page of the request does not lead to the finding")
		}
		c.must(201, "POST", path+"/take-back", "code:"+code, nil)
		if a := c.must(200, "GET", path, "code:"+code, nil); a.get("text") != "" || a.get("status") != "taken_up" {
			t.Errorf("taken back: %s", a.text)
		}
		third := c.asksReview("policy", "matter.answer", "Quillwort says not.")
		c.turn(20 * day)
		if a := c.must(200, "GET", "/api/acts?limit=1000&after="+c.newestAct(), "", nil); !strings.Contains(a.text, "review.urged") && !strings.Contains(c.stored(), "review.urged") {
			t.Errorf("silence is not told: %s", a.text)
		}
		c.must(201, "POST", "/api/review-requests/"+third.get("request")+"/turn-down", "review/first", object{"law": "l", "reasons": "No."})
		c.turn(200 * day)
		if a := c.must(200, "GET", "/api/review-requests/"+third.get("request"), "code:"+third.get("tracking"), nil); a.get("text") != "" {
			t.Errorf("it is kept longer than it serves: %s", a.text)
		}
		c.holds()
	})
}

// The form works without cookie and without script; sent twice it is entered once and gives the same code, and what was wrong is kept.
func TestAskingByForm(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	m := c.accepted()
	page := c.must(200, "GET", "/matters/"+m.number, "", nil).text
	i := strings.Index(page, "/reviews/ask?kind=act")
	if i < 0 {
		t.Fatal("a matter's page does not lead to the form")
	}
	path := strings.ReplaceAll(page[i:i+strings.IndexByte(page[i:], '"')], "&amp;", "&")
	if form := c.must(200, "GET", path, "", nil).text; !strings.Contains(form, "/matters/"+strings.ReplaceAll(m.number, "-", "")) {
		t.Errorf("the form does not say what is asked about: %s", form)
	}
	q, err := url.ParseQuery(path[strings.IndexByte(path, '?')+1:])
	if err != nil {
		t.Fatal(err)
	}
	send := func(text string) *http.Response {
		return c.form("/reviews/ask", "once", strings.Repeat("A", 26), "kind", "act", "thing", q.Get("thing"), "aspects", "power", "text", text)
	}
	if res := send(""); res.StatusCode != 422 {
		t.Errorf("without words: %d", res.StatusCode)
	}
	one, two := send("Who may do that?"), send("Who may do that?")
	if one.StatusCode != 201 || two.StatusCode != 201 || len(one.Cookies()) != 0 {
		t.Fatalf("the form: %d, %d, %v", one.StatusCode, two.StatusCode, one.Header)
	}
	if n := strings.Count(c.must(200, "GET", "/api/review-requests", "", nil).text, `"request":`); n != 1 {
		t.Errorf("sent twice, it stands %d times", n)
	}
	if res := send("Something else"); res.StatusCode != http.StatusConflict && res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another text under the same key: %d", res.StatusCode)
	}
	hidden := lamp("x")
	hidden["visibility"] = "private"
	p := c.report(hidden)
	c.act(201, p, "accept", "pwd/head", nil)
	if page := c.must(200, "GET", "/matters/"+p.number, "code:"+p.code, nil).text; strings.Contains(page, "/reviews/ask?kind=act") {
		t.Error("an act of a private matter, which has no public name, leads to the form")
	}
	c.holds()
}

// From a resident's form to the published finding that was answered, in a browser, in both languages, with and without script.
func TestLegalReviewInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 30)
	c.site.PublicURL = c.url
	args := []string{c.url, c.key("review/first") + "," + c.key("pwd/head")}
	for range 2 {
		args = append(args, c.accepted().number)
	}
	c.reactingWhile(func() { browser.Run(t, "request_test.mjs", args...) })
	all := c.must(200, "GET", "/api/findings", "", nil).json["findings"].([]any)
	if len(all) != 2 || slices.ContainsFunc(all, func(f any) bool {
		return fmt.Sprint(f.(object)["asked"]) != "true" || f.(object)["status"] != "answered"
	}) {
		t.Errorf("findings: %v", all)
	}
	c.holds()
}
