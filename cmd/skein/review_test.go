package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"skein/face/front"
	"skein/frame/store"
	"skein/internal/browser"
	"skein/internal/pgtest"
	"skein/rooms/review"
)

// reacted lets the rooms answer each other's acts, to the end.
func (c *city) reacted() {
	c.Helper()
	for range 3 {
		if err := c.realm.CatchUp(context.Background()); err != nil {
			c.Fatal(err)
		}
	}
}

// answered is a matter that Public Works has answered.
func (c *city) answered(fields map[string]any) told {
	c.Helper()
	m := c.report(fields)
	stage(c, m, "answered")
	return m
}

// appealed appeals against something of a matter, and says the number of the appeal.
func (c *city) appealed(m told, of, reason string) string {
	c.Helper()
	c.act(201, m, "appeal", "code:"+m.code, object{"of": of, "ground": "facts_unclear", "reason": reason})
	c.reacted()
	return m.number + "-1"
}

func (c *city) on(want int, appeal, command, who string, body object) answer {
	c.Helper()
	if body == nil {
		body = object{}
	}
	return c.must(want, "POST", "/api/appeals/"+appeal+"/"+command, who, body)
}

func ruling(result string, more object) object {
	d := object{"result": result, "law": "Charter 4", "found": "The lamp is dark, says the log of the grid.", "reasons": "The answer did not look at it."}
	for k, v := range more {
		d[k] = v
	}
	return d
}

// An appeal from the resident's word to a decision that the matter's clock obeys and everyone reads without names.
func TestAppealToTheEnd(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.answered(lamp("Quillwort"))
		me := "code:" + m.code
		n := c.appealed(m, "answer", "It is dark. Ask Petra Holm, 617-555-0134.")

		a := c.must(200, "GET", "/api/appeals/"+n, me, nil)
		if a.get("status") != "open" || a.get("respondent") != "pwd" || a.get("law") == "" || a.get("due") == "" || !strings.Contains(a.text, "Petra") || !strings.Contains(fmt.Sprint(a.json["stay"]), "lapse") {
			t.Fatalf("the appeal: %s", a.text)
		}
		if a := c.must(200, "GET", "/api/appeals/"+n, "", nil); strings.Contains(a.text, "Petra") || a.get("held") != "1" {
			t.Errorf("everyone reads why: %s", a.text)
		}
		if a := c.must(200, "GET", "/api/matters/"+m.number+"/story", "", nil); !strings.Contains(a.text, "silence does not close") {
			t.Errorf("the stay is not told: %s", a.text)
		}
		c.turn(20 * day)
		c.status(m, "answered") // silence has not closed it

		for _, who := range []string{"pwd/head", "info/desk", "park/head", "coord/chair", "court/judge", ""} {
			c.on(403, n, "take", who, nil)
		}
		if a := c.must(200, "GET", "/api/appeals/queue", "review/first", nil); !strings.Contains(a.text, n) || !strings.Contains(a.text, `"status":"open"`) {
			t.Errorf("the queue: %s", a.text)
		}
		c.must(403, "GET", "/api/appeals/queue", "", nil)
		c.on(201, n, "take", "review/first", nil)
		c.on(409, n, "take", "review/second", nil)
		if a := c.must(200, "GET", "/api/matters/"+m.number, "review/first", nil); !strings.Contains(a.text, "Quillwort") {
			t.Errorf("the reviewer does not read the file: %s", a.text)
		}
		c.must(403, "POST", "/api/matters/"+m.number+"/answer", "review/first", object{"outcome": "fixed", "reason": "x"})
		c.on(403, n, "decide", "review/second", ruling("upheld", nil))
		c.on(409, n, "decide", "review/first", ruling("upheld", nil)) // the reply may still come
		c.on(403, n, "reply", "park/head", object{"text": "x"})
		c.on(201, n, "reply", "pwd/head", object{"text": "We looked in June."})
		c.on(201, n, "ask-hearing", me, object{"reason": "I have a picture."})
		c.on(409, n, "decide", "review/first", ruling("upheld", nil)) // she has not been heard
		hour := c.now.In(c.site.Zone()).AddDate(0, 0, 8)
		c.on(422, n, "call-hearing", "review/first", object{"at": c.now.In(c.site.Zone()).Format("2006-01-02T15:04"), "place": "Room 5"})
		c.on(201, n, "call-hearing", "review/first", object{"at": hour.Format("2006-01-02T15:04"), "place": "Room 5"})
		c.on(409, n, "hold-hearing", "review/first", object{"record": "x"})
		c.turn(9 * day)
		c.on(201, n, "hold-hearing", "review/first", object{"appellant": true, "record": "Petra Holm showed the picture."})
		c.on(201, n, "extend", "review/first", object{"reason": "The grid's log is awaited."})
		if a := c.on(422, n, "decide", "review/first", object{"result": "quashed", "law": "", "found": "", "reasons": ""}); strings.Count(a.text, "review.missing") != 3 {
			t.Errorf("not every part that lacks is told: %s", a.text)
		}
		c.on(201, n, "decide", "review/first", ruling("quashed", object{"reasons": "Petra Holm (617-555-0134) is right."}))
		c.on(409, n, "decide", "review/first", ruling("upheld", nil))
		c.reacted()
		a = c.status(m, "assigned")
		story := c.must(200, "GET", "/api/matters/"+m.number+"/story", "", nil).text
		if !strings.Contains(story, "The review quashed the answer") || !strings.Contains(story, "Round 2 begins") || a.get("lead") != "pwd" {
			t.Errorf("the matter does not obey: %s", story)
		}

		if a := c.must(200, "GET", "/api/appeals/"+n, "", nil); a.get("result") != "quashed" || strings.Contains(a.text, "Petra") || a.get("contest_by") == "" {
			t.Errorf("what everyone sees of the decision: %s", a.text)
		}
		if a := c.must(200, "GET", "/api/appeals/"+n, "review/first", nil); !strings.Contains(a.text, `"kind":"phone"`) {
			t.Errorf("the reviewer is not shown what looks like somebody's data: %s", a.text)
		}
		c.on(422, n, "publish", "review/first", object{"found": "The lamp is dark.", "reasons": "Whoever appealed (617-555-0134) is right."})
		c.on(201, n, "publish", "review/first", object{"found": "The lamp is dark.", "reasons": "Whoever appealed is right."})
		a = c.must(200, "GET", "/api/appeals/"+n, "", nil)
		if !strings.Contains(a.text, "Whoever appealed is right.") || strings.Contains(a.text, "Petra") || strings.Contains(a.text, "617-555") {
			t.Errorf("published: %s", a.text)
		}
		if a := c.must(200, "GET", "/api/appeals?result=quashed", "", nil); !strings.Contains(a.text, n) {
			t.Errorf("the register: %s", a.text)
		}
		if a := c.must(200, "GET", "/api/appeals/"+n, "court/judge", nil); !strings.Contains(a.text, "Petra") {
			t.Errorf("a court does not read the file: %s", a.text)
		}
		c.holds()
	})
}

