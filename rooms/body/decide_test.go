package body

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
)

type places map[civic.PlaceID]bool

func (p places) HasPlace(id civic.PlaceID) bool { return p[id] }

func en(text string) Titles { return Titles{"en": text} }

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

const digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// town is a small realm: a coordinating body, public works with a head and a handler,
// its roads division, and parks.
func town() []journal.Act {
	var acts []journal.Act
	add := func(b civic.BodyID, e journal.Event) {
		acts = append(acts, journal.Act{Dossier: ID(b), Event: e, Happened: at("2011-07-01 00:00"), Position: civic.Position(len(acts) + 1)})
	}
	add("coord", Founded{Body: "coord", Kind: Coordinating, Titles: en("Coordination"), Place: "city", Coordinates: []civic.PlaceID{"city"}})
	add("coord", PostCreated{Post: "coord/chair", Titles: en("Chair"), Roles: []Role{Coordinator, Registrar, ListKeeper}})
	add("pwd", Founded{Body: "pwd", Kind: Public, Titles: en("Public Works"), Place: "city"})
	add("pwd", PostCreated{Post: "pwd/head", Titles: en("Head"), Roles: []Role{Supervisor}})
	add("pwd", PostCreated{Post: "pwd/crew", Titles: en("Crew"), Roles: []Role{Handler}, Supervisor: "pwd/head"})
	add("pwd", OfficerSeated{Post: "pwd/head", Person: "p1", Digest: digest, From: at("2011-07-01 00:00"), Until: at("2012-01-01 00:00")})
	add("roads", Founded{Body: "roads", Kind: Public, Titles: en("Roads"), Parent: "pwd", Place: "city"})
	add("roads", PostCreated{Post: "roads/head", Titles: en("Head"), Roles: []Role{Supervisor}, Supervisor: "pwd/head"})
	add("roads", PostCreated{Post: "roads/crew", Titles: en("Crew"), Roles: []Role{Handler}, Supervisor: "roads/head"})
	add("parks", Founded{Body: "parks", Kind: Public, Titles: en("Parks"), Place: "city"})
	add("parks", PostCreated{Post: "parks/crew", Titles: en("Crew"), Roles: []Role{Handler}})
	add("parks", PostCreated{Post: "parks/head", Titles: en("Head"), Roles: []Role{Supervisor}})
	add("gone", Founded{Body: "gone", Kind: Public, Titles: en("Gone"), Place: "city"})
	add("gone", Abolished{Successor: "parks"})
	return acts
}

