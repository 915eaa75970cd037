package clerk

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"skein/frame/journal"
)

// Round is what a room looks after by the clock where no dossier can say when: what the rules in force make due. It
// may be done by several processes at once, and more than once: what is done already must lead to nothing.
type Round struct {
	Name  string
	Every time.Duration
	Do    func(ctx context.Context, r *Realm) error
}

// GoRound does every room's rounds once; for tests, and for what opens a realm without its clock.
func (r *Realm) GoRound(ctx context.Context) error {
	for _, room := range r.House.Rooms {
		for _, round := range room.Rounds {
			if err := round.Do(ctx, r); err != nil {
				return fmt.Errorf("clerk: %s: %w", round.Name, err)
			}
		}
	}
	return nil
}

func (r *Realm) goRounds(ctx context.Context, round Round) {
	beat := time.NewTicker(round.Every)
	defer beat.Stop()
	for {
		if err := round.Do(ctx, r); err != nil && ctx.Err() == nil {
			r.Log.Warn("a round was not done", "realm", r.ID, "round", round.Name, "err", err)
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// news wakes those who follow acts of certain types.
type news struct {
	followers []chan struct{}
	byType    map[string][]int // of followers
}

// follow registers a follower; before the realm's writer runs.
func (n *news) follow(types []string) <-chan struct{} {
	wake := make(chan struct{}, 1)
	n.followers = append(n.followers, wake)
	if n.byType == nil {
		n.byType = map[string][]int{}
	}
	for _, t := range types {
		n.byType[t] = append(n.byType[t], len(n.followers)-1)
	}
	return wake
}

// tell wakes the followers of what was done.
func (n *news) tell(acts []journal.Act) {
	for i := range acts {
		for _, f := range n.byType[acts[i].Type] {
			n.wake(f)
		}
	}
}

// tellAll wakes everybody: acts were read that somebody else wrote.
func (n *news) tellAll() {
	for f := range n.followers {
		n.wake(f)
	}
}

func (n *news) wake(f int) {
	select {
	case n.followers[f] <- struct{}{}:
	default: // it has yet to look anyway
	}
}

const (
	clockBeat = 500 * time.Millisecond // how late the clock's acts may be
	syncBeat  = 2 * time.Second        // how late another process's acts may be seen here
)

// follow starts the clock and the reactors.
func (r *Realm) follow() {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		<-r.quit
		stop()
	}()
	r.done.Add(1)
	go func() {
		defer r.done.Done()
		beat := time.NewTicker(clockBeat)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
			case <-ctx.Done():
				return
			}
			j := &job{until: r.clock.Now()}
			for {
				if _, err := r.submit(ctx, j); err != nil {
					if !errors.Is(err, context.Canceled) {
						r.Log.Warn("the clock waits", "realm", r.ID, "err", err)
					}
					break
				}
				if !j.more {
					break
				}
			}
		}
	}()
	for _, room := range r.House.Rooms {
		for _, round := range room.Rounds {
			r.done.Go(func() { r.goRounds(ctx, round) })
		}
	}
	for _, f := range r.followers {
		r.done.Go(func() { r.react(ctx, f) })
	}
	r.done.Go(func() {
		beat := time.NewTicker(cursorBeat)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
			case <-ctx.Done():
				return
			}
			if err := r.keepPlaces(ctx, r.followers); err != nil && ctx.Err() == nil {
				r.Log.Warn("followers' places wait", "realm", r.ID, "err", err)
			}
		}
	})
}

// Stats are counts since the realm was opened.
type Stats struct {
	Batches, Acts, failed atomic.Int64
	Nanos                 atomic.Int64
}

func (s *Stats) batch(acts int, took time.Duration) {
	s.Batches.Add(1)
	s.Acts.Add(int64(acts))
	s.Nanos.Add(int64(took))
}

// Failed counts batches that the database refused.
func (s *Stats) Failed() int64 { return s.failed.Load() }

// Stats gives the realm's counts.
func (r *Realm) Stats() *Stats { return &r.stats }
