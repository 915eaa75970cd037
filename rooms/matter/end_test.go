package matter

import (
	"testing"

	"skein/frame/civic"
)

func TestEnds(t *testing.T) {
	lapsed := moves(answered, []move{{"12d", theClock, Tick{}}})
	declined := moves(proposed, []move{{"2d", office, Decline{Decline: true, Law: "l", Reason: dig("r")}}})
	answer := Answer{Outcome: Fixed, Reason: dig("done")}
	run(t, []row{
		{name: "the lead answers", given: accepted, when: move{"2d", lead, Answer{Outcome: Planned, By: after("40d"), Reason: dig("r"), Evidence: []Attachment{{Digest: dig("e"), Media: "image/jpeg"}}}},
			then: []string{"answered"}, status: StatusAnswered,
			check: func(t *testing.T, s State, w *world) {
				if s.Outcome != Planned || s.PlannedBy != after("40d") || s.Answered != after("2d") || s.Late || s.Lapse.Due != after("12d") || len(s.Items) != 2 {
					t.Errorf("%+v", s.Round)
				}
			}},
		{name: "late, and it shows", given: accepted, when: move{"10d1h", lead, answer}, then: []string{"escalated joint by the clock at 3d", "escalated half by the clock at 5d", "escalated due by the clock at 10d", "answered"},
			check: func(t *testing.T, s State, w *world) {
				if !s.Late {
					t.Error("not late")
				}
			}},
		{name: "at the last instant it is not", given: accepted, when: move{"10d", lead, answer}, then: []string{"escalated joint by the clock at 3d", "escalated half by the clock at 5d", "answered"},
			check: func(t *testing.T, s State, w *world) {
				if s.Late {
					t.Error("late")
				}
			}},
		{name: "an outcome from the list, with a reason", given: accepted, when: move{"2d", lead, Answer{Outcome: "somebody else's"}}, refused: []string{"matter.outcome_unknown", "matter.missing"}},
		{name: "planned by when", given: accepted, when: move{"2d", lead, Answer{Outcome: Planned, By: after("1d"), Reason: dig("r")}}, refused: []string{"matter.planned_when"}},
		{name: "only planned has a date", given: accepted, when: move{"2d", lead, Answer{Outcome: Fixed, By: after("9d"), Reason: dig("r")}}, refused: []string{"matter.planned_only"}},
		{name: "not possible cites its law", given: accepted, when: move{"2d", lead, Answer{Outcome: NotPossible, Reason: dig("r")}}, refused: []string{"matter.missing"}},
		{name: "not before accepting", given: reported, when: move{"1h", lead, answer}, refused: []string{"matter.not_now"}},
		{name: "not while paused", given: paused, when: move{"2d", lead, answer}, refused: []string{"matter.not_now"}},
		{name: "not over a proposal to decline", given: proposed, when: move{"2d", lead, answer}, refused: []string{"matter.decline_waits"}},

		{name: "declining is proposed with its law and where to go", given: accepted, when: move{"1d", lead, ProposeDecline{Law: "l", Reason: dig("r"), Elsewhere: "federal.rail"}},
			then: []string{"decline_proposed"}, status: StatusWorking},
		{name: "all three are needed", given: accepted, when: move{"1d", lead, ProposeDecline{}}, refused: []string{"matter.missing", "matter.missing", "matter.missing"}},
		{name: "and ruled on", given: proposed, when: move{"2d", office, Decline{Decline: true, Law: "l", Reason: dig("r")}}, then: []string{"declined"}, status: StatusDeclined,
			check: func(t *testing.T, s State, w *world) {
				if s.Ending != EndDeclined || s.Elsewhere != "federal.rail" || s.Answered != 0 {
					t.Errorf("%+v", s)
				}
			}},
		{name: "or refused", given: proposed, when: move{"2d", office, Decline{Law: "l", Reason: dig("r")}}, then: []string{"decline_refused"}, status: StatusWorking},
		{name: "silence refuses", given: proposed, when: move{"3d", theClock, Tick{}}, then: []string{"decline_refused by the clock", "escalated joint by the clock"}, status: StatusWorking},
		{name: "nobody declines without a proposal", given: accepted, when: move{"2d", office, Decline{Decline: true, Law: "l", Reason: dig("r")}}, refused: []string{"matter.no_decline_proposed"}},

		{name: "the reporter confirms", given: answered, when: move{"3d", ann, Confirm{Solved: true, Rating: 5}}, then: []string{"confirmed"}, status: StatusClosed,
			check: func(t *testing.T, s State, w *world) {
				if s.Ending != EndSolved || s.Rating != 5 || Wake(s) != 0 {
					t.Errorf("%+v", s.Round)
				}
			}},
		{name: "a rating is of five", given: answered, when: move{"3d", ann, Confirm{Rating: 6}}, refused: []string{"matter.rating_range"}},
		{name: "silence lapses, counted apart", given: answered, when: move{"12d", theClock, Tick{}}, then: []string{"lapsed by the clock"}, status: StatusClosed,
			check: func(t *testing.T, s State, w *world) {
				if s.Ending != EndLapsed || s.Rating != 0 {
					t.Errorf("%+v", s.Round)
				}
			}},
		{name: "after which it is too late to confirm", given: answered, when: move{"12d1h", ann, Confirm{Solved: true}}, refused: []string{"matter.not_now"}},

		{name: "not solved may be opened again: a round of its own", given: closed, when: move{"20d", ann, Reopen{Reason: dig("still dark")}}, then: []string{"reopened", "assigned by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, w *world) {
				if s.No != 2 || s.Start != after("20d") || s.Resolution.Due != after("30d") || len(s.Round.Escalated) != 0 || s.Answered != 0 {
					t.Errorf("%+v", s.Round)
				}
				if len(s.Past) != 1 || s.Past[0].Answered != after("2d") || s.Past[0].Rating != 2 || s.Past[0].Ending != EndUnsolved {
					t.Errorf("the first round's figures fell: %+v", s.Past)
				}
			}},
		{name: "an answer may be refused at once", given: answered, when: move{"3d", ann, Reopen{Reason: dig("r")}}, then: []string{"reopened", "assigned by the clock"}, status: StatusAssigned},
		{name: "a lapsed matter too", given: lapsed, when: move{"42d", ann, Reopen{Reason: dig("r")}}, then: []string{"reopened", "assigned by the clock"}},
		{name: "in time", given: lapsed, when: move{"42d1h", ann, Reopen{Reason: dig("r")}}, refused: []string{"matter.reopen_too_late"}},
		{name: "not an open one", given: accepted, when: move{"1d", ann, Reopen{Reason: dig("r")}}, refused: []string{"matter.not_now"}},
		{name: "nor a declined one, which is appealed", given: declined, when: move{"3d", ann, Reopen{Reason: dig("r")}}, refused: []string{"matter.not_now"}},

		{name: "an answer is appealed", given: answered, when: move{"3d", ann, Appeal{Of: "answer", Ground: "facts_unclear", Reason: dig("r")}}, then: []string{"appealed"}, status: StatusAnswered},
		{name: "once", given: moves(answered, []move{{"3d", ann, Appeal{Of: "answer", Ground: "facts_unclear", Reason: dig("r")}}}), when: move{"4d", ann, Appeal{Of: "answer", Ground: "facts_unclear", Reason: dig("r")}}, refused: []string{"matter.appealed_before"}},
		{name: "in time", given: closed, when: move{"62d1h", ann, Appeal{Of: "answer", Ground: "facts_unclear", Reason: dig("r")}}, refused: []string{"matter.appeal_too_late"}},
		{name: "a decline is appealed", given: declined, when: move{"3d", ann, Appeal{Of: "decline", Ground: "facts_unclear", Reason: dig("r")}}, then: []string{"appealed"}, status: StatusDeclined},
		{name: "nothing that is not there", given: accepted, when: move{"3d", ann, Appeal{Of: "answer", Ground: "facts_unclear", Reason: dig("r")}}, refused: []string{"matter.nothing_to_appeal"}},
		{name: "nor the weather", given: answered, when: move{"3d", ann, Appeal{Of: "weather", Ground: "facts_unclear", Reason: dig("r")}}, refused: []string{"matter.appeal_unknown"}},

		{name: "the reporter withdraws", given: paused, when: move{"2d", ann, Withdraw{}}, then: []string{"withdrawn"}, status: StatusClosed,
			check: func(t *testing.T, s State, w *world) {
				if s.Ending != EndWithdrawn || Wake(s) != 0 {
					t.Error(s.Ending, Wake(s))
				}
			}},
		{name: "not after an answer", given: answered, when: move{"3d", ann, Withdraw{}}, refused: []string{"matter.not_now"}},
		{name: "and may come back", given: moves(accepted, []move{{"1d", ann, Withdraw{}}}), when: move{"5d", ann, Reopen{Reason: dig("r")}}, then: []string{"reopened", "assigned by the clock"}},
	})
}

