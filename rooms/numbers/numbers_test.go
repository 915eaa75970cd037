package numbers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/power"
	"skein/internal/samples"
)

var zone = func() *time.Location {
	z, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return z
}()

func at(text string) civic.Instant {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		panic(err)
	}
	return civic.At(t)
}

const digest = "6f1ed002ab5595859014ebf0951522d9f7f0e7d6f0f1f2b9c2a4a2f4a3b1c0de"

// fold is the state after events.
func fold(events ...journal.Event) (s State) {
	for i, e := range events {
		s = Evolve(s, journal.Act{Dossier: ListID, Event: e, Happened: civic.Instant(i + 1)})
	}
	return s
}

func sheetOf(month Month, least int) *Sheet {
	return &Sheet{Month: month, Least: least, Method: "m", Categories: []string{Elsewhere, All}, Districts: []string{Elsewhere, All}, Counts: [][]int{{7, 7}, {7, Withheld}}}
}

func TestDecide(t *testing.T) {
	begun := Begun{First: "2011-11", Least: 5, Due: at("2012-01-01 00:00")}
	november := Closed{Month: "2011-11", Due: at("2012-02-01 00:00")}
	december := Closed{Month: "2011-12", Due: at("2012-03-01 00:00")}
	published := Published{Month: "2011-11", Digest: digest, Least: 5, Method: "m", Cells: 4, Withheld: 1}
	for _, c := range []struct {
		name  string
		given []journal.Event
		when  Command
		facts Facts
		then  []journal.Event
		not   []string // keys of refusals
	}{
		{name: "begins", when: Begin{First: "2011-11"}, facts: Facts{Now: at("2011-11-20 10:00")}, then: []journal.Event{begun}},
		{name: "begins once", given: []journal.Event{begun}, when: Begin{First: "2011-10"}, facts: Facts{Now: at("2011-11-20 10:00")}},
		{name: "not in a month to come", when: Begin{First: "2011-12"}, facts: Facts{Now: at("2011-11-30 23:59")}, not: []string{"numbers.month_form"}},
		{name: "not in a month that is none", when: Begin{First: "2011-13"}, facts: Facts{Now: at("2011-11-30 23:59")}, not: []string{"numbers.month_form"}},
		{name: "no clock before", when: Close{}, facts: Facts{Now: at("2030-01-01 00:00")}},
		{name: "nothing to publish before", when: Publish{Month: "2011-11"}, not: []string{"numbers.not_begun"}},
		{name: "waits a month", given: []journal.Event{begun}, when: Close{}, facts: Facts{Now: at("2011-12-31 23:59")}},
		{name: "closes when the month after is over", given: []journal.Event{begun}, when: Close{}, facts: Facts{Now: at("2012-01-01 00:00")}, then: []journal.Event{november}},
		{name: "closes all that is owed", given: []journal.Event{begun}, when: Close{}, facts: Facts{Now: at("2012-02-20 00:00")}, then: []journal.Event{november, december}},
		{name: "publishes", given: []journal.Event{begun, november}, when: Publish{"2011-11", digest}, facts: Facts{Sheet: sheetOf("2011-11", 5), Digest: digest}, then: []journal.Event{published}},
		{name: "never twice", given: []journal.Event{begun, november, published}, when: Publish{"2011-11", digest}, facts: Facts{Sheet: sheetOf("2011-11", 5), Digest: digest}, not: []string{"numbers.month_published"}},
		{name: "not what is open", given: []journal.Event{begun, november}, when: Publish{"2011-12", digest}, facts: Facts{Sheet: sheetOf("2011-12", 5), Digest: digest}, not: []string{"numbers.month_open"}},
		{name: "not without a document", given: []journal.Event{begun, november}, when: Publish{"2011-11", digest}, not: []string{"numbers.document_missing"}},
		{name: "not another document", given: []journal.Event{begun, november}, when: Publish{"2011-11", "x"}, facts: Facts{Sheet: sheetOf("2011-11", 5), Digest: digest}, not: []string{"numbers.document_missing"}},
		{name: "not another month's", given: []journal.Event{begun, november}, when: Publish{"2011-11", digest}, facts: Facts{Sheet: sheetOf("2011-10", 5), Digest: digest}, not: []string{"numbers.document_month"}},
		{name: "not below k", given: []journal.Event{begun, LeastSet{Least: 8}, november}, when: Publish{"2011-11", digest}, facts: Facts{Sheet: sheetOf("2011-11", 5), Digest: digest}, not: []string{"numbers.document_least"}},
		{name: "k is set", given: []journal.Event{begun}, when: SetLeast{Least: 10, Law: " Statistics Act 7 "}, then: []journal.Event{LeastSet{Least: 10, Law: "Statistics Act 7"}}},
		{name: "never below five", given: []journal.Event{begun}, when: SetLeast{Least: 4, Law: "x"}, not: []string{"numbers.least_range"}},
		{name: "nor beyond all", given: []journal.Event{begun}, when: SetLeast{Least: 1001}, not: []string{"numbers.least_range", "numbers.law_missing"}},
		{name: "nor to what it is", given: []journal.Event{begun}, when: SetLeast{Least: 5, Law: strings.Repeat("律", 201)}, not: []string{"numbers.least_same", "numbers.law_missing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.facts.Zone = zone
			drafts, refusals := Decide(fold(c.given...), c.when, c.facts)
			var events []journal.Event
			for _, d := range drafts {
				if d.Private {
					t.Error("it is private")
				}
				events = append(events, d.Event)
			}
			var keys []string
			for _, r := range refusals {
				keys = append(keys, r.Key)
			}
			if d := cmp.Diff(c.then, events); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.not, keys); d != "" {
				t.Error(d)
			}
		})
	}
}

