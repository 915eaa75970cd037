package courier

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
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

	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/frame/store"
	"skein/internal/pgtest"
)

const realm civic.Realm = "boston"

// secretAddress must show up in no table and no log.
const secretAddress = "ann.lee@example.org"

// contacts knows one address for everybody but those named.
type contacts struct {
	channel string
	errs    map[To]error
}

func (c contacts) Resolve(_ context.Context, _ civic.Realm, to To) (Address, error) {
	return Address{Channel: c.channel, To: secretAddress, Lang: "en"}, c.errs[to]
}

type texts struct{}

func (texts) Render(lang, key string, args map[string]any) string {
	return fmt.Sprintf("%s %s %v", lang, key, args["number"])
}

// police is the other side. It fails the test when one id comes with two contents, when
// something comes again although it was taken and we were told so, and when more
// deliveries run at once than allowed.
type police struct {
	t      testing.TB
	mu     sync.Mutex
	taken  map[string]int    // times by id
	said   map[string]string // content by id
	told   map[string]bool   // ids for which we returned nil
	repeat bool              // a crash in between makes repetitions lawful
	fate   func(id string, nth int) error
	nth    map[string]int
	now    int
	most   int
}

var errSentButFailed = errors.New("taken, but the answer was lost")

func newPolice(t testing.TB) *police {
	return &police{t: t, taken: map[string]int{}, said: map[string]string{}, told: map[string]bool{}, nth: map[string]int{}}
}

func (p *police) Deliver(_ context.Context, m Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now++
	p.most = max(p.most, p.now)
	p.mu.Unlock()
	time.Sleep(time.Millisecond)
	p.mu.Lock()
	p.now--
	content := fmt.Sprint(m.Kind, m.Key, m.Args, m.To, m.Subject, m.Text)
	if before, ok := p.said[m.ID]; ok && before != content {
		p.t.Errorf("%s comes with two contents: %q and %q", m.ID, before, content)
	}
	p.said[m.ID] = content
	if p.told[m.ID] && !p.repeat {
		p.t.Errorf("%s comes again although it was taken", m.ID)
	}
	var err error
	if p.fate != nil {
		err = p.fate(m.ID, p.nth[m.ID])
	}
	p.nth[m.ID]++
	if err == nil || errors.Is(err, errSentButFailed) {
		p.taken[m.ID]++
	}
	p.told[m.ID] = err == nil
	return err
}

// world is an outbox with a courier whose clocks stand still until moved.
type world struct {
	*Courier
	t     testing.TB
	db    *store.DB
	other *police
	now   civic.Instant
	wall  time.Time
	log   *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func open(t testing.TB, source string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(context.Background(), Migrations()); err != nil {
		t.Fatal(err)
	}
	return db
}

func newWorld(t testing.TB, db *store.DB) *world {
	w := &world{t: t, db: db, other: newPolice(t), now: 1_000_000_000, wall: time.Unix(1_800_000_000, 0), log: &lockedBuffer{}}
	w.Courier = w.second()
	return w
}

// second is another process that could be the courier.
func (w *world) second() *Courier {
	return New(Config{
		DB: w.db, Realm: realm, Contacts: contacts{channel: "test"}, Texts: texts{},
		Channels: map[string]Channel{"test": w.other},
		Now:      func() civic.Instant { return w.now }, Wall: func() time.Time { return w.wall },
		Jitter: func() float64 { return 0 }, Log: slog.New(slog.NewTextHandler(w.log, nil)),
	})
}

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newWorld(t, open(t, filepath.Join(t.TempDir(), "skein.db")))) })
	t.Run("postgres", func(t *testing.T) { test(t, newWorld(t, open(t, pgtest.URL(t)))) })
}

func (w *world) put(from, n int) []string {
	w.t.Helper()
	var rows []store.Row
	var ids []string
	for i := from; i < from+n; i++ {
		r, err := Row(realm, civic.Position(i), 0, Note{To: ToPost("pwd/head"), Kind: "matter.assigned", Key: "matter.note.assigned",
			Args: map[string]any{"number": 1_234_567_890_000 + i}})
		if err != nil {
			w.t.Fatal(err)
		}
		rows = append(rows, r)
		ids = append(ids, r[1].(string))
	}
	if err := w.db.Update(context.Background(), func(tx *store.Tx) error {
		return tx.Write(context.Background(), OutboxTable, rows)
	}); err != nil {
		w.t.Fatal(err)
	}
	return ids
}

