package main

import (
	"maps"
	"strconv"
	"sync"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/vault"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/guide"
	"skein/rooms/matter"
	"skein/rooms/numbers"
	"skein/rooms/place"
	"skein/rooms/powers"
	"skein/rooms/review"
	"skein/rooms/standing"
)

// purposes are what keys are derived for, in each realm; a fence holds them against the code, and
// docs/trust.md tells what each is.
var purposes = []string{
	"public numbers", "tracking codes", "names of acts", "idempotency digests", "webhooks", "web push",
	"sign-in officer address", "sign-in resident address", "sign-in subject", "sign-in guess",
}

// housePorts are the answers that rooms need of each other, for their doors.
type housePorts struct {
	matters matter.Ports
	reviews review.Ports
	merits  standing.FindingPorts
}

// newHouse is the list of rooms, with the answers they need of each other plugged in.
// master gives each realm its key for public numbers.
func newHouse(master *vault.Master) (*clerk.House, housePorts, error) {
	public := keep(func(r civic.Realm) *matter.Numbers {
		return matter.NewNumbers(master.Derive("public numbers", r))
	})
	rules, err := matter.FoundingRules()
	if err != nil {
		return nil, housePorts{}, err
	}
	reviews, err := review.FoundingRules()
	if err != nil {
		return nil, housePorts{}, err
	}
	merits, err := standing.FoundingFindingRules()
	if err != nil {
		return nil, housePorts{}, err
	}
	merits.Grounds = reviews.GroundCodes()
	found := meritPorts(merits, public)
	rules.AppealGrounds = reviews.GroundCodes()
	reviewing := reviewPorts(reviews)
	ports := matter.Ports{
		Duties:    func(v *clerk.View) matter.Duties { return duties{duty.CatalogIn(v), place.CatalogIn(v)} },
		Bodies:    func(v *clerk.View) matter.Bodies { return bodies{body.CatalogIn(v), place.CatalogIn(v)} },
		Calendars: func(v *clerk.View) matter.Calendars { return matter.CalendarBy(place.CatalogIn(v).Calendar) },
		Rules:     func(v *clerk.View) *matter.Rules { return rules.Under(v.Settings.Retention) },
		Numbers:   public,
		Titles:    titles,
		Post:      func(v *clerk.View, p civic.PostID) bool { return body.CatalogIn(v).HasPost(p) },
		Worked: func(v *clerk.View, id string, from, until civic.Instant, pauses []matter.Span) (float64, bool) {
			cal := calendarOf(v)
			if named := place.CatalogIn(v).Calendar(id); id != "" && named != nil {
				cal = named
			}
			stops := make([]calendar.Pause, len(pauses))
			for i, p := range pauses {
				stops[i] = calendar.Pause{From: p.From, To: p.Until}
			}
			return cal.WorkingDaysBetween(from, until, stops), cal.Covers(cal.DayOf(from)) && cal.Covers(cal.DayOf(until))
		},
	}
	house, err := clerk.NewHouse(entities,
		place.Room(place.Ports{
			Bodies: func(v *clerk.View) place.Bodies { return body.CatalogIn(v) },
		}),
		body.Room(body.Ports{
			Places:   func(v *clerk.View) body.Places { return place.CatalogIn(v) },
			Calendar: calendarOf,
		}),
		duty.Room(duty.Ports{
			Calendar: calendarOf,
			Known:    known,
		}),
		matter.Room(ports),
		review.Room(reviewing),
		powers.Room(powers.Ports{
			Places: func(v *clerk.View) powers.Places { return place.CatalogIn(v) },
		}),
		numbers.Room(numberPorts),
		standing.Room(standing.Ports{Case: standingCase, Appeal: standingAppeal, Findings: found, Reports: reportPorts}),
		guide.Room(guidePorts),
	)
	return house, housePorts{ports, reviewing, found}, err
}

// calendarOf is the realm's own calendar. Before one is set, days begin and end at
// midnight in the realm's zone; no limit can be reckoned by that (see calendars.Due).
func calendarOf(v *clerk.View) *calendar.Calendar {
	if c := place.CatalogIn(v).DefaultCalendar(); c != nil {
		return c
	}
	c, err := calendar.New(calendar.Spec{
		ID: "days", Version: "1", Title: calendar.Title{"en": "Days", "zh-Hans": "自然日"}, TimeZone: v.Settings.Location().String(),
		WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"}, Opens: "00:00", HolidaysCount: true,
	})
	if err != nil {
		panic(err) // the zone was checked when the realm was made
	}
	return c
}

// keep remembers what was made for each realm.
func keep[T any](mk func(civic.Realm) T) func(civic.Realm) T {
	var made sync.Map
	return func(r civic.Realm) T {
		if v, ok := made.Load(r); ok {
			return v.(T)
		}
		v, _ := made.LoadOrStore(r, mk(r))
		return v.(T)
	}
}

