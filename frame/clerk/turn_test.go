package clerk

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"skein/frame/civic"
)

// Followers that are far behind work one after the other; one that is not waits for none of them.
func TestFarBehindTakeTurns(t *testing.T) {
	r := &Realm{behind: make(chan struct{}, 1)}
	var at, most atomic.Int32
	far := func() *follower {
		return newFollower(Reactor{ReactUpTo: func(context.Context, *Realm, civic.Position) error {
			most.Store(max(most.Load(), at.Add(1)))
			time.Sleep(time.Millisecond)
			at.Add(-1)
			return nil
		}})
	}
	const end = 5 * farAhead
	var all sync.WaitGroup
	for range 4 {
		f := far()
		all.Go(func() {
			for f.at < end {
				if err := r.inTurn(t.Context(), f, end); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d worked at once", most.Load())
	}
	r.behind <- struct{}{} // somebody far behind is at work
	near := far()
	near.at = end - manyActs
	if err := r.inTurn(t.Context(), near, end); err != nil || near.at != end {
		t.Errorf("who is near waits: at %d, %v", near.at, err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if err := r.inTurn(ctx, far(), end); err == nil {
		t.Error("two were far behind, and both at work")
	}
}
