package clerk_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/store"
	"skein/internal/pgtest"
)

// hand is a clock turned by hand.
type hand struct {
	mu  sync.Mutex
	now civic.Instant
}

func (h *hand) Now() civic.Instant { h.mu.Lock(); defer h.mu.Unlock(); return h.now }
func (h *hand) set(t civic.Instant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = t
}

var (
	noon      = civic.At(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	clerkPost = civic.Actor{Kind: civic.Post, Post: "hall/clerk"}
	house     = func() *clerk.House {
		h, err := clerk.NewHouse(func(*clerk.View) types.EntityGetter { return types.EntityMap{} }, counterRoom())
		if err != nil {
			panic(err)
		}
		return h
	}()
)

// engines runs a test on both engines.
func engines(t *testing.T, f func(t *testing.T, source string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), "skein.db")) })
	t.Run("postgres", func(t *testing.T) { f(t, pgtest.URL(t)) })
}

type bench struct {
	*testing.T
	db    *store.DB
	realm *clerk.Realm
	clock *hand
}

func open(t *testing.T, source string, found bool) *bench {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if found {
		if err := house.Migrate(ctx, db, courier.Migrations()); err != nil {
			t.Fatal(err)
		}
		err := clerk.Found(ctx, db, "test", clerk.Settings{Zone: "UTC", Languages: []string{"en"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	b := &bench{T: t, db: db, clock: &hand{now: noon}}
	b.realm, err = clerk.Open(ctx, house, db, "test", clerk.Options{Clock: b.clock, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.realm.Close)
	return b
}

func (b *bench) make(name string) civic.DossierID {
	b.Helper()
	r, err := b.realm.Do(context.Background(), clerk.Task{Command: makeIt{name}, Actor: civic.Actor{Kind: civic.Resident}})
	if err != nil {
		b.Fatal(err)
	}
	return r.Dossier
}

func (b *bench) raise(id civic.DossierID, by int64) (clerk.Receipt, error) {
	return b.realm.Do(context.Background(), clerk.Task{Command: raiseIt{By: by}, Dossier: id, Actor: clerkPost})
}

func (b *bench) holds() {
	b.Helper()
	ctx := context.Background()
	acts := map[string]int64{}
	for name, check := range map[string]func() (*clerk.Report, error){
		"verify":  func() (*clerk.Report, error) { return clerk.Verify(ctx, house, b.db, "test", nil) },
		"rebuild": func() (*clerk.Report, error) { return clerk.CheckTables(ctx, house, b.db, "test") },
	} {
		report, err := check()
		if err != nil {
			b.Fatal(name, err)
		}
		for _, f := range report.Findings {
			b.Errorf("%s: %s %s", name, f.Where, f.What)
		}
		acts[name] = report.Acts
	}
	if acts["verify"] == 0 || acts["rebuild"] != acts["verify"] {
		b.Errorf("read %v acts", acts)
	}
}

func TestManyAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		var ids []civic.DossierID
		for i := range 8 {
			ids = append(ids, b.make(fmt.Sprint("c", i)))
		}
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				for i := range 25 {
					if _, err := b.raise(ids[(w+i)%8], 1); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		var sum, acts int64
		if err := b.db.R.QueryRow("SELECT sum(sum) FROM counters WHERE realm = 'test'").Scan(&sum); err != nil || sum != 400 {
			t.Errorf("the counters add up to %d (%v), want 400", sum, err)
		}
		if err := b.db.R.QueryRow("SELECT max(position) FROM acts WHERE realm = 'test'").Scan(&acts); err != nil || acts != 408 {
			t.Errorf("%d acts (%v), want 408", acts, err)
		}
		if n := b.realm.Stats().Batches.Load(); n >= 408 {
			t.Errorf("%d batches for 408 commands: none shared a commit", n)
		}
		b.holds()
	})
}

func TestRefusalsAndFaultsStayAlone(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		id := b.make("a")
		if _, err := b.realm.Do(context.Background(), clerk.Task{Command: raiseIt{By: 1}, Dossier: id, Actor: civic.Actor{Kind: civic.Resident}}); kind(err) != civic.Forbidden {
			t.Errorf("a resident raises: %v", err)
		}
		closed := b.make("closed")
		_, err := b.raise(closed, 1)
		if rs, _ := civic.AsRefusals(err); len(rs) != 1 || rs[0].Args["policy"] != "counter.not_closed" {
			t.Errorf("a closed counter: %v", err)
		}
		tasks := []clerk.Task{
			{Command: raiseIt{By: 1}, Dossier: id, Actor: clerkPost},
			{Command: breakIt{"panic"}, Dossier: id, Actor: clerkPost},
			{Command: raiseIt{By: 1}, Dossier: "counter/none", Actor: clerkPost},
			{Command: raiseIt{By: 1, Also: closed}, Dossier: id, Actor: clerkPost},
		}
		got := b.realm.DoAll(context.Background(), tasks, false)
		if got[0].Err != nil || got[1].Err == nil || kind(got[2].Err) != civic.Missing || got[3].Err != nil {
			t.Errorf("results: %v", got)
		}
		if s, seq, _ := b.realm.State(context.Background(), id); s.(counter).Sum != 2 || seq != 3 {
			t.Errorf("state %+v after %d acts", s, seq)
		}
		b.holds()
	})
}

// A row that the database refuses must not take the others of its batch with it.
func TestDatabaseRefusesOneOfABatch(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		id := b.make("a")
		var wg sync.WaitGroup
		var bad, good sync.Map
		for w := range 12 {
			wg.Go(func() {
				if w%4 == 0 {
					_, err := b.realm.Do(context.Background(), clerk.Task{Command: breakIt{"row"}, Dossier: id, Actor: clerkPost})
					bad.Store(w, err)
					return
				}
				_, err := b.raise(id, 1)
				good.Store(w, err)
			})
		}
		wg.Wait()
		good.Range(func(k, v any) bool {
			if v != nil {
				t.Errorf("raise %v: %v", k, v)
			}
			return true
		})
		bad.Range(func(k, v any) bool {
			if _, lite := any(b.db).(*store.DB); lite && b.db.Engine == store.Postgres && v == nil {
				t.Errorf("PostgreSQL took a text with a zero byte")
			}
			return true
		})
		if s, _, _ := b.realm.State(context.Background(), id); s.(counter).Sum != 9 {
			t.Errorf("sum %d, want 9", s.(counter).Sum)
		}
		b.holds()
	})
}

