package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"skein/cmd/skein/load"
	"skein/frame/clerk"
	"skein/frame/store"
)

type benchIntake struct {
	engineChoice
	output
	Clients int `default:"16" help:"Keep-alive connections that each send the next report when the last was answered."`
	Seconds int `default:"20" help:"How long to measure, after two seconds of warming up."`

	ServerProfile string                                    `hidden:"" help:"Profile the server into this file."`
	Unsealed      bool                                      `hidden:"" help:"Serve without a log."`
	watch         func(ctx context.Context, address string) // beside the crowd, while it is measured
	Keep          bool                                      `hidden:"" help:"Leave the database, and say where it is."`
}

const warmUp = 2 * time.Second

// cost is processor time per thousand reports, user and system, in seconds.
type cost struct {
	Server   float64 `json:"server"`
	Postgres float64 `json:"postgres,omitempty"`
	Clients  float64 `json:"clients"`
}

// intakeFigures is the outcome of one run.
type intakeFigures struct {
	Version   string  `json:"version"`
	When      string  `json:"when"`
	Engine    string  `json:"engine"`
	Durable   string  `json:"durable"`
	Cores     int     `json:"cores"`
	Clients   int     `json:"clients"`
	Seconds   float64 `json:"seconds"`
	Reports   int     `json:"reports"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P95       float64 `json:"p95_ms"`
	P99       float64 `json:"p99_ms"`
	CPU       cost    `json:"cpu_seconds_per_1000"`
	Resident  float64 `json:"server_resident_mb"`
	Batch     float64 `json:"reports_per_batch"`

	Limit   engineFigures  `json:"engine_limit"`
	Handler handlerFigures `json:"bare_handler"`
	// OfLimit is what share of the engine's own limit the whole path reaches.
	OfLimit float64 `json:"of_engine_limit"`

	Acknowledged int  `json:"acknowledged"`
	Stored       int  `json:"stored"`
	Distinct     int  `json:"distinct_numbers"`
	Verify       bool `json:"verify"`
	Rebuild      bool `json:"rebuild_check"`
}

// handlerFigures is what a bare handler does with the same bodies.
type handlerFigures struct {
	PerSecond float64 `json:"per_second"`
	CPU       float64 `json:"cpu_seconds_per_1000"`
}

func (c *benchIntake) Run(g *global) error {
	s, err := c.scratch(g.ctx)
	if err != nil {
		return err
	}
	if c.Keep {
		fmt.Fprintln(os.Stderr, "kept:", s.source())
	} else {
		defer s.drop()
	}
	f := &intakeFigures{
		Version: version, When: time.Now().UTC().Format(time.RFC3339), Engine: c.Engine, Cores: runtime.NumCPU(), Clients: c.Clients,
	}
	if err := (&benchWorld{s.where}).Run(g); err != nil {
		return err
	}
	if f.Durable, err = durable(g.ctx, s.where); err != nil {
		return err
	}
	run, err := c.measure(g.ctx, s, f)
	if err != nil {
		return err
	}
	if err := c.compare(g.ctx, s, run, f); err != nil {
		return err
	}
	if err := c.limit(g.ctx, s, f); err != nil {
		return err
	}
	if f.Handler, err = c.bare(g.ctx); err != nil {
		return err
	}
	f.OfLimit = f.PerSecond / f.Limit.PerSecond
	round(f)
	if c.Format == "json" {
		err = c.json(f)
	} else {
		f.print()
	}
	if err == nil && (f.Stored != f.Acknowledged || f.Distinct != f.Acknowledged || !f.Verify || !f.Rebuild) {
		err = errFound
	}
	return err
}

// measure runs the crowd against a server of its own process.
func (c *benchIntake) measure(ctx context.Context, s *scratch, f *intakeFigures) (*load.Run, error) {
	args := []string{"serve", "--data", s.Data}
	if s.Database != "" {
		args = append(args, "--database", s.Database)
	}
	if c.Unsealed {
		args = append(args, "--unsealed")
	}
	if c.ServerProfile != "" {
		args = append([]string{"--cpu-profile", c.ServerProfile}, args...)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	server, err := load.Start(ctx, "", self, args...)
	if err != nil {
		return nil, err
	}
	defer server.Kill()
	pg, err := postmaster(ctx, s.Database)
	if err != nil {
		return nil, err
	}
	run := &load.Run{Addresses: []string{server.Address}, Clients: c.Clients, Seed: 1}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- run.Do(ctx) }()
	if err := wait(ctx, ended, warmUp); err != nil {
		return nil, err
	}
	run.Measure()
	if c.watch != nil {
		go c.watch(ctx, server.Address)
	}
	cpu := func() [3]time.Duration {
		return [3]time.Duration{load.CPU(server.Pid()), load.FamilyCPU(pg), load.OwnCPU()}
	}
	batches, err := metric(ctx, server.Address, "skein_batches_total")
	if err != nil {
		return nil, err
	}
	began, before := time.Now(), cpu()
	if err := wait(ctx, ended, time.Duration(c.Seconds)*time.Second); err != nil {
		return nil, err
	}
	run.Pause()
	took, after := time.Since(began), cpu()
	total, err := metric(ctx, server.Address, "skein_batches_total")
	if err != nil {
		return nil, err
	}
	f.Resident = float64(load.Resident(server.Pid())) / 1e6
	stop()
	if err := <-ended; err != nil {
		return nil, err
	}
	_, times := run.Acked()
	if len(times) == 0 {
		return nil, fmt.Errorf("nothing was acknowledged: %v", run.Faults())
	}
	f.Seconds, f.Reports, f.PerSecond = took.Seconds(), len(times), float64(len(times))/took.Seconds()
	ms := func(p float64) float64 { return load.Percentile(times, p).Seconds() * 1000 }
	f.P50, f.P95, f.P99 = ms(0.5), ms(0.95), ms(0.99)
	per := func(i int) float64 { return (after[i] - before[i]).Seconds() * 1000 / float64(len(times)) }
	f.CPU = cost{per(0), per(1), per(2)}
	f.Batch = float64(len(times)) / max(total-batches, 1)
	return run, server.Stop()
}

// metric reads one figure of a server's metrics.
func metric(ctx context.Context, address, name string) (float64, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("%s is not among the server's metrics", name)
}

// wait lets the crowd work for a while.
func wait(ctx context.Context, ended <-chan error, d time.Duration) error {
	select {
	case err := <-ended:
		return fmt.Errorf("the clients ended early: %w", err)
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// compare holds what was acknowledged against what is stored.
func (c *benchIntake) compare(ctx context.Context, s *scratch, run *load.Run, f *intakeFigures) error {
	a, err := s.open(ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	acked, _ := run.Acked()
	f.Acknowledged = len(acked)
	numbers := map[string]bool{}
	rows, err := a.db.R.QueryContext(ctx, "SELECT number FROM matters WHERE realm = $1", string(townRealm))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return err
		}
		f.Stored++
		numbers[n] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, r := range acked {
		n := plainNumber(r.Number)
		if numbers[n] {
			seen[n] = true
		}
	}
	f.Distinct = len(seen)
	verified, err := clerk.Verify(ctx, a.house, a.db, townRealm, nil)
	if err != nil {
		return err
	}
	rebuilt, err := clerk.CheckTables(ctx, a.house, a.db, townRealm)
	if err != nil {
		return err
	}
	f.Verify, f.Rebuild = verified.OK(), rebuilt.OK()
	return nil
}

func plainNumber(n string) string {
	var b []byte
	for i := range n {
		if n[i] >= '0' && n[i] <= '9' {
			b = append(b, n[i])
		}
	}
	return string(b)
}

// limit writes the same rows to a fresh database, in a process of its own.
func (c *benchIntake) limit(ctx context.Context, s *scratch, f *intakeFigures) error {
	into, err := c.scratch(ctx)
	if err != nil {
		return err
	}
	defer into.drop()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	size := strconv.Itoa(max(int(math.Round(f.Batch)), 1))
	cmd := exec.CommandContext(ctx, self, "bench", "engine", "--from", s.source(), "--into", into.source(), "--size", size)
	var said bytes.Buffer
	cmd.Stderr = &said
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("the engine's own limit: %w\n%s", err, said.Bytes())
	}
	return json.Unmarshal(text, &f.Limit)
}

// bare lets the same clients talk to a handler that only decodes.
func (c *benchIntake) bare(ctx context.Context) (h handlerFigures, err error) {
	self, err := os.Executable()
	if err != nil {
		return h, err
	}
	server, err := load.Start(ctx, "", self, "bench", "handler")
	if err != nil {
		return h, err
	}
	defer server.Kill()
	run := &load.Run{Addresses: []string{server.Address}, Clients: c.Clients, Seed: 2}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- run.Do(ctx) }()
	if err := wait(ctx, ended, time.Second); err != nil {
		return h, err
	}
	before, from, began := load.CPU(server.Pid()), run.Count(), time.Now()
	if err := wait(ctx, ended, 3*time.Second); err != nil {
		return h, err
	}
	n := float64(run.Count() - from)
	h = handlerFigures{n / time.Since(began).Seconds(), (load.CPU(server.Pid()) - before).Seconds() * 1000 / n}
	stop()
	return h, <-ended
}

// round leaves the digits that mean something.
func round(f *intakeFigures) {
	for _, v := range []*float64{
		&f.Seconds, &f.P50, &f.P95, &f.P99, &f.CPU.Server, &f.CPU.Postgres, &f.CPU.Clients, &f.Batch, &f.Limit.CPU, &f.Limit.Postgres,
		&f.Limit.Rows, &f.Handler.CPU, &f.OfLimit,
	} {
		*v = math.Round(*v*1000) / 1000
	}
	for _, v := range []*float64{&f.PerSecond, &f.Limit.PerSecond, &f.Handler.PerSecond, &f.Resident} {
		*v = math.Round(*v)
	}
}

func (f *intakeFigures) print() {
	line := func(name, format string, args ...any) {
		fmt.Printf("%-34s "+format+"\n", append([]any{name}, args...)...)
	}
	line("engine", "%s (%s), %d cores, %d clients, %.0f s", f.Engine, f.Durable, f.Cores, f.Clients, f.Seconds)
	line("reports a second", "%.0f", f.PerSecond)
	line("latency ms", "p50 %.2f  p95 %.2f  p99 %.2f", f.P50, f.P95, f.P99)
	line("CPU-seconds per 1,000: server", "%.3f", f.CPU.Server)
	if f.Engine == string(store.Postgres) {
		line("CPU-seconds per 1,000: PostgreSQL", "%.3f", f.CPU.Postgres)
	}
	line("CPU-seconds per 1,000: clients", "%.3f", f.CPU.Clients)
	line("server's memory, MB", "%.0f", f.Resident)
	line("reports in a batch", "%.1f", f.Batch)
	line("engine's own limit", "%.0f reports a second, %.1f rows each; %.3f CPU-s per 1,000, PostgreSQL %.3f", f.Limit.PerSecond, f.Limit.Rows, f.Limit.CPU, f.Limit.Postgres)
	line("share of it", "%.2f", f.OfLimit)
	line("bare handler", "%.0f a second, %.3f CPU-s per 1,000", f.Handler.PerSecond, f.Handler.CPU)
	line("acknowledged = stored = distinct", "%d = %d = %d", f.Acknowledged, f.Stored, f.Distinct)
	line("verify, rebuild --check", "%v, %v", f.Verify, f.Rebuild)
}