func (w *world) round() int {
	w.t.Helper()
	n, err := w.Round(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) counts(want map[string]int64) {
	w.t.Helper()
	got, err := Counts(context.Background(), w.db, realm)
	if err != nil || !maps.Equal(got, want) {
		w.t.Errorf("%v, not %v: %v", got, want, err)
	}
}

func TestRow(t *testing.T) {
	var last string
	for _, at := range [][2]int{{1, 0}, {1, 1}, {1, 11}, {2, 0}, {10, 0}, {999_999_999_999, 999}} {
		r, err := Row(realm, civic.Position(at[0]), at[1], Note{To: ToBody("pwd"), Kind: "k", Key: "m"})
		if err != nil {
			t.Fatal(err)
		}
		if len(r) != len(OutboxTable.Columns) {
			t.Fatalf("%d values", len(r))
		}
		if id := r[1].(string); id <= last {
			t.Errorf("%s does not follow %s", id, last)
		} else {
			last = id
		}
	}
	for _, c := range []struct {
		to To
		ok bool
	}{
		{ToPost("pwd/head"), true}, {ToBody("pwd"), true}, {ToBox("01hz"), true},
		{secretAddress, false}, {"mail:" + secretAddress, false}, {"tel:+16175550100", false}, {"post:" + secretAddress, false},
		{"post:a@b/c", false}, {"https://example.org", false}, {"box:", false}, {"", false}, {"box:01hz\nx", false},
	} {
		if _, err := Row(realm, 1, 0, Note{To: c.to}); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.to, err)
		} else if err != nil && strings.Contains(err.Error(), "ann.lee") {
			t.Errorf("the error shows the address: %v", err)
		}
	}
	if _, err := Row(realm, 1, 0, Note{To: ToBody("pwd"), Args: map[string]any{"f": func() {}}}); err == nil {
		t.Error("an argument without JSON")
	}
}

func TestDelivers(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ids := w.put(1, 120)
		later, _ := Row(realm, 500, 0, Note{To: ToBody("pwd"), Kind: "k", Key: "m", Due: w.now + 1})
		if err := w.db.Update(context.Background(), func(tx *store.Tx) error {
			return tx.WriteAll(context.Background(), []store.Write{{Table: OutboxTable, Row: later}})
		}); err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{50, 50, 20, 0} {
			if n := w.round(); n != want {
				t.Errorf("round %d took %d, not %d", i, n, want)
			}
		}
		w.counts(map[string]int64{sent: 120, waiting: 1})
		for _, id := range ids {
			if w.other.taken["boston."+id] != 1 {
				t.Fatalf("%s was taken %d times", id, w.other.taken["boston."+id])
			}
		}
		if want := "1234567890001"; !strings.Contains(w.other.said["boston."+ids[0]], want) {
			t.Errorf("the number is not written as it was: %s", w.other.said["boston."+ids[0]])
		}
		if w.other.most != 4 {
			t.Errorf("%d at a time, not 4", w.other.most)
		}
		w.now++
		if n := w.round(); n != 1 {
			t.Errorf("what became due: %d", n)
		}
		if _, err := Retry(context.Background(), w.db, realm, 0, ids...); err != nil {
			t.Error(err)
		}
		w.counts(map[string]int64{sent: 121}) // what was sent is not sent again
		if n, err := Prune(context.Background(), w.db, realm, w.now); err != nil || n != 120 {
			t.Errorf("%d pruned: %v", n, err)
		}
	})
}

// The same note written twice is refused, so a batch that is run again cannot repeat it.
func TestNoteIsWrittenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.put(1, 1)
		r, _ := Row(realm, 1, 0, Note{To: ToBody("pwd")})
		err := w.db.Update(context.Background(), func(tx *store.Tx) error {
			return tx.Write(context.Background(), OutboxTable, []store.Row{r})
		})
		if !store.IsDuplicate(err) {
			t.Errorf("%v", err)
		}
	})
}

func TestTriesAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		ids := w.put(1, 1)
		w.Tries, w.Base, w.Cap = 6, time.Minute, 5*time.Minute
		w.other.fate = func(string, int) error {
			return &Failure{Key: "courier.refused_for_now", Status: 450, Cause: errors.New("450 " + secretAddress)}
		}
		for i, wait := range []time.Duration{0, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute} {
			if wait > 0 {
				w.now = w.now.Add(wait) - 1
				if n := w.round(); n != 0 {
					t.Fatalf("try %d is too early", i+1)
				}
				w.now++
			}
			if n := w.round(); n != 1 {
				t.Fatalf("try %d took %d", i+1, n)
			}
		}
		w.counts(map[string]int64{dead: 1})
		letters, err := Dead(ctx, w.db, realm, "", 10)
		if err != nil || len(letters) != 1 {
			t.Fatalf("%v %v", letters, err)
		}
		l := letters[0]
		if l.ID != ids[0] || l.Tries != 6 || l.Done != w.now || l.Why.Key != "courier.refused_for_now" || l.Why.Args["status"] != 450 || l.To != "post:pwd/head" {
			t.Errorf("%+v", l)
		}
		if next, err := Dead(ctx, w.db, realm, l.ID, 10); err != nil || len(next) != 0 {
			t.Errorf("after the last: %v %v", next, err)
		}
		if strings.Contains(w.log.String(), "ann.lee") {
			t.Error("the log shows the address")
		}
		w.now += 1_000_000_000_000
		if n := w.round(); n != 0 {
			t.Error("a dead letter is sent")
		}
		w.other.fate = nil
		if n, err := Retry(ctx, w.db, realm, w.now, ids...); err != nil || n != 1 {
			t.Fatalf("%d %v", n, err)
		}
		w.round()
		w.counts(map[string]int64{sent: 1})
	})
}

func TestFates(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		state string
		why   string
	}{
		{"taken", nil, sent, ""},
		{"for good", &Failure{Key: "courier.refused", Status: 550, Permanent: true}, dead, "courier.refused 550"},
		{"for now", &Failure{Key: "courier.no_answer"}, waiting, "courier.no_answer"},
		{"wrapped", fmt.Errorf("x: %w", &Failure{Key: "courier.moved", Status: 302, Permanent: true}), dead, "courier.moved 302"},
		{"not said", errors.New("to " + secretAddress), waiting, "courier.channel_failed"},
		{"kept", ErrKept, kept, "courier.no_channel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.put(1, 1)
				w.other.fate = func(string, int) error { return c.err }
				w.round()
				var state, why string
				var tries int
				if err := w.db.R.QueryRow("SELECT state, last_error, tries FROM outbox").Scan(&state, &why, &tries); err != nil {
					t.Fatal(err)
				}
				if state != c.state || why != c.why || tries != 1 {
					t.Errorf("%s %q after %d", state, why, tries)
				}
				if strings.Contains(w.log.String(), "ann.lee") {
					t.Errorf("the log shows the address: %s", w.log)
				}
			})
		})
	}
}

type panics struct{}

func (panics) Deliver(context.Context, Message) error { panic("for " + secretAddress) }

func TestOddRecipientsAndChannels(t *testing.T) {
	for _, c := range []struct {
		name  string
		setup func(*Courier)
		state string
		why   string
	}{
		{"nobody", func(c *Courier) {
			c.Contacts = contacts{errs: map[To]error{"post:pwd/head": fmt.Errorf("erased: %w", ErrNobody)}}
		}, kept, "courier.nobody"},
		{"vault away", func(c *Courier) {
			c.Contacts = contacts{errs: map[To]error{"post:pwd/head": errors.New("disk")}}
		}, waiting, "courier.contact_unreadable"},
		{"no such channel", func(c *Courier) { c.Contacts = contacts{channel: "pigeon"} }, kept, "courier.no_channel"},
		{"a channel that panics", func(c *Courier) { c.Channels["test"] = panics{} }, waiting, "courier.channel_failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, open(t, filepath.Join(t.TempDir(), "skein.db")))
			w.put(1, 1)
			c.setup(w.Courier)
			w.round()
			var state, why string
			if err := w.db.R.QueryRow("SELECT state, last_error FROM outbox").Scan(&state, &why); err != nil || state != c.state || why != c.why {
				t.Errorf("%s %q %v", state, why, err)
			}
			if strings.Contains(w.log.String(), "ann.lee") {
				t.Errorf("the log shows the address: %s", w.log)
			}
		})
	}
}

