package matter

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/frame/journal"
)

// dice are thrown from a seed that rapid draws: evenly, where rapid's own draws favour what
// is small. The length of a history is rapid's, so that a failure shrinks to its shortest beginning.
type dice struct{ *rand.Rand }

func (d dice) one(of ...string) string { return of[d.IntN(len(of))] }
func (d dice) in(n int) bool           { return d.IntN(n) == 0 }

func from[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }

// randomCommand draws any command, right or wrong, with the pieces of a small realm.
func randomCommand(d dice, w *world, s State) Command {
	pick := func(_ string, of ...string) string { return d.one(of...) }
	body := func() civic.BodyID {
		return civic.BodyID(pick("body", "", "pwd", "parks", "water", "labour", "hall", "city-office", "old", "gone", "nobody"))
	}
	category := func() civic.Category {
		return civic.Category(pick("category", "", "roads.lamp", "roads.pothole", "parks.tree", "conduct", "housing.damp", "wages.unpaid",
			"strange.gap", "strange.two", "strange.office", "heritage", "bare", "no.such"))
	}
	text := func() string {
		if d.in(12) {
			return d.one("", "not a digest")
		}
		return dig(fmt.Sprint(d.IntN(10)))
	}
	yes := func(string) bool { return d.in(2) }
	where := func() Where {
		return from(d, Where{}, inWard(), Where{Outside: true}, Where{Place: "city", Places: []civic.PlaceID{"city"}})
	}
	items := func() []string {
		var out []string
		for _, it := range s.Items {
			if yes("item") {
				out = append(out, it.Digest)
			}
		}
		return out
	}
	other := func() civic.DossierID {
		if len(w.order) == 0 {
			return "matter/00000000"
		}
		return from(d, w.order...)
	}
	right := func() SetRight {
		return SetRight{Kind: Kind(pick("kind", "", "request", "complaint", "rant")), Category: category(), Where: where(), Against: body(),
			Visibility: Visibility(pick("visibility", "", "public", "blurred", "private")), Reason: text()}
	}
	act := func() int64 {
		if len(s.Appeals) == 0 || d.in(10) {
			return 1
		}
		return from(d, s.Appeals...).Act
	}
	law := "By-law 4"
	if d.in(10) {
		law = ""
	}
	// Mostly something for the status at hand, or few matters would get far.
	kinds := 54
	which := d.IntN(kinds)
	if s.Exists() && !d.in(3) {
		which = from(d, map[Status][]int{
			StatusReceived: {3, 4, 5, 11, 22},
			StatusAssigned: {6, 6, 7, 9, 9, 10, 22, 40, 41},
			StatusObjected: {11, 11, 37},
			StatusWorking:  {13, 14, 15, 16, 17, 20, 22, 23, 24, 24, 24, 27, 28, 28, 37, 40, 41},
			StatusPaused:   {14, 16, 19, 41, 45, 48, 49},
			StatusAnswered: {29, 30, 32, 32, 37, 44, 48, 49, 50, 51},
			StatusClosed:   {30, 32, 32, 37, 43, 45, 46, 47, 47, 50, 51},
			StatusDeclined: {32, 37, 45, 47, 51},
			StatusJoined:   {37, 34, 42, 43, 45, 47},
		}[s.Status]...)
	}
	switch which {
	case 0, 1:
		return lamp()
	case 2:
		return randomReport(d)
	case 3:
		return Triage{right()}
	case 4:
		return Correct{right()}
	case 5:
		return Assign{}
	case 6, 7, 8:
		return Accept{}
	case 9, 10:
		return Object{Ground: pick("ground", "not_our_duty", GroundAnotherBody, "x"), Proposed: body(), Reason: text()}
	case 11, 12:
		return Rule{Lead: body(), Law: law, Reason: text()}
	case 13:
		return Ask{Text: text()}
	case 14:
		return Supply{Text: text()}
	case 15:
		return Tell{Text: text(), Release: yes("release")}
	case 16:
		return Contribute{Body: body(), Text: text()}
	case 17, 18:
		return Pause{Ground: pick("ground", "weather", "waiting_for_reporter", "x")}
	case 19:
		return Resume{}
	case 20, 21:
		return Extend{Limit: Limit(pick("limit", "1d", "4d", "10d", "99d", "soon", "")), Reason: text()}
	case 22:
		return Join{Into: other(), Reason: text()}
	case 23:
		return Split{Waits: yes("waits"), Parts: []Part{{Category: category(), Text: text()}, {Where: where(), Text: dig("part")}}[:d.IntN(3)]}
	case 24, 25, 26:
		return Answer{Outcome: Outcome(pick("outcome", "fixed", "planned", "not_possible", "x")), By: civic.Instant(from(d, 0, int64(after("9999d")))), Reason: text(), Law: law, Release: yes("release")}
	case 27:
		return ProposeDecline{Law: law, Reason: text(), Elsewhere: law}
	case 28:
		return Decline{Decline: yes("decline"), Law: law, Reason: text()}
	case 29:
		return Confirm{Solved: yes("solved"), Rating: d.IntN(8) - 1, Words: text()}
	case 30, 31:
		return Reopen{Reason: text()}
	case 32:
		return Appeal{Of: pick("of", "answer", "decline", "withholding", "masking", "x"), Ground: pick("ground", "facts_unclear", "facts_unclear", "x"), Reason: text()}
	case 33:
		return Withdraw{}
	case 34:
		return Release{Items: items()}
	case 35:
		return Withhold{Items: items(), Ground: pick("ground", "personal_data", "x")}
	case 36:
		item := text()
		if all := items(); len(all) > 0 {
			item = all[0]
		}
		return Redact{Item: item, Shown: Attachment{Digest: dig("masked"), Media: "text/plain"}, Ground: "personal_data"}
	case 37, 38:
		return Retract{Act: s.Seq - int64(d.IntN(3)), Reason: text()}
	case 39:
		return Attach{Text: text()}
	case 40:
		return Move{Cause: pick("cause", "list", "successor", "x"), Body: body(), Ground: law}
	case 41:
		return Recompute{}
	case 43, 44:
		return Erase{Withdraw: d.in(3), Request: pick("request", "12/2026", "12/2026", "Ann"), Checked: pick("checked", "", "document", "x")}
	case 45:
		return PutHold{Ground: pick("ground", "court", "court", "x"), Law: law, Until: s.Last + civic.Instant(d.IntN(40)-3)*civic.Instant(24*time.Hour/time.Microsecond)}
	case 46:
		return Unhold{}
	case 47:
		return Expire{Main: from(d, "", s.Parent)}
	case 42:
		return Relay{Main: from(d, s.Main, other()), Of: pick("of", "answered", "told", "x")}
	case 48:
		return Amend{Text: text(), Address: pick("address", "", dig("address")), Contact: pick("contact", "", ContactGiven, ContactTaken, "x")}
	case 50:
		return Stay{Act: act(), Appeal: "appeal/1.1", Holds: pick("holds", HoldLapse, HoldLapse, "x"), Law: law}
	case 53:
		return Meet{Anew: s.Seq%2 == 0, Met: Met{Meeting: "meeting/1", Held: after("1d"), Attended: []civic.BodyID{"pwd"}, Remarks: dig("remarks"), Agreed: []Agreed{{Body: "pwd", Text: dig("agreed"), Released: yes("release")}}}}
	case 51, 52:
		return Obey{Act: act(), Appeal: "appeal/1.1", Result: pick("result", append([]string{"x"}, Results...)...), Outcome: Outcome(pick("outcome", "fixed", "planned", "x")),
			Show: items(), Within: Limit(pick("limit", "", "5d")), Directions: text()}
	default:
		return Tick{}
	}
}

