package main

import (
	"context"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/numbers"
	"skein/rooms/place"
	"skein/rooms/powers"
	"skein/rooms/review"
	"skein/rooms/standing"
)

// powerDoors puts the list of powers before people and programs.
func powerDoors(site *face.Site, matters *matter.API) *powers.Pages {
	api := &powers.API{Site: site, Find: func(ctx context.Context, thing, tracking string) (powers.Thing, error) {
		return find(ctx, matters, thing, tracking)
	}}
	api.Register()
	return &powers.Pages{API: api, Posts: postGroups}
}

// find finds what somebody asks about: a matter by its number, as far as she may see it, or
// another room's dossier by its name. What she may not see is as what is not there.
func find(ctx context.Context, matters *matter.API, thing, tracking string) (powers.Thing, error) {
	v := matters.Site.Realm.View()
	id := civic.DossierID(thing)
	t := powers.Thing{ID: id, Whole: true}
	there := false
	switch id.Kind() {
	case "body":
		t.State, there = body.CatalogIn(v).Body(civic.BodyID(id.Key()))
	case "place":
		t.State, there = place.CatalogIn(v).State(civic.PlaceID(id.Key()))
	case "duty":
		switch id {
		case duty.ListID:
			t.State, there = duty.CatalogIn(v).ListState(), true
		case duty.CategoriesID:
			t.State, there = duty.CatalogIn(v).CategoriesState(), true
		}
	case "numbers":
		t.State, there = numbers.CatalogIn(v).State(), id == numbers.ListID
	case "powers":
		t.State, there = powers.CatalogIn(v).State(), id == powers.ListID
	case review.KindFinding:
		s, _, err := matters.Site.Realm.State(ctx, id)
		if err != nil {
			return powers.Thing{}, err
		}
		f, _ := s.(review.Finding)
		t.State, there = f, f.Exists()
	case standing.KindFinding:
		s, _, err := matters.Site.Realm.State(ctx, id)
		if err != nil {
			return powers.Thing{}, err
		}
		f, _ := s.(standing.Finding)
		t.State, there = f, f.Shown(matters.Site.Realm.Now()) && citedOpenly(ctx, matters.Site.Realm, f.Cited)
	case matter.KindMeeting:
		return powers.Thing{}, civic.Refuse(civic.Missing, "powers.thing_none").In("thing") // that there is one is for those who are asked
	case standing.KindReport:
		s, _, err := matters.Site.Realm.State(ctx, id)
		if err != nil {
			return powers.Thing{}, err
		}
		r, _ := s.(standing.Report)
		t.State, there = r, r.Exists()
	case review.Kind:
		return powers.Thing{}, civic.Refuse(civic.Missing, "powers.thing_none").In("thing") // its name is its matter's secret
	default:
		s, whole, err := matters.Seen(ctx, thing, tracking)
		if err != nil {
			return powers.Thing{}, err
		}
		return powers.Thing{ID: s.ID, State: s, Reporter: s.Reporter, Whole: whole}, nil
	}
	if !there {
		return powers.Thing{}, civic.Refuse(civic.Missing, "powers.thing_none").In("thing")
	}
	return t, nil
}

// postGroups are the open posts of living bodies, by body.
func postGroups(v *clerk.View, lang string) []face.Group {
	var out []face.Group
	for s := range body.CatalogIn(v).Bodies() {
		if !s.Lives() {
			continue
		}
		g := face.Group{Title: s.Titles.In(lang)}
		for _, p := range s.Posts {
			if p.Open() {
				g.Options = append(g.Options, face.Option{Value: string(p.Post), Title: p.Titles.In(lang) + " · " + string(p.Post)})
			}
		}
		if len(g.Options) > 0 {
			out = append(out, g)
		}
	}
	return out
}
