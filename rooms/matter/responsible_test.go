package matter

import (
	"testing"

	"skein/frame/civic"
)

func TestWhoIsResponsible(t *testing.T) {
	toWater := moves(objected, []move{{"1d", office, Rule{Lead: "water", Law: "l", Reason: dig("r")}}})
	water := civic.Actor{Kind: civic.Post, Post: "water/head"}
	run(t, []row{
		{
			name: "the lead accepts", given: reported, when: move{"1h", lead, Accept{}}, then: []string{"accepted"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				if s.Accepted != after("1h") || s.BySilence || w.acts[s.ID][2].Event.(Accepted).Late {
					t.Error(s.Round)
				}
			},
		},
		{
			name: "late, and it shows", given: reported, when: move{"1d1h", lead, Accept{}}, then: []string{"accepted"},
			check: func(t *testing.T, s State, w *world) {
				if !w.acts[s.ID][2].Event.(Accepted).Late {
					t.Error("not late")
				}
			},
		},
		{
			name: "silence past the objection limit counts as accepted", given: reported, when: move{"2d", theClock, Tick{}},
			then: []string{"accepted by the clock"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				if !s.BySilence {
					t.Error("not by silence")
				}
			},
		},
		{
			name: "so an objection after it comes too late", given: reported, when: move{"2d1h", lead, Object{Ground: "not_our_duty", Reason: dig("r")}},
			refused: []string{"matter.not_now"}, status: StatusAssigned,
		},
		{
			name: "at the last instant it does not", given: reported, when: move{"2d", lead, Object{Ground: "not_our_duty", Reason: dig("r")}},
			then: []string{"objected"}, status: StatusObjected,
			check: func(t *testing.T, s State, w *world) {
				if s.Ruling.Due != after("4d") || s.Lead != "pwd" || s.Coordinator != "city-office" {
					t.Error(s.Ruling, s.Lead, s.Coordinator)
				}
			},
		},
		{name: "a ground from the list", given: reported, when: move{"1h", lead, Object{Ground: "too_busy", Reason: dig("r")}}, refused: []string{"matter.ground_unknown"}},
		{name: "another body must be named", given: reported, when: move{"1h", lead, Object{Ground: GroundAnotherBody, Reason: dig("r")}}, refused: []string{"matter.proposed_missing"}},
		{name: "and not itself, nor an office that only rules", given: reported, when: move{"1h", lead, Object{Ground: GroundAnotherBody, Proposed: "city-office"}}, refused: []string{"matter.missing", "matter.body_unfit"}},
		{
			name: "another body of this realm never ends a matter", given: reported, when: move{"1h", lead, Object{Ground: GroundAnotherBody, Proposed: "water", Reason: dig("r")}},
			then: []string{"objected"}, status: StatusObjected,
		},
		{
			name: "the coordinating body keeps the assignment", given: objected, when: move{"1d", office, Rule{Law: "l", Reason: dig("r")}},
			then: []string{"ruled"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				if s.Lead != "pwd" || s.HandOvers != 0 {
					t.Error(s.Lead, s.HandOvers)
				}
			},
		},
		{
			name: "silence keeps it too", given: objected, when: move{"2d2h", theClock, Tick{}}, then: []string{"ruled by the clock at 2d1h"}, status: StatusWorking,
			check: func(t *testing.T, s State, w *world) {
				if s.Lead != "pwd" || !w.acts[s.ID][3].Event.(Ruled).BySilence {
					t.Error(s.Lead)
				}
			},
		},
		{
			name: "a ruling to another body is counted, is a precedent, and moves no due date", given: objected,
			when: move{"1d", office, Rule{Lead: "water", Law: "l", Reason: dig("r")}}, then: []string{"ruled", "assigned by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, w *world) {
				p := w.acts[s.ID][3].Event.(Ruled).Precedent
				if s.Lead != "water" || s.HandOvers != 1 || s.Resolution.Due != after("10d") || s.Objection.Due != after("3d") {
					t.Errorf("%+v", s.Round)
				}
				if p == nil || p.Lead != "water" || p.Before != "pwd" || p.Row != "row pwd" || p.List != 1 || p.Place != "ward-3" {
					t.Errorf("%+v", p)
				}
			},
		},
		{name: "the new lead may object", given: toWater, when: move{"1d2h", water, Object{Ground: "not_our_duty", Reason: dig("r")}}, then: []string{"objected"}},
		{
			name: "but one that has objected in this round may not again",
			given: moves(toWater, []move{{"1d2h", water, Object{Ground: "not_our_duty", Reason: dig("r")}},
				{"1d3h", office, Rule{Lead: "pwd", Law: "l", Reason: dig("r")}}}),
			when: move{"1d4h", lead, Object{Ground: "not_our_duty", Reason: dig("r")}}, refused: []string{"matter.objected_before"},
		},
		{
			name: "nothing is ruled without an objection", given: reported, when: move{"1h", office, Rule{Law: "l", Reason: dig("r")}}, refused: []string{"matter.not_now"},
		},
		{name: "nor without law and reason", given: objected, when: move{"1d", office, Rule{}}, refused: []string{"matter.missing", "matter.missing"}},
		{
			name: "corrected to another row: same clock, other limit, counted apart", given: accepted,
			when: move{"1d", desk, Correct{SetRight{Category: "parks.tree", Reason: dig("r")}}}, then: []string{"corrected", "assigned by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, w *world) {
				if s.Lead != "parks" || s.Start != after("0d") || s.Resolution.Due != after("10d") || s.Corrections != 1 || s.HandOvers != 0 {
					t.Errorf("%+v", s.Round)
				}
			},
		},
		{
			name: "with a shorter limit the due date comes nearer", given: accepted,
			when: move{"1d", lead, Correct{SetRight{Category: "roads.pothole", Reason: dig("r")}}}, then: []string{"corrected", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Resolution.Due != after("4d") {
					t.Error(s.Resolution)
				}
			},
		},
		{
			name: "a paused matter runs on first", given: paused, when: move{"2d", desk, Correct{SetRight{Category: "parks.tree", Reason: dig("r")}}},
			then: []string{"resumed by the clock", "corrected", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Resolution.Due != after("11d") {
					t.Error(since(s.Resolution.Due))
				}
			},
		},
		{name: "nobody corrects a matter into nobody's hands", given: accepted, when: move{"1d", lead, Correct{SetRight{Category: "strange.gap", Reason: dig("r")}}}, refused: []string{"matter.corrected_into_nothing"}},
		{name: "something must change", given: accepted, when: move{"1d", lead, Correct{SetRight{Category: "roads.lamp"}}}, refused: []string{"matter.missing", "matter.nothing_corrected"}},
		{name: "nobody widens who may see", given: []move{{"0d", ann, told(func(r *Report) { r.Visibility = Private })}}, when: move{"1d", desk, Correct{SetRight{Visibility: Public, Reason: dig("r")}}}, refused: []string{"matter.visibility_widened", "matter.nothing_corrected"}},
		{
			name: "what turns out to be a complaint against the lead leaves it at once", given: accepted,
			when: move{"1d", desk, Correct{SetRight{Kind: Complaint, Against: "pwd", Reason: dig("r")}}}, then: []string{"corrected"}, status: StatusReceived,
			check: func(t *testing.T, s State, w *world) {
				if s.Triage != TriageConflict || s.Lead != "" || s.Resolution.Due != after("10d") {
					t.Errorf("%+v", s)
				}
			},
		},
		{
			name: "filed anew as a request, a complaint keeps its protection", given: []move{{"0d", ann, complaint("hall")}},
			when: move{"1h", desk, Correct{SetRight{Kind: Request, Reason: dig("r")}}}, then: []string{"corrected"}, status: StatusReceived,
			check: func(t *testing.T, s State, w *world) {
				if s.Against != "hall" || s.Triage != TriageConflict || s.TriageBy.Due != after("1d") {
					t.Error(s.Against, s.Triage, s.TriageBy)
				}
			},
		},
		{name: "the body complained of is not exchanged", given: []move{{"0d", ann, complaint("hall")}}, when: move{"1h", desk, Correct{SetRight{Against: "water", Reason: dig("r")}}}, refused: []string{"matter.against_stands"}},
	})
}

