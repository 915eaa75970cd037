package place

import "skein/frame/civic"

// Bodies is what this room needs to know of bodies.
type Bodies interface {
	// HasBody reports whether a body lives.
	HasBody(civic.BodyID) bool
}
