package clerk

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Finding is something that does not hold.
type Finding struct {
	Where string `json:"where"` // "act 12", "matters matter/0000000a"
	What  string `json:"what"`
}

// mostFindings bounds a report; a broken database breaks in many places.
const mostFindings = 100

// Report is the outcome of a check.
type Report struct {
	Acts     int64     `json:"acts"`
	Dossiers int64     `json:"dossiers"`
	Rows     int64     `json:"rows,omitempty"`
	Logs     int64     `json:"logs,omitempty"`
	Leaves   int64     `json:"leaves,omitempty"`
	Waiting  int64     `json:"waiting,omitempty"`      // acts that are in no log yet
	Spans    int64     `json:"access_spans,omitempty"` // of the record of who read what, that are sealed
	Readings int64     `json:"readings,omitempty"`     // rows of it
	Findings []Finding `json:"findings"`
	More     int       `json:"more,omitempty"` // findings beyond those listed
}

// OK reports whether all holds.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

// Find adds what does not hold.
func (r *Report) Find(where, format string, args ...any) { r.find(where, format, args...) }

// Also takes another check's rows and findings in.
func (r *Report) Also(other *Report, err error) error {
	if err != nil {
		return err
	}
	r.Rows += other.Rows
	r.More += other.More
	for _, f := range other.Findings {
		r.find(f.Where, "%s", f.What)
	}
	return nil
}

func (r *Report) find(where, format string, args ...any) {
	if len(r.Findings) >= mostFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, Finding{where, fmt.Sprintf(format, args...)})
}

// Verify reads the whole journal of a realm and holds that positions and sequence numbers
// are dense, recorded times never decrease, every commitment is the hash of its salt and
// act, every event can be read, every cited policy set is on file, holds the cited policy and
// the realm's own policies that were in force, and the heads say where the journal ends.
func Verify(ctx context.Context, h *House, db *store.DB, realm civic.Realm, progress func(done, all int64)) (*Report, error) {
	report := &Report{Findings: []Finding{}}
	var head journal.Head
	err := db.R.QueryRowContext(ctx, "SELECT position, recorded FROM heads WHERE realm = $1", string(realm)).Scan(&head.Position, &head.Recorded)
	if err != nil {
		return nil, fmt.Errorf("clerk: the head of %s: %w", realm, err)
	}
	var last journal.Head
	seqs := map[civic.DossierID]int64{}
	labels := map[civic.DossierID]string{}
	sets := map[string]string{}
	own := h.ownIn(ctx, db, realm)
	for last.Position < head.Position {
		acts, err := journal.After(ctx, db.R, nil, realm, last.Position, 5000)
		if err != nil {
			return nil, err
		}
		if len(acts) == 0 {
			report.find(fmt.Sprintf("act %d", last.Position+1), "the journal ends here, but its head says %d", head.Position)
			break
		}
		for i := range acts {
			a := &acts[i]
			if a.Position > head.Position {
				break // written since
			}
			where := fmt.Sprintf("act %d", a.Position)
			if a.Position != last.Position+1 {
				report.find(where, "follows act %d", last.Position)
			}
			if a.Recorded < last.Recorded {
				report.find(where, "is recorded before the act before it")
			}
			if a.Seq != seqs[a.Dossier]+1 {
				report.find(where, "is number %d of %s after number %d", a.Seq, a.Dossier, seqs[a.Dossier])
			}
			var err error
			if a.Event, err = h.Registry.Decode(a.Type, a.Version, a.Data); err != nil {
				report.find(where, "%v", err)
			}
			if a.Seq == 1 {
				if label := h.Label(*a); label != string(a.Dossier) {
					labels[a.Dossier] = label
				}
			}
			a.Label = labels[a.Dossier]
			if len(a.Salt) != 32 || !bytes.Equal(a.Commit(), a.Commitment) {
				report.find(where, "its commitment is not that of its text")
			}
			if a.Happened != a.Recorded && !a.Imported && a.Actor != string(civic.Clock) {
				report.find(where, "happened at another time than it was recorded, and is not imported")
			}
			if text, err := policySet(ctx, db, realm, a.Policies, sets); err != nil {
				report.find(where, "cites a policy set that is not on file: %s", a.Policies)
			} else if !strings.Contains(text, `@id("`+a.Power+`")`) {
				report.find(where, "cites the policy %s, which its policy set does not hold", a.Power)
			} else if !own.in(a.Policies, text) {
				report.find(where, "cites a policy set without the realm's own policies that were in force: %s", a.Policies)
			}
			if err := own.learn(*a); err != nil {
				report.find(where, "%v", err)
			}
			seqs[a.Dossier] = a.Seq
			last = journal.Head{Position: a.Position, Recorded: a.Recorded}
			report.Acts++
		}
		if progress != nil {
			progress(report.Acts, int64(head.Position))
		}
	}
	report.Dossiers = int64(len(seqs))
	rows, err := db.R.QueryContext(ctx, "SELECT dossier, seq FROM dossiers WHERE realm = $1", string(realm))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id civic.DossierID
		var seq int64
		if err := rows.Scan(&id, &seq); err != nil {
			return nil, err
		}
		if in, ok := seqs[id]; !ok && seq > 0 || seq < in {
			report.find("dossiers "+string(id), "says %d acts, the journal %d", seq, in)
		}
		delete(seqs, id)
	}
	for id := range seqs {
		report.find("dossiers "+string(id), "has acts but no row")
	}
	return report, rows.Err()
}

