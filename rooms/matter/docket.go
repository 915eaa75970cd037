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

// put says what is owed on a matter now.
func (d *docket) put(id civic.DossierID, owed []Owing) {
	for _, o := range d.of[id] {
		if i, ok := slices.BinarySearchFunc(d.queues[o.Body], queued{o.Due, id, o.What}, queued.compare); ok {
			d.queues[o.Body] = slices.Delete(d.queues[o.Body], i, i+1)
		}
	}
	if delete(d.of, id); len(owed) > 0 {
		d.of[id] = owed
	}
	for _, o := range owed {
		q := queued{o.Due, id, o.What}
		i, _ := slices.BinarySearchFunc(d.queues[o.Body], q, queued.compare)
		d.queues[o.Body] = slices.Insert(d.queues[o.Body], i, q)
	}
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
	var late []*entry
	for i := range r.entries {
		if e := &r.entries[i]; e.coordinator == code && e.due != 0 && e.due < now && Statuses[e.status].Open() {
			late = append(late, e)
		}
	}
	slices.SortFunc(late, func(x, y *entry) int { return cmp.Or(cmp.Compare(x.due, y.due), cmp.Compare(x.first, y.first)) })
	late = late[min(max(from, 0), len(late)):]
	more = len(late) > most
	for _, e := range late[:min(most, len(late))] {
		page = append(page, ID(e.first))
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