func randomReport(d dice) Report {
	return Report{
		Kind: Kind(d.one("", "", "complaint", "safety")), Channel: d.one("web", "web", "web", "pigeon"), Reporter: "ann",
		Category: civic.Category(d.one("", "roads.lamp", "parks.tree", "conduct", "housing.damp", "strange.gap", "strange.two", "heritage", "bare")),
		Where:    from(d, Where{}, inWard(), inWard(), inWard(), Where{Outside: true}),
		Against:  civic.BodyID(d.one("", "", "", "parks", "hall", "pwd", "city-office")), Text: d.one("", dig("text")),
		Visibility: Visibility(d.one("", "", "blurred", "private")), Address: d.one("", dig("address")),
	}
}

// rightful is whoever the command is for, so that histories get somewhere; now and then anybody.
func rightful(d dice, c Command, s State) civic.Actor {
	if d.in(10) {
		return from(d, ann, desk, lead, joint, office, theClock, operator, civic.Actor{})
	}
	switch c.(type) {
	case Report, Supply, Amend, Confirm, Reopen, Appeal, Withdraw:
		return ann
	case Erase:
		return from(d, ann, ann, desk)
	case PutHold, Unhold:
		return office
	case Expire:
		return theClock
	case Rule, Decline:
		return office
	case Triage, Release, Withhold, Redact, Join:
		return desk
	case Contribute:
		if len(s.Round.Joint) > 0 {
			return civic.Actor{Kind: civic.Post, Post: civic.PostID(s.Round.Joint[0].Body) + "/head"}
		}
	case Tick, Assign, Move, Relay, Recompute, Stay, Obey, Meet:
		return theClock
	case Retract:
		return from(d, desk, office, civic.Actor{Kind: civic.Post, Post: civic.PostID(s.Lead) + "/head"})
	}
	return civic.Actor{Kind: civic.Post, Post: civic.PostID(s.Lead) + "/head"}
}

