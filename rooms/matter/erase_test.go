package matter

import (
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
)

func TestErasing(t *testing.T) {
	asked := Erase{}
	forAnn := Erase{Request: "12/2026", Checked: "document"}
	onHold := PutHold{Ground: "court", Law: "Civil Procedure Act 44", Until: after("20d")}
	held := moves(closed, []move{{"4d", office, onHold}})
	waiting := moves(held, []move{{"5d", ann, asked}})
	gone := func(ground string) func(*testing.T, State, *world) {
		return func(t *testing.T, s State, w *world) {
			if s.Erased == nil || s.Erased.Ground != ground || s.Reporter != "" || s.Contact || s.Address != "" || len(s.Items) != 0 || s.Hold != nil || s.Asking != 0 {
				t.Errorf("%+v", s)
			}
			if s.Box != "ann.1" {
				t.Errorf("what is said now lies in the box %q", s.Box)
			}
			drafts, _ := w.do(s.ID, asked, ann, s.Last+1)
			if len(drafts) != 0 {
				t.Errorf("erased twice: %v", typesOf(drafts))
			}
			var total Figures
			if v, ok := Visible(s, Eyes{}); ok {
				total = v.Rounds[0]
			}
			if total.Start == 0 {
				t.Error("its figures went too")
			}
		}
	}
	run(t, []row{
		{name: "at the reporter's word", given: closed, when: move{"4d", ann, asked}, then: []string{"erased"}, status: StatusClosed, check: gone(ErasedAsked)},
		{name: "an ended matter has no point either", given: closed, when: move{"4d", ann, asked}, then: []string{"erased"}, check: func(t *testing.T, s State, _ *world) {
			if s.Point != nil {
				t.Error("it has")
			}
		}},
		{name: "an open one goes on, and can be found", given: accepted, when: move{"1d", ann, asked}, then: []string{"erased"}, status: StatusWorking, check: func(t *testing.T, s State, w *world) {
			gone(ErasedAsked)(t, s, w)
			if s.Point == nil {
				t.Fatal("nobody finds the lamp")
			}
			if _, refusals := w.do(s.ID, Ask{Text: dig("q")}, lead, after("2d")); !slices.Equal(keys(refusals), []string{"matter.nobody_to_ask"}) {
				t.Error("asked:", refusals)
			}
			if _, refusals := w.do(s.ID, Pause{Ground: "waiting_for_reporter"}, lead, after("2d")); !slices.Equal(keys(refusals), []string{"matter.nobody_to_ask"}) {
				t.Error("waited for:", refusals)
			}
			w.do(s.ID, Answer{Outcome: Fixed, Reason: dig("new lamp")}, lead, after("2d"))
			w.do(s.ID, Tick{}, theClock, after("30d"))
			if s = w.state(s.ID); s.Status != StatusClosed || s.Ending != EndLapsed || s.Point != nil || len(s.Items) != 1 {
				t.Errorf("it ended as %+v", s)
			}
			drafts, _ := w.do(s.ID, Expire{}, theClock, after("200d"))
			if s = w.state(s.ID); len(drafts) != 1 || !slices.Equal(drafts[0].Erases, []string{"ann.1"}) || s.Box != "ann.2" {
				t.Errorf("what was said after the erasure is not erased in its time: %v %q", drafts, s.Box)
			}
		}},
		{name: "or is withdrawn with it", given: accepted, when: move{"1d", ann, Erase{Withdraw: true}}, then: []string{"withdrawn", "erased"}, status: StatusClosed, check: gone(ErasedAsked)},
		{name: "but not when it is at its end", given: closed, when: move{"4d", ann, Erase{Withdraw: true}}, refused: []string{"matter.not_now"}},
		{name: "the desk has a request and knows whose it is", given: closed, when: move{"4d", desk, asked}, refused: []string{"matter.request_number", "matter.check_unknown"}},
		{name: "it names nobody", given: closed, when: move{"4d", desk, Erase{Request: "Ann Brown 3", Checked: "document"}}, refused: []string{"matter.request_number"}},
		{name: "it does not withdraw", given: accepted, when: move{"1d", desk, Erase{Withdraw: true, Request: "1", Checked: "document"}}, refused: []string{"matter.reporter_alone"}},
		{name: "then it is done", given: closed, when: move{"4d", desk, forAnn}, then: []string{"erased"}, check: gone(ErasedAsked)},

		{name: "a hold has a ground, a law and an end", given: closed, when: move{"4d", office, PutHold{Ground: "x", Until: after("99d")}}, refused: []string{"matter.ground_unknown", "matter.missing", "matter.hold_until"}},
		{name: "an end that is to come", given: closed, when: move{"4d", office, PutHold{Ground: "court", Law: "l", Until: after("4d")}}, refused: []string{"matter.hold_until"}},
		{name: "a hold delays", given: held, when: move{"5d", ann, asked}, then: []string{"erasure_asked"}, check: func(t *testing.T, s State, _ *world) {
			v, _ := Visible(s, Eyes{Reporter: "ann"})
			if v.Hold == nil || v.Hold.Law == "" || v.Hold.Until != after("20d") || v.Asking != after("5d") || s.Erased != nil || s.Reporter != "ann" {
				t.Errorf("%+v", v)
			}
		}},
		{name: "asked once", given: waiting, when: move{"6d", ann, asked}, then: nil},
		{name: "when it ends, what waited is erased", given: waiting, when: move{"20d", theClock, Tick{}}, then: []string{"unheld by the clock", "erased by the clock"}, check: gone(ErasedAsked)},
		{name: "also before its time", given: waiting, when: move{"6d", office, Unhold{}}, then: []string{"unheld", "erased by the clock"}, check: gone(ErasedAsked)},
		{name: "a hold can be said again", given: waiting, when: move{"19d", office, PutHold{Ground: "court", Law: "l", Until: after("40d")}}, then: []string{"held"}},
		{name: "and ends with nothing waiting", given: held, when: move{"6d", office, Unhold{}}, then: []string{"unheld"}, check: func(t *testing.T, s State, _ *world) {
			if s.Erased != nil || s.Hold != nil {
				t.Errorf("%+v", s)
			}
		}},
		{name: "nothing to end", given: closed, when: move{"6d", office, Unhold{}}, refused: []string{"matter.not_held"}},
		{name: "nothing to hold", given: moves(closed, []move{{"4d", ann, asked}}), when: move{"6d", office, onHold}, refused: []string{"matter.erased"}},

		{name: "not before its time", given: closed, when: move{"42d", theClock, Expire{}}, refused: []string{"matter.kept_until"}},
		{name: "in its time", given: closed, when: move{"43d", theClock, Expire{}}, then: []string{"erased"}, check: gone(ErasedRetention)},
		{name: "not while it is open", given: accepted, when: move{"7d", theClock, Expire{}}, refused: []string{"matter.not_due"}},
		{name: "a hold delays that too", given: moves(closed, []move{{"40d", office, PutHold{Ground: "court", Law: "l", Until: after("60d")}}}), when: move{"43d", theClock, Expire{}}, refused: []string{"matter.is_held"}},
		{name: "each kind its own", given: []move{{"0d", ann, told(func(r *Report) { r.Kind, r.Category = Safety, "roads.lamp" })}, {"1h", ann, Withdraw{}}}, when: move{"89d", theClock, Expire{}}, refused: []string{"matter.kept_until"}},
		{name: "not as another's part", given: closed, when: move{"4d", theClock, Expire{Main: "matter/00000009"}}, refused: []string{"matter.not_due"}},
	})
}

