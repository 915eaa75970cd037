package matter

import (
	"testing"

	"skein/frame/civic"
)

func appealing(of string) Appeal { return Appeal{Of: of, Ground: "facts_unclear", Reason: dig("r")} }

func obeying(act int64, result string) Obey {
	return Obey{Act: act, Appeal: "appeal/1.1", Result: result, Directions: dig("d"), Within: "4d"}
}

var (
	staying    = Stay{Act: 5, Appeal: "appeal/1.1", Holds: HoldLapse, Law: "rule 9"}
	appealed   = moves(answered, []move{{"3d", ann, appealing("answer")}})
	stayed     = moves(appealed, []move{{"3d", theClock, staying}})
	refusedOne = moves(proposed, []move{{"1d", office, Decline{Decline: true, Law: "l", Reason: dig("r")}}, {"2d", ann, appealing("decline")}})
	lampWords  = told(func(r *Report) { r.Text = dig("words") })
	heldBack   = []move{{"0d", ann, lampWords}, {"1h", desk, Withhold{Items: []string{dig("words")}, Ground: "personal_data"}}, {"2h", ann, appealing("withholding")}}
	covered    = []move{{"0d", ann, lampWords}, {"1h", desk, Redact{Item: dig("words"), Shown: Attachment{Digest: dig("masked"), Media: textMedia}, Ground: "personal_data"}}}
)

