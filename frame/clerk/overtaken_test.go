package clerk_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
)

// A clock that is set back after it asked forgets nothing that it owes.
func TestClockSetBackWhileItAsks(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		ctx := context.Background()
		id := b.make("a")
		if _, err := b.raise(id, 1); err != nil { // it reminds of itself a day later
			t.Fatal(err)
		}
		b.clock.set(noon.Add(23 * time.Hour))
		if err := b.realm.Tick(ctx, noon.Add(25*time.Hour), false); err != nil {
			t.Fatal(err)
		}
		b.clock.set(noon.Add(26 * time.Hour))
		if err := b.realm.Tick(ctx, noon.Add(26*time.Hour), false); err != nil {
			t.Fatal(err)
		}
		acts, err := b.realm.Acts(ctx, id)
		if err != nil || len(acts) != 3 || acts[2].Type != "counter.reminded" || acts[2].Happened != noon.Add(24*time.Hour) {
			t.Errorf("%d acts, %v", len(acts), err)
		}
		b.holds()
	})
}

// Two commands of a batch that file the same document file it once.
func TestSameDocumentTwiceInABatch(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		content := []byte("the same boundary")
		digest := journal.DocumentDigest(content)
		var tasks []clerk.Task
		for i := range 3 {
			tasks = append(tasks, clerk.Task{
				Command: makeIt{fmt.Sprint("c", i)}, Actor: clerkPost, Documents: map[string][]byte{digest: content},
				Writes: []store.Write{{Table: journal.DocumentTable, Row: store.Row{"test", digest, "text/plain", content}}},
			})
		}
		for _, done := range b.realm.DoAll(context.Background(), tasks, false) {
			if done.Err != nil {
				t.Error(done.Err)
			}
		}
		if _, got, err := journal.Document(context.Background(), b.db.R, "test", digest); err != nil || string(got) != string(content) {
			t.Errorf("%q %v", got, err)
		}
		b.holds()
	})
}

// A room whose tables fail for one dossier fails that command alone; the realm goes on.
func TestFaultInTables(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		b := open(t, source, true)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				name := fmt.Sprint("c", i)
				if i == 3 {
					name = "no row"
				}
				_, errs[i] = b.realm.Do(context.Background(), clerk.Task{Command: makeIt{name}, Actor: clerkPost})
			})
		}
		wg.Wait()
		for i, err := range errs {
			if (err != nil) != (i == 3) {
				t.Errorf("command %d: %v", i, err)
			}
		}
		b.make("after")
		b.holds()
	})
}

// Two processes work on the same dossiers while one of them also reads: nothing is lost,
// nothing stays old.
func TestReadersBesideTwoProcesses(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		ctx := context.Background()
		one := open(t, source, true)
		two := open(t, source, false)
		var ids []civic.DossierID
		for i := range 4 {
			ids = append(ids, one.make(fmt.Sprint("c", i)))
		}
		var work, reading sync.WaitGroup
		done := make(chan struct{})
		for range 4 {
			reading.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-done:
						return
					default:
					}
					if _, _, err := two.realm.State(ctx, ids[i%4]); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for w, b := range []*bench{one, two, one} {
			work.Go(func() {
				for i := range 40 {
					if _, err := b.raise(ids[(i+w)%4], 1); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		work.Wait()
		close(done)
		reading.Wait()
		if n := one.realm.Stats().Failed() + two.realm.Stats().Failed(); n != 0 {
			t.Errorf("%d batches failed: one decided on what had become old", n)
		}
		for _, b := range []*bench{one, two} {
			if err := b.realm.Sync(ctx); err != nil {
				t.Fatal(err)
			}
			sum := int64(0)
			for _, id := range ids {
				s, _, err := b.realm.State(ctx, id)
				if err != nil {
					t.Fatal(err)
				}
				sum += s.(counter).Sum
			}
			if sum != 120 {
				t.Errorf("the counters add up to %d, want 120", sum)
			}
		}
		one.holds()
	})
}
