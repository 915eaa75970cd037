package matter

import (
	"testing"

	"skein/frame/civic"
)

func record() Import {
	return Import{
		Report: told(func(r *Report) { r.Channel = "import"; r.External = "101000295613"; r.Reporter = "" }),
		Lead:   "pwd", List: 1, Row: "row pwd", Calendar: "city",
		Resolution: &Term{Start: after("0d"), Due: after("10d")},
		Steps:      []RecordStep{{Act: "assigned", At: after("0d"), Inferred: true}, {Act: "closed", At: after("12d")}},
		Status:     StatusClosed, AsOf: after("100d"),
	}
}

func changed(change func(*Import)) Import {
	r := record()
	change(&r)
	return r
}

func TestImportingAsRecords(t *testing.T) {
	imports := func(name string, c Import, then []string, refused []string, check func(*testing.T, State, *world)) {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.imported = true
			drafts, refusals := w.do("", c, operator, after("0d"))
			if printed(typesOf(drafts)) != printed(then) || printed(keys(refusals)) != printed(refused) {
				t.Fatal(typesOf(drafts), refusals)
			}
			if check != nil {
				check(t, w.state(w.last), w)
			}
		})
	}
	one := []string{"imported"}
	imports("a closed row is one act, and its figures are there", record(), one, nil, func(t *testing.T, s State, w *world) {
		if s.Status != StatusClosed || s.Ending != EndOnRecord || s.Ended != after("12d") || !s.Late || s.Lead != "pwd" || !s.Imported || !s.OnRecord || Wake(s) != 0 {
			t.Errorf("%+v", s)
		}
		if len(s.Round.Inferred) != 1 || s.Round.Inferred[0] != "assigned" || !s.Number.Valid() || s.External != "101000295613" {
			t.Errorf("%v %v", s.Round.Inferred, s.Number)
		}
	})
	imports("an open one lives on; what ran out before is not escalated afterwards",
		changed(func(c *Import) { c.Status, c.Steps, c.AsOf = StatusWorking, nil, after("11d") }), one, nil, func(t *testing.T, s State, w *world) {
			w.imported = false
			drafts, _ := w.do(s.ID, Tick{}, theClock, after("400d"))
			if len(drafts) != 0 {
				t.Error(typesOf(drafts))
			}
			lead := civic.Actor{Kind: civic.Post, Post: "pwd/head"}
			if _, refusals := w.do(s.ID, Answer{Outcome: Fixed, Reason: dig("r")}, lead, after("401d")); len(refusals) > 0 {
				t.Error(refusals)
			}
		})
	imports("what runs out later is",
		changed(func(c *Import) {
			c.Status, c.Steps, c.AsOf, c.Resolution.Half, c.Resolution.Over = StatusWorking, nil, after("6d"), after("5d"), after("15d")
		}), one, nil,
		func(t *testing.T, s State, w *world) {
			w.imported = false
			if drafts, _ := w.do(s.ID, Tick{}, theClock, after("400d")); printed(typesOf(drafts)) != "[escalated due by the clock at 10d escalated over by the clock at 15d]" {
				t.Error(typesOf(drafts))
			}
		})
	imports("a row without a place waits for the desk", changed(func(c *Import) {
		c.Status, c.Lead, c.Where, c.Steps, c.Resolution = StatusReceived, "", Where{}, nil, nil
	}), one, nil, func(t *testing.T, s State, w *world) {
		if s.Triage != TriageAddress || Wake(s) != after("101d") {
			t.Error(s.Triage, since(Wake(s)))
		}
	})
	imports("everything wrong with a row is said at once", Import{Report: Report{Channel: "import"}, Status: "lost", Lead: "mafia", Outcome: "great",
		Steps: []RecordStep{{Act: "danced", At: after("2d")}, {Act: "closed", At: after("1d")}}, Resolution: &Term{}, AsOf: after("1d")}, nil,
		[]string{"matter.import_status", "matter.body_unfit", "matter.outcome_unknown", "matter.import_step", "matter.import_order", "matter.import_as_of", "matter.import_due"}, nil)
	imports("work has a lead", changed(func(c *Import) { c.Status, c.Lead = StatusWorking, "" }), nil, []string{"matter.missing"}, nil)
	imports("waiting has none", changed(func(c *Import) { c.Status = StatusReceived }), nil, []string{"matter.import_lead"}, nil)

	w := newWorld(t)
	if _, refusals := w.do("", record(), operator, after("0d")); printed(keys(refusals)) != "[matter.import_power]" {
		t.Error(refusals)
	}
}

func TestReplaying(t *testing.T) {
	w := newWorld(t)
	w.imported = true
	w.do("", told(func(r *Report) { r.Reporter, r.Channel = "", "import" }), operator, after("0d"))
	id := w.last
	w.inferred = true
	w.do(id, Accept{}, operator, after("1h"))
	w.inferred = false
	if drafts, refusals := w.do(id, Answer{Outcome: Fixed}, operator, after("11d")); printed(typesOf(drafts)) !=
		"[escalated joint by the clock at 3d escalated half by the clock at 5d escalated due by the clock at 10d answered]" {
		t.Fatal(typesOf(drafts), refusals)
	}
	w.inferred = true
	w.do(id, Confirm{Solved: true}, operator, after("11d"))
	w.inferred = false
	s := w.state(id)
	if s.Status != StatusClosed || !s.Late || !s.Imported || printed(s.Round.Inferred) != "[accepted confirmed]" {
		t.Errorf("%+v", s.Round)
	}
	if _, refusals := w.do(id, Reopen{}, operator, after("9d")); printed(keys(refusals)) != "[matter.before_last_act]" {
		t.Error("an import may not go back in time", refusals)
	}
}

// Words that nobody released are asked for again when a matter is reopened: their limit ran out before that act, and the clock of a replay
// comes for it at the instant of the limit.
func TestReplayOfAReopenedMatter(t *testing.T) {
	w := newWorld(t)
	w.imported = true
	w.do("", told(func(r *Report) { r.Reporter, r.Channel, r.Text = "", "import", dig("text") }), operator, after("0d"))
	id := w.last
	w.do(id, Accept{}, operator, after("1h"))
	w.do(id, Answer{Outcome: Fixed}, operator, after("20d"))
	w.do(id, Confirm{Solved: true}, operator, after("21d"))
	if _, refusals := w.do(id, Reopen{Reason: dig("again")}, operator, after("22d")); len(refusals) > 0 {
		t.Fatal(refusals)
	}
	s := w.state(id)
	due := Wake(s)
	if due == 0 || due != s.ReleaseBy.Due || due >= s.Last {
		t.Fatalf("the next business is at %v, the limit was %v, the last act at %v", due, s.ReleaseBy.Due, s.Last)
	}
	drafts, refusals := w.do(id, Tick{}, theClock, due)
	if len(refusals) > 0 || len(drafts) != 1 || drafts[0].Event.Type() != "matter.escalated" || drafts[0].Happened != s.Last {
		t.Fatal(typesOf(drafts), refusals)
	}
	if next := Wake(w.state(id)); next <= s.Last {
		t.Error("the clock comes again at", next)
	}
}
