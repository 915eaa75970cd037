package seal

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"skein/frame/journal"
)

// Whatever part of the journal this process remembers of its own commits, the log is the same as if it had read all of it.
func TestRecent(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.Recent = &journal.Recent{}
		rnd := rand.New(rand.NewPCG(5, 6))
		w.Chunk = 7
		fail := false
		w.Reaches = func(context.Context, string, int64) error {
			if fail {
				return errors.New("not now")
			}
			return nil
		}
		for range 120 {
			from := len(w.acts)
			w.act(1+rnd.IntN(6), true)
			switch news := w.acts[from:]; rnd.IntN(5) {
			case 0: // another process committed them
			case 1: // and this one went on where it saw the head
				w.Recent.Add(news[len(news)/2:])
			default:
				w.Recent.Add(news)
			}
			if rnd.IntN(3) == 0 {
				if fail = rnd.IntN(4) == 0; fail {
					before := w.log()
					if err := w.CatchUp(w.ctx); err == nil && w.log().Size != before.Size {
						t.Fatal("signed, although what must be done before was not")
					}
					if w.log().Checkpoint != before.Checkpoint {
						t.Fatal("signed, although what must be done before was not")
					}
					fail = false
				}
				w.seal()
			}
		}
		w.now = w.now.Add(2 * 3600 * 1e9)
		w.act(1, false)
		l := w.seal()
		if int(l.Public) != len(w.acts) {
			t.Errorf("%d of %d acts are sealed", l.Public, len(w.acts))
		}
		if found := w.findings(); len(found) > 0 {
			t.Errorf("the log is not of the journal: %v", found)
		}
	})
}

// What was remembered and is not in the journal any more, because the database was put back, is not sealed.
func TestRecentBeyondTheHead(t *testing.T) {
	w := newWorld(t, t.TempDir()+"/a.db")
	w.Recent = &journal.Recent{}
	w.act(3, false)
	w.Recent.Add(w.acts)
	phantom := w.acts[2]
	phantom.Position++
	w.Recent.Add([]journal.Act{phantom})
	if l := w.seal(); l.Public != 3 {
		t.Errorf("sealed to %d", l.Public)
	}
	w.act(1, false)
	w.Recent.Add(w.acts[3:])
	w.seal()
	if found := w.findings(); len(found) > 0 {
		t.Errorf("the log is not of the journal: %v", found)
	}
}

// How large a log will be is said before it is signed, each time, and rightly.
func TestReaches(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var said int64
		w.Reaches = func(_ context.Context, origin string, size int64) error {
			if origin != w.log().Origin || size < said {
				t.Errorf("%s, %d after %d", origin, size, said)
			}
			said = size
			return nil
		}
		for range 5 {
			w.act(11, true)
			if l := w.seal(); l.Size != said {
				t.Errorf("said %d, signed %d", said, l.Size)
			}
		}
	})
}