// entities are the posts, bodies and places as policies see them.
func entities(v *clerk.View) types.EntityGetter {
	all := maps.Clone(place.CatalogIn(v).Entities())
	maps.Copy(all, body.CatalogIn(v).Entities())
	return all
}

// known says what a duty list may name.
func known(v *clerk.View) duty.Known {
	places, bodies := place.CatalogIn(v), body.CatalogIn(v)
	categories, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
	return duty.Known{
		Place: places.HasPlace, Body: bodies.HasBody, Post: bodies.HasPost, Category: categories.Has, Calendar: places.HasCalendar,
	}
}

// duties answers the matter room from the duty room.
type duties struct {
	list   *duty.Catalog
	places *place.Catalog
}

func (d duties) Resolve(q matter.Question) matter.Resolution {
	query := duty.Query{Category: q.Category, At: q.At, Places: make([]duty.Place, 0, len(q.Places))}
	for _, id := range q.Places {
		if p, ok := d.places.Place(id); ok {
			query.Places = append(query.Places, duty.Place{ID: p.ID, Parent: p.Parent, Depth: p.Depth, Rank: p.Rank})
		}
	}
	a := d.list.Resolve(query)
	why := a.Why(query)
	r := matter.Resolution{
		List: a.Version, ListDigest: a.Digest, Lead: a.Lead, Row: a.Row, Law: a.Law, Officer: a.Post, Calendar: a.Calendar,
		Response: limit(a.Response), Objection: limit(a.Objection), Resolution: limit(a.Resolution),
		Why: matter.Sentence{Key: why.Key, Args: map[string]string{}},
	}
	for name, value := range why.Args {
		switch value := value.(type) {
		case string:
			r.Why.Args[name] = value
		case int:
			r.Why.Args[name] = strconv.Itoa(value)
		}
	}
	for _, j := range a.Joint {
		r.Joint = append(r.Joint, matter.Duty{Body: j.Body, Limit: limit(j.Limit)})
	}
	for _, m := range a.Near {
		r.Near = append(r.Near, m.Row)
	}
	for _, m := range a.Tied {
		r.Leads = append(r.Leads, m.Lead)
	}
	switch a.Outcome {
	case duty.One:
		r.Found = matter.FoundOne
	case duty.Overlap:
		r.Found = matter.FoundOverlap
	default:
		r.Found = matter.FoundGap
	}
	return r
}

func limit(l calendar.Limit) matter.Limit {
	if l == (calendar.Limit{}) {
		return ""
	}
	return matter.Limit(l.String())
}

func (d duties) Category(c civic.Category) (matter.CategoryFacts, bool) {
	tree, _ := d.list.CategoriesAt(1<<62 - 1)
	k, ok := tree.Get(c)
	return matter.CategoryFacts{Private: k.Private}, ok
}

// bodies answers the matter room from the body room.
type bodies struct {
	all    *body.Catalog
	places *place.Catalog
}

func (b bodies) Body(id civic.BodyID, at civic.Instant) (matter.BodyFacts, bool) {
	s, ok := b.all.Body(id)
	if !ok {
		return matter.BodyFacts{}, false
	}
	f := matter.BodyFacts{Kind: string(s.Kind), Above: b.all.Above(id), Ended: !s.Lives()}
	if f.Ended {
		f.Successor, _ = b.all.Successor(id)
		return f, true
	}
	f.Supervisor, ok = b.all.SupervisorOf(id)
	f.Vacant = !ok || !b.all.Occupied(f.Supervisor, at)
	return f, true
}

func (b bodies) Coordinators(places []civic.PlaceID, parties ...civic.BodyID) []civic.BodyID {
	return b.all.Coordinators(places, b.places.Within, parties...)
}

func bodyIn(r *clerk.Realm) *body.Catalog { return body.CatalogIn(r.View()) }

// titles are what words find matters by: all that categories and places are called, those that are closed among them.
func titles(v *clerk.View) matter.Titles {
	called := func(kind, code string) []string { return titlesOf(v, kind, code) }
	out := matter.Titles{Categories: map[civic.Category][]string{}, Places: map[civic.PlaceID]matter.TitledPlace{}}
	tree, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
	for _, c := range tree.All() {
		out.Categories[c.Code] = called("category", string(c.Code))
	}
	places := place.CatalogIn(v)
	for s := range places.States() {
		above := places.Chain(s.Place)
		p := matter.TitledPlace{Titles: called("place", string(s.Place))}
		for _, o := range above {
			if o.ID != s.Place {
				p.Above = append(p.Above, o.ID)
			}
		}
		out.Places[s.Place] = p
	}
	return out
}
