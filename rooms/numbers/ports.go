package numbers

import (
	"context"

	"skein/frame/civic"
	"skein/frame/clerk"
)

// Ports are the other rooms' answers.
type Ports struct {
	// Frame is the top categories and the districts, as of a view.
	Frame func(*clerk.View) Frame
	// Private are the matters that were reported in a stretch of time, from inclusive and until exclusive, and were
	// private from their report on.
	Private func(ctx context.Context, r *clerk.Realm, from, until civic.Instant) ([]Tally, error)
	// Earliest is when the earliest public matter was reported; 0 where there is none.
	Earliest func(ctx context.Context, r *clerk.Realm) (civic.Instant, error)
}
