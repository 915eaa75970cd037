package place

import (
	"testing"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/power"
)

// realmOf is the places of a world, and a registrar of the city, of a ward, and a head of works.
func realmOf(c *Catalog) types.EntityMap {
	world := types.EntityMap{}
	for uid, e := range c.Entities() {
		world[uid] = e
	}
	post := func(name, body, kind, place, role string) {
		b := types.NewEntityUID("Body", types.String(body))
		world[b] = types.Entity{UID: b, Attributes: types.NewRecord(types.RecordMap{
			"kind": types.String(kind), "place": types.NewEntityUID("Place", types.String(place)),
		})}
		p := types.NewEntityUID("Post", types.String(name))
		world[p] = types.Entity{UID: p, Parents: types.NewEntityUIDSet(b), Attributes: types.NewRecord(types.RecordMap{
			"body": b, "kind": types.String(kind), "roles": types.NewSet(types.String(role)),
		})}
	}
	post("city/reg", "city", "coordinating", "city", "registrar")
	post("city/chair", "city", "coordinating", "city", "coordinator")
	post("east/reg", "east", "coordinating", "ward-e", "registrar")
	post("pwd/reg", "pwd", "public", "city", "registrar")
	return world
}

func TestPolicies(t *testing.T) {
	set, err := power.New(power.Source{Room: "place", Text: Policies})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, f := range []Found{
		{Place: "city", Kind: City}, {Place: "ward-e", Kind: Ward, Parent: "city"},
		{Place: "ward-w", Kind: Ward, Parent: "city"}, {Place: "block", Kind: GridCell, Parent: "ward-e"},
	} {
		f.Titles = en("T")
		w.must("", f)
	}
	world := realmOf(w.c)
	post := func(p civic.PostID) civic.Actor { return civic.Actor{Kind: civic.Post, Post: p} }
	operator := civic.Actor{Kind: civic.Operator}
	many := func(fs ...Found) Import { return Import{Places: fs} }
	for _, c := range []struct {
		name     string
		who      civic.Actor
		on       civic.PlaceID
		do       Command
		imported bool
		want     string
	}{
		{"the city's registrar founds a ward", post("city/reg"), "", Found{Place: "n", Parent: "city"}, false, "place.registrar"},
		{"the city's registrar redraws the city", post("city/reg"), "city", Redraw{}, false, "place.registrar"},
		{"another post of the city does not", post("city/chair"), "city", Redraw{}, false, ""},
		{"a public body does not", post("pwd/reg"), "city", Redraw{}, false, ""},
		{"a ward's registrar founds a block in it", post("east/reg"), "", Found{Place: "n", Parent: "ward-e"}, false, "place.registrar"},
		{"but not in the next ward", post("east/reg"), "", Found{Place: "n", Parent: "ward-w"}, false, ""},
		{"nor a place of nobody", post("east/reg"), "", Found{Place: "n"}, false, ""},
		{"she names her ward", post("east/reg"), "ward-e", Rename{}, false, "place.registrar"},
		{"but does not redraw it", post("east/reg"), "ward-e", Redraw{}, false, ""},
		{"she closes a block", post("east/reg"), "block", Close{}, false, "place.registrar"},
		{"but does not give it away", post("east/reg"), "block", Move{"ward-w"}, false, ""},
		{"the city moves it", post("city/reg"), "block", Move{"ward-w"}, false, "place.registrar"},
		{"to an unknown place: told by the decision", post("city/reg"), "block", Move{"nowhere"}, false, "place.registrar"},
		{"she imports blocks", post("east/reg"), "", many(Found{Place: "x", Parent: "ward-e"}, Found{Place: "y", Parent: "x"}, Found{Place: "block", Parent: "ward-e"}), false, "place.registrar"},
		{"but not blocks of two wards", post("east/reg"), "", many(Found{Place: "x", Parent: "ward-e"}, Found{Place: "y", Parent: "ward-w"}), false, ""},
		{"nor her own ward", post("east/reg"), "", many(Found{Place: "ward-e", Parent: "city"}), false, ""},
		{"the operator imports", operator, "", many(Found{Place: "city"}), true, "place.imported"},
		{"and only imports", operator, "", many(Found{Place: "city"}), false, ""},
		{"nobody else does", civic.Actor{Kind: civic.Resident}, "", many(Found{Place: "city"}), true, ""},
		{"the city's calendar", post("city/reg"), "", SetCalendar{ID: "c", Place: "city"}, false, "place.calendar_registrar"},
		{"a ward's own calendar", post("east/reg"), "", SetCalendar{ID: "c", Place: "ward-e"}, false, "place.calendar_registrar"},
		{"not the city's", post("east/reg"), "", SetCalendar{ID: "c", Place: "city"}, false, ""},
		{"not a body's", post("east/reg"), "", SetCalendar{ID: "c", Body: "pwd"}, false, ""},
		{"a body's calendar is the city's business", post("city/reg"), "", SetCalendar{ID: "c", Body: "pwd"}, false, "place.calendar_registrar"},
		{"the operator imports calendars", operator, "", SetCalendar{ID: "c"}, true, "place.calendar_imported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			on := c.on
			if on == "" {
				on = civic.PlaceID(DossierOf(c.do).Key())
			}
			s, _ := w.c.State(on)
			resource := w.c.Resource(s, c.do)
			if set, ok := c.do.(SetCalendar); ok {
				resource = w.c.CalendarResource(CalendarState{}, set)
			}
			answer := set.Ask(power.Question{
				Actor: c.who, Action: c.do.Name(), Resource: resource, World: world,
				Context: types.NewRecord(types.RecordMap{"imported": types.Boolean(c.imported), "inferred": types.False, "now": types.Long(1)}),
			})
			if answer.Policy != c.want {
				t.Errorf("policy %q, want %q (%v)", answer.Policy, c.want, answer.Refusals)
			}
		})
	}
	// Taking a calendar over from a place needs power over both.
	taken := CalendarState{ID: "c", Place: "city", Editions: []Edition{{}}}
	answer := set.Ask(power.Question{
		Actor: post("east/reg"), Action: "place.set_calendar", World: world,
		Resource: w.c.CalendarResource(taken, SetCalendar{ID: "c", Place: "ward-e"}),
		Context:  types.NewRecord(types.RecordMap{"imported": types.False}),
	})
	if answer.Allowed {
		t.Error("a ward took the city's calendar")
	}
}

// TestEveryCommandHasAPower holds that no command is left out of the policies.
func TestEveryCommandHasAPower(t *testing.T) {
	set, err := power.New(power.Source{Room: "place", Text: Policies})
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, a := range set.Actions() {
		named[a] = true
	}
	commands := append(Commands(), SetCalendar{})
	for _, c := range commands {
		if !named[c.Name()] {
			t.Errorf("no policy names %s", c.Name())
		}
	}
	if len(named) != len(commands) {
		t.Errorf("%d commands, %d actions", len(commands), len(named))
	}
}
