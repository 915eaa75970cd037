package duty

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/power"
	"skein/internal/samples"
)

func realmCalendar(t interface{ Fatal(...any) }) *calendar.Calendar {
	c, err := calendar.New(calendar.Spec{
		ID: "city", Version: "1", Title: calendar.Title{"en": "City"}, TimeZone: "America/New_York",
		WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"}, Opens: "08:30", HolidaysCount: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(text string) civic.Instant {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		panic(err)
	}
	return civic.At(moment)
}

// digest names document n.
func digest(n string) string { return DigestOf([]byte(n)) }

func act(e journal.Event, position civic.Position) journal.Act {
	return journal.Act{Dossier: ListID, Event: e, Position: position, Happened: at("2011-07-01 09:00")}
}

func fold(acts ...journal.Act) State {
	var s State
	for _, a := range acts {
		s = Evolve(s, a)
	}
	return s
}

func TestDecide(t *testing.T) {
	first := act(Adopted{Number: 1, Digest: digest("1"), Effective: at("2011-07-01 09:00"), Rows: 3}, 1)
	coming := act(Adopted{Number: 2, Digest: digest("2"), Effective: at("2011-12-01 00:00"), Rows: 4}, 2)
	ruling := act(PrecedentNoted{Ruling: 90, Matter: "matter/0000000a", Category: "trees", Place: "city", Lead: "parks"}, 3)
	doc := func(n string) *Document { return &Document{Digest: digest(n), Rows: 7} }
	adopted := func(number int, n string, day string) Adopted {
		return Adopted{Number: number, Digest: digest(n), Effective: at(day), Rows: 7}
	}
	for _, test := range []struct {
		name     string
		given    []journal.Act
		when     Command
		doc      *Document
		imported bool
		then     []journal.Draft
		refused  []string
	}{
		{name: "the first version, today: from now on", when: Adopt{Digest: digest("1"), Effective: "2011-10-01"}, doc: doc("1"),
			then: []journal.Draft{{Event: adopted(1, "1", "2011-10-01 12:00")}}},
		{name: "a later day: from its first moment, clocks having changed", given: []journal.Act{first}, when: Adopt{Digest: digest("3"), Effective: "2011-11-07", MovesOpen: true, Note: digest("why")}, doc: doc("3"),
			then: []journal.Draft{{Event: Adopted{Number: 2, Digest: digest("3"), Effective: at("2011-11-07 00:00"), Rows: 7, MovesOpen: true, Note: digest("why")}}}},
		{name: "past", given: []journal.Act{first}, when: Adopt{Digest: digest("3"), Effective: "2011-09-30"}, doc: doc("3"), refused: []string{"duty.effective_past effective"}},
		{name: "past but imported", when: Adopt{Digest: digest("3"), Effective: "2011-07-01"}, doc: doc("3"), imported: true,
			then: []journal.Draft{{Event: adopted(1, "3", "2011-07-01 00:00")}}},
		{name: "before a coming version", given: []journal.Act{first, coming}, when: Adopt{Digest: digest("3"), Effective: "2011-11-30"}, doc: doc("3"), refused: []string{"duty.effective_order effective"}},
		{name: "on the day of a coming version: the newer one counts", given: []journal.Act{first, coming}, when: Adopt{Digest: digest("3"), Effective: "2011-12-01"}, doc: doc("3"),
			then: []journal.Draft{{Event: adopted(3, "3", "2011-12-01 00:00")}}},
		{name: "no day, no document, a bad note", when: Adopt{Digest: "x", Effective: "tomorrow", Note: "y", Settles: []civic.Position{7}},
			refused: []string{"duty.document_missing digest", "duty.digest_form note", "duty.precedent_unknown settles", "duty.day_form effective"}},
		{name: "another document", when: Adopt{Digest: digest("1"), Effective: "2011-10-01"}, doc: doc("2"), refused: []string{"duty.document_other digest"}},
		{name: "a document with faults", when: Adopt{Digest: digest("1"), Effective: "2011-10-01"},
			doc:     &Document{Refusals: civic.Refusals{civic.Refuse(civic.Invalid, "duty.place_unknown").In("row 2, place"), civic.Refuse(civic.Invalid, "duty.limit_form").In("row 3, response")}},
			refused: []string{"duty.place_unknown row 2, place", "duty.limit_form row 3, response"}},
		{name: "the same again", given: []journal.Act{first}, when: Adopt{Digest: digest("1"), Effective: "2011-10-02"}, doc: doc("1"), refused: []string{"duty.document_same digest"}},
		{name: "settling a precedent", given: []journal.Act{first, ruling}, when: Adopt{Digest: digest("3"), Effective: "2011-10-02", Settles: []civic.Position{90}}, doc: doc("3"),
			then: []journal.Draft{{Event: Adopted{Number: 2, Digest: digest("3"), Effective: at("2011-10-02 00:00"), Rows: 7, Settles: []civic.Position{90}}}}},
		{name: "settling twice", given: []journal.Act{first, ruling, act(Adopted{Number: 2, Digest: digest("2"), Effective: at("2011-09-01 00:00"), Settles: []civic.Position{90}}, 4)},
			when: Adopt{Digest: digest("3"), Effective: "2011-10-02", Settles: []civic.Position{90, 90}}, doc: doc("3"), refused: []string{"duty.precedent_settled settles", "duty.precedent_settled settles"}},

		{name: "withdraw", given: []journal.Act{first, coming}, when: Withdraw{Number: 2}, then: []journal.Draft{{Event: Withdrawn{Number: 2}}}},
		{name: "withdraw what is in force", given: []journal.Act{first, coming}, when: Withdraw{Number: 1}, refused: []string{"duty.version_in_force version"}},
		{name: "withdraw twice", given: []journal.Act{first, coming, act(Withdrawn{Number: 2}, 3)}, when: Withdraw{Number: 2}, refused: []string{"duty.version_withdrawn version"}},
		{name: "withdraw nothing", when: Withdraw{Number: 1, Note: "x"}, refused: []string{"duty.version_unknown version", "duty.digest_form note"}},
		{name: "after a withdrawal numbers go on and the day is free", given: []journal.Act{first, coming, act(Withdrawn{Number: 2}, 3)}, when: Adopt{Digest: digest("2"), Effective: "2011-10-05"}, doc: doc("2"),
			then: []journal.Draft{{Event: adopted(3, "2", "2011-10-05 00:00")}}},

		{name: "a precedent", given: []journal.Act{first}, when: NotePrecedent{Ruling: 91, Matter: "matter/0000000b", Category: "trees", Place: "city", Lead: "parks", Number: 1, Row: "t", Before: "pwd", Private: true},
			then: []journal.Draft{{Private: true, Event: PrecedentNoted{Ruling: 91, Matter: "matter/0000000b", Category: "trees", Place: "city", Lead: "parks", Number: 1, Row: "t", Before: "pwd"}}}},
		{name: "a precedent again changes nothing", given: []journal.Act{ruling}, when: NotePrecedent{Ruling: 90, Matter: "matter/0000000a", Category: "trees", Place: "city", Lead: "parks"}},
		{name: "half a precedent", when: NotePrecedent{Ruling: 90}, refused: []string{"duty.precedent_field matter", "duty.precedent_field category", "duty.precedent_field place", "duty.precedent_field lead"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := Facts{Now: at("2011-10-01 12:00"), Calendar: realmCalendar(t), Imported: test.imported, Document: test.doc}
			drafts, refusals := Decide(fold(test.given...), test.when, f)
			if diff := cmp.Diff(test.then, drafts); diff != "" {
				t.Errorf("acts: %s", diff)
			}
			var got []string
			for _, r := range refusals {
				got = append(got, r.Key+" "+r.Field)
			}
			if diff := cmp.Diff(test.refused, got); diff != "" {
				t.Errorf("refusals: %s", diff)
			}
		})
	}
}

// TestHistories holds over random adoptions and withdrawals: what was in force at a moment
// that has passed never changes, and effective moments rise with numbers.
func TestHistories(t *testing.T) {
	cal := realmCalendar(t)
	rapid.Check(t, func(t *rapid.T) {
		var s State
		now := at("2011-07-01 09:00")
		type seen struct {
			at      civic.Instant
			version int
		}
		var past []seen
		for i := range rapid.IntRange(1, 25).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "hours")) * time.Hour)
			var c Command = Withdraw{Number: rapid.IntRange(1, 5).Draw(t, "number")}
			doc := &Document{Digest: digest(string(rune('a' + i)))}
			if rapid.Bool().Draw(t, "adopt") {
				day := cal.DayOf(now) + calendar.Day(rapid.IntRange(-1, 6).Draw(t, "day"))
				c = Adopt{Digest: doc.Digest, Effective: day.String()}
			}
			before := append([]Version(nil), s.Versions...)
			drafts, _ := Decide(s, c, Facts{Now: now, Calendar: cal, Document: doc})
			next := s
			for _, d := range drafts {
				next = Evolve(next, journal.Act{Event: d.Event, Happened: now})
			}
			if diff := cmp.Diff(before, append([]Version(nil), s.Versions...)); diff != "" {
				t.Fatalf("an older state changed: %s", diff)
			}
			s = next
			for _, p := range past {
				if v, _ := s.InForce(p.at); v.Number != p.version {
					t.Fatalf("at %v version %d was in force, now it is said to be %d", p.at.Time(), p.version, v.Number)
				}
			}
			last := civic.Instant(0)
			for i, v := range s.Versions {
				if v.Number != i+1 {
					t.Fatalf("version %d stands at %d", v.Number, i)
				}
				if v.Withdrawn == 0 {
					if v.Effective < last {
						t.Fatalf("version %d takes effect before an older one", v.Number)
					}
					last = v.Effective
				}
			}
			v, _ := s.InForce(now - 1)
			past = append(past, seen{now - 1, v.Number})
		}
	})
}

