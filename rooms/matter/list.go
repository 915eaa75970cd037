package matter

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/search"
)

// Row is a matter as a list shows it; it is never private.
type Row struct {
	ID         civic.DossierID
	Number     Number
	Kind       Kind
	Category   civic.Category
	Place      civic.PlaceID
	Point      *Point
	Visibility Visibility
	Status     Status
	Ending     Ending
	Outcome    Outcome
	Lead       civic.BodyID
	Box        string
	Reported   civic.Instant
	Updated    civic.Instant
	Due        civic.Instant
	Answered   civic.Instant
	Ended      civic.Instant
	HandOvers  int
	Imported   bool
}

// Filter narrows a list; zero fields do not.
type Filter struct {
	Category civic.Category // and all below
	Place    civic.PlaceID
	Lead     civic.BodyID
	Status   Status
	Open     bool
	Late     bool
	Numbers  []Number
	// Reported and Updated bound, From inclusive, Until exclusive.
	ReportedFrom, ReportedUntil civic.Instant
	UpdatedFrom, UpdatedUntil   civic.Instant
	Categories                  []civic.Category // any of these, exactly
	Places                      []civic.PlaceID  // any of these; from memory only
	Statuses                    []Status
	// Words finds matters that have them all, the best first, paged by Offset; Numbers, Categories and Places do not go with it.
	Words string
	// within bounds where they are; from memory only.
	within *area
	// firsts are those of Numbers; from memory only.
	firsts []civic.Position
	// Before pages: only matters older than this one.
	Before civic.DossierID
	Offset int
	Limit  int
}

// mostFound bounds how many matters words find: as many as are ranked, by their texts and by their titles.
const mostFound = 2 * search.MostRanked

const rowColumns = "m.dossier, m.number, m.kind, m.category, m.place, m.lat_e6, m.lon_e6, m.visibility, m.status, m.ending, m.outcome, " +
	"m.lead, m.box, m.reported, m.updated, m.due, m.answered, m.ended, m.handovers, m.imported"

// Pick gives the matters of a page from memory; see Roll.Pick.
func (a *API) Pick(ctx context.Context, f Filter, byReported bool) (picked []Picked, names civic.Position, ok bool, err error) {
	if f.Place != "" && f.Place == a.root() {
		f.Place = ""
	}
	if f.Numbers != nil {
		f.firsts = []civic.Position{}
		numbers := a.Ports.Numbers(a.Site.Realm.ID)
		for _, n := range f.Numbers {
			if first, ok := numbers.Position(n); ok {
				f.firsts = append(f.firsts, first)
			}
		}
	}
	return a.enrolledRoll().Pick(ctx, f, a.Site.Realm.Now(), byReported)
}

// area is a stretch of the map, its rim included.
type area struct{ south, north, west, east int32 }

var likeEscaper = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func (a *API) enrolledRoll() *Roll {
	a.enrolled.Do(func() { a.roll.db, a.roll.realm = a.Site.Realm.DB, a.Site.Realm.ID })
	return &a.roll
}

// List reads public and blurred matters, newest first.
func (a *API) List(ctx context.Context, f Filter) ([]Row, error) {
	if f.Words != "" {
		return a.worded(ctx, f)
	}
	for range 3 { // one that turned private in between is left out the next time
		picked, _, ok, err := a.Pick(ctx, f, false)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		rows, err := a.read(ctx, picked)
		if err != nil || len(rows) == len(picked) {
			slices.SortFunc(rows, func(x, y Row) int { return strings.Compare(string(y.ID), string(x.ID)) })
			return rows, err
		}
	}
	return a.walk(ctx, f)
}

// Walk shows every matter that is not private, from memory; see Roll.Walk.
func (a *API) Walk(ctx context.Context, each func(Glance)) error {
	return a.enrolledRoll().Walk(ctx, each)
}

// rows reads matters by a condition.
func (a *API) rows(ctx context.Context, condition string, args ...any) ([]Row, error) {
	rows, err := a.Site.Realm.DB.R.QueryContext(ctx, "SELECT "+rowColumns+" FROM matters m WHERE "+condition, args...)
	if err != nil {
		return nil, err
	}
	return scanRows(rows)
}

