package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"time"

	"skein/demo/boston"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/place"
)

type demoCommand struct {
	Fill  fillDemo  `cmd:"" default:"withargs" help:"Fill the demonstration city, unless it is there, and serve it."`
	Check checkDemo `cmd:"" help:"Compare the realm with what the city itself says."`
}

type fillDemo struct {
	where
	server
	whichCity
	NoServe bool `help:"Fill only."`
	Rows    int  `hidden:"" help:"Only the first rows, for tests."`
}

const demoRealm civic.Realm = "boston"

func (c *fillDemo) Run(g *global) error {
	if err := store.Pool(); err != nil {
		return err
	}
	a, err := c.open(g.ctx, true)
	if err != nil {
		return err
	}
	defer a.close()
	city := demoCities[c.City]
	a.where.Realm = string(city.realm)
	filled, err := a.demoFilled(g.ctx, city.realm)
	if err != nil {
		return err
	}
	if !filled {
		began := time.Now()
		if err := city.fill(a, g.ctx, c.Rows); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "filled in %.0f s\n", time.Since(began).Seconds())
		debug.FreeOSMemory() // what the filling took is not what the serving takes
	}
	if c.NoServe {
		return nil
	}
	if c.ownMachine() {
		a.trials = city.trials
	}
	return a.serve(g, c.server)
}

// ownMachine reports whether nobody but those on this machine reaches the address; a proxy before it would say what people use.
func (s server) ownMachine() bool {
	host, _, err := net.SplitHostPort(s.Listen)
	return err == nil && here(host) && s.PublicURL == "" && len(s.TrustedProxy) == 0
}

// demoFilled reports whether the realm is there whole. One that was cut short while it was
// filled is no demonstration: the operator is told to begin anew.
func (a *app) demoFilled(ctx context.Context, demo civic.Realm) (bool, error) {
	realms, err := clerk.Realms(ctx, a.db)
	if err != nil || len(realms) == 0 {
		return false, err
	}
	for _, id := range realms {
		if id != demo {
			continue
		}
		r, err := clerk.Open(ctx, a.house, a.db, id, clerk.Options{Still: true})
		if err != nil {
			return false, err
		}
		defer r.Close()
		if d := r.View().Settings.Demo; d == nil || d.Wall == 0 {
			return false, civic.Refuse(civic.Conflict, "skein.demo_cut_short", "folder", a.where.Data)
		}
		return true, nil
	}
	return false, nil
}

func (a *app) fillDemo(ctx context.Context, most int) error {
	reading := newBar("read")
	rows, err := boston.Rows(func(done, total int) { reading.at(int64(done), int64(total)) })
	if err != nil {
		return err
	}
	reading.end()
	settings := clerk.Settings{
		Titles: map[string]string{"en": "Boston (demonstration)", "zh-Hans": "波士顿（示范）"}, Zone: boston.ZoneName,
		Languages: []string{"en", "zh-Hans"}, Emergency: "911", PublicOfficers: true,
		Demo: &clerk.Demo{Stood: boston.Filled},
	}
	if err := a.found(ctx, demoRealm, settings); err != nil {
		return err
	}
	realm, err := clerk.Open(ctx, a.house, a.db, demoRealm, clerk.Options{Log: a.log, Still: true, Cache: 60_000})
	if err != nil {
		return err
	}
	defer realm.Close()
	geography, err := boston.Places()
	if err != nil {
		return err
	}
	f := &filler{filling{a, realm, boston.Start, boston.Zone()}, rows, geography}
	if err := f.found(ctx); err != nil {
		return err
	}
	if most > 0 && most < len(rows) {
		f.rows = rows[:most]
	}
	if err := f.replay(ctx); err != nil {
		return err
	}
	return f.stand(ctx, settings)
}

type filler struct {
	filling
	rows      []boston.Row
	geography *boston.Geography
}