func TestCatalog(t *testing.T) {
	one := NewList([]Row{row("a", "street", "city", "pwd")})
	two := NewList([]Row{row("a", "street", "city", "isd")})
	kept := map[string][]byte{one.Digest(): one.CSV(), two.Digest(): two.CSV(), founding.Digest(): founding.CSV()}
	document := func(digest string) ([]byte, error) {
		if b, ok := kept[digest]; ok {
			return b, nil
		}
		return nil, errors.New("not kept")
	}
	adopt := func(number int, digest, day string) journal.Act {
		return act(Adopted{Number: number, Digest: digest, Effective: at(day), Rows: 1}, civic.Position(number))
	}
	var none *Catalog
	c, err := none.With(document, adopt(1, one.Digest(), "2011-07-01 00:00"), adopt(2, two.Digest(), "2011-10-01 00:00"))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(c *Catalog, day string) Answer {
		return c.Resolve(Query{Category: "street", Places: harbour, At: at(day)})
	}
	for _, test := range []struct {
		c       *Catalog
		day     string
		outcome Outcome
		version int
		lead    civic.BodyID
		near    []Miss
	}{
		{none, "2011-08-01 00:00", Gap, 0, "", nil},
		{c, "2011-06-30 23:59", Gap, 0, "", []Miss{{"a", "pwd", ButDate, 1}}},
		{c, "2011-07-01 00:00", One, 1, "pwd", []Miss{{"a", "isd", ButDate, 2}}},
		{c, "2011-10-01 00:00", One, 2, "isd", nil},
	} {
		a := ask(test.c, test.day)
		got := []any{a.Outcome, a.Version, a.Lead, a.Near}
		if diff := cmp.Diff([]any{test.outcome, test.version, test.lead, test.near}, got); diff != "" {
			t.Errorf("%s: %s", test.day, diff)
		}
	}
	if w := ask(none, "2011-08-01 00:00").Why(Query{}); w.Key != "duty.why_no_list" {
		t.Error(w)
	}
	back, err := c.With(document, act(Withdrawn{Number: 2}, 3))
	if err != nil || ask(back, "2011-10-01 00:00").Lead != "pwd" || ask(c, "2011-10-01 00:00").Lead != "isd" {
		t.Error("a withdrawal holds in the new catalog alone", err)
	}
	if tree, v := none.CategoriesAt(at("2011-08-01 00:00")); tree != Founding() || v.Number != 0 {
		t.Error("a realm starts with the founding categories")
	}
	own := act(Adopted{Number: 1, Digest: founding.Digest(), Effective: at("2011-07-01 00:00")}, 1)
	own.Dossier = CategoriesID
	if c, err := none.With(document, own); err != nil || c.trees[founding.Digest()] == nil {
		t.Error(err)
	}
	if _, err := none.With(document, adopt(1, digest("lost"), "2011-07-01 00:00")); err == nil {
		t.Error("a lost document is no error")
	}
	kept[digest("forged")] = one.CSV()
	if _, err := none.With(document, adopt(1, digest("forged"), "2011-07-01 00:00")); err == nil || !strings.Contains(err.Error(), "other content") {
		t.Error("a forged document is taken", err)
	}
}

