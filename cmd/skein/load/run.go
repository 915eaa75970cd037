package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Run is a crowd of clients, each sending its next report when the last was answered.
type Run struct {
	Addresses []string // clients are spread over them
	Clients   int
	Seed      uint64
	// Patient clients go on after faults, waiting a little; others stop the run with an error.
	Patient bool
	// Pace, if set, is how long each client waits from one report's begin to the next's.
	Pace time.Duration
	// Path and Make replace /api/matters and its reports.
	Path string
	Make func(client int) func() []byte

	mu     sync.Mutex
	acked  []Receipt
	took   []time.Duration
	faults map[string]int
	keep   atomic.Bool
}

// Measure starts to keep latencies; before, the run warms up.
func (r *Run) Measure() { r.keep.Store(true) }

// Pause ends what Measure began.
func (r *Run) Pause() { r.keep.Store(false) }

// Acked is what was acknowledged so far, and how many of it while latencies were kept.
func (r *Run) Acked() ([]Receipt, []time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.acked), slices.Clone(r.took)
}

// Count is how many were acknowledged so far.
func (r *Run) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.acked)
}

// Faults says what went otherwise, by status or error, how often.
func (r *Run) Faults() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]int{}
	for k, v := range r.faults {
		out[k] = v
	}
	return out
}

// Do sends reports until the context ends. A client finishes the exchange it is in.
func (r *Run) Do(ctx context.Context) error {
	if r.Path == "" {
		r.Path = "/api/matters"
	}
	if r.Make == nil {
		r.Make = func(client int) func() []byte { return NewReports(r.Seed<<16 + uint64(client)).Next }
	}
	r.faults = map[string]int{}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	for i := range r.Clients {
		wg.Go(func() { r.client(ctx, stop, i) })
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil && err != context.Canceled && err != context.DeadlineExceeded {
		return err
	}
	return nil
}

func (r *Run) client(ctx context.Context, stop context.CancelCauseFunc, i int) {
	c := NewClient(r.Addresses[i%len(r.Addresses)])
	defer c.Close()
	next := r.Make(i)
	for ctx.Err() == nil {
		body := next()
		began := time.Now()
		status, answer, err := c.Post(r.Path, "", body)
		took := time.Since(began)
		var receipt Receipt
		if err == nil && status == 201 {
			receipt, err = quickReceipt(answer)
		}
		if err == nil && status == 201 {
			r.mu.Lock()
			r.acked = append(r.acked, receipt)
			if r.keep.Load() {
				r.took = append(r.took, took)
			}
			r.mu.Unlock()
		} else {
			what := fmt.Sprint(status)
			if err != nil {
				what = fault(err)
			}
			r.mu.Lock()
			r.faults[what]++
			r.mu.Unlock()
			if !r.Patient {
				stop(fmt.Errorf("load: %s %.300s", what, answer))
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		if r.Pace > 0 {
			time.Sleep(r.Pace - time.Since(began))
		}
	}
}

// fault names an error without the ports that differ each time.
func fault(err error) string {
	for _, known := range []error{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, io.ErrUnexpectedEOF, io.EOF, os.ErrDeadlineExceeded} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}

// Percentile is the p-th percentile of durations, p in 0…1; the slice is sorted.
func Percentile(took []time.Duration, p float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(int(p*float64(len(took))), len(took)-1)]
}
