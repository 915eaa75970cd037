package main

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"skein/cmd/skein/load"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/internal/pgtest"
	"skein/rooms/matter"
	"skein/rooms/place"
)

// liveTown is the town for measuring, open in this process.
type liveTown struct {
	*testing.T
	*app
	realm *clerk.Realm
	town  load.Town
}

func openTown(t *testing.T, database string, clock clerk.Clock) *liveTown {
	t.Helper()
	w := where{Data: t.TempDir(), Database: database}
	a, err := w.open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	a.log = slog.New(slog.DiscardHandler)
	t.Cleanup(a.close)
	if err := a.buildTown(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &liveTown{t, a, a.openRealm(t, clock), load.BenchTown()}
}

func (a *app) openRealm(t *testing.T, clock clerk.Clock) *clerk.Realm {
	t.Helper()
	r, err := clerk.Open(context.Background(), a.house, a.db, townRealm, clerk.Options{Clock: clock, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// report has a resident report something that bureau-00 answers for.
func (w *liveTown) report() matter.State {
	w.Helper()
	in := matter.Intake{Vault: w.vault, Ground: func(v *clerk.View) matter.Ground { return ground{place.CatalogIn(v)} }}
	lat, lon := w.town.South+0.005, w.town.West+0.005
	task, _, err := in.Report(w.Context(), w.realm.View(), civic.Actor{Kind: civic.Resident}, matter.Submission{
		Kind: matter.Request, Category: civic.Category(w.town.Categories[0]), Text: "the lamp is dark", Lat: &lat, Lon: &lon, Channel: "web",
	})
	if err != nil {
		w.Fatal(err)
	}
	r, err := w.realm.Do(w.Context(), task)
	if err != nil {
		w.Fatal(err)
	}
	s := r.State.(matter.State)
	if s.Lead == "" {
		w.Fatalf("nobody answers: %+v", s)
	}
	return s
}

func (w *liveTown) holds() {
	w.Helper()
	for what, check := range map[string]func() (*clerk.Report, error){
		"verify":          func() (*clerk.Report, error) { return clerk.Verify(w.Context(), w.house, w.db, townRealm, nil) },
		"rebuild --check": func() (*clerk.Report, error) { return clerk.CheckTables(w.Context(), w.house, w.db, townRealm) },
	} {
		report, err := check()
		if err != nil {
			w.Fatal(what, err)
		}
		for _, f := range report.Findings {
			w.Errorf("%s: %s %s", what, f.Where, f.What)
		}
	}
}

// What the lead of one matter can do in a race, and how a matter answers if all of it
// happens one after another.
type did struct{ Did string }

var digest = strings.Repeat("ab", 32)

var racing = map[string]matter.Command{
	"accept": matter.Accept{},
	"object": matter.Object{Ground: "not_our_duty", Reason: digest},
	"answer": matter.Answer{Outcome: matter.Fixed, Reason: digest},
	"tell":   matter.Tell{Text: digest},
}

var oneAfterAnother = porcupine.Model{
	Init: func() any { return matter.StatusAssigned },
	Step: func(state, input, output any) (bool, any) {
		status, what := state.(matter.Status), input.(did).Did
		next := map[string]matter.Status{
			"assigned accept": matter.StatusWorking, "assigned object": matter.StatusObjected,
			"working answer": matter.StatusAnswered, "working tell": matter.StatusWorking,
		}[string(status)+" "+what]
		if what == "read" {
			return output.(matter.Status) == status, status
		}
		if next == "" {
			return output == false, status
		}
		return output == true, next
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " ", output) },
}

// Commands that race on one matter have the effect of some order of them, which agrees
// with who waited for whom (linearizability, Herlihy and Wing 1990). On PostgreSQL two
// processes' worth of writers race too; reads are then of one of them.
func TestRacesOnOneMatter(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			database := ""
			if engine == "postgres" {
				database = pgtest.URL(t)
			}
			w := openTown(t, database, nil)
			doors := []*clerk.Realm{w.realm}
			if engine == "postgres" {
				doors = append(doors, w.openRealm(t, nil))
			}
			rounds := 60
			if testing.Short() {
				rounds = 10
			}
			for i := range rounds {
				w.race(i, w.report(), doors)
			}
			w.holds()
		})
	}
}

