package guide

import (
	"github.com/cedar-policy/cedar-go"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/search"
	"skein/internal/samples"
)

var utc = func() *calendar.Calendar {
	c, err := calendar.New(calendar.Spec{
		ID: "days", Version: "1", Title: calendar.Title{"en": "Days", "zh-Hans": "日"}, TimeZone: "UTC",
		WorkingWeekdays: []string{"mon"}, Opens: "00:00", HolidaysCount: true,
	})
	if err != nil {
		panic(err)
	}
	return c
}()

// day is a number of days from 2026-03-01.
func day(n int) civic.Instant {
	return civic.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n))
}

func dated(n int) string { return day(n).Time().Format(time.DateOnly) }

func post(p string) civic.Actor { return civic.Actor{Kind: civic.Post, Post: civic.PostID(p)} }

var (
	editor   = post("pwd/editor")
	head     = post("pwd/head")
	theClock = civic.Actor{Kind: civic.Clock}
)

// text is an article; words make one differ from another.
func article(words string, from, until, review int) *Document {
	d := &Document{Article: "lamp", Body: "pwd", Texts: map[string]Text{"en": {Title: "A lamp", Question: "Why dark?", Body: words}}, Review: dated(review)}
	if from != 0 {
		d.From = dated(from)
	}
	if until != 0 {
		d.Until = dated(until)
	}
	return d
}

type play struct {
	t     *testing.T
	is    State
	acts  []journal.Act
	texts map[string]*Document
}

func (p *play) do(c Command, doc *Document, who civic.Actor, at civic.Instant) ([]journal.Draft, civic.Refusals) {
	p.t.Helper()
	if p.texts == nil {
		p.texts = map[string]*Document{}
	}
	if doc != nil {
		p.texts[doc.Digest()] = doc
	}
	if _, ok := c.(Publish); ok && p.is.Draft != nil {
		doc = p.texts[p.is.Draft.Digest]
	}
	drafts, refusals := Decide(p.is, c, Facts{Now: at, Asker: who, Calendar: utc, Document: doc, Kept: 180, Article: func(code string) (State, bool) {
		return State{ID: ID(code), Seq: 1, Versions: []Version{{Number: 1, From: 1, Review: day(900)}}}, code == "other"
	}})
	if len(refusals) > 0 && len(drafts) > 0 {
		p.t.Fatal("both acts and refusals")
	}
	for _, d := range drafts {
		a := journal.Act{Dossier: ID("lamp"), Seq: p.is.Seq + 1, Type: d.Event.Type(), Actor: who.String(), Happened: at, Event: d.Event}
		if d.Actor != nil {
			a.Actor = d.Actor.String()
		}
		if d.Happened != 0 {
			a.Happened = d.Happened
		}
		if a.Happened < p.is.Last || a.Happened > at {
			p.t.Fatalf("%s happened out of order", a.Type)
		}
		_, draft := d.Event.(Drafted)
		_, gone := d.Event.(Discarded)
		if d.Private != (draft || gone) {
			p.t.Fatalf("%s is private: %v", a.Type, d.Private)
		}
		before := p.is
		p.is = Evolve(p.is, a)
		p.acts = append(p.acts, a)
		if e, ok := d.Event.(Published); ok {
			if before.Draft == nil || before.Draft.By == postOf(a.Actor) || e.Digest != before.Draft.Digest || e.Review <= e.From || e.Until != 0 && e.Until <= e.From || e.Number != len(p.is.Versions) {
				p.t.Fatalf("published wrongly: %+v of %+v", e, before.Draft)
			}
		}
	}
	return drafts, refusals
}

type move struct {
	at  int
	who civic.Actor
	cmd Command
	doc *Document
}

func write(at int, d *Document) move {
	return move{at, editor, Write{Article: d.Article, Digest: d.Digest(), Body: d.Body}, d}
}

func typesOf(drafts []journal.Draft) (out []string) {
	for _, d := range drafts {
		out = append(out, strings.TrimPrefix(d.Event.Type(), "guide."))
	}
	return out
}

func keys(rs civic.Refusals) (out []string) {
	for _, r := range rs {
		out = append(out, strings.TrimPrefix(r.Key, "guide."))
	}
	return out
}

