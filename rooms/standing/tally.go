package standing

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

var (
	tallyTable = &store.Table{Name: "standing_tallies", Key: 2, Replace: true, Columns: store.Columns("realm:t cell:t month:t sort:t code:t within:t counts:t")}
	readTable  = &store.Table{Name: "standing_read", Key: 1, Replace: true, Columns: store.Columns("realm:t position:i")}
)

// followed are the acts after which a figure can be another.
var followed = []string{
	"matter.reported", "matter.imported", "matter.triaged", "matter.assigned", "matter.accepted", "matter.objected", "matter.ruled", "matter.corrected",
	"matter.paused", "matter.resumed", "matter.extended", "matter.joined", "matter.separated", "matter.answered", "matter.declined", "matter.decline_refused",
	"matter.confirmed", "matter.reopened", "matter.lapsed", "matter.withdrawn", "matter.retracted", "matter.reassigned", "matter.recomputed", "matter.obeyed",
	"matter.released", "matter.withheld", "matter.erased", // for the language
	"review.decided", "review.noted",
}

// kinds are the dossiers that are counted.
var kinds = []string{"matter", "appeal"}

// gathers is how far figures are behind at most: each month and thing has a row, which many acts then write once.
const gathers = 20 * time.Second

// tallies follows what is done and keeps the sums: what each dossier adds after its new acts, less what it added before them.
func (p Ports) tallies() clerk.Reactor {
	return clerk.Reactor{Name: "standing.tallies", Types: followed, ReactUpTo: p.tally, Gathers: gathers}
}

var errOvertaken = errors.New("standing: another process has tallied these acts")

func (p Ports) tally(ctx context.Context, r *clerk.Realm, until civic.Position) error {
	from, err := upto(ctx, r.DB.R, r.ID)
	if err != nil {
		return err
	}
	if until <= from {
		return nil
	}
	ids, err := journal.Touched(ctx, r.DB, r.ID, followed, from, until)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id civic.DossierID) bool { return !slices.Contains(kinds, id.Kind()) })
	if len(ids) == 0 {
		return nil
	}
	view, sums := r.View(), Sums{}
	for chunk := range slices.Chunk(ids, 200) {
		all, err := journal.Dossiers(ctx, r.DB, r.DB.R, r.House.Registry, r.ID, chunk)
		if err != nil {
			return err
		}
		for story := range stories(all) {
			cut := func(at civic.Position) int {
				n, _ := slices.BinarySearchFunc(story, at+1, func(a journal.Act, p civic.Position) int { return int(a.Position - p) })
				return n
			}
			sums.Add(p.adds(view, story[:cut(until)]), 1)
			sums.Add(p.adds(view, story[:cut(from)]), -1)
		}
	}
	// What there is by now is read and written without the lock: it counts if nobody else has tallied meanwhile.
	rows, gone, err := together(ctx, r.DB, r.ID, sums)
	if err != nil {
		return err
	}
	return r.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO standing_read (realm, position) VALUES ($1, 0) ON CONFLICT (realm) DO NOTHING", string(r.ID)); err != nil {
			return err
		}
		var at civic.Position
		if err := tx.QueryRowContext(ctx, r.DB.ForUpdate("SELECT position FROM standing_read WHERE realm = $1"), string(r.ID)).Scan(&at); err != nil {
			return err
		}
		if at != from {
			return errOvertaken // it is done again from where the other came to
		}
		if err := tx.DeleteWhere(ctx, tallyTable.Name, string(r.ID), "cell", gone); err != nil {
			return err
		}
		if err := tx.Write(ctx, tallyTable, rows); err != nil {
			return err
		}
		return tx.Write(ctx, readTable, []store.Row{{string(r.ID), int64(until)}})
	})
}

// stories are the acts of each dossier, from acts that stand dossier by dossier.
func stories(acts []journal.Act) func(yield func([]journal.Act) bool) {
	return func(yield func([]journal.Act) bool) {
		for from := 0; from < len(acts); {
			to := from + 1
			for to < len(acts) && acts[to].Dossier == acts[from].Dossier {
				to++
			}
			if !yield(acts[from:to]) {
				return
			}
			from = to
		}
	}
}

// adds is what a dossier adds after some of its acts.
func (p Ports) adds(v *clerk.View, story []journal.Act) Sums {
	if len(story) == 0 {
		return nil
	}
	zone := v.Settings.Location()
	if story[0].Dossier.Kind() == "appeal" {
		return OfAppeal(p.Appeal(story), zone)
	}
	return Of(p.Case(v, story), zone)
}

