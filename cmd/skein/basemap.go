package main

import (
	"errors"
	"fmt"
	"slices"

	"skein/face"
	"skein/face/basemap"
	"skein/rooms/place"
	"skein/science/geo"
)

// basemapOf lays the operator's map under the realm's own, if there is one.
func basemapOf(site *face.Site, s server) (err error) {
	flag, name, open := "--basemap", s.Basemap, basemap.OpenTiles
	switch {
	case s.Basemap != "" && s.MapStyle != "":
		return misuseError{errors.New("--basemap and --map-style are two ways to the same: a style names its own tiles, so put the file beside the style and leave --basemap out, or leave the style out")}
	case s.MapStyle != "":
		flag, name, open = "--map-style", s.MapStyle, basemap.OpenStyle
	case s.Basemap == "" && s.BasemapCredit != "":
		return misuseError{errors.New("--basemap-credit says whom to credit for a basemap, and there is none: say --basemap FILE or --map-style FILE too")}
	case s.Basemap == "":
		return nil
	}
	if site.Basemap, err = open(name, s.BasemapCredit); err != nil {
		return misuseError{fmt.Errorf("%s: %w", flag, err)}
	}
	own, ok := place.CatalogIn(site.Realm.View()).Bounds()
	elsewhere := func(at geo.Bounds) bool {
		beside := own.West <= own.East && (own.West > at.East || own.East < at.West) // a realm across the antimeridian lies on both sides of most files
		return beside || own.South > at.North || own.North < at.South
	}
	if covers := site.Basemap.Covers; ok && len(covers) > 0 && !slices.ContainsFunc(covers, func(at geo.Bounds) bool { return !elsewhere(at) }) {
		at := covers[0]
		site.Basemap.Close()
		return misuseError{fmt.Errorf("%s: %s shows another part of the world: it goes from %.2f,%.2f to %.2f,%.2f (longitude, latitude), and the realm from %.2f,%.2f to %.2f,%.2f",
			flag, name, at.West, at.South, at.East, at.North, own.West, own.South, own.East, own.North)}
	}
	site.Mux.Handle("GET "+basemap.Prefix+"{file...}", site.Basemap)
	return nil
}
