package review

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/journal"
)

var judge = post("court/judge")

func anAct() Subject {
	return Subject{Kind: OnAct, ID: strings.Repeat("a", 32), Digest: dig("set"), Type: "matter.answered", Power: "matter.answer", Matter: "6444956746", Body: "pwd", Posts: []civic.PostID{"pwd/head"}}
}

func examining() Examine { return Examine{About: anAct(), Why: dig("why")} }

func finds(against ...string) Find {
	return Find{Unlawful: len(against) > 0, Against: against, Law: "Charter 4", Reasons: dig("reasons")}
}

func recommending() Recommend {
	return Recommend{About: Subject{Kind: OnBody, ID: "pwd", Digest: dig("text"), Body: "pwd"}, Law: "art. 66", Text: dig("text")}
}

// play gives commands to a finding, one a day where no other time is said; it folds what is drafted.
type play struct {
	t    *testing.T
	is   Finding
	acts []journal.Act
}

func (p *play) do(c Command, who civic.Actor, at civic.Instant) ([]journal.Draft, civic.Refusals) {
	p.t.Helper()
	w := world{t: p.t}
	drafts, refusals := DecideFinding(p.is, c, w.facts(who, at))
	for _, d := range drafts {
		a := journal.Act{Dossier: "finding/0123456789ab", Seq: p.is.Seq + 1, Type: d.Event.Type(), Actor: who.String(), Happened: at, Event: d.Event}
		if d.Actor != nil {
			a.Actor, a.Power = d.Actor.String(), d.Power
		}
		if d.Happened != 0 {
			a.Happened = d.Happened
		}
		before := p.is
		p.is = EvolveFinding(p.is, a)
		p.acts = append(p.acts, a)
		switch e := d.Event.(type) {
		case Found:
			if before.Case.Replied == 0 && a.Happened <= before.Case.ReplyBy {
				p.t.Fatal("found unheard")
			}
			if e.Unlawful != (p.is.Status == FindingWaits) || e.Unlawful != (e.AnswerBy != nil) || e.Unlawful != (len(e.Against) > 0) {
				p.t.Fatalf("%+v leads to %s", e, p.is.Status)
			}
		case Reminded:
			if p.is.Status != before.Status || slices.Contains(before.Told, e.Step) || a.Power != PowerReminds {
				p.t.Fatalf("the clock does more than tell: %+v", e)
			}
		}
	}
	return drafts, refusals
}

