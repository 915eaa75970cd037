package clerk

import (
	"context"
	"fmt"
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
	// Live passes over acts that were imported: they are long past.
	Live  bool
	React func(ctx context.Context, r *Realm, a journal.Act) error
	// ReactAll takes acts by the thousand, in order, instead of React. Their Event may be nil; Data is there.
	ReactAll func(ctx context.Context, r *Realm, acts []journal.Act) error
	// ReactUpTo is told how far the journal goes now that acts have come, instead of being given them: for who reads by itself what it
	// needs of it, and keeps with its rows how far it has come.
	ReactUpTo func(ctx context.Context, r *Realm, until civic.Position) error
	// Gathers is for how long acts are gathered for ReactAll or ReactUpTo once one has come.
	Gathers time.Duration
}

// follower is a reactor on its way along the journal. One goroutine at a time moves it.
type follower struct {
	Reactor
	types map[string]bool
	wake  <-chan struct{}

	begun    bool           // at is known
	at       civic.Position // all up to here is answered
	answered civic.Position // the last act that concerned it
	stored   civic.Position // what the table of cursors says
}

func newFollower(re Reactor) *follower {
	f := &follower{Reactor: re, types: make(map[string]bool, len(re.Types))}
	for _, t := range re.Types {
		f.types[t] = true
	}
	return f
}

const (
	// manyActs is how many acts a reactor is given at once at most.
	manyActs = 1000
	// farAhead is how much of the journal one that reads by itself is sent over at once.
	farAhead = 10_000
	// cursorBeat is how often followers' places are stored while acts are answered. Answering twice answers once, so that
	// a process that was killed answers a few seconds anew.
	cursorBeat = 5 * time.Second
	// cursorStride is how far a follower reads past its stored place, where nothing concerns it, before the place is stored again.
	cursorStride = 20_000
)

// react follows until the context ends.
func (r *Realm) react(ctx context.Context, f *follower) {
	for {
		if err := r.advance(ctx, f); err != nil && ctx.Err() == nil {
			r.Log.Warn("a reactor waits", "realm", r.ID, "reactor", f.Name, "err", err)
		}
		select {
		case <-f.wake:
		case <-time.After(syncBeat):
		case <-ctx.Done():
			return
		}
		if f.Gathers == 0 {
			continue
		}
		select { // so that many acts make one commit, and those who report need not wait behind it
		case <-time.After(f.Gathers):
		case <-ctx.Done():
			return
		}
	}
}

// CatchUp runs every reactor to the end of the journal; for import and tests.
func (r *Realm) CatchUp(ctx context.Context) error {
	for _, room := range r.House.Rooms {
		for _, re := range room.Reactors {
			if err := r.Sync(ctx); err != nil { // the one before may have written
				return err
			}
			f := newFollower(re)
			if err := r.advance(ctx, f); err != nil {
				return err
			}
			if err := r.keepPlaces(ctx, []*follower{f}); err != nil {
				return err
			}
		}
	}
	return nil
}

// advance answers the acts up to the end of what this process knows of the journal.
func (r *Realm) advance(ctx context.Context, f *follower) error {
	end := r.recent.End()
	if !f.begun || f.at > end { // behind: the database was set back
		at, err := r.place(ctx, f.Name)
		if err != nil {
			return err
		}
		r.placing.Lock()
		f.begun, f.at, f.answered, f.stored = true, at, at, at
		r.placing.Unlock()
	}
	for f.at < end {
		if err := r.inTurn(ctx, f, end); err != nil {
			return err
		}
	}
	return nil
}

// inTurn takes a follower on by as much as is answered at once. Those that are far behind take turns: after an import all are, and would
// between them take every processor from those who read and report.
func (r *Realm) inTurn(ctx context.Context, f *follower, end civic.Position) error {
	if end-f.at > manyActs {
		select {
		case r.behind <- struct{}{}:
			defer func() { <-r.behind }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return r.step(ctx, f, end)
}

// step takes a follower on.
func (r *Realm) step(ctx context.Context, f *follower, end civic.Position) error {
	if f.ReactUpTo != nil {
		to := min(end, f.at+farAhead)
		if err := f.ReactUpTo(ctx, r, to); err != nil {
			return err
		}
		r.passed(f, to, true)
		return nil
	}
	acts, to, err := r.following(ctx, f, end)
	if err != nil {
		return err
	}
	if f.ReactAll != nil && len(acts) > 0 {
		if err := f.ReactAll(ctx, r, acts); err != nil {
			return err
		}
		r.passed(f, acts[len(acts)-1].Position, true)
	} else {
		for _, a := range acts {
			if err := f.React(ctx, r, a); err != nil {
				return err
			}
			r.passed(f, a.Position, true)
		}
	}
	r.passed(f, to, false)
	return nil
}

// following are the next acts that concern a follower, and the position up to which there are no others.
func (r *Realm) following(ctx context.Context, f *follower, end civic.Position) ([]journal.Act, civic.Position, error) {
	if recent := r.recent.After(f.at, end, manyActs); len(recent) > 0 {
		var acts []journal.Act
		for i := range recent {
			if a := &recent[i]; f.types[a.Type] && !(f.Live && a.Imported) {
				acts = append(acts, *a)
			}
		}
		return acts, recent[len(recent)-1].Position, nil
	}
	reg := r.House.Registry
	if f.ReactAll != nil {
		reg = nil
	}
	acts, err := journal.OfTypes(ctx, r.DB, reg, r.ID, f.Types, f.Live, f.at, end, manyActs)
	if err != nil {
		return nil, 0, err
	}
	if len(acts) == manyActs {
		end = acts[manyActs-1].Position
	}
	return acts, end, nil
}

// passed moves a follower on.
func (r *Realm) passed(f *follower, at civic.Position, answered bool) {
	r.placing.Lock()
	defer r.placing.Unlock()
	if f.at = at; answered {
		f.answered = at
	}
}

// keepPlaces stores how far followers have come, of those that answered something or came far, in one commit.
func (r *Realm) keepPlaces(ctx context.Context, all []*follower) error {
	var rows []store.Row
	var moved []*follower
	r.placing.Lock()
	for _, f := range all {
		if f.answered > f.stored || f.at-f.stored >= cursorStride {
			moved = append(moved, f)
			rows = append(rows, store.Row{string(r.ID), f.Name, int64(f.at)})
		}
	}
	r.placing.Unlock()
	if len(rows) == 0 {
		return nil
	}
	err := r.DB.Update(ctx, func(tx *store.Tx) error { return tx.Write(ctx, cursorTable, rows) })
	if err != nil {
		return fmt.Errorf("clerk: storing how far followers have come: %w", err)
	}
	r.placing.Lock()
	defer r.placing.Unlock()
	for i, f := range moved {
		f.stored = max(f.stored, civic.Position(rows[i][2].(int64)))
	}
	return nil
}

// place is how far a follower has come, as it was stored last.
func (r *Realm) place(ctx context.Context, follower string) (civic.Position, error) {
	var at civic.Position
	err := r.DB.R.QueryRowContext(ctx, "SELECT coalesce(max(position), 0) FROM cursors WHERE realm = $1 AND follower = $2",
		string(r.ID), follower).Scan(&at)
	return at, err
}

var cursorTable = &store.Table{Name: "cursors", Key: 2, Replace: true, Columns: store.Columns("realm:t follower:t position:i")}
