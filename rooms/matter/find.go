package matter

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	"skein/frame/civic"
	"skein/frame/search"
)

// Titles are what categories and places are called, in every language of the realm.
type Titles struct {
	Categories map[civic.Category][]string
	Places     map[civic.PlaceID]TitledPlace
}

// TitledPlace is a place as words find it.
type TitledPlace struct {
	Titles []string
	Above  []civic.PlaceID // the places that hold it, the root last
}

// titles are Titles cut into tokens, made once a version of the catalogs.
type titles struct {
	version    civic.Position
	categories map[civic.Category]search.Cut
	places     map[civic.PlaceID]search.Cut
	above      map[civic.PlaceID][]civic.PlaceID
}

func (a *API) titles() *titles {
	v := a.Site.Realm.View()
	if t := a.cut.Load(); t != nil && t.version == v.Version {
		return t
	}
	called := a.Ports.Titles(v)
	t := &titles{v.Version, map[civic.Category]search.Cut{}, map[civic.PlaceID]search.Cut{}, map[civic.PlaceID][]civic.PlaceID{}}
	for c, texts := range called.Categories {
		t.categories[c] = search.CutOf(v.Realm, Name, texts...)
	}
	for p, place := range called.Places {
		t.places[p], t.above[p] = search.CutOf(v.Realm, Name, place.Titles...), place.Above
	}
	a.cut.Store(t)
	return t
}

// cell is a set of matters by where they stand in the tables: those of some categories, in some places; nil is any.
type cell struct {
	categories []string
	places     []string
}

// cells are the matters whose titles have all terms of a query: for each set of terms that categories have, the categories that have
// it, in the topmost places whose titles, with those of the places that hold them, have the rest.
func (t *titles) cells(q search.Query, root civic.PlaceID) (out []cell) {
	rooted := q.In(t.places[root]) // every matter has these
	categories := map[search.Terms][]string{0: nil}
	for c, cut := range t.categories {
		if has := q.In(cut) &^ rooted; has != 0 {
			categories[has] = append(categories[has], string(c))
		}
	}
	own := make(map[civic.PlaceID]search.Terms, len(t.places))
	for p, cut := range t.places {
		own[p] = q.In(cut) | rooted
	}
	for has, codes := range categories {
		slices.Sort(codes)
		rest := q.All() &^ (has | rooted)
		if rest == 0 {
			out = append(out, cell{codes, nil})
			continue
		}
		var places []string
		for p := range t.places {
			above := rooted
			for _, o := range t.above[p] {
				above |= own[o]
			}
			if p != root && (own[p]|above)&rest == rest && above&rest != rest {
				places = append(places, string(p))
			}
		}
		if slices.Sort(places); len(places) > 0 {
			out = append(out, cell{codes, places})
		}
	}
	return out
}

// found are the matters that words find and that pass the rest of a filter, the best first.
func (a *API) found(ctx context.Context, f Filter) ([]string, error) {
	if n, err := ParseNumber(f.Words); err == nil { // a whole number is nothing else
		first, _ := a.Ports.Numbers(a.Site.Realm.ID).Position(n)
		return []string{string(ID(first))}, nil
	}
	q := search.Ask(a.Site.Realm.ID, Name, f.Words)
	if q.None() {
		return nil, nil
	}
	f.Words, f.Limit, f.Offset = "", 0, 0
	titled, err := a.titled(ctx, q, f)
	if err != nil {
		return nil, err
	}
	var through search.Through
	if !reflect.DeepEqual(f, Filter{}) { // of what is public the newest are enough
		through = func(ids []string) ([]string, error) { return a.passing(ctx, f, ids) }
	}
	return search.Find(ctx, a.Site.Realm.DB, q, mostFound, through, titled...)
}

// passing are those of some matters that pass a filter, by what is in memory.
func (a *API) passing(ctx context.Context, f Filter, ids []string) ([]string, error) {
	f.firsts, f.Limit = firstsOf(ids), len(ids)
	picked, _, _, err := a.Pick(ctx, f, false)
	out := make([]string, len(picked))
	for i, p := range picked {
		out[i] = string(p.ID)
	}
	return out, err
}

func firstsOf(ids []string) []civic.Position {
	out := make([]civic.Position, 0, len(ids))
	for _, id := range ids {
		if first, ok := First(civic.DossierID(id)); ok {
			out = append(out, first)
		}
	}
	return out
}

// worded is a page of the matters of a list that words find, the best first: picked from memory, so that only those that are shown are read.
func (a *API) worded(ctx context.Context, f Filter) ([]Row, error) {
	found, err := a.found(ctx, f)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	place := make(map[civic.DossierID]int, len(found))
	for i, id := range found {
		place[civic.DossierID(id)] = i
	}
	from, most := f.Offset, f.Limit
	f.Words, f.firsts, f.Limit, f.Offset = "", firstsOf(found), len(found), 0
	picked, _, _, err := a.Pick(ctx, f, false)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(picked, func(x, y Picked) int { return place[x.ID] - place[y.ID] })
	rows, err := a.read(ctx, picked[min(from, len(picked)):min(from+most, len(picked))])
	slices.SortFunc(rows, func(x, y Row) int { return place[x.ID] - place[y.ID] })
	return rows, err
}

// titled are the newest matters whose titles have all terms and that pass a filter.
func (a *API) titled(ctx context.Context, q search.Query, f Filter) ([]search.Titled, error) {
	t := a.titles()
	var all []Picked
	for _, c := range t.cells(q, a.root()) {
		more, err := a.inCell(ctx, c, f)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	slices.SortFunc(all, func(x, y Picked) int { return cmp.Compare(y.First, x.First) }) // the newest first
	all = slices.CompactFunc(all, func(x, y Picked) bool { return x.First == y.First })
	var out []search.Titled
	for _, p := range all[:min(len(all), search.MostRanked)] {
		d := search.Titled{ID: string(p.ID), Sort: int64(p.of.Reported), Title: []search.Cut{t.categories[p.of.Category], t.places[p.of.Place]}}
		for _, above := range t.above[p.of.Place] {
			d.Title = append(d.Title, t.places[above])
		}
		out = append(out, d)
	}
	return out, nil
}

// inCell are the newest public matters of a cell that pass a filter, which has no categories or places by the list.
func (a *API) inCell(ctx context.Context, c cell, f Filter) ([]Picked, error) {
	f.Limit, f.Categories = search.MostRanked, nil
	for _, category := range c.categories {
		f.Categories = append(f.Categories, civic.Category(category))
	}
	if c.places != nil && len(c.places) == 0 {
		return nil, nil
	}
	for _, place := range c.places {
		f.Places = append(f.Places, civic.PlaceID(place))
	}
	picked, _, _, err := a.Pick(ctx, f, false)
	return picked, err
}
