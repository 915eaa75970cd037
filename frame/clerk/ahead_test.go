package clerk_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
)

// Batches are decided on top of others that are being written, and some of those are refused by the database, or overtaken by another
// process: what was acknowledged is there and nothing else, a key runs once, refusals are right, and the clock forgets nobody.
func TestDecidedAhead(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		ctx := context.Background()
		a := open(t, source, true)
		b := open(t, source, false)
		var ids []civic.DossierID
		for i := range 3 {
			ids = append(ids, a.make(fmt.Sprint("c", i)))
		}
		// A row whose key is taken, so that the database refuses the batch it is in.
		taken := store.Write{Table: journal.CommandTable, Row: store.Row{"test", "taken", "d", string(ids[0]), int64(1), int64(1), int64(1)}}
		if _, err := a.realm.Do(ctx, clerk.Task{Command: raiseIt{By: 1000}, Dossier: ids[0], Actor: clerkPost, Key: "taken", Digest: "d"}); err != nil {
			t.Fatal(err)
		}
		var sums [3]atomic.Int64
		sums[0].Add(1000)
		var refused, again, made atomic.Int64
		var work sync.WaitGroup
		for w := range 16 {
			work.Go(func() {
				one := a
				if w%8 == 7 {
					one = b
				}
				for i := range 40 {
					n := (i + w) % 3
					task := clerk.Task{Command: raiseIt{By: 1}, Dossier: ids[n], Actor: clerkPost}
					switch {
					case w == 0 && i%8 == 4: // alone this one is refused
						task.Writes = []store.Write{taken}
						if _, err := one.realm.Do(ctx, task); err == nil {
							t.Error("a taken key is written twice")
						}
						refused.Add(1)
						continue
					case w < 4 && i%4 == 1: // four of them send the same
						task.Dossier, task.Key, task.Digest = ids[i%3], fmt.Sprint("key ", i), "d"
						r, err := one.realm.Do(ctx, task)
						if err != nil || len(r.Acts) != 1 {
							t.Errorf("%d: %v, %d acts", i, err, len(r.Acts))
						} else if r.Again {
							again.Add(1)
						} else {
							sums[i%3].Add(1)
						}
						continue
					case i%10 == 9: // what was made a moment ago is there, whatever was taken back meanwhile
						r, err := one.realm.Do(ctx, clerk.Task{Command: makeIt{fmt.Sprint("n", w, "-", i)}, Actor: clerkPost})
						if err == nil {
							_, err = one.raise(r.Dossier, 5)
						}
						if err != nil {
							t.Error(err)
						}
						made.Add(1)
						continue
					case i%10 == 3:
						if _, err := one.raise("counter/none", 1); kind(err) != civic.Missing {
							t.Errorf("what is not there is raised: %v", err)
						}
						continue
					}
					if _, err := one.realm.Do(ctx, task); err != nil {
						t.Error(err)
						continue
					}
					sums[n].Add(1)
				}
			})
		}
		work.Wait()
		for _, one := range []*bench{a, b} {
			if err := one.realm.Sync(ctx); err != nil {
				t.Fatal(err)
			}
			for i, id := range ids {
				if s, _, err := one.realm.State(ctx, id); err != nil || s.(counter).Sum != sums[i].Load() {
					t.Errorf("%s is at %d (%v), acknowledged were %d", id, s.(counter).Sum, err, sums[i].Load())
				}
			}
		}
		if refused.Load() != 5 || again.Load() != 30 || a.realm.Stats().Failed() == 0 {
			t.Errorf("%d refused, %d again, %d batches failed: this shows nothing", refused.Load(), again.Load(), a.realm.Stats().Failed())
		}
		a.holds()
		// Every counter that was raised reminds of itself once, a day later.
		a.clock.set(noon.Add(25 * time.Hour))
		if err := a.realm.Tick(ctx, noon.Add(25*time.Hour), false); err != nil {
			t.Fatal(err)
		}
		reminded := 0
		err := journal.Walk(ctx, a.db.R, nil, "test", func(act journal.Act) error {
			if act.Type == "counter.reminded" {
				reminded++
			}
			return nil
		})
		if want := 3 + int(made.Load()); err != nil || reminded != want {
			t.Errorf("%d counters reminded, not %d (%v)", reminded, want, err)
		}
		a.holds()
	})
}
