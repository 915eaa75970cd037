package matter

import (
	"testing"

	"skein/frame/civic"
)

func TestWork(t *testing.T) {
	asked := moves(accepted, []move{{"2h", lead, Ask{Text: dig("which lamp?")}}})
	waiting := moves(asked, []move{{"1d", lead, Pause{Ground: "waiting_for_reporter"}}})
	resumed := moves(paused, []move{{"3d", lead, Resume{}}})
	water := civic.Actor{Kind: civic.Post, Post: "water/head"}
	due := func(at string) func(*testing.T, State, *world) {
		return func(t *testing.T, s State, w *world) {
			t.Helper()
			if s.Resolution.Due != after(at) {
				t.Error("due", since(s.Resolution.Due), "want", at)
			}
		}
	}
	run(t, []row{
		{name: "the lead asks", given: accepted, when: move{"2h", lead, Ask{Text: dig("q")}}, then: []string{"asked"}, status: StatusWorking},
		{name: "with words", given: accepted, when: move{"2h", lead, Ask{}}, refused: []string{"matter.missing"}},
		{name: "not before accepting", given: reported, when: move{"2h", lead, Ask{Text: dig("q")}}, refused: []string{"matter.not_now"}},
		{name: "the reporter supplies", given: asked, when: move{"3h", ann, Supply{Text: dig("the third")}}, then: []string{"supplied"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				if s.Questions != 0 || s.ReleaseBy.Due != after("1d3h") || len(s.Items) != 2 {
					t.Error(s.Questions, s.ReleaseBy, s.Items)
				}
			}},
		{name: "only what was asked", given: accepted, when: move{"3h", ann, Supply{Text: dig("x")}}, refused: []string{"matter.not_asked"}},
		{name: "which ends a pause that waited for it", given: waiting, when: move{"2d", ann, Supply{Text: dig("x")}}, then: []string{"supplied", "resumed by the clock"}, status: StatusWorking, check: due("11d")},
		{name: "the lead tells", given: accepted, when: move{"2h", lead, Tell{Text: dig("parts are ordered"), Release: true}}, then: []string{"told"},
			check: func(t *testing.T, s State, w *world) {
				if s.Items[0].Showing != ShowReleased {
					t.Error(s.Items)
				}
			}},
		{name: "a joint body contributes in time", given: accepted, when: move{"2d", joint, Contribute{Text: dig("cut")}}, then: []string{"contributed"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				if s.Round.Joint[0].Contributed != after("2d") {
					t.Error(s.Round.Joint)
				}
			}},
		{name: "late, and it shows", given: accepted, when: move{"3d1h", joint, Contribute{Text: dig("cut")}}, then: []string{"escalated joint by the clock at 3d", "contributed"},
			check: func(t *testing.T, s State, w *world) {
				acts := w.acts[s.ID]
				// parks has nobody in its supervising post: the coordinating body is told.
				if e := acts[3].Event.(Escalated); e.Of != "parks" || !e.Vacant || e.To != "" || e.Body != "ward-office" {
					t.Errorf("%+v", e)
				}
				if !acts[4].Event.(Contributed).Late {
					t.Error("not late")
				}
			}},
		{name: "another body has no part", given: accepted, when: move{"1d", water, Contribute{Text: dig("x")}}, refused: []string{"matter.not_joint"}},
		{name: "nor can one speak for another", given: accepted, when: move{"1d", water, Contribute{Body: "parks", Text: dig("x")}}, refused: []string{"matter.not_joint", "matter.not_joint"}},
		{name: "the reporter corrects her text", given: accepted, when: move{"3h", ann, Amend{Text: dig("rather"), Address: dig("elsewhere"), Contact: ContactGiven}}, then: []string{"amended"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				last := s.Items[len(s.Items)-1]
				if last.Digest != dig("rather") || last.From != fromReporter || last.Showing != ShowUndecided || s.Address != dig("elsewhere") || !s.Contact || s.ReleaseBy.Due == 0 {
					t.Error(s.Items, s.Address, s.Contact, s.ReleaseBy)
				}
			}},
		{name: "also of a closed matter", given: moves(accepted, []move{{"2h", ann, Withdraw{}}}), when: move{"3h", ann, Amend{Contact: ContactGiven}}, then: []string{"amended"}, status: StatusClosed},
		{name: "and takes back how to reach her", given: moves(accepted, []move{{"2h", ann, Amend{Contact: ContactGiven}}}), when: move{"3h", ann, Amend{Contact: ContactTaken}}, then: []string{"amended"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				if s.Contact {
					t.Error("there is still a contact")
				}
			}},
		{name: "but corrects something", given: accepted, when: move{"3h", ann, Amend{}}, refused: []string{"matter.amend_nothing"}},
		{name: "nothing that is not there", given: accepted, when: move{"3h", ann, Amend{Contact: ContactTaken}}, refused: []string{"matter.contact_none"}},
		{name: "in the right form", given: accepted, when: move{"3h", ann, Amend{Text: "x", Address: "y", Contact: "z"}}, refused: []string{"matter.digest_invalid", "matter.digest_invalid", "matter.missing"}},
		{name: "the reporter adds a photo", given: accepted, when: move{"1d", ann, Attach{Attached: []Attachment{{Digest: dig("p"), Media: "image/jpeg", W: 4, H: 3}}}}, then: []string{"attached"},
			check: func(t *testing.T, s State, w *world) {
				if s.Items[0].From != fromReporter || s.ReleaseBy.Due != after("2d") {
					t.Error(s.Items, s.ReleaseBy)
				}
			}},
		{name: "or nothing", given: accepted, when: move{"1d", ann, Attach{}}, refused: []string{"matter.missing"}},
		{name: "too many at once", given: accepted, when: move{"1d", ann, Attach{Attached: make([]Attachment, 5)}}, refused: []string{"matter.too_many_attached"}},

		{name: "a pause on a ground of the law", given: accepted, when: move{"1d", lead, Pause{Ground: "weather"}}, then: []string{"paused"}, status: StatusPaused, check: due("16d")},
		{name: "not on a whim", given: accepted, when: move{"1d", lead, Pause{Ground: "holiday"}}, refused: []string{"matter.ground_unknown"}},
		{name: "resuming gives back only what was used", given: paused, when: move{"3d", lead, Resume{}}, then: []string{"resumed"}, status: StatusWorking, check: due("12d")},
		{name: "the clock resumes at the longest total", given: paused, when: move{"7d", theClock, Tick{}}, then: []string{"resumed by the clock"}, status: StatusWorking, check: due("16d")},
		{name: "what was used before is taken off", given: resumed, when: move{"4d", lead, Pause{Ground: "weather"}}, then: []string{"paused"}, status: StatusPaused,
			check: func(t *testing.T, s State, w *world) {
				if p := s.Pauses[1]; p.Until != after("8d") {
					t.Error(since(p.Until))
				}
			}},
		{name: "until there is nothing left", given: moves(paused, []move{{"7d", theClock, Tick{}}}), when: move{"8d", lead, Pause{Ground: "weather"}},
			refused: []string{"matter.pause_used_up"}},
		{name: "no pause once it is overdue", given: accepted, when: move{"10d1h", lead, Pause{Ground: "weather"}}, refused: []string{"matter.overdue"}},
		{name: "nothing escalates while paused", given: paused, when: move{"6d", theClock, Tick{}}},

		{name: "the supervising post extends once", given: accepted, when: move{"2d", chief, Extend{Limit: "5d", Reason: dig("r")}}, then: []string{"extended"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				due("15d")(t, s, w)
				if s.Resolution.Half != after("5d") || s.Resolution.Over != after("20d") {
					t.Error(since(s.Resolution.Half), since(s.Resolution.Over))
				}
			}},
		{name: "not twice", given: moves(accepted, []move{{"2d", chief, Extend{Limit: "5d", Reason: dig("r")}}}), when: move{"2d", chief, Extend{Limit: "1d", Reason: dig("r")}}, refused: []string{"matter.extended_before"}},
		{name: "at most the original limit", given: accepted, when: move{"2d", chief, Extend{Limit: "11d", Reason: dig("r")}}, refused: []string{"matter.extended_too_far"}},
		{name: "exactly that", given: accepted, when: move{"2d", chief, Extend{Limit: "10d", Reason: dig("r")}}, then: []string{"extended"}, check: due("20d")},
		{name: "with a reason", given: accepted, when: move{"2d", chief, Extend{Limit: "5d"}}, refused: []string{"matter.missing"}},
		{name: "before the due date", given: accepted, when: move{"10d", chief, Extend{Limit: "5d", Reason: dig("r")}}, refused: []string{"matter.overdue"}},
		{name: "a limit nobody can read", given: accepted, when: move{"2d", chief, Extend{Limit: "soon", Reason: dig("r")}}, refused: []string{"test.limit"}},
		{name: "an extension and a pause add up", given: moves(accepted, []move{{"2d", chief, Extend{Limit: "5d", Reason: dig("r")}}, {"2d", lead, Pause{Ground: "weather"}}}), when: move{"4d", lead, Resume{}}, then: []string{"resumed"}, check: due("17d")},
	})
}