func TestKeyRunsOnce(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		id := b.make("a")
		task := clerk.Task{Command: raiseIt{By: 5}, Dossier: id, Actor: clerkPost, Key: "k1", Digest: "d1"}
		first, err := b.realm.Do(context.Background(), task)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.realm.Do(context.Background(), task)
		if err != nil || !again.Again || again.First != first.First || len(again.Acts) != 1 {
			t.Errorf("again: %+v, %v", again, err)
		}
		task.Digest = "d2"
		if _, err := b.realm.Do(context.Background(), task); kind(err) != civic.Conflict {
			t.Errorf("another request under the key: %v", err)
		}
		// and after a restart, in one batch with itself
		b.realm.Close()
		c := open(t, source, false)
		task.Digest = "d1"
		for _, r := range c.realm.DoAll(context.Background(), []clerk.Task{task, task}, false) {
			if r.Err != nil || !r.Receipt.Again {
				t.Errorf("after a restart: %+v", r)
			}
		}
		if s, _, _ := c.realm.State(context.Background(), id); s.(counter).Sum != 5 {
			t.Errorf("sum %d, want 5", s.(counter).Sum)
		}
	})
}

func TestClockActsOnTimeAndOnce(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		id := b.make("a")
		if _, err := b.raise(id, 1); err != nil {
			t.Fatal(err)
		}
		due := noon.Add(24 * time.Hour)
		for _, now := range []civic.Instant{due - 1, due.Add(time.Hour), due.Add(48 * time.Hour)} {
			b.clock.set(now)
			if err := b.realm.Tick(context.Background(), now, false); err != nil {
				t.Fatal(err)
			}
		}
		acts, err := b.realm.Acts(context.Background(), id)
		if err != nil || len(acts) != 3 {
			t.Fatalf("%d acts, %v", len(acts), err)
		}
		last := acts[2]
		if last.Type != "counter.reminded" || last.Happened != due || last.Recorded != due.Add(time.Hour) || last.Actor != "clock" {
			t.Errorf("the clock's act: %+v", last)
		}
		b.holds()
	})
}

// A replay lets the clock act between steps, in order of time.
func TestReplayInterleavesTheClock(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		a, c := b.make("a"), b.make("c")
		at := func(h int) civic.Instant { return noon.Add(time.Duration(h-1000) * time.Hour) }
		step := func(id civic.DossierID, h int) clerk.Task {
			return clerk.Task{Command: raiseIt{By: 1}, Dossier: id, Actor: clerkPost, Imported: true, Happened: at(h)}
		}
		for _, r := range b.realm.DoAll(context.Background(), []clerk.Task{step(a, 0), step(c, 10), step(a, 30), step(a, 40)}, true) {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
		}
		rows, err := b.db.R.Query("SELECT dossier, type, happened FROM acts WHERE realm = 'test' AND position > 2 ORDER BY position")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var got []string
		for rows.Next() {
			var id, typ string
			var when civic.Instant
			if err := rows.Scan(&id, &typ, &when); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s %s %v", id, typ, when.Sub(at(0)).Hours()))
		}
		want := []string{
			"counter/a counter.raised 0", "counter/c counter.raised 10", "counter/a counter.reminded 24",
			"counter/a counter.raised 30", "counter/c counter.reminded 34", "counter/a counter.raised 40",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		b.holds()
	})
}

func TestClockSetBack(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		id := b.make("a")
		b.clock.set(noon.Add(-time.Hour))
		r, err := b.raise(id, 1)
		if err != nil || r.Acts[0].Recorded < noon {
			t.Errorf("recorded went back to %v (%v)", r.Acts[0].Recorded.Time(), err)
		}
		b.holds()
	})
}

// Two processes on one realm: each sees what the other wrote before it decides.
func TestTwoProcesses(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		a := open(t, source, true)
		id := a.make("shared")
		b := open(t, source, false)
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				one := []*bench{a, b}[w%2]
				for range 20 {
					if _, err := one.raise(id, 1); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		for _, one := range []*bench{a, b} {
			if err := one.realm.Sync(context.Background()); err != nil {
				t.Fatal(err)
			}
			s, seq, err := one.realm.State(context.Background(), id)
			if err != nil || s.(counter).Sum != 160 || seq != 161 {
				t.Errorf("state %+v after %d acts (%v), want 160 after 161", s, seq, err)
			}
		}
		a.holds()
	})
}

func kind(err error) civic.Kind {
	rs, _ := civic.AsRefusals(err)
	return rs.Kind()
}
