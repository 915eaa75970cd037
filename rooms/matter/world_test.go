package matter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
)

// A small realm for the tests: a city with a ward, nine bodies, a duty list of plain
// 24-hour days. Time is told from Monday 2026-03-02 00:00 UTC.

var monday = civic.At(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))

// after reads "1d2h" as an instant after monday.
func after(text string) civic.Instant {
	at, number := monday, 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			number = number*10 + int(r-'0')
		case r == 'd':
			at, number = at.Add(time.Duration(number)*24*time.Hour), 0
		case r == 'h':
			at, number = at.Add(time.Duration(number)*time.Hour), 0
		case r == 'm':
			at, number = at.Add(time.Duration(number)*time.Minute), 0
		default:
			panic("not a time: " + text)
		}
	}
	return at
}

// plainCalendar counts whole days of 24 hours and leaves out pauses by elapsed time.
// A holiday, if set, pushes every later due date on by a day.
type plainCalendar struct {
	version string
	holiday civic.Instant
}

func (c plainCalendar) Due(id string, start civic.Instant, limit Limit, pauses []Span) (DueDate, error) {
	days, err := strconv.Atoi(strings.TrimSuffix(string(limit), "d"))
	if err != nil || days < 0 {
		return DueDate{}, civic.Refuse(civic.Invalid, "test.limit", "limit", string(limit))
	}
	length := civic.Instant(time.Duration(days) * 24 * time.Hour / time.Microsecond)
	run := func(length civic.Instant) civic.Instant {
		at, left := start, length
		for _, p := range append(slices.Clone(pauses), c.off()...) {
			if p.Until <= at || p.Until <= p.From {
				continue
			}
			if from := max(p.From, at); from < at+left {
				left -= from - at
				at = p.Until
			}
		}
		return at + left
	}
	return DueDate{At: run(length), Half: run(length / 2), Over: run(length * 3 / 2), Calendar: id, Version: c.version}, nil
}

func (c plainCalendar) off() []Span {
	if c.holiday == 0 {
		return nil
	}
	return []Span{{c.holiday, c.holiday.Add(24 * time.Hour)}}
}

type testBodies map[civic.BodyID]BodyFacts

func (b testBodies) Body(id civic.BodyID, _ civic.Instant) (BodyFacts, bool) {
	f, ok := b[id]
	return f, ok
}

func (b testBodies) Coordinators(places []civic.PlaceID, parties ...civic.BodyID) []civic.BodyID {
	var out []civic.BodyID
	if slices.Contains(places, "ward-3") && !slices.ContainsFunc(parties, func(p civic.BodyID) bool { return !strings.HasPrefix(string(p), "ward") }) {
		out = append(out, "ward-office")
	}
	return append(out, "city-office")
}

func theBodies() testBodies {
	return testBodies{
		"hall":        {Kind: "public", Supervisor: "hall/chief"},
		"pwd":         {Kind: "public", Above: []civic.BodyID{"hall"}, Supervisor: "pwd/chief"},
		"parks":       {Kind: "public", Above: []civic.BodyID{"hall"}, Supervisor: "parks/chief", Vacant: true},
		"water":       {Kind: "public"},
		"ward-lights": {Kind: "committee", Supervisor: "ward-lights/chair"},
		"labour":      {Kind: "public", Supervisor: "labour/chief"},
		"ward-office": {Kind: Coordinating},
		"city-office": {Kind: Coordinating},
		"old":         {Kind: "public", Ended: true, Successor: "water"},
		"gone":        {Kind: "public", Ended: true},
	}
}

type testDuties map[civic.Category]Resolution

func (d testDuties) Resolve(q Question) Resolution {
	r, ok := d[q.Category]
	if !ok || len(q.Places) == 0 {
		return Resolution{Found: FoundGap, List: 1}
	}
	r.List, r.ListDigest = max(r.List, 1), strings.Repeat("a", 64)
	r.Why = Sentence{Key: "duty.why", Args: map[string]string{"row": r.Row}}
	return r
}

func (d testDuties) Category(c civic.Category) (CategoryFacts, bool) {
	_, ok := d[c]
	return CategoryFacts{Private: c.Within("wages") || c.Within("housing")}, ok
}

