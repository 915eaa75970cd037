package clerk

import (
	"context"
	"crypto/rand"
	"fmt"
	"sort"
	"time"

	"skein/frame/civic"
	"skein/frame/courier"
	"skein/frame/journal"
	"skein/frame/power"
	"skein/frame/store"
)

// batch is what one transaction decides, in memory until it is written.
type batch struct {
	r     *Realm
	ctx   context.Context
	q     journal.Querier // reads what neither memory nor base have
	base  *batch          // is being written, and this one goes on from it; nil if none
	began time.Time

	jobs    []*job     // if it is decided ahead
	failure error      // why it cannot go on
	written chan error // by who writes it

	view  *View
	head  journal.Head
	first civic.Position // of the batch

	acts    []journal.Act
	overlay map[civic.DossierID]*touched
	order   []civic.DossierID // of overlay
	writes  []store.Write
	docs    map[string][]byte
	keys    map[string]Receipt // commands that ran before, with their keys
	digests map[string]string
	powers  []*power.Set      // that were in force before the one of view
	erased  []string          // boxes of the vault
	emptied []civic.DossierID // whose boxes they are
	fault   error             // the database failed while something was read

	rows []store.Write // all there is to write, and to delete, once it is composed
	gone []store.Write
}

// touched is a dossier that the batch changed.
type touched struct {
	before, after entry
	woke          civic.Instant // when the clock had business with it before
}

// begin begins a batch behind a head, or behind a batch that is being written.
func (r *Realm) begin(q journal.Querier, head journal.Head, base *batch) *batch {
	b := &batch{
		r: r, ctx: context.Background(), q: q, base: base, began: time.Now(), head: head, view: r.View(),
		overlay: map[civic.DossierID]*touched{}, docs: map[string][]byte{}, keys: map[string]Receipt{}, digests: map[string]string{},
	}
	if base != nil {
		b.head, b.view = base.head, base.view
	}
	b.first = b.head.Position + 1
	return b
}

// decide decides jobs in order. An error is the database's.
func (b *batch) decide(jobs []*job) error {
	b.head.Recorded = max(b.head.Recorded, b.r.clock.Now()) // the clock may be set back; recorded is not
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
	return nil
}

func (b *batch) empty() bool { return len(b.acts) == 0 && len(b.writes) == 0 }

func (b *batch) head0() journal.Head {
	return journal.Head{Position: b.first - 1, Recorded: b.head.Recorded}
}

// load gives the state of a dossier as of now in the batch.
func (b *batch) load(id civic.DossierID) (entry, error) {
	if e, ok := b.changed(id); ok {
		return e, nil
	}
	if e, ok := b.r.states.get(id); ok {
		return e, nil
	}
	e, err := b.r.load(b.ctx, b.q, id)
	if err != nil {
		if _, refused := civic.AsRefusals(err); !refused {
			b.fault = err
		}
		return e, err
	}
	if e.seq > 0 {
		b.r.states.put(id, e)
	}
	return e, nil
}

func (b *batch) seq(id civic.DossierID) (int64, bool) {
	if e, ok := b.changed(id); ok {
		return e.seq, true
	}
	if e, ok := b.r.states.get(id); ok {
		return e.seq, true
	}
	return 0, false
}

// run decides one task and keeps what it leads to.
func (b *batch) run(t *Task, p prepared) (Receipt, error) {
	if t.Key != "" {
		if done, ok := b.keys[t.Key]; ok {
			if b.digests[t.Key] != t.Digest {
				return Receipt{}, civic.Refusals{civic.Refuse(civic.Conflict, "clerk.key_used", "key", t.Key)}
			}
			return b.again(done)
		}
	}
	now := b.head.Recorded
	if t.Imported && t.Happened != 0 {
		now = t.Happened
	}
	if p.overtaken(b.view, b.seq) {
		p = prepare(b.view, t, now, b.load)
	}
	if p.err != nil {
		return Receipt{}, unavailable(p.err)
	}
	if len(p.refusals) > 0 {
		return Receipt{}, p.refusals
	}
	if t.Seq != 0 {
		if now, _ := b.seq(t.Dossier); now != t.Seq {
			return Receipt{}, civic.Refusals{civic.Refuse(civic.Conflict, "clerk.moved_on")}
		}
	}
	if t.Box != "" && p.kind.box(p.state) != t.Box {
		return Receipt{}, civic.Refusals{civic.Refuse(civic.Conflict, "clerk.moved_on")}
	}
	var receipt Receipt
	err := guard(b.r, t.Command.Name(), func() error {
		m := Moment{Now: now, Recorded: b.head.Recorded, Position: b.head.Position + 1}
		drafts, refusals := p.kind.decide(p.state, t.Command, p.facts, m)
		if len(refusals) > 0 {
			return refusals
		}
		var err error
		receipt, err = b.append(t, p, now, drafts)
		return err
	})
	return receipt, err
}

