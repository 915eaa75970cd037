package clerk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Realm is one realm, open for work in this process.
type Realm struct {
	ID    civic.Realm
	House *House
	DB    *store.DB
	Log   *slog.Logger

	view   atomic.Pointer[View]
	states *states
	clock  Clock

	recent journal.Recent

	queue  chan *job
	quit   chan struct{}
	ended  chan struct{} // the writer has stopped
	done   sync.WaitGroup
	closed atomic.Bool

	// The writer's own; nobody else touches them while it runs.
	seen   journal.Head
	wakes  wakes
	failed bool      // the last batch failed: what is in memory must be read anew
	shared time.Time // when another process was last seen to have written
	filed  string    // digest of the policy set that is known to be on file

	news      news
	followers []*follower
	placing   sync.Mutex    // of the places of followers
	behind    chan struct{} // of followers that are far behind
	stats     Stats
}

// Clock tells a realm's time.
type Clock interface{ Now() civic.Instant }

// Wall is the clock of a realm that is not a demo.
type Wall struct{}

// Now is the machine's time.
func (Wall) Now() civic.Instant { return civic.At(time.Now()) }

// demoClock runs on from where the data end.
type demoClock struct{ d Demo }

func (c demoClock) Now() civic.Instant {
	if c.d.Wall == 0 {
		return c.d.Stood // it stands still while the realm is filled
	}
	return c.d.Stood + (civic.At(time.Now()) - c.d.Wall)
}

// Options change how a realm is opened.
type Options struct {
	Log *slog.Logger
	// Clock replaces the realm's own; for tests and bench.
	Clock Clock
	// Cache is how many dossiers' states are kept (12,000 by default).
	Cache int
	// Still opens without a clock or reactors: for import, checks and tests that turn it by hand.
	Still bool
}

// Open reads a realm's catalogs and starts its writer.
func Open(ctx context.Context, h *House, db *store.DB, id civic.Realm, o Options) (*Realm, error) {
	settings, err := readSettings(ctx, db.R, id)
	if err != nil {
		return nil, err
	}
	r := &Realm{
		ID: id, House: h, DB: db, Log: o.Log, states: newStates(max(o.Cache, 12_000)), clock: o.Clock,
		queue: make(chan *job, 4096), quit: make(chan struct{}), ended: make(chan struct{}), failed: true, behind: make(chan struct{}, 1),
	}
	if o.Cache > 0 {
		r.states = newStates(o.Cache)
	}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.clock == nil {
		r.clock = settings.clock()
	}
	r.view.Store(h.emptyView(id, settings))
	for _, room := range h.Rooms {
		for _, re := range room.Reactors {
			if re.ReactUpTo == nil {
				r.recent.KeepWhole(re.Types...)
			}
			if !o.Still {
				f := newFollower(re)
				f.wake = r.news.follow(re.Types)
				r.followers = append(r.followers, f)
			}
		}
	}
	// The writer reads the journal when it first has the lock; a batch of nothing makes
	// it do so now.
	r.done.Add(1)
	go r.write()
	if err := r.Sync(ctx); err != nil {
		r.Close()
		return nil, fmt.Errorf("clerk: opening realm %s: %w", id, err)
	}
	if !o.Still {
		r.follow()
	}
	return r, nil
}

// Close lets what waits be written and stops.
func (r *Realm) Close() {
	if r.closed.Swap(true) {
		return
	}
	close(r.quit)
	r.done.Wait()
	if err := r.keepPlaces(context.Background(), r.followers); err != nil {
		r.Log.Warn("followers' places are not stored", "realm", r.ID, "err", err)
	}
}

// Recent are the acts that this process wrote or read last, for others who follow the journal.
func (r *Realm) Recent() *journal.Recent { return &r.recent }

// View is what the realm knows now.
func (r *Realm) View() *View { return r.view.Load() }

// Now is the realm's time.
func (r *Realm) Now() civic.Instant { return r.clock.Now() }

// Sync waits until this process has seen all that is in the journal.
func (r *Realm) Sync(ctx context.Context) error {
	_, err := r.submit(ctx, &job{})
	return err
}

// Do runs one task; when it returns without error the acts are synced.
func (r *Realm) Do(ctx context.Context, t Task) (Receipt, error) {
	if t.Happened != 0 && !t.Imported {
		return Receipt{}, civic.Refusals{civic.Refuse(civic.Forbidden, "clerk.happened")}
	}
	j := &job{task: &t, prepared: prepare(r.View(), &t, r.Now(), r.loadRead(ctx))}
	if j.prepared.err != nil {
		return Receipt{}, unavailable(j.prepared.err)
	}
	if len(j.prepared.refusals) > 0 && len(j.prepared.reads) == 0 && t.Key == "" && r.DB.Engine == store.SQLite {
		return Receipt{}, j.prepared.refusals // nothing that was read can have moved on, and no other process writes
	}
	return r.submit(ctx, j)
}