// found makes places, calendar, bodies, categories and the duty list.
func (f *filler) found(ctx context.Context) error {
	places := clerk.Task{Documents: map[string][]byte{}}
	var founding place.Import
	for _, p := range f.geography.Places {
		digest, content, refusals := place.Boundary(p.Boundary)
		if len(refusals) > 0 {
			return fmt.Errorf("%s: %w", p.ID, refusals)
		}
		w, _ := f.document("application/geo+json", content)
		places.Writes = append(places.Writes, w)
		places.Documents[digest] = content
		rank := 0
		if p.Kind == "neighbourhood" {
			rank = 1
		}
		founding.Places = append(founding.Places, place.Found{
			Place: p.ID, Kind: place.Kind(p.Kind), Titles: place.Titles(p.Title), Parent: p.Parent, Rank: rank, Boundary: digest, Source: p.Source,
		})
	}
	places.Command, places.Dossier = founding, place.DossierOf(founding)
	if err := f.do(ctx, places); err != nil {
		return err
	}
	digest, content, refusals := place.CalendarDocument(boston.CalendarSpec())
	if len(refusals) > 0 {
		return refusals
	}
	w, _ := f.document("application/json", content)
	set := place.SetCalendar{ID: boston.CalendarID, Digest: digest, Place: boston.City}
	err := f.do(ctx, clerk.Task{
		Command: set, Dossier: place.DossierOf(set), Writes: []store.Write{w}, Documents: map[string][]byte{digest: content},
	})
	if err != nil {
		return err
	}
	var addresses []place.Address
	for _, a := range boston.Addresses(f.rows) {
		if len(place.CatalogIn(f.realm.View()).Holding(float64(a.Lat)/1e6, float64(a.Lon)/1e6)) == 0 {
			continue // the city's own slip: it lies outside
		}
		addresses = append(addresses, place.Address{Text: a.Text, Zip: a.Zip, At: place.Spot{Lat: a.Lat, Lon: a.Lon}, Whole: a.Whole})
	}
	if err := place.PutAddresses(ctx, f.db, f.realm.ID, addresses, f.start); err != nil {
		return err
	}
	if err := f.bodies(ctx); err != nil {
		return err
	}
	if err := f.duties(ctx); err != nil {
		return err
	}
	articles, err := boston.Articles()
	if err != nil {
		return err
	}
	return f.guide(ctx, articles)
}

func (f *filler) bodies(ctx context.Context) error {
	all := boston.Bodies(f.rows)
	sort.SliceStable(all, func(i, j int) bool { return all[i].Kind == "coordinating" && all[j].Kind != "coordinating" })
	var tasks []clerk.Task
	for _, b := range all {
		found := body.Found{Body: b.ID, Kind: body.Kind(b.Kind), Titles: body.Titles(b.Title), Place: b.Place}
		if b.Kind == "coordinating" {
			found.Coordinates = []civic.PlaceID{boston.City}
		}
		tasks = append(tasks, clerk.Task{Command: found, Dossier: body.ID(b.ID)})
		head := ""
		for _, p := range b.Posts {
			if p.Role == "head" {
				head = string(p.ID)
			}
		}
		posts := b.Posts
		sort.SliceStable(posts, func(i, j int) bool { return string(posts[i].ID) == head && string(posts[j].ID) != head })
		for _, p := range posts {
			c := body.CreatePost{Post: p.ID, Titles: body.Titles(p.Title)}
			switch p.Role {
			case "head":
				c.Roles = []body.Role{body.Supervisor, body.Handler}
			case "desk":
				c.Roles = []body.Role{body.Desk, body.Handler, body.GuideEditor}
			case "chair":
				c.Roles = []body.Role{body.Coordinator, body.Supervisor, body.Registrar, body.ListKeeper}
			default:
				c.Roles = []body.Role{body.Handler}
			}
			if head != "" && string(p.ID) != head {
				c.Supervisor = civic.PostID(head)
			}
			tasks = append(tasks, clerk.Task{Command: c, Dossier: body.ID(b.ID)})
			name := p.Officer.Name["en"]
			if name == "" {
				continue
			}
			box, err := f.vault.NewBox(ctx, f.realm.ID, "officer")
			if err != nil {
				return err
			}
			sealed := box.Seal("name", []byte(name))
			tasks = append(tasks, clerk.Task{
				Command: body.Seat{
					Post: p.ID, Person: civic.PersonID(box.ID), Digest: sealed, PublicName: name, From: p.Officer.Since.In(boston.Zone()).Format("2006-01-02"),
				},
				Dossier: body.ID(b.ID), Writes: box.Writes(),
			})
		}
	}
	return f.do(ctx, append(tasks, benchTasks()...)...)
}