// append gives drafts their place. Nothing of the batch changes unless all of them fold.
func (b *batch) append(t *Task, p prepared, now civic.Instant, drafts []journal.Draft) (Receipt, error) {
	own := t.Dossier
	if own == "" {
		own = p.kind.id(t.Command, b.head.Position+1)
	}
	r := Receipt{Dossier: own, State: p.state}
	if len(drafts) == 0 {
		return r, nil
	}
	changed := make(map[civic.DossierID]entry, 1)
	befores := make(map[civic.DossierID]entry, 1)
	current := func(id civic.DossierID) (entry, error) {
		if e, ok := changed[id]; ok {
			return e, nil
		}
		return b.load(id)
	}
	acts := make([]journal.Act, len(drafts))
	salts := make([]byte, 32*len(drafts))
	if _, err := rand.Read(salts); err != nil {
		return r, err
	}
	var writes []store.Write
	var erased []string
	var emptied []civic.DossierID
	notes := 0
	for i, d := range drafts {
		a := &acts[i]
		a.Realm, a.Position, a.Dossier = b.r.ID, b.head.Position+civic.Position(i)+1, d.Dossier
		if a.Dossier == "" {
			a.Dossier = own
		}
		k := b.r.House.Kind(a.Dossier)
		if k == nil {
			return r, fmt.Errorf("clerk: a decision of %s drafts an act on %s, which no room has", t.Command.Name(), a.Dossier)
		}
		e := entry{state: k.zero}
		if i > 0 || t.Dossier != "" || a.Dossier != own {
			var err error
			if e, err = current(a.Dossier); err != nil {
				return r, err
			}
		}
		if _, seen := befores[a.Dossier]; !seen {
			befores[a.Dossier] = e
		}
		a.Seq, a.Type, a.Version, a.Event = e.seq+1, d.Event.Type(), d.Event.Version(), d.Event
		a.Actor, a.Power, a.Policies = t.Actor.String(), p.policy, b.view.Powers.Digest
		if d.Actor != nil {
			if b.view.Powers.Policy(d.Power) == nil {
				return r, fmt.Errorf("clerk: %s cites the power %q, which is no policy", d.Event.Type(), d.Power)
			}
			a.Actor, a.Power = d.Actor.String(), d.Power
		}
		a.Happened, a.Recorded, a.Cause = now, b.head.Recorded, t.Cause
		if d.Happened != 0 {
			a.Happened = d.Happened
		}
		a.Imported, a.Inferred, a.Private = t.Imported, t.Inferred || d.Inferred, d.Private
		var err error
		if a.Data, err = journal.Encode(d.Event); err != nil {
			return r, err
		}
		a.Salt = salts[32*i : 32*i+32]
		if len(d.Erases) > 0 {
			erased, emptied = append(erased, d.Erases...), append(emptied, a.Dossier)
		}
		next := entry{state: k.evolve(e.state, *a), seq: a.Seq}
		if k.label != nil {
			a.Label = k.label(next.state)
		}
		a.Commitment = a.Commit()
		changed[a.Dossier] = next
		for _, n := range k.notes(b.view, a.Dossier, e.state, next.state, *a) {
			row, err := courier.Row(b.r.ID, a.Position, notes, n)
			if err != nil {
				return r, err
			}
			writes = append(writes, store.Write{Table: courier.OutboxTable, Row: row})
			notes++
		}
	}
	view, err := b.view.learn(acts, b.r.documentIn(b.ctx, b.q, b.documents(t)))
	if err != nil {
		return r, err
	}
	r.First, r.Last, r.Acts = acts[0].Position, acts[len(acts)-1].Position, acts
	r.State = changed[own].state
	if r.State == nil {
		r.State = p.state
	}
	if t.Key != "" {
		writes = append(writes, store.Write{Table: journal.CommandTable, Row: store.Row{
			string(b.r.ID), t.Key, t.Digest, string(own), int64(r.First), int64(r.Last), int64(b.head.Recorded),
		}})
		b.keys[t.Key], b.digests[t.Key] = r, t.Digest
	}
	if t.Tied != nil {
		writes = append(writes, t.Tied(own)...)
	}
	// From here on nothing fails.
	if view.Powers != b.view.Powers {
		b.powers = append(b.powers, b.view.Powers)
	}
	b.view = view
	b.head.Position = r.Last
	b.acts = append(b.acts, acts...)
	b.writes = append(append(b.writes, t.Writes...), writes...)
	b.erased, b.emptied = append(b.erased, erased...), append(b.emptied, emptied...)
	for digest, content := range t.Documents {
		b.docs[digest] = content
	}
	for id, after := range changed {
		if seen, ok := b.overlay[id]; ok {
			seen.after = after
		} else {
			b.overlay[id] = &touched{befores[id], after, b.r.wakes.at[id]}
			b.order = append(b.order, id)
		}
		b.r.wakes.set(id, b.r.House.Kind(id).wake(after.state))
	}
	return r, nil
}

