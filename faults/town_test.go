// Package faults breaks things on purpose, under load, and holds that nothing which was
// acknowledged is lost, nothing is half there, and what the journal says is what the
// tables say. It runs the real program as child processes.
package faults

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"skein/cmd/skein/load"
	"skein/frame/store"
	"skein/internal/pgtest"
)

// program is the skein under test.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "skein-faults-")
	if err == nil {
		program = filepath.Join(dir, "skein")
		build := exec.Command("go", "build", "-o", program, "skein/cmd/skein")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		var said []byte
		if said, err = build.CombinedOutput(); err != nil {
			err = fmt.Errorf("%w\n%s", err, said)
		}
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults: cannot build the program:", err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// town is a realm with its data, and what it acknowledged.
type town struct {
	*testing.T
	data, database string // database is "" for SQLite
	acked          []load.Receipt
}

func newTown(t *testing.T, data, database string) *town {
	t.Helper()
	w := &town{T: t, data: data, database: database}
	w.run("bench", "world")
	return w
}

func (w *town) args(command ...string) []string {
	args := append(command, "--data", w.data)
	if w.database != "" {
		args = append(args, "--database", w.database)
	}
	return args
}

// run runs a command of the program that must exit with 0.
func (w *town) run(command ...string) {
	w.Helper()
	if said, err := exec.Command(program, w.args(command...)...).CombinedOutput(); err != nil {
		w.Errorf("skein %s: %v\n%s", strings.Join(command, " "), err, said)
	}
}

// serve starts a server that is gone when the test ends.
func (w *town) serve(address string) *load.Child {
	w.Helper()
	c, err := load.Start(context.Background(), address, program, w.args("serve")...)
	if c != nil {
		w.Cleanup(func() {
			c.Signal(syscall.SIGCONT)
			c.Kill()
		})
	}
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// crowd keeps reporting, whatever happens, until end is called.
func (w *town) crowd(seed uint64, clients int, addresses ...string) (run *load.Run, end func()) {
	run = &load.Run{Addresses: addresses, Clients: clients, Seed: seed, Patient: true}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		run.Do(ctx)
	}()
	end = sync.OnceFunc(func() {
		stop()
		<-done
		acked, _ := run.Acked()
		w.acked = append(w.acked, acked...)
		w.Logf("%d acknowledged; otherwise %v", len(acked), run.Faults())
	})
	w.Cleanup(end)
	return run, end
}

// moves waits until the crowd has had n more reports acknowledged.
func (w *town) moves(run *load.Run, n int, within time.Duration, when string) {
	w.Helper()
	from := run.Count()
	for deadline := time.Now().Add(within); run.Count() < from+n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("%s: %d reports were acknowledged within %v, want %d; otherwise %v", when, run.Count()-from, within, n, run.Faults())
		}
	}
}

// holds checks everything: the journal, the tables, what was acknowledged, and that no
// matter is half there. No server may be running but those given.
func (w *town) holds() {
	w.Helper()
	w.run("verify")
	w.run("rebuild", "--check")
	w.whole()
	server := w.serve("")
	defer server.Stop()
	w.readable(server.Address)
}

// whole looks into the database for matters of which a part is missing.
func (w *town) whole() {
	w.Helper()
	ctx := context.Background()
	source := w.database
	if source == "" {
		source = filepath.Join(w.data, "skein.db")
	}
	db, err := store.Open(ctx, source)
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	for what, query := range map[string]string{
		"matters without the reporter's key":       "SELECT count(*) FROM matters m LEFT JOIN vault_boxes k ON k.realm = m.realm AND k.box = m.box WHERE k.box IS NULL",
		"matters without what was told":            "SELECT count(*) FROM matters m LEFT JOIN vault_items i ON i.realm = m.realm AND i.box = m.box WHERE i.box IS NULL",
		"texts of no matter":                       "SELECT count(*) FROM vault_items i JOIN vault_boxes k ON k.realm = i.realm AND k.box = i.box LEFT JOIN matters m ON m.realm = i.realm AND m.box = i.box WHERE m.box IS NULL AND k.scope = 'matter'",
		"matters that nobody answers for":          "SELECT count(*) FROM matters WHERE lead = ''",
		"matters that are in no place":             "SELECT count(*) FROM matters WHERE places = ''",
		"numbers that two matters bear":            "SELECT count(*) - count(DISTINCT number) FROM matters",
		"positions left out":                       "SELECT max(position) - count(*) FROM acts",
		"reports without their assignment":         "SELECT count(*) FROM acts r LEFT JOIN acts a ON a.realm = r.realm AND a.dossier = r.dossier AND a.type = 'matter.assigned' WHERE r.type = 'matter.reported' AND a.type IS NULL",
		"acts recorded before the act before them": "SELECT count(*) FROM acts a JOIN acts b ON b.realm = a.realm AND b.position = a.position + 1 WHERE b.recorded < a.recorded",
	} {
		var n int
		if err := db.R.QueryRowContext(ctx, query).Scan(&n); err != nil {
			w.Errorf("%s: %v", what, err)
		} else if n != 0 {
			w.Errorf("%d %s", n, what)
		}
	}
	numbers := map[string]bool{}
	rows, err := db.R.QueryContext(ctx, "SELECT number FROM matters")
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			w.Fatal(err)
		}
		numbers[n] = true
	}
	seen := map[string]bool{}
	lost := 0
	for _, r := range w.acked {
		n := strings.ReplaceAll(r.Number, "-", "")
		if seen[n] {
			w.Errorf("the number %s was given twice", r.Number)
		}
		if seen[n] = true; !numbers[n] {
			lost++
		}
	}
	if lost > 0 {
		w.Errorf("%d of %d acknowledged reports are lost", lost, len(w.acked))
	}
	if len(w.acked) == 0 {
		w.Error("nothing was acknowledged: nothing was shown")
	}
	w.Logf("%d matters, %d of them acknowledged", len(numbers), len(w.acked))
}

// readable asks for acknowledged reports as their reporters would.
func (w *town) readable(address string) {
	w.Helper()
	step := max(len(w.acked)/1500, 1)
	c := load.NewClient(address)
	defer c.Close()
	wrong := map[string]int{}
	for i := 0; i < len(w.acked); i += step {
		r := w.acked[i]
		status, answer, err := c.Fetch("/api/matters/"+r.Number, "Skein-Tracking: "+r.Tracking+"\r\n")
		switch {
		case err != nil:
			w.Fatal(err)
		case status != 200:
			wrong[fmt.Sprintf("%d %.200s", status, answer)]++
		case !strings.Contains(string(answer), `"text":"`):
			wrong["its reporter does not see her text"]++
		}
	}
	for _, what := range slices.Sorted(maps.Keys(wrong)) {
		w.Errorf("%d acknowledged reports: %s", wrong[what], what)
	}
}

// engines runs a test on both engines, each with data of its own.
func engines(t *testing.T, f func(w *town)) {
	if testing.Short() {
		t.Skip("faults are not tried with -short")
	}
	t.Run("sqlite", func(t *testing.T) { f(newTown(t, t.TempDir(), "")) })
	t.Run("postgres", func(t *testing.T) { f(newTown(t, t.TempDir(), pgtest.URL(t))) })
}

func openPostgres(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