// The number of a written request is the office's own: everyone reads it, and it stands for ever.
func TestRequestNumberIsNobodys(t *testing.T) {
	for number, want := range map[string]string{
		"ER-2026-0041": "", "2026/17": "", "12/2026": "", "2026-000123": "", "ER-2026-000123": "", "20260041": "", "〔2026〕17号": "", "穗府信〔2026〕17号": "", "信访2026000123": "",
		"110101199003070011": "matter.request_personal", "110101-19900307-0011": "matter.request_personal", "ER110101199003070011": "matter.request_personal",
		"13800138000": "matter.request_personal", "138-0013-8000": "matter.request_personal", "ER13800138000": "matter.request_personal", "1３８００１３８０００": "matter.request_personal",
		"078-05-1120": "matter.request_personal", "617-555-0142": "matter.request_personal", "jane.doe1@x.org": "matter.request_personal", "京A12345": "matter.request_personal",
		"Jane Doe 1": "matter.request_number", "Jane": "matter.request_number", "": "matter.request_number",
	} {
		w := newWorld(t)
		id := w.given(closed...)
		drafts, refusals := w.do(id, Erase{Request: number, Checked: "document"}, desk, after("4d"))
		if got := strings.Join(keys(refusals), " "); got != want || (len(drafts) == 1) != (want == "") {
			t.Errorf("%q: %q, not %q", number, got, want)
		}
	}
}

