package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"time"

	"skein/cmd/skein/load"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/rooms/matter"
)

// benchEngine writes the rows that reports left in one database into a fresh one, in
// batches of the same size, with nothing around them.
type benchEngine struct {
	From string `required:"" help:"Database with reports."`
	Into string `required:"" help:"Fresh database."`
	Size int    `required:"" help:"Reports in a batch."`
	Most int    `default:"40000" help:"Reports at most."`
}

// engineFigures is what it prints.
type engineFigures struct {
	Reports   int     `json:"reports"`
	Batch     int     `json:"reports_per_batch"`
	Rows      float64 `json:"rows_per_report"`
	PerSecond float64 `json:"per_second"`
	CPU       float64 `json:"cpu_seconds_per_1000"`
	Postgres  float64 `json:"postgres_cpu_seconds_per_1000,omitempty"`
}

var reportTables = []*store.Table{
	journal.ActTable, journal.DossierTable, matter.MatterTable, vault.BoxTable, vault.ItemTable,
}

func (c *benchEngine) Run(g *global) error {
	reports, err := reportRows(g.ctx, c.From, c.Most)
	if err != nil {
		return err
	}
	rows := 0
	for _, r := range reports {
		rows += len(r)
	}
	into := where{Database: c.Into}
	a, err := into.tables(g.ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	server, err := postmaster(g.ctx, c.Into)
	if err != nil {
		return err
	}
	began, cpu, pg := time.Now(), load.OwnCPU(), load.FamilyCPU(server)
	for at := 0; at < len(reports); at += c.Size {
		var writes []store.Write
		for _, r := range reports[at:min(at+c.Size, len(reports))] {
			writes = append(writes, r...)
		}
		if err := a.Update(g.ctx, func(tx *store.Tx) error { return tx.WriteAll(g.ctx, writes) }); err != nil {
			return err
		}
	}
	took := time.Since(began).Seconds()
	f := engineFigures{
		Reports: len(reports), Batch: c.Size, Rows: float64(rows) / float64(len(reports)), PerSecond: float64(len(reports)) / took,
		CPU: (load.OwnCPU() - cpu).Seconds() * 1000 / float64(len(reports)),
	}
	if server != 0 {
		f.Postgres = (load.FamilyCPU(server) - pg).Seconds() * 1000 / float64(len(reports))
	}
	return json.NewEncoder(os.Stdout).Encode(f)
}

// tables opens a database with the tables of every room and nothing in them.
func (w where) tables(ctx context.Context) (*store.DB, error) {
	a := &app{}
	var err error
	if a.house, _, err = newHouse(&vault.Master{}); err != nil {
		return nil, err
	}
	if a.db, err = store.Open(ctx, w.Database); err != nil {
		return nil, err
	}
	return a.db, a.migrate(ctx)
}

// reportRows reads all rows of the newest matters, one slice a matter, in the order they were reported.
func reportRows(ctx context.Context, source string, most int) ([][]store.Write, error) {
	db, err := store.Open(ctx, source)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	byDossier := map[string][]store.Write{}
	boxes := map[string]string{}
	read := func(t *store.Table, query string, dossier func(store.Row) string) error {
		rows, err := db.R.QueryContext(ctx, "SELECT "+t.Names()+" FROM "+t.Name+" t WHERE "+query, string(townRealm))
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		defer rows.Close()
		for rows.Next() {
			row, err := t.Scan(rows)
			if err != nil {
				return err
			}
			if id := dossier(row); id != "" {
				byDossier[id] = append(byDossier[id], store.Write{Table: t, Row: row})
			}
		}
		return rows.Err()
	}
	column := func(i int) func(store.Row) string { return func(r store.Row) string { return r[i].(string) } }
	newest := fmt.Sprintf("dossier IN (SELECT dossier FROM matters WHERE realm = $1 ORDER BY dossier DESC LIMIT %d)", most)
	err = read(matter.MatterTable, "realm = $1 AND "+newest, func(r store.Row) string {
		boxes[r[16].(string)] = r[1].(string)
		return r[1].(string)
	})
	if err != nil {
		return nil, err
	}
	for _, t := range reportTables {
		switch t {
		case journal.ActTable:
			err = read(t, "realm = $1 AND "+newest+" ORDER BY position", column(2))
		case journal.DossierTable:
			err = read(t, "realm = $1 AND "+newest, column(1))
		case vault.BoxTable, vault.ItemTable:
			err = read(t, "realm = $1", func(r store.Row) string { return boxes[r[1].(string)] })
		}
		if err != nil {
			return nil, err
		}
	}
	ids := make([]string, 0, len(byDossier))
	for id := range byDossier {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	out := make([][]store.Write, len(ids))
	for i, id := range ids {
		out[i] = byDossier[id]
	}
	return out, nil
}
