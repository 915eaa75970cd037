package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"skein/demo/boston"
	"skein/face/signin"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/guide"
)

// demoCity is a demonstration that can be filled: its realm, what every page says of its data, how it is filled
// (with the first rows only, for tests), and what it is held against.
type demoCity struct {
	realm  civic.Realm
	sample string
	fill   func(a *app, ctx context.Context, most int) error
	check  func(c *checkDemo, g *global, realm *clerk.Realm) error
	trials []trial
}

// trial is a post from which whoever runs a demonstration may look at it, and the page that is its own.
type trial struct {
	post civic.PostID
	next string
}

// seated are the trials of a realm, of posts in which somebody sits.
func (a *app) seated(realm *clerk.Realm) (out []signin.Trial) {
	for _, t := range a.trials {
		post, _ := body.CatalogIn(realm.View()).Post(t.post)
		if term, ok := post.Seated(realm.Now()); ok && post.Open() {
			out = append(out, signin.Trial{Post: t.post, Person: term.Person, Next: t.next})
		}
	}
	return out
}

// demoCities are the demonstrations by the name that --city takes.
var demoCities = map[string]demoCity{
	string(demoRealm):     {demoRealm, "skein.demo_boston", (*app).fillDemo, (*checkDemo).boston, []trial{{boston.Desk, "/desk"}, {boston.Head("pwd"), "/work"}, {boston.Chair, "/rulings"}}},
	string(chengyueRealm): {chengyueRealm, "skein.demo_chengyue", (*app).fillChengyue, (*checkDemo).chengyue, []trial{{"hotline/desk", "/desk"}, {"urban/head", "/work"}, {"coord/chair", "/rulings"}}},
}

// whichCity says which demonstration is meant.
type whichCity struct {
	City string `enum:"boston,chengyue" default:"boston" help:"boston: the real requests of half a year. chengyue: an invented Chinese district with a generated half year."`
}

// filling enters a demonstration's lists and documents.
type filling struct {
	*app
	realm *clerk.Realm
	start civic.Instant // when all that is founded began
	zone  *time.Location
}

// do runs tasks that must all succeed.
func (f *filling) do(ctx context.Context, tasks ...clerk.Task) error {
	for i := range tasks {
		tasks[i].Actor, tasks[i].Imported = importer, true
		if tasks[i].Happened == 0 {
			tasks[i].Happened = f.start
		}
	}
	for i, r := range f.realm.DoAll(ctx, tasks, false) {
		if r.Err != nil {
			return fmt.Errorf("%s %s: %w", tasks[i].Command.Name(), tasks[i].Dossier, r.Err)
		}
	}
	return nil
}

// document makes the row of a public document.
func (f *filling) document(media string, content []byte) (store.Write, string) {
	digest := journal.DocumentDigest(content)
	return store.Write{Table: journal.DocumentTable, Row: store.Row{string(f.realm.ID), digest, media, content}}, digest
}

func (f *filling) adopt(ctx context.Context, id civic.DossierID, content []byte, at civic.Instant) error {
	w, digest := f.document("text/csv", content)
	return f.do(ctx, clerk.Task{
		Command: duty.Adopt{Digest: digest, Effective: at.In(f.zone).Format("2006-01-02")},
		Dossier: id, Writes: []store.Write{w}, Documents: map[string][]byte{digest: content}, Happened: at,
	})
}

// guide publishes the articles that come with the demonstration.
func (f *filling) guide(ctx context.Context, files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		d, lines, refusals := guide.Parse(name, files[name])
		if len(refusals) == 0 {
			refusals = lines.Name(d.Check(guidePorts.Known(f.realm.View())))
		}
		if len(refusals) > 0 {
			return inFile(name, refusals)
		}
		if err := f.do(ctx, taking(f.realm, d)...); err != nil {
			return err
		}
	}
	return nil
}

// stand lets the clock act up to where the data end, and starts the demonstration's own from there.
func (f *filling) stand(ctx context.Context, settings clerk.Settings) error {
	if err := f.realm.Tick(ctx, settings.Demo.Stood, true); err != nil {
		return err
	}
	if err := f.realm.CatchUp(ctx); err != nil {
		return err
	}
	settings.Demo.Wall = civic.At(time.Now())
	return clerk.SaveSettings(ctx, f.db, f.realm.ID, settings)
}
