package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"skein/cmd/skein/load"
	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/seal"
	"skein/frame/store"
)

// benchSeal measures the log: appending, proving, auditing, and what it costs those who report.
type benchSeal struct {
	engineChoice
	output
	Acts    int   `default:"300000" help:"Acts to seal."`
	Leaves  int64 `default:"10000000" help:"Leaves of the log in which proofs are asked for."`
	Proofs  int   `default:"5000" help:"How many proofs to ask for."`
	Audit   int64 `default:"1000000" help:"Leaves of the log that is read whole."`
	Clients int   `default:"16" help:"Connections that report, with and without a log."`
	Seconds int   `default:"10" help:"How long each of the four runs of reports is; 0 leaves them out."`
}

type sealFigures struct {
	Engine string `json:"engine"`
	Acts   int    `json:"acts"`
	// Sealing.
	PerSecond float64 `json:"leaves_per_second"`
	CPU       float64 `json:"cpu_seconds_per_1000_leaves"`
	// Proving.
	Leaves  int64   `json:"leaves"`
	P50     float64 `json:"receipt_p50_ms"`
	P99     float64 `json:"receipt_p99_ms"`
	Largest int     `json:"largest_receipt_bytes"`
	Checked float64 `json:"receipt_verified_ms"`
	// Auditing.
	Audited    int64   `json:"audited_leaves"`
	AuditTook  float64 `json:"audit_seconds"`
	AuditCPU   float64 `json:"audit_cpu_seconds"`
	AuditBytes int64   `json:"audit_bytes"`
	// What reports cost.
	With    cost    `json:"cpu_seconds_per_1000_reports_sealed"`
	Without cost    `json:"cpu_seconds_per_1000_reports_unsealed"`
	Ratio   float64 `json:"cpu_ratio"`
	Rate    float64 `json:"reports_ratio"`
	// Gap is the longest time between two checkpoints while reports came in.
	Gap float64      `json:"longest_between_checkpoints_s"`
	gap atomic.Int64 // the same, in nanoseconds
}

const benchRealm civic.Realm = "bench"

func (c *benchSeal) Run(g *global) error {
	f := &sealFigures{Engine: c.Engine, Acts: c.Acts, Leaves: c.Leaves, Audited: c.Audit}
	for _, step := range []func(context.Context, *sealFigures) error{c.sealing, c.proving, c.auditing} {
		if err := step(g.ctx, f); err != nil {
			return err
		}
	}
	if c.Seconds > 0 {
		if err := c.reporting(g, f); err != nil {
			return err
		}
	}
	if c.Format == "json" {
		return c.json(f)
	}
	line := func(name, format string, args ...any) {
		fmt.Printf("%-34s "+format+"\n", append([]any{name}, args...)...)
	}
	line("engine", "%s", f.Engine)
	line("sealing", "%.0f leaves a second, %.4f CPU-s per 1,000 (%d acts)", f.PerSecond, f.CPU, f.Acts)
	line(fmt.Sprintf("a receipt at %d leaves", f.Leaves), "p50 %.2f ms, p99 %.2f ms; verified in %.2f ms; the largest %d bytes", f.P50, f.P99, f.Checked, f.Largest)
	line(fmt.Sprintf("reading a log of %d leaves whole", f.Audited), "%.1f s, %.1f CPU-s, %.0f MB", f.AuditTook, f.AuditCPU, float64(f.AuditBytes)/1e6)
	if c.Seconds > 0 {
		line("CPU-seconds per 1,000 reports", "sealed %.3f + %.3f, not sealed %.3f + %.3f (server + PostgreSQL): ratio %.3f", f.With.Server, f.With.Postgres, f.Without.Server, f.Without.Postgres, f.Ratio)
		line("reports a second", "sealed to not sealed: %.3f; the longest between two checkpoints %.2f s", f.Rate, f.Gap)
	}
	return nil
}

