package clerk

import (
	"container/heap"
	"sync"

	"skein/frame/civic"
)

// entry is a dossier's state after the act of a sequence number; seq 0 is no dossier yet.
type entry struct {
	state any
	seq   int64
}

// states keeps the states of recently used dossiers, in two generations: when the young
// one is full it becomes the old one, and what was not touched since is forgotten.
type states struct {
	mu         sync.Mutex
	young, old map[civic.DossierID]entry
	size       int
	forgot     uint64 // how often something was forgotten
}

func newStates(size int) *states {
	return &states{young: map[civic.DossierID]entry{}, old: map[civic.DossierID]entry{}, size: max(size/2, 1)}
}

func (s *states) get(id civic.DossierID) (entry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.young[id]; ok {
		return e, true
	}
	e, ok := s.old[id]
	if ok {
		s.add(id, e)
	}
	return e, ok
}

// since is to be asked before an entry is read for offer.
func (s *states) since() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forgot
}

// offer is put for an entry that was read outside the writer's turn. It may have become old
// while it was read, and what would show it may have been forgotten since: then it is not kept.
func (s *states) offer(id civic.DossierID, e entry, since uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forgot == since {
		s.keep(id, e)
	}
}

// put keeps an entry unless a later one is there.
func (s *states) put(id civic.DossierID, e entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(id, e)
}

func (s *states) keep(id civic.DossierID, e entry) {
	if now, ok := s.young[id]; ok && now.seq > e.seq {
		return
	}
	if now, ok := s.old[id]; ok && now.seq > e.seq {
		return
	}
	s.add(id, e)
}

func (s *states) add(id civic.DossierID, e entry) {
	if len(s.young) >= s.size {
		s.old, s.young = s.young, make(map[civic.DossierID]entry, s.size)
		s.forgot++
	}
	s.young[id] = e
}

func (s *states) drop(id civic.DossierID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.young, id)
	delete(s.old, id)
	s.forgot++
}

func (s *states) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.young, s.old = map[civic.DossierID]entry{}, map[civic.DossierID]entry{}
	s.forgot++
}

// wakes knows when the clock next has business with each dossier. A change leaves the
// old entry in the heap; it is passed over when it comes up.
type wakes struct {
	at   map[civic.DossierID]civic.Instant
	heap wakeHeap
}

type wake struct {
	at civic.Instant
	id civic.DossierID
}

type wakeHeap []wake

func (h wakeHeap) Len() int { return len(h) }
func (h wakeHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].id < h[j].id
}
func (h wakeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *wakeHeap) Push(x any)   { *h = append(*h, x.(wake)) }
func (h *wakeHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func (w *wakes) set(id civic.DossierID, at civic.Instant) {
	if w.at == nil {
		w.at = map[civic.DossierID]civic.Instant{}
	}
	if at == 0 {
		delete(w.at, id)
		return
	}
	if w.at[id] == at {
		return
	}
	w.at[id] = at
	heap.Push(&w.heap, wake{at, id})
}

// next is the first dossier to wake and when; "" if there is none.
func (w *wakes) next() (civic.DossierID, civic.Instant) {
	for len(w.heap) > 0 {
		if top := w.heap[0]; w.at[top.id] == top.at {
			return top.id, top.at
		}
		heap.Pop(&w.heap)
	}
	return "", 0
}