// Over random fates everything is taken at least once, ends sent or dead, and comes
// again only where we could not know.
func TestRandomFates(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "skein.db"))
	position := 1
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, db)
		w.Tries, w.Base, w.Cap = 4, time.Second, time.Second
		if err := db.Update(context.Background(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(context.Background(), "DELETE FROM outbox")
			if err == nil {
				_, err = tx.ExecContext(context.Background(), "DELETE FROM courier_leases")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		n := rapid.IntRange(1, 8).Draw(rt, "notes")
		fates := map[string][]int{}
		for i, id := range w.put(position, n) {
			fates["boston."+id] = rapid.SliceOfN(rapid.IntRange(0, 3), 4, 4).Draw(rt, fmt.Sprint("fate", i))
		}
		position += n
		outcome := []error{nil, &Failure{Key: "a"}, errSentButFailed, &Failure{Key: "b", Permanent: true}}
		w.other.fate = func(id string, nth int) error { return outcome[fates[id][nth]] }
		for range 5 {
			w.round()
			w.now = w.now.Add(time.Second)
		}
		for id, fate := range fates {
			tries, takes, end := 0, 0, dead
			for _, f := range fate {
				tries++
				if f == 0 || f == 2 {
					takes++
				}
				if f == 0 {
					end = sent
				}
				if f == 0 || f == 3 {
					break
				}
			}
			var state string
			var made int
			err := db.R.QueryRow("SELECT state, tries FROM outbox WHERE id = $1", strings.TrimPrefix(id, "boston.")).Scan(&state, &made)
			if err != nil || state != end || made != tries || w.other.taken[id] != takes {
				rt.Fatalf("%v: %s after %d tries, taken %d times: %v", fate, state, made, w.other.taken[id], err)
			}
		}
	})
}

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

func TestBackoffStaysInBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := rapid.Float64Range(0, 0.999).Draw(t, "jitter")
		n := rapid.IntRange(0, 200).Draw(t, "tries")
		c := New(Config{Jitter: func() float64 { return j }})
		d := c.backoff(n)
		full := c.Cap
		if n < 16 {
			full = min(c.Base<<n, c.Cap)
		}
		if d > full || d < full/2 {
			t.Fatalf("after %d: %v of %v", n, d, full)
		}
	})
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

// Every code that the package raises has a text in every language, with the same places
// to fill, and no text is left over.
func TestMessages(t *testing.T) {
	raised := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, _ := os.ReadFile(f)
		for _, part := range strings.Split(string(text), `"courier.`)[1:] {
			raised["courier."+part[:strings.IndexByte(part, '"')]] = true
		}
	}
	var english map[string]string
	for _, lang := range []string{"en", "zh-Hans"} {
		text, err := os.ReadFile("messages." + lang + ".json")
		m := map[string]string{}
		if err := errors.Join(err, json.Unmarshal(text, &m)); err != nil {
			t.Fatal(err)
		}
		if english == nil {
			english = m
		}
		for key, text := range m {
			for _, place := range []string{"{status}", "{setting}"} {
				if strings.Contains(text, place) != strings.Contains(english[key], place) {
					t.Errorf("%s: %s and %s", lang, key, place)
				}
			}
		}
		got, want := slices.Sorted(maps.Keys(m)), slices.Sorted(maps.Keys(raised))
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, raised are %v", lang, got, want)
		}
	}
}

func BenchmarkRound(b *testing.B) {
	w := newWorld(b, open(b, filepath.Join(b.TempDir(), "skein.db")))
	w.Channels = nil
	w.Log = slog.New(slog.DiscardHandler)
	w.Fallback = Keep{}
	at := 1
	for b.Loop() {
		b.StopTimer()
		w.put(at, 50)
		at += 50
		b.StartTimer()
		if w.round() != 50 {
			b.Fatal("not 50")
		}
	}
	b.ReportMetric(50*float64(b.N)/b.Elapsed().Seconds(), "notes/s")
}