func TestJoining(t *testing.T) {
	w := newWorld(t)
	main := w.given(reported...)
	other := w.given(reported...)
	secret := w.given(move{"0d", ann, told(func(r *Report) { r.Visibility = Private })})
	against := w.given(move{"0d", ann, complaint("parks")})

	refused := func(id civic.DossierID, into civic.DossierID, want string) {
		t.Helper()
		if _, refusals := w.do(id, Join{Into: into}, desk, after("1h")); printed(keys(refusals)) != want {
			t.Errorf("%v, want %s", refusals, want)
		}
	}
	refused(main, main, "[matter.join_itself]")
	refused(main, "matter/99999999", "[matter.join_unknown]")
	refused(main, secret, "[matter.join_private]")
	refused(against, main, "[matter.join_against]")

	drafts, refusals := w.do(other, Join{Into: main}, desk, after("1d"))
	if printed(typesOf(drafts)) != "[joined took_in]" || len(refusals) > 0 {
		t.Fatal(typesOf(drafts), refusals)
	}
	if s := w.state(other); s.Status != StatusJoined || s.Main != main || Wake(s) != 0 {
		t.Errorf("%+v", s)
	}
	if s := w.state(main); len(s.Took) != 1 || s.Status != StatusAssigned {
		t.Errorf("%+v", s.Took)
	}
	refused(main, other, "[matter.join_ended]")

	// A private matter joined into a public one leaves no public trace.
	w.do(secret, Join{Into: main}, desk, after("1d"))
	acts := w.acts[main]
	if last := acts[len(acts)-1]; last.Type != "matter.took_in" || !last.Private {
		t.Error(last.Type, last.Private)
	}
	for _, line := range Story(w.state(main), acts, Eyes{}) {
		if line.Seq == acts[len(acts)-1].Seq {
			t.Error("everyone is told of a private matter")
		}
	}

	// When the main matter is withdrawn, the others go on as they were.
	drafts, refusals = w.do(main, Withdraw{}, ann, after("1d12h"))
	if printed(typesOf(drafts)) != "[withdrawn separated by the clock separated by the clock]" || len(refusals) > 0 {
		t.Fatal(typesOf(drafts), refusals)
	}
	s := w.state(other)
	if s.Status != StatusAssigned || s.Main != "" || s.Lead != "pwd" || s.Resolution.Due != after("10d") || s.Ending != "" {
		t.Errorf("%+v", s)
	}
	if !w.acts[secret][len(w.acts[secret])-1].Private {
		t.Error("the private matter's act is not private")
	}
	// What its clock owed meanwhile comes now, not before the act it follows.
	drafts, _ = w.do(other, Tick{}, theClock, after("3d"))
	if printed(typesOf(drafts)) != "[accepted by the clock at 2d escalated joint by the clock]" {
		t.Error(typesOf(drafts))
	}
}