// walk reads them from the table, where matters turn private as they are picked.
func (a *API) walk(ctx context.Context, f Filter) ([]Row, error) {
	db := a.Site.Realm.DB
	var where strings.Builder
	args := []any{string(a.Site.Realm.ID)}
	add := func(format string, values ...any) {
		holes := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			holes[i] = fmt.Sprintf("$%d", len(args))
		}
		fmt.Fprintf(&where, " AND "+format, holes...)
	}
	where.WriteString("m.realm = $1 AND m.visibility <> 'private'")
	if f.Place != "" && f.Place != a.root() {
		add(`' ' || m.places || ' ' LIKE %s ESCAPE '\'`, "% "+likeEscaper.Replace(string(f.Place))+" %")
	}
	if f.Category != "" {
		least, beyond := below(f.Category)
		add("(m.category = %s OR (m.category >= %s AND m.category < %s))", least, least+".", beyond)
	}
	if f.Lead != "" {
		add("m.lead = %s", string(f.Lead))
	}
	if f.Status != "" {
		add("m.status = %s", string(f.Status))
	}
	if f.Open || f.Late {
		add("m.status IN ('received', 'assigned', 'objected', 'working', 'paused')")
	}
	if f.Late {
		add("m.due < %s", int64(a.Site.Realm.Now()))
	}
	if len(f.Numbers) > 0 {
		add(db.Each("m.number", "%s"), db.List(codesOf(f.Numbers)))
	}
	if len(f.Categories) > 0 {
		add(db.Each("m.category", "%s"), db.List(codesOf(f.Categories)))
	}
	if len(f.Statuses) > 0 {
		add(db.Each("m.status", "%s"), db.List(codesOf(f.Statuses)))
	}
	if f.ReportedFrom != 0 {
		add("m.reported >= %s", int64(f.ReportedFrom))
	}
	if f.ReportedUntil != 0 {
		add("m.reported < %s", int64(f.ReportedUntil))
	}
	if f.UpdatedFrom != 0 {
		add("m.updated >= %s", int64(f.UpdatedFrom))
	}
	if f.UpdatedUntil != 0 {
		add("m.updated < %s", int64(f.UpdatedUntil))
	}
	if f.Before != "" {
		add("m.dossier < %s", string(f.Before))
	}
	args = append(args, f.Limit, f.Offset)
	query := fmt.Sprintf("SELECT %s FROM matters m WHERE %s ORDER BY m.dossier DESC LIMIT $%d OFFSET $%d", rowColumns, where.String(), len(args)-1, len(args))
	rows, err := db.R.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return scanRows(rows)
}

func scanRows(rows *sql.Rows) ([]Row, error) {
	defer rows.Close()
	var out []Row
	for rows.Next() {
		var r Row
		var lat, lon, due, answered, ended sql.NullInt64
		err := rows.Scan(&r.ID, &r.Number, &r.Kind, &r.Category, &r.Place, &lat, &lon, &r.Visibility, &r.Status, &r.Ending, &r.Outcome,
			&r.Lead, &r.Box, &r.Reported, &r.Updated, &due, &answered, &ended, &r.HandOvers, &r.Imported)
		if err != nil {
			return nil, err
		}
		if lat.Valid && lon.Valid {
			r.Point = &Point{lat.Int64, lon.Int64}
		}
		r.Due, r.Answered, r.Ended = civic.Instant(due.Int64), civic.Instant(answered.Int64), civic.Instant(ended.Int64)
		out = append(out, r)
	}
	return out, rows.Err()
}

// below bounds a category and all that lie under it, and some neighbours, in the order of
// bytes, where "." is followed by "/".
func below(c civic.Category) (least, beyond string) { return string(c), string(c) + "/" }

// root is the place that holds every matter.
func (a *API) root() civic.PlaceID {
	root, _ := a.Intake.Ground(a.Site.Realm.View()).Root()
	return root
}

func codesOf[S ~string](codes []S) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = string(c)
	}
	return out
}