func TestDecide(t *testing.T) {
	one, two := article("one", 0, 0, 100), article("two", 10, 30, 25)
	drafted := []move{write(1, one)}
	published := append(slices.Clone(drafted), move{2, head, Publish{1}, nil})
	coming := append(slices.Clone(published), write(3, two), move{4, head, Publish{2}, nil})
	withdrawn := append(slices.Clone(published), move{5, head, Withdraw{Reason: "r"}, nil})
	foreign := article("one", 0, 0, 100)
	foreign.Body = "park"
	for _, k := range []struct {
		name    string
		given   []move
		when    move
		then    []string
		refused []string
		inForce int // on the day of the move
	}{
		{name: "drafted", when: write(1, one), then: []string{"drafted"}},
		{name: "drafted anew", given: drafted, when: write(2, two), then: []string{"drafted"}},
		{name: "the same again", given: drafted, when: write(2, one), refused: []string{"same"}},
		{name: "without its text", when: move{1, editor, Write{Article: "lamp", Digest: one.Digest(), Body: "pwd"}, nil}, refused: []string{"document_missing"}},
		{name: "with another's text", when: move{1, editor, Write{Article: "lamp", Digest: one.Digest(), Body: "pwd"}, two}, refused: []string{"document_missing"}},
		{name: "for another body", given: drafted, when: write(2, foreign), refused: []string{"body_other"}},
		{name: "with a review that has passed", when: write(101, one), refused: []string{"review_unfit"}},
		{name: "ends before it begins", when: write(1, article("x", 10, 5, 20)), refused: []string{"until_before", "review_unfit"}},
		{name: "discarded", given: drafted, when: move{2, editor, Discard{1}, nil}, then: []string{"discarded"}},
		{name: "another is discarded", given: drafted, when: move{2, editor, Discard{2}, nil}, refused: []string{"draft_other"}},
		{name: "published", given: drafted, when: move{2, head, Publish{1}, nil}, then: []string{"published"}, inForce: 1},
		{name: "published by who drafted", given: drafted, when: move{2, editor, Publish{1}, nil}, refused: []string{"own_draft"}},
		{name: "another than was looked at", given: drafted, when: move{2, head, Publish{2}, nil}, refused: []string{"draft_other"}},
		{name: "none waits", given: published, when: move{3, head, Publish{1}, nil}, refused: []string{"no_draft"}, inForce: 1},
		{name: "not yet in force", given: coming, when: move{9, theClock, Tick{}, nil}, inForce: 1},
		{name: "takes effect", given: coming, when: move{10, theClock, Tick{}, nil}, then: []string{"took_effect"}, inForce: 2},
		{name: "overdue", given: coming, when: move{26, theClock, Tick{}, nil}, then: []string{"took_effect", "overdue"}, inForce: 2},
		{name: "its last day", given: coming, when: move{30, theClock, Tick{}, nil}, then: []string{"took_effect", "overdue"}, inForce: 2},
		{name: "ended", given: coming, when: move{31, theClock, Tick{}, nil}, then: []string{"took_effect", "overdue", "ended"}},
		{name: "a version before the coming one", given: append(slices.Clone(coming), write(5, article("three", 6, 0, 90))), when: move{5, head, Publish{3}, nil}, refused: []string{"from_order"}, inForce: 1},
		{name: "reviewed", given: published, when: move{50, head, Confirm{dated(200)}, nil}, then: []string{"reviewed"}, inForce: 1},
		{name: "reviewed late", given: published, when: move{150, head, Confirm{dated(200)}, nil}, then: []string{"overdue", "reviewed"}, inForce: 1},
		{name: "reviewed to an earlier day", given: published, when: move{50, head, Confirm{dated(60)}, nil}, refused: []string{"review_earlier"}, inForce: 1},
		{name: "reviewed to no day", given: published, when: move{50, head, Confirm{"soon"}, nil}, refused: []string{"day_form"}, inForce: 1},
		{name: "a draft is not reviewed", given: drafted, when: move{2, head, Confirm{dated(200)}, nil}, refused: []string{"not_in_force"}},
		{name: "withdrawn", given: published, when: move{5, head, Withdraw{Reason: "r", Instead: "other"}, nil}, then: []string{"withdrawn"}},
		{name: "for no reason and for nothing", given: published, when: move{5, head, Withdraw{Instead: "none"}, nil}, refused: []string{"reason_missing", "instead_unknown"}, inForce: 1},
		{name: "twice", given: withdrawn, when: move{6, head, Withdraw{Reason: "r"}, nil}, refused: []string{"not_in_force"}},
		{name: "and drafted again", given: withdrawn, when: write(6, one), then: []string{"drafted"}},
		{name: "nothing is owed", given: withdrawn, when: move{500, theClock, Tick{}, nil}},
	} {
		t.Run(k.name, func(t *testing.T) {
			p := &play{t: t}
			for _, m := range k.given {
				if _, refusals := p.do(m.cmd, m.doc, m.who, day(m.at)); len(refusals) > 0 {
					t.Fatal(m.cmd.Name(), refusals)
				}
			}
			drafts, refusals := p.do(k.when.cmd, k.when.doc, k.when.who, day(k.when.at))
			if got := keys(refusals); !slices.Equal(got, k.refused) {
				t.Fatalf("refused for %v, not %v", got, k.refused)
			}
			if got := typesOf(drafts); !slices.Equal(got, k.then) {
				t.Fatalf("acts %v, not %v", got, k.then)
			}
			v, in := p.is.InForce(day(k.when.at))
			if in != (k.inForce > 0) || in && v.Number != k.inForce {
				t.Errorf("in force: %v %d, not %d", in, v.Number, k.inForce)
			}
		})
	}
}

