package main

import (
	"slices"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/matter/open311"
	"skein/rooms/place"
)

// openDoors adds what other programs read of matters: photos, and Open311.
func openDoors(site *face.Site, matters *matter.API, addresses *place.Addresses) {
	matters.RegisterPhotos()
	(&open311.API{
		Site: site, Matters: matters, Address: spots{addresses}.pointOf, Later: time.AfterFunc,
		Services: func(v *clerk.View, now civic.Instant) open311.Services { return servicesIn(duty.CatalogIn(v), now) },
	}).Register()
}

// services answers the Open311 door from the duty room.
type services struct {
	tree    *duty.Categories
	version duty.Version
}

func servicesIn(all *duty.Catalog, now civic.Instant) services {
	tree, version := all.CategoriesAt(now)
	return services{tree, version}
}

func (s services) Offered(lang string) []open311.Service {
	leaves := s.tree.Leaves()
	out := make([]open311.Service, len(leaves))
	for i, c := range leaves {
		group := c.Group
		if g, ok := s.tree.Get(civic.Category(group)); ok {
			group = g.Title(lang)
		}
		out[i] = open311.Service{
			Code: c.Code, Name: c.Title(lang), Hint: civic.Titles(c.Hints).In(lang), Group: group,
			Keywords: slices.Clone(c.Keywords), Kind: matter.Kind(c.Kind),
		}
	}
	return out
}

func (s services) Changed() civic.Instant { return max(s.version.Adopted, s.version.Effective) }