// Declines, withholdings and maskings are appealed as answers are, and obeyed.
func TestAppealsOfOtherActs(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	decide := func(n, result string, more object) {
		t.Helper()
		c.on(201, n, "take", "review/first", nil)
		c.turn(11 * day)
		c.on(201, n, "decide", "review/first", ruling(result, more))
		c.reacted()
	}
	declined := c.report(lamp("x"))
	stage(c, declined, "declined")
	n := c.appealed(declined, "decline", "It is yours.")
	if a := c.must(200, "GET", "/api/appeals/"+n, "", nil); a.get("respondent") != "coord" || a.json["stay"] != nil {
		t.Errorf("whose act a decline is: %s", a.text)
	}
	decide(n, "sent_back", object{"within": "5d", "directions": "Ask the state first."})
	a := c.status(declined, "assigned")
	due, _ := time.Parse("2006-01-02T15:04:05-07:00", a.get("due"))
	if left := due.Sub(c.now.Time()); left < 4*day || left > 6*day {
		t.Errorf("the reviewer's limit is not the matter's: %s", a.text)
	}
	if a := c.must(200, "GET", "/api/matters/"+declined.number, "pwd/head", nil); !strings.Contains(a.text, "Ask the state first.") {
		t.Errorf("the directions do not reach the body: %s", a.text)
	}

	withheld := c.report(lamp("Say it aloud"))
	item := c.items(withheld)[0]
	c.act(201, withheld, "withhold", "info/desk", object{"items": []string{item}, "ground": "personal_data"})
	n = c.appealed(withheld, "withholding", "It names nobody.")
	c.on(403, n, "take", "info/desk", nil)
	if a := c.must(200, "GET", "/api/appeals/"+n, "code:"+withheld.code, nil); a.get("respondent") != "info" || !strings.Contains(a.text, item) {
		t.Errorf("whose act a withholding is, and of what: %s", a.text)
	}
	decide(n, "varied", object{"show": []string{item}})
	c.act(422, withheld, "withhold", "info/desk", object{"items": []string{item}, "ground": "personal_data"})
	c.act(201, withheld, "release", "info/desk", object{"items": []string{item}})
	if a := c.must(200, "GET", "/api/matters/"+withheld.number, "", nil); !strings.Contains(a.text, "Say it aloud") {
		t.Errorf("what must be shown is not: %s", a.text)
	}

	masked := c.report(lamp("By Mr Brown"))
	c.act(201, masked, "redact", "info/desk", object{"item": c.items(masked)[0], "text": "By [all of it]", "ground": "personal_data"})
	n = c.appealed(masked, "masking", "Too much.")
	c.on(201, n, "take", "review/second", nil)
	c.turn(11 * day)
	c.on(422, n, "decide", "review/second", ruling("quashed", nil))
	c.on(201, n, "decide", "review/second", ruling("sent_back", object{"within": "2d", "directions": "Mask the name alone."}))
	c.reacted()

	gone := c.answered(lamp("x"))
	n = c.appealed(gone, "answer", "No.")
	c.on(201, n, "withdraw", "code:"+gone.code, nil)
	c.reacted()
	c.turn(30 * day)
	c.status(gone, "closed") // silence counts again
	c.holds()
}

