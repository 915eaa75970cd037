package matter

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"skein/frame/civic"
	"skein/frame/store"
)

// A Roll has of each matter what lists and queues are picked by, in memory: a walk that meets few matters reads no table, and no index
// of them is kept, whose pages each report would write. It follows the journal: whatever changes a matter's rows is committed with an
// act, so before each pick the acts since the last are read, and the rows that they are of. Of private matters Pick says nothing; else
// it decides nothing about who may see what: that is asked of what is read afterwards.
type Roll struct {
	db    *store.DB
	realm civic.Realm

	following sync.Mutex // held by who reads what is new
	begun     atomic.Int64
	done      int64 // the last reading that went well, by its place among those begun

	mu       sync.RWMutex
	loaded   bool
	at       civic.Position
	names    civic.Position // the last act that is of no matter: titles may have changed
	entries  []entry        // by position of the first act
	reported []int32        // of entries, by when they were reported
	docket   docket
	codes    map[string]uint32
	texts    []string // of codes
}

// entry is a matter, in 64 bytes.
type entry struct {
	first, version         civic.Position
	reported, updated, due civic.Instant
	category, lead         uint32
	coordinator, places    uint32 // the code of the text of all places
	status                 uint8  // place in Statuses
	private                bool
}

const behind = 20_000 // acts, after which reading the table anew is cheaper

// Picked is a matter of a list, and the version of what can be shown of it: the same version is the same row, and the same released texts.
type Picked struct {
	ID      civic.DossierID
	First   civic.Position
	Version civic.Position
}

// Pick gives the matters of a page, by when they were reported or by their first act, the newest first. names changes whenever titles may have. ok is
// false where the roll cannot say: for filters by words or numbers. The root is no place to filter by.
func (r *Roll) Pick(ctx context.Context, f Filter, now civic.Instant, byReported bool) (picked []Picked, names civic.Position, ok bool, err error) {
	if f.Words != "" || f.Numbers != nil {
		return nil, 0, false, nil
	}
	if err := r.follow(ctx); err != nil {
		return nil, 0, false, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	passes := r.filter(f, now)
	skip := f.Offset
	for i := len(r.entries) - 1; i >= 0 && len(picked) < f.Limit; i-- {
		e := &r.entries[i]
		if byReported {
			e = &r.entries[r.reported[i]]
			if f.ReportedFrom != 0 && e.reported < f.ReportedFrom {
				break
			}
		}
		if !passes(e) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		picked = append(picked, Picked{ID(e.first), e.first, e.version})
	}
	return picked, r.names, true, nil
}

// filter makes a filter into a question to an entry.
func (r *Roll) filter(f Filter, now civic.Instant) func(*entry) bool {
	var categories []bool // by code; nil for all
	if f.Category != "" || len(f.Categories) > 0 {
		categories = make([]bool, len(r.texts))
		least, beyond := below(f.Category)
		for code, text := range r.texts {
			under := f.Category == "" || text == least || text >= least+"." && text < beyond
			categories[code] = under && (len(f.Categories) == 0 || slices.Contains(f.Categories, civic.Category(text)))
		}
	}
	var places []bool
	if f.Place != "" {
		places = make([]bool, len(r.texts))
		for code, text := range r.texts {
			places[code] = inPlaces(text, f.Place)
		}
	}
	lead, led := r.codes[string(f.Lead)]
	statuses := make([]bool, len(Statuses))
	for i, s := range Statuses {
		statuses[i] = (f.Status == "" || s == f.Status) && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, s)) && (!f.Open && !f.Late || s.Open())
	}
	before, _ := First(f.Before)
	return func(e *entry) bool {
		return !e.private && statuses[e.status] &&
			(categories == nil || categories[e.category]) &&
			(places == nil || places[e.places]) &&
			(f.Lead == "" || led && e.lead == lead) &&
			(!f.Late || e.due != 0 && e.due < now) &&
			(f.ReportedFrom == 0 || e.reported >= f.ReportedFrom) && (f.ReportedUntil == 0 || e.reported < f.ReportedUntil) &&
			(f.UpdatedFrom == 0 || e.updated >= f.UpdatedFrom) && (f.UpdatedUntil == 0 || e.updated < f.UpdatedUntil) &&
			(f.Before == "" || e.first < before)
	}
}

// follow takes in what was committed until now.
func (r *Roll) follow(ctx context.Context) error {
	came := r.begun.Load()
	r.following.Lock()
	defer r.following.Unlock()
	if r.done > came {
		return nil // who was before us began after we came, and has read it
	}
	n := r.begun.Add(1)
	if err := r.read(ctx); err != nil {
		return fmt.Errorf("matter: the roll: %w", err)
	}
	r.done = n
	return nil
}

