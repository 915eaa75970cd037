package matter

import (
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

// titled are the newest matters whose titles have all terms.
func (a *API) titled(ctx context.Context, q search.Query) ([]search.Titled, error) {
	t := a.titles()
	var ids []string
	for _, c := range t.cells(q, a.root()) {
		more, err := a.inCell(ctx, c)
		if err != nil {
			return nil, err
		}
		ids = append(ids, more...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.Reverse(ids) // the newest first
	ids = ids[:min(len(ids), search.MostRanked)]
	if len(ids) == 0 {
		return nil, nil
	}
	db := a.Site.Realm.DB
	rows, err := db.R.QueryContext(ctx, "SELECT dossier, category, place, reported FROM matters WHERE realm = $1 AND "+db.Each("dossier", "$2"),
		string(a.Site.Realm.ID), db.List(ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []search.Titled
	for rows.Next() {
		var d search.Titled
		var category civic.Category
		var place civic.PlaceID
		if err := rows.Scan(&d.ID, &category, &place, &d.Sort); err != nil {
			return nil, err
		}
		d.Title = []search.Cut{t.categories[category], t.places[place]}
		for _, p := range t.above[place] {
			d.Title = append(d.Title, t.places[p])
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// inCell are the newest public matters of a cell.
func (a *API) inCell(ctx context.Context, c cell) (ids []string, err error) {
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
	for _, p := range picked {
		ids = append(ids, string(p.ID))
	}
	return ids, err
}