// Of an appeal on a private matter nobody learns that there is one.
func TestPrivateAppeals(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	fields := lamp("Quillwort")
	fields["visibility"] = "private"
	m := c.answered(fields)
	n := c.appealed(m, "answer", "Quillwort")
	hidden := func(when string) {
		t.Helper()
		for _, who := range []string{"", "park/head", "court/judge"} {
			for _, path := range []string{"/api/appeals/" + n, "/reviews/" + n, "/api/appeals/" + n + "/possible", "/api/appeals?after=" + n} {
				ask := func(n string) string {
					a := c.do("GET", strings.ReplaceAll(path, m.number, n), who, nil)
					a.header.Del("Date")
					a.header.Del("Content-Length")
					return strings.ReplaceAll(fmt.Sprint(a.status, a.header, a.text), n, "N")
				}
				if got, none := ask(m.number), ask("123-456-7897"); got != none || !strings.HasPrefix(got, "404") {
					t.Errorf("%s, %s as %q: %s", when, path, who, got)
				}
			}
			for _, path := range []string{"/api/appeals", "/reviews", "/api/appeals/queue", "/api/acts?limit=1000"} {
				if a := c.do("GET", path, who, nil); strings.Contains(a.text, m.number) {
					t.Errorf("%s, %s as %q knows of it", when, path, who)
				}
			}
		}
	}
	hidden("open")
	if a := c.must(200, "GET", "/api/appeals/"+n, "code:"+m.code, nil); !strings.Contains(a.text, "Quillwort") {
		t.Error("whoever appealed does not read it")
	}
	c.on(201, n, "take", "review/first", nil)
	c.turn(11 * day)
	c.on(201, n, "decide", "review/first", ruling("upheld", nil))
	c.on(409, n, "publish", "review/first", object{"found": "x", "reasons": "x"})
	hidden("decided")

	// one that turns private takes its appeal with it
	m = c.answered(lamp("Quillwort"))
	n = c.appealed(m, "answer", "Quillwort")
	c.on(201, n, "take", "review/first", nil)
	c.turn(11 * day)
	c.on(201, n, "decide", "review/first", ruling("quashed", nil))
	c.on(201, n, "publish", "review/first", object{"found": "Quillwort.", "reasons": "x"})
	c.reacted()
	c.act(201, m, "correct", "info/desk", object{"visibility": "private", "reason": "she asked for it"})
	c.reacted()
	hidden("turned private")
	c.holds()
}

// An officer who sits in a post that had a hand in it does not review it in another post of hers; and whoever handles it
// while it is reviewed is out from then on.
func TestOnePersonInTwoPosts(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30, settings{signIn: `{"passwords": true}`})
	m := c.answered(lamp("x"))
	n := c.appealed(m, "answer", "No.")
	v := c.visitor()
	v.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
	mustRun(t, 0, append([]string{"officer", "new", "--post", "review/first", "--email", "head@pwd.example", "--name", "Sam Sample (invented)"}, c.at()...)...)
	if err := c.realm.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	v.want(303, "POST", "/me/post", url.Values{"post": {"review/first"}})
	if a := v.ask("POST", "/reviews/"+n, url.Values{"act": {"take"}}); a.status != 403 || !strings.Contains(a.text, "does not review it") {
		t.Errorf("she reviews what she answered: %d %s", a.status, a.text)
	}
	c.act(201, m, "withhold", "info/desk", object{"items": c.items(m)[:1], "ground": "personal_data"})
	c.reacted()
	state, err := (&review.API{Site: c.site}).Find(context.Background(), n)
	if err != nil || !slices.Contains(state.Posts, "info/desk") {
		t.Errorf("who handled it since is not noted: %v %v", state.Posts, err)
	}
}