func policySet(ctx context.Context, db *store.DB, realm civic.Realm, digest string, known map[string]string) (string, error) {
	if text, ok := known[digest]; ok {
		return text, nil
	}
	_, content, err := journal.Document(ctx, db.R, realm, digest)
	if err != nil {
		return "", err
	}
	if journal.DocumentDigest(content) != digest {
		return "", fmt.Errorf("clerk: document %s has other content than its digest says", digest)
	}
	known[digest] = string(content)
	return known[digest], nil
}

// folded walks the dossiers of a realm in order of name with their states.
func folded(ctx context.Context, h *House, q journal.Querier, realm civic.Realm, each func(id civic.DossierID, state any, seq int64) error) error {
	var now civic.DossierID
	var state any
	var k *Kind
	var seq int64
	flush := func() error {
		if now == "" {
			return nil
		}
		return each(now, state, seq)
	}
	err := journal.Walk(ctx, q, h.Registry, realm, func(a journal.Act) error {
		if a.Dossier != now {
			if err := flush(); err != nil {
				return err
			}
			now, k = a.Dossier, h.Kind(a.Dossier)
			if k == nil {
				return fmt.Errorf("clerk: no room knows the dossier %s", a.Dossier)
			}
			state = k.zero
		}
		state, seq = k.evolve(state, a), a.Seq
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

func (h *House) tables() []*store.Table {
	var out []*store.Table
	for _, room := range h.Rooms {
		for i := range room.Kinds {
			out = append(out, room.Kinds[i].Tables...)
		}
	}
	return out
}

// CheckTables folds the whole journal and holds that the tables are what it leads to, on
// one snapshot, so that it can be done while the realm is served.
func CheckTables(ctx context.Context, h *House, db *store.DB, realm civic.Realm) (*Report, error) {
	report := &Report{Findings: []Finding{}}
	tx, err := db.R.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: db.Snapshot()})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	live := map[*store.Table]map[string]store.Row{}
	for _, t := range append(h.tables(), journal.DossierTable) {
		if live[t], err = readTable(ctx, tx, t, realm); err != nil {
			return nil, err
		}
	}
	match := func(w store.Write) {
		report.Rows++
		key := rowKey(w.Table, w.Row)
		row, ok := live[w.Table][key]
		switch {
		case !ok:
			report.find(w.Table.Name+" "+key, "is missing")
		case !equal(row, w.Row):
			report.find(w.Table.Name+" "+key, "holds %v, not %v", row, w.Row)
		}
		delete(live[w.Table], key)
	}
	err = folded(ctx, h, tx, realm, func(id civic.DossierID, state any, seq int64) error {
		report.Dossiers++
		report.Acts += seq // they are numbered within it
		k := h.Kind(id)
		match(store.Write{Table: journal.DossierTable, Row: dossierRow(realm, id, k, state, seq)})
		for _, w := range k.rows(realm, id, state) {
			match(w)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := checkSums(ctx, h, tx, realm, live, match); err != nil {
		return nil, err
	}
	for t, rest := range live {
		for key := range rest {
			report.find(t.Name+" "+key, "is not what the journal leads to")
		}
	}
	return report, nil
}

// Rebuild throws the tables of a realm away and makes them anew from the journal, in one
// transaction that holds the realm's lock.
func Rebuild(ctx context.Context, h *House, db *store.DB, realm civic.Realm) (*Report, error) {
	report := &Report{Findings: []Finding{}}
	return report, db.Update(ctx, func(tx *store.Tx) error {
		head, err := journal.LockHead(ctx, tx, realm)
		if err != nil {
			return err
		}
		for _, t := range append(h.tables(), journal.DossierTable) {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+t.Name+" WHERE realm = $1", string(realm)); err != nil {
				return err
			}
		}
		var writes []store.Write
		flush := func() error {
			err := tx.WriteAll(ctx, writes)
			writes = writes[:0]
			return err
		}
		err = folded(ctx, h, db.R, realm, func(id civic.DossierID, state any, seq int64) error {
			report.Dossiers++
			report.Acts += seq
			k := h.Kind(id)
			rows := append(k.rows(realm, id, state), store.Write{Table: journal.DossierTable, Row: dossierRow(realm, id, k, state, seq)})
			report.Rows += int64(len(rows))
			writes = append(writes, rows...)
			if len(writes) > 4000 {
				return flush()
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := flush(); err != nil {
			return err
		}
		rows, err := rebuildSums(ctx, h, tx, realm, head.Position)
		report.Rows += rows
		return err
	})
}

func dossierRow(realm civic.Realm, id civic.DossierID, k *Kind, state any, seq int64) store.Row {
	var wake any
	if at := k.wake(state); at != 0 {
		wake = int64(at)
	}
	return store.Row{string(realm), string(id), k.Name, seq, wake}
}

func rowKey(t *store.Table, row store.Row) string {
	var b strings.Builder
	for i, v := range row[1:t.Key] {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, v)
	}
	return b.String()
}

func readTable(ctx context.Context, q journal.Querier, t *store.Table, realm civic.Realm) (map[string]store.Row, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+t.Names()+" FROM "+t.Name+" WHERE realm = $1", string(realm))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]store.Row{}
	for rows.Next() {
		row, err := t.Scan(rows)
		if err != nil {
			return nil, err
		}
		out[rowKey(t, row)] = row
	}
	return out, rows.Err()
}
