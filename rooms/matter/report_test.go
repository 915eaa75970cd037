package matter

import (
	"strings"
	"testing"

	"skein/frame/civic"
)

func TestReporting(t *testing.T) {
	run(t, []row{
		{
			name: "a plain report is assigned at once, with everything a resident may ask about",
			when: move{"0d", ann, lamp()}, then: []string{"reported", "assigned by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, w *world) {
				e := w.acts[s.ID][1].Event.(Assigned)
				if s.ID != "matter/0000002t" || !s.Number.Valid() || w.acts[s.ID][1].Power != PowerAssigns {
					t.Error(s.ID, s.Number, w.acts[s.ID][1].Power)
				}
				if e.Lead != "pwd" || e.Resolution.Due != after("10d") || e.Response.Due != after("1d") || e.Objection.Due != after("2d") ||
					len(e.Joint) != 1 || e.Joint[0].Term.Due != after("3d") || e.List != 1 || len(e.ListDigest) != 64 || e.Row != "row pwd" ||
					len(e.Near) != 1 || e.Why.Key != "duty.why" || e.Calendar != "city" || e.CalVersion != "1" || e.Coordinator != "ward-office" {
					t.Errorf("%+v", e)
				}
				if p, ok := testNumbers.Position(s.Number); !ok || ID(p) != s.ID {
					t.Error("the number does not lead back", p)
				}
			},
		},
		{
			name: "rows without limits take the realm's, and say so",
			when: move{"0d", ann, told(func(r *Report) { r.Category = "bare" })}, then: []string{"reported", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if !s.Resolution.Default || !s.Response.Default || !s.Objection.Default || s.Resolution.Due != after("15d") {
					t.Errorf("%+v", s.Round)
				}
			},
		},
		{
			name: "an address alone waits for the desk",
			when: move{"0d", ann, told(func(r *Report) { r.Where = Where{}; r.Address = dig("1 Main St") })},
			then: []string{"reported"}, status: StatusReceived,
			check: waitsFor(TriageAddress),
		},
		{
			name: "no category waits", when: move{"0d", ann, told(func(r *Report) { r.Category = "" })},
			then: []string{"reported"}, check: waitsFor(TriageCategory),
		},
		{
			name: "a point outside waits", when: move{"0d", ann, told(func(r *Report) { r.Where = Where{Outside: true} })},
			then: []string{"reported"}, check: waitsFor(TriageOutside),
		},
		{
			name: "a gap waits", when: move{"0d", ann, told(func(r *Report) { r.Category = "strange.gap" })},
			then: []string{"reported"}, check: waitsFor(TriageGap),
		},
		{
			name: "an overlap waits and names the rivals", when: move{"0d", ann, told(func(r *Report) { r.Category = "strange.two" })},
			then: []string{"reported"}, check: waitsFor(TriageOverlap),
		},
		{
			name: "a list that names a coordinating body is a conflict", when: move{"0d", ann, told(func(r *Report) { r.Category = "strange.office" })},
			then: []string{"reported"}, check: waitsFor(TriageConflict),
		},
		{
			name: "the successor of an ended body is assigned, an ended joint body is left out",
			when: move{"0d", ann, told(func(r *Report) { r.Category = "heritage" })}, then: []string{"reported", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Lead != "water" || s.RowLead != "old" || len(s.Round.Joint) != 0 {
					t.Errorf("%+v", s.Round)
				}
			},
		},
		{
			name: "a complaint against the body the list names goes to nobody",
			when: move{"0d", ann, complaint("pwd")}, then: []string{"reported"}, check: waitsFor(TriageConflict),
		},
		{
			name: "nor to anyone under the body complained of",
			when: move{"0d", ann, complaint("hall")}, then: []string{"reported"}, check: waitsFor(TriageConflict),
		},
		{
			name: "a joint body complained of is left out",
			when: move{"0d", ann, complaint("parks")}, then: []string{"reported", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Lead != "pwd" || len(s.Round.Joint) != 1 || s.Round.Joint[0].Body != "water" {
					t.Errorf("%+v", s.Round)
				}
			},
		},
		{
			name: "a complaint against the coordinating body is ruled on by the next one up",
			when: move{"0d", ann, complaint("ward-office")}, then: []string{"reported", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Coordinator != "city-office" {
					t.Error(s.Coordinator)
				}
			},
		},
		{
			name: "wages are private by default",
			when: move{"0d", ann, told(func(r *Report) { r.Category = "wages.unpaid" })}, then: []string{"reported", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Visibility != Private || s.Point != nil || s.ReleaseBy.Due != 0 {
					t.Error(s.Visibility, s.Point, s.ReleaseBy)
				}
			},
		},
		{
			name: "unless the reporter says otherwise",
			when: move{"0d", ann, told(func(r *Report) { r.Category = "wages.unpaid"; r.Visibility = Public })},
			then: []string{"reported", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Visibility != Public || s.Point.Lat != 42_360_000 {
					t.Error(s.Visibility, s.Point)
				}
			},
		},
		{
			name: "a blurred matter holds the snapped point", when: move{"0d", ann, told(func(r *Report) { r.Visibility = Blurred })},
			then: []string{"reported", "assigned by the clock"}, check: pointIs(42_400_000),
		},
		{
			name: "so does a public one at a home", when: move{"0d", ann, told(func(r *Report) { r.Home = true })},
			then: []string{"reported", "assigned by the clock"}, check: pointIs(42_400_000),
		},
		{
			name: "a text starts the limit for its release", when: move{"0d", ann, told(func(r *Report) { r.Text = dig("text") })},
			then: []string{"reported", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.ReleaseBy.Due != after("1d") || len(s.Items) != 1 || s.Items[0].Showing != ShowUndecided {
					t.Error(s.ReleaseBy, s.Items)
				}
			},
		},
		{
			name: "the desk reports for another",
			when: move{"0d", civic.Actor{Kind: civic.Post, Post: "hall/desk", For: "bob"}, told(func(r *Report) { r.Reporter = ""; r.Channel = "phone" })},
			then: []string{"reported", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Reporter != "bob" {
					t.Error(s.Reporter)
				}
			},
		},
		{
			name: "everything wrong is said at once",
			when: move{"0d", civic.Actor{Kind: civic.Resident}, Report{
				Kind: "rant", Category: "no.such", Where: Where{Place: "x", Places: []civic.PlaceID{"y"}, Point: &Point{Lat: 91e6}},
				Visibility: "loud", Channel: "pigeon", Text: "short", Tracking: strings.Repeat("g", 64), Against: "pwd", External: "a\x00",
				Attached: []Attachment{{Digest: dig("a"), Media: ""}, {Digest: "x", Media: "image/jpeg"}},
			}},
			refused: []string{"matter.kind_unknown", "matter.against_kind", "matter.channel_unknown", "matter.category_unknown",
				"matter.visibility_unknown", "matter.places_disagree", "matter.point_invalid", "matter.digest_invalid", "matter.digest_invalid",
				"matter.attachment_invalid", "matter.digest_invalid", "matter.text_unplain", "matter.missing"},
		},
		{name: "somewhere must be said", when: move{"0d", ann, told(func(r *Report) { r.Where = Where{} })}, refused: []string{"matter.where_missing"}},
		{name: "a complaint names a body", when: move{"0d", ann, complaint("")}, refused: []string{"matter.against_missing"}},
		{name: "a body that there is", when: move{"0d", ann, complaint("mafia")}, refused: []string{"matter.body_unknown"}},
		{name: "not twice", given: reported, when: move{"1d", ann, lamp()}, refused: []string{"matter.exists"}},
		{name: "nothing before a report", when: move{"0d", lead, Accept{}}, refused: []string{"matter.none"}},
	})
}