func TestPowers(t *testing.T) {
	set, err := power.New(power.Source{Room: "duty", Text: Policies})
	if err != nil {
		t.Fatal(err)
	}
	world := types.EntityMap{}
	for id, p := range map[types.String]struct {
		kind types.String
		role types.String
	}{"coord/chair": {"coordinating", "list_keeper"}, "coord/clerk": {"coordinating", "registrar"}, "pwd/head": {"public", "list_keeper"}} {
		uid := types.NewEntityUID("Post", id)
		world[uid] = types.Entity{UID: uid, Attributes: types.NewRecord(types.RecordMap{"kind": p.kind, "roles": types.NewSet(p.role)})}
	}
	post := func(p civic.PostID) civic.Actor { return civic.Actor{Kind: civic.Post, Post: p} }
	clock, operator := civic.Actor{Kind: civic.Clock}, civic.Actor{Kind: civic.Operator}
	for _, test := range []struct {
		who      civic.Actor
		imported bool
		what     Command
		on       civic.DossierID
		policy   string
	}{
		{post("coord/chair"), false, Adopt{}, ListID, "duty.keeper_adopts"},
		{post("coord/chair"), false, Withdraw{}, CategoriesID, "duty.keeper_adopts"},
		{post("coord/chair"), false, NotePrecedent{}, ListID, ""},
		{post("coord/clerk"), false, Adopt{}, ListID, ""},
		{post("pwd/head"), false, Adopt{}, ListID, ""},
		{clock, false, NotePrecedent{}, ListID, "duty.clock_notes_precedent"},
		{clock, false, NotePrecedent{}, CategoriesID, ""},
		{clock, false, Adopt{}, ListID, ""},
		{operator, true, Adopt{}, ListID, "duty.imported"},
		{operator, false, Adopt{}, ListID, ""},
		{civic.Actor{Kind: civic.Resident}, true, Adopt{}, ListID, ""},
	} {
		a := set.Ask(power.Question{Actor: test.who, Action: test.what.Name(), Resource: Resource(test.on, State{}), World: world,
			Context: types.NewRecord(types.RecordMap{"imported": types.Boolean(test.imported), "inferred": types.False, "now": types.Long(0)})})
		if a.Policy != test.policy || a.Allowed != (test.policy != "") {
			t.Errorf("%v %s %s: allowed %v by %q", test.who, test.what.Name(), test.on, a.Allowed, a.Policy)
		}
	}
}

// A journal of any release is read for ever.
func TestEventsReadForEver(t *testing.T) {
	var r journal.Registry
	Register(&r)
	samples.DecodeForEver(t, &r,
		Adopted{Number: 2, Digest: digest("2"), Effective: 1322715600000000, Rows: 176, MovesOpen: true, Note: digest("why"), Settles: []civic.Position{90, 91}},
		Withdrawn{Number: 2, Note: digest("why")},
		TookEffect{Number: 2, MovesOpen: true},
		PrecedentNoted{Ruling: 90, Matter: "matter/0000000a", Category: "trees", Place: "boston", Lead: "park", Number: 1, Row: "trees@boston", Before: "pwd"},
	)
}
