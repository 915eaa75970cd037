package main

import (
	"context"
	"maps"
	"slices"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/numbers"
	"skein/rooms/place"
)

// numberPorts answer the tables of private matters from the other rooms.
var numberPorts = numbers.Ports{
	Frame: numbersFrame,
	Private: func(ctx context.Context, r *clerk.Realm, from, until civic.Instant) (out []numbers.Tally, err error) {
		districts := numbersFrame(r.View()).Districts
		all, stands := place.CatalogIn(r.View()), map[civic.PlaceID]civic.PlaceID{}
		for s := range all.States() { // what was closed counts where its successor is
			if living, ok := all.Living(s.Place); ok && slices.Contains(districts, living) {
				stands[s.Place] = living
			}
		}
		err = matter.BornPrivate(ctx, r.DB, r.ID, from, until, slices.Sorted(maps.Keys(stands)), func(c civic.Category, places []civic.PlaceID) {
			t := numbers.Tally{Category: c}
			if len(places) > 0 { // where districts overlap, the first
				t.District = stands[places[0]]
			}
			out = append(out, t)
		})
		return out, err
	},
	Earliest: func(ctx context.Context, r *clerk.Realm) (civic.Instant, error) {
		return matter.EarliestPublic(ctx, r.DB, r.ID)
	},
}

// numbersFrame is every top category, retired ones too, and the places of the first layer below the root.
func numbersFrame(v *clerk.View) (f numbers.Frame) {
	tree, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
	for _, c := range tree.All() {
		if c.Code.Parent() == "" {
			f.Categories = append(f.Categories, c.Code)
		}
	}
	all := place.CatalogIn(v)
	below := func(p place.Place) bool { return p.Depth == 1 }
	layer := firstLayer(all, below)
	for p := range all.Places() {
		if below(p) && p.Rank == layer.Rank {
			f.Districts = append(f.Districts, p.ID)
		}
	}
	slices.Sort(f.Districts)
	return f
}