// Nobody is forgotten: what a reviewer lets lie is told to the coordinating body, and decides nothing.
func TestSilentReviewers(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	m := c.answered(lamp("x"))
	n := c.appealed(m, "answer", "No.")
	c.turn(90 * day)
	a := c.must(200, "GET", "/api/appeals/"+n, "", nil)
	if a.get("status") != "open" || a.get("late") != "true" || a.get("result") != "" {
		t.Errorf("silence decided: %s", a.text)
	}
	c.status(m, "answered")
	page := c.must(200, "GET", "/reviews/"+n, "", nil).text
	if !strings.Contains(page, "Coordinating Office") || strings.Count(page, "data-late") < 2 {
		t.Error("that nobody took it is not told")
	}
	c.holds()
}

// Every door of appeals in the OpenAPI document is called: refused to a stranger, obeyed once a key.
func TestEveryDoorOfReviews(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	var api struct {
		Paths map[string]map[string]struct {
			Tags []string `json:"tags"`
		}
	}
	if err := json.Unmarshal([]byte(c.must(200, "GET", "/api/openapi.json", "", nil).text), &api); err != nil {
		t.Fatal(err)
	}
	m := c.answered(lamp("x"))
	n, me := c.appealed(m, "answer", "No."), "code:"+m.code
	other := c.answered(lamp("x"))
	gone := c.appealed(other, "answer", "No.")
	called := map[string]bool{}
	door := func(appeal, command, who string, body object) {
		t.Helper()
		path := "/api/appeals/" + appeal + "/" + command
		called["/api/appeals/{appeal}/"+command] = true
		if a := c.do("POST", path, "", body); a.status != 403 || !strings.Contains(a.header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s by a stranger: %d %s", path, a.status, a.text)
		}
		a := c.keyed("POST", path, who, "once "+command+appeal, body)
		again := c.keyed("POST", path, who, "once "+command+appeal, body)
		if a.status != 201 || again.status != 201 || again.get("again") != "true" || fmt.Sprint(a.json["acts"]) != fmt.Sprint(again.json["acts"]) || !strings.Contains(a.text, `"commitment"`) {
			t.Errorf("%s: %d %s\nagain: %d %s", path, a.status, a.text, again.status, again.text)
		}
	}
	door(n, "take", "review/second", object{})
	door(n, "recuse", "review/second", object{"reason": "My street."})
	c.on(201, n, "take", "review/first", nil)
	door(n, "reply", "pwd/head", object{"text": "So."})
	door(n, "ask-hearing", me, object{})
	door(n, "waive-hearing", me, object{})
	door(gone, "ask-hearing", "code:"+other.code, object{})
	c.on(201, gone, "take", "review/first", nil)
	door(gone, "call-hearing", "review/first", object{"at": c.now.Add(8 * day).Time().Format(time.RFC3339), "place": "Here"})
	c.turn(9 * day)
	door(gone, "hold-hearing", "review/first", object{"record": "Nobody came."})
	door(gone, "withdraw", "code:"+other.code, object{})
	door(n, "extend", "review/first", object{"reason": "Time."})
	door(n, "decide", "review/first", ruling("upheld", nil))
	door(n, "publish", "review/first", object{"found": "x", "reasons": "y"})
	for path, has := range map[string]string{
		"/api/appeals?limit=1": `"next":`, "/api/appeals/rules": `"grounds":`, "/api/appeals/" + n: `"result":"upheld"`, "/api/appeals/" + n + "/possible": `[]`,
	} {
		called[strings.Replace(strings.Split(path, "?")[0], n, "{appeal}", 1)] = true
		if a := c.must(200, "GET", path, "", nil); !strings.Contains(a.text, has) {
			t.Errorf("%s: %s", path, a.text)
		}
	}
	called["/api/appeals/queue"] = true
	c.must(200, "GET", "/api/appeals/queue", "review/first", nil)
	for path, methods := range api.Paths {
		for _, op := range methods {
			if slices.Contains(op.Tags, "reviews") && !called[path] && !strings.HasPrefix(path, "/api/findings") && !strings.HasPrefix(path, "/api/review-requests") { // those: TestRecommendation, TestLegalReview, TestLegalReviewAskedFor
				t.Errorf("%s is in the OpenAPI document and is not called", path)
			}
		}
	}
	// the register is paged by the number of the last row: the pages together are the whole, each once
	var paged []string
	for path := "/api/appeals?limit=1"; path != ""; {
		a := c.must(200, "GET", path, "", nil)
		for _, row := range a.json["appeals"].([]any) {
			paged = append(paged, row.(object)["number"].(string))
		}
		path = ""
		if link, _, more := strings.Cut(a.header.Get("Link"), `>; rel="next"`); more {
			path = strings.TrimPrefix(link, "<https://skein.example")
		}
	}
	if len(paged) != 2 || paged[0] == paged[1] {
		t.Errorf("pages of the register: %v", paged)
	}
}