func TestAppealAndWhatFollows(t *testing.T) {
	run(t, []row{
		{name: "an appeal has a ground from the list", given: answered, when: move{"3d", ann, Appeal{Of: "answer", Ground: "weather", Reason: dig("r")}}, refused: []string{"matter.ground_unknown"}},
		{name: "a masking is appealed", given: covered, when: move{"2h", ann, appealing("masking")}, then: []string{"appealed"}},
		{name: "where nothing is masked there is nothing to appeal", given: heldBack, when: move{"2h", ann, appealing("masking")}, refused: []string{"matter.nothing_to_appeal"}},

		{name: "silence closes an answer that nobody stays", given: appealed, when: move{"30d", theClock, Tick{}}, then: []string{"lapsed by the clock at 12d"}, status: StatusClosed},
		{name: "a stay", given: appealed, when: move{"3d", theClock, staying}, then: []string{"stayed by the clock"}, status: StatusAnswered},
		{name: "is given once", given: stayed, when: move{"4d", theClock, staying}},
		{name: "what nobody appealed is not stayed", given: answered, when: move{"3d", theClock, staying}, refused: []string{"matter.nothing_to_obey"}},
		{name: "nor is what no law lets stand still", given: appealed, when: move{"3d", theClock, Stay{Act: 5, Appeal: "appeal/1.1", Holds: "the sun", Law: "l"}}, refused: []string{"matter.stay_unknown"}},
		{name: "silence does not close what is stayed", given: stayed, when: move{"300d", theClock, Tick{}}, status: StatusAnswered},

		{name: "upheld: nothing but that silence counts again", given: stayed, when: move{"40d", theClock, obeying(5, Upheld)}, then: []string{"obeyed by the clock"}, status: StatusAnswered,
			check: func(t *testing.T, s State, _ *world) {
				if s.Lapse.Due != after("50d") || s.UnderReview() || s.Outcome != Fixed || s.No != 1 {
					t.Errorf("%+v %v %v", s.Lapse, s.Appeals, s.Outcome)
				}
			}},
		{name: "upheld without a stay moves no clock", given: appealed, when: move{"4d", theClock, obeying(5, Upheld)}, then: []string{"obeyed by the clock"}, status: StatusAnswered,
			check: func(t *testing.T, s State, _ *world) {
				if s.Lapse.Due != after("12d") {
					t.Error(since(s.Lapse.Due))
				}
			}},
		{name: "an appeal that was withdrawn ends the stay", given: stayed, when: move{"20d", theClock, Obey{Act: 5, Appeal: "appeal/1.1", Result: Dropped}}, then: []string{"obeyed by the clock"}, status: StatusAnswered,
			check: func(t *testing.T, s State, _ *world) {
				if s.Lapse.Due != after("30d") {
					t.Error(since(s.Lapse.Due))
				}
			}},
		{name: "varied: another outcome", given: stayed, when: move{"20d", theClock, Obey{Act: 5, Appeal: "appeal/1.1", Result: Varied, Outcome: Planned, By: after("99d")}}, then: []string{"obeyed by the clock"}, status: StatusAnswered,
			check: func(t *testing.T, s State, _ *world) {
				if s.Outcome != Planned || s.PlannedBy != after("99d") {
					t.Error(s.Outcome, since(s.PlannedBy))
				}
			}},
		{name: "varied into nothing", given: stayed, when: move{"20d", theClock, Obey{Act: 5, Appeal: "appeal/1.1", Result: Varied, Outcome: "x"}}, refused: []string{"matter.outcome_unknown"}},
		{name: "quashed: a new round of its own limits", given: stayed, when: move{"20d", theClock, obeying(5, Quashed)}, then: []string{"obeyed by the clock", "assigned by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, _ *world) {
				if s.No != 2 || len(s.Past) != 1 || s.Past[0].Answered != after("2d") || s.Resolution.Due != after("30d") || s.Lead != "pwd" {
					t.Errorf("%d %+v", s.No, s.Resolution)
				}
			}},
		{name: "sent back: by its directions, within its limit", given: stayed, when: move{"20d", theClock, obeying(5, SentBack)}, then: []string{"obeyed by the clock", "assigned by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, _ *world) {
				it := s.Items[len(s.Items)-1]
				if s.Resolution.Due != after("24d") || it.From != "directions" || it.Digest != dig("d") {
					t.Errorf("%+v %+v", s.Resolution, it)
				}
			}},
		{name: "sent back without directions", given: stayed, when: move{"20d", theClock, Obey{Act: 5, Appeal: "appeal/1.1", Result: SentBack, Within: "4d"}}, refused: []string{"matter.missing"}},
		{name: "quashed after the reporter had it opened again: that round goes on", given: moves(stayed, []move{{"5d", ann, Reopen{Reason: dig("r")}}}), when: move{"6d", theClock, obeying(5, Quashed)},
			then: []string{"obeyed by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, _ *world) {
				if s.No != 2 {
					t.Error(s.No)
				}
			}},
		{name: "a stay is of its round", given: moves(stayed, []move{{"5d", ann, Reopen{Reason: dig("r")}}, {"5d", lead, Accept{}}, {"6d", lead, Answer{Outcome: Fixed, Reason: dig("again")}}}),
			when: move{"30d", theClock, Tick{}}, then: []string{"lapsed by the clock at 16d"}, status: StatusClosed},
		{name: "an appeal of the answer before is past, whatever it says of the next", given: moves(stayed, []move{{"5d", ann, Reopen{Reason: dig("r")}}, {"5d", lead, Accept{}}, {"6d", lead, Answer{Outcome: Explained, Reason: dig("again")}}, {"7d", ann, appealing("answer")}}),
			when: move{"8d", theClock, obeying(5, Quashed)}, then: []string{"obeyed by the clock"}, status: StatusAnswered,
			check: func(t *testing.T, s State, _ *world) {
				if s.No != 2 || !s.UnderReview() || s.Outcome != Explained {
					t.Errorf("%d %+v", s.No, s.Appeals)
				}
			}},
		{name: "nor is the answer before stayed once the next is under way", given: moves(appealed, []move{{"5d", ann, Reopen{Reason: dig("r")}}, {"5d", lead, Accept{}}, {"6d", lead, Answer{Outcome: Fixed, Reason: dig("again")}}}),
			when: move{"7d", theClock, staying}},
		{name: "a decline that is quashed", given: refusedOne, when: move{"20d", theClock, obeying(6, Quashed)}, then: []string{"obeyed by the clock", "assigned by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, _ *world) {
				if s.Elsewhere != "" || s.Lead != "pwd" {
					t.Error(s.Elsewhere, s.Lead)
				}
			}},
		{name: "what nobody appealed is not obeyed", given: answered, when: move{"3d", theClock, obeying(5, Quashed)}, refused: []string{"matter.nothing_to_obey"}},
		{name: "nor twice", given: moves(stayed, []move{{"4d", theClock, obeying(5, Upheld)}}), when: move{"5d", theClock, obeying(5, Quashed)}, refused: []string{"matter.nothing_to_obey"}},
		{name: "nor anything else than a result", given: stayed, when: move{"4d", theClock, obeying(5, "praised")}, refused: []string{"matter.result_unknown"}},

		{name: "what was withheld must be shown", given: heldBack, when: move{"4h", theClock, Obey{Act: 4, Appeal: "appeal/1.2", Result: Quashed, Show: []string{dig("words"), dig("nothing")}}}, then: []string{"obeyed by the clock"},
			check: func(t *testing.T, s State, _ *world) {
				if it := s.Items[0]; it.Showing != ShowUndecided || !it.Ordered || s.ReleaseBy.Due == 0 {
					t.Errorf("%+v %+v", it, s.ReleaseBy)
				}
			}},
		{name: "and not withheld again", given: moves(heldBack, []move{{"4h", theClock, Obey{Act: 4, Appeal: "appeal/1.2", Result: Quashed, Show: []string{dig("words")}}}}),
			when: move{"5h", desk, Withhold{Items: []string{dig("words")}, Ground: "personal_data"}}, refused: []string{"matter.item_ordered"}},
		{name: "if they let it lie, that is told, even after another release was late", given: moves([]move{{"0d", ann, lampWords}, {"30h", desk, Withhold{Items: []string{dig("words")}, Ground: "personal_data"}}, {"31h", ann, appealing("withholding")}},
			[]move{{"3d", theClock, Obey{Act: 5, Appeal: "appeal/1.2", Result: Quashed, Show: []string{dig("words")}}}}), when: move{"5d", theClock, Tick{}}, then: []string{"escalated joint by the clock at 3d", "escalated show by the clock at 4d", "escalated half by the clock"}},
		{name: "a masking that is sent back ends with another", given: moves(covered, []move{{"2h", ann, appealing("masking")}, {"3h", desk, Release{Items: []string{dig("words")}}}, {"4h", theClock, Obey{Act: 4, Appeal: "appeal/1.2", Result: SentBack, Within: "2d", Directions: dig("d")}}}),
			when: move{"5h", desk, Redact{Item: dig("words"), Shown: Attachment{Digest: dig("lighter"), Media: textMedia}, Ground: "personal_data"}}, then: []string{"redacted"},
			check: func(t *testing.T, s State, _ *world) {
				if s.ReleaseBy.Due != 0 || s.Reviewed {
					t.Errorf("%+v", s.ReleaseBy)
				}
			}},
		{name: "but released", given: moves(heldBack, []move{{"4h", theClock, Obey{Act: 4, Appeal: "appeal/1.2", Result: Quashed, Show: []string{dig("words")}}}}),
			when: move{"5h", desk, Release{Items: []string{dig("words")}}}, then: []string{"released"}},
		{name: "a withholding that stands", given: heldBack, when: move{"4h", theClock, Obey{Act: 4, Appeal: "appeal/1.2", Result: Upheld}}, then: []string{"obeyed by the clock"},
			check: func(t *testing.T, s State, _ *world) {
				if s.Items[0].Showing != ShowWithheld {
					t.Error(s.Items[0])
				}
			}},
	})
}

// What the review said cannot be taken back by taking back an act before it.
func TestNothingBeforeAReviewIsRetracted(t *testing.T) {
	w := newWorld(t)
	id := w.given(moves(appealed, []move{{"3d", lead, Withhold{Items: []string{dig("done")}, Ground: "personal_data"}}})...)
	act := w.state(id).Retractable(lead)
	if act == 0 {
		t.Fatal("the withholding cannot be taken back to begin with")
	}
	if _, refusals := w.do(id, staying, theClock, after("4d")); len(refusals) > 0 {
		t.Fatal(refusals)
	}
	if w.state(id).Retractable(lead) != 0 {
		t.Error("an act before a stay can be taken back, and the stay with it")
	}
	for _, who := range []civic.Actor{lead, ann} {
		if _, refusals := w.do(id, Retract{Act: act, Reason: dig("oops")}, who, after("5d")); len(refusals) == 0 {
			t.Error("it was taken back")
		}
	}
}
