package main

import (
	"context"

	"skein/demo/chengyue"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/sheet"
	"skein/frame/store"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/place"
)

const chengyueRealm civic.Realm = "chengyue"

// fillChengyue fills the invented district: its tables as an operator would import them, then the generated half year.
func (a *app) fillChengyue(ctx context.Context, most int) error {
	settings := clerk.Settings{
		Titles: map[string]string{"en": "Chengyue District (invented, demonstration)", "zh-Hans": "澄月区（虚构示范）"}, Zone: chengyue.ZoneName,
		Languages: []string{"zh-Hans", "en"}, Emergency: "110", PublicOfficers: true,
		Demo: &clerk.Demo{Stood: chengyue.Filled, Invented: true},
	}
	if err := a.found(ctx, chengyueRealm, settings); err != nil {
		return err
	}
	realm, err := clerk.Open(ctx, a.house, a.db, chengyueRealm, clerk.Options{Log: a.log, Still: true, Cache: 20_000})
	if err != nil {
		return err
	}
	defer realm.Close()
	f := &filling{a, realm, chengyue.Start, chengyue.Zone}
	for _, step := range []func(context.Context) error{f.inventedPlaces, f.decreedCalendar, f.inventedBodies, f.inventedDuties} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	articles, err := chengyue.Articles()
	if err != nil {
		return err
	}
	if err := f.guide(ctx, articles); err != nil {
		return err
	}
	matters, err := chengyue.Matters()
	if err != nil {
		return err
	}
	if most > 0 && most < len(matters) {
		matters = matters[:most]
	}
	if err := f.live(ctx, matters); err != nil {
		return err
	}
	return f.stand(ctx, settings)
}

// inventedPlaces founds the district and all below it, with its invented boundaries and addresses.
func (f *filling) inventedPlaces(ctx context.Context) error {
	tree, refusals := place.ReadTree(sheet.CSV, chengyue.Places)
	if len(refusals) > 0 {
		return inFile("places.csv", refusals)
	}
	boundaries, err := chengyue.Boundaries()
	if err != nil {
		return err
	}
	documents := map[string][]byte{}
	for i := range tree.Import.Places {
		p := &tree.Import.Places[i]
		digest, content, refusals := place.Boundary(boundaries[p.Place])
		if len(refusals) > 0 {
			return inFile(string(p.Place), refusals)
		}
		p.Boundary, documents[digest] = digest, content
	}
	t := clerk.Task{Command: tree.Import, Dossier: place.DossierOf(tree.Import)}
	if err := f.do(ctx, filed(t, f.realm.ID, place.MediaBoundary, documents)); err != nil {
		return err
	}
	invented, err := chengyue.Addresses()
	if err != nil {
		return err
	}
	var addresses []place.Address
	for _, a := range invented {
		addresses = append(addresses, place.Address{Text: a.Text, Also: a.Also, At: place.Spot{Lat: a.Lat, Lon: a.Lon}})
	}
	return place.PutAddresses(ctx, f.db, f.realm.ID, addresses, f.start)
}

// decreedCalendar sets the calendar, which is real.
func (f *filling) decreedCalendar(ctx context.Context) error {
	spec, err := chengyue.Calendar()
	if err != nil {
		return err
	}
	digest, content, refusals := place.CalendarDocument(spec)
	if len(refusals) > 0 {
		return refusals
	}
	c := place.SetCalendar{ID: chengyue.CalendarID, Digest: digest, Place: chengyue.Root}
	t := clerk.Task{Command: c, Dossier: place.DossierOf(c)}
	return f.do(ctx, filed(t, f.realm.ID, place.MediaCalendar, map[string][]byte{digest: content}))
}

// inventedBodies founds bodies and posts and seats the invented officers.
func (f *filling) inventedBodies(ctx context.Context) error {
	v := f.realm.View()
	steps, refusals := body.ReadFile(sheet.CSV, chengyue.Bodies, body.Facts{
		Now: f.start, Calendar: calendarOf(v), Catalog: body.CatalogIn(v), Places: place.CatalogIn(v), PublicNames: v.Settings.PublicOfficers,
	})
	if len(refusals) > 0 {
		return inFile("bodies.csv", refusals)
	}
	tasks := make([]clerk.Task, len(steps))
	for i, s := range steps {
		tasks[i] = clerk.Task{Command: s.Command, Dossier: s.Dossier}
		if seat, ok := s.Command.(body.Seat); ok {
			var writes []store.Write
			var err error
			if seat, writes, err = body.Seal(ctx, f.vault, v, seat, s.Officer); err != nil {
				return err
			}
			tasks[i].Command, tasks[i].Writes = seat, writes
		}
	}
	return f.do(ctx, tasks...)
}

// inventedDuties adopts the tree of categories and the responsibility list.
func (f *filling) inventedDuties(ctx context.Context) error {
	tree, refusals := duty.ParseCategories(sheet.CSV, chengyue.Categories)
	if len(refusals) > 0 {
		return inFile("categories.csv", refusals)
	}
	if err := f.adopt(ctx, duty.CategoriesID, tree.CSV(), f.start); err != nil {
		return err
	}
	list, refusals := duty.ParseList(sheet.CSV, chengyue.Duties, known(f.realm.View()))
	if len(refusals) > 0 {
		return inFile("duty.csv", refusals)
	}
	return f.adopt(ctx, duty.ListID, list.CSV(), f.start)
}
