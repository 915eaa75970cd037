package review

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Time is told in days from Monday 2026-03-02 00:00 UTC.
var monday = civic.At(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))

func day(n float64) civic.Instant { return monday + civic.Instant(n*86_400_000_000) }

type days struct{}

func (days) Due(_ string, start civic.Instant, limit Limit) (civic.Instant, bool, error) {
	n, err := strconv.Atoi(strings.TrimRight(string(limit), "wd"))
	if err != nil {
		return 0, false, civic.Refuse(civic.Invalid, "test.limit")
	}
	return start + civic.Instant(n)*86_400_000_000, false, nil
}

// bench is a register of bodies: pwd lies under hall; hall/chief supervises pwd/head, who supervises pwd/crew; a board lies apart.
type bench struct{}

var (
	under = map[civic.BodyID][]civic.BodyID{"pwd": {"hall"}, "pwd-lights": {"pwd", "hall"}}
	boss  = map[civic.PostID]civic.PostID{"pwd/head": "hall/chief", "pwd/crew": "pwd/head", "board/junior": "pwd/head", "board/second": "board/first"}
)

var theReviewers = []civic.PostID{"board/first", "board/second", "board/junior", "pwd/jurist", "pwd-lights/jurist", "hall/chief", "hall/jurist", "coord/jurist"}

func (bench) Reviewers() []civic.PostID { return theReviewers }
func (bench) Over(p civic.PostID) ([]civic.BodyID, []civic.PostID) {
	var posts []civic.PostID
	for over := boss[p]; over != ""; over = boss[over] {
		posts = append(posts, over)
	}
	return append([]civic.BodyID{p.Body()}, under[p.Body()]...), posts
}

func (bench) Supervisor(b civic.BodyID) civic.PostID {
	if b == "pwd" {
		return "hall/chief"
	}
	return ""
}
func (bench) Coordinator([]civic.PlaceID) civic.BodyID { return "coord" }
func (bench) Root() civic.PlaceID                      { return "city" }

func theRules(t tester) *Rules {
	if rules.Take == "" {
		t.Fatal("the founding rules are not read")
	}
	return rules
}

var rules, _ = FoundingRules()

type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func post(p string) civic.Actor { return civic.Actor{Kind: civic.Post, Post: civic.PostID(p)} }

var (
	ann      = civic.Actor{Kind: civic.Resident, Person: "ann"}
	member   = post("board/first")
	head     = post("pwd/head")
	theClock = civic.Actor{Kind: civic.Clock}
)

func dig(word string) string { return journal.Digest([]byte("salt"), []byte(word)) }

func theMatter() Matter {
	return Matter{
		ID: "matter/00000001", Number: "644-495-6746", Reporter: "ann", Place: "ward", Places: []civic.PlaceID{"ward", "city"},
		Respondent: "pwd", Posts: []civic.PostID{"pwd/head"}, Bodies: []civic.BodyID{"pwd"}, Withheld: []string{dig("one"), dig("two")},
	}
}

func opening(of string) Open {
	return Open{Act: 7, Count: 1, Of: of, Ground: "facts_unclear", Reason: dig("reason"), Matter: theMatter()}
}

// world folds what Decide drafts, and checks on each act what must always hold.
type world struct {
	t     tester
	state State
	acts  []journal.Act
}

func (w *world) facts(who civic.Actor, at civic.Instant) Facts {
	return Facts{Now: at, Position: 100, Asker: who, Rules: theRules(w.t), Bodies: bench{}, Calendars: days{}}
}

func (w *world) do(c Command, who civic.Actor, at civic.Instant) ([]journal.Draft, civic.Refusals) {
	drafts, refusals := Decide(w.state, c, w.facts(who, at))
	for _, d := range drafts {
		w.fold(d, who, at)
	}
	return drafts, refusals
}

func (w *world) fold(d journal.Draft, who civic.Actor, at civic.Instant) {
	w.t.Helper()
	data, err := journal.Encode(d.Event)
	if err != nil {
		w.t.Fatal(err)
	}
	event, err := registry().Decode(d.Event.Type(), d.Event.Version(), data)
	if err != nil {
		w.t.Fatal(err)
	}
	a := journal.Act{Dossier: "appeal/00000001.7", Seq: w.state.Seq + 1, Type: d.Event.Type(), Version: 1, Actor: who.String(), Happened: at, Private: d.Private, Data: data, Event: event}
	if d.Actor != nil {
		a.Actor, a.Power = d.Actor.String(), d.Power
	}
	if d.Happened != 0 {
		a.Happened = d.Happened
	}
	before := w.state
	w.state = Evolve(w.state, a)
	w.always(before, a, who)
	w.acts = append(w.acts, a)
}

