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

var somebody = civic.Actor{Kind: civic.Resident}

func asks() Ask {
	return Ask{About: anAct(), Random: "0123456789ab", Aspects: []string{"procedure"}, Text: dig("words"), Box: "box", Back: "back"}
}

// plea gives commands to a request; it folds what is drafted, and holds on every act what is promised.
type plea struct {
	t    *testing.T
	is   Request
	acts []journal.Act
}

func (p *plea) do(c Command, who civic.Actor, at civic.Instant) ([]journal.Draft, civic.Refusals) {
	p.t.Helper()
	f := (&world{t: p.t}).facts(who, at)
	f.Kept, f.CodeFits = 10, func(code, digest string) bool { return code == "code of "+digest }
	drafts, refusals := DecideRequest(p.is, c, f)
	for _, d := range drafts {
		a := journal.Act{Dossier: "request/0123456789ab", Seq: p.is.Seq + 1, Type: d.Event.Type(), Actor: who.String(), Happened: at, Event: d.Event}
		if d.Actor != nil {
			a.Actor, a.Power = d.Actor.String(), d.Power
		}
		if d.Happened != 0 {
			a.Happened = d.Happened
		}
		was := p.is
		p.is = EvolveRequest(p.is, a)
		p.acts = append(p.acts, a)
		if (was.Box != "" && p.is.Box == "") != slices.Contains(d.Erases, "box") {
			p.t.Fatalf("%s: the box and what is erased part ways: %v", a.Type, d.Erases)
		}
		if a.Power != "" && p.is.Status != was.Status {
			p.t.Fatalf("the clock decides: %s", a.Type)
		}
		if was.Ended != 0 && p.is.Status != was.Status {
			p.t.Fatalf("%s goes on after the end", a.Type)
		}
	}
	return drafts, refusals
}

