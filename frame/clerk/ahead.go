package clerk

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
)

// errOvertaken says that the journal does not end where a batch was decided to go on: another process wrote meanwhile.
var errOvertaken = errors.New("clerk: another process wrote to the realm")

// sharedFor is for how long nothing is decided ahead after another process wrote: it would be in vain as often as not.
const sharedFor = time.Second

// work writes jobs and what comes meanwhile, until nothing waits. While a batch is written, in a goroutine of its own, the next is
// decided on top of it, in memory: its tasks see what the one before did, and what comes while that is written is in it too. Nobody is
// answered before the commit of the own batch. If a batch is not written, the one decided on top of it is decided again, after it.
func (r *Realm) work(waiting []*job) {
	var under, next *batch // being written, being decided
	for {
		waiting = r.take(waiting)
		if n := r.ahead(waiting, next); n > 0 {
			if next == nil {
				next = r.begin(r.DB.R, r.seen, under)
			}
			next.try(waiting[:n])
			waiting = waiting[n:]
		}
		switch {
		case under == nil && next != nil:
			under, next = r.send(next), nil
		case under == nil && len(waiting) > 0:
			r.turn(waiting)
			waiting = nil
		case under == nil:
			return
		case len(waiting) > 0: // not to be decided ahead
			under, next = nil, r.finish(under, next, <-under.written)
		default:
			select {
			case j := <-r.queue:
				waiting = append(waiting, j)
			case err := <-under.written:
				under, next = nil, r.finish(under, next, err)
			}
		}
	}
}

// ahead counts the jobs from the front that can be decided before the head is locked: single tasks, where nobody else writes now.
func (r *Realm) ahead(waiting []*job, next *batch) (n int) {
	if r.failed || time.Since(r.shared) < sharedFor {
		return 0
	}
	most := maxJobs
	if next != nil {
		if most -= len(next.jobs); next.failure != nil {
			return 0
		}
	}
	for n < min(len(waiting), most) && waiting[n].task != nil {
		n++
	}
	return n
}

// try decides jobs ahead. What goes wrong is kept: they are decided again in their turn.
func (b *batch) try(jobs []*job) {
	defer func() {
		if fault := recover(); fault != nil {
			b.failure = fmt.Errorf("%w: %v\n%s", errFault, fault, debug.Stack())
		}
	}()
	b.jobs = append(b.jobs, jobs...)
	if err := b.decide(jobs); err != nil {
		b.failure = err
	}
}

// send has a batch written. It gives nil where there is nothing to write: whether that is so is found out under the head's lock, since
// another process may have changed it.
func (r *Realm) send(b *batch) *batch {
	if b.failure == nil && !b.empty() {
		func() {
			defer func() {
				if fault := recover(); fault != nil { // of a room's tables
					b.failure = errFault
				}
			}()
			b.compose()
		}()
	}
	if b.failure != nil || b.empty() {
		b.takeBack()
		r.turn(b.jobs)
		return nil
	}
	b.written = make(chan error, 1)
	go func() { b.written <- r.commit(b) }()
	return b
}

// commit writes a batch that was decided ahead, if the journal still ends where it goes on.
func (r *Realm) commit(b *batch) (err error) {
	tx, err := r.DB.Begin(b.ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v\n%s", errFault, fault, debug.Stack())
		}
	}()
	head, err := journal.LockHead(b.ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if head.Position != b.first-1 {
		return errOvertaken
	}
	if err := b.store(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil && !r.took(b.ctx, b) {
		return err
	}
	return nil
}

// finish answers a batch after the attempt to write it, and gives the next one if what that was decided on stands.
func (r *Realm) finish(b, next *batch, err error) *batch {
	if err == nil {
		b.publish()
		for _, j := range b.jobs {
			close(j.done)
		}
		if next != nil {
			next.base = nil
		}
		return next
	}
	if next != nil {
		next.takeBack()
	}
	b.takeBack()
	if errors.Is(err, errOvertaken) {
		r.shared = time.Now()
		r.turn(b.jobs)
	} else {
		r.refused(len(b.jobs), err)
		r.settle(b.jobs, err)
	}
	if next != nil {
		r.turn(next.jobs)
	}
	return nil
}

// takeBack undoes what deciding did outside the batch.
func (b *batch) takeBack() {
	for id, t := range b.overlay {
		b.r.wakes.set(id, t.woke)
	}
}

// changed finds a dossier that the batch, or the one that is being written, changed.
func (b *batch) changed(id civic.DossierID) (entry, bool) {
	for ; b != nil; b = b.base {
		if t, ok := b.overlay[id]; ok {
			return t.after, true
		}
	}
	return entry{}, false
}