// Random histories of several matters: the invariants of world.always hold on every act,
// and those of check after every command.
func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "commands")
		history(t, dice{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))}, n, nil)
	})
}

// The histories are worth their name: a few hundred of them hold every act there is.
func TestHistoriesReachEveryAct(t *testing.T) {
	reached := map[string]int{}
	for seed := range uint64(300) {
		history(t, dice{rand.New(rand.NewPCG(seed, 2))}, 60, reached)
	}
	for _, e := range Events() {
		if reached[e.Type()] == 0 && e.Type() != "matter.imported" {
			t.Errorf("no random history reaches %s: %v", e.Type(), reached)
		}
	}
}

// history plays n random commands and counts the acts they lead to.
func history(t tester, d dice, n int, reached map[string]int) {
	w := newWorld(t)
	now := monday
	for range n {
		now = now.Add(time.Duration(from(d, 0, 1, 1, 5, 5, 24, 36, 24*4, 24*13)) * time.Hour)
		if d.in(12) {
			change(d, w)
		}
		id := civic.DossierID("")
		if len(w.order) > 0 && !d.in(8) {
			id = from(d, w.order...)
		}
		s := w.state(id)
		c := randomCommand(d, w, s)
		if id == "" {
			c = from[Command](d, lamp(), randomReport(d))
		}
		who := rightful(d, c, s)
		before := deepCopy(s)
		drafts, refusals := w.do(id, c, who, now)
		if !reflect.DeepEqual(before, s) {
			t.Fatalf("%s changed a state that others share", c.Name())
		}
		if len(drafts) > 0 && len(refusals) > 0 {
			t.Fatal("both acts and refusals")
		}
		for _, r := range refusals {
			if r.Key == "" || r.Kind == "" {
				t.Fatalf("a refusal without a reason: %+v", r)
			}
		}
		for _, draft := range drafts {
			if reached != nil {
				reached[draft.Event.Type()]++
			}
		}
		check(t, w, now)
	}
}

