package clerk

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// compose makes the rows of the batch.
func (b *batch) compose() {
	b.rows = make([]store.Write, 0, len(b.acts)+8*len(b.order)+len(b.writes))
	for i := range b.acts {
		b.rows = append(b.rows, store.Write{Table: journal.ActTable, Row: b.acts[i].Row()})
	}
	b.filePolicies()
	var puts []store.Write
	slices.Sort(b.order)
	for _, id := range b.order {
		t := b.overlay[id]
		k := b.r.House.Kind(id)
		b.rows = append(b.rows, store.Write{Table: journal.DossierTable, Row: dossierRow(b.r.ID, id, k, t.after.state, t.after.seq)})
		after := k.rows(b.r.ID, id, t.after.state)
		if t.before.seq == 0 {
			puts = append(puts, after...)
			continue
		}
		put, gone := difference(k.rows(b.r.ID, id, t.before.state), after)
		puts, b.gone = append(puts, put...), append(b.gone, gone...)
	}
	b.rows = append(append(b.rows, puts...), latest(b.writes)...)
}

// store writes what was composed, one statement a table.
func (b *batch) store(tx *store.Tx) error {
	if err := tx.Change(b.ctx, b.gone, b.rows); err != nil {
		return err
	}
	if err := b.erase(tx); err != nil {
		return err
	}
	return journal.SetHead(b.ctx, tx, b.r.ID, b.head)
}

// erase comes after all rows are written: what the batch itself sealed into these boxes goes too.
func (b *batch) erase(tx *store.Tx) error {
	if len(b.erased) == 0 {
		return nil
	}
	if b.r.House.Boxes == nil {
		return errNoBoxes
	}
	if err := b.r.House.Boxes.Erase(b.ctx, tx, b.r.ID, b.erased, b.head.Recorded); err != nil {
		return err
	}
	byKind := map[*Kind][]civic.DossierID{}
	for _, id := range b.emptied {
		if k := b.r.House.Kind(id); k.erased != nil {
			byKind[k] = append(byKind[k], id)
		}
	}
	for k, ids := range byKind {
		if err := k.erased(b.ctx, tx, b.r.ID, ids); err != nil {
			return err
		}
	}
	return nil
}

var errNoBoxes = errors.New("clerk: a decision erases boxes of the vault, and the house has no vault")

// latest leaves out rows that a later one of the batch replaces: one statement cannot write
// over a row twice.
func latest(writes []store.Write) []store.Write {
	type key struct {
		table *store.Table
		row   string
	}
	last := map[key]int{}
	for i, w := range writes {
		if w.Table.Replace {
			last[key{w.Table, rowKey(w.Table, w.Row)}] = i
		}
	}
	if len(last) == 0 {
		return writes
	}
	out := make([]store.Write, 0, len(writes))
	for i, w := range writes {
		if !w.Table.Replace || last[key{w.Table, rowKey(w.Table, w.Row)}] == i {
			out = append(out, w)
		}
	}
	return out
}

// publish makes what was committed visible to this process.
func (b *batch) publish() {
	for id, t := range b.overlay {
		b.r.states.put(id, t.after)
	}
	b.r.view.Store(b.view)
	b.r.filed = b.view.Powers.Digest
	b.r.seen = b.head
	b.r.recent.Add(b.acts)
	b.r.news.tell(b.acts)
	b.r.stats.batch(len(b.acts), time.Since(b.began))
}

// difference says which rows to put and which to delete to come from before to after.
func difference(before, after []store.Write) (put, gone []store.Write) {
	same := func(a, b store.Write) bool {
		return a.Table == b.Table && equal(a.Row[:a.Table.Key], b.Row[:b.Table.Key])
	}
	for _, w := range after {
		i := slices.IndexFunc(before, func(o store.Write) bool { return same(o, w) })
		if i < 0 || !equal(before[i].Row, w.Row) {
			put = append(put, w)
		}
	}
	for _, w := range before {
		if !slices.ContainsFunc(after, func(o store.Write) bool { return same(o, w) }) {
			gone = append(gone, w)
		}
	}
	return put, gone
}

func equal(a, b store.Row) bool {
	return slices.EqualFunc(a, b, func(x, y any) bool {
		if p, ok := x.([]byte); ok {
			q, ok := y.([]byte)
			return ok && bytes.Equal(p, q)
		}
		return x == y
	})
}
