package courier

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"skein/frame/store"
	"skein/internal/pgtest"
)

func TestOneCourierAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.put(1, 1)
		two := w.second()
		w.round()
		w.put(2, 1)
		if n, err := two.Round(ctx); n != 0 || err != nil {
			t.Errorf("the second took %d while the first holds the lease: %v", n, err)
		}
		w.wall = w.wall.Add(w.Lease + time.Second)
		if n, err := two.Round(ctx); n != 1 || err != nil {
			t.Errorf("the second took %d after the lease ran out: %v", n, err)
		}
		w.put(3, 1)
		if n := w.round(); n != 0 {
			t.Errorf("the first took %d after it lost the lease", n)
		}
		two.release()
		if n := w.round(); n != 1 {
			t.Errorf("the first took %d after the lease was given back", n)
		}
	})
}

// A courier that was stopped half-way and comes back marks nothing that another has marked.
func TestStalledCourierIsFenced(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		ids := w.put(1, 1)
		rows, err := w.due(ctx)
		if err != nil {
			t.Fatal(err)
		}
		w.owed = append(w.owed, w.outcome(rows[0], &Failure{Key: "courier.refused", Permanent: true}))
		w.wall = w.wall.Add(time.Hour)
		if n, err := w.second().Round(ctx); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if err := w.settle(ctx); err != nil {
			t.Fatal(err)
		}
		w.counts(map[string]int64{sent: 1})
		if w.other.taken["boston."+ids[0]] != 1 {
			t.Error("not taken once")
		}
	})
}

// While the database cannot take the marks nothing more goes out.
func TestFullDiskIsNoFlood(t *testing.T) {
	w := newWorld(t, open(t, filepath.Join(t.TempDir(), "skein.db")))
	ctx := context.Background()
	exec := func(q string) {
		t.Helper()
		if err := w.db.Update(ctx, func(tx *store.Tx) error { _, err := tx.ExecContext(ctx, q); return err }); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TRIGGER full BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END")
	w.put(1, 200)
	for range 5 {
		if _, err := w.Round(ctx); err == nil {
			t.Fatal("no error")
		}
	}
	if got := len(w.other.taken); got == 0 || got > w.Batch {
		t.Errorf("%d went out", got)
	}
	for id, n := range w.other.taken {
		if n > 1 {
			t.Errorf("%s went out %d times", id, n)
		}
	}
	exec("DROP TRIGGER full")
	for w.round() > 0 {
	}
	w.counts(map[string]int64{sent: 200})
}

// stuck delivers nothing until released or its context ends.
type stuck struct{ began, release chan struct{} }

func (s stuck) Deliver(ctx context.Context, _ Message) error {
	s.began <- struct{}{}
	select {
	case <-s.release:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestRunStopsAndWakes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, stop := context.WithCancel(context.Background())
		channel := stuck{make(chan struct{}), make(chan struct{})}
		w.Channels["test"] = channel
		w.Poll = time.Hour
		done := make(chan error)
		go func() { done <- w.Run(ctx) }()
		w.put(1, 1)
		time.Sleep(20 * time.Millisecond)
		w.Wake()
		w.Wake()
		<-channel.began
		stop() // what is under way ends well
		time.Sleep(20 * time.Millisecond)
		close(channel.release)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		w.counts(map[string]int64{sent: 1})
		var n int
		if err := w.db.R.QueryRow("SELECT count(*) FROM courier_leases").Scan(&n); err != nil || n != 0 {
			t.Errorf("the lease is still there: %d %v", n, err)
		}
	})
}

func TestSlowOneTimesOut(t *testing.T) {
	w := newWorld(t, open(t, filepath.Join(t.TempDir(), "skein.db")))
	w.put(1, 1)
	w.Timeout = 20 * time.Millisecond
	channel := stuck{make(chan struct{}, 1), nil}
	w.Channels["test"] = channel
	w.round()
	w.counts(map[string]int64{waiting: 1})
}

// killed delivers to a file, synced, and then is killed before it can mark.
type killed struct {
	file  string
	after int
	n     *int
}

func (k killed) Deliver(_ context.Context, m Message) error {
	f, err := os.OpenFile(k.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	fmt.Fprintf(f, "%s %s\n", m.ID, m.Subject)
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if *k.n++; *k.n == k.after {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	return nil
}

// TestHelperKilled is the process that TestKilledBetweenDeliverAndMark kills.
func TestHelperKilled(t *testing.T) {
	source := os.Getenv("COURIER_KILLED_DB")
	if source == "" {
		t.Skip("runs only as a child process")
	}
	db, err := store.Open(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, db)
	w.Workers = 1
	w.Channels["test"] = killed{os.Getenv("COURIER_KILLED_FILE"), 4, new(int)}
	w.round()
	t.Fatal("still alive")
}

func TestKilledBetweenDeliverAndMark(t *testing.T) {
	try := func(t *testing.T, source string) {
		w := newWorld(t, open(t, source))
		ids := w.put(1, 10)
		file := filepath.Join(t.TempDir(), "delivered")
		child := exec.Command(os.Args[0], "-test.run=^TestHelperKilled$")
		child.Env = append(os.Environ(), "COURIER_KILLED_DB="+source, "COURIER_KILLED_FILE="+file)
		out, err := child.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("the child was not killed: %v\n%s", err, out)
		}
		if n := w.round(); n != 0 {
			t.Errorf("%d taken while the dead one's lease runs", n)
		}
		w.wall = w.wall.Add(w.Lease + time.Second)
		w.Channels["test"] = killed{file, -1, new(int)}
		w.Workers = 1
		w.round()
		w.counts(map[string]int64{sent: 10})
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		times := map[string]int{}
		content := map[string]string{}
		for line := range strings.Lines(string(text)) {
			id, subject, _ := strings.Cut(line, " ")
			times[id]++
			if before, ok := content[id]; ok && before != subject {
				t.Errorf("%s comes with two contents", id)
			}
			content[id] = subject
		}
		twice := 0
		for _, id := range ids {
			switch times["boston."+id] {
			case 1:
			case 2:
				twice++
			default:
				t.Errorf("%s was delivered %d times", id, times["boston."+id])
			}
		}
		if twice == 0 || twice > 4 || len(times) != 10 {
			t.Errorf("%d of %d were delivered twice", twice, len(times))
		}
	}
	t.Run("sqlite", func(t *testing.T) { try(t, filepath.Join(t.TempDir(), "skein.db")) })
	t.Run("postgres", func(t *testing.T) { try(t, pgtest.URL(t)) })
}