// change is something outside that changes: a body ends, a list has another lead, a holiday comes.
func change(d dice, w *world) {
	switch d.IntN(4) {
	case 0:
		b := w.bodies["parks"]
		b.Ended, b.Successor = true, from[civic.BodyID](d, "", "water")
		w.bodies["parks"] = b
	case 1:
		row := w.duties["roads.lamp"]
		row.Lead = from[civic.BodyID](d, "water", "parks", "pwd", "city-office")
		row.Resolution = Limit(d.one("", "3d", "10d"))
		w.duties["roads.lamp"] = row
	case 2:
		w.calendar = plainCalendar{version: "2", holiday: after(d.one("1d", "5d", "30d"))}
	case 3:
		b := w.bodies["pwd"]
		b.Vacant = !b.Vacant
		w.bodies["pwd"] = b
	}
}

// check holds between commands.
func check(t tester, w *world, now civic.Instant) {
	numbers := map[Number]bool{}
	for _, id := range w.order {
		s := w.state(id)
		if numbers[s.Number] || !s.Number.Valid() || s.ID != id {
			t.Fatal("a number twice, or none:", s.Number, s.ID)
		}
		numbers[s.Number] = true
		// Folding the acts again gives the same matter.
		var again State
		for _, a := range w.acts[id] {
			again = Evolve(again, a)
		}
		if !reflect.DeepEqual(again, s) {
			t.Fatalf("%s: the fold of its acts is another matter\n%+v\n%+v", id, again, s)
		}
		// The clock comes to an end, moves on, and does nothing twice.
		f := w.facts(s, Tick{}, theClock, max(now, s.Last))
		drafts, refusals := Decide(s, Tick{}, f)
		if len(refusals) > 0 || len(drafts) > 20 {
			t.Fatal(id, typesOf(drafts), refusals)
		}
		ticked := s
		var at civic.Instant
		for i, d := range drafts {
			if d.Happened != 0 {
				at = d.Happened
			} else {
				at = f.Now
			}
			if d.Actor == nil || d.Actor.Kind != civic.Clock || d.Power == "" || at > f.Now {
				t.Fatalf("%s at %s is not the clock's", d.Event.Type(), since(at))
			}
			ticked = Evolve(ticked, journal.Act{Position: f.Position + civic.Position(i), Dossier: id, Seq: ticked.Seq + 1, Type: d.Event.Type(), Actor: "clock", Happened: at, Event: d.Event})
		}
		if wake := Wake(ticked); wake != 0 && wake <= f.Now {
			t.Fatalf("%s (%s): ticked at %s it still wakes at %s", id, ticked.Status, since(f.Now), since(wake))
		}
		if more, _ := Decide(ticked, Tick{}, f); len(more) > 0 {
			t.Fatal(id, "ticks twice", typesOf(more))
		}
		// Whoever waits is waited for: no open matter is without a clock unless all steps are taken.
		if s.Status.Open() && Wake(s) == 0 && !s.HasEscalated(StepOver, "") && !s.HasEscalated(StepTriage, "") {
			t.Fatalf("%s (%s) sleeps for ever: %+v", id, s.Status, s.Round)
		}
		// Of what was erased nothing leads back to it, whatever comes after, and a hold was in the way of none.
		if s.Erased != nil && (s.Reporter != "" || s.Contact || s.Address != "" || s.undo != nil && s.undo.before.Erased == nil) {
			t.Fatalf("%s was erased, and still knows %+v", id, s)
		}
		for _, it := range s.Items {
			if s.Erased != nil && it.Seq <= erasedIn(w.acts[id]) {
				t.Fatalf("%s was erased, and still has the item of act %d", id, it.Seq)
			}
		}
		if s.Erased != nil && s.apart != nil && (s.apart.Reporter != "" || s.apart.Box != s.Box) {
			t.Fatalf("%s was erased, and would have its reporter back once it is separated", id)
		}
		held := civic.Instant(0)
		for _, a := range w.acts[id] {
			switch e := a.Event.(type) {
			case Held:
				held = e.Until
			case Unheld:
				held = 0
			case Erased:
				if held != 0 {
					t.Fatalf("%s was erased by act %d under a hold until %s", id, a.Seq, since(held))
				}
			}
		}
		// Everyone's view of a private matter is nothing.
		if _, seen := Visible(s, Eyes{}); seen != (s.Visibility != Private) {
			t.Fatal("seen", seen, s.Visibility)
		}
		for _, m := range s.Took {
			if o := w.state(m); o.Main != id {
				t.Fatalf("%s took in %s, which is in %q", id, m, o.Main)
			}
		}
		if s.Status == StatusJoined && !slices.Contains(w.state(s.Main).Took, id) {
			t.Fatalf("%s is joined into %s, which knows nothing of it", id, s.Main)
		}
		// Six days at the longest, and a holiday that may lie in them.
		if total := pausedFor(s); total > 7*24*time.Hour {
			t.Fatalf("%s paused for %s in a round", id, total)
		}
	}
}