// Random histories: play.do holds on every act what is promised; the clock comes to an end, and the acts fold to the same article.
func TestRandomHistories(t *testing.T) {
	reached := map[string]int{}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 5))
		p := &play{t: t}
		now := 0
		for range 20 {
			now += r.IntN(20)
			who := editor
			if r.IntN(2) == 0 {
				who = head
			}
			switch r.IntN(7) {
			case 0, 1:
				until := 0
				if r.IntN(2) == 0 {
					until = now + r.IntN(60)
				}
				d := article(string(rune('a'+r.IntN(26))), now+r.IntN(20)-5, until, now+r.IntN(50))
				p.do(Write{Article: "lamp", Digest: d.Digest(), Body: "pwd"}, d, who, day(now))
			case 2, 3:
				p.do(Publish{Draft: p.is.Drafts - r.IntN(5)/4}, nil, who, day(now))
			case 4:
				p.do(Confirm{dated(now + r.IntN(90))}, nil, who, day(now))
			case 5:
				if r.IntN(3) == 0 {
					p.do(Withdraw{Reason: "r"}, nil, who, day(now))
				} else if r.IntN(3) == 0 {
					p.do(Discard{p.is.Drafts}, nil, who, day(now))
				}
			default:
				if p.is.Exists() {
					p.do(Tick{}, nil, theClock, day(now))
					if at := Wake(p.is); at != 0 && at <= day(now) {
						t.Fatal("the clock has done what it owes and still wakes")
					}
				}
			}
		}
		var again State
		for _, a := range p.acts {
			again = Evolve(again, a)
			reached[a.Type]++
		}
		if !reflect.DeepEqual(again, p.is) {
			t.Fatal("the fold of its acts is another article")
		}
	}
	for _, e := range Events() {
		if reached[e.Type()] == 0 {
			t.Errorf("no random history reaches %s", e.Type())
		}
	}
}

func TestFeedbackDecides(t *testing.T) {
	lamp := State{ID: ID("lamp"), Seq: 3, Body: "pwd", Versions: []Version{{Number: 1, From: day(1), Review: day(90)}, {Number: 2, From: day(5), Review: day(90)}}}
	facts := func(at civic.Instant) Facts {
		return Facts{Now: at, Kept: 10, Article: func(code string) (State, bool) { return lamp, code == "lamp" }}
	}
	no := Tell{Random: "a", Article: "lamp", Of: 2, Body: "pwd", Missing: "digest", Box: "box"}
	drafts, refusals := DecideFeedback(Feedback{}, no, facts(day(6)))
	if len(refusals) > 0 || len(drafts) != 1 {
		t.Fatal(refusals)
	}
	told := EvolveFeedback(Feedback{}, journal.Act{Dossier: feedbackID("a"), Seq: 1, Happened: day(6), Event: drafts[0].Event})
	if told.Until != day(16) || WakeFeedback(told) != day(16) || told.Of != 2 {
		t.Errorf("%+v", told)
	}
	if drafts, _ := DecideFeedback(told, Forget{}, facts(day(15))); drafts != nil {
		t.Error("forgotten too early")
	}
	drafts, _ = DecideFeedback(told, Forget{}, facts(day(17)))
	if len(drafts) != 1 || !slices.Equal(drafts[0].Erases, []string{"box"}) {
		t.Fatalf("%+v", drafts)
	}
	gone := EvolveFeedback(told, journal.Act{Dossier: told.ID, Seq: 2, Event: drafts[0].Event})
	if gone.Box != "" || gone.Missing != "" || WakeFeedback(gone) != 0 || gone.Of != 2 {
		t.Errorf("%+v", gone)
	}
	for _, k := range []struct {
		s    Feedback
		c    Command
		want string
	}{
		{told, no, "told_before"}, {Feedback{}, Tell{Article: "none"}, "none"}, {Feedback{}, Tell{Article: "lamp", Answered: true, Missing: "d", Box: "b"}, "missing_unfit"},
		{Feedback{}, Tell{Article: "lamp", Missing: "d"}, "missing_unfit"}, {Feedback{}, Tick{}, "command_unknown"},
	} {
		if _, refusals := DecideFeedback(k.s, k.c, facts(day(6))); !slices.Equal(keys(refusals), []string{k.want}) {
			t.Errorf("%+v: %v, not %s", k.c, refusals, k.want)
		}
	}
}

