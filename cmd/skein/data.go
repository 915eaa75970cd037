package main

import (
	"iter"
	"strings"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter/pages"
	"skein/rooms/place"
)

// openTables are what the registers give away beside the matters: the list in force, the bodies and the places, as everyone may read them.
func openTables(now func() civic.Instant) func() []pages.Dataset {
	tables := []pages.Dataset{
		{Name: "duties", Columns: []string{"row", "category", "place", "lead", "joint", "law", "standard", "accept", "answer", "object"},
			Rows: func(v *clerk.View) iter.Seq2[[]any, error] { return openDuties(v, now()) }},
		{Name: "bodies", Columns: []string{"body", "title_en", "title_zh", "body_kind", "parent", "place"}, Still: true, Rows: bodyRows},
		{Name: "places", Columns: []string{"place", "title_en", "title_zh", "place_kind", "above"}, Shaped: true, Still: true, Rows: placeRows},
	}
	return func() []pages.Dataset { return tables }
}

func openDuties(v *clerk.View, at civic.Instant) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		list, _, ok := duty.CatalogIn(v).ListAt(at)
		if !ok {
			return
		}
		limit := func(l calendar.Limit) any {
			if l.N == 0 {
				return nil // the realm's own
			}
			return l.String()
		}
		for _, r := range list.Rows() {
			joint := make([]string, len(r.Joint))
			for i, j := range r.Joint {
				joint[i] = string(j.Body)
			}
			if !yield([]any{r.ID, string(r.Category), string(r.Place), string(r.Lead), strings.Join(joint, ";"), r.Law, r.Standard, limit(r.Response), limit(r.Resolution), limit(r.Objection)}, nil) {
				return
			}
		}
	}
}

func bodyRows(v *clerk.View) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for s := range body.CatalogIn(v).Bodies() {
			if s.Lives() && !yield([]any{string(s.Body), s.Titles.In("en"), s.Titles.In("zh-Hans"), string(s.Kind), string(s.Parent), string(s.Place)}, nil) {
				return
			}
		}
	}
}

func placeRows(v *clerk.View) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		all := place.CatalogIn(v)
		for s := range all.States() {
			if s.Open() && !yield([]any{string(s.Place), s.Title("en"), s.Title("zh-Hans"), string(s.Kind), string(s.Parent), all.Area(s.Place)}, nil) {
				return
			}
		}
	}
}