func theDuties() testDuties {
	row := func(lead civic.BodyID, days string, joint ...Duty) Resolution {
		return Resolution{Found: FoundOne, Lead: lead, Joint: joint, Row: "row " + string(lead), Near: []string{"row near"},
			Response: "1d", Objection: "2d", Resolution: Limit(days), Calendar: "city", Law: "Highways By-law, section 4"}
	}
	return testDuties{
		"roads.lamp":     row("pwd", "10d", Duty{"parks", "3d"}),
		"roads.pothole":  row("water", "4d"),
		"parks.tree":     row("parks", "10d"),
		"conduct":        row("pwd", "10d", Duty{"parks", "3d"}, Duty{"water", "2d"}),
		"housing.damp":   row("pwd", "20d"),
		"wages.unpaid":   row("labour", "10d"),
		"strange.gap":    {Found: FoundGap},
		"strange.two":    {Found: FoundOverlap, Leads: []civic.BodyID{"pwd", "parks"}},
		"strange.office": row("city-office", "10d"),
		"heritage":       row("old", "10d", Duty{"gone", "2d"}),
		"bare":           {Found: FoundOne, Lead: "pwd", Row: "row bare", Calendar: "city"},
	}
}

func theRules() *Rules {
	return &Rules{
		Triage: "1d", Response: "1d", Objection: "2d", Resolution: "15d", Joint: "5d", Ruling: "2d",
		Lapse: "10d", Reopen: "30d", Appeal: "60d", Release: "1d",
		ObjectionGrounds: []string{"not_our_duty", GroundAnotherBody},
		PauseGrounds: []PauseGround{
			{Code: "waiting_for_reporter", Law: "rule 6", Longest: "5d", UntilSupplied: true},
			{Code: "weather", Law: "rule 6", Longest: "6d"},
		},
		WithholdGrounds: []string{"personal_data"},
		AppealGrounds:   []string{"facts_unclear"},
		Channels:        []string{"web", "phone", "open311", "import", "sensor"},
		Retention: []Retention{
			{Kinds: []Kind{Request, Suggestion, Inquiry}, Days: 40, Law: "rule 11"}, {Kinds: []Kind{Complaint, Dispute, Safety}, Days: 90, Law: "rule 11"},
		},
		Holds: Holds{Grounds: []string{"court"}, Days: 30}, IdentityChecks: []string{"document"},
		MostAttached: 4,
	}
}

var (
	ann      = civic.Actor{Kind: civic.Resident, Person: "ann"}
	desk     = civic.Actor{Kind: civic.Post, Post: "hall/desk"}
	lead     = civic.Actor{Kind: civic.Post, Post: "pwd/head"}
	chief    = civic.Actor{Kind: civic.Post, Post: "pwd/chief"}
	joint    = civic.Actor{Kind: civic.Post, Post: "parks/head"}
	office   = civic.Actor{Kind: civic.Post, Post: "city-office/rulings"}
	theClock = civic.Actor{Kind: civic.Clock}
	operator = civic.Actor{Kind: civic.Operator}
)

// dig makes a digest out of a word.
func dig(word string) string { return journal.Digest([]byte("salt"), []byte(word)) }

// world is a realm in memory: it folds what Decide drafts, and checks on each act what must
// always hold.
type world struct {
	t        tester
	pos      civic.Position
	states   map[civic.DossierID]State
	acts     map[civic.DossierID][]journal.Act
	order    []civic.DossierID
	rules    *Rules
	duties   testDuties
	bodies   testBodies
	calendar plainCalendar
	imported bool
	inferred bool
	last     civic.DossierID // the newest matter
}

// tester is what testing.T and rapid.T share.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

var testNumbers = NewNumbers([32]byte{1, 2, 3})

func newWorld(t tester) *world {
	return &world{t: t, pos: 100, states: map[civic.DossierID]State{}, acts: map[civic.DossierID][]journal.Act{},
		rules: theRules(), duties: theDuties(), bodies: theBodies(), calendar: plainCalendar{version: "1"}}
}

func (w *world) facts(s State, c Command, who civic.Actor, at civic.Instant) Facts {
	f := Facts{Now: at, Position: w.pos + 1, Asker: who, Imported: w.imported, Inferred: w.inferred, Rules: w.rules,
		Numbers: testNumbers, Duties: w.duties, Bodies: w.bodies, Calendars: w.calendar}
	f.Others = LoadOthers(s, c, func(id civic.DossierID) State { return w.states[id] })
	return f
}

// do decides and folds; it returns what was drafted.
func (w *world) do(id civic.DossierID, c Command, who civic.Actor, at civic.Instant) ([]journal.Draft, civic.Refusals) {
	s := w.states[id]
	drafts, refusals := Decide(s, c, w.facts(s, c, who, at))
	for _, draft := range drafts {
		w.fold(id, draft, who, at)
	}
	return drafts, refusals
}

