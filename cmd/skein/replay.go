package main

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"iter"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/matter/records"
	"skein/rooms/place"
)

// history is what somebody's records tell of one matter.
type history struct {
	line   int    // of the file
	name   string // its id there, for people
	report matter.Report
	writes []store.Write // what the report seals in the vault
	at     civic.Instant // when it was reported
	// lead is who held it by the records; "" where they do not say.
	lead    civic.BodyID
	closed  civic.Instant // 0 while it is open
	outcome matter.Outcome
	// key makes each step run once, also when an import is begun again; "" for none.
	key, digest string
	row         *records.Row // where it was read, if it was read from an export
}

// origin is what must be known of a step's history when it is refused.
type origin struct {
	line int
	name string
	row  *records.Row // of the report alone
}

// replay takes histories through the real commands, in order of time over all matters,
// with the clock's own acts between them. What a source does not have is inferred: that the
// matter was taken up when it was reported, that it changed hands where the body of the
// records is another than the list's, and the reporter's word.
//
// It holds one batch and the matters that are open at the time, about 100 bytes each; the
// histories come in order of their reports (see sortedByTime for those that do not).
type replay struct {
	realm *clerk.Realm
	law   string // cited by the rulings that it infers
	// until is where the records end: closings from then on are not told. 0 tells all.
	until civic.Instant
	// refused is told why a step was refused; without it the replay ends there.
	refused func(o origin, step string, err error) error
	// told is told of each report that was taken through; again is that an earlier run did.
	told func(again bool)
}

// batch is tasks in order, and where each comes from.
type batch struct {
	tasks []clerk.Task
	of    []origin
	err   error
}

const replayBatch = 2000

// closing is a matter that waits for its end.
type closing struct {
	h       *history
	dossier *civic.DossierID
	order   int
}

type closings []closing

func (c closings) Len() int { return len(c) }
func (c closings) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(c[i].h.closed, c[j].h.closed), c[i].order-c[j].order) < 0
}
func (c closings) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *closings) Push(x any)   { *c = append(*c, x.(closing)) }
func (c *closings) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

// run replays. Histories are made ready in one goroutine while the batch before is written.
func (r *replay) run(ctx context.Context, histories iter.Seq2[*history, error]) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready := make(chan batch, 1)
	go func() {
		defer close(ready)
		r.lay(ctx, histories, ready)
	}()
	for b := range ready {
		if b.err != nil {
			return b.err
		}
		for i, result := range r.realm.DoAll(ctx, b.tasks, true) {
			t := &b.tasks[i]
			switch step := t.Command.Name(); {
			case result.Err == nil:
				if t.Begun != nil && r.told != nil {
					r.told(result.Receipt.Again)
				}
			case notBegun(result.Err) && t.On != nil: // its report was refused, and told of
			case r.refused == nil || !isRefusal(result.Err):
				return fmt.Errorf("row %d (%s), %s: %w", b.of[i].line, b.of[i].name, step, result.Err)
			default:
				if err := r.refused(b.of[i], step, result.Err); err != nil {
					return err
				}
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func notBegun(err error) bool {
	rs, _ := civic.AsRefusals(err)
	return len(rs) > 0 && rs[0].Key == "clerk.not_begun"
}

// isRefusal reports whether an error is about what was asked, not about the database.
func isRefusal(err error) bool {
	rs, refused := civic.AsRefusals(err)
	return refused && rs.Kind() != civic.Unavailable
}

// lay puts the steps of all histories in order of time.
func (r *replay) lay(ctx context.Context, histories iter.Seq2[*history, error], ready chan<- batch) {
	var b batch
	send := func() bool {
		if len(b.tasks) == 0 && b.err == nil {
			return true
		}
		select {
		case ready <- b:
		case <-ctx.Done():
			return false
		}
		b = batch{}
		return true
	}
	step := func(h *history, at civic.Instant, inferred bool, on, begun *civic.DossierID, c matter.Command) {
		t := clerk.Task{
			Command: c, Actor: importer, Imported: true, Inferred: inferred, Happened: at, On: on, Begun: begun,
		}
		from := origin{line: h.line, name: h.name}
		if begun != nil {
			t.Writes, from.row = h.writes, h.row
		}
		if h.key != "" {
			t.Key, t.Digest = h.key+" "+c.Name(), h.digest
		}
		b.tasks, b.of = append(b.tasks, t), append(b.of, from)
	}
	var open closings
	end := func(c closing) {
		step(c.h, c.h.closed, false, c.dossier, nil, matter.Answer{Outcome: c.h.outcome})
		step(c.h, c.h.closed, true, c.dossier, nil, matter.Confirm{Solved: true})
	}
	v := r.realm.View()
	list := duties{duty.CatalogIn(v), place.CatalogIn(v)}
	last, order := civic.Instant(0), 0
	for h, err := range histories {
		if err == nil && h.at < last {
			err = fmt.Errorf("row %d comes before the row that was told before it", h.line)
		}
		if err != nil {
			b.err = err
			send()
			return
		}
		last, order = h.at, order+1
		for len(open) > 0 && open[0].h.closed <= h.at {
			end(heap.Pop(&open).(closing))
		}
		dossier := new(civic.DossierID)
		step(h, h.at, false, nil, dossier, h.report)
		named := list.Resolve(matter.Question{Category: h.report.Category, Places: h.report.Places, At: h.at})
		if h.lead != "" && h.lead != named.Lead && named.Found == matter.FoundOne {
			step(h, h.at, true, dossier, nil, matter.Object{Ground: matter.GroundAnotherBody, Proposed: h.lead})
			step(h, h.at, true, dossier, nil, matter.Rule{Lead: h.lead, Law: r.law})
		}
		step(h, h.at, true, dossier, nil, matter.Accept{})
		if h.closed != 0 && (r.until == 0 || h.closed < r.until) {
			h.closed = max(h.closed, h.at)
			h.report, h.writes, h.row = matter.Report{}, nil, nil // the batch has them; the wait is long
			heap.Push(&open, closing{h, dossier, order})
		}
		if len(b.tasks) >= replayBatch && !send() {
			return
		}
	}
	for len(open) > 0 {
		end(heap.Pop(&open).(closing))
		if len(b.tasks) >= replayBatch && !send() {
			return
		}
	}
	send()
}
