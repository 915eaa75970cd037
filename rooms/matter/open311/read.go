package open311

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/store"
	"skein/rooms/matter"
)

// row is a public matter; what of it is not asked for here stays empty.
type row = matter.Row

// filter narrows a list of requests.
type filter struct {
	ids                []string // of matters; not nil: nothing else counts
	codes              []string
	open, closed       bool // both or neither: every status
	requested, updated span
	limit, offset      int
}

// only asks for the matters of public numbers as people write them; what is no number names nothing.
func (a *API) only(ids []string, f filter) filter {
	f.ids = make([]string, 0, len(ids))
	numbers := a.Matters.Ports.Numbers(a.Site.Realm.ID)
	for _, id := range ids {
		if n, err := matter.ParseNumber(id); err == nil {
			if first, ok := numbers.Position(n); ok {
				f.ids = append(f.ids, string(matter.ID(first)))
			}
		}
	}
	return f
}

// statuses reads the parameter status.
func (f *filter) statuses(list []string, refusals *civic.Refusals) {
	for _, s := range list {
		switch strings.ToLower(s) {
		case "open":
			f.open = true
		case "closed":
			f.closed = true
		default:
			*refusals = append(*refusals, civic.Refuse(civic.Malformed, "open311.status", "value", clip(s)).In("status"))
		}
	}
}

const columns = "m.dossier, m.number, m.category, m.place, m.lat_e6, m.lon_e6, m.status, m.ending, m.outcome, m.lead, m.box, " +
	"m.reported, m.updated, m.due, m.answered, m.ended, m.handovers, m.imported"

const openStatuses = "('received', 'assigned', 'objected', 'working', 'paused')"

// matters is the filter as the matter room has it; false where it asks for matters by name.
func (f filter) matters() (matter.Filter, bool) {
	out := matter.Filter{Offset: f.offset, Limit: f.limit}
	for _, code := range f.codes {
		out.Categories = append(out.Categories, civic.Category(code))
	}
	for _, s := range matter.Statuses {
		if f.open != f.closed && s.Open() == f.open {
			out.Statuses = append(out.Statuses, s)
		}
	}
	bound := func(s span, from, until *civic.Instant) {
		if s.from != nil {
			*from = *s.from
		}
		if s.until != nil {
			*until = *s.until
		}
	}
	bound(f.requested, &out.ReportedFrom, &out.ReportedUntil)
	bound(f.updated, &out.UpdatedFrom, &out.UpdatedUntil)
	return out, f.ids == nil
}

// find reads public matters, the newest first.
func (a *API) find(ctx context.Context, f filter) ([]row, error) {
	db := a.Site.Realm.DB
	if f.ids != nil && len(f.ids) == 0 {
		return nil, nil
	}
	query, args := f.query(db, a.Site.Realm.ID)
	rows, err := db.R.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	found, err := scan(rows)
	if err != nil {
		return nil, err
	}
	// A join owes no order; sorting here spares the engine a sorter of a thousand wide rows.
	slices.SortFunc(found, func(x, y row) int {
		return cmp.Or(cmp.Compare(y.Reported, x.Reported), strings.Compare(string(y.ID), string(x.ID)))
	})
	return found, nil
}

// query is the SQL of a page, for requests by number; others are picked from memory (items), and come here only where matters turn private meanwhile.
func (f filter) query(db *store.DB, realm civic.Realm) (string, []any) {
	args := []any{string(realm)}
	bind := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	where := []string{"realm = $1", "visibility <> 'private'"}
	if f.ids != nil {
		where = append(where, db.Each("dossier", bind(db.List(f.ids))))
	}
	if len(f.codes) == 1 {
		where = append(where, "category = "+bind(f.codes[0]))
	} else if len(f.codes) > 1 {
		where = append(where, db.Each("category", bind(db.List(f.codes))))
	}
	if f.open && !f.closed {
		where = append(where, "status IN "+openStatuses)
	}
	if f.closed && !f.open {
		where = append(where, "status NOT IN "+openStatuses)
	}
	within := func(column string, s span) {
		if s.from != nil {
			where = append(where, column+" >= "+bind(int64(*s.from)))
		}
		if s.until != nil {
			where = append(where, column+" < "+bind(int64(*s.until)))
		}
	}
	within("reported", f.requested)
	within("updated", f.updated)
	page := fmt.Sprintf("LIMIT %s OFFSET %s", bind(f.limit), bind(f.offset))
	condition := strings.Join(where, " AND ")
	return fmt.Sprintf("SELECT %s FROM matters m WHERE %s ORDER BY reported DESC, dossier DESC %s", columns, condition, page), args
}

func scan(rows *sql.Rows) ([]row, error) {
	defer rows.Close()
	var out []row
	for rows.Next() {
		var r row
		var lat, lon, due, answered, ended sql.NullInt64
		if err := rows.Scan(&r.ID, &r.Number, &r.Category, &r.Place, &lat, &lon, &r.Status, &r.Ending, &r.Outcome, &r.Lead, &r.Box,
			&r.Reported, &r.Updated, &due, &answered, &ended, &r.HandOvers, &r.Imported); err != nil {
			return nil, err
		}
		if lat.Valid && lon.Valid {
			r.Point = &matter.Point{Lat: lat.Int64, Lon: lon.Int64}
		}
		r.Due, r.Answered, r.Ended = civic.Instant(due.Int64), civic.Instant(answered.Int64), civic.Instant(ended.Int64)
		out = append(out, r)
	}
	return out, rows.Err()
}
