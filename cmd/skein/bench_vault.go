package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"skein/cmd/skein/load"
	"skein/frame/store"
	"skein/frame/vault"
)

// benchVault measures what it costs that private things are encrypted under a key each, stored apart: the same contents through the vault and as
// plain rows, by turns in one run, beside the price of a whole report.
type benchVault struct {
	engineChoice
	output
	Boxes   int `default:"20000" help:"Boxes, each with a text and in every second one a contact, as reports have them."`
	Clients int `default:"16" help:"Connections that report."`
	Seconds int `default:"10" help:"How long reports come in, for the price of a whole report; 0 leaves it out."`
}

type vaultFigures struct {
	Engine string `json:"engine"`
	Boxes  int    `json:"boxes"`
	// CPU-seconds per 1,000, PostgreSQL's included.
	Sealing float64 `json:"sealing_cpu_seconds_per_1000"`
	Plain   float64 `json:"plain_cpu_seconds_per_1000"`
	Reading float64 `json:"reading_cpu_seconds_per_1000"`
	Read    float64 `json:"reading_plain_cpu_seconds_per_1000"`
	Report  cost    `json:"report_cpu_seconds_per_1000"`
	// Loss is the share of a report that goes to the vault.
	Loss float64 `json:"loss_of_intake"`
}

// vaultBatch is how many boxes go into one commit, as with sixteen clients.
const vaultBatch = 16

func (c *benchVault) Run(g *global) error {
	f := &vaultFigures{Engine: c.Engine, Boxes: c.Boxes}
	if err := c.boxes(g.ctx, f); err != nil {
		return err
	}
	if c.Seconds > 0 {
		s, err := c.scratch(g.ctx)
		if err != nil {
			return err
		}
		defer s.drop()
		if err := (&benchWorld{s.where}).Run(g); err != nil {
			return err
		}
		var figures intakeFigures
		intake := &benchIntake{engineChoice: c.engineChoice, Clients: c.Clients, Seconds: c.Seconds}
		if _, err := intake.measure(g.ctx, s, &figures); err != nil {
			return err
		}
		f.Report = figures.CPU
		more := f.Sealing - f.Plain
		f.Loss = more / (f.Report.Server + f.Report.Postgres - more)
	}
	if c.Format == "json" {
		return c.json(f)
	}
	fmt.Printf("%-44s %s\n", "engine", f.Engine)
	fmt.Printf("%-44s through the vault %.4f, as plain rows %.4f\n", "CPU-s per 1,000 boxes written", f.Sealing, f.Plain)
	fmt.Printf("%-44s through the vault %.4f, as plain rows %.4f\n", "CPU-s per 1,000 texts read", f.Reading, f.Read)
	if c.Seconds > 0 {
		fmt.Printf("%-44s %.3f + %.3f (server + PostgreSQL); the vault takes %.1f %% of what is left without it\n", "CPU-s per 1,000 reports", f.Report.Server, f.Report.Postgres, 100*f.Loss)
	}
	return nil
}

// vaultContent is what the n-th report has to hide.
func vaultContent(n int) (text, contact []byte) {
	text = []byte(strings.Repeat("The lamp at the corner has been dark for a week. ", 4))
	if n%2 == 0 {
		contact = fmt.Appendf(nil, `{"name":"Resident %d","email":"r%d@example.org","phone":"+1 617 555 %04d"}`, n%1000, n, n%10000)
	}
	return text, contact
}

