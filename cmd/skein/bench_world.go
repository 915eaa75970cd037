package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"time"

	"skein/cmd/skein/load"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/place"
)

type benchWorld struct {
	where
}

func (c *benchWorld) Run(g *global) error {
	a, err := c.open(g.ctx, true)
	if err != nil {
		return err
	}
	defer a.close()
	return a.buildTown(g.ctx)
}

const townRealm civic.Realm = "town"

// townBuilder enters the town for measuring through the real commands.
type townBuilder struct {
	*app
	realm *clerk.Realm
	at    civic.Instant
}

func (a *app) buildTown(ctx context.Context) error {
	err := a.found(ctx, townRealm, clerk.Settings{
		Titles: map[string]string{"en": "Town for measuring", "zh-Hans": "测试镇"}, Zone: "Asia/Shanghai",
		Languages: []string{"en", "zh-Hans"}, Emergency: "110", Calendar: "town",
	})
	if err != nil {
		return err
	}
	realm, err := clerk.Open(ctx, a.house, a.db, townRealm, clerk.Options{Log: a.log, Still: true})
	if err != nil {
		return err
	}
	defer realm.Close()
	b := &townBuilder{a, realm, civic.At(time.Now().Add(-30 * 24 * time.Hour))}
	town := load.BenchTown()
	for _, step := range []func(context.Context, load.Town) error{b.places, b.calendar, b.bodies, b.duties} {
		if err := step(ctx, town); err != nil {
			return err
		}
	}
	return nil
}

func (b *townBuilder) do(ctx context.Context, tasks ...clerk.Task) error {
	for i := range tasks {
		tasks[i].Actor, tasks[i].Imported, tasks[i].Happened = importer, true, b.at
	}
	for i, r := range b.realm.DoAll(ctx, tasks, false) {
		if r.Err != nil {
			return fmt.Errorf("%s %s: %w", tasks[i].Command.Name(), tasks[i].Dossier, r.Err)
		}
	}
	return nil
}

// with adds a public document to a task.
func (b *townBuilder) with(t *clerk.Task, media string, content []byte) string {
	digest := journal.DocumentDigest(content)
	t.Writes = append(t.Writes, store.Write{Table: journal.DocumentTable, Row: store.Row{string(b.realm.ID), digest, media, content}})
	if t.Documents == nil {
		t.Documents = map[string][]byte{}
	}
	t.Documents[digest] = content
	return digest
}

func (b *townBuilder) places(ctx context.Context, town load.Town) error {
	var t clerk.Task
	var c place.Import
	for _, p := range town.Places {
		_, content, refusals := place.Boundary(p.Boundary())
		if len(refusals) > 0 {
			return fmt.Errorf("%s: %w", p.ID, refusals)
		}
		c.Places = append(c.Places, place.Found{
			Place: civic.PlaceID(p.ID), Kind: place.Kind(p.Kind), Titles: place.Titles{"en": p.Title}, Parent: civic.PlaceID(p.Parent),
			Boundary: b.with(&t, place.MediaBoundary, content),
		})
	}
	t.Command, t.Dossier = c, place.DossierOf(c)
	return b.do(ctx, t)
}

func (b *townBuilder) calendar(ctx context.Context, _ load.Town) error {
	spec := calendar.Spec{
		ID: "town", Version: "1", Title: calendar.Title{"en": "Office hours of the town"}, TimeZone: "Asia/Shanghai",
		WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"}, Opens: "08:30", CutOff: "17:00", HolidaysCount: true,
	}
	_, content, refusals := place.CalendarDocument(spec)
	if len(refusals) > 0 {
		return refusals
	}
	var t clerk.Task
	c := place.SetCalendar{ID: "town", Digest: b.with(&t, place.MediaCalendar, content), Place: "town"}
	t.Command, t.Dossier = c, place.DossierOf(c)
	return b.do(ctx, t)
}

