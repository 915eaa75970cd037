package body

import (
	"testing"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/power"
)

func TestTermsEndByThemselves(t *testing.T) {
	c := (*Catalog)(nil).With(town()...)
	for _, test := range []struct {
		at   civic.Instant
		want bool
	}{
		{at("2011-07-01 00:00") - 1, false},
		{at("2011-07-01 00:00"), true},
		{at("2012-01-01 00:00") - 1, true},
		{at("2012-01-01 00:00"), false}, // local midnight, no act
	} {
		if got := c.Occupied("pwd/head", test.at); got != test.want {
			t.Errorf("at %v occupied is %v", test.at.Time(), got)
		}
	}
	left := c.With(journal.Act{Dossier: ID("pwd"), Event: OfficerLeft{Post: "pwd/head", Person: "p1", At: at("2011-09-01 10:00")}})
	if left.Occupied("pwd/head", at("2011-09-01 10:00")) || !left.Occupied("pwd/head", at("2011-09-01 10:00")-1) || !c.Occupied("pwd/head", at("2011-09-01 10:00")) {
		t.Error("leaving ends the term at its moment, in the new catalog alone")
	}
}

func TestLookups(t *testing.T) {
	c := (*Catalog)(nil).With(town()...)
	supervisor := func(p civic.PostID) string { s, _ := c.Supervisor(p); return string(s) }
	if got := supervisor("roads/crew"); got != "roads/head" {
		t.Errorf("supervisor %q", got)
	}
	if got := supervisor("parks/crew"); got != "parks/head" { // none named: the first of the body
		t.Errorf("supervisor %q", got)
	}
	c = c.With(journal.Act{Dossier: ID("roads"), Event: PostClosed{Post: "roads/head"}, Happened: 9})
	if got := supervisor("roads/crew"); got != "pwd/head" { // closed: the body above
		t.Errorf("supervisor %q", got)
	}
	if s, _ := c.SupervisorOf("roads"); s != "pwd/head" {
		t.Errorf("supervisor of roads %q", s)
	}
	if !c.Under("roads", "pwd") || c.Under("pwd", "roads") || c.Under("parks", "pwd") || !c.Under("pwd", "pwd") {
		t.Error("roads alone lies under public works")
	}
	if b, _ := c.Coordinator("grid-1", "ward-03", "city"); b != "coord" {
		t.Errorf("coordinator %q", b)
	}
	if _, ok := c.Coordinator("mars"); ok {
		t.Error("mars has a coordinator")
	}
	within := func(place, under civic.PlaceID) bool { return place == under || under == "city" }
	if got := c.Coordinators([]civic.PlaceID{"ward-03", "city"}, within, "pwd", "parks"); len(got) != 1 || got[0] != "coord" {
		t.Errorf("coordinators %v", got)
	}
	c = c.With(journal.Act{Dossier: ID("pwd"), Event: Merged{Into: "parks"}, Happened: 9})
	if heir, _ := c.Successor("pwd"); heir != "parks" {
		t.Errorf("successor %q", heir)
	}
	c = c.With(journal.Act{Dossier: ID("parks"), Event: Abolished{Successor: "roads"}, Happened: 10})
	if heir, _ := c.Successor("gone"); heir != "roads" { // gone → parks → roads
		t.Errorf("successor %q", heir)
	}
	if _, ok := c.Successor("never"); ok || c.HasPost("parks/crew") || c.HasBody("pwd") {
		t.Error("an unknown or ended body answers")
	}
}

