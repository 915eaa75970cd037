package main

import (
	"context"
	"testing"
	"time"
)

func TestWhenToCollect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what                string
		objects, live, goal uint64 // in MB
		want                bool
	}{
		{"nothing came since", 70, 70, 160, false},
		{"two thirds came", 130, 70, 160, false},
		{"more came", 131, 70, 160, true},
		{"more than there is room for", 200, 70, 160, true},
		{"next to no room", 165, 150, 160, false},
		{"what is in use is beyond the limit", 300, 300, 160, false},
		{"nothing was collected yet", 3, 0, 4, false},
	} {
		if got := due(c.objects<<20, c.live<<20, c.goal<<20); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

// A name of a figure that this runtime does not know would stop the server at its first look.
func TestCollectAheadLooks(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	collectAhead(ctx)
}