func TestDecide(t *testing.T) {
	long := strings.Repeat("x", 201)
	for _, test := range []struct {
		name    string
		body    civic.BodyID
		when    Command
		public  bool
		then    []journal.Draft
		refused []string // "key field", every one
	}{
		{name: "found", body: "isd", when: Found{Body: "isd", Kind: Public, Titles: en("Inspection"), Parent: "pwd", Place: "city"},
			then: []journal.Draft{{Event: Founded{Body: "isd", Kind: Public, Titles: en("Inspection"), Parent: "pwd", Place: "city"}}}},
		{name: "found with everything wrong", body: "NO", when: Found{Body: "NO", Kind: "guild", Titles: Titles{"english language": long, "en": "a\u202eb"}, Parent: "gone", Place: "mars", Coordinates: []civic.PlaceID{"city", "city"}},
			refused: []string{
				"body.code_form body", "body.kind_unknown kind", "body.text_control titles.en",
				"body.language_form titles", "body.text_length titles.english language", "body.body_unknown parent", "body.place_unknown place",
				"body.not_coordinating coordinates", "body.place_coordinated coordinates", "body.place_twice coordinates", "body.place_coordinated coordinates",
			}},
		{name: "found twice", body: "pwd", when: Found{Body: "pwd", Kind: Public, Titles: en("X"), Place: "city"}, refused: []string{"body.exists body"}},
		{name: "found without a title", body: "x", when: Found{Body: "x", Kind: Public, Place: "city"}, refused: []string{"body.title_missing titles"}},
		{name: "no such body", body: "nobody", when: Rename{Titles: en("X")}, refused: []string{"body.missing "}},
		{name: "an ended body", body: "gone", when: Rename{Titles: en("X")}, refused: []string{"body.ended "}},
		{name: "rename", body: "pwd", when: Rename{Titles: en("Works")}, then: []journal.Draft{{Event: Renamed{Titles: en("Works")}}}},

		{name: "a post", body: "pwd", when: CreatePost{Post: "pwd/desk", Titles: en("Desk"), Roles: []Role{Desk, Handler}, Supervisor: "pwd/head"},
			then: []journal.Draft{{Event: PostCreated{Post: "pwd/desk", Titles: en("Desk"), Roles: []Role{Desk, Handler}, Supervisor: "pwd/head"}}}},
		{name: "a post under another body's supervisor", body: "parks", when: CreatePost{Post: "parks/x", Titles: en("X"), Roles: []Role{Handler}, Supervisor: "pwd/head"},
			then: []journal.Draft{{Event: PostCreated{Post: "parks/x", Titles: en("X"), Roles: []Role{Handler}, Supervisor: "pwd/head"}}}},
		{name: "a post of another body", body: "pwd", when: CreatePost{Post: "parks/x", Titles: en("X"), Roles: []Role{Handler}}, refused: []string{"body.post_form post"}},
		{name: "a post twice, roles wrong", body: "pwd", when: CreatePost{Post: "pwd/head", Titles: en("X"), Roles: []Role{"king", Handler, Handler, Coordinator}, Supervisor: "pwd/crew"},
			refused: []string{"body.post_exists post", "body.role_unknown roles", "body.role_twice roles", "body.coordinator_elsewhere roles", "body.supervisor_role supervisor", "body.supervisor_cycle supervisor"}},
		{name: "no roles, no such supervisor", body: "pwd", when: CreatePost{Post: "pwd/x", Titles: en("X"), Supervisor: "pwd/nobody"}, refused: []string{"body.role_missing roles", "body.post_unknown supervisor"}},
		{name: "a coordinating body handles", body: "coord", when: CreatePost{Post: "coord/hand", Titles: en("X"), Roles: []Role{Handler}}, refused: []string{"body.coordinating_handles roles"}},
		{name: "a coordinating body comes to handle", body: "coord", when: ChangePost{Post: "coord/chair", Titles: en("X"), Roles: []Role{Coordinator, Handler}}, refused: []string{"body.coordinating_handles roles"}},
		{name: "supervises itself", body: "pwd", when: ChangePost{Post: "pwd/head", Titles: en("X"), Roles: []Role{Supervisor}, Supervisor: "pwd/head"}, refused: []string{"body.supervisor_cycle supervisor"}},
		{name: "supervised from below", body: "pwd", when: ChangePost{Post: "pwd/head", Titles: en("X"), Roles: []Role{Supervisor}, Supervisor: "roads/head"}, refused: []string{"body.supervisor_cycle supervisor"}},
		{name: "change no post", body: "pwd", when: ChangePost{Post: "pwd/none", Titles: en("X"), Roles: []Role{Handler}}, refused: []string{"body.post_unknown post"}},

		{name: "close a post", body: "pwd", when: ClosePost{Post: "pwd/crew"}, then: []journal.Draft{{Event: PostClosed{Post: "pwd/crew"}}}},
		{name: "close the last supervisor", body: "parks", when: ClosePost{Post: "parks/head"}, refused: []string{"body.last_supervisor post"}},
		{name: "close the last supervisor below another", body: "roads", when: ClosePost{Post: "roads/head"}, then: []journal.Draft{{Event: PostClosed{Post: "roads/head"}}}},
		{name: "the last supervisor becomes a handler", body: "parks", when: ChangePost{Post: "parks/head", Titles: en("X"), Roles: []Role{Handler}}, refused: []string{"body.last_supervisor post"}},

		{name: "seat", body: "pwd", when: Seat{Post: "pwd/crew", Person: "p2", Digest: digest, From: "2011-11-06", To: "2011-11-06"},
			then: []journal.Draft{{Event: OfficerSeated{Post: "pwd/crew", Person: "p2", Digest: digest, From: at("2011-11-06 00:00"), Until: at("2011-11-07 00:00")}}}},
		{name: "seat on the day after", body: "pwd", when: Seat{Post: "pwd/head", Person: "p2", Digest: digest, From: "2012-01-01"},
			then: []journal.Draft{{Event: OfficerSeated{Post: "pwd/head", Person: "p2", Digest: digest, From: at("2012-01-01 00:00")}}}},
		{name: "terms overlap by a day", body: "pwd", when: Seat{Post: "pwd/head", Person: "p2", Digest: digest, From: "2011-12-31"}, refused: []string{"body.term_overlaps from"}},
		{name: "a term backwards, a bad digest, a public name", body: "pwd", when: Seat{Post: "pwd/crew", Digest: "x", PublicName: "A", From: "2011-12-31", To: "2011-12-30"},
			refused: []string{"body.person_form person", "body.digest_form digest", "body.name_not_public public_name", "body.term_backwards to"}},
		{name: "a public name where the law wants it", body: "pwd", public: true, when: Seat{Post: "pwd/crew", Person: "p2", Digest: digest, PublicName: "Demo Officer (invented)", From: "2011-08-01"},
			then: []journal.Draft{{Event: OfficerSeated{Post: "pwd/crew", Person: "p2", Digest: digest, PublicName: "Demo Officer (invented)", From: at("2011-08-01 00:00")}}}},
		{name: "no day", body: "pwd", when: Seat{Post: "pwd/crew", Person: "p2", Digest: digest, From: "2011-02-30", To: "soon"}, refused: []string{"body.day_form from", "body.day_form to"}},
		{name: "leave", body: "pwd", when: Leave{Post: "pwd/head", Person: "p1"}, then: []journal.Draft{{Event: OfficerLeft{Post: "pwd/head", Person: "p1", At: at("2011-10-01 12:00")}}}},
		{name: "leave unseated", body: "pwd", when: Leave{Post: "pwd/crew", Person: "p1"}, refused: []string{"body.not_seated person"}},

		{name: "move", body: "parks", when: Move{Parent: "roads"}, then: []journal.Draft{{Event: Moved{Parent: "roads"}}}},
		{name: "move under what lies under it", body: "pwd", when: Move{Parent: "roads"}, refused: []string{"body.parent_cycle parent"}},
		{name: "move under itself", body: "pwd", when: Move{Parent: "pwd"}, refused: []string{"body.parent_cycle parent"}},
		{name: "move nowhere new", body: "roads", when: Move{Parent: "pwd"}, refused: []string{"body.parent_same parent"}},
		{name: "move under an ended body", body: "pwd", when: Move{Parent: "gone"}, refused: []string{"body.body_unknown parent"}},

		{name: "merge", body: "roads", when: Merge{Into: "parks"}, then: []journal.Draft{{Event: Merged{Into: "parks"}}}},
		{name: "abolish without a successor", body: "pwd", when: Abolish{}, refused: []string{"body.successor_missing successor"}},
		{name: "abolish into itself", body: "pwd", when: Abolish{Successor: "pwd"}, refused: []string{"body.successor_self successor"}},
		{name: "abolish into what lies under it", body: "pwd", when: Abolish{Successor: "roads"}, refused: []string{"body.successor_below successor"}},
		{name: "abolish into a coordinating body", body: "parks", when: Abolish{Successor: "coord"}, refused: []string{"body.successor_kind successor"}},
		{name: "a coordinating body into a handling one", body: "coord", when: Merge{Into: "parks"}, refused: []string{"body.successor_kind into"}},
		{name: "abolish into an ended body", body: "parks", when: Abolish{Successor: "gone"}, refused: []string{"body.body_unknown successor"}},

		{name: "a public body coordinates", body: "pwd", when: SetCoordination{Place: "city"}, refused: []string{"body.not_coordinating place"}},
		{name: "coordinate again", body: "coord", when: SetCoordination{Place: "city"}, refused: []string{"body.coordinates_already place"}},
		{name: "coordinate a ward", body: "coord", when: SetCoordination{Place: "ward-03"}, then: []journal.Draft{{Event: CoordinationSet{Place: "ward-03"}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			catalog := (*Catalog)(nil).With(town()...)
			s, _ := catalog.Body(test.body)
			f := Facts{Now: at("2011-10-01 12:00"), Calendar: realmCalendar(t), Catalog: catalog, Places: places{"city": true, "ward-03": true}, PublicNames: test.public}
			drafts, refusals := Decide(s, test.when, f)
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

func TestTakingOverAPlace(t *testing.T) {
	catalog := (*Catalog)(nil).With(town()...)
	catalog = catalog.With(journal.Act{Dossier: ID("north"), Event: Founded{Body: "north", Kind: Coordinating, Titles: en("North"), Place: "city"}})
	s, _ := catalog.Body("north")
	drafts, refusals := Decide(s, SetCoordination{Place: "city"}, Facts{Catalog: catalog, Places: places{"city": true}})
	want := []journal.Draft{
		{Dossier: "body/coord", Event: CoordinationLifted{Place: "city", To: "north"}},
		{Event: CoordinationSet{Place: "city"}},
	}
	if diff := cmp.Diff(want, drafts); diff != "" || refusals != nil {
		t.Fatal(diff, refusals)
	}
	catalog = catalog.With(journal.Act{Dossier: "body/coord", Event: drafts[0].Event}, journal.Act{Dossier: "body/north", Event: drafts[1].Event})
	if b, _ := catalog.Coordinator("ward-03", "city"); b != "north" {
		t.Errorf("coordinated by %q", b)
	}
}

// TestHistories runs random commands and holds what must be true of every realm.
func TestHistories(t *testing.T) {
	cal := realmCalendar(t)
	known := places{"city": true, "ward-01": true}
	rapid.Check(t, func(t *rapid.T) {
		var catalog *Catalog
		now := at("2011-07-01 09:00")
		bodies := []civic.BodyID{"a", "b", "c", "d"}
		body := rapid.SampledFrom(bodies)
		post := func(b civic.BodyID) *rapid.Generator[civic.PostID] {
			return rapid.SampledFrom([]civic.PostID{civic.PostID(b + "/x"), civic.PostID(b + "/y"), civic.PostID(b + "/z")})
		}
		roles := rapid.SliceOfNDistinct(rapid.SampledFrom(Roles), 1, 3, rapid.ID[Role])
		day := rapid.SampledFrom([]string{"2011-07-01", "2011-07-02", "2011-07-03", "2011-07-09", ""})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			b := body.Draw(t, "body")
			var c Command
			switch rapid.IntRange(0, 10).Draw(t, "command") {
			case 0:
				c = Found{Body: b, Kind: rapid.SampledFrom(Kinds[:2]).Draw(t, "kind"), Titles: en("T"), Place: "city", Parent: rapid.SampledFrom(append(bodies, "", "")).Draw(t, "parent")}
			case 1:
				c = CreatePost{Post: post(b).Draw(t, "post"), Titles: en("T"), Roles: roles.Draw(t, "roles"), Supervisor: rapid.OneOf(post(body.Draw(t, "of")), rapid.Just(civic.PostID(""))).Draw(t, "supervisor")}
			case 2:
				c = ChangePost{Post: post(b).Draw(t, "post"), Titles: en("T"), Roles: roles.Draw(t, "roles"), Supervisor: post(body.Draw(t, "of")).Draw(t, "supervisor")}
			case 3:
				c = ClosePost{Post: post(b).Draw(t, "post")}
			case 4, 5:
				c = Seat{Post: post(b).Draw(t, "post"), Person: rapid.SampledFrom([]civic.PersonID{"p", "q"}).Draw(t, "person"), Digest: digest, From: day.Draw(t, "from"), To: day.Draw(t, "to")}
			case 6:
				c = Leave{Post: post(b).Draw(t, "post"), Person: rapid.SampledFrom([]civic.PersonID{"p", "q"}).Draw(t, "person")}
			case 7:
				c = Move{Parent: body.Draw(t, "parent")}
			case 8:
				c = Merge{Into: body.Draw(t, "into")}
			case 9:
				c = Abolish{Successor: body.Draw(t, "successor")}
			case 10:
				c = SetCoordination{Place: rapid.SampledFrom([]civic.PlaceID{"city", "ward-01"}).Draw(t, "place")}
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "hours")) * time.Hour)
			s, _ := catalog.Body(b)
			drafts, _ := Decide(s, c, Facts{Now: now, Calendar: cal, Catalog: catalog, Places: known})
			var acts []journal.Act
			for _, d := range drafts {
				if d.Dossier == "" {
					d.Dossier = ID(b)
				}
				acts = append(acts, journal.Act{Dossier: d.Dossier, Event: d.Event, Happened: now})
			}
			before := snapshot(catalog)
			next := catalog.With(acts...)
			if diff := cmp.Diff(before, snapshot(catalog)); diff != "" {
				t.Fatalf("%T changed an older catalog: %s", c, diff)
			}
			catalog = next
			hold(t, catalog, now)
		}
	})
}

func snapshot(c *Catalog) []State {
	var all []State
	for s := range c.Bodies() {
		s.Posts = slices.Clone(s.Posts)
		for i := range s.Posts {
			s.Posts[i].Terms = slices.Clone(s.Posts[i].Terms)
		}
		s.Coordinates = slices.Clone(s.Coordinates)
		all = append(all, s)
	}
	return all
}

func hold(t *rapid.T, c *Catalog, now civic.Instant) {
	coordinated := map[civic.PlaceID]int{}
	for s := range c.Bodies() {
		if heir, ok := c.Successor(s.Body); !ok || !c.HasBody(heir) {
			t.Fatalf("nobody answers for %s", s.Body)
		}
		if len(c.Above(s.Body)) >= 4 {
			t.Fatalf("%s lies under itself: %v", s.Body, c.Above(s.Body))
		}
		for _, p := range s.Coordinates {
			coordinated[p]++
		}
		for _, p := range s.Posts {
			if s.Kind == Coordinating && p.Has(Handler) || s.Kind != Coordinating && p.Has(Coordinator) {
				t.Fatalf("%s has roles %v in a %s body", p.Post, p.Roles, s.Kind)
			}
			for i, x := range p.Terms {
				for _, y := range p.Terms[i+1:] {
					if x.meets(y) {
						t.Fatalf("%s: terms %v and %v overlap", p.Post, x, y)
					}
				}
			}
			if above, ok := c.Supervisor(p.Post); ok && above == p.Post {
				t.Fatalf("%s supervises itself", p.Post)
			}
			_, seated := p.Seated(now)
			if c.Occupied(p.Post, now) != (seated && p.Open() && s.Lives()) {
				t.Fatalf("%s: occupied is %v", p.Post, c.Occupied(p.Post, now))
			}
		}
	}
	for p, n := range coordinated {
		if n > 1 {
			t.Fatalf("%s is coordinated by %d bodies", p, n)
		}
	}
	c.Entities()
}
