package standing

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/internal/samples"
)

const aDay = civic.Instant(86_400_000_000)

type fixedDays struct{}

func (fixedDays) Due(_ string, start civic.Instant, limit string) (civic.Instant, bool, error) {
	n := civic.Instant(0)
	for _, r := range strings.TrimRight(limit, "d") {
		n = n*10 + civic.Instant(r-'0')
	}
	return start + n*aDay, false, nil
}

// register: pwd lies under hall; coord rules with two posts, one of them under hall/chief.
type register struct{}

func (register) Over(p civic.PostID) ([]civic.BodyID, []civic.PostID) {
	bodies := []civic.BodyID{p.Body()}
	if p.Body() == "pwd" {
		bodies = append(bodies, "hall")
	}
	return bodies, nil
}
func (register) Supervisor(civic.BodyID) civic.PostID     { return "" }
func (register) Deciders() []civic.PostID                 { return []civic.PostID{"coord/chair", "coord/second"} }
func (register) Coordinator([]civic.PlaceID) civic.BodyID { return "coord" }
func (register) Root() civic.PlaceID                      { return "city" }
func by(p string) civic.Actor                             { return civic.Actor{Kind: civic.Post, Post: civic.PostID(p)} }
func text(word string) string                             { return journal.DocumentDigest([]byte(word)) }

func founding(t *testing.T) *FindingRules {
	t.Helper()
	r, err := FoundingFindingRules()
	if err != nil {
		t.Fatal(err)
	}
	r.Grounds = []string{"facts_unclear"}
	return r
}

var (
	theAct   = Cited{Matter: "1", Act: 2, Dossier: "matter/1", Type: "matter.accepted", Body: "pwd", Post: "pwd/head"}
	proposal = ProposeFinding{Nature: Fault, Law: "l", Why: text("why"), Cited: theAct}
	decision = DecideOnFinding{Result: ResultFound, Law: "l", Facts: text("f"), Reasons: text("r")}
	ticking  = civic.Actor{Kind: civic.Clock}
)

// story folds what commands lead to.
type story struct {
	t     *testing.T
	state Finding
	now   civic.Instant
}

func (s *story) do(c FindingCommand, who civic.Actor) ([]journal.Draft, civic.Refusals) {
	s.t.Helper()
	drafts, refusals := DecideFinding(s.state, c, FindingFacts{Now: s.now, Asker: who, Rules: founding(s.t), Bodies: register{}, Calendars: fixedDays{}})
	for _, d := range drafts {
		a := journal.Act{Dossier: "merit/0", Seq: s.state.Seq + 1, Type: d.Event.Type(), Actor: who.String(), Happened: s.now, Event: d.Event, Private: d.Private}
		if d.Actor != nil {
			a.Actor = d.Actor.String()
		}
		if d.Happened != 0 {
			a.Happened = d.Happened
		}
		before := s.state
		s.state = EvolveFinding(s.state, a)
		s.always(before, a)
	}
	return drafts, refusals
}

// always holds on every act of every test.
func (s *story) always(was Finding, a journal.Act) {
	s.t.Helper()
	is := s.state
	switch e := a.Event.(type) {
	case FindingDecided:
		if was.Case.Replied == 0 && a.Happened <= was.Case.ReplyBy || was.Case.Hearing.Owed() {
			s.t.Fatal("decided unheard")
		}
		if is.Decider == was.Proposer || is.Decider.Body() == was.Cited.Body {
			s.t.Fatalf("decided by %s", is.Decider)
		}
		if e.Found == a.Private {
			s.t.Fatal("everyone is told of what was not found, or not of what was")
		}
	case FindingObeyed, FindingRanOut:
	default:
		if !a.Private {
			s.t.Fatalf("%s is a public act: it says who is concerned", a.Type)
		}
	}
	if v, shown := VisibleFinding(is, false, true, s.now); shown && is.Status != FindingStands && (v.Cited != (Cited{}) || v.Law != "" || len(v.Texts) > 0) {
		s.t.Fatalf("of %s everyone sees %+v", is.Status, v)
	}
	if _, shown := VisibleFinding(is, false, false, s.now); shown {
		s.t.Fatal("what is cited is private, and the finding is shown")
	}
}

