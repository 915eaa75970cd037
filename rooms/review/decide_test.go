package review

import (
	"slices"
	"testing"
)

func TestAppeals(t *testing.T) {
	change := func(f func(*Settle)) Settle {
		s := deciding(Upheld)
		f(&s)
		return s
	}
	for _, k := range []struct {
		name    string
		given   []move
		when    move
		then    []string
		refused []string
		check   func(t *testing.T, s State)
	}{
		{name: "opened", when: move{0, theClock, opening("answer")}, then: []string{"opened"}, check: func(t *testing.T, s State) {
			if s.Number != "644-495-6746-1" || s.Status != StatusOpen || s.TakeBy.Due != day(5) || s.DecideBy.Due != day(60) || s.Stay == nil || s.Stay.Holds != "lapse" || s.Law == "" || len(s.Withheld) != 0 {
				t.Errorf("%+v", s)
			}
		}},
		{name: "opened once", given: opened("answer"), when: move{1, theClock, opening("answer")}},
		{name: "nothing stands still where no law says so", when: move{0, theClock, opening("decline")}, then: []string{"opened"}, check: func(t *testing.T, s State) {
			if s.Stay != nil {
				t.Error(s.Stay)
			}
		}},
		{name: "of nothing", when: move{0, theClock, Open{Of: "weather", Count: 1, Matter: theMatter()}}, refused: []string{"review.open_unwhole"}},
		{name: "none", when: move{0, member, Take{}}, refused: []string{"review.none"}},

		{name: "taken, and the body is told", given: opened("answer"), when: move{1, member, Take{}}, then: []string{"taken"}, check: func(t *testing.T, s State) {
			if s.Reviewer != "board/first" || s.Case.Served != day(1) || s.Case.ReplyBy != day(11) {
				t.Errorf("%+v", s.Case)
			}
		}},
		{name: "taken twice", given: taken1, when: move{2, post("board/second"), Take{}}, refused: []string{"review.not_now"}},
		{name: "by who handled it", given: opened("answer"), when: move{1, head, Take{}}, refused: []string{"review.kept_out"}},
		{name: "by the body that handled it", given: opened("answer"), when: move{1, post("pwd/jurist"), Take{}}, refused: []string{"review.kept_out"}},
		{name: "by a body under it", given: opened("answer"), when: move{1, post("pwd-lights/jurist"), Take{}}, refused: []string{"review.kept_out"}},
		{name: "by a post under one that handled it", given: opened("answer"), when: move{1, post("board/junior"), Take{}}, refused: []string{"review.kept_out"}},
		{name: "by the post that answers for its handlers", given: opened("answer"), when: move{1, post("hall/chief"), Take{}}, refused: []string{"review.kept_out"}},
		{name: "by a body above that had no hand in it", given: opened("answer"), when: move{1, post("hall/jurist"), Take{}}, then: []string{"taken"}},
		{name: "by the coordinating body that ruled since", given: with(opened("answer"), move{1, theClock, Note{Post: "coord/chair"}}), when: move{2, post("coord/jurist"), Take{}}, refused: []string{"review.kept_out"}},
		{name: "noted once", given: with(opened("answer"), move{1, theClock, Note{Post: "coord/chair"}}), when: move{2, theClock, Note{Post: "coord/chair", Body: "coord"}}},
		{name: "another lead since", given: opened("answer"), when: move{1, theClock, Note{Body: "board"}}, then: []string{"noted"}},
		{name: "a reviewer who has a hand in it since decides nothing", given: with(replied, move{3, theClock, Note{Body: "board"}}), when: move{5, member, deciding(Upheld)}, refused: []string{"review.kept_out"}},
		{name: "but steps back", given: with(replied, move{3, theClock, Note{Body: "board"}}), when: move{5, member, Recuse{Reason: dig("hand in it")}}, then: []string{"recused"}, check: func(t *testing.T, s State) {
			if s.Status != StatusOpen || s.Reviewer != "" || s.TakeBy.Due != day(10) {
				t.Errorf("%+v", s)
			}
		}},
		{name: "who stepped back does not take it again", given: with(taken1, move{2, member, Recuse{Reason: dig("r")}}), when: move{3, member, Take{}}, refused: []string{"review.kept_out"}},
		{name: "another does; the window to reply runs on", given: with(taken1, move{2, member, Recuse{Reason: dig("r")}}), when: move{3, post("board/second"), Take{}}, then: []string{"taken"}, check: func(t *testing.T, s State) {
			if s.Case.ReplyBy != day(11) {
				t.Error(s.Case)
			}
		}},
		{name: "stepping back has a reason", given: taken1, when: move{2, member, Recuse{}}, refused: []string{"review.missing"}},

		{name: "a reply", given: taken1, when: move{2, head, Reply{Text: dig("r")}}, then: []string{"replied"}},
		{name: "a late reply", given: taken1, when: move{12, head, Reply{Text: dig("r")}}, then: []string{"replied"}},
		{name: "a reply twice", given: replied, when: move{3, head, Reply{Text: dig("r")}}, refused: []string{"procedure.replied_before"}},
		{name: "a reply before notice", given: opened("answer"), when: move{1, head, Reply{Text: dig("r")}}, refused: []string{"review.not_now", "procedure.not_served"}},
		{name: "an empty reply", given: taken1, when: move{2, head, Reply{}}, refused: []string{"review.missing"}},

		{name: "asked for a hearing before anybody took it", given: opened("answer"), when: move{1, ann, AskHearing{}}, then: []string{"hearing_asked"}},
		{name: "asked twice", given: asked, when: move{4, head, AskHearing{}}, refused: []string{"procedure.hearing_asked_before"}},
		{name: "called too soon", given: asked, when: move{4, member, CallHearing{At: day(8), Place: dig("p")}}, refused: []string{"review.hearing_too_soon"}},
		{name: "called for next century", given: asked, when: move{4, member, CallHearing{At: day(4000), Place: dig("p")}}, refused: []string{"review.hearing_too_far"}},
		{name: "called", given: asked, when: move{4, member, CallHearing{At: day(9), Place: dig("p")}}, then: []string{"hearing_called"}},
		{name: "held before its hour", given: called, when: move{9, member, HoldHearing{Record: dig("r")}}, refused: []string{"procedure.hearing_too_early"}},
		{name: "held", given: called, when: move{10, member, HoldHearing{Record: dig("r")}}, then: []string{"hearing_held"}},
		{name: "given up by who asked", given: asked, when: move{4, ann, WaiveHearing{}}, then: []string{"hearing_waived"}},
		{name: "given up by the other side", given: asked, when: move{4, head, WaiveHearing{}}, refused: []string{"review.hearing_not_yours"}},
		{name: "given up though the reviewer called it", given: with(replied, move{3, member, CallHearing{At: day(10), Place: dig("p")}}), when: move{4, ann, WaiveHearing{}}, refused: []string{"review.hearing_not_yours"}},

		{name: "extended", given: taken1, when: move{50, member, Extend{Reason: dig("r")}}, then: []string{"extended"}, check: func(t *testing.T, s State) {
			if s.DecideBy.Due != day(90) || s.Case.DecideBy != day(90) {
				t.Error(s.DecideBy)
			}
		}},
		{name: "extended too late", given: taken1, when: move{61, member, Extend{Reason: dig("r")}}, refused: []string{"procedure.extended_late"}},
		{name: "extended twice", given: with(taken1, move{2, member, Extend{Reason: dig("r")}}), when: move{3, member, Extend{Reason: dig("r")}}, refused: []string{"procedure.extended_before"}},

		{name: "decided", given: replied, when: move{5, member, deciding(Upheld)}, then: []string{"decided"}, check: func(t *testing.T, s State) {
			if s.Status != StatusDecided || s.Contest.Due != day(20) || s.PublishBy.Due != day(15) || s.Stay != nil {
				t.Errorf("%+v", s)
			}
		}},
		{name: "decided before the reply", given: taken1, when: move{5, member, deciding(Upheld)}, refused: []string{"procedure.reply_open"}},
		{name: "decided after silence", given: taken1, when: move{12, member, deciding(Upheld)}, then: []string{"decided"}},
		{name: "decided without hearing", given: asked, when: move{5, member, deciding(Upheld)}, refused: []string{"procedure.hearing_owed"}},
		{name: "decided after the hearing", given: held, when: move{11, member, deciding(Quashed)}, then: []string{"decided"}},
		{name: "decided late: it says so", given: replied, when: move{70, member, deciding(Upheld)}, then: []string{"escalated due", "decided"}},
		{name: "without its parts", given: replied, when: move{5, member, Settle{}}, refused: []string{"review.missing", "review.missing", "review.missing", "review.missing"}},
		{name: "with a result that does not fit", given: with(opened("decline"), move{1, member, Take{}}), when: move{12, member, deciding(Varied)}, refused: []string{"review.result_unfit"}},
		{name: "sent back without a date or directions", given: replied, when: move{5, member, change(func(s *Settle) { s.Result = SentBack })}, refused: []string{"review.missing", "review.missing"}},
		{name: "sent back for ever", given: replied, when: move{5, member, change(func(s *Settle) { s.Result, s.Within, s.Directions = SentBack, "999d", dig("d") })}, refused: []string{"review.limit_range"}},
		{name: "sent back within what is no limit", given: replied, when: move{5, member, change(func(s *Settle) { s.Result, s.Within, s.Directions = SentBack, "soon", dig("d") })}, refused: []string{"review.limit_unreadable"}},
		{name: "varied into nothing", given: replied, when: move{5, member, change(func(s *Settle) { s.Result = Varied })}, refused: []string{"review.outcome_unknown"}},
		{name: "varied into a plan without a day", given: replied, when: move{5, member, change(func(s *Settle) { s.Result, s.Outcome = Varied, "planned" })}, refused: []string{"review.date_planned"}},
		{name: "varied into a plan of the past", given: replied, when: move{5, member, change(func(s *Settle) { s.Result, s.Outcome, s.By = Varied, "planned", day(1) })}, refused: []string{"review.date_past"}},
		{name: "a law that is none", given: replied, when: move{5, member, change(func(s *Settle) { s.Law = "a\u202eb" })}, refused: []string{"review.text_unplain"}},
		{name: "a withholding that falls shows all", given: with(opened("withholding"), move{1, member, Take{}}), when: move{12, member, deciding(Quashed)}, then: []string{"decided"}, check: func(t *testing.T, s State) {
			if !slices.Equal(s.Show, []string{dig("one"), dig("two")}) {
				t.Error(s.Show)
			}
		}},
		{name: "or some", given: with(opened("withholding"), move{1, member, Take{}}), when: move{12, member, change(func(s *Settle) { s.Result, s.Show = Varied, []string{dig("two")} })}, then: []string{"decided"}},
		{name: "but nothing else", given: with(opened("withholding"), move{1, member, Take{}}), when: move{12, member, change(func(s *Settle) { s.Result, s.Show = Varied, []string{dig("three")} })}, refused: []string{"review.show_unknown"}},
		{name: "decided twice", given: decided1, when: move{6, member, deciding(Quashed)}, refused: []string{"review.not_now"}},

		{name: "published", given: decided1, when: move{6, member, Publish{Found: dig("f"), Reasons: dig("r")}}, then: []string{"published"}, check: func(t *testing.T, s State) {
			v, _ := Visible(s, Eyes{})
			if len(v.Items) != 2 || v.Held != 4 {
				t.Errorf("%+v held %d", v.Items, v.Held)
			}
		}},
		{name: "published twice", given: with(decided1, move{6, member, Publish{Found: dig("f"), Reasons: dig("r")}}), when: move{7, member, Publish{Found: dig("f"), Reasons: dig("r")}}, refused: []string{"review.published_before"}},
		{name: "published before it is decided", given: replied, when: move{7, member, Publish{Found: dig("f"), Reasons: dig("r")}}, refused: []string{"review.not_now"}},
		{name: "published though private", given: with(decided1, move{6, theClock, Note{Private: true}}), when: move{7, member, Publish{Found: dig("f"), Reasons: dig("r")}}, refused: []string{"review.private_never_shown"}},
		{name: "what turned private is not read any more", given: with(decided1, move{6, member, Publish{Found: dig("f"), Reasons: dig("r")}}), when: move{7, theClock, Note{Private: true}}, then: []string{"noted"}, check: func(t *testing.T, s State) {
			if _, ok := Visible(s, Eyes{}); ok || slices.ContainsFunc(s.Items, func(it Item) bool { return it.Public }) {
				t.Error("it still is")
			}
		}},

		{name: "withdrawn", given: asked, when: move{4, ann, Withdraw{}}, then: []string{"withdrawn"}, check: func(t *testing.T, s State) {
			if s.Status != StatusWithdrawn || s.Stay != nil || Wake(s) != 0 {
				t.Errorf("%+v", s)
			}
		}},
		{name: "withdrawn after it was decided", given: decided1, when: move{6, ann, Withdraw{}}, refused: []string{"review.not_now"}},

		{name: "nobody takes it", given: opened("answer"), when: move{6, theClock, Tick{}}, then: []string{"escalated take"}},
		{name: "nobody decides it: nothing is decided", given: taken1, when: move{400, theClock, Tick{}}, then: []string{"escalated due"}, check: func(t *testing.T, s State) {
			if s.Status != StatusTaken || s.Result != "" {
				t.Errorf("%+v", s)
			}
		}},
		{name: "nobody does anything", given: opened("answer"), when: move{400, theClock, Tick{}}, then: []string{"escalated take", "escalated due"}},
		{name: "nobody publishes it", given: decided1, when: move{30, theClock, Tick{}}, then: []string{"escalated publish"}},
		{name: "a limit includes its last instant", given: opened("answer"), when: move{5, member, Take{}}, then: []string{"taken"}},
		{name: "told again after another term", given: with(opened("answer"), move{6, theClock, Tick{}}, move{7, member, Take{}}, move{8, member, Recuse{Reason: dig("r")}}), when: move{14, theClock, Tick{}}, then: []string{"escalated take"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			w := given(t, k.given...)
			before := w.state
			drafts, refusals := w.do(k.when.cmd, k.when.who, day(k.when.at))
			if got := keys(refusals); !slices.Equal(got, k.refused) {
				t.Fatalf("refused for %v, not %v", got, k.refused)
			}
			if got := typesOf(drafts); !slices.Equal(got, k.then) {
				t.Fatalf("acts %v, not %v", got, k.then)
			}
			if len(refusals) > 0 && w.state.Seq != before.Seq {
				t.Fatal("a refusal changed the appeal")
			}
			if k.check != nil {
				k.check(t, w.state)
			}
		})
	}
}

// The first reviewers of a case that everybody in the house had a hand in: nobody is left, and that is said.
func TestNobodyIsLeft(t *testing.T) {
	w := given(t, with(opened("answer"), move{1, theClock, Note{Body: "board"}}, move{1, theClock, Note{Body: "hall"}}, move{1, theClock, Note{Body: "coord"}})...)
	if kept := w.state.KeptOut(bench{}); len(kept) != len(theReviewers) {
		t.Errorf("kept out are %v", kept)
	}
	drafts, _ := w.do(Tick{}, theClock, day(6))
	if e, ok := drafts[0].Event.(Escalated); !ok || e.Body != "coord" {
		t.Errorf("%+v", drafts)
	}
}