func erasedIn(acts []journal.Act) (last int64) {
	for _, a := range acts {
		if _, ok := a.Event.(Erased); ok {
			last = a.Seq
		}
	}
	return last
}

func pausedFor(s State) (total time.Duration) {
	for _, p := range s.Pauses {
		total += p.Until.Sub(p.From)
	}
	return total
}

func deepCopy(s State) State {
	s.Items, s.Places, s.Past = slices.Clone(s.Items), slices.Clone(s.Places), slices.Clone(s.Past)
	s.Round.Joint, s.Round.Escalated, s.Round.Pauses = slices.Clone(s.Round.Joint), slices.Clone(s.Round.Escalated), slices.Clone(s.Round.Pauses)
	s.Objecting, s.Took, s.Parts, s.Appeals = slices.Clone(s.Objecting), slices.Clone(s.Took), slices.Clone(s.Parts), slices.Clone(s.Appeals)
	return s
}

// A retraction brings back what was, whatever it was, but not the time.
func TestRetractingRestores(t *testing.T) {
	done := 0
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		d := dice{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))}
		id := w.given(from(d, reported, accepted, objected, answered, paused, proposed)...)
		now := max(w.state(id).Last, after("1d"))
		before := w.state(id)
		c := randomCommand(d, w, before)
		who := rightful(d, c, before)
		if drafts, _ := w.do(id, c, who, now); len(drafts) == 0 || w.state(id).undo == nil || drafts[0].Actor != nil {
			return
		}
		act := w.state(id).Retractable(who)
		if act != before.Seq+1 {
			return
		}
		if _, refusals := w.do(id, Retract{Act: act, Reason: dig("oops")}, who, now); len(refusals) > 0 {
			t.Fatal(c.Name(), refusals)
		}
		done++
		after := w.state(id)
		want := before
		want.Seq, want.Position, want.Last, want.undo = after.Seq, after.Position, after.Last, nil
		if want.Round.Escalated = after.Round.Escalated; !reflect.DeepEqual(after, want) {
			t.Fatalf("%s retracted:\n got  %+v\n want %+v", c.Name(), after, want)
		}
	})
	if done == 0 {
		t.Error("nothing was ever retracted")
	}
}

// No command in any status panics, whatever it holds and whoever asks.
func TestNothingPanics(t *testing.T) {
	for _, status := range append([]Status{StatusNone}, Statuses...) {
		for _, c := range Commands() {
			for _, who := range []civic.Actor{{}, ann, lead, theClock, operator} {
				w := newWorld(t)
				id := civic.DossierID("")
				if status != StatusNone {
					id = into(w, status)
				}
				w.do(id, c, who, after("500d"))
				w = newWorld(t)
				w.imported = true
				w.do("", c, who, after("0d"))
			}
		}
	}
}
