package matter

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"skein/frame/civic"
)

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
	var changed []versioned
	for _, id := range ids {
		if row, ok := rows[civic.DossierID(id)]; ok {
			changed = append(changed, versioned{row, touched[row.id]})
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(changed)
	r.docket.put(changed, owed)
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
	r.entries, r.reported, r.clocks, r.docket, r.codes, r.texts = fresh.entries, fresh.reported, fresh.clocks, fresh.docket, fresh.codes, fresh.texts
	return nil
}

func (r *Roll) entry(row entryRow, version civic.Position) entry {
	first, _ := First(row.id)
	return entry{
		first: first, version: version, reported: row.reported, updated: row.updated, due: civic.Instant(row.due.Int64),
		category: r.code(row.category), lead: r.code(row.lead), coordinator: r.code(row.coordinator), places: r.code(row.places),
		status: uint8(slices.Index(Statuses, row.status)), private: row.visibility == Private,
		answered: civic.Instant(row.answered.Int64), place: r.code(row.place),
		lat: int32(row.lat.Int64), lon: int32(row.lon.Int64), placed: row.lat.Valid && row.lon.Valid,
	}
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
	place, places     string
	status            Status
	visibility        Visibility
	reported, updated civic.Instant
	answered, due     sql.NullInt64
	lat, lon          sql.NullInt64
}

func (r *Roll) rows(ctx context.Context, condition string, each func(entryRow), args ...any) error {
	rows, err := r.db.R.QueryContext(ctx, "SELECT dossier, category, lead, coordinator, place, places, status, visibility, reported, updated, answered, due, lat_e6, lon_e6 FROM matters WHERE "+condition, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row entryRow
		if err := rows.Scan(&row.id, &row.category, &row.lead, &row.coordinator, &row.place, &row.places, &row.status, &row.visibility, &row.reported, &row.updated,
			&row.answered, &row.due, &row.lat, &row.lon); err != nil {
			return err
		}
		if !slices.Contains(Statuses, row.status) {
			return errors.New("no such status: " + string(row.status))
		}
		each(row)
	}
	return rows.Err()
}