func TestRequests(t *testing.T) {
	waits := []move{{1, somebody, asks()}}
	taken := with(waits, move{2, theClock, TakeUp{Finding: "0123456789ab"}})
	down := with(waits, move{2, member, TurnDown{Law: "l", Reasons: dig("reasons")}})
	back := with(waits, move{2, somebody, TakeBack{Code: "code of back"}})
	unfit := asks()
	unfit.Aspects = []string{"taste", "power", "power"}
	for _, k := range []struct {
		name    string
		given   []move
		when    move
		then    []string
		refused []string
		status  RequestStatus
	}{
		{name: "asked", when: move{1, somebody, asks()}, then: []string{"asked"}, status: RequestWaits},
		{name: "twice", given: waits, when: move{2, somebody, asks()}, refused: []string{"review.asked_before"}},
		{name: "nothing in no words", when: move{1, somebody, Ask{}}, refused: []string{"review.subject_unknown", "review.missing"}},
		{name: "a body is no act", when: move{1, somebody, Ask{About: recommending().About, Text: dig("x")}}, refused: []string{"review.subject_unknown"}},
		{name: "in what is no aspect, and one twice", when: move{1, somebody, unfit}, refused: []string{"review.aspect_unknown", "review.aspect_unknown"}},
		{name: "taken up", given: waits, when: move{2, theClock, TakeUp{Finding: "f"}}, then: []string{"taken_up"}, status: RequestTakenUp},
		{name: "twice", given: taken, when: move{3, theClock, TakeUp{Finding: "f"}}, refused: []string{"review.request_not_now"}},
		{name: "turned down", given: waits, when: move{2, member, TurnDown{Law: "l", Reasons: dig("r")}}, then: []string{"turned_down"}, status: RequestDeclined},
		{name: "without law or reasons", given: waits, when: move{2, member, TurnDown{}}, refused: []string{"review.missing", "review.missing"}},
		{name: "by who did it", given: waits, when: move{2, head, TurnDown{Law: "l", Reasons: dig("r")}}, refused: []string{"review.kept_out"}},
		{name: "by who stands under who did", given: waits, when: move{2, post("pwd-lights/jurist"), TurnDown{Law: "l", Reasons: dig("r")}}, refused: []string{"review.kept_out"}},
		{name: "what is examined is not turned down", given: taken, when: move{3, member, TurnDown{Law: "l", Reasons: dig("r")}}, refused: []string{"review.request_not_now"}},
		{name: "taken back", given: waits, when: move{2, somebody, TakeBack{Code: "code of back"}}, then: []string{"taken_back"}, status: RequestTakenBack},
		{name: "by a stranger", given: waits, when: move{2, somebody, TakeBack{Code: "code"}}, refused: []string{"review.code_wrong"}},
		{name: "twice is no error", given: back, when: move{3, somebody, TakeBack{Code: "code of back"}}, status: RequestTakenBack},
		{name: "what is examined goes on without the words", given: taken, when: move{3, somebody, TakeBack{Code: "code of back"}}, then: []string{"taken_back"}, status: RequestTakenUp},
		{name: "silence is told", given: waits, when: move{50, theClock, Ripen{}}, then: []string{"urged"}, status: RequestWaits},
		{name: "and once", given: with(waits, move{50, theClock, Ripen{}}), when: move{51, theClock, Ripen{}}, status: RequestWaits},
		{name: "late, and says so", given: waits, when: move{50, member, TurnDown{Law: "l", Reasons: dig("r")}}, then: []string{"urged", "turned_down"}, status: RequestDeclined},
		{name: "kept no longer than it serves", given: down, when: move{12, theClock, Ripen{}}, then: []string{"forgotten"}, status: RequestDeclined},
		{name: "not before", given: down, when: move{11, theClock, Ripen{}}, status: RequestDeclined},
		{name: "none", when: move{1, member, TurnDown{}}, refused: []string{"review.request_none"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			p := &plea{t: t}
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

// Random histories of requests: plea.do holds on every act what is promised, and the words end.
func TestRandomRequests(t *testing.T) {
	reached := map[string]int{}
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 11))
		p := &plea{t: t}
		now := day(0)
		for range 12 {
			now = now.Add(time.Duration(pick(r, 1, 24, 24*5, 24*12)) * time.Hour)
			var c Command
			who := theClock
			switch r.IntN(6) {
			case 0, 1:
				ask := asks()
				ask.Text = pick(r, dig("a"), "", "x")
				c, who = ask, somebody
			case 2:
				c = TakeUp{Finding: "f"}
			case 3:
				c, who = TurnDown{Law: pick(r, "l", ""), Reasons: pick(r, dig("a"), "")}, pick(r, member, head)
			case 4:
				c, who = TakeBack{Code: pick(r, "code of back", "x")}, somebody
			default:
				c = Ripen{}
			}
			drafts, refusals := p.do(c, who, now)
			if len(drafts) > 0 && len(refusals) > 0 {
				t.Fatal("both acts and refusals")
			}
			for _, d := range drafts {
				reached[d.Event.Type()]++
			}
			var again Request
			for _, a := range p.acts {
				again = EvolveRequest(again, a)
			}
			if !reflect.DeepEqual(again, p.is) {
				t.Fatal("the fold of its acts is another request")
			}
		}
		p.do(Ripen{}, theClock, now)
		if at := WakeRequest(p.is); at != 0 && at <= now {
			t.Fatal("ripened it still wakes")
		}
		if p.do(Ripen{}, theClock, now.Add(900*24*time.Hour)); p.is.Ended != 0 && p.is.Box != "" {
			t.Fatal("what was written is kept for ever")
		}
	}
	for _, e := range RequestEvents() {
		if reached[e.Type()] == 0 {
			t.Errorf("no random history reaches %s", e.Type())
		}
	}
}

// Who may do what with a request while it waits; whatever is not listed is denied.
func TestRequestPolicies(t *testing.T) {
	p := &plea{t: t}
	p.do(asks(), somebody, day(1))
	may := map[string][]string{
		`Post::"board/first"`: {"turn_down", "read_request"}, `Post::"board/second"`: {"turn_down", "read_request"}, `Post::"hall/jurist"`: {"turn_down", "read_request"},
		`Post::"info/desk"`: {"ask"}, `Post::"board/clerk"`: {"ask"}, `Post::"pwd/all"`: {"ask"},
		`Resident::"ann"`: {"ask", "take_back"}, `Resident::"bob"`: {"ask", "take_back"},
		`Clock::"realm"`: {"take_up", "ripen"},
	}
	set := policySet(t)
	world, cast := theWorld()
	uid := types.NewEntityUID("Request", "request/0123456789ab")
	attrs, parents := RequestResource(p.is, bench{})
	world[uid] = types.Entity{UID: uid, Attributes: attrs, Parents: types.NewEntityUIDSet(parents...)}
	actions := []string{ActionReadRequest}
	for _, c := range RequestCommands() {
		actions = append(actions, c.Name())
	}
	for _, who := range cast {
		for _, action := range actions {
			want := slices.Contains(may[who.String()], strings.TrimPrefix(action, "review."))
			ok, why := cedar.Authorize(set, world, cedar.Request{Principal: who, Action: types.NewEntityUID("Action", types.String(action)), Resource: uid,
				Context: types.NewRecord(types.RecordMap{"imported": types.False, "inferred": types.False, "now": types.Long(0)})})
			if len(why.Errors) > 0 || bool(ok) != want {
				t.Errorf("%s %s: %v, want %v %v", who, action, ok, want, why.Errors)
			}
		}
	}
}
