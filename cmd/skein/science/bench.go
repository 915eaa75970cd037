package science

import (
	"fmt"
	"runtime"
	"syscall"
	"time"
)

// Bench measures the methods, each beside what the reference program of its field took.
type Bench struct {
	Output
	Only string `placeholder:"NAME" help:"Only the trials whose name begins so."`
}

// trial is one measurement.
type trial struct {
	name      string
	size      string
	reference float64 // CPU-seconds of the reference on the same size, 0 where there is none
	by        string  // the reference program
	run       func() error
	prepare   func() // makes the data, not measured; may be nil
}

// trials are all that is measured.
func trials() []trial {
	var all []trial
	all = append(all, similarTrials()...)
	all = append(all, opinionTrials()...)
	all = append(all, shareTrials()...)
	all = append(all, countTrials()...)
	all = append(all, outbreakTrials()...)
	return all
}

// Run prints a row a trial: CPU-seconds and wall seconds of this process, what it holds on the heap after a collection, and the most memory
// that it took from the system since it began (so of a trial, if it is the first); the reference's CPU-seconds, and the ratio to them.
func (c *Bench) Run(d *Desk) error {
	var rows [][]any
	for _, t := range trials() {
		if len(t.name) < len(c.Only) || t.name[:len(c.Only)] != c.Only {
			continue
		}
		if t.prepare != nil {
			t.prepare()
		}
		runtime.GC()
		cpu, began := processor(), time.Now()
		if err := t.run(); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		took, wall := (processor() - cpu).Seconds(), time.Since(began).Seconds()
		most := peak()
		runtime.GC()
		var held runtime.MemStats
		runtime.ReadMemStats(&held)
		row := []any{t.name, t.size, took, wall, float64(held.HeapAlloc) / 1e6, most, nil, nil, nil}
		if t.reference > 0 {
			row[6], row[7], row[8] = t.by, t.reference, t.reference/took
		}
		rows = append(rows, row)
	}
	return c.table(d, []string{"trial", "size", "cpu_s", "wall_s", "held_mb", "peak_mb", "reference", "reference_cpu_s", "times_faster"}, rows)
}

// processor is the time that the processor gave this process.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the most memory, in megabytes, that this process had since it began.
func peak() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Maxrss) * 1024 / 1e6
}