// boxes writes and reads the contents both ways.
func (c *benchVault) boxes(ctx context.Context, f *vaultFigures) error {
	s, err := c.scratch(ctx)
	if err != nil {
		return err
	}
	defer s.drop()
	db, err := store.Open(ctx, s.source())
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx, vault.Migrations()); err != nil {
		return err
	}
	master, err := vault.CreateMaster(s.masterPath())
	if err != nil {
		return err
	}
	keys, err := vault.OpenKeys(ctx, s.keyStore(), master)
	if err != nil {
		return err
	}
	defer keys.Close()
	v := &vault.Vault{DB: db, Keys: keys, Blobs: vault.Disk{Dir: filepath.Join(s.Data, "blobs")}}
	if err := v.Settle(ctx, nil, benchRealm); err != nil {
		return err
	}
	server, err := postmaster(ctx, s.Database)
	if err != nil {
		return err
	}
	// Each way of writing, by turns.
	cpu := func() time.Duration { return load.OwnCPU() + load.FamilyCPU(server) }
	var sealed, plain []vault.Ref
	ways := []struct {
		took *float64
		make func(n int) ([]store.Write, error)
	}{
		{&f.Sealing, func(n int) ([]store.Write, error) {
			box, err := v.NewBox(ctx, benchRealm, "matter")
			if err != nil {
				return nil, err
			}
			text, contact := vaultContent(n)
			box.Seal("text", text)
			if contact != nil {
				box.Seal("contact", contact)
			}
			sealed = append(sealed, vault.Ref{Box: box.ID, Part: "text"})
			return box.Writes(), nil
		}},
		{&f.Plain, func(n int) ([]store.Write, error) {
			text, contact := vaultContent(n)
			id := fmt.Sprintf("%026d", n)
			all, err := json.Marshal(map[string]string{"text": string(text), "contact": string(contact)})
			plain = append(plain, vault.Ref{Box: id, Part: "text"})
			return []store.Write{
				{Table: vault.BoxTable, Row: store.Row{string(benchRealm), id, "plain"}},
				{Table: vault.ItemTable, Row: store.Row{string(benchRealm), id, id, "text contact", all}},
			}, err
		}},
	}
	const turns = 10
	for turn := range turns {
		for _, way := range ways {
			before := cpu()
			for at := 0; at < c.Boxes/turns; at += vaultBatch {
				var writes []store.Write
				for n := range vaultBatch {
					w, err := way.make(turn*c.Boxes + at + n)
					if err != nil {
						return err
					}
					writes = append(writes, w...)
				}
				if err := db.Update(ctx, func(tx *store.Tx) error { return tx.WriteAll(ctx, writes) }); err != nil {
					return err
				}
			}
			*way.took += (cpu() - before).Seconds()
		}
	}
	f.Sealing, f.Plain = f.Sealing*1000/float64(len(sealed)), f.Plain*1000/float64(len(plain))
	return c.reading(ctx, v, sealed, plain, cpu, f)
}

// vaultPage is how many texts a page shows.
const vaultPage = 50

// reading reads what was written both ways, a page at a time and by turns.
func (c *benchVault) reading(ctx context.Context, v *vault.Vault, sealed, plain []vault.Ref, cpu func() time.Duration, f *vaultFigures) error {
	for at := 0; at+vaultPage <= min(len(sealed), len(plain)); at += vaultPage {
		before := cpu()
		got, err := v.ReadMany(ctx, benchRealm, sealed[at:at+vaultPage])
		if err != nil || len(got) != vaultPage {
			return fmt.Errorf("%d of %d texts were read: %w", len(got), vaultPage, err)
		}
		f.Reading += (cpu() - before).Seconds()
		before = cpu()
		if err := readPlain(ctx, v.DB, plain[at:at+vaultPage]); err != nil {
			return err
		}
		f.Read += (cpu() - before).Seconds()
	}
	f.Reading, f.Read = f.Reading*1000/float64(len(sealed)), f.Read*1000/float64(len(plain))
	return nil
}

func readPlain(ctx context.Context, db *store.DB, refs []vault.Ref) error {
	boxes := make([]string, len(refs))
	for i, r := range refs {
		boxes[i] = r.Box
	}
	rows, err := db.R.QueryContext(ctx, "SELECT box, item, sealed FROM vault_items WHERE realm = $1 AND "+db.Each("box", "$2")+" ORDER BY box, item",
		string(benchRealm), db.List(boxes))
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var box, item string
		var text []byte
		if err := rows.Scan(&box, &item, &text); err != nil {
			return err
		}
		var all map[string]string
		if err := json.Unmarshal(text, &all); err != nil {
			return err
		}
		n++
	}
	if n != len(refs) {
		return fmt.Errorf("%d of %d texts were read", n, len(refs))
	}
	return rows.Err()
}
