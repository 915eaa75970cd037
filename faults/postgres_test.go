package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"skein/internal/pgtest"
)

// PostgreSQL killed and started again under load: the server goes on by itself.
func TestPostgresKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("faults are not tried with -short")
	}
	pg := pgtest.Start(t)
	w := newTown(t, t.TempDir(), pg.URL)
	server := w.serve("")
	run, end := w.crowd(5, 8, server.Address)
	rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	for i := range 4 {
		w.moves(run, 10, 30*time.Second, fmt.Sprintf("after PostgreSQL fell %d times", i))
		time.Sleep(time.Duration(rnd.IntN(400)) * time.Millisecond)
		if err := pg.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := pg.Restart(); err != nil {
			t.Fatal(err)
		}
	}
	w.moves(run, 10, 30*time.Second, "after the last fall")
	if err := pg.Restart(); err != nil { // in order
		t.Fatal(err)
	}
	w.moves(run, 10, 30*time.Second, "after an orderly restart")
	end()
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
	w.holds()
}

// Two processes serve one realm. One is killed and comes back; one is stopped while it
// holds the realm's lock: the other goes on once PostgreSQL has cut it off, and the
// stopped one does no harm when it wakes.
func TestTwoProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("faults are not tried with -short")
	}
	w := newTown(t, t.TempDir(), pgtest.URL(t))
	one, two := w.serve(""), w.serve("")
	run1, end1 := w.crowd(6, 6, one.Address)
	run2, end2 := w.crowd(7, 6, two.Address)
	w.moves(run1, 50, 30*time.Second, "the first of two")
	w.moves(run2, 50, 30*time.Second, "the second of two")

	rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 3))
	for range 3 {
		time.Sleep(time.Duration(rnd.IntN(200)) * time.Millisecond)
		two.Kill()
		w.moves(run1, 20, 30*time.Second, "the first while the second is dead")
		two = w.serve(two.Address)
		w.moves(run2, 20, 30*time.Second, "the second, come back")
	}

	// Stop the first while it holds the lock: then it is idle in a transaction.
	db := openPostgres(t, w.database)
	held := false
	for try := 0; try < 200 && !held; try++ {
		time.Sleep(time.Duration(rnd.IntN(20_000)) * time.Microsecond)
		one.Signal(syscall.SIGSTOP)
		time.Sleep(20 * time.Millisecond) // what it sent before is done by then
		from := run2.Count()
		time.Sleep(100 * time.Millisecond)
		var waits int
		err := db.QueryRowContext(context.Background(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'skein' AND state = 'idle in transaction'`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
		if held = waits > 0 && run2.Count() == from; !held {
			one.Signal(syscall.SIGCONT)
		}
	}
	if !held {
		t.Fatal("the first process was never caught holding the lock")
	}
	began := time.Now()
	w.moves(run2, 1, 15*time.Second, "the second while a stopped process holds the lock")
	freed := time.Since(began)
	t.Logf("the lock of a stopped process was freed after %.1f s", freed.Seconds())
	w.moves(run2, 50, 30*time.Second, "the second, freed")
	one.Signal(syscall.SIGCONT)
	w.moves(run1, 50, 30*time.Second, "the first, awake again")
	w.moves(run2, 50, 30*time.Second, "the second beside it")
	end1()
	end2()
	for _, server := range []interface{ Stop() error }{one, two} {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}
	w.holds()
}