// always are the promises of the room, on every act of every test.
func (w *world) always(was State, a journal.Act, who civic.Actor) {
	w.t.Helper()
	is, act := w.state, strings.TrimPrefix(a.Type, "review.")
	i := slices.IndexFunc(Transitions, func(t Transition) bool { return t.Act == act })
	switch row := Transitions[i]; {
	case !slices.Contains(row.From, was.Status):
		w.t.Fatalf("%s follows %q", act, was.Status)
	case row.Then != "" && is.Status != row.Then, row.Then == "" && is.Status != was.Status:
		w.t.Fatalf("%s leads from %q to %q", act, was.Status, is.Status)
	}
	if a.Happened < was.Last {
		w.t.Fatalf("%s happened before the act ahead of it", act)
	}
	if is.Private && !a.Private {
		w.t.Fatalf("%s of a private appeal is public", act)
	}
	switch e := a.Event.(type) {
	case Decided:
		switch {
		case was.kept(bench{}, who.Post):
			w.t.Fatalf("%s decided and had a hand in it", who.Post)
		case who.Post != was.Reviewer:
			// Who may decide is the policies' business; the tests ask with the right post.
		case was.Case.Served == 0 || was.Case.Hearing.Owed() || was.Case.Replied == 0 && a.Happened <= was.Case.ReplyBy:
			w.t.Fatal("decided unheard")
		case e.Found == "" || e.Reasons == "" || e.Law == "" || e.Contest.Due == 0:
			w.t.Fatalf("decided without its parts: %+v", e)
		}
	case Escalated:
		if was.HasTold(e.Step) || a.Power != PowerTicks || is.Result != was.Result {
			w.t.Fatalf("escalated %s", e.Step)
		}
	}
	if v, ok := Visible(is, Eyes{}); ok == is.Private || slices.ContainsFunc(v.Items, func(it Item) bool {
		return it.From != FromPublicFound && it.From != FromPublicReason
	}) {
		w.t.Fatal("everyone sees what is private, or reads what was not published")
	}
}

type move struct {
	at  float64
	who civic.Actor
	cmd Command
}

func given(t tester, moves ...move) *world {
	t.Helper()
	w := &world{t: t}
	for _, m := range moves {
		if _, refusals := w.do(m.cmd, m.who, day(m.at)); len(refusals) > 0 {
			t.Fatalf("given %s: %v", m.cmd.Name(), refusals)
		}
	}
	return w
}

func typesOf(drafts []journal.Draft) []string {
	var out []string
	for _, d := range drafts {
		name := strings.TrimPrefix(d.Event.Type(), "review.")
		if e, ok := d.Event.(Escalated); ok {
			name += " " + string(e.Step)
		}
		out = append(out, name)
	}
	return out
}

func keys(rs civic.Refusals) []string {
	var out []string
	for _, r := range rs {
		out = append(out, r.Key)
	}
	return out
}

func registry() *journal.Registry { return theRegistry }

var theRegistry = func() *journal.Registry {
	var r journal.Registry
	r.Register(Events()...)
	r.Register(FindingEvents()...)
	r.Register(RequestEvents()...)
	Older(&r)
	return &r
}()

func opened(of string) []move { return []move{{0, theClock, opening(of)}} }

func with(moves []move, more ...move) []move { return append(slices.Clip(moves), more...) }

var (
	taken1   = with(opened("answer"), move{1, member, Take{}})
	replied  = with(taken1, move{2, head, Reply{Text: dig("reply")}})
	asked    = with(replied, move{3, ann, AskHearing{Reason: dig("hear")}})
	called   = with(asked, move{4, member, CallHearing{At: day(10), Place: dig("room 1")}})
	held     = with(called, move{10, member, HoldHearing{Appellant: true, Record: dig("record")}})
	decided1 = with(replied, move{5, member, deciding(Upheld)})
)

func deciding(r Result) Settle {
	s := Settle{Result: r, Law: "Charter 4", Found: dig("found"), Reasons: dig("reasons")}
	switch r {
	case Varied:
		s.Outcome = "explained"
	case SentBack:
		s.Within, s.Directions = "10d", dig("do it so")
	}
	return s
}