func (r *Roll) read(ctx context.Context) error {
	if !r.loaded {
		return r.load(ctx)
	}
	touched := map[civic.DossierID]civic.Position{}
	at, names := r.at, r.names
	for from := at; ; {
		const page = 2000
		n, err := r.acts(ctx, from, page, func(position civic.Position, dossier civic.DossierID) {
			at = position
			switch dossier.Kind() {
			case "matter":
				touched[dossier] = position
			case "review", "finding", "numbers": // which change no title
			default:
				names = position
			}
		})
		if err != nil {
			return err
		}
		if from = at; n < page {
			break
		}
		if at-r.at > behind {
			return r.load(ctx)
		}
	}
	if at == r.at {
		return nil
	}
	ids := make([]string, 0, len(touched))
	for id := range touched {
		ids = append(ids, string(id))
	}
	rows, owed := map[civic.DossierID]entryRow{}, map[civic.DossierID][]Owing{}
	if len(ids) > 0 {
		condition := "realm = $1 AND " + r.db.Each("dossier", "$2")
		err := r.rows(ctx, condition, func(row entryRow) { rows[row.id] = row }, string(r.realm), r.db.List(ids))
		if err != nil {
			return err
		}
		err = r.owing(ctx, condition, func(id civic.DossierID, o Owing) { owed[id] = append(owed[id], o) }, string(r.realm), r.db.List(ids))
		if err != nil {
			return err
		}
	}
	slices.Sort(ids) // new ones in their order
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if row, ok := rows[civic.DossierID(id)]; ok {
			r.put(row, touched[row.id])
			r.docket.put(row.id, owed[row.id])
		}
	}
	r.at, r.names = at, names
	return nil
}

func (r *Roll) acts(ctx context.Context, after civic.Position, most int, each func(civic.Position, civic.DossierID)) (n int, err error) {
	rows, err := r.db.R.QueryContext(ctx, "SELECT position, dossier FROM acts WHERE realm = $1 AND position > $2 ORDER BY position LIMIT $3", string(r.realm), int64(after), most)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var position civic.Position
		var dossier civic.DossierID
		if err := rows.Scan(&position, &dossier); err != nil {
			return n, err
		}
		n++
		each(position, dossier)
	}
	return n, rows.Err()
}

// load reads the table whole.
func (r *Roll) load(ctx context.Context) error {
	var at civic.Position
	if err := r.db.R.QueryRowContext(ctx, "SELECT coalesce(max(position), 0) FROM acts WHERE realm = $1", string(r.realm)).Scan(&at); err != nil {
		return err
	}
	fresh := Roll{codes: map[string]uint32{}}
	err := r.rows(ctx, "realm = $1 ORDER BY dossier", func(row entryRow) {
		fresh.entries = append(fresh.entries, fresh.entry(row, at))
	}, string(r.realm))
	if err != nil {
		return err
	}
	owed := map[civic.DossierID][]Owing{}
	err = r.owing(ctx, "realm = $1", func(id civic.DossierID, o Owing) { owed[id] = append(owed[id], o) }, string(r.realm))
	if err != nil {
		return err
	}
	fresh.docket.fill(owed)
	fresh.order()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loaded, r.at, r.names = true, at, at
	r.entries, r.reported, r.docket, r.codes, r.texts = fresh.entries, fresh.reported, fresh.docket, fresh.codes, fresh.texts
	return nil
}

// order sorts by when matters were reported.
func (r *Roll) order() {
	r.reported = make([]int32, len(r.entries), cap(r.entries))
	for i := range r.reported {
		r.reported[i] = int32(i)
	}
	slices.SortFunc(r.reported, func(x, y int32) int { return r.earlier(&r.entries[x], &r.entries[y]) })
}

func (r *Roll) earlier(x, y *entry) int {
	return cmp.Or(cmp.Compare(x.reported, y.reported), cmp.Compare(x.first, y.first))
}

// put takes in a row as it is now.
func (r *Roll) put(row entryRow, version civic.Position) {
	e := r.entry(row, version)
	i, there := slices.BinarySearchFunc(r.entries, e.first, func(e entry, first civic.Position) int { return cmp.Compare(e.first, first) })
	switch {
	case there:
		moved := r.entries[i].reported != e.reported
		r.entries[i] = e
		if moved {
			r.order()
		}
	default: // the newest: what is committed later has later positions
		r.entries = append(r.entries, e)
		at, _ := slices.BinarySearchFunc(r.reported, &e, func(x int32, e *entry) int { return r.earlier(&r.entries[x], e) })
		r.reported = slices.Insert(r.reported, at, int32(i))
	}
}

func (r *Roll) entry(row entryRow, version civic.Position) entry {
	first, _ := First(row.id)
	e := entry{
		first: first, version: version, reported: row.reported, updated: row.updated, due: civic.Instant(row.due.Int64),
		category: r.code(row.category), lead: r.code(row.lead), coordinator: r.code(row.coordinator), places: r.code(row.places),
		status: uint8(slices.Index(Statuses, row.status)), private: row.visibility == Private,
	}
	return e
}

func (r *Roll) code(text string) uint32 {
	code, ok := r.codes[text]
	if !ok {
		code = uint32(len(r.texts))
		r.codes[text], r.texts = code, append(r.texts, text)
	}
	return code
}

// entryRow is what the table says of a matter that an entry has.
type entryRow struct {
	id                civic.DossierID
	category, lead    string
	coordinator       string
	places            string
	status            Status
	visibility        Visibility
	reported, updated civic.Instant
	due               sql.NullInt64
}

func (r *Roll) rows(ctx context.Context, condition string, each func(entryRow), args ...any) error {
	rows, err := r.db.R.QueryContext(ctx, "SELECT dossier, category, lead, coordinator, places, status, visibility, reported, updated, due FROM matters WHERE "+condition, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row entryRow
		if err := rows.Scan(&row.id, &row.category, &row.lead, &row.coordinator, &row.places, &row.status, &row.visibility, &row.reported, &row.updated, &row.due); err != nil {
			return err
		}
		if !slices.Contains(Statuses, row.status) {
			return errors.New("no such status: " + string(row.status))
		}
		each(row)
	}
	return rows.Err()
}