// All actions for all kinds of principal; whatever is not listed is denied.
func TestPolicies(t *testing.T) {
	set, err := cedar.NewPolicySetFromBytes("policies.cedar", Policies)
	if err != nil {
		t.Fatal(err)
	}
	world := types.EntityMap{}
	var cast []types.EntityUID
	put := func(id string, roles ...string) {
		var set []types.Value
		for _, r := range roles {
			set = append(set, types.String(r))
		}
		body, _, _ := strings.Cut(id, "/")
		uid := types.NewEntityUID("Post", types.String(id))
		world[uid] = types.Entity{UID: uid, Attributes: types.NewRecord(types.RecordMap{"body": types.NewEntityUID("Body", types.String(body)), "kind": types.String("public"), "roles": types.NewSet(set...)})}
		cast = append(cast, uid)
	}
	everything := strings.Fields("desk handler supervisor coordinator registrar list_keeper reviewer judicial guide_editor")
	put("pwd/editor", "guide_editor")
	put("pwd/other", "guide_editor")
	put("pwd/head", "supervisor")
	put("pwd/crew", "desk", "handler", "registrar", "list_keeper", "coordinator", "reviewer", "judicial")
	put("park/all", everything...)
	put("pwd/all", everything...)
	cast = append(cast, types.NewEntityUID("Resident", "ann"), types.NewEntityUID("Clock", "realm"), types.NewEntityUID("Operator", "machine"))
	full := strings.Fields("draft discard publish review withdraw read_draft read_feedback")
	may := map[string][]string{
		`Post::"pwd/editor"`: strings.Fields("draft discard review withdraw read_draft read_feedback"), // it drafted
		`Post::"pwd/other"`:  full, `Post::"pwd/all"`: full,
		`Post::"pwd/head"`: strings.Fields("publish review withdraw read_draft read_feedback"),
		`Resident::"ann"`:  {"tell"}, `Clock::"realm"`: {"tick", "forget"},
		`Operator::"machine" imported`: {"draft", "publish", "withdraw"},
	}
	article := Resource(ID("lamp"), State{Body: "pwd", Draft: &Draft{By: "pwd/editor"}}, nil)
	feedback := FeedbackResource(feedbackID("x"), Feedback{Body: "pwd"}, nil)
	world[article.UID], world[feedback.UID] = article, feedback
	of := map[string]types.EntityUID{ActionReadDraft: article.UID, ActionReadFeedback: feedback.UID}
	for _, c := range Commands() {
		of[c.Name()] = article.UID
	}
	for _, c := range FeedbackCommands() {
		of[c.Name()] = feedback.UID
	}
	for _, who := range cast {
		for action, thing := range of {
			for _, imported := range []bool{false, true} {
				name := who.String()
				if imported && who.Type == "Operator" {
					name += " imported"
				}
				want := slices.Contains(may[name], strings.TrimPrefix(action, "guide."))
				ok, why := cedar.Authorize(set, world, cedar.Request{Principal: who, Action: types.NewEntityUID("Action", types.String(action)), Resource: thing,
					Context: types.NewRecord(types.RecordMap{"imported": types.Boolean(imported), "inferred": types.False, "now": types.Long(0)})})
				if len(why.Errors) > 0 || bool(ok) != want {
					t.Errorf("%s %s: %v, want %v %v", name, action, ok, want, why.Errors)
				}
			}
		}
	}
}