func TestMovedForACauseOutside(t *testing.T) {
	w := newWorld(t)
	id := w.given(accepted...)
	pwd := w.bodies["pwd"]
	if _, refusals := w.do(id, Move{Cause: "successor", Body: "pwd", Ground: "g"}, theClock, after("1d")); len(refusals) != 1 || refusals[0].Key != "matter.body_lives" {
		t.Fatal(refusals)
	}
	pwd.Ended, pwd.Successor = true, "labour"
	w.bodies["pwd"] = pwd
	for i, want := range []string{"[reassigned successor by the clock]", "[]"} {
		drafts, refusals := w.do(id, Move{Cause: "successor", Body: "pwd", Ground: "merged by order 7"}, theClock, after("1d"))
		if got := typesOf(drafts); len(refusals) > 0 || printed(got) != want {
			t.Fatal(i, got, refusals)
		}
	}
	s := w.state(id)
	if s.Lead != "labour" || s.Status != StatusWorking || s.Resolution.Due != after("10d") || s.HandOvers != 0 || s.Moves != 1 {
		t.Errorf("%+v", s.Round)
	}
	// A joint body that ends is followed by its successor, unless that is the lead.
	parks := w.bodies["parks"]
	parks.Ended, parks.Successor = true, "labour"
	w.bodies["parks"] = parks
	w.do(id, Move{Cause: "successor", Body: "parks", Ground: "merged"}, theClock, after("1d"))
	if s := w.state(id); len(s.Round.Joint) != 0 || s.Moves != 1 {
		t.Errorf("%+v", s.Round)
	}
	// Nobody takes over: the matter waits, with a limit, and loses no time.
	labour := w.bodies["labour"]
	labour.Ended = true
	w.bodies["labour"] = labour
	drafts, _ := w.do(id, Move{Cause: "successor", Body: "labour", Ground: "abolished"}, theClock, after("2d"))
	s = w.state(id)
	if printed(typesOf(drafts)) != "[reassigned successor by the clock]" || s.Status != StatusReceived || s.Triage == "" || s.Lead != "" || s.Resolution.Due != after("10d") {
		t.Errorf("%v %+v", typesOf(drafts), s.Round)
	}
}