func refusedFor(rs civic.Refusals) (out []string) {
	for _, r := range rs {
		out = append(out, strings.TrimPrefix(r.Key, "merit."))
	}
	return out
}

func TestFindings(t *testing.T) {
	type step struct {
		day float64
		by  string
		c   FindingCommand
		why []string
	}
	put := step{0, "info/desk", proposal, nil}
	reply := step{1, "pwd/head", ReplyFinding{Text: text("x")}, nil}
	found := step{2, "coord/chair", decision, nil}
	own := proposal
	own.Cited.Body, own.Cited.Post = "coord", ""
	for _, k := range []struct {
		name  string
		steps []step
		then  FindingStatus
	}{
		{"found", []step{put, reply, found}, FindingStands},
		{"twice", []step{put, {1, "review/first", proposal, []string{"proposed_before"}}}, FindingProposed},
		{"of oneself", []step{{0, "pwd/head", proposal, []string{"own_body"}}}, FindingNone},
		{"nobody decides", []step{{0, "info/desk", own, []string{"nobody_decides"}}}, FindingNone},
		{"without its parts", []step{{0, "info/desk", ProposeFinding{Nature: "x"}, []string{"nature_unknown", "missing", "missing"}}}, FindingNone},
		{"while a reply may come", []step{put, {9, "coord/chair", decision, []string{"procedure.reply_open"}}}, FindingProposed},
		{"after silence", []step{put, {11, "coord/chair", decision, nil}}, FindingStands},
		{"by who proposed", []step{{0, "coord/chair", proposal, nil}, {11, "coord/chair", decision, []string{"kept_out"}}, {11, "coord/second", decision, nil}}, FindingStands},
		{"owed a hearing", []step{put, reply, {1, "pwd/head", AskFindingHearing{}, nil}, {2, "coord/chair", decision, []string{"procedure.hearing_owed"}}, {2, "pwd/head", WaiveFindingHearing{}, nil}, found}, FindingStands},
		{"heard", []step{put, reply, {1, "coord/chair", CallFindingHearing{At: 9 * aDay, Place: text("p")}, nil}, {2, "pwd/head", WaiveFindingHearing{}, []string{"hearing_not_yours"}},
			{7, "coord/chair", HoldFindingHearing{Record: text("r")}, []string{"procedure.hearing_too_early"}}, {9, "coord/chair", HoldFindingHearing{Record: text("r")}, nil}, {9, "coord/chair", decision, nil}}, FindingStands},
		{"unreasoned", []step{put, reply, {2, "coord/chair", DecideOnFinding{}, []string{"missing", "missing", "missing", "missing"}}}, FindingProposed},
		{"not found", []step{put, reply, {2, "coord/chair", DecideOnFinding{Result: ResultUnproved, Law: "l", Facts: text("f"), Reasons: text("r")}, nil}, {3, "pwd/head", AppealFinding{Ground: "facts_unclear", Reason: text("r")}, []string{"not_now"}}}, FindingNotFound},
		{"taken back", []step{put, {1, "info/desk", DropFinding{}, nil}, {2, "pwd/head", ReplyFinding{Text: text("x")}, []string{"not_now"}}}, FindingDropped},
		{"appealed too late", []step{put, reply, found, {63, "pwd/head", AppealFinding{Ground: "facts_unclear", Reason: text("r")}, []string{"appeal_too_late"}}}, FindingStands},
		{"quashed", []step{put, reply, found, {3, "pwd/head", AppealFinding{Ground: "facts_unclear", Reason: text("r")}, nil}, {4, "pwd/head", AppealFinding{Ground: "facts_unclear", Reason: text("r")}, []string{"appealed_before"}}, {9, "", ObeyFinding{Act: 4, Result: "quashed"}, nil}, {10, "", ObeyFinding{Act: 4, Result: "upheld"}, []string{"nothing_to_obey"}}}, FindingQuashed},
		{"upheld, and not appealed again", []step{put, reply, found, {3, "pwd/head", AppealFinding{Ground: "facts_unclear", Reason: text("r")}, nil}, {9, "", ObeyFinding{Act: 4, Result: "upheld"}, nil}, {10, "pwd/head", AppealFinding{Ground: "facts_unclear", Reason: text("r")}, []string{"appealed_before"}}}, FindingStands},
		{"sent back, and heard anew", []step{put, reply, found, {3, "pwd/head", AppealFinding{Ground: "facts_unclear", Reason: text("r")}, nil}, {9, "", ObeyFinding{Act: 4, Result: "sent_back"}, nil}, {10, "coord/chair", decision, []string{"procedure.reply_open"}}}, FindingProposed},
		{"over", []step{put, reply, found, {368, "", TickFinding{}, nil}}, FindingExpired},
		{"late, and told once", []step{put, {61, "", TickFinding{}, nil}, {62, "", TickFinding{}, nil}}, FindingProposed},
	} {
		t.Run(k.name, func(t *testing.T) {
			s := &story{t: t}
			for i, st := range k.steps {
				who := ticking
				if st.by != "" {
					who = by(st.by)
				}
				s.now = aDay + civic.Instant(st.day*float64(aDay))
				if _, rs := s.do(st.c, who); !slices.Equal(refusedFor(rs), st.why) {
					t.Fatalf("step %d: refused for %v, not %v", i, refusedFor(rs), st.why)
				}
			}
			if s.state.Status != k.then {
				t.Errorf("it is %q, not %q", s.state.Status, k.then)
			}
		})
	}
}

