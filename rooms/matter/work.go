package matter

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"skein/face"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/vault/photo"
	"skein/science/geo"
)

// What the pages of staff need: the task of a post's command, how the reporter is reached, what is past due, what lies nearby.

// Task makes the task of a command of a post, or of a resident, on a matter. A join names the other matter by its public number.
func (a *API) Task(ctx context.Context, actor civic.Actor, s State, c Command, photos []photo.Photo) (clerk.Task, error) {
	if err := a.OwnJudge(ctx, s, actor, c.Name()); err != nil {
		return clerk.Task{}, err
	}
	c, err := a.named(ctx, c)
	if err != nil {
		return clerk.Task{}, err
	}
	t, err := a.Intake.On(ctx, a.Site.Realm.View(), actor, s, c, photos)
	if err != nil {
		return clerk.Task{}, err
	}
	return t, a.Forget(ctx, s, &t)
}

// Reach says how the reporter of a matter can be reached, to a post whose powers permit it, once that is written down; nothing
// where she gave no contact, or took it back.
func (a *API) Reach(ctx context.Context, s State, actor civic.Actor) (Contact, error) {
	answer := a.Site.Realm.View().Ask(actor, ActionReadReporter, s.ID, s, a.Site.Realm.Now())
	if err := a.OwnJudge(ctx, s, actor, ActionReadReporter); err != nil {
		return Contact{}, err
	}
	if !answer.Allowed || actor.Kind != civic.Post {
		return Contact{}, civic.Refuse(civic.Forbidden, "power.none", "action", ActionReadReporter, "policies", "")
	}
	if !s.Contact {
		return Contact{}, nil
	}
	who := access.Who{Actor: civic.Actor{Kind: civic.Post, Post: actor.Post}, Power: answer.Policy, Purpose: purposeOf(answer.Policy)}
	part, there, err := a.Site.Access.OpenPart(ctx, who, s.Box, "contact")
	if err != nil && !access.Gone(err) {
		return Contact{}, err
	}
	var c Contact
	if there {
		err = json.Unmarshal(part.Text, &c)
	} else {
		err = nil
	}
	return c, err
}

type contactOut struct {
	Cache string `header:"Cache-Control"`
	Body  Contact
}

func (a *API) contact(ctx context.Context, in *numberIn) (*contactOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	if _, ok := Visible(s, a.Eyes(ctx, s, in.Tracking)); !ok {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	c, err := a.Reach(ctx, s, face.Actor(ctx))
	return &contactOut{"no-store", c}, err
}

// PastDue are open matters whose due date has passed, of those that a coordinating body rules on; the longest overdue first, and
// only what who asks may read.
func (a *API) PastDue(ctx context.Context, coordinator civic.BodyID, from, most int) (late []Work, next int, err error) {
	ids, more, err := a.enrolledRoll().PastDue(ctx, coordinator, a.Site.Realm.Now(), from, most)
	if err != nil {
		return nil, 0, err
	}
	if more {
		next = max(from, 0) + most
	}
	for _, id := range ids {
		s := a.State(id)
		eyes := a.Eyes(ctx, s, "")
		if v, ok := Visible(s, eyes); ok && eyes.Post != "" {
			late = append(late, Work{Owing{s.Lead, OweAnswer, s.Resolution.Due}, s, v})
		}
	}
	return late, next, nil
}

func (a *API) ids(ctx context.Context, query string, args ...any) ([]civic.DossierID, error) {
	return journal.DossierIDs(ctx, a.Site.Realm.DB.R, query, args...)
}

// Alike is an open matter that may be the same thing told before, and how many metres away it is; -1 where that is not known.
type Alike struct {
	Row
	Metres int
}

// What lies nearby, and how many of it are shown.
const (
	nearbyMetres = 400
	mostAlike    = 6
	mostNearby   = 500
	mostWords    = 8 // that are looked for
)

// Nearby are public open matters that a report may be about as well: by where it is, by its category where it has one, and those in
// whose released texts its words stand. It asks nothing about a person.
func (a *API) Nearby(ctx context.Context, f Filter, lat, lon *float64) ([]Alike, error) {
	var out []Alike
	if lat != nil && lon != nil {
		here := geo.Point{Lon: *lon, Lat: *lat}
		high, wide := nearbyMetres/111_320.0*1e6, nearbyMetres/(111_320.0*math.Max(0.05, math.Cos(*lat*math.Pi/180)))*1e6
		near := Filter{Open: true, Limit: mostNearby, within: &area{int32(*lat*1e6 - high), int32(*lat*1e6 + high), int32(*lon*1e6 - wide), int32(*lon*1e6 + wide)}}
		if f.Category != "" {
			near.Categories = []civic.Category{f.Category}
		}
		picked, _, _, err := a.Pick(ctx, near, false)
		if err != nil {
			return nil, err
		}
		metres := make(map[civic.DossierID]int, len(picked))
		picked = slices.DeleteFunc(picked, func(p Picked) bool {
			m := int(math.Round(geo.Distance(here, geo.Point{Lon: float64(p.of.Point.Lon) / 1e6, Lat: float64(p.of.Point.Lat) / 1e6})))
			metres[p.ID] = m
			return m > nearbyMetres
		})
		slices.SortStableFunc(picked, func(x, y Picked) int { return cmp.Compare(metres[x.ID], metres[y.ID]) })
		near = Filter{Open: true, Limit: mostAlike, firsts: []civic.Position{}}
		for _, p := range picked[:min(len(picked), mostAlike)] {
			near.firsts = append(near.firsts, p.First)
		}
		rows, err := a.List(ctx, near)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if m, ok := metres[r.ID]; ok {
				out = append(out, Alike{r, m})
			}
		}
		slices.SortStableFunc(out, func(x, y Alike) int { return cmp.Compare(x.Metres, y.Metres) })
	}
	words := strings.Fields(f.Words)
	f.Words = strings.Join(words[:min(len(words), mostWords)], " ")
	for _, f := range []Filter{{Words: f.Words, Place: f.Place}, {Category: f.Category, Place: f.Place}} {
		if len(out) > 0 || f.Words == "" && (f.Category == "" || f.Place == "") {
			continue
		}
		f.Open, f.Limit = true, mostAlike
		rows, err := a.List(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, Alike{r, -1})
		}
	}
	return out[:min(len(out), mostAlike)], nil
}

// Row is what a list shows of a view.
func (v View) Row() Row {
	return Row{ID: v.ID, Number: v.Number, Kind: v.Kind, Category: v.Category, Place: v.Place, Point: v.Point, Visibility: v.Visibility, Status: v.Status,
		Ending: v.Ending, Lead: v.Lead, Reported: v.Reported, Updated: v.Updated, Due: v.Due, Answered: v.Answered, Imported: v.Imported}
}