func TestANewListMovesOpenMattersOnlyWhenTold(t *testing.T) {
	w := newWorld(t)
	id := w.given(paused...)
	before := w.state(id)
	row := w.duties["roads.lamp"]
	row.Lead, row.Row, row.List, row.Joint = "water", "row new", 2, []Duty{{"labour", "1d"}}
	w.duties["roads.lamp"] = row
	if s := w.state(id); s.Lead != "pwd" {
		t.Fatal(s.Lead)
	}
	drafts, refusals := w.do(id, Move{Cause: "list", Ground: "version 2"}, theClock, after("2d"))
	s := w.state(id)
	if printed(typesOf(drafts)) != "[resumed by the clock reassigned list by the clock]" || len(refusals) > 0 {
		t.Fatal(typesOf(drafts), refusals)
	}
	if s.Lead != "water" || s.Status != StatusAssigned || s.Objection.Due != after("4d") || s.List != 2 || s.HandOvers != 0 || s.Round.Joint[0].Body != "labour" {
		t.Errorf("%+v", s.Round)
	}
	if s.Start != before.Start || s.Resolution.Due != after("11d") {
		t.Error("the clock did not run on", since(s.Resolution.Due))
	}
	if again, _ := w.do(id, Move{Cause: "list", Ground: "version 2"}, theClock, after("2d")); len(again) != 0 {
		t.Error("moved twice", typesOf(again))
	}
	if _, refusals := w.do(id, Move{Cause: "whim", Ground: "g"}, theClock, after("2d")); printed(keys(refusals)) != "[matter.cause_unknown]" {
		t.Error(refusals)
	}
}
