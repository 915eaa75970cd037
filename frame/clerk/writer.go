package clerk

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// job is what the writer does in its turn: a task, many in order, or the clock's round.
type job struct {
	task     *Task
	prepared prepared

	many []Task
	tick bool // let the clock go before each of many

	until    civic.Instant // let the clock act on what is due by then
	imported bool
	more     bool // the round was cut short; ask again

	receipt Receipt
	results []Result
	err     error
	done    chan struct{}
}

const (
	maxJobs  = 256 // in a batch
	maxTicks = 512 // in one round of the clock, so that people do not wait behind it

	longestGather = 2 * time.Millisecond
)

// write is the realm's one writer.
func (r *Realm) write() {
	defer r.done.Done()
	defer close(r.ended)
	for {
		select {
		case j := <-r.queue:
			r.turn(append(make([]*job, 0, 32), j))
		case <-r.quit:
			for {
				select {
				case j := <-r.queue:
					r.turn([]*job{j})
				default:
					return
				}
			}
		}
	}
}

// turn takes all that waits and writes it.
func (r *Realm) turn(jobs []*job) {
	for len(jobs) < maxJobs {
		select {
		case j := <-r.queue:
			jobs = append(jobs, j)
			continue
		default:
		}
		break
	}
	jobs = r.gather(jobs)
	began := time.Now()
	err := r.batch(jobs)
	r.turned, r.crowd = time.Since(began), len(jobs)+len(r.queue)
	if err != nil && len(jobs) > 1 && (store.IsRefusal(err) || errors.Is(err, errFault)) {
		for _, j := range jobs {
			if err := r.batch([]*job{j}); err != nil {
				j.err = unavailable(err)
			}
		}
	} else if err != nil && store.IsDuplicate(err) {
		// What was in memory was older than the journal; it has been dropped, so look again.
		if err := r.batch(jobs); err != nil {
			fail(jobs, err)
		}
	} else if err != nil {
		fail(jobs, err)
		if store.IsFull(err) {
			r.DB.MakeRoom(context.Background())
		}
	}
	for _, j := range jobs {
		close(j.done)
	}
}

// gather waits a little for those who took turns with these: a fuller batch costs them
// all less. It waits for nobody who was not there a moment ago, and never for longer than
// half of what the last batch took. On SQLite a batch is this process's own work, and what
// waiting saves is lost on a core that stands idle (measured: docs/bench.md).
func (r *Realm) gather(jobs []*job) []*job {
	want := min(r.crowd, maxJobs)
	if len(jobs) >= want || r.DB.Engine == store.SQLite {
		return jobs
	}
	patience := time.NewTimer(min(r.turned/2, longestGather))
	defer patience.Stop()
	for len(jobs) < want {
		select {
		case j := <-r.queue:
			jobs = append(jobs, j)
		case <-patience.C:
			return jobs
		case <-r.quit:
			return jobs
		}
	}
	return jobs
}

func fail(jobs []*job, err error) {
	for _, j := range jobs {
		j.receipt, j.results, j.err = Receipt{}, nil, unavailable(err)
	}
}

// batch is one transaction.
func (r *Realm) batch(jobs []*job) (err error) {
	ctx := context.Background()
	began := time.Now()
	tx, err := r.DB.Begin(ctx)
	if err != nil {
		r.failed = true
		return err
	}
	defer tx.Rollback()
	defer func() {
		if fault := recover(); fault != nil { // of a room's tables or wakes: the realm goes on
			err = fmt.Errorf("%w: %v\n%s", errFault, fault, debug.Stack())
		}
		if err != nil {
			r.failed = true
			r.stats.failed.Add(1)
			r.Log.Error("batch refused", "realm", r.ID, "jobs", len(jobs), "err", err)
		}
	}()
	b := &batch{
		r: r, ctx: ctx, tx: tx, overlay: map[civic.DossierID]*touched{}, docs: map[string][]byte{}, keys: map[string]Receipt{},
	}
	if b.head, err = journal.LockHead(ctx, tx, r.ID); err != nil {
		return err
	}
	if err := r.catchUp(ctx, tx, b.head); err != nil {
		return err
	}
	b.view = r.View()
	b.first = b.head.Position + 1
	b.now = r.clock.Now()
	b.head.Recorded = max(b.head.Recorded, b.now) // the clock may be set back; recorded is not
	if err := b.readKeys(jobs); err != nil {
		return err
	}
	for _, j := range jobs {
		j.receipt, j.results, j.err, j.more = Receipt{}, nil, nil, false
		switch {
		case j.task != nil:
			j.receipt, j.err = b.run(j.task, j.prepared)
		case j.many != nil:
			j.results = b.runMany(j)
		case j.until != 0:
			j.more = b.round(j.until, j.imported, maxTicks)
		}
		if b.fault != nil {
			return b.fault
		}
	}
	if len(b.acts) == 0 && len(b.writes) == 0 {
		r.seen = b.head0()
		return nil
	}
	if err := b.flush(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		if !r.took(ctx, b) {
			return err
		}
	}
	b.publish()
	r.stats.batch(len(b.acts), time.Since(began))
	return nil
}