// What is erased in one matter of several goes no further, and what belongs to it goes with it.
func TestErasingAmongMatters(t *testing.T) {
	w := newWorld(t)
	main := w.given(reported...)
	id := w.given(reported...)
	w.do(id, Join{Into: main}, desk, after("1h"))
	if drafts, refusals := w.do(id, Erase{}, ann, after("2h")); len(drafts) != 1 || len(refusals) > 0 || w.state(main).Erased != nil {
		t.Fatal(typesOf(drafts), refusals)
	}
	w.do(main, Withdraw{}, ann, after("3h"))
	if s := w.state(id); s.Status == StatusJoined || s.Reporter != "" || len(s.Items) != 0 || s.Box != "ann.1" {
		t.Errorf("separated again it knows its reporter: %+v", s)
	}

	kept := w.given(reported...)
	joined := w.given(reported...)
	w.do(joined, Join{Into: kept}, desk, after("1h"))
	if _, refusals := w.do(joined, Expire{}, theClock, after("100d")); !slices.Equal(keys(refusals), []string{"matter.not_due"}) {
		t.Error("the clock erased it while the matter that it was joined into goes on:", refusals)
	}

	first, second, last := w.given(reported...), w.given(reported...), w.given(reported...)
	w.do(first, Join{Into: second}, desk, after("1h"))
	w.do(second, Join{Into: last}, desk, after("2h"))
	for _, id := range []civic.DossierID{first, second} {
		if _, refusals := w.do(id, Expire{}, theClock, after("100d")); w.state(id).Status != StatusJoined || !slices.Equal(keys(refusals), []string{"matter.not_due"}) {
			t.Errorf("the clock erased %s while the last one goes on: %v", id, refusals)
		}
	}
	w.do(last, Accept{}, lead, after("3h"))
	w.do(last, Answer{Outcome: Fixed, Reason: dig("done")}, lead, after("9d"))
	w.do(last, Confirm{Solved: true}, ann, after("10d"))
	for _, id := range []civic.DossierID{first, second} {
		if _, refusals := w.do(id, Expire{}, theClock, after("49d")); !slices.Equal(keys(refusals), []string{"matter.kept_until"}) {
			t.Errorf("%s is not kept as long as the last one: %v", id, refusals)
		}
		drafts, refusals := w.do(id, Expire{}, theClock, after("50d"))
		if s := w.state(id); len(refusals) > 0 || !slices.Equal(drafts[0].Erases, []string{"ann"}) || s.Erased == nil || len(s.Items) > 0 {
			t.Errorf("%s is kept for longer than the last one: %v %v", id, typesOf(drafts), refusals)
		}
	}

	whole := w.given(accepted...)
	w.do(whole, Split{Parts: []Part{{Text: dig("p"), Box: "part"}}}, lead, after("1d"))
	part := w.state(whole).Parts[0]
	w.do(whole, Erase{}, ann, after("2d"))
	drafts, refusals := w.do(part, Expire{Main: whole}, theClock, after("2d"))
	if len(refusals) > 0 || !slices.Equal(drafts[len(drafts)-1].Erases, []string{"part"}) || w.state(part).Erased.Ground != ErasedMain {
		t.Error("the part was not erased with it:", typesOf(drafts), refusals)
	}
	if w.state(part).Status == StatusClosed {
		t.Error("and does not go on")
	}
}
