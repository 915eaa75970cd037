package matter

import (
	"cmp"
	"context"
	"slices"

	"skein/frame/civic"
)

// A docket has what every body owes, what runs out first before what runs out later.
type docket struct {
	queues map[civic.BodyID][]queued
	of     map[civic.DossierID][]Owing // where in the queues a matter is
}

type queued struct {
	due  civic.Instant
	id   civic.DossierID
	what string
}

func (q queued) compare(o queued) int {
	return cmp.Or(cmp.Compare(q.due, o.due), cmp.Compare(q.id, o.id), cmp.Compare(q.what, o.what))
}

func (d *docket) fill(owed map[civic.DossierID][]Owing) {
	d.queues, d.of = map[civic.BodyID][]queued{}, owed
	for id, of := range owed {
		for _, o := range of {
			d.queues[o.Body] = append(d.queues[o.Body], queued{o.Due, id, o.What})
		}
	}
	for _, q := range d.queues {
		slices.SortFunc(q, queued.compare)
	}
}

// put says what is owed on matters now. Many are merged in one pass for each body.
func (d *docket) put(changed []versioned, owed map[civic.DossierID][]Owing) {
	gone, come := map[civic.BodyID][]queued{}, map[civic.BodyID][]queued{}
	for _, row := range changed {
		for _, o := range d.of[row.id] {
			gone[o.Body] = append(gone[o.Body], queued{o.Due, row.id, o.What})
		}
		delete(d.of, row.id)
		if now := owed[row.id]; len(now) > 0 {
			d.of[row.id] = now
			for _, o := range now {
				come[o.Body] = append(come[o.Body], queued{o.Due, row.id, o.What})
			}
		}
	}
	for body, all := range gone {
		d.queues[body] = less(d.queues[body], all)
	}
	for body, all := range come {
		if len(all) > few {
			d.queues[body] = merged(d.queues[body], all, queued.compare)
			continue
		}
		for _, q := range all {
			i, _ := slices.BinarySearchFunc(d.queues[body], q, queued.compare)
			d.queues[body] = slices.Insert(d.queues[body], i, q)
		}
	}
}

// less is a queue without some that stand in it.
func less(queue, gone []queued) []queued {
	if len(gone) > few {
		out := make(map[queued]bool, len(gone))
		for _, q := range gone {
			out[q] = true
		}
		return slices.DeleteFunc(queue, func(q queued) bool { return out[q] })
	}
	for _, q := range gone {
		if i, ok := slices.BinarySearchFunc(queue, q, queued.compare); ok {
			queue = slices.Delete(queue, i, i+1)
		}
	}
	return queue
}

// Owed is a page of what a body owes; more says that there is a page after it.
func (r *Roll) Owed(ctx context.Context, q Queue) (page []queued, more bool, err error) {
	if err := r.follow(ctx); err != nil {
		return nil, false, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	skip := max(q.From, 0)
	for _, o := range r.docket.queues[q.Body] {
		if len(q.What) > 0 && !slices.Contains(q.What, o.what) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if len(page) == q.Most {
			return page, true, nil
		}
		page = append(page, o)
	}
	return page, false, nil
}

// PastDue are the open matters that a coordinating body rules on and that were due before now, the longest overdue first; more says
// that there are others after them.
func (r *Roll) PastDue(ctx context.Context, coordinator civic.BodyID, now civic.Instant, from, most int) (page []civic.DossierID, more bool, err error) {
	if err := r.follow(ctx); err != nil {
		return nil, false, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	code, known := r.codes[string(coordinator)]
	if !known {
		return nil, false, nil
	}
	open := r.clocks[code]
	late, _ := slices.BinarySearchFunc(open, now, func(i int32, now civic.Instant) int {
		return cmp.Compare(r.entries[i].due, now)
	})
	open = open[min(max(from, 0), late):late]
	more = len(open) > most
	for _, i := range open[:min(most, len(open))] {
		page = append(page, ID(r.entries[i].first))
	}
	return page, more, nil
}

// owing reads what is owed by a condition.
func (r *Roll) owing(ctx context.Context, condition string, each func(civic.DossierID, Owing), args ...any) error {
	rows, err := r.db.R.QueryContext(ctx, "SELECT dossier, body, what, due FROM matter_owed WHERE "+condition, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id civic.DossierID
		var o Owing
		if err := rows.Scan(&id, &o.Body, &o.What, &o.Due); err != nil {
			return err
		}
		each(id, o)
	}
	return rows.Err()
}