func TestAJoiningByMistake(t *testing.T) {
	w := newWorld(t)
	main, other := w.given(reported...), w.given(reported...)
	w.do(other, Join{Into: main}, desk, after("1d"))
	seq := w.state(other).Seq
	if _, refusals := w.do(other, Retract{Act: seq, Reason: dig("r")}, lead, after("1d1h")); printed(keys(refusals)) != "[matter.retract_not_yours]" {
		t.Fatal(refusals)
	}
	drafts, refusals := w.do(other, Retract{Act: seq, Reason: dig("r")}, desk, after("1d1h"))
	if printed(typesOf(drafts)) != "[retracted separated]" || len(refusals) > 0 {
		t.Fatal(typesOf(drafts), refusals)
	}
	if s := w.state(other); s.Status != StatusAssigned || s.Main != "" {
		t.Errorf("%+v", s)
	}
	if s := w.state(main); len(s.Took) != 0 {
		t.Error(s.Took)
	}
}

func TestTheMainMatterCatchesUpFirst(t *testing.T) {
	w := newWorld(t)
	main := w.given(reported...)
	other := w.given(move{"3d", ann, lamp()})
	drafts, _ := w.do(other, Join{Into: main}, desk, after("4d"))
	if got := printed(typesOf(drafts)); got != "[joined accepted by the clock at 2d escalated joint by the clock at 3d took_in]" {
		t.Error(got)
	}
}