// In every history nothing is decided unheard or by who proposed it, and everyone sees only what stands (see always).
func TestRandomFindings(t *testing.T) {
	ends := map[FindingStatus]int{}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := &story{t: t, now: aDay}
		for range 25 {
			s.now += civic.Instant(r.Int64N(int64(8 * aDay)))
			if r.IntN(40) == 0 {
				s.now += 400 * aDay
			}
			all := []FindingCommand{proposal, DropFinding{}, ReplyFinding{Text: text("x")}, AskFindingHearing{}, WaiveFindingHearing{}, CallFindingHearing{At: s.now + 6*aDay, Place: text("p")},
				HoldFindingHearing{Record: text("r")}, decision, decision, DecideOnFinding{Result: ResultUnproved, Law: "l", Facts: text("f"), Reasons: text("r")}, AppealFinding{Ground: "facts_unclear", Reason: text("r")},
				ObeyFinding{Act: s.state.Appeal, Result: []string{"quashed", "upheld", "sent_back", "withdrawn"}[r.IntN(4)]}, TickFinding{}}
			c := all[r.IntN(len(all))]
			if _, drop := c.(DropFinding); drop && r.IntN(5) > 0 {
				continue
			}
			s.do(c, by([]string{"info/desk", "coord/chair", "coord/second", "pwd/head"}[r.IntN(4)]))
		}
		ends[s.state.Status]++
	}
	for _, st := range FindingStatuses {
		if ends[st] == 0 {
			t.Errorf("no history came to %s: %v", st, ends)
		}
	}
}

// A journal of any release is read for ever.
func TestEventsReadForEver(t *testing.T) {
	all := append(FindingEvents(), ReportEvents()...)
	r := new(journal.Registry)
	r.Register(all...)
	filled := samples.Filled(all)
	for i, e := range filled {
		if s, ok := e.(ReportAttested); ok {
			s.Files = map[string]string{"csv": "a-csv"}
			filled[i] = s
		}
	}
	samples.DecodeForEver(t, r, filled...)
}

// byPost lists where a shape of data lets findings be gathered by a post or an officer.
func byPost(columns []string, query reflect.Type) (out []string) {
	names := slices.Clone(columns)
	for i := range query.NumField() {
		names = append(names, query.Field(i).Tag.Get("query"))
	}
	for _, n := range names {
		for _, word := range []string{"post", "officer", "decider", "proposer", "count", "actor"} {
			if strings.Contains(n, word) {
				out = append(out, n)
			}
		}
	}
	return out
}

// The mission's first line: bodies are measured, people are not. No column and no parameter gathers merits or faults by post; none counts.
func TestFindingsNameNoPost(t *testing.T) {
	var columns []string
	for _, c := range FindingTable.Columns {
		columns = append(columns, c.Name)
	}
	if found := byPost(columns, reflect.TypeFor[findingsIn]()); len(found) > 0 || len(columns) < 5 {
		t.Errorf("findings are gathered by %v", found)
	}
	if found := byPost(append(columns, "post"), reflect.TypeFor[struct {
		By string `query:"officer"`
	}]()); len(found) != 2 {
		t.Errorf("planted ways are not found: %v", found)
	}
}