// took looks whether a commit whose answer was lost is in the journal after all.
func (r *Realm) took(ctx context.Context, b *batch) bool {
	if len(b.acts) == 0 {
		return false
	}
	first := b.acts[0]
	for wait := 50 * time.Millisecond; wait < 20*time.Second; wait *= 2 {
		acts, err := r.settled(ctx, first.Position)
		if err == nil {
			return len(acts) == 1 && string(acts[0].Commitment) == string(first.Commitment)
		}
		r.Log.Warn("looking whether a commit took", "realm", r.ID, "err", err)
		time.Sleep(wait)
	}
	return false
}

// settled reads the act at a position once nothing is under way there: on PostgreSQL the
// server may still be at work on the commit whose answer was lost, and holds the lock until then.
func (r *Realm) settled(ctx context.Context, at civic.Position) ([]journal.Act, error) {
	if r.DB.Engine == store.SQLite {
		return journal.After(ctx, r.DB.R, nil, r.ID, at-1, 1)
	}
	tx, err := r.DB.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if _, err := journal.LockHead(ctx, tx, r.ID); err != nil {
		return nil, err
	}
	return journal.After(ctx, tx, nil, r.ID, at-1, 1)
}

// catchUp reads the acts that this process has not seen: those of other processes, or
// all of them when the last batch failed or the realm has just been opened.
func (r *Realm) catchUp(ctx context.Context, tx *store.Tx, head journal.Head) error {
	if r.failed || head.Position < r.seen.Position { // behind: the database was set back
		return r.readAnew(ctx, tx, head)
	}
	if head.Position == r.seen.Position {
		return nil
	}
	for r.seen.Position < head.Position {
		acts, err := journal.After(ctx, tx, r.House.Registry, r.ID, r.seen.Position, 2000)
		if err != nil {
			return err
		}
		if len(acts) == 0 {
			return fmt.Errorf("clerk: the head of %s is at %d but the journal ends at %d", r.ID, head.Position, r.seen.Position)
		}
		v, err := r.View().learn(acts, r.documentIn(ctx, tx, nil))
		if err != nil {
			return err
		}
		r.view.Store(v)
		ids := map[civic.DossierID]bool{}
		for _, a := range acts {
			ids[a.Dossier] = true
			r.states.drop(a.Dossier)
		}
		if err := r.readWakes(ctx, tx, ids); err != nil {
			return err
		}
		r.seen = journal.Head{Position: acts[len(acts)-1].Position, Recorded: acts[len(acts)-1].Recorded}
		r.recent.Add(acts)
	}
	r.news.tellAll()
	return nil
}

// readAnew forgets what is in memory and reads catalogs and wakes from the database.
func (r *Realm) readAnew(ctx context.Context, tx *store.Tx, head journal.Head) error {
	r.states.clear()
	v := r.House.emptyView(r.ID, r.View().Settings)
	for _, room := range r.House.Rooms {
		if room.Catalog == nil {
			continue
		}
		var acts []journal.Act
		for _, kind := range room.Catalog.Kinds {
			more, err := journal.Kind(ctx, tx, r.House.Registry, r.ID, kind)
			if err != nil {
				return err
			}
			acts = append(acts, more...)
		}
		sortByPosition(acts)
		var err error
		if v, err = v.learn(acts, r.documentIn(ctx, tx, nil)); err != nil {
			return err
		}
	}
	r.wakes = wakes{}
	rows, err := tx.QueryContext(ctx, "SELECT dossier, wake FROM dossiers WHERE realm = $1 AND wake IS NOT NULL", string(r.ID))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id civic.DossierID
		var at civic.Instant
		if err := rows.Scan(&id, &at); err != nil {
			return err
		}
		r.wakes.set(id, at)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	r.view.Store(v)
	r.seen, r.failed, r.filed = head, false, ""
	r.recent.Begin(head.Position)
	r.news.tellAll()
	return nil
}

func (r *Realm) readWakes(ctx context.Context, q journal.Querier, ids map[civic.DossierID]bool) error {
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, string(id))
	}
	rows, err := q.QueryContext(ctx, "SELECT dossier, coalesce(wake, 0) FROM dossiers WHERE realm = $1 AND "+r.DB.Each("dossier", "$2"),
		string(r.ID), r.DB.List(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id civic.DossierID
		var at civic.Instant
		if err := rows.Scan(&id, &at); err != nil {
			return err
		}
		r.wakes.set(id, at)
	}
	return rows.Err()
}

// documentIn reads public documents: those of the batch first, then those filed.
func (r *Realm) documentIn(ctx context.Context, q journal.Querier, fresh map[string][]byte) func(string) ([]byte, error) {
	return func(digest string) ([]byte, error) {
		if d, ok := fresh[digest]; ok {
			return d, nil
		}
		_, content, err := journal.Document(ctx, q, r.ID, digest)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", digest, err)
		}
		return content, nil
	}
}

// guard turns a panic inside a decision into an error of that task alone.
func guard(r *Realm, name string, f func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			r.Log.Error("a decision failed", "command", name, "fault", fault, "stack", string(debug.Stack()))
			err = fmt.Errorf("clerk: deciding %s: %v", name, fault)
		}
	}()
	return f()
}

var errFault = errors.New("clerk: a batch failed by a fault of the program")

var errStuck = errors.New("clerk: the clock acted on a dossier and would act again at the same moment")