func TestPowers(t *testing.T) {
	set, err := power.New(power.Source{Room: "body", Text: Policies})
	if err != nil {
		t.Fatal(err)
	}
	acts := append(town(),
		journal.Act{Dossier: "body/pwd", Event: PostCreated{Post: "pwd/office", Titles: en("Office"), Roles: []Role{Registrar}}},
		journal.Act{Dossier: "body/far", Event: Founded{Body: "far", Kind: Public, Titles: en("Far"), Place: "elsewhere"}})
	c := (*Catalog)(nil).With(acts...)
	world := c.Entities().Clone()
	for id, parents := range map[string][]types.EntityUID{"city": nil, "elsewhere": nil, "ward-03": {types.NewEntityUID("Place", "city")}} {
		uid := types.NewEntityUID("Place", types.String(id))
		world[uid] = types.Entity{UID: uid, Parents: types.NewEntityUIDSet(parents...)}
	}
	post := func(p civic.PostID) civic.Actor { return civic.Actor{Kind: civic.Post, Post: p} }
	for _, test := range []struct {
		who      civic.Actor
		imported bool
		what     Command
		on       civic.BodyID
		policy   string // "" is refused
	}{
		{post("coord/chair"), false, Found{Body: "new", Kind: Public, Place: "ward-03"}, "new", "body.coordinating_registrar"},
		{post("coord/chair"), false, Found{Body: "new", Kind: Public, Place: "elsewhere"}, "new", ""},
		{post("coord/chair"), false, Abolish{}, "pwd", "body.coordinating_registrar"},
		{post("coord/chair"), false, Abolish{}, "far", ""},
		{post("pwd/office"), false, Seat{}, "pwd", "body.own_registrar"},
		{post("pwd/office"), false, Seat{}, "roads", "body.own_registrar"},
		{post("pwd/office"), false, Seat{}, "parks", ""},
		{post("pwd/office"), false, Abolish{}, "roads", ""},
		{post("pwd/office"), false, Found{Body: "new", Kind: Public, Place: "city", Parent: "pwd"}, "new", ""},
		{post("pwd/head"), false, Seat{}, "pwd", ""},
		{post("gone/head"), false, Seat{}, "gone", ""},
		{civic.Actor{Kind: civic.Operator}, true, Found{Body: "new", Kind: Public, Place: "city"}, "new", "body.imported"},
		{civic.Actor{Kind: civic.Operator}, false, Found{Body: "new", Kind: Public, Place: "city"}, "new", ""},
		{civic.Actor{Kind: civic.Resident}, false, Rename{}, "pwd", ""},
		{civic.Actor{Kind: civic.Clock}, true, Rename{}, "pwd", ""},
	} {
		s, _ := c.Body(test.on)
		a := set.Ask(power.Question{
			Actor: test.who, Action: test.what.Name(), Resource: c.Resource(s, test.what), World: world,
			Context: types.NewRecord(types.RecordMap{"imported": types.Boolean(test.imported), "inferred": types.False, "now": types.Long(0)}),
		})
		if a.Policy != test.policy || a.Allowed != (test.policy != "") {
			t.Errorf("%v %s %s: allowed %v by %q", test.who, test.what.Name(), test.on, a.Allowed, a.Policy)
		}
	}
}

// Who sat in a post between two moments, a term's first moment included and its end not; also once post and body are no more.
func TestPostsBetween(t *testing.T) {
	c := (*Catalog)(nil).With(town()...) // p1 sits in pwd/head from 2011-07-01 until 2012-01-01
	from, until := at("2011-07-01 00:00"), at("2012-01-01 00:00")
	ended := c.With(journal.Act{Dossier: ID("pwd"), Event: Merged{Into: "parks"}, Happened: until + 9})
	never := c.With(journal.Act{Dossier: ID("pwd"), Event: OfficerLeft{Post: "pwd/head", Person: "p1", At: from}})
	for _, test := range []struct {
		name         string
		in           *Catalog
		since, until civic.Instant
		want         bool
	}{
		{"all the time", c, 0, until + 1, true}, {"before it began", c, 0, from - 1, false}, {"as it begins", c, 0, from, true},
		{"its last moment", c, until - 1, until + 5, true}, {"after it ended", c, until, until + 5, false}, {"within", c, from + 5, from + 6, true},
		{"of a body that ended", ended, until - 1, until + 99, true}, {"left before it began", never, 0, until, false},
	} {
		if got := test.in.PostsBetween([]civic.PersonID{"p1"}, test.since, test.until); (len(got) == 1 && got[0] == "pwd/head") != test.want || len(got) > 1 {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	if got := c.PostsBetween(nil, 0, until); got != nil {
		t.Errorf("nobody sat in %v", got)
	}
}