// Whatever happens in whatever order: no month has two tables, none is published before it was closed, months are closed in
// order and none before its time, and k is never below five.
func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s State
		now := at("2011-11-20 10:00")
		var months []Month
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40*24).Draw(t, "hours")) * time.Hour)
			month := Month("2011-11")
			for range rapid.IntRange(0, 8).Draw(t, "month") {
				month = month.Next()
			}
			c := rapid.SampledFrom([]Command{Begin{First: month}, Close{}, Close{}, Publish{month, digest}, Publish{month, digest}, SetLeast{rapid.IntRange(0, 12).Draw(t, "least"), "law"}}).Draw(t, "command")
			drafts, _ := Decide(s, c, Facts{Now: now, Zone: zone, Sheet: sheetOf(month, rapid.IntRange(5, 12).Draw(t, "of")), Digest: digest})
			for _, d := range drafts {
				before := s
				was := slices.Clone(s.Releases)
				s = Evolve(s, journal.Act{Dossier: ListID, Event: d.Event, Happened: now})
				if !slices.Equal(before.Releases, was) {
					t.Fatal("a state that was there has changed")
				}
				switch e := d.Event.(type) {
				case Closed:
					if e.Month.Next().Next().Start(zone) > now || len(months) > 0 && e.Month != months[len(months)-1].Next() {
						t.Fatalf("%s is closed at %v after %v", e.Month, now, months)
					}
					months = append(months, e.Month)
				case Published:
					if _, twice := before.Release(e.Month); twice || !slices.Contains(months, e.Month) || e.Least < before.Least {
						t.Fatalf("%+v is published in %+v", e, before)
					}
				}
			}
			if s.Begun() && s.Least < LeastLeast {
				t.Fatalf("k is %d", s.Least)
			}
			if again, _ := Decide(s, Close{}, Facts{Now: now, Zone: zone}); c == (Close{}) && len(again) > 0 {
				t.Fatal("the clock has business again")
			}
		}
	})
}

func TestPolicies(t *testing.T) {
	set, err := power.New(power.Source{Room: Name, Text: Policies})
	if err != nil {
		t.Fatal(err)
	}
	world := types.EntityMap{}
	for _, kind := range []types.String{"coordinating", "public"} {
		body := types.NewEntityUID("Body", kind)
		world[body] = types.Entity{UID: body, Attributes: types.NewRecord(types.RecordMap{"kind": kind})}
		for _, role := range []types.String{"desk", "handler", "supervisor", "coordinator", "registrar", "list_keeper"} {
			post := types.NewEntityUID("Post", kind+"/"+role)
			world[post] = types.Entity{UID: post, Parents: types.NewEntityUIDSet(body), Attributes: types.NewRecord(types.RecordMap{
				"body": body, "kind": kind, "roles": types.NewSet(role),
			})}
		}
	}
	may := map[string]string{}
	for _, c := range Commands() {
		for uid := range world {
			if uid.Type == "Post" {
				who := civic.Actor{Kind: civic.Post, Post: civic.PostID(uid.ID)}
				if a := set.Ask(power.Question{Actor: who, Action: c.Name(), Resource: Resource(State{Least: 5}), World: world, Context: asked(false)}); a.Allowed {
					may[c.Name()+" "+who.String()] = a.Policy
				}
			}
		}
		for _, who := range []civic.Actor{{Kind: civic.Clock}, {Kind: civic.Resident}, {Kind: civic.Operator}} {
			for _, imported := range []bool{false, true} {
				if a := set.Ask(power.Question{Actor: who, Action: c.Name(), Resource: Resource(State{Least: 5}), World: world, Context: asked(imported)}); a.Allowed {
					may[c.Name()+" "+who.String()] = a.Policy
				}
			}
		}
	}
	want := map[string]string{
		"numbers.begin clock": "numbers.clock_publishes", "numbers.close clock": "numbers.clock_publishes", "numbers.publish clock": "numbers.clock_publishes",
		"numbers.set_least post:coordinating/list_keeper": "numbers.keeper_sets_least",
	}
	if d := cmp.Diff(want, may); d != "" {
		t.Error(d)
	}
}

func asked(imported bool) types.Record {
	return types.NewRecord(types.RecordMap{"imported": types.Boolean(imported), "inferred": types.False, "now": types.Long(1)})
}

// examples holds one example of every event with every field set.
var examples = []journal.Event{
	Begun{First: "2011-07", Least: 5, Due: 1314849600000000},
	LeastSet{Least: 10, Law: "Statistics Act 7"},
	Closed{Month: "2011-07", Due: 1317441600000000},
	Published{Month: "2011-07", Digest: digest, Least: 5, Method: "skein-sdc-1", Cells: 144, Withheld: 120},
}

// A journal of any release is read for ever.
func TestEventsReadForEver(t *testing.T) {
	var r journal.Registry
	r.Register(Events()...)
	samples.DecodeForEver(t, &r, examples...)
}