// What is offered is what would be done, in every state of an appeal and for every kind of asker.
func TestWhatIsOfferedOfAppealsIsDone(t *testing.T) {
	t.Parallel()
	slow(t)
	tries := map[string]object{
		"take": {}, "recuse": {"reason": "r"}, "reply": {"text": "t"}, "ask-hearing": {}, "waive-hearing": {}, "hold-hearing": {"record": "r"}, "extend": {"reason": "r"},
		"decide": ruling("upheld", nil), "publish": {"found": "f", "reasons": "r"}, "withdraw": {},
	}
	c := newCity(t, "", 30)
	for _, stage := range []string{"open", "taken", "replied", "asked", "called", "decided", "published", "withdrawn"} {
		fresh := func() (n, me string) {
			m := c.answered(lamp("x"))
			n, me = c.appealed(m, "answer", "No."), "code:"+m.code
			reach(c, n, me, stage)
			return n, me
		}
		for _, who := range []string{"me", "pwd/head", "review/first", "review/second", "court/judge", "info/desk", ""} {
			n, me := fresh()
			as := func(me string) string {
				if who == "me" {
					return me
				}
				return who
			}
			var offered []struct{ Command string }
			if err := json.Unmarshal([]byte(c.must(200, "GET", "/api/appeals/"+n+"/possible", as(me), nil).text), &offered); err != nil {
				t.Fatal(err)
			}
			for command, body := range tries {
				is := slices.ContainsFunc(offered, func(p struct{ Command string }) bool { return p.Command == command })
				if is { // what is done changes the appeal, what is refused does not
					n, me = fresh()
				}
				if a := c.do("POST", "/api/appeals/"+n+"/"+command, as(me), body); (a.status == http.StatusCreated) != is {
					t.Errorf("%s, %s by %q: offered %v, done %d %s", stage, command, who, is, a.status, a.text)
				}
				if is {
					n, me = fresh()
				}
			}
		}
	}
}

// reach brings an appeal to a stage.
func reach(c *city, n, me, stage string) {
	c.Helper()
	if stage == "open" {
		return
	}
	if stage == "withdrawn" {
		c.on(201, n, "withdraw", me, nil)
		return
	}
	c.on(201, n, "take", "review/first", nil)
	if stage == "taken" {
		return
	}
	c.on(201, n, "reply", "pwd/head", object{"text": "So."})
	switch stage {
	case "asked", "called":
		c.on(201, n, "ask-hearing", me, nil)
		if stage == "called" {
			c.on(201, n, "call-hearing", "review/first", object{"at": c.now.Add(8 * day).Time().Format(time.RFC3339), "place": "Here"})
		}
	case "decided", "published":
		c.on(201, n, "decide", "review/first", ruling("upheld", nil))
		if stage == "published" {
			c.on(201, n, "publish", "review/first", object{"found": "f", "reasons": "r"})
		}
	}
}

// An appeal in a real browser, from the resident's form to the published decision, in both languages.
func TestAppealInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 30)
	c.site.PublicURL = c.url
	args := []string{c.url, c.key("review/first") + "," + c.key("pwd/head")}
	for range 2 {
		m := c.answered(lamp("Lamp out"))
		args = append(args, m.number, m.code)
	}
	c.reactingWhile(func() { browser.Run(t, "review_test.mjs", args...) })
	c.holds()
}