func (b *townBuilder) bodies(ctx context.Context, town load.Town) error {
	var tasks []clerk.Task
	on := func(id string, c body.Command) {
		tasks = append(tasks, clerk.Task{Command: c, Dossier: body.ID(civic.BodyID(id))})
	}
	for _, t := range town.Bodies {
		found := body.Found{Body: civic.BodyID(t.ID), Kind: "public", Titles: body.Titles{"en": t.Title}, Place: civic.PlaceID(t.Place)}
		posts := []body.CreatePost{
			{Post: civic.PostID(t.ID + "/head"), Titles: body.Titles{"en": "Head"}, Roles: []body.Role{body.Supervisor, body.Handler}},
			{Post: civic.PostID(t.ID + "/handler"), Titles: body.Titles{"en": "Handler"}, Roles: []body.Role{body.Handler}, Supervisor: civic.PostID(t.ID + "/head")},
			{Post: civic.PostID(t.ID + "/desk"), Titles: body.Titles{"en": "Desk"}, Roles: []body.Role{body.Desk}, Supervisor: civic.PostID(t.ID + "/head")},
		}
		if t.Coordinates {
			found.Kind, found.Coordinates = "coordinating", []civic.PlaceID{civic.PlaceID(t.Place)}
			posts = []body.CreatePost{{
				Post: civic.PostID(t.ID + "/chair"), Titles: body.Titles{"en": "Chair"},
				Roles: []body.Role{body.Coordinator, body.Supervisor, body.Registrar, body.ListKeeper},
			}}
		}
		on(t.ID, found)
		for _, p := range posts {
			on(t.ID, p)
		}
		name := "Invented Officer of " + t.Title
		box, err := b.vault.NewBox(ctx, b.realm.ID, "officer")
		if err != nil {
			return err
		}
		seat := body.Seat{Post: posts[0].Post, Person: civic.PersonID(box.ID), Digest: box.Seal("name", []byte(name)), From: "2020-01-01"}
		tasks = append(tasks, clerk.Task{Command: seat, Dossier: body.ID(civic.BodyID(t.ID)), Writes: box.Writes()})
	}
	return b.do(ctx, tasks...)
}

func (b *townBuilder) duties(ctx context.Context, town load.Town) error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Write([]string{"code", "title.en", "kind", "private", "group"})
	private := map[bool]string{true: "yes", false: "no"}
	for _, c := range duty.Founding().All() {
		w.Write([]string{string(c.Code), c.Titles["en"], string(c.Kind), private[c.Private], c.Group})
	}
	for _, s := range town.Services {
		group := ""
		if !strings.Contains(s.Code, ".") {
			group = s.Code
		}
		w.Write([]string{s.Code, s.Title, string(duty.Request), "no", group})
	}
	w.Flush()
	tree, refusals := duty.ParseCategories(duty.CSV, text.Bytes())
	if len(refusals) > 0 {
		return refusals
	}
	if err := b.adopt(ctx, duty.CategoriesID, tree.CSV()); err != nil {
		return err
	}
	text.Reset()
	w = csv.NewWriter(&text)
	w.Write([]string{"category", "place", "lead", "joint", "law", "budget", "response", "resolution", "objection"})
	for _, r := range town.Rows {
		w.Write([]string{r.Category, r.Place, r.Lead, r.Joint, r.Law, r.Budget, r.Response, r.Resolution, r.Objection})
	}
	w.Flush()
	list, refusals := duty.ParseList(duty.CSV, text.Bytes(), duty.Known{})
	if len(refusals) > 0 {
		return refusals
	}
	return b.adopt(ctx, duty.ListID, list.CSV())
}

func (b *townBuilder) adopt(ctx context.Context, id civic.DossierID, content []byte) error {
	var t clerk.Task
	digest := b.with(&t, "text/csv", content)
	t.Command = duty.Adopt{Digest: digest, Effective: b.at.In(b.realm.View().Settings.Location()).Format("2006-01-02")}
	t.Dossier = id
	return b.do(ctx, t)
}