// documents are those that the journal will have with this task and has not yet.
func (b *batch) documents(t *Task) map[string][]byte {
	docs := merged(b.docs, t.Documents)
	if b.base != nil {
		docs = merged(b.base.docs, docs)
	}
	return docs
}

func merged(a, b map[string][]byte) map[string][]byte {
	if len(b) == 0 {
		return a
	}
	out := make(map[string][]byte, len(a)+len(b))
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		out[k] = v
	}
	return out
}

// again gives the receipt of a task that ran before under its key.
func (b *batch) again(done Receipt) (Receipt, error) {
	if done.Acts == nil {
		acts, err := journal.After(b.ctx, b.q, b.r.House.Registry, b.r.ID, done.First-1, int(done.Last-done.First)+1)
		if err != nil {
			b.fault = err
			return Receipt{}, err
		}
		done.Acts = acts
	}
	e, err := b.load(done.Dossier)
	if err != nil {
		return Receipt{}, err
	}
	done.State, done.Again = e.state, true
	return done, nil
}

// readKeys finds which of the waiting tasks ran before.
func (b *batch) readKeys(jobs []*job) error {
	var keys []string
	for _, j := range jobs {
		if j.task != nil && j.task.Key != "" {
			keys = append(keys, j.task.Key)
		}
		for _, t := range j.many {
			if t.Key != "" {
				keys = append(keys, t.Key)
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	if b.base != nil {
		for _, key := range keys {
			if r, ok := b.base.keys[key]; ok {
				b.keys[key], b.digests[key] = r, b.base.digests[key]
			}
		}
	}
	rows, err := b.q.QueryContext(b.ctx, "SELECT key, digest, dossier, first, last FROM commands WHERE realm = $1 AND "+
		b.r.DB.Each("key", "$2"), string(b.r.ID), b.r.DB.List(keys))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, digest string
		var r Receipt
		if err := rows.Scan(&key, &digest, &r.Dossier, &r.First, &r.Last); err != nil {
			return err
		}
		if _, ok := b.keys[key]; !ok { // what ran in this batch, or the one before, is known better
			b.keys[key], b.digests[key] = r, digest
		}
	}
	return rows.Err()
}

// runMany decides tasks in order, with the clock's own acts between them if asked.
func (b *batch) runMany(j *job) []Result {
	out := make([]Result, len(j.many))
	for i := range j.many {
		t := &j.many[i]
		if j.tick && t.Happened != 0 {
			for b.round(t.Happened-1, t.Imported, 1<<30) {
			}
		}
		if t.Begun != nil {
			*t.Begun = "" // the batch may have been tried before
		}
		if t.On != nil {
			if t.Dossier = *t.On; t.Dossier == "" {
				out[i].Err = civic.Refusals{civic.Refuse(civic.Conflict, "clerk.not_begun", "command", t.Command.Name())}
				continue
			}
		}
		out[i].Receipt, out[i].Err = b.run(t, prepared{})
		if b.fault != nil {
			return out
		}
		if t.Begun != nil && out[i].Err == nil {
			*t.Begun = out[i].Receipt.Dossier
		}
	}
	return out
}

// round lets the clock act on what is due by an instant, the earliest first, and
// reports whether there is more.
func (b *batch) round(until civic.Instant, imported bool, limit int) bool {
	if !imported { // the moment of its acts: the clock may have been set back since it asked
		until = min(until, b.head.Recorded)
	}
	for n := 0; ; n++ {
		id, at := b.r.wakes.next()
		if id == "" || at > until {
			return false
		}
		if n >= limit {
			return true
		}
		k := b.r.House.Kind(id)
		t := &Task{Command: k.tick(), Dossier: id, Actor: civic.Actor{Kind: civic.Clock}, Imported: imported}
		if imported {
			t.Happened = at
		}
		_, err := b.run(t, prepared{})
		if b.fault != nil {
			return false
		}
		if next := b.r.wakes.at[id]; err == nil && next == at {
			err = errStuck
		}
		if err != nil {
			b.r.Log.Error("the clock could not act", "dossier", id, "at", at.Time(), "err", err)
			b.r.wakes.set(id, 0) // it comes back when the dossier next changes or the realm is opened
		}
	}
}

func sortByPosition(acts []journal.Act) {
	sort.Slice(acts, func(i, j int) bool { return acts[i].Position < acts[j].Position })
}