// DoAll runs tasks in order, in as few commits as they fit; the results stand in the
// same order. Before a task that is imported, the clock's own acts that are due by its
// time are done when tick is set.
func (r *Realm) DoAll(ctx context.Context, tasks []Task, tick bool) []Result {
	j := &job{many: tasks, tick: tick}
	_, err := r.submit(ctx, j)
	if err != nil {
		out := make([]Result, len(tasks))
		for i := range out {
			out[i].Err = err
		}
		return out
	}
	return j.results
}

// Result is a receipt or the reason why there is none.
type Result struct {
	Receipt Receipt
	Err     error
}

// Tick lets the clock act on all that is due by an instant. imported is set in a replay.
func (r *Realm) Tick(ctx context.Context, until civic.Instant, imported bool) error {
	for {
		j := &job{until: until, imported: imported}
		if _, err := r.submit(ctx, j); err != nil {
			return err
		}
		if !j.more {
			return nil
		}
	}
}

func (r *Realm) submit(ctx context.Context, j *job) (Receipt, error) {
	j.done = make(chan struct{})
	select {
	case <-r.quit:
		return Receipt{}, unavailable(errors.New("the realm is closing"))
	default:
	}
	select {
	case r.queue <- j:
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	case <-r.quit:
		return Receipt{}, unavailable(errors.New("the realm is closing"))
	}
	select {
	case <-j.done: // the writer answers every job it took; an act is not given up half-way
		return j.receipt, j.err
	case <-r.ended:
	}
	select {
	case <-j.done: // in its last turn
		return j.receipt, j.err
	default:
		return Receipt{}, unavailable(errors.New("the realm is closed"))
	}
}

// State reads the state of a dossier; seq 0 means there is none.
func (r *Realm) State(ctx context.Context, id civic.DossierID) (state any, seq int64, err error) {
	e, err := r.loadRead(ctx)(id)
	return e.state, e.seq, err
}

// Find reads the state of a dossier by the code that stands for it in addresses: its id is its kind and twelve hexadecimal digits. It
// is the empty state where there is none.
func Find[S any](ctx context.Context, r *Realm, kind, code string) (s S, err error) {
	if !civic.IsHex(code, 12) {
		return s, nil
	}
	state, _, err := r.State(ctx, civic.DossierID(kind+"/"+code))
	if found, ok := state.(S); ok && err == nil {
		s = found
	}
	return s, err
}

// Acts reads the story of a dossier.
func (r *Realm) Acts(ctx context.Context, id civic.DossierID) ([]journal.Act, error) {
	acts, err := journal.Dossier(ctx, r.DB.R, r.House.Registry, r.ID, id)
	for i := range acts {
		acts[i].Label = acts[0].Label
		if i == 0 {
			acts[0].Label = r.House.Label(acts[0])
		}
	}
	return acts, err
}

// loadRead loads through the readers' side. What it offers the cache may be older than what
// the writer knows; then it is not kept.
func (r *Realm) loadRead(ctx context.Context) func(civic.DossierID) (entry, error) {
	return func(id civic.DossierID) (entry, error) {
		if e, ok := r.states.get(id); ok {
			return e, nil
		}
		since := r.states.since()
		e, err := r.load(ctx, r.DB.R, id)
		if err == nil && e.seq > 0 {
			r.states.offer(id, e, since)
		}
		return e, err
	}
}

func (r *Realm) load(ctx context.Context, q journal.Querier, id civic.DossierID) (entry, error) {
	k := r.House.Kind(id)
	if k == nil {
		return entry{}, civic.Refusals{civic.Refuse(civic.Missing, "clerk.no_kind", "dossier", string(id))}
	}
	acts, err := journal.Dossier(ctx, q, r.House.Registry, r.ID, id)
	if err != nil {
		return entry{}, err
	}
	e := entry{state: k.Fold(acts)}
	if len(acts) > 0 {
		e.seq = acts[len(acts)-1].Seq
	}
	return e, nil
}

func unavailable(err error) error {
	if _, ok := civic.AsRefusals(err); ok {
		return err
	}
	return fmt.Errorf("%w (%w)", civic.Refusals{civic.Refuse(civic.Unavailable, "clerk.unavailable")}, err)
}
