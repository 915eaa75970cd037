package body

import "skein/frame/civic"

// Places is what this room needs to know of places.
type Places interface {
	// HasPlace reports whether the realm's tree holds a place.
	HasPlace(civic.PlaceID) bool
}