func (w *world) fold(id civic.DossierID, draft journal.Draft, who civic.Actor, at civic.Instant) {
	w.pos++
	if draft.Dossier != "" {
		id = draft.Dossier
	}
	s := w.states[id]
	data, err := journal.Encode(draft.Event)
	if err != nil {
		w.t.Fatal(err)
	}
	event, err := registry().Decode(draft.Event.Type(), draft.Event.Version(), data)
	if err != nil {
		w.t.Fatal(err)
	}
	a := journal.Act{Position: w.pos, Dossier: id, Seq: s.Seq + 1, Type: draft.Event.Type(), Version: 1, Actor: who.String(),
		Happened: at, Recorded: at, Imported: w.imported, Inferred: draft.Inferred, Private: draft.Private, Data: data, Event: event}
	if draft.Actor != nil {
		a.Actor, a.Power = draft.Actor.String(), draft.Power
	}
	if draft.Happened != 0 {
		a.Happened = draft.Happened
	}
	if !s.Exists() {
		w.order = append(w.order, id)
		w.last = id
	}
	next := Evolve(s, a)
	w.always(s, next, a)
	w.states[id] = next
	w.acts[id] = append(w.acts[id], a)
}

// always are the invariants of the design, on every act of every test.
func (w *world) always(s, n State, a journal.Act) {
	w.t.Helper()
	act := strings.TrimPrefix(a.Type, "matter.")
	fail := func(format string, args ...any) {
		w.t.Helper()
		w.t.Fatalf("%s (%s → %s): %s", act, s.Status, n.Status, fmt.Sprintf(format, args...))
	}
	row, known := byAct[act]
	if !known || !slices.Contains(row.From, s.Status) {
		fail("the table does not let it follow")
	}
	if len(row.Then) > 0 && !slices.Contains(row.Then, n.Status) {
		fail("the table does not let it lead there")
	}
	if len(row.Then) == 0 && n.Status != s.Status {
		fail("the table says that the status stays")
	}
	if a.Happened < s.Last {
		fail("happened before the act ahead of it")
	}
	if led := n.Status == StatusAssigned || n.Status == StatusObjected || n.Status == StatusWorking || n.Status == StatusPaused || (n.Status == StatusAnswered); led && n.Lead == "" {
		fail("nobody leads")
	}
	if n.Status == StatusReceived && n.Lead != "" {
		fail("waits and has a lead")
	}
	for _, j := range n.Round.Joint {
		if j.Body == n.Lead {
			fail("the lead is joint with itself")
		}
	}
	if n.Lead != "" && !n.OnRecord {
		b := w.bodies[n.Lead]
		if b.Kind == Coordinating {
			fail("a coordinating body leads")
		}
		if n.Against != "" && (n.Lead == n.Against || slices.Contains(b.Above, n.Against)) {
			fail("the body complained of leads")
		}
	}
	if s.No == n.No && s.Resolution.Due != 0 && n.Resolution.Due != s.Resolution.Due {
		switch act {
		case "paused", "resumed", "extended", "recomputed", "retracted", "separated":
		case "assigned":
			if a.Event.(Assigned).By != "correction" {
				fail("moved the due date")
			}
		default:
			fail("moved the due date")
		}
	}
	if e, ok := a.Event.(Escalated); ok {
		of := civic.BodyID("")
		if e.Step == StepJoint {
			of = e.Of
		}
		if s.HasEscalated(e.Step, of) {
			fail("%s twice in a round", e.Step)
		}
		if e.To == "" && e.Body == "" && n.Against != "city-office" {
			fail("%s told nobody", e.Step)
		}
	}
	ended := n.Status == StatusClosed || n.Status == StatusDeclined
	if ended && s.Status != n.Status && act != "retracted" && act != "imported" {
		switch act {
		case "confirmed", "lapsed", "declined", "withdrawn":
		default:
			fail("ended without an answer, a ruling or a withdrawal")
		}
		if (act == "confirmed" || act == "lapsed") && n.Answered == 0 {
			fail("ended without an answer")
		}
	}
	if !slices.EqualFunc(n.Past, s.Past, func(a, b Round) bool { return a.No == b.No && a.Answered == b.Answered && a.Ended == b.Ended }) &&
		(act != "reopened" && act != "retracted" && act != "obeyed") {
		fail("figures of an earlier round moved")
	}
	if n.Visibility == Private && !a.Private {
		fail("an act of a private matter is not private")
	}
	if n.Visibility == Private && n.Point != nil {
		fail("a private matter has a point")
	}
}

