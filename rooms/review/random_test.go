package review

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
)

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// randomCommand draws any command, right or wrong, mostly for its rightful asker.
func randomCommand(r *rand.Rand, s State, now civic.Instant) (Command, civic.Actor) {
	text := func() string { return pick(r, dig("a"), dig("b"), dig("c"), "", "no digest") }
	reviewer := civic.Actor{Kind: civic.Post, Post: s.Reviewer}
	if s.Reviewer == "" || r.IntN(12) == 0 {
		reviewer = post(string(pick(r, theReviewers...)))
	}
	side := pick(r, ann, head)
	switch r.IntN(16) {
	case 0:
		return Note{Post: pick[civic.PostID](r, "", "board/first", "pwd/crew", "coord/chair", "info/desk"), Body: pick[civic.BodyID](r, "", "park"), Private: r.IntN(20) == 0}, theClock
	case 1, 2:
		return Take{}, post(string(pick(r, theReviewers...)))
	case 3:
		if r.IntN(4) > 0 {
			return Tick{}, theClock
		}
		return Recuse{Reason: text()}, reviewer
	case 4, 5:
		return Reply{Text: text()}, head
	case 6:
		return AskHearing{Reason: text()}, side
	case 7:
		return CallHearing{At: now + civic.Instant(r.Int64N(20*86_400_000_000)), Place: text()}, reviewer
	case 8, 9:
		return HoldHearing{Record: text(), Appellant: r.IntN(2) == 0, Respondent: r.IntN(2) == 0}, reviewer
	case 10:
		return WaiveHearing{}, side
	case 11:
		return Extend{Reason: text()}, reviewer
	case 12, 13:
		return Settle{Result: pick(r, append(slices.Clone(Results), "x")...), Law: pick(r, "Charter 4", "", "\x00"), Found: text(), Reasons: text(), Outcome: pick(r, "fixed", "planned", "x", ""),
			By: pick(r, 0, now+1), Show: pick(r, nil, []string{dig("one")}, []string{dig("no")}), Within: pick[Limit](r, "", "5d", "900d", "x"), Directions: text()}, reviewer
	case 14:
		return Publish{Found: text(), Reasons: text()}, reviewer
	default:
		if r.IntN(6) > 0 {
			return Tick{}, theClock
		}
		return Withdraw{Reason: text()}, ann
	}
}

// Random histories: what world.always holds on every act, and here after every command.
func TestRandomHistories(t *testing.T) {
	reached := map[string]int{}
	results := map[Result]int{}
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 3))
		w := &world{t: t}
		m := opening(pick(r, "answer", "answer", "decline", "withholding", "masking"))
		m.Matter.Private = r.IntN(8) == 0
		w.do(m, theClock, day(0))
		now := day(0)
		for range 40 {
			now = now.Add(time.Duration(pick(r, 0, 1, 8, 24, 24*4, 24*15)) * time.Hour)
			before := w.state
			frozen := before
			frozen.Items, frozen.Posts, frozen.Bodies, frozen.Told = slices.Clone(before.Items), slices.Clone(before.Posts), slices.Clone(before.Bodies), slices.Clone(before.Told)
			c, who := randomCommand(r, w.state, now)
			drafts, refusals := w.do(c, who, now)
			if !reflect.DeepEqual(before, frozen) {
				t.Fatalf("seed %d: %s changed a state that others share", seed, c.Name())
			}
			if len(drafts) > 0 && len(refusals) > 0 {
				t.Fatal("both acts and refusals")
			}
			for _, d := range drafts {
				reached[d.Event.Type()]++
				if e, ok := d.Event.(Decided); ok {
					results[e.Result]++
				}
			}
			holds(t, w, now)
		}
	}
	for _, e := range Events() {
		if n := reached[e.Type()]; n == 0 && e.Type() != "review.opened" {
			t.Errorf("no random history reaches %s", e.Type())
		}
	}
	for _, r := range Results {
		if results[r] == 0 {
			t.Errorf("no random history ends %s", r)
		}
	}
}

// holds is what is so between commands.
func holds(t *testing.T, w *world, now civic.Instant) {
	t.Helper()
	var again State
	for _, a := range w.acts {
		again = Evolve(again, a)
	}
	if !reflect.DeepEqual(again, w.state) {
		t.Fatalf("the fold of its acts is another appeal\n%+v\n%+v", again, w.state)
	}
	drafts, refusals := Decide(w.state, Tick{}, w.facts(theClock, now))
	if len(refusals) > 0 || len(drafts) > len(Steps) {
		t.Fatal(typesOf(drafts), refusals)
	}
	ticked := w.state
	for _, d := range drafts {
		at := now
		if d.Happened != 0 {
			at = d.Happened
		}
		if _, ok := d.Event.(Escalated); !ok || d.Power != PowerTicks || at > max(now, w.state.Last) {
			t.Fatalf("the clock does more than tell: %+v", d)
		}
		ticked = Evolve(ticked, journal.Act{Dossier: ticked.ID, Seq: ticked.Seq + 1, Type: d.Event.Type(), Actor: "clock", Happened: at, Event: d.Event})
	}
	if wake := Wake(ticked); wake != 0 && wake <= now {
		t.Fatalf("ticked it still wakes at %d", wake)
	}
	// Whoever waits is waited for.
	if s := w.state; s.Pending() && Wake(s) == 0 && !s.HasTold(StepDue) {
		t.Fatalf("an appeal sleeps for ever: %+v", s)
	}
}
