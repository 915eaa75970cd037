package matter

import (
	"testing"

	"skein/frame/civic"
)

func TestTheClock(t *testing.T) {
	run(t, []row{
		{name: "nothing before its time", given: accepted, when: move{"2d", theClock, Tick{}}},
		{name: "half time reminds the lead", given: accepted, when: move{"5d", theClock, Tick{}}, then: []string{"escalated joint by the clock at 3d", "escalated half by the clock"},
			check: func(t *testing.T, s State, w *world) {
				acts := w.acts[s.ID]
				if e := acts[len(acts)-1].Event.(Escalated); e.Body != "pwd" || e.To != "" || e.Due != after("10d") || acts[len(acts)-1].Power != PowerTicks {
					t.Errorf("%+v", e)
				}
			}},
		{name: "years late, all acts in order, each of its own instant", given: reported, when: move{"1000d", theClock, Tick{}},
			then: []string{"accepted by the clock at 2d", "escalated joint by the clock at 3d", "escalated half by the clock at 5d",
				"escalated due by the clock at 10d", "escalated over by the clock at 15d"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				acts := w.acts[s.ID]
				if e := acts[5].Event.(Escalated); e.To != "pwd/chief" || e.Of != "pwd" || e.Vacant {
					t.Errorf("due: %+v", e)
				}
				if e := acts[6].Event.(Escalated); e.Body != "ward-office" || e.To != "" {
					t.Errorf("over: %+v", e)
				}
				if Wake(s) != 0 {
					t.Error("wakes again", since(Wake(s)))
				}
			}},
		{name: "an objected matter's clock runs on", given: objected, when: move{"2d", theClock, Tick{}}},
		{name: "over an objection and its silence", given: moves(reported, []move{{"2d", lead, Object{Ground: "not_our_duty", Reason: dig("r")}}}), when: move{"11d", theClock, Tick{}},
			then: []string{"escalated joint by the clock at 3d", "ruled by the clock at 4d", "escalated half by the clock at 5d", "escalated due by the clock at 10d"}},
		{name: "a matter nobody was assigned is scanned", given: []move{{"0d", ann, told(func(r *Report) { r.Category = "strange.gap" })}}, when: move{"400d", theClock, Tick{}},
			then: []string{"escalated triage by the clock at 1d"}, status: StatusReceived},
		{name: "so is a reopened one", given: moves(closed, []move{{"4d", ann, Reopen{Reason: dig("r")}}}), when: move{"30d", theClock, Tick{}},
			then: []string{"accepted by the clock at 6d", "escalated joint by the clock at 7d", "escalated half by the clock at 9d",
				"escalated due by the clock at 14d", "escalated over by the clock at 19d"}},
		{name: "a paused one is not, until the pause ends", given: paused, when: move{"40d", theClock, Tick{}},
			then: []string{"resumed by the clock at 7d", "escalated joint by the clock at 9d", "escalated half by the clock at 11d", "escalated due by the clock at 16d", "escalated over by the clock at 21d"}},
		{name: "the clock comes before a late command", given: answered, when: move{"13d", ann, Appeal{Of: "answer", Ground: "facts_unclear", Reason: dig("r")}}, then: []string{"lapsed by the clock at 12d", "appealed"}, status: StatusClosed},
		{name: "a machine's clock set back does not set the matter's back", given: accepted, when: move{"30m", lead, Tell{Text: dig("t")}}, then: []string{"told at 0d1h"}},
	})
}

func TestAVacantSupervisorMeansTheCoordinator(t *testing.T) {
	w := newWorld(t)
	id := w.given(accepted...)
	b := w.bodies["pwd"]
	b.Vacant = true
	w.bodies["pwd"] = b
	w.do(id, Tick{}, theClock, after("10d"))
	acts := w.acts[id]
	e := acts[len(acts)-1].Event.(Escalated)
	if e.Step != StepDue || !e.Vacant || e.To != "" || e.Body != "ward-office" {
		t.Errorf("%+v", e)
	}
}

func TestTickAgainFindsNothing(t *testing.T) {
	for _, given := range [][]move{reported, accepted, objected, answered, closed, paused, proposed} {
		w := newWorld(t)
		id := w.given(given...)
		for _, at := range []string{"3d", "9d", "16d", "400d"} {
			w.do(id, Tick{}, theClock, after(at))
			if again, refusals := w.do(id, Tick{}, theClock, after(at)); len(again) != 0 || len(refusals) != 0 {
				t.Errorf("%s: %v %v", at, typesOf(again), refusals)
			}
			if wake := Wake(w.state(id)); wake != 0 && wake <= after(at) {
				t.Errorf("at %s it still wakes at %s", at, since(wake))
			}
		}
	}
}

func TestANewHolidayMovesWhatRuns(t *testing.T) {
	for _, c := range []struct {
		name    string
		given   []move
		holiday string
		want    string
		check   func(State) bool
	}{
		{"an assigned matter's objection limit too", reported, "1d12h", "[recomputed by the clock]", func(s State) bool {
			return s.Resolution.Due == after("11d") && s.Objection.Due == after("3d") && s.CalVersion == "2"
		}},
		{"a working one", accepted, "1d12h", "[recomputed by the clock]", func(s State) bool {
			return s.Resolution.Due == after("11d") && s.Objection.Due == after("2d") && s.Round.Joint[0].Term.Due == after("4d")
		}},
		{"a paused one", paused, "8d", "[recomputed by the clock]", func(s State) bool { return s.Status == StatusPaused && s.Resolution.Due == after("17d") }},
		{"no answered one", answered, "8d", "[]", func(s State) bool { return s.Resolution.Due == after("10d") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			id := w.given(c.given...)
			if same, refusals := w.do(id, Recompute{}, theClock, after("1d")); len(same) != 0 || (len(refusals) > 0) != (c.name == "no answered one") {
				t.Fatal("the same calendar moves nothing:", typesOf(same), refusals)
			}
			w.calendar = plainCalendar{version: "2", holiday: after(c.holiday)}
			drafts, _ := w.do(id, Recompute{}, theClock, after("1d"))
			if got := printed(typesOf(drafts)); got != c.want {
				t.Fatal(got)
			}
			if !c.check(w.state(id)) {
				t.Errorf("%+v", w.state(id).Round)
			}
			if again, _ := w.do(id, Recompute{}, theClock, after("1d")); len(again) != 0 {
				t.Error("recomputed twice", typesOf(again))
			}
		})
	}
}

func TestSomebodyIsAlwaysTold(t *testing.T) {
	w := newWorld(t)
	id := w.given(move{"0d", ann, told(func(r *Report) { r.Category = "roads.pothole" })}) // water has no supervising post
	w.do(id, Tick{}, theClock, after("400d"))
	for _, a := range w.acts[id] {
		if e, ok := a.Event.(Escalated); ok && e.To == "" && e.Body == "" {
			t.Errorf("%+v", e)
		}
	}
	if _, refusals := w.do(id, Accept{}, civic.Actor{Kind: civic.Post, Post: "water/head"}, after("400d")); len(refusals) == 0 {
		t.Error("accepted after silence")
	}
}