// together are the rows of tallies with sums added to them, and the names of those that come to nothing.
func together(ctx context.Context, db *store.DB, realm civic.Realm, sums Sums) (rows []store.Row, gone []string, err error) {
	names := make([]string, 0, len(sums))
	cells := make(map[string]Cell, len(sums))
	for c := range sums {
		name := c.name()
		names, cells[name] = append(names, name), c
	}
	slices.Sort(names)
	for chunk := range slices.Chunk(names, 500) {
		there := map[string]Counts{}
		found, err := db.R.QueryContext(ctx, "SELECT cell, counts FROM standing_tallies WHERE realm = $1 AND "+db.Each("cell", "$2"), string(realm), db.List(chunk))
		if err != nil {
			return nil, nil, err
		}
		for found.Next() {
			var name, text string
			var counts Counts
			if err := errors.Join(found.Scan(&name, &text), json.Unmarshal([]byte(text), &counts)); err != nil {
				found.Close()
				return nil, nil, err
			}
			there[name] = counts
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			return nil, nil, err
		}
		for _, name := range chunk {
			sum := there[name].And(sums[cells[name]])
			if len(sum) == 0 {
				gone = append(gone, name)
				continue
			}
			rows = append(rows, cells[name].row(realm, sum))
		}
	}
	return rows, gone, nil
}

func (c Cell) name() string {
	return strings.Join([]string{string(c.Month), c.By, c.Code, string(c.Within)}, " ")
}

func (c Cell) row(realm civic.Realm, counts Counts) store.Row {
	text, _ := json.Marshal(counts) // keys in order; numbers cannot fail
	return store.Row{string(realm), c.name(), string(c.Month), c.By, c.Code, string(c.Within), string(text)}
}

// upto is the position up to which the tallies count.
func upto(ctx context.Context, q journal.Querier, realm civic.Realm) (at civic.Position, err error) {
	err = q.QueryRowContext(ctx, "SELECT position FROM standing_read WHERE realm = $1", string(realm)).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return at, err
}

// anew adds up the journal up to a position.
func (p Ports) anew(ctx context.Context, v *clerk.View, q journal.Querier, until civic.Position) (writes []store.Write, err error) {
	if until == 0 {
		return nil, nil
	}
	sums, err := p.Recount(ctx, v, q, until)
	if err != nil {
		return nil, err
	}
	for c, counts := range sums {
		writes = append(writes, store.Write{Table: tallyTable, Row: c.row(v.Realm, counts)})
	}
	return append(writes, store.Write{Table: readTable, Row: store.Row{string(v.Realm), int64(until)}}), nil
}

// Recount adds up the journal up to an act: what the tallies hold there, and what figures that were frozen there are held against.
func (p Ports) Recount(ctx context.Context, v *clerk.View, q journal.Querier, until civic.Position) (Sums, error) {
	sums := Sums{}
	for _, kind := range kinds {
		var story []journal.Act
		err := journal.WalkKind(ctx, q, v.House.Registry, v.Realm, kind, until, func(a journal.Act) error {
			if len(story) > 0 && story[0].Dossier != a.Dossier {
				sums.Add(p.adds(v, story), 1)
				story = story[:0]
			}
			story = append(story, a)
			return nil
		})
		if err != nil {
			return nil, err
		}
		sums.Add(p.adds(v, story), 1)
	}
	return sums, nil
}

// inOrder has SQLite read tallies by their index: without it, it takes the realm alone for enough to search by, and reads them all.
const inOrder = " ORDER BY sort, within, code, month"

// read reads tallies: of one kind of thing, one of them or all (""), within all categories or each of them, of the months from and until inclusive,
// or all ("").
func read(ctx context.Context, q journal.Querier, realm civic.Realm, by, code string, within bool, from, until Month) (Sums, error) {
	query, args := "SELECT month, code, within, counts FROM standing_tallies WHERE realm = $1 AND sort = $2", []any{string(realm), by}
	for _, bound := range []struct{ sql, value string }{{" AND code = ", code}, {" AND month >= ", string(from)}, {" AND month <= ", string(until)}} {
		if bound.value != "" {
			args = append(args, bound.value)
			query += bound.sql + "$" + strconv.Itoa(len(args))
		}
	}
	if within {
		query += " AND within > ''"
	} else {
		query += " AND within = ''"
	}
	rows, err := q.QueryContext(ctx, query+inOrder, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sums := Sums{}
	for rows.Next() {
		c := Cell{By: by}
		var text string
		var counts Counts
		if err := errors.Join(rows.Scan(&c.Month, &c.Code, &c.Within, &text), json.Unmarshal([]byte(text), &counts)); err != nil {
			return nil, err
		}
		sums[c] = counts
	}
	return sums, rows.Err()
}

func (p Ports) sums() *clerk.Sums {
	return &clerk.Sums{Tables: []*store.Table{tallyTable, readTable}, Upto: upto, Anew: p.anew}
}

// All reads every tally over all categories of a thing.
func All(ctx context.Context, q journal.Querier, realm civic.Realm) (Sums, error) {
	all := Sums{}
	for _, by := range append([]string{ByAll}, groupings...) {
		sums, err := read(ctx, q, realm, by, "", false, "", "")
		if err != nil {
			return nil, err
		}
		all.Add(sums, 1)
	}
	return all, nil
}