// reactingWhile does something while what follows acts is done by itself, as in a realm that is served.
func (c *city) reactingWhile(do func()) {
	c.Helper()
	done := make(chan struct{})
	var reacting sync.WaitGroup
	reacting.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
				if err := c.realm.CatchUp(context.Background()); err != nil {
					c.Error(err)
					return
				}
			}
		}
	})
	defer func() { // also when the browser says that something is wrong
		close(done)
		reacting.Wait()
	}()
	do()
}

// Letters lead to where they are about.
func TestLettersOfReviews(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 1)
	for key, k := range map[string]struct {
		args map[string]any
		path string
	}{
		"review.note.decided":  {map[string]any{"number": "644-495-6746-1", "due": json.Number("1326258046933517")}, "/reviews/644-495-6746-1\n"},
		"review.note.unlawful": {map[string]any{"finding": "0123456789ab", "due": json.Number("1326258046933517")}, "/findings/0123456789ab\n"},
		"guide.note.overdue":   {map[string]any{"article": "pothole", "due": json.Number("1326258046933517")}, "/guide/pothole/edit\n"},
		"review.note.urged":    {map[string]any{"request": "0123456789ab", "due": json.Number("1326258046933517")}, "/reviews/requests/0123456789ab\n"},
		"matter.note.told":     {map[string]any{"number": "644-495-6746"}, "/matters/644-495-6746\n"},
	} {
		for _, lang := range []string{"en", "zh-Hans"} {
			text := letters{c.site}.Render(lang, key, k.args)
			subject := letters{c.site}.Render(lang, key+".subject", k.args)
			if !strings.HasSuffix(text, "https://skein.example"+k.path) || strings.ContainsAny(text+subject, "{}") || strings.Contains(subject, "note") || strings.Contains(subject, "https:") {
				t.Errorf("%s in %s: %q %q", key, lang, subject, text)
			}
		}
	}
}

// What was said in an appeal goes with the matter's box, what was published too; what was decided stays.
func TestErasedAppeal(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	ctx := context.Background()
	m := c.answered(lamp("Quillwort"))
	n := c.appealed(m, "answer", "Quillwort")
	c.on(201, n, "take", "review/first", nil)
	c.on(201, n, "reply", "pwd/head", object{"text": "Quillwort"})
	c.on(201, n, "decide", "review/first", ruling("upheld", object{"reasons": "Quillwort"}))
	c.on(201, n, "publish", "review/first", object{"found": "Quillwort", "reasons": "Quillwort"})
	state, err := (&review.API{Site: c.site}).Find(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	err = c.app.db.Update(ctx, func(tx *store.Tx) error {
		return c.app.vault.Erase(ctx, tx, c.realm.ID, []string{string(state.Appellant)}, *c.now)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"", "code:" + m.code, "review/first", "court/judge"} {
		for _, path := range []string{"/api/appeals/" + n, "/reviews/" + n} {
			if a := c.must(200, "GET", path, who, nil); strings.Contains(a.text, "Quillwort") {
				t.Errorf("%s as %q still shows it", path, who)
			}
		}
	}
	if strings.Contains(c.stored(), "Quillwort") {
		t.Error("a table still holds it")
	}
	if a := c.must(200, "GET", "/api/appeals/"+n, "", nil); a.get("result") != "upheld" || a.get("published") == "" {
		t.Errorf("what was decided went with it: %s", a.text)
	}
	other := c.answered(lamp("x"))
	open := c.appealed(other, "answer", "No.")
	state, _ = (&review.API{Site: c.site}).Find(ctx, open)
	if err := c.app.db.Update(ctx, func(tx *store.Tx) error {
		return c.app.vault.Erase(ctx, tx, c.realm.ID, []string{string(state.Appellant)}, *c.now)
	}); err != nil {
		t.Fatal(err)
	}
	c.on(201, open, "take", "review/first", nil)
	if a := c.on(409, open, "recuse", "review/first", object{"reason": "x"}); !strings.Contains(a.text, "review.erased") {
		t.Errorf("a text is sealed into nothing: %s", a.text)
	}
	// Whoever has a matter erased withdraws what she appealed with it.
	third := c.answered(lamp("x"))
	pending := c.appealed(third, "answer", "No.")
	c.on(201, pending, "take", "review/first", nil)
	c.act(201, third, "erase", "code:"+third.code, nil)
	if err := c.realm.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	if a := c.must(200, "GET", "/api/appeals/"+pending, "review/first", nil); a.get("status") != "withdrawn" {
		t.Errorf("it goes on without her: %s", a.text)
	}
	c.holds()
}