// checkpoints looks again and again whether there is a new checkpoint.
func (f *sealFigures) checkpoints(ctx context.Context, address string) {
	at := "http://" + address + "/log/" + string(townRealm) + "/checkpoint"
	last, since := "", time.Time{}
	for ctx.Err() == nil {
		text, err := asked(ctx, at)
		if err == nil && string(text) != last {
			if last != "" && !since.IsZero() {
				f.gap.Store(max(f.gap.Load(), int64(time.Since(since))))
			}
			last, since = string(text), time.Now()
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// log opens an empty log in a database of its own.
func (c *benchSeal) log(ctx context.Context) (*seal.Sealer, func(), error) {
	s, err := c.scratch(ctx)
	if err != nil {
		return nil, nil, err
	}
	db, err := store.Open(ctx, s.source())
	if err != nil {
		s.drop()
		return nil, nil, err
	}
	drop := func() { db.Close(); s.drop() }
	err = db.Migrate(ctx, journal.Migrations(), seal.Migrations())
	if err == nil {
		err = db.Update(ctx, func(tx *store.Tx) error { return journal.Found(ctx, tx, benchRealm) })
	}
	var log *seal.Sealer
	if err == nil {
		log, err = seal.Open(ctx, seal.Config{
			DB: db, Realm: benchRealm, Folder: filepath.Join(s.Data, "keys"), Host: "city.example", Now: func() civic.Instant { return civic.At(time.Now()) },
		})
	}
	if err != nil {
		drop()
		return nil, nil, err
	}
	return log, drop, nil
}

// benchAct is an act with as much to say as one that names who answers.
func benchAct(n int64, now civic.Instant) journal.Act {
	a := journal.Act{
		Realm: benchRealm, Position: civic.Position(n), Dossier: civic.DossierID(fmt.Sprintf("matter/%08x", n)), Seq: 1, Type: "matter.assigned", Version: 1,
		Actor: "clock", Power: "matter.clock_assigns", Policies: strings.Repeat("0", 64), Happened: now, Recorded: now,
		Data: []byte(`{"why":"` + strings.Repeat("x", 1250) + `"}`), Salt: make([]byte, 32),
	}
	binary.BigEndian.PutUint64(a.Salt, uint64(n))
	a.Commitment = a.Commit()
	return a
}

// sealing measures how fast acts that are there are sealed.
func (c *benchSeal) sealing(ctx context.Context, f *sealFigures) error {
	log, drop, err := c.log(ctx)
	if err != nil {
		return err
	}
	defer drop()
	now := civic.At(time.Now())
	for from := 0; from < c.Acts; from += 5000 {
		var rows []store.Row
		for n := from; n < min(from+5000, c.Acts); n++ {
			a := benchAct(int64(n+1), now)
			rows = append(rows, a.Row())
		}
		err := log.DB.Update(ctx, func(tx *store.Tx) error {
			if err := tx.Write(ctx, journal.ActTable, rows); err != nil {
				return err
			}
			return journal.SetHead(ctx, tx, benchRealm, journal.Head{Position: civic.Position(from + len(rows)), Recorded: now})
		})
		if err != nil {
			return err
		}
	}
	pg, err := postmaster(ctx, log.DB.Source)
	if err != nil {
		return err
	}
	began, before := time.Now(), load.OwnCPU()+load.FamilyCPU(pg)
	if err := log.CatchUp(ctx); err != nil {
		return err
	}
	f.PerSecond = float64(c.Acts) / time.Since(began).Seconds()
	f.CPU = (load.OwnCPU() + load.FamilyCPU(pg) - before).Seconds() * 1000 / float64(c.Acts)
	return nil
}

// proving asks a long log for receipts of acts by chance, each with three witnesses' lines.
func (c *benchSeal) proving(ctx context.Context, f *sealFigures) error {
	log, drop, err := c.log(ctx)
	if err != nil {
		return err
	}
	defer drop()
	now := civic.At(time.Now())
	rnd := rand.New(rand.NewPCG(3, 4))
	asked := map[int64]journal.Act{}
	for len(asked) < min(c.Proofs, int(c.Leaves)) {
		n := rnd.Int64N(c.Leaves)
		asked[n] = benchAct(n+1, now)
	}
	err = log.Grow(ctx, c.Leaves, true, func(n int64) []byte {
		if a, ok := asked[n]; ok {
			return seal.ActEntry(a.Commitment)
		}
		return anyEntry(n)
	})
	if err != nil {
		return err
	}
	keys, err := c.witnessed(ctx, log)
	if err != nil {
		return err
	}
	var took []time.Duration
	var verifying time.Duration
	for _, a := range asked {
		began := time.Now()
		r, err := log.Receipt(ctx, &a, true)
		if err != nil {
			return err
		}
		text := r.Format()
		took = append(took, time.Since(began))
		f.Largest = max(f.Largest, len(text))
		began = time.Now()
		read, err := seal.ParseReceipt(text)
		if err != nil {
			return err
		}
		if p, err := read.Verify(keys); err != nil || p.Stage != seal.Witnessed {
			return fmt.Errorf("a receipt does not hold: %w", err)
		}
		verifying += time.Since(began)
	}
	f.P50, f.P99 = load.Percentile(took, 0.5).Seconds()*1000, load.Percentile(took, 0.99).Seconds()*1000
	f.Checked = verifying.Seconds() * 1000 / float64(len(took))
	return nil
}

// anyEntry is a leaf that looks like an act's.
func anyEntry(n int64) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	sum := sha256.Sum256(b[:])
	return seal.ActEntry(sum[:])
}

// witnessed puts three witnesses' lines under the newest checkpoint.
func (c *benchSeal) witnessed(ctx context.Context, log *seal.Sealer) (seal.Keys, error) {
	l, _, err := seal.Current(ctx, log.DB.R, benchRealm)
	if err != nil {
		return seal.Keys{}, err
	}
	keys := seal.Keys{Log: []string{l.Key}}
	body, _, _ := strings.Cut(l.Checkpoint, "\n\n")
	text := l.Checkpoint
	for i := range 3 {
		w, err := seal.CreateKey(filepath.Join(log.Folder, fmt.Sprintf("witness-%d.key", i)), fmt.Sprintf("town-%d.example/witness/town", i))
		if err != nil {
			return keys, err
		}
		line, err := w.Cosign(body+"\n", civic.At(time.Now()))
		if err != nil {
			return keys, err
		}
		text += line
		keys.Witnesses = append(keys.Witnesses, w.Verifier)
	}
	return keys, log.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE seal_logs SET witnessed = $2 WHERE realm = $1", string(benchRealm), text)
		return err
	})
}