func (w *liveTown) race(round int, s matter.State, doors []*clerk.Realm) {
	lead := civic.Actor{Kind: civic.Post, Post: civic.PostID(string(s.Lead) + "/handler")}
	var mu sync.Mutex
	var history []porcupine.Operation
	var wg sync.WaitGroup
	begin := make(chan struct{})
	began := time.Now()
	plans := [][]string{{"accept", "answer"}, {"object", "read"}, {"tell", "accept"}, {"answer", "tell"}, {"read", "read", "object"}, {"accept", "read", "answer"}}
	var accepted, objected atomic.Int64
	for client, plan := range plans {
		wg.Go(func() {
			<-begin
			for _, what := range plan {
				op := porcupine.Operation{ClientId: client, Input: did{what}, Call: int64(time.Since(began))}
				if what == "read" {
					if len(doors) > 1 {
						continue // another process's word may come a moment later
					}
					now, _, err := doors[0].State(w.Context(), s.ID)
					if err != nil {
						w.Error(err)
						return
					}
					op.Output = now.(matter.State).Status
				} else {
					_, err := doors[(client+round)%len(doors)].Do(w.Context(), clerk.Task{Command: racing[what], Dossier: s.ID, Actor: lead})
					if rs, refused := civic.AsRefusals(err); err != nil && (!refused || rs.Kind() != civic.Conflict) {
						w.Errorf("%s: %v", what, err)
						return
					}
					op.Output = err == nil
					if err == nil && what == "accept" {
						accepted.Add(1)
					}
					if err == nil && what == "object" {
						objected.Add(1)
					}
				}
				op.Return = int64(time.Since(began))
				mu.Lock()
				history = append(history, op)
				mu.Unlock()
			}
		})
	}
	close(begin)
	wg.Wait()
	if accepted.Load()+objected.Load() != 1 {
		w.Errorf("round %d: accepted %d times and objected to %d times", round, accepted.Load(), objected.Load())
	}
	if !porcupine.CheckOperations(oneAfterAnother, history) {
		w.Errorf("round %d: no order of these explains what came of them: %+v", round, history)
	}
	for _, door := range doors {
		if err := door.Sync(w.Context()); err != nil {
			w.Fatal(err)
		}
		live, _, err := door.State(w.Context(), s.ID)
		if err != nil {
			w.Fatal(err)
		}
		acts, err := door.Acts(w.Context(), s.ID)
		if err != nil {
			w.Fatal(err)
		}
		if folded := w.house.Kind(s.ID).Fold(acts); !reflect.DeepEqual(live, folded) {
			w.Errorf("round %d: the state is %+v, its acts make %+v", round, live, folded)
		}
	}
}

// set is a clock that somebody sets.
type set struct{ at atomic.Int64 }

func (s *set) Now() civic.Instant { return civic.Instant(s.at.Load()) }

// A clock that is set back, by an hour or by a year, turns nothing back: recorded times
// never decrease, a matter's own times neither, and limits go on from where they stood.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			database := ""
			if engine == "postgres" {
				database = pgtest.URL(t)
			}
			clock := &set{}
			clock.at.Store(int64(civic.At(time.Now())))
			w := openTown(t, database, clock)
			s := w.report()
			lead := civic.Actor{Kind: civic.Post, Post: civic.PostID(string(s.Lead) + "/handler")}
			at := clock.Now()
			for _, step := range []struct {
				back    time.Duration
				command matter.Command
			}{{time.Hour, racing["accept"]}, {365 * 24 * time.Hour, racing["tell"]}, {2 * time.Hour, racing["answer"]}} {
				clock.at.Store(int64(at.Add(-step.back)))
				if err := w.realm.Tick(t.Context(), clock.Now(), false); err != nil {
					t.Fatal(err)
				}
				r, err := w.realm.Do(t.Context(), clerk.Task{Command: step.command, Dossier: s.ID, Actor: lead})
				if err != nil {
					t.Fatalf("%s with the clock %v back: %v", step.command.Name(), step.back, err)
				}
				for _, a := range r.Acts {
					if a.Recorded < at || a.Happened < s.Reported {
						t.Errorf("%s with the clock %v back: recorded %v, happened %v", a.Type, step.back, a.Recorded.Time(), a.Happened.Time())
					}
				}
				w.report()
			}
			w.holds()
		})
	}
}
