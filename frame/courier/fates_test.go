package courier

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/frame/store"
)

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
