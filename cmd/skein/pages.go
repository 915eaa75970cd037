package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"skein/face"
	"skein/face/words"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/matter/pages"
	"skein/rooms/numbers"
	"skein/rooms/place"
	"skein/rooms/review"
	"skein/rooms/standing"
	"skein/science/classify"
	"skein/science/geo"
)

// registerPages puts the pages of the rooms before people.
func registerPages(site *face.Site, matters *matter.API, addresses *place.Addresses, reviews review.Ports, merits standing.FindingPorts, push string) {
	site.Nav = []face.Entry{
		{Path: "/matters", Key: "pages.nav_matters"}, {Path: "/report", Key: "pages.nav_report"},
		{Path: "/duties", Key: "duty.pages.nav"}, {Path: "/track", Key: "pages.nav_track"}, {Path: "/guide", Key: "guide.pages.nav"}, {Path: "/reviews", Key: "review.pages.nav"}, {Path: "/figures", Key: "figures.nav"},
	}
	site.Sample = demoCities[string(site.Realm.ID)].sample
	people := &pages.Pages{API: matters, Ports: pages.Ports{
		Categories: branches, Places: placeGroups, Bodies: bodyOptions, Outlines: outlines,
		Bounds: func(v *clerk.View) (geo.Bounds, bool) { return place.CatalogIn(v).Bounds() },
		Within: func(v *clerk.View, a, b civic.PlaceID) bool { return place.CatalogIn(v).Within(a, b) },
		Reckon: reckon, Described: described, KindOf: kindOf, Data: openTables(site.Realm.Now),
		Grounds: func(v *clerk.View, voice words.Voice) []face.Option {
			return review.GroundOptions(voice, reviews.Rules(v))
		},
		Rows: rowsUnder, Precedents: precedents(matters), Addresses: spots{addresses},
	}}
	people.Push = push
	site.Staff = people.Staff
	people.Register()
	found := &standing.FindingAPI{Site: site, Ports: merits}
	found.Register()
	(&standing.FindingPages{API: found, Bodies: allBodies, Grounds: people.Ports.Grounds}).Register()
	reviewDoors(site, matters, people, reviews, found).Register()
	powerDoors(site, matters).Register()
	people.Guide = answers{guideDoors(site)}
	(&duty.Pages{Site: site, Realm: listedIn, Limits: func(v *clerk.View) duty.Limits { return limitsOf(matters.Ports.Rules(v)) }}).Register()
	(&body.Pages{Site: site, Duties: dutiesOf, Open: func(r *http.Request, b civic.BodyID) (templ.Component, error) {
		return people.OpenOf(r, matter.Filter{Lead: b})
	}}).Register()
	tables := &numbers.API{Site: site}
	tables.Register()
	(&numbers.Pages{API: tables}).Register()
	figures := &standing.API{Site: site}
	figures.Register()
	(&standing.Pages{API: figures}).Register()
	reports := &standing.ReportAPI{Site: site, Ports: reportPorts, Figures: figures}
	reports.Register()
	(&standing.ReportPages{API: reports, Places: placeGroups}).Register()
}

