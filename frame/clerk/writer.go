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
)

// write is the realm's one writer.
func (r *Realm) write() {
	defer r.done.Done()
	defer close(r.ended)
	for {
		select {
		case j := <-r.queue:
			r.work(append(make([]*job, 0, 32), j))
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

// take adds what waits in the queue.
func (r *Realm) take(jobs []*job) []*job {
	for len(jobs) < maxJobs {
		select {
		case j := <-r.queue:
			jobs = append(jobs, j)
			continue
		default:
		}
		break
	}
	return jobs
}

// turn decides and writes jobs in one transaction, and answers them.
func (r *Realm) turn(jobs []*job) {
	r.settle(jobs, r.batch(jobs))
}

// settle answers jobs after an attempt to write them. If the database refused, they run again one a transaction.
func (r *Realm) settle(jobs []*job, err error) {
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

func fail(jobs []*job, err error) {
	for _, j := range jobs {
		j.receipt, j.results, j.err = Receipt{}, nil, unavailable(err)
	}
}

// batch is one transaction, from the head's lock to the commit.
func (r *Realm) batch(jobs []*job) (err error) {
	ctx := context.Background()
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
			r.refused(len(jobs), err)
		}
	}()
	head, err := journal.LockHead(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if err := r.catchUp(ctx, tx, head); err != nil {
		return err
	}
	b := r.begin(tx, head, nil)
	if err := b.decide(jobs); err != nil {
		return err
	}
	if b.empty() {
		r.seen = b.head0()
		return nil
	}
	b.compose()
	if err := b.store(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil && !r.took(ctx, b) {
		return err
	}
	b.publish()
	return nil
}

// refused has what is in memory read anew before the next batch.
func (r *Realm) refused(jobs int, err error) {
	r.failed = true
	r.stats.failed.Add(1)
	r.Log.Error("batch refused", "realm", r.ID, "jobs", jobs, "err", err)
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
