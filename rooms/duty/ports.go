package duty

import "skein/frame/civic"

// Bodies is what this room needs to know of bodies and posts.
type Bodies interface {
	// HasBody reports whether a body lives.
	HasBody(civic.BodyID) bool
	// HasPost reports whether a post is open in a living body.
	HasPost(civic.PostID) bool
	// Occupied reports whether somebody sits in a post at a moment.
	Occupied(civic.PostID, civic.Instant) bool
}