func TestFindings(t *testing.T) {
	begun := []move{{1, member, examining()}}
	accounted := with(begun, move{2, head, Account{Text: dig("account")}})
	unlawful := with(accounted, move{3, member, finds("procedure", "proportion")})
	recommended := []move{{1, judge, recommending()}}
	for _, k := range []struct {
		name    string
		given   []move
		when    move
		then    []string
		refused []string
		status  FindingStatus
	}{
		{name: "examined: the body is told", when: move{1, member, examining()}, then: []string{"examined"}, status: FindingExamining},
		{name: "twice", given: begun, when: move{2, member, examining()}, refused: []string{"review.examined_before"}},
		{name: "nothing", when: move{1, member, Examine{Why: dig("why")}}, refused: []string{"review.subject_unknown"}},
		{name: "without saying why", when: move{1, member, Examine{About: anAct()}}, refused: []string{"review.missing"}},
		{name: "by who did it", when: move{1, head, examining()}, refused: []string{"review.kept_out"}},
		{name: "by who stands under who did", when: move{1, post("pwd-lights/jurist"), examining()}, refused: []string{"review.kept_out"}},
		{name: "by who is supervised by who did", when: move{1, post("board/junior"), examining()}, refused: []string{"review.kept_out"}},
		{name: "the body's account", given: begun, when: move{2, head, Account{Text: dig("a")}}, then: []string{"accounted"}, status: FindingExamining},
		{name: "twice", given: accounted, when: move{3, head, Account{Text: dig("a")}}, refused: []string{"procedure.replied_before"}},
		{name: "found before the account", given: begun, when: move{3, member, finds()}, refused: []string{"procedure.reply_open"}},
		{name: "found after silence", given: begun, when: move{12, member, finds()}, then: []string{"found"}, status: FindingLawful},
		{name: "lawful", given: accounted, when: move{3, member, finds()}, then: []string{"found"}, status: FindingLawful},
		{name: "unlawful", given: accounted, when: move{3, member, finds("power")}, then: []string{"found"}, status: FindingWaits},
		{name: "unlawful in nothing", given: accounted, when: move{3, member, Find{Unlawful: true, Law: "l", Reasons: dig("r")}}, refused: []string{"review.aspects_unfit"}},
		{name: "in what is no aspect", given: accounted, when: move{3, member, finds("taste")}, refused: []string{"review.aspect_unknown"}},
		{name: "without law or reasons", given: accounted, when: move{3, member, Find{}}, refused: []string{"review.missing", "review.missing"}},
		{name: "with a limit that is none", given: accounted, when: move{3, member, Find{Unlawful: true, Against: []string{"power"}, Law: "l", Reasons: dig("r"), Within: "soon"}}, refused: []string{"review.limit_unreadable"}},
		{name: "found twice", given: unlawful, when: move{4, member, finds()}, refused: []string{"review.finding_not_now"}},
		{name: "corrected", given: unlawful, when: move{4, head, Respond{Follows: true, Text: dig("done")}}, then: []string{"responded"}, status: FindingAnswered},
		{name: "or why not", given: unlawful, when: move{4, head, Respond{Text: dig("no")}}, then: []string{"responded"}, status: FindingAnswered},
		{name: "in no words", given: unlawful, when: move{4, head, Respond{Follows: true}}, refused: []string{"review.missing"}},
		{name: "what is lawful is not answered", given: with(accounted, move{3, member, finds()}), when: move{4, head, Respond{Text: dig("x")}}, refused: []string{"review.finding_not_now"}},
		{name: "nobody finds", given: begun, when: move{99, theClock, Remind{}}, then: []string{"reminded"}, status: FindingExamining},
		{name: "nobody answers", given: unlawful, when: move{99, theClock, Remind{}}, then: []string{"reminded"}, status: FindingWaits},
		{name: "late, and says so", given: unlawful, when: move{99, head, Respond{Text: dig("late")}}, then: []string{"reminded", "responded"}, status: FindingAnswered},
		{name: "recommended", when: move{1, judge, recommending()}, then: []string{"recommended"}, status: FindingWaits},
		{name: "in the same words", given: recommended, when: move{2, judge, recommending()}, refused: []string{"review.examined_before"}},
		{name: "without law", when: move{1, judge, Recommend{About: recommending().About, Text: dig("t")}}, refused: []string{"review.missing"}},
		{name: "followed", given: recommended, when: move{5, head, Respond{Follows: true, Text: dig("done")}}, then: []string{"responded"}, status: FindingAnswered},
		{name: "a recommendation is not found on", given: recommended, when: move{5, member, finds()}, refused: []string{"review.finding_not_now"}},
		{name: "none", when: move{1, member, finds()}, refused: []string{"review.finding_none"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			p := &play{t: t}
			for _, m := range k.given {
				if _, refusals := p.do(m.cmd, m.who, day(m.at)); len(refusals) > 0 {
					t.Fatal(m.cmd.Name(), refusals)
				}
			}
			drafts, refusals := p.do(k.when.cmd, k.when.who, day(k.when.at))
			if got := keys(refusals); !slices.Equal(got, k.refused) {
				t.Fatalf("refused for %v, not %v", got, k.refused)
			}
			if got := typesOf(drafts); !slices.Equal(got, k.then) {
				t.Fatalf("acts %v, not %v", got, k.then)
			}
			if k.status != "" && p.is.Status != k.status {
				t.Errorf("it is %s", p.is.Status)
			}
		})
	}
}

