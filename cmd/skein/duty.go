package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/sheet"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/place"
)

// dutyPlace is a place as the duty list sees it.
func dutyPlace(p place.Place) duty.Place {
	return duty.Place{ID: p.ID, Parent: p.Parent, Depth: p.Depth, Rank: p.Rank}
}

// dutyGround answers the duty room's doors from the place room.
type dutyGround struct{ all *place.Catalog }

func (g dutyGround) Holding(lat, lon float64) []duty.Place {
	return dutyPlaces(g.all.AppendHolding(nil, lat, lon))
}

func (g dutyGround) Chain(p civic.PlaceID) []duty.Place { return dutyPlaces(g.all.Chain(p)) }

func dutyPlaces(places []place.Place) []duty.Place {
	out := make([]duty.Place, len(places))
	for i, p := range places {
		out[i] = dutyPlace(p)
	}
	return out
}

// listedIn is the realm as a list is checked against it.
func listedIn(v *clerk.View, at civic.Instant) duty.Realm {
	places := place.CatalogIn(v)
	categories, _ := duty.CatalogIn(v).CategoriesAt(at)
	return duty.Realm{
		Places: dutyPlaces(slices.Collect(places.Places())), Categories: categories, Bodies: body.CatalogIn(v), Meets: places.Meets(), At: at,
	}
}

// adopt adopts a version of a list or of the categories for the importer.
func (a *app) adopt(g *global, realm *clerk.Realm, id civic.DossierID, d duty.Adoption) (clerk.Receipt, error) {
	v := realm.View()
	t, refusals := duty.Adopting(v, id, d, known(v))
	if len(refusals) > 0 {
		return clerk.Receipt{}, refusals
	}
	t.Actor, t.Imported = importer, true
	return realm.Do(g.ctx, t)
}

type dutyCommand struct {
	Import importDuties `cmd:"" help:"Adopt a version of the responsibility list, or of the categories, from a CSV or YAML table."`
	Export exportDuties `cmd:"" help:"Print a version of the responsibility list or of the categories."`
	Check  checkDuties  `cmd:"" help:"Prove that every category in every place has exactly one lead; list gaps, overlaps and empty chairs. Exits 0 only when there are none."`
}

type importDuties struct {
	where
	output
	File       string `arg:"" name:"file" type:"path" help:"CSV or YAML."`
	Categories bool   `help:"The file holds categories."`
	Effective  string `placeholder:"DATE" help:"In force from the first moment of this day, 2006-01-31; today if there is none."`
	MovesOpen  bool   `help:"Open matters are resolved again under the new version; otherwise they stay where they are."`
}

// document says which document a command is about.
func document(categories bool) civic.DossierID {
	if categories {
		return duty.CategoriesID
	}
	return duty.ListID
}

func (c *importDuties) Run(g *global) error {
	format := sheet.FormatOf(c.File)
	if format == "" {
		return misuseError{fmt.Errorf("%s: lists come as .csv or .yaml", c.File)}
	}
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		return c.each(g, []string{c.File}, func(_ string, data []byte) (int, int, error) {
			d := duty.Adoption{Format: format, Document: string(data), Effective: c.Effective, MovesOpen: c.MovesOpen}
			if d.Effective == "" {
				d.Effective = realm.Now().In(realm.View().Settings.Location()).Format(time.DateOnly)
			}
			r, err := a.adopt(g, realm, document(c.Categories), d)
			if err != nil {
				return 0, 0, err
			}
			versions := r.State.(duty.State).Versions
			return versions[len(versions)-1].Rows, len(r.Acts), nil
		})
	})
}

type exportDuties struct {
	where
	Format     string `enum:"csv,yaml" default:"csv" help:"csv (the canonical form, byte by byte as adopted) or yaml."`
	Categories bool   `help:"The categories instead of the list."`
	Version    int    `placeholder:"N" help:"Which version; that in force if there is none."`
}

func (c *exportDuties) Run(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		all := duty.CatalogIn(realm.View())
		state := all.ListState()
		if c.Categories {
			state = all.CategoriesState()
		}
		v, ok := state.InForce(realm.Now())
		if c.Version != 0 {
			v, ok = state.Version(c.Version)
		}
		if !ok {
			return civic.Refuse(civic.Missing, "skein.no_version", "version", c.Version)
		}
		_, content, err := journal.Document(g.ctx, a.db.R, realm.ID, v.Digest)
		if err != nil {
			return err
		}
		if c.Format == "yaml" {
			if content, err = asYAML(c.Categories, content); err != nil {
				return err
			}
		}
		_, err = os.Stdout.Write(content)
		return err
	})
}

func asYAML(categories bool, canonical []byte) ([]byte, error) {
	if categories {
		tree, refusals := duty.ParseCategories(duty.CSV, canonical)
		if len(refusals) > 0 {
			return nil, refusals
		}
		return tree.YAML()
	}
	list, refusals := duty.ParseList(duty.CSV, canonical, duty.Known{})
	if len(refusals) > 0 {
		return nil, refusals
	}
	return list.YAML()
}

type checkDuties struct {
	where
	output
	File string `type:"path" help:"Check this list, before it is imported, instead of the one in force."`
}

func (c *checkDuties) Run(g *global) error {
	return c.work(g, func(_ *app, realm *clerk.Realm) error {
		v, now := realm.View(), realm.Now()
		list, version, _ := duty.CatalogIn(v).ListAt(now)
		if c.File != "" {
			format := sheet.FormatOf(c.File)
			if format == "" {
				return misuseError{fmt.Errorf("%s: lists come as .csv or .yaml", c.File)}
			}
			data, err := os.ReadFile(c.File)
			if err != nil {
				return civic.Refuse(civic.Missing, "skein.file_unreadable", "file", c.File, "cause", cause(err))
			}
			var refusals civic.Refusals
			if list, refusals = duty.ParseList(format, data, known(v)); len(refusals) > 0 {
				return inFile(c.File, refusals)
			}
			version = duty.Version{}
		}
		if list == nil {
			list = duty.NewList(nil) // everything is a gap then, and is listed so
		}
		in := listedIn(v, now)
		if len(in.Places) == 0 { // nothing would be found, and nothing proved
			return civic.Refuse(civic.Missing, "skein.no_places")
		}
		report := duty.Check(list, in)
		report.Version = version.Number
		return c.print(g, report)
	})
}

func (c *checkDuties) print(g *global, r duty.Report) error {
	if c.Format == "json" {
		if err := c.json(r); err != nil {
			return err
		}
	} else {
		voice := g.voice()
		for _, s := range r.Sentences() {
			fmt.Println(voice.Fill(s.Key, s.Args))
		}
		fmt.Println(voice.Say("skein.duty_checked", "categories", r.Categories, "places", r.Places, "rows", r.Rows, "pairs", r.Pairs,
			"gaps", len(r.Gaps), "overlaps", len(r.Overlaps), "chairs", len(r.Chairs)))
	}
	if !r.OK {
		return errFound
	}
	return nil
}