// move is one thing somebody does at some time.
type move struct {
	at  string
	who civic.Actor
	cmd Command
}

// given plays moves that must not be refused on the first matter.
func (w *world) given(moves ...move) civic.DossierID {
	w.t.Helper()
	var id civic.DossierID
	for i, m := range moves {
		if _, refusals := w.do(id, m.cmd, m.who, after(m.at)); len(refusals) > 0 {
			w.t.Fatalf("given[%d] %s: %v", i, m.cmd.Name(), refusals)
		}
		if id == "" {
			id = w.last
		}
	}
	return id
}

func (w *world) state(id civic.DossierID) State { return w.states[id] }

func typesOf(drafts []journal.Draft) []string {
	var out []string
	for _, d := range drafts {
		name := strings.TrimPrefix(d.Event.Type(), "matter.")
		switch e := d.Event.(type) {
		case Escalated:
			name += " " + string(e.Step)
		case Reassigned:
			name += " " + e.Cause
		}
		if d.Actor != nil && d.Actor.Kind == civic.Clock {
			name += " by the clock"
		}
		if d.Happened != 0 {
			name += " at " + since(d.Happened)
		}
		out = append(out, name)
	}
	return out
}

func since(at civic.Instant) string {
	d := at.Sub(monday)
	days := d / (24 * time.Hour)
	text := fmt.Sprintf("%dd", days)
	if rest := d % (24 * time.Hour); rest != 0 {
		text += strings.TrimSuffix(strings.TrimSuffix(rest.String(), "0s"), "0m")
	}
	return text
}

func keys(rs civic.Refusals) []string {
	var out []string
	for _, r := range rs {
		out = append(out, r.Key)
	}
	return out
}

// row is a line of a table: given what happened, when somebody does something, then these
// acts follow or these refusals.
type row struct {
	name    string
	given   []move
	when    move
	then    []string
	refused []string
	status  Status
	check   func(*testing.T, State, *world)
}

func run(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			w := newWorld(t)
			id := w.given(r.given...)
			before := w.states[id]
			drafts, refusals := w.do(id, r.when.cmd, r.when.who, after(r.when.at))
			if got := keys(refusals); !slices.Equal(got, r.refused) {
				t.Fatalf("refused %v, want %v", refusals, r.refused)
			}
			if got := typesOf(drafts); !slices.Equal(got, r.then) {
				t.Fatalf("acts\n got  %q\n want %q", got, r.then)
			}
			if id == "" {
				id = w.last
			}
			s := w.states[id]
			if len(r.refused) > 0 && s.Seq != before.Seq {
				t.Fatal("a refusal changed the matter")
			}
			if r.status != "" && s.Status != r.status {
				t.Fatalf("status %s, want %s", s.Status, r.status)
			}
			if r.check != nil {
				r.check(t, s, w)
			}
		})
	}
}

func moves(parts ...[]move) []move { return slices.Concat(parts...) }

func inWard() Where {
	return Where{Place: "ward-3", Places: []civic.PlaceID{"ward-3", "city"}, Point: &Point{42_360_000, -71_058_000}, Snapped: &Point{42_400_000, -71_100_000}}
}

func lamp() Report {
	return Report{Kind: Request, Category: "roads.lamp", Where: inWard(), Channel: "web", Reporter: "ann"}
}

func told(change func(*Report)) Report {
	r := lamp()
	change(&r)
	return r
}

var (
	reported = []move{{"0d", ann, lamp()}}
	accepted = moves(reported, []move{{"1h", lead, Accept{}}})
	objected = moves(reported, []move{{"1h", lead, Object{Ground: GroundAnotherBody, Proposed: "water", Reason: dig("no")}}})
	answered = moves(accepted, []move{{"2d", lead, Answer{Outcome: Fixed, Reason: dig("done")}}})
	closed   = moves(answered, []move{{"3d", ann, Confirm{Solved: false, Rating: 2, Words: dig("words")}}})
	paused   = moves(accepted, []move{{"1d", lead, Pause{Ground: "weather"}}})
	proposed = moves(accepted, []move{{"1d", lead, ProposeDecline{Law: "Federal Act 7", Reason: dig("r"), Elsewhere: "federal.rail"}}})
)

func registry() *journal.Registry { return theRegistry }

var theRegistry = func() *journal.Registry {
	var r journal.Registry
	Register(&r)
	return &r
}()

func printed(list []string) string { return fmt.Sprint(list) }