// auditing reads a log whole, as a stranger would, without the network between.
func (c *benchSeal) auditing(ctx context.Context, f *sealFigures) error {
	log, drop, err := c.log(ctx)
	if err != nil {
		return err
	}
	defer drop()
	if err := log.Grow(ctx, c.Audit, false, anyEntry); err != nil {
		return err
	}
	l, _, err := seal.Current(ctx, log.DB.R, benchRealm)
	if err != nil {
		return err
	}
	fetch := func(ctx context.Context, path string) ([]byte, error) {
		if path == "checkpoint" {
			return []byte(l.Checkpoint), nil
		}
		b, err := seal.Tile(ctx, log.DB.R, benchRealm, &l, path)
		f.AuditBytes += int64(len(b))
		return b, err
	}
	began, before := time.Now(), load.OwnCPU()
	a, err := seal.Audit(ctx, fetch, seal.Keys{Log: []string{l.Key}}, nil, nil, nil)
	if err != nil {
		return err
	}
	if a.Acts != c.Audit {
		return fmt.Errorf("%d leaves were read, not %d", a.Acts, c.Audit)
	}
	f.AuditTook, f.AuditCPU = time.Since(began).Seconds(), (load.OwnCPU() - before).Seconds()
	return nil
}

// reporting runs reports against a server with and without a log, by turns, each in a fresh town.
func (c *benchSeal) reporting(g *global, f *sealFigures) error {
	var rates [2]float64
	var costs [2]cost
	for i, sealed := range []bool{true, false, false, true} {
		s, err := c.scratch(g.ctx)
		if err != nil {
			return err
		}
		err = (&benchWorld{s.where}).Run(g)
		var figures intakeFigures
		if err == nil {
			intake := &benchIntake{engineChoice: c.engineChoice, Clients: c.Clients, Seconds: c.Seconds, Unsealed: !sealed}
			if sealed {
				intake.watch = f.checkpoints
			}
			_, err = intake.measure(g.ctx, s, &figures)
		}
		s.drop()
		if err != nil {
			return err
		}
		which := map[bool]int{true: 0, false: 1}[sealed]
		rates[which] += figures.PerSecond / 2
		costs[which].Server += figures.CPU.Server / 2
		costs[which].Postgres += figures.CPU.Postgres / 2
		fmt.Fprintf(os.Stderr, "run %d of 4, sealed %v: %.0f reports a second, %.3f + %.3f CPU-s per 1,000\n", i+1, sealed, figures.PerSecond, figures.CPU.Server, figures.CPU.Postgres)
	}
	f.Gap = time.Duration(f.gap.Load()).Seconds()
	f.With, f.Without = costs[0], costs[1]
	f.Ratio = (costs[0].Server + costs[0].Postgres) / (costs[1].Server + costs[1].Postgres)
	f.Rate = rates[0] / rates[1]
	return nil
}
