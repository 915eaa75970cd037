package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"skein/cmd/skein/load"
	"skein/demo/boston"
	"skein/frame/store"
)

// benchImport takes the demonstration's rows over into a city that has only its places,
// bodies and lists, each way once, in a process of its own.
type benchImport struct {
	engineChoice
	output
}

// importFigures is one way's outcome.
type importFigures struct {
	Engine    string  `json:"engine"`
	How       string  `json:"how"`
	Rows      int64   `json:"rows"`
	TakenOver int64   `json:"taken_over"`
	Rejected  int64   `json:"rejected"` // the source's local times of one hour in November are ambiguous
	Acts      int64   `json:"acts"`
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"rows_per_second"`
	CPU       float64 `json:"cpu_seconds_per_1000"`
	Postgres  float64 `json:"postgres_cpu_seconds_per_1000,omitempty"`
	Resident  float64 `json:"most_resident_mb"`
}

func (c *benchImport) Run(g *global) error {
	var all []importFigures
	for _, how := range []string{"--as-records", "--replay"} {
		f, err := c.once(g.ctx, how)
		if err != nil {
			return err
		}
		if f.TakenOver+f.Rejected != f.Rows {
			return fmt.Errorf("%s: of %d rows %d were taken over and %d set aside", how, f.Rows, f.TakenOver, f.Rejected)
		}
		all = append(all, f)
	}
	if c.Format == "json" {
		return c.json(all)
	}
	for _, f := range all {
		fmt.Printf("%-8s %-12s %d rows, %d acts in %.1f s: %.0f rows a second; %.3f CPU-s per 1,000", f.Engine, f.How, f.Rows, f.Acts, f.Seconds, f.PerSecond, f.CPU)
		if c.Engine == string(store.Postgres) {
			fmt.Printf(", PostgreSQL %.3f", f.Postgres)
		}
		fmt.Printf("; %.0f MB at most\n", f.Resident)
	}
	return nil
}

// once founds a city, writes the source's rows to a file and lets a child import them.
func (c *benchImport) once(ctx context.Context, how string) (f importFigures, err error) {
	s, err := c.scratch(ctx)
	if err != nil {
		return f, err
	}
	defer s.drop()
	acts := func() (n int64, err error) {
		a, err := s.open(ctx, true)
		if err != nil {
			return 0, err
		}
		defer a.close()
		err = a.db.R.QueryRowContext(ctx, "SELECT count(*) FROM acts WHERE realm = $1", string(demoRealm)).Scan(&n)
		return n, err
	}
	a, err := s.open(ctx, true)
	if err != nil {
		return f, err
	}
	err = a.fillDemo(ctx, 1)
	a.close()
	if err != nil {
		return f, err
	}
	before, err := acts()
	if err != nil {
		return f, err
	}
	rows, mapping := filepath.Join(s.Data, "rows.csv"), filepath.Join(s.Data, "mapping.yaml")
	source, err := boston.Source()
	if err != nil {
		return f, err
	}
	if err := os.WriteFile(rows, source, 0o600); err != nil {
		return f, err
	}
	if err := os.WriteFile(mapping, boston.Mapping, 0o600); err != nil {
		return f, err
	}
	self, err := os.Executable()
	if err != nil {
		return f, err
	}
	pg, err := postmaster(ctx, s.Database)
	if err != nil {
		return f, err
	}
	args := []string{"import", rows, "--mapping", mapping, how, "--as-of", boston.Filled.Time().Format(time.RFC3339), "--format", "json", "--data", s.Data}
	if s.Database != "" {
		args = append(args, "--database", s.Database)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	pgBefore := load.FamilyCPU(pg)
	text, err := cmd.Output()
	if err != nil {
		return f, fmt.Errorf("skein import %s: %w\n%s", how, err, said.Bytes())
	}
	var sum summary
	if err := json.Unmarshal(text, &sum); err != nil {
		return f, err
	}
	after, err := acts()
	if err != nil {
		return f, err
	}
	per := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(max(sum.Rows, 1)) }
	f = importFigures{
		Engine: c.Engine, How: how, Rows: sum.Rows, TakenOver: sum.TakenOver + sum.Already, Rejected: sum.Rejected, Acts: after - before,
		Seconds: sum.Seconds, PerSecond: float64(sum.Rows) / sum.Seconds, CPU: per(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()),
		Resident: load.MostResident(cmd.ProcessState),
	}
	if pg != 0 {
		f.Postgres = per(load.FamilyCPU(pg) - pgBefore)
	}
	return f, nil
}