func complaint(against civic.BodyID) Report {
	return told(func(r *Report) { r.Kind, r.Category, r.Against = Complaint, "conduct", against })
}

func waitsFor(why string) func(*testing.T, State, *world) {
	return func(t *testing.T, s State, w *world) {
		t.Helper()
		if s.Triage != why || s.Lead != "" || s.TriageBy.Due != after("1d") || Wake(s) != after("1d") {
			t.Errorf("%s %s %v wakes %v", s.Triage, s.Lead, s.TriageBy, Wake(s))
		}
	}
}

func pointIs(lat int64) func(*testing.T, State, *world) {
	return func(t *testing.T, s State, w *world) {
		t.Helper()
		if s.Point == nil || s.Point.Lat != lat {
			t.Error(s.Point)
		}
	}
}

func TestNumbersRunOut(t *testing.T) {
	w := newWorld(t)
	w.pos = numberSpace - 1
	if _, refusals := w.do("", lamp(), ann, monday); len(refusals) == 0 || refusals[0].Key != "matter.numbers_exhausted" || refusals.Kind() != civic.Unavailable {
		t.Fatal(refusals)
	}
}

func TestTriage(t *testing.T) {
	nowhere := []move{{"0d", ann, told(func(r *Report) { r.Where = Where{}; r.Address = dig("a") })}}
	gap := []move{{"0d", ann, told(func(r *Report) { r.Category = "strange.gap" })}}
	run(t, []row{
		{
			name: "the desk finds the place and the clock assigns; time runs from the report", given: nowhere,
			when: move{"5h", desk, Triage{SetRight{Where: inWard()}}}, then: []string{"triaged", "assigned by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, w *world) {
				if s.Resolution.Due != after("10d") || s.Objection.Due != after("2d5h") || s.Triage != "" {
					t.Errorf("%+v", s.Round)
				}
			},
		},
		{
			name: "what still stands in the way is kept, and the limit runs on", given: nowhere,
			when: move{"5h", desk, Triage{SetRight{Where: inWard(), Category: "strange.two"}}}, then: []string{"triaged"}, check: waitsFor(TriageOverlap),
		},
		{
			name: "a category that is private by default narrows", given: nowhere,
			when: move{"5h", desk, Triage{SetRight{Where: inWard(), Category: "housing.damp"}}}, then: []string{"triaged", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if s.Visibility != Private || s.Point != nil {
					t.Error(s.Visibility, s.Point)
				}
			},
		},
		{
			name: "late, after the escalation", given: nowhere, when: move{"2d", desk, Triage{SetRight{Where: inWard()}}},
			then: []string{"escalated triage by the clock at 1d", "triaged", "assigned by the clock"},
		},
		{name: "not once assigned", given: reported, when: move{"1h", desk, Triage{}}, refused: []string{"matter.not_now"}},
		{
			name: "a gap is assigned when a new list fills it", given: gap, when: move{"1h", theClock, Assign{}},
			check: func(t *testing.T, s State, w *world) {
				w.duties["strange.gap"] = w.duties["roads.lamp"]
				drafts, _ := w.do(s.ID, Assign{}, theClock, after("2h"))
				if got := typesOf(drafts); len(got) != 1 || got[0] != "assigned by the clock" {
					t.Error(got)
				}
			},
		},
		{
			name: "or ruled on by the coordinating body, as a precedent", given: gap,
			when: move{"1h", office, Rule{Lead: "water", Law: "Charter 3", Reason: dig("r")}}, then: []string{"ruled", "assigned by the clock"}, status: StatusAssigned,
			check: func(t *testing.T, s State, w *world) {
				p := w.acts[s.ID][1].Event.(Ruled).Precedent
				if s.Lead != "water" || p == nil || p.Lead != "water" || p.Before != "" || p.Category != "strange.gap" || s.HandOvers != 0 {
					t.Errorf("%+v %+v", p, s.Round)
				}
			},
		},
		{name: "who must name somebody", given: gap, when: move{"1h", office, Rule{Law: "l", Reason: dig("r")}}, refused: []string{"matter.missing"}},
		{name: "but not for what the desk can find", given: nowhere, when: move{"1h", office, Rule{Lead: "pwd", Law: "l", Reason: dig("r")}}, refused: []string{"matter.triage_first"}},
		{
			name: "never itself, nor the body complained of", given: []move{{"0d", ann, complaint("hall")}},
			when: move{"1h", office, Rule{Lead: "pwd", Law: "l", Reason: dig("r")}}, refused: []string{"matter.body_unfit"},
		},
		{
			name: "a ruling in a conflict is no precedent and keeps the rest out", given: []move{{"0d", ann, complaint("hall")}},
			when: move{"1h", office, Rule{Lead: "labour", Law: "l", Reason: dig("r")}}, then: []string{"ruled", "assigned by the clock"},
			check: func(t *testing.T, s State, w *world) {
				if w.acts[s.ID][1].Event.(Ruled).Precedent != nil || s.Lead != "labour" {
					t.Error("precedent")
				}
				for _, j := range s.Round.Joint {
					if j.Body == "parks" {
						t.Error("a body under the one complained of is joint")
					}
				}
			},
		},
	})
}