// benchTasks found who reviews and a court, which the data do not have; nobody invented sits there.
func benchTasks() []clerk.Task {
	title := func(en, zh string) body.Titles {
		return body.Titles{"en": en + " (invented)", "zh-Hans": zh + "（虚构）"}
	}
	var tasks []clerk.Task
	for _, b := range []struct {
		id     civic.BodyID
		titles body.Titles
		role   body.Role
		posts  map[civic.PostID]body.Titles
	}{
		{"review", title("Review Board of the Demo City", "演示城市复核委员会"), body.Reviewer, map[civic.PostID]body.Titles{
			"review/first": title("First Member", "第一委员"), "review/second": title("Second Member", "第二委员"),
		}},
		{"court", title("Court of the Demo City", "演示城市法院"), body.Judicial, map[civic.PostID]body.Titles{"court/judge": title("Judge", "法官")}},
	} {
		tasks = append(tasks, clerk.Task{Command: body.Found{Body: b.id, Kind: body.Public, Titles: b.titles, Place: boston.City}, Dossier: body.ID(b.id)})
		for _, p := range slices.Sorted(maps.Keys(b.posts)) {
			tasks = append(tasks, clerk.Task{Command: body.CreatePost{Post: p, Titles: b.posts[p], Roles: []body.Role{b.role}}, Dossier: body.ID(b.id)})
		}
	}
	return tasks
}

func (f *filler) duties(ctx context.Context) error {
	tree, refusals := duty.ParseCategories(duty.CSV, categoriesCSV(boston.Categories(f.rows)))
	if len(refusals) > 0 {
		return fmt.Errorf("categories: %w", refusals)
	}
	if err := f.adopt(ctx, duty.CategoriesID, tree.CSV(), boston.Start); err != nil {
		return err
	}
	for _, v := range boston.Versions(f.rows, boston.Options{Geography: f.geography}) {
		if err := f.adopt(ctx, duty.ListID, duty.NewList(dutyRows(v.Rows)).CSV(), v.Effective); err != nil {
			return err
		}
	}
	return nil
}

// dutyRows puts the derived list, and the rights fields that every realm starts with, into
// the duty room's words.
func dutyRows(rows []boston.DutyRow) []duty.Row {
	out := make([]duty.Row, 0, len(rows)+1)
	for _, r := range rows {
		d := duty.Row{
			Category: r.Category, Place: r.Place, Lead: r.Lead, Law: r.Law, Post: r.Post, Staff: fmt.Sprint(r.Staff),
			Budget: r.Budget, Standard: r.Standard, Response: r.Response, Resolution: r.Resolution, Objection: r.Objection,
			Calendar: r.Calendar, Notes: r.Evidence,
		}
		if d.Category == "" {
			d.Category = duty.Any
		}
		for _, j := range r.Joint {
			d.Joint = append(d.Joint, duty.Joint{Body: j.Body, Limit: j.Limit})
		}
		d.ID = string(d.Category) + "@" + string(d.Place)
		out = append(out, d)
	}
	return out
}