func TestSplitting(t *testing.T) {
	w := newWorld(t)
	main := w.given(moves(accepted, []move{{"1h", lead, Tell{Text: dig("t")}}})...)
	split := Split{Waits: true, Parts: []Part{{Category: "parks.tree", Text: dig("tree")}, {Category: "strange.gap", Text: dig("gap")}}}
	drafts, refusals := w.do(main, split, lead, after("2d"))
	if printed(typesOf(drafts)) != "[reported assigned by the clock reported split]" || len(refusals) > 0 {
		t.Fatal(typesOf(drafts), refusals)
	}
	s := w.state(main)
	if len(s.Parts) != 2 || !s.Waits || s.Status != StatusWorking {
		t.Fatalf("%+v", s.Parts)
	}
	tree, gap := w.state(s.Parts[0]), w.state(s.Parts[1])
	if tree.Parent != main || tree.Lead != "parks" || tree.Start != after("0d") || tree.Resolution.Due != after("10d") || tree.Reporter != "" || tree.Reported != after("2d") {
		t.Errorf("%+v", tree)
	}
	if gap.Triage != TriageGap || gap.ID == tree.ID || gap.Number == tree.Number {
		t.Errorf("%+v", gap)
	}
	// The main matter waits for its parts.
	answer := Answer{Outcome: Fixed, Reason: dig("done")}
	if _, refusals := w.do(main, answer, lead, after("3d")); printed(keys(refusals)) != "[matter.parts_open matter.parts_open]" {
		t.Fatal(refusals)
	}
	parks := civic.Actor{Kind: civic.Post, Post: "parks/head"}
	w.do(tree.ID, Accept{}, parks, after("3d"))
	w.do(tree.ID, answer, parks, after("3d"))
	w.do(gap.ID, Join{Into: main}, desk, after("3d"))
	if _, refusals := w.do(main, answer, lead, after("3d")); len(refusals) > 0 {
		t.Fatal(refusals)
	}
	// A part is not split again, and every wrong part is named.
	if _, refusals := w.do(tree.ID, split, parks, after("3d")); len(refusals) == 0 {
		t.Error("split a part")
	}
	id := w.given(accepted...)
	_, refusals = w.do(id, Split{Parts: []Part{{Category: "no.such", Text: dig("a")}, {Kind: "rant"}}}, lead, after("1d"))
	if len(refusals) != 3 || refusals[0].Field != "parts[0].category" || refusals[1].Field != "parts[1].text" || refusals[2].Field != "parts[1].kind" {
		t.Error(refusals)
	}
}
