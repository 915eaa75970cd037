package matter

import (
	"cmp"
	"context"
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

// found are the matters that words find, the best first.
func (a *API) found(ctx context.Context, words string) ([]string, error) {
	if n, err := ParseNumber(words); err == nil { // a whole number is nothing else
		first, _ := a.Ports.Numbers(a.Site.Realm.ID).Position(n)
		return []string{string(ID(first))}, nil
	}
	q := search.Ask(a.Site.Realm.ID, Name, words)
	if q.None() {
		return nil, nil
	}
	titled, err := a.titled(ctx, q)
	if err != nil {
		return nil, err
	}
	return search.Find(ctx, a.Site.Realm.DB, q, mostFound, titled...)
}

// worded are the matters of a list that words find, the best first: picked from memory, so that only those that are shown are read.
func (a *API) worded(ctx context.Context, f Filter) ([]Row, error) {
	found, err := a.found(ctx, f.Words)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	place := make(map[civic.DossierID]int, len(found))
	most := f.Limit
	f.Words, f.firsts, f.Limit = "", []civic.Position{}, len(found)
	for i, id := range found {
		if first, ok := First(civic.DossierID(id)); ok {
			place[civic.DossierID(id)], f.firsts = i, append(f.firsts, first)
		}
	}
	picked, _, _, err := a.Pick(ctx, f, false)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(picked, func(x, y Picked) int { return place[x.ID] - place[y.ID] })
	rows, err := a.read(ctx, picked[:min(len(picked), most)])
	slices.SortFunc(rows, func(x, y Row) int { return place[x.ID] - place[y.ID] })
	return rows, err
}

// titled are the newest matters whose titles have all terms.
func (a *API) titled(ctx context.Context, q search.Query) ([]search.Titled, error) {
	t := a.titles()
	var all []Picked
	for _, c := range t.cells(q, a.root()) {
		more, err := a.inCell(ctx, c)
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

// inCell are the newest public matters of a cell.
func (a *API) inCell(ctx context.Context, c cell) ([]Picked, error) {
	f := Filter{Limit: search.MostRanked}
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
