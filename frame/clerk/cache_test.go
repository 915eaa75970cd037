package clerk

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"skein/frame/civic"
)

// What was read before something was forgotten is not kept: it may be older than that was.
func TestOldReadIsNotKept(t *testing.T) {
	for what, forget := range map[string]func(*states){
		"dropped": func(s *states) { s.drop("a") },
		"cleared": func(s *states) { s.clear() },
		"crowded out": func(s *states) {
			for _, id := range []civic.DossierID{"b", "c", "d", "e", "f", "g"} {
				s.put(id, entry{seq: 1})
			}
		},
	} {
		s := newStates(4)
		since := s.since()
		s.put("a", entry{seq: 6}) // the writer's, while the reader had read number 5
		forget(s)
		s.offer("a", entry{seq: 5}, since)
		if e, ok := s.get("a"); ok && e.seq < 6 {
			t.Errorf("%s: number %d was kept", what, e.seq)
		}
		s.offer("a", entry{seq: 6}, s.since())
		if e, ok := s.get("a"); !ok || e.seq != 6 {
			t.Errorf("%s: what was read since was not kept", what)
		}
	}
}

// Nor where it is forgotten while the reader offers it.
func TestOldReadIsNotKeptMeanwhile(t *testing.T) {
	s := newStates(4)
	var journal atomic.Int64
	var reading sync.WaitGroup
	defer reading.Wait()
	done := make(chan struct{})
	defer close(done)
	reading.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				since := s.since()
				s.offer("a", entry{seq: journal.Load()}, since)
			}
		}
	})
	for n := range int64(200_000) { // another process writes, and this one learns of it
		journal.Store(n)
		s.drop("a")
		runtime.Gosched()
		if e, ok := s.get("a"); ok && e.seq < n {
			t.Fatalf("number %d was kept beside %d", e.seq, n)
		}
	}
}