// categoriesCSV is the founding tree with the city's services.
func categoriesCSV(services []boston.Category) []byte {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write([]string{"code", "title.en", "title.zh-Hans", "kind", "private", "hint.en", "hint.zh-Hans", "group", "keywords"})
	yes := map[bool]string{true: "yes", false: "no"}
	for _, c := range duty.Founding().All() {
		w.Write([]string{
			string(c.Code), c.Titles["en"], c.Titles["zh-Hans"], string(c.Kind), yes[c.Private], c.Hints["en"], c.Hints["zh-Hans"], c.Group,
			strings.Join(c.Keywords, ";"),
		})
	}
	for _, c := range services {
		kind, group := c.Kind, ""
		if kind == "public-safety" {
			kind = string(duty.Safety)
		}
		if i := strings.IndexByte(string(c.Code), '.'); i > 0 {
			group = string(c.Code)[:i]
		} else {
			group = string(c.Code)
		}
		w.Write([]string{string(c.Code), c.Title["en"], c.Title["zh-Hans"], kind, yes[c.Private], "", "", group, ""})
	}
	w.Flush()
	return []byte(b.String())
}

// replay takes the requests through the real commands.
func (f *filler) replay(ctx context.Context) error {
	bar := newBar("replay")
	defer bar.end()
	var done int64
	r := &replay{
		realm: f.realm, law: "demo: the department that the city's records name", until: boston.Filled,
		told: func(bool) { done++; bar.at(done, int64(len(f.rows))) },
	}
	err := r.run(ctx, func(yield func(*history, error) bool) {
		for i := range f.rows {
			row := &f.rows[i]
			h := &history{line: row.Line, name: row.ID, at: row.Opened, closed: row.Closed, outcome: matter.Fixed}
			var err error
			if h.report, h.writes, err = f.report(ctx, row); err != nil {
				yield(nil, err)
				return
			}
			h.lead, _ = boston.BodyOf(row.Department)
			if h.report.Kind != matter.Request && h.report.Kind != matter.Safety {
				h.outcome = matter.Explained
			}
			if !yield(h, nil) {
				return
			}
		}
	})
	if ctx.Err() != nil {
		return errors.Join(errors.New("the filling was stopped: remove the folder before the next try"), ctx.Err())
	}
	return err
}

// report is a row as it was told. Streets and house numbers go to the vault.
func (f *filler) report(ctx context.Context, row *boston.Row) (matter.Report, []store.Write, error) {
	box, err := f.vault.NewBox(ctx, f.realm.ID, "matter")
	if err != nil {
		return matter.Report{}, nil, err
	}
	c := matter.Report{
		Kind: matter.Request, Category: row.Category(), Channel: channels[row.Source], External: row.ID, Reporter: civic.PersonID(box.ID),
	}
	if c.Channel == "" {
		c.Channel = "import"
	}
	if tree, _ := duty.CatalogIn(f.realm.View()).CategoriesAt(row.Opened); tree != nil {
		if k, ok := tree.Get(c.Category); ok && k.Kind != duty.Complaint {
			c.Kind = matter.Kind(k.Kind)
		}
	}
	ward, hood := f.geography.Ward(row), f.geography.Hood(row)
	c.Places = distinct(ward, hood)
	c.Place = c.Places[0]
	if row.Located() {
		c.Point = &matter.Point{Lat: int64(row.Lat*1e6 + 0.5), Lon: int64(row.Lon*1e6 - 0.5)}
	}
	if row.Street != "" {
		c.Address = box.Seal("address", []byte(strings.TrimSpace(row.Street+" "+row.Zip)))
	}
	return c, box.Writes(), nil
}

// distinct lists places, each once, the city last.
func distinct(places ...civic.PlaceID) []civic.PlaceID {
	var out []civic.PlaceID
	seen := map[civic.PlaceID]bool{boston.City: true, "": true}
	for _, p := range places {
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return append(out, boston.City)
}

var channels = map[string]string{
	"Constituent Call": "phone", "Self Service": "web", "Citizens Connect App": "app", "Twitter": "web",
	"Employee Generated": "import", "Maximo Integration": "import",
}
