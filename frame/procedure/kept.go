package procedure

import (
	"slices"

	"skein/frame/civic"
)

// Ranks says who stands over whom.
type Ranks interface {
	// Over are the bodies that a post lies under, its own first, and the posts that supervise it, nearest first.
	Over(post civic.PostID) (bodies []civic.BodyID, posts []civic.PostID)
	// Supervisor is the post that answers for a body's handlers, "" for none.
	Supervisor(body civic.BodyID) civic.PostID
}

// KeptOut reports whether a post decides nothing of what some posts and bodies did: it is one of them, stands under one, or
// answers for one. Whoever has a stake steps back: Civil Servant Law of the PRC (2018), art. 76; Administrative Penalty Law of the PRC (2021), art. 43.
func KeptOut(r Ranks, post civic.PostID, posts []civic.PostID, bodies []civic.BodyID) bool {
	if slices.Contains(posts, post) {
		return true
	}
	under, above := r.Over(post)
	if slices.ContainsFunc(under, func(over civic.BodyID) bool { return slices.Contains(bodies, over) }) ||
		slices.ContainsFunc(above, func(over civic.PostID) bool { return slices.Contains(posts, over) }) {
		return true
	}
	return slices.ContainsFunc(bodies, func(body civic.BodyID) bool { return r.Supervisor(body) == post })
}
