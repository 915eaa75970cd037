package clerk_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// heard is what reactors were given.
type heard struct {
	mu   sync.Mutex
	acts map[string][]journal.Act
	fail int // so many times
	far  []civic.Position
}

func (h *heard) upTo(_ context.Context, _ *clerk.Realm, until civic.Position) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.far = append(h.far, until)
	return nil
}

// end is how far the one that reads by itself was sent.
func (h *heard) end() civic.Position {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.far) == 0 {
		return 0
	}
	return h.far[len(h.far)-1]
}

func (h *heard) take(name string, acts ...journal.Act) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail > 0 {
		h.fail--
		return fmt.Errorf("not now")
	}
	h.acts[name] = append(h.acts[name], acts...)
	return nil
}

func (h *heard) count(name string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.acts[name])
}

func (h *heard) house() *clerk.House {
	all := func(name string) func(context.Context, *clerk.Realm, []journal.Act) error {
		return func(_ context.Context, _ *clerk.Realm, acts []journal.Act) error { return h.take(name, acts...) }
	}
	made, err := clerk.NewHouse(func(*clerk.View) types.EntityGetter { return types.EntityMap{} }, counterRoom(), clerk.Room{Name: "ear", Reactors: []clerk.Reactor{
		{Name: "ear.one", Types: []string{"counter.raised"}, React: func(_ context.Context, _ *clerk.Realm, a journal.Act) error { return h.take("one", a) }},
		{Name: "ear.all", Types: []string{"counter.raised", "counter.made"}, ReactAll: all("all"), Gathers: 5 * time.Millisecond},
		{Name: "ear.live", Types: []string{"counter.raised"}, Live: true, ReactAll: all("live")},
		{Name: "ear.far", Types: []string{"counter.raised"}, ReactUpTo: h.upTo, Gathers: 5 * time.Millisecond},
	}})
	if err != nil {
		panic(err)
	}
	return made
}

// Reactors are given every act of their types at least once and in order, whether this process wrote it, another did, or it was
// written before the realm was opened; after an orderly end nothing of it again.
func TestReactors(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		ctx := context.Background()
		a := open(t, source, true) // writes, and reacts to nothing
		id := a.make("one")
		if _, err := a.raise(id, 1); err != nil {
			t.Fatal(err)
		}
		long := civic.At(noon.Time().Add(-48 * time.Hour))
		a.realm.DoAll(ctx, []clerk.Task{{Command: raiseIt{By: 2}, Dossier: id, Actor: clerkPost, Imported: true, Happened: long}}, false)

		h := &heard{acts: map[string][]journal.Act{}, fail: 2}
		ears := h.house()
		serve := func() *clerk.Realm {
			r, err := clerk.Open(ctx, ears, a.db, "test", clerk.Options{Clock: a.clock})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(r.Close)
			return r
		}
		wait := func(one, all, live int) {
			t.Helper()
			for end := time.Now().Add(20 * time.Second); h.count("one") < one || h.count("all") < all || h.count("live") < live; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("heard %d, %d, %d, not %d, %d, %d", h.count("one"), h.count("all"), h.count("live"), one, all, live)
				}
			}
		}
		raise := func(r *clerk.Realm, n int) {
			t.Helper()
			for range n {
				if _, err := r.Do(ctx, clerk.Task{Command: raiseIt{By: 1}, Dossier: id, Actor: clerkPost}); err != nil {
					t.Fatal(err)
				}
			}
		}
		r := serve()
		wait(2, 3, 1)
		raise(r, 30)
		raise(a.realm, 5) // as another process would
		raise(r, 30)
		wait(67, 68, 66)
		for end := time.Now().Add(20 * time.Second); h.end() < 68; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("one that reads by itself was sent to %d of 68", h.end())
			}
		}
		r.Close()
		if !slices.IsSorted(h.far) {
			t.Errorf("it was sent back and forth: %v", h.far)
		}

		told := h.count("one")
		r = serve()
		raise(r, 1)
		wait(told+1, 69, 67)
		r.Close()
		for name, want := range map[string]int{"one": 68, "all": 69, "live": 67} {
			last, times := civic.Position(0), map[civic.Position]int{}
			for _, act := range h.acts[name] {
				if act.Position < last {
					t.Errorf("%s was given %d after %d", name, act.Position, last)
				}
				last = act.Position
				times[act.Position]++
				if len(act.Data) == 0 || act.Actor == "" || name == "one" && act.Event == nil {
					t.Errorf("%s was given %d without what it says", name, act.Position)
				}
			}
			if len(times) != want || len(h.acts[name]) != want {
				t.Errorf("%s was given %d acts, %d times, not %d", name, len(times), len(h.acts[name]), want)
			}
		}
	})
}

// Who was killed before places were stored answers anew, and misses nothing.
func TestReactorsAfterAKill(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		ctx := context.Background()
		a := open(t, source, true)
		h := &heard{acts: map[string][]journal.Act{}}
		ears := h.house()
		r, err := clerk.Open(ctx, ears, a.db, "test", clerk.Options{Clock: a.clock})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		made, err := r.Do(ctx, clerk.Task{Command: makeIt{"one"}, Actor: civic.Actor{Kind: civic.Resident}})
		if err != nil {
			t.Fatal(err)
		}
		for h.count("all") < 1 {
			time.Sleep(time.Millisecond)
		}
		// A process beside it that knows nothing of what the first has in memory.
		b, err := clerk.Open(ctx, ears, a.db, "test", clerk.Options{Clock: a.clock, Still: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(b.Close)
		if err := b.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		if h.count("all") != 2 || h.acts["all"][1].Dossier != made.Dossier {
			t.Errorf("%d acts were heard, the second of %s", h.count("all"), h.acts["all"][1].Dossier)
		}
		if err := b.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		if h.count("all") != 2 {
			t.Error("what was answered and stored is answered anew")
		}
	})
}
