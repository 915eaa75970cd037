package clerk

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Reactor is a room following acts of other rooms by type. It issues commands of its own
// room with the act's position as Cause and Key, so that acting twice acts once.
type Reactor struct {
	Name  string
	Types []string
	React func(ctx context.Context, r *Realm, a journal.Act) error
	// ReactAll takes acts by the thousand, in order, instead of React: for what issues no commands and may be done anew.
	ReactAll func(ctx context.Context, r *Realm, acts []journal.Act) error
}

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
	for i, re := range r.reactors {
		r.done.Add(1)
		go func() {
			defer r.done.Done()
			r.react(ctx, re, r.reacts[i])
		}()
	}
}

// CatchUp runs every reactor to the end of the journal; for import and tests.
func (r *Realm) CatchUp(ctx context.Context) error {
	for _, room := range r.House.Rooms {
		for _, re := range room.Reactors {
			if err := r.reactAll(ctx, re); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Realm) react(ctx context.Context, re Reactor, wake <-chan struct{}) {
	for {
		if err := r.reactAll(ctx, re); err != nil && ctx.Err() == nil {
			r.Log.Warn("a reactor waits", "realm", r.ID, "reactor", re.Name, "err", err)
		}
		select {
		case <-wake:
		case <-time.After(syncBeat):
		case <-ctx.Done():
			return
		}
		if re.ReactAll == nil {
			continue
		}
		select { // so that many acts make one commit, and those who report need not wait behind it
		case <-time.After(gathers):
		case <-ctx.Done():
			return
		}
	}
}

// gathers is for how long acts are gathered for who takes them together.
const gathers = time.Second

// cursorStride is how far a follower reads past its stored cursor without an act that
// concerns it before the cursor is stored again.
const cursorStride = 20_000

// reactAll answers the acts up to the journal's end. The cursor is stored after acts that
// were answered, and now and then besides; answering twice answers once.
func (r *Realm) reactAll(ctx context.Context, re Reactor) error {
	stored, err := r.cursor(ctx, re.Name)
	if err != nil {
		return err
	}
	at, _ := r.readTo.LoadOrStore(re.Name, stored)
	from := max(stored, at.(civic.Position))
	var head civic.Position
	if err := r.DB.R.QueryRowContext(ctx, "SELECT position FROM heads WHERE realm = $1", string(r.ID)).Scan(&head); err != nil {
		return err
	}
	answered, most := false, 100
	if re.ReactAll != nil {
		most = 1000
	}
	for from < head {
		acts, err := journal.OfTypes(ctx, r.DB, r.House.Registry, r.ID, re.Types, from, most)
		if err != nil {
			return err
		}
		if re.ReactAll != nil && len(acts) > 0 {
			if err := re.ReactAll(ctx, r, acts); err != nil {
				return err
			}
			from, answered = acts[len(acts)-1].Position, true
		} else {
			for _, a := range acts {
				if err := re.React(ctx, r, a); err != nil {
					return err
				}
				from, answered = a.Position, true
			}
		}
		if len(acts) < most {
			from = max(from, head)
		}
	}
	r.readTo.Store(re.Name, from)
	if !answered && from-stored < cursorStride {
		return nil
	}
	return r.setCursor(ctx, re.Name, from)
}

func (r *Realm) cursor(ctx context.Context, follower string) (civic.Position, error) {
	var at civic.Position
	err := r.DB.R.QueryRowContext(ctx, "SELECT coalesce(max(position), 0) FROM cursors WHERE realm = $1 AND follower = $2",
		string(r.ID), follower).Scan(&at)
	return at, err
}

func (r *Realm) setCursor(ctx context.Context, follower string, at civic.Position) error {
	return r.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.Write(ctx, cursorTable, []store.Row{{string(r.ID), follower, int64(at)}})
	})
}

var cursorTable = &store.Table{Name: "cursors", Key: 2, Replace: true, Columns: store.Columns("realm:t follower:t position:i")}

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