func TestWhoLeadsAReopenedMatter(t *testing.T) {
	water := civic.Actor{Kind: civic.Post, Post: "water/head"}
	ruled := moves(objected, []move{{"1d", office, Rule{Lead: "water", Law: "l", Reason: dig("r")}}, {"1d", water, Accept{}},
		{"2d", water, Answer{Outcome: Fixed, Reason: dig("r")}}})
	t.Run("whom a ruling named", func(t *testing.T) {
		w := newWorld(t)
		id := w.given(ruled...)
		w.do(id, Reopen{Reason: dig("r")}, ann, after("3d"))
		s := w.state(id)
		if s.Lead != "water" || !s.ByRuling || len(s.Objecting) != 0 || s.HandOvers != 0 || s.Past[0].HandOvers != 1 {
			t.Errorf("%+v", s.Round)
		}
	})
	t.Run("its successor", func(t *testing.T) {
		w := newWorld(t)
		id := w.given(ruled...)
		w.bodies["water"] = BodyFacts{Kind: "public", Ended: true, Successor: "labour"}
		w.do(id, Reopen{Reason: dig("r")}, ann, after("3d"))
		if s := w.state(id); s.Lead != "labour" {
			t.Errorf("%+v", s.Round)
		}
	})
	t.Run("who did before, where the list is silent now", func(t *testing.T) {
		w := newWorld(t)
		id := w.given(answered...)
		delete(w.duties, "roads.lamp")
		drafts, refusals := w.do(id, Reopen{Reason: dig("r")}, ann, after("3d"))
		s := w.state(id)
		if printed(typesOf(drafts)) != "[reopened assigned by the clock]" || s.Lead != "pwd" || s.Resolution.Due != after("13d") || s.ByRuling {
			t.Errorf("%v %v %+v", typesOf(drafts), refusals, s.Round)
		}
	})
	t.Run("nobody yet, if even that is no more", func(t *testing.T) {
		w := newWorld(t)
		id := w.given(answered...)
		delete(w.duties, "roads.lamp")
		w.bodies["pwd"] = BodyFacts{Kind: "public", Ended: true}
		drafts, _ := w.do(id, Reopen{Reason: dig("r")}, ann, after("3d"))
		s := w.state(id)
		if printed(typesOf(drafts)) != "[reopened]" || s.Triage != TriageGap || Wake(s) != after("4d") {
			t.Errorf("%v %+v", typesOf(drafts), s)
		}
	})
}