// Random histories of findings: play.do holds on every act what is promised, and the clock comes to an end.
func TestRandomFindings(t *testing.T) {
	reached := map[string]int{}
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 9))
		p := &play{t: t}
		text := func() string { return pick(r, dig("a"), dig("b"), dig("c"), "") }
		now := day(0)
		for range 14 {
			now = now.Add(time.Duration(pick(r, 1, 24, 24*5, 24*40)) * time.Hour)
			var c Command
			who := member
			switch r.IntN(8) {
			case 0:
				c = Examine{About: anAct(), Why: text()}
			case 1:
				c, who = recommending(), judge
			case 2:
				c, who = Account{Text: text()}, head
			case 3, 4:
				f := finds(pick(r, []string{"power"}, nil, []string{"x"}, []string{"power", "power"})...)
				f.Reasons, f.Within = text(), pick[Limit](r, "", "", "9d", "x")
				c = f
			case 5, 6:
				c, who = Respond{Follows: r.IntN(2) == 0, Text: text()}, head
			default:
				c, who = Remind{}, theClock
			}
			drafts, refusals := p.do(c, who, now)
			if len(drafts) > 0 && len(refusals) > 0 {
				t.Fatal("both acts and refusals")
			}
			for _, d := range drafts {
				reached[d.Event.Type()]++
			}
			var again Finding
			for _, a := range p.acts {
				again = EvolveFinding(again, a)
			}
			if !reflect.DeepEqual(again, p.is) {
				t.Fatal("the fold of its acts is another finding")
			}
			q := &play{t: t, is: p.is}
			q.do(Remind{}, theClock, now)
			if at := WakeFinding(q.is); at != 0 && at <= now {
				t.Fatal("reminded it still wakes")
			}
		}
	}
	for _, e := range FindingEvents() {
		if reached[e.Type()] == 0 {
			t.Errorf("no random history reaches %s", e.Type())
		}
	}
}

// Who may do what with a finding; whatever is not listed is denied.
func TestFindingPolicies(t *testing.T) {
	p := &play{t: t}
	p.do(examining(), member, day(1))
	may := map[string][]string{
		`Post::"pwd/head"`:     {"account", "respond"},
		`Post::"pwd/crew"`:     {"account", "respond"},
		`Post::"pwd/all"`:      {"account", "respond"},
		`Post::"board/first"`:  {"examine", "find"},
		`Post::"board/second"`: {"examine"},
		`Post::"hall/jurist"`:  {"examine"},
		`Post::"court/judge"`:  {"recommend"},
		`Post::"court/all"`:    {"recommend"},
		`Clock::"realm"`:       {"remind"},
	}
	set := policySet(t)
	world, cast := theWorld()
	uid := types.NewEntityUID("Finding", "finding/0123456789ab")
	attrs, parents := FindingResource(p.is, p.is.Subject, bench{})
	world[uid] = types.Entity{UID: uid, Attributes: attrs, Parents: types.NewEntityUIDSet(parents...)}
	for _, who := range cast {
		for _, c := range FindingCommands() {
			want := slices.Contains(may[who.String()], strings.TrimPrefix(c.Name(), "review."))
			ok, why := cedar.Authorize(set, world, cedar.Request{Principal: who, Action: types.NewEntityUID("Action", types.String(c.Name())), Resource: uid,
				Context: types.NewRecord(types.RecordMap{"imported": types.False, "inferred": types.False, "now": types.Long(0)})})
			if len(why.Errors) > 0 || bool(ok) != want {
				t.Errorf("%s %s: %v, want %v %v", who, c.Name(), ok, want, why.Errors)
			}
		}
	}
}

// What was done under a policy or a row is found by its digest, and nothing else is.
func TestCovers(t *testing.T) {
	policy, row := Subject{Kind: OnPolicy, ID: "matter.accept", Digest: "d"}, Subject{Kind: OnRow, ID: "r", Digest: "l"}
	for _, k := range []struct {
		s    Subject
		a    journal.Act
		want bool
	}{
		{policy, journal.Act{Power: "matter.accept", Policies: "d"}, true},
		{policy, journal.Act{Power: "matter.accept", Policies: "e"}, false},
		{policy, journal.Act{Power: "matter.answer", Policies: "d"}, false},
		{row, journal.Act{Type: "matter.assigned", Data: []byte(`{"row":"r","list_digest":"l"}`)}, true},
		{row, journal.Act{Type: "matter.assigned", Data: []byte(`{"row":"r","list_digest":"m"}`)}, false},
		{row, journal.Act{Type: "matter.answered", Data: []byte(`{"row":"r","list_digest":"l"}`)}, false},
		{anAct(), journal.Act{Power: "matter.answer"}, false},
	} {
		if got := k.s.covers(&k.a); got != k.want {
			t.Errorf("%+v covers %+v: %v", k.s, k.a, got)
		}
	}
}