// branches is the tree of categories in force, retired ones left out.
func branches(v *clerk.View, lang string) []pages.Branch {
	tree, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
	var out []pages.Branch
	at := map[civic.Category]int{}
	for _, c := range tree.All() { // a parent comes before its children
		root := c.Code
		for up := root.Parent(); up != ""; up = root.Parent() {
			root = up
		}
		option := face.Option{Value: string(c.Code), Title: c.Title(lang)}
		switch {
		case c.Retired:
		case root == c.Code:
			at[root] = len(out)
			out = append(out, pages.Branch{Option: option})
		case tree.Leaf(c.Code):
			if i, ok := at[root]; ok {
				out[i].Leaves = append(out[i].Leaves, option)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b pages.Branch) int { return strings.Compare(a.Title, b.Title) })
	return out
}

// described is what describes the categories that reports are filed under, in every language.
func described(v *clerk.View) (string, func() []classify.Described) {
	tree, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
	return tree.Digest(), func() []classify.Described {
		var out []classify.Described
		for _, c := range tree.All() {
			if c.Retired || !tree.Leaf(c.Code) {
				continue
			}
			d := classify.Described{Category: string(c.Code), Others: c.Keywords}
			d.Names = slices.AppendSeq(d.Names, maps.Values(c.Titles))
			d.Others = slices.AppendSeq(slices.Clone(d.Others), maps.Values(c.Hints))
			for up := c.Code.Parent(); up != ""; up = up.Parent() {
				if above, ok := tree.Get(up); ok {
					d.Others = slices.AppendSeq(d.Others, maps.Values(above.Titles))
				}
			}
			out = append(out, d)
		}
		return out
	}
}

func kindOf(v *clerk.View, c civic.Category) matter.Kind {
	tree, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
	k, _ := tree.Get(c)
	return matter.Kind(k.Kind)
}

// placeGroups are the open places by kind, the root first.
func placeGroups(v *clerk.View, voice words.Voice) []face.Group {
	all := place.CatalogIn(v)
	var out []face.Group
	for _, kind := range all.Layers() {
		var g face.Group
		for s := range all.States() {
			if s.Open() && s.Kind == kind {
				g.Options = append(g.Options, face.Option{Value: string(s.Place), Title: s.Title(voice.Lang)})
			}
		}
		if len(g.Options) > 1 {
			g.Title = voice.Value(words.Code{Key: "place.kind." + string(kind), Else: string(kind)})
		}
		out = append(out, g)
	}
	return out
}

func bodyOptions(v *clerk.View, lang string) []face.Option {
	var out []face.Option
	for s := range body.CatalogIn(v).Bodies() {
		if s.Lives() && s.Kind != body.Coordinating {
			out = append(out, face.Option{Value: string(s.Body), Title: s.Titles.In(lang)})
		}
	}
	slices.SortFunc(out, func(a, b face.Option) int { return strings.Compare(a.Title, b.Title) })
	return out
}

// outlines are the places that the map shows: the first layer below the root, or the root alone.
func outlines(v *clerk.View, lang string) []geo.Shape {
	all := place.CatalogIn(v)
	best := firstLayer(all, func(p place.Place) bool { return all.Area(p.ID) != nil })
	var out []geo.Shape
	for p := range all.Places() {
		if p.Depth == best.Depth && p.Rank == best.Rank && all.Area(p.ID) != nil {
			out = append(out, geo.Shape{Code: string(p.ID), Title: all.Title(p.ID, lang), Area: all.Area(p.ID)})
		}
	}
	return out
}

// firstLayer is a place of the first layer below the root, by depth and rank, of those that fit; else another that fits.
func firstLayer(all *place.Catalog, fits func(place.Place) bool) (best place.Place) {
	for p := range all.Places() {
		if fits(p) && (best.ID == "" || p.Depth == 1 && (best.Depth != 1 || p.Rank < best.Rank)) {
			best = p
		}
	}
	return best
}

// limitsOf are a realm's own limits, by which the clock of a matter runs whose row has none.
func limitsOf(r *matter.Rules) duty.Limits {
	read := func(l matter.Limit) calendar.Limit {
		limit, _ := calendar.ParseLimit(string(l)) // one that cannot be read is none
		return limit
	}
	return duty.Limits{Response: read(r.Response), Resolution: read(r.Resolution), Objection: read(r.Objection)}
}

// reckon shows the arithmetic of a due date by the edition of the calendar that was used.
func reckon(v *clerk.View, id, version string, start civic.Instant, l matter.Limit, pauses []matter.Span) (calendar.Reckoning, bool) {
	all := place.CatalogIn(v)
	if id == "" {
		if own := all.DefaultCalendar(); own != nil {
			id = own.ID()
		}
	}
	cal := all.CalendarEdition(id, version)
	limit, err := calendar.ParseLimit(string(l))
	if cal == nil || err != nil {
		return calendar.Reckoning{}, false
	}
	stops := make([]calendar.Pause, len(pauses))
	for i, p := range pauses {
		stops[i] = calendar.Pause{From: p.From, To: p.Until}
	}
	return cal.Reckon(start, limit, stops), true
}

// rowsUnder are the rows of the list in force that a category and places come under: of the category or one above it, in one of the places.
func rowsUnder(v *clerk.View, now civic.Instant, category civic.Category, places []civic.PlaceID) []pages.DutyRow {
	list, _, ok := duty.CatalogIn(v).ListAt(now)
	if !ok {
		return nil
	}
	var out []pages.DutyRow
	for _, r := range list.Rows() {
		if (category == r.Category || category.Within(r.Category)) && slices.Contains(places, r.Place) {
			out = append(out, pages.DutyRow{ID: r.ID, Category: r.Category, Place: r.Place, Lead: r.Lead, Law: r.Law})
		}
	}
	return out
}

// precedents are earlier rulings on the same category, or one above or below it, in one of the places; those on private matters are left out.
func precedents(matters *matter.API) func(v *clerk.View, category civic.Category, places []civic.PlaceID) []pages.Precedent {
	return func(v *clerk.View, category civic.Category, places []civic.PlaceID) []pages.Precedent {
		var out []pages.Precedent
		for _, p := range duty.CatalogIn(v).ListState().Precedents {
			if p.Private || !p.Category.Within(category) && !category.Within(p.Category) || !slices.Contains(places, p.Place) {
				continue
			}
			x := pages.Precedent{Category: p.Category, Place: p.Place, Lead: p.Lead, Before: p.Before, Settled: p.Settled}
			if s := matters.State(p.Matter); s.Exists() && s.Visibility != matter.Private {
				x.Href = pages.PathOf(s.Number)
			}
			out = append(out, x)
		}
		return out
	}
}

// dutiesOf lists what a body leads in the list in force.
func dutiesOf(v *clerk.View, b civic.BodyID, now civic.Instant) []body.Duty {
	list, _, ok := duty.CatalogIn(v).ListAt(now)
	if !ok {
		return nil
	}
	var out []body.Duty
	for _, r := range list.Rows() {
		if r.Lead == b {
			out = append(out, body.Duty{Category: r.Category, Place: r.Place, By: r.Law})
		}
	}
	return out
}