// A journal of any release is read for ever.
func TestEventsReadForEver(t *testing.T) {
	r := &journal.Registry{}
	r.Register(Events()...)
	r.Register(FeedbackEvents()...)
	digest := strings.Repeat("a", 64)
	samples.DecodeForEver(t, r,
		Drafted{Number: 1, Digest: digest, Body: "pwd"},
		Discarded{Number: 1},
		Published{Number: 1, Digest: digest, Body: "pwd", Languages: []string{"en", "zh-Hans"}, Drafter: "pwd/editor", From: 1309492800000000, Until: 1349492800000000, Review: 1329492800000000},
		TookEffect{Number: 2},
		Ended{Number: 2},
		Reviewed{Number: 1, Review: 1329492800000000},
		Overdue{Number: 1, Review: 1329492800000000},
		Withdrawn{Reason: digest, Instead: "lamp"},
		Told{Article: "lamp", Of: 1, Body: "pwd", Missing: digest, Box: "0abc", Until: 1329492800000000},
		Forgot{},
	)
}

var all = Known{
	Body: func(b civic.BodyID) bool { return b == "pwd" }, Category: func(c civic.Category) bool { return c == "lights" }, Place: func(p civic.PlaceID) bool { return p == "ward" },
}

const good = "article: lamp\nbody: pwd\nreview: 2026-09-01\ncategories: [lights]\nlaws:\n  - law: Charter 4\n    link: https://example.org/4\ntexts:\n  en:\n    title: A lamp\n    question: Why dark?\n    body: |\n      Report it.\n    keywords: [lamp]\n"

// What is wrong with a file is told by line and field, all of it at once.
func TestParse(t *testing.T) {
	for _, k := range []struct{ name, text, want string }{
		{"a.yaml", good, ""},
		{"a.md", "---\narticle: lamp\nbody: pwd\nreview: 2026-09-01\nlang: en\ntitle: A lamp\nquestion: Why?\n---\nReport it.\n", ""},
		{"a.yaml", "[1]", "line 1 guide.yaml"},
		{"a.yaml", "a: b: c", "line 1 guide.yaml"},
		{"a.yaml", "article: lamp\nodd: 1\n", "line 2: odd guide.field_unknown"},
		{"a.yaml", "article: lamp\narticle: lamp\n", "line 2: article guide.field_twice"},
		{"a.yaml", "texts: x\n", "line 1: texts guide.mapping_wanted"},
		{"a.md", "# A lamp", "line 1 guide.front_missing"},
		{"a.md", "---\narticle: lamp\n---\nx", "line 2: lang guide.lang_missing"},
		{"a.yaml", strings.Replace(good, "Report it.", "![x](https://e.org/x.png) <b>x</b> [y](javascript:z)", 1), "line 12: texts.en.body guide.no_images|line 12: texts.en.body guide.no_html|line 12: texts.en.body guide.link_unfit"},
		{"a.yaml", strings.Replace(strings.Replace(good, "pwd", "none", 1), "lights", "none", 1), "line 2: body guide.body_unknown|line 4: categories guide.category_unknown"},
		{"a.yaml", strings.Replace(good, "https:", "javascript:", 1), "line 5: laws guide.link_form"},
		{"a.yaml", strings.Replace(good, "2026-09-01", "soon", 1), "line 3: review guide.day_form"},
		{"a.yaml", strings.Replace(good, "  en:", "  fr:", 1), "line 8: texts guide.language_unknown"},
		{"a.yaml", strings.Replace(good, "article: lamp", "article: Lamp/../x", 1), "line 1: article guide.code_form"},
		{"a.yaml", strings.Repeat("x", mostDocument+1), " guide.file_large"},
	} {
		d, lines, refusals := Parse(k.name, []byte(k.text))
		if len(refusals) == 0 {
			refusals = lines.Name(d.Check(all))
		}
		var got []string
		for _, r := range refusals {
			got = append(got, r.Field+" "+r.Key)
		}
		if strings.Join(got, "|") != k.want {
			t.Errorf("%.60q: %q, not %q", k.text, strings.Join(got, "|"), k.want)
		}
	}
}

