package main

import (
	"errors"
	"fmt"

	"skein/face"
	"skein/face/basemap"
	"skein/rooms/place"
)

// basemapOf lays the operator's map under the realm's own, if there is one.
func basemapOf(site *face.Site, s server) (err error) {
	if s.Basemap == "" {
		if s.BasemapCredit != "" {
			return misuseError{errors.New("--basemap-credit says whom to credit for a basemap, and there is none: say --basemap FILE too")}
		}
		return nil
	}
	if site.Basemap, err = basemap.Open(s.Basemap, s.BasemapCredit); err != nil {
		return misuseError{fmt.Errorf("--basemap: %w", err)}
	}
	at := site.Basemap.Covers
	own, ok := place.CatalogIn(site.Realm.View()).Bounds()
	beside := own.West <= own.East && (own.West > at.East || own.East < at.West) // a realm across the antimeridian lies on both sides of most files
	if ok && (beside || own.South > at.North || own.North < at.South) {
		site.Basemap.Close()
		return misuseError{fmt.Errorf("--basemap: %s shows another part of the world: it goes from %.2f,%.2f to %.2f,%.2f (longitude, latitude), and the realm from %.2f,%.2f to %.2f,%.2f",
			s.Basemap, at.West, at.South, at.East, at.North, own.West, own.South, own.East, own.North)}
	}
	site.Mux.Handle("GET "+basemap.Path, site.Basemap)
	return nil
}