func TestRetracting(t *testing.T) {
	run(t, []row{
		{name: "an answer entered by mistake", given: answered, when: move{"2d1h", lead, Retract{Act: 4, Reason: dig("r")}}, then: []string{"retracted"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				if s.Answered != 0 || len(s.Items) != 0 || s.Seq != 5 || s.Last != after("2d1h") {
					t.Errorf("%+v", s)
				}
			}},
		{name: "only by the post that erred", given: answered, when: move{"2d1h", chief, Retract{Act: 4, Reason: dig("r")}}, refused: []string{"matter.retract_not_yours"}},
		{name: "not what somebody has acted on", given: closed, when: move{"3d1h", lead, Retract{Act: 4, Reason: dig("r")}}, refused: []string{"matter.retract_not_last"}},
		{name: "not an act before the last", given: answered, when: move{"2d1h", lead, Retract{Act: 3, Reason: dig("r")}}, refused: []string{"matter.retract_not_last"}},
		{name: "not a report", given: reported, when: move{"1h", desk, Retract{Act: 1, Reason: dig("r")}}, refused: []string{"matter.retract_not_last"}},
		{name: "the clock in between does not matter, and time is not taken back", given: moves(accepted, []move{{"4d", lead, Tell{Text: dig("t")}}}),
			when: move{"6d", lead, Retract{Act: 5, Reason: dig("r")}}, then: []string{"escalated half by the clock at 5d", "retracted"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				if len(s.Items) != 0 || !s.HasEscalated(StepHalf, "") || Wake(s) != after("10d") {
					t.Errorf("%+v wakes %s", s.Round, since(Wake(s)))
				}
			}},
		{name: "a ruling, with the assignment it led to", given: moves(objected, []move{{"1d", office, Rule{Lead: "water", Law: "l", Reason: dig("r")}}}),
			when: move{"1d1h", office, Retract{Act: 4, Reason: dig("r")}}, then: []string{"retracted"}, status: StatusObjected,
			check: func(t *testing.T, s State, w *world) {
				if s.Lead != "pwd" || s.HandOvers != 0 || s.Ruling.Due != after("2d1h") {
					t.Errorf("%+v", s.Round)
				}
			}},
		{name: "a release", given: []move{{"0d", ann, told(func(r *Report) { r.Text = dig("t") })}, {"1h", desk, Release{Items: []string{dig("t")}}}},
			when: move{"2h", desk, Retract{Act: 3, Reason: dig("r")}}, then: []string{"retracted"},
			check: func(t *testing.T, s State, w *world) {
				if s.Items[0].Showing != ShowUndecided || s.ReleaseBy.Due != after("1d") {
					t.Error(s.Items, s.ReleaseBy)
				}
			}},
		{name: "not twice", given: moves(answered, []move{{"2d1h", lead, Retract{Act: 4, Reason: dig("r")}}}), when: move{"2d2h", lead, Retract{Act: 5, Reason: dig("r")}}, refused: []string{"matter.retract_not_last"}},
	})
	if s := (State{}); s.Retractable(lead) != 0 {
		t.Error("nothing can be retracted of nothing")
	}
	w := newWorld(t)
	id := w.given(answered...)
	if got := w.state(id).Retractable(lead); got != 4 {
		t.Error(got)
	}
	if got := w.state(id).Retractable(chief); got != 0 {
		t.Error(got)
	}
}