func TestJoin(t *testing.T) {
	en, zh := article("x", 0, 0, 9), article("x", 0, 0, 9)
	zh.Texts = map[string]Text{"zh-Hans": {Title: "灯"}}
	docs, refusals := Join([]*Document{en, zh})
	if len(refusals) > 0 || len(docs) != 1 || len(docs[0].Texts) != 2 || len(en.Texts) != 1 {
		t.Errorf("%v %v", docs, refusals)
	}
	zh.Review = dated(10)
	if _, refusals = Join([]*Document{en, zh, en}); !slices.Equal(keys(refusals), []string{"files_differ", "language_twice"}) {
		t.Errorf("%v", refusals)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a.yaml", good)
	f.Add("a.md", "---\narticle: lamp\nlang: zh-Hans\ntitle: 灯\n---\n## 标题\n[x](javascript:alert(1)) <script>\n")
	f.Add("a.yaml", "texts: {en: {body: \"&x *x\"}}")
	f.Add("a.yaml", "a: &a [*a]")
	f.Fuzz(func(t *testing.T, name, text string) {
		d, lines, refusals := Parse(name, []byte(text))
		for _, r := range refusals {
			if r.Key != "guide.file_large" && !strings.HasPrefix(r.Field, "line ") {
				t.Fatalf("%v names no line", r)
			}
		}
		if d == nil || len(refusals) > 0 {
			return
		}
		if lines.Name(d.Check(all)); len(d.Check(all)) > 0 {
			return
		}
		again, err := ReadKept(d.Canonical())
		if err != nil || again.Digest() != d.Digest() {
			t.Fatalf("what is kept is read as something else: %v", err)
		}
		for _, x := range d.Texts {
			html := strings.ToLower(HTML(x.Body))
			for _, bad := range []string{"<script", "<img", "<iframe", "<style", "javascript:", "<form", "<svg"} {
				if strings.Contains(html, bad) && !strings.Contains(strings.ToLower(x.Body), "&lt;") {
					if i := strings.Index(html, bad); bad != "javascript:" || strings.Contains(html, `href="javascript:`) {
						t.Fatalf("%q becomes %q", x.Body, html[i:])
					}
				}
			}
			First(x.Body)
		}
	})
}

// Whatever a text holds, what becomes of it runs nothing and fetches nothing, even where it was let in.
func TestInert(t *testing.T) {
	html := HTML("# One\n\n<script>x</script>\n\n![p](https://e.org/p.png)\n\n[a](javascript:x) [b](https://e.org/) [c](/report) [d](//e.org)\n\n<b onclick=x>y</b>\n\n- l\n\n|a|\n|-|\n|b|\n")
	for _, want := range []string{"<h2>One</h2>", `href="/report"`, "<table>", "<li>l</li>", `href="https://e.org/" rel="nofollow noreferrer"`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in %s", want, html)
		}
	}
	for _, not := range []string{"<script", "<img", "javascript", "onclick", "<h1"} {
		if strings.Contains(html, not) {
			t.Errorf("%s in %s", not, html)
		}
	}
	for source, want := range map[string]string{
		"The first. The second.": "The first.", "**灯**不亮怎么办？请反映。": "灯不亮怎么办？", "## A heading\n\nText": "A heading", "v1.2 is out. x": "v1.2 is out.", "": "",
		strings.Repeat("x", 200): strings.Repeat("x", 160) + "…",
	} {
		if got := First(source); got != want {
			t.Errorf("%q begins %q, not %q", source, got, want)
		}
	}
}

// An article is placed by its words, its kind of matter and its place.
func TestWeigh(t *testing.T) {
	chain := []civic.PlaceID{"ward", "city"}
	doc := func(places []civic.PlaceID, kinds ...civic.Category) *Document {
		return &Document{Places: places, Categories: kinds, Texts: map[string]Text{"en": {}}}
	}
	hit := search.Hit{Title: 0.5, Body: 0.5}
	asked := Asked{Words: "x", Category: "lights.out", Place: "ward", Language: "en"}
	kind, branch, any, other := weigh(hit, doc(nil, "lights.out"), asked, chain), weigh(hit, doc(nil, "lights"), asked, chain), weigh(hit, doc(nil), asked, chain), weigh(hit, doc(nil, "trees"), asked, chain)
	if !(kind > branch && branch > any && any > other && other > 0) {
		t.Error(kind, branch, any, other)
	}
	here := weigh(hit, doc([]civic.PlaceID{"city"}), asked, chain)
	if here <= any || weigh(hit, doc([]civic.PlaceID{"elsewhere"}), asked, chain) != 0 {
		t.Error("place says nothing")
	}
	if weigh(search.Hit{Body: 1}, doc(nil), asked, chain) != 0 {
		t.Error("a word in the text alone is offered")
	}
	asked.Language = "zh-Hans"
	if weigh(hit, doc(nil), asked, chain) >= any {
		t.Error("another language comes before the reader's")
	}
	asked.Words = ""
	if weigh(hit, doc(nil), asked, chain) != 0 || weigh(hit, doc(nil, "trees"), asked, chain) != 0 || weigh(hit, doc(nil, "lights"), asked, chain) == 0 {
		t.Error("a kind alone finds what is not of it")
	}
}
