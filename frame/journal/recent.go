package journal

import (
	"sync"

	"skein/frame/civic"
)

// mostRecent is how many acts are remembered at least once there are so many; up to twice as many are, some 20 MB.
const mostRecent = 8192

// Recent remembers the acts that this process wrote or read last, so that who follows the journal need not ask the database
// for them again. Positions are dense. What is not here, because it is older, is read from the journal.
type Recent struct {
	mu   sync.Mutex
	end  civic.Position // of the last act that this process knows of
	acts []Act          // the last of them is at end; none is ever changed
	full map[string]bool
}

// KeepWhole says of which types followers need more than the head of an act: its place, times, type, privacy and commitment. To be
// called before acts are added.
func (r *Recent) KeepWhole(types ...string) {
	if r.full == nil {
		r.full = map[string]bool{}
	}
	for _, t := range types {
		r.full[t] = true
	}
}

// Begin forgets all: the journal ends at a position.
func (r *Recent) Begin(end civic.Position) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end, r.acts = end, nil
}

// Add takes acts that are committed, in the order of their positions.
func (r *Recent) Add(acts []Act) {
	if len(acts) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.end+1 != acts[0].Position {
		r.acts = nil
	}
	for i := range acts {
		if len(r.acts) >= 2*mostRecent { // who was given the old ones still reads them
			r.acts = append(make([]Act, 0, 2*mostRecent), r.acts[mostRecent:]...)
		}
		a := acts[i]
		if !r.full[a.Type] {
			a = Act{
				Realm: a.Realm, Position: a.Position, Dossier: a.Dossier, Seq: a.Seq, Type: a.Type, Happened: a.Happened, Recorded: a.Recorded,
				Imported: a.Imported, Inferred: a.Inferred, Private: a.Private, Commitment: a.Commitment,
			}
		}
		r.acts = append(r.acts, a)
	}
	r.end = acts[len(acts)-1].Position
}

// End is the position of the last act that this process knows of.
func (r *Recent) End() civic.Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.end
}

// After gives the acts that follow a position, up to another and at most so many: none where the one that follows is not here.
// The acts are shared: nobody may change them.
func (r *Recent) After(position, until civic.Position, most int) []Act {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	skip := int(position-r.end) + len(r.acts)
	if skip < 0 || skip >= len(r.acts) {
		return nil
	}
	n := min(most, len(r.acts)-skip, max(0, int(until-position)))
	return r.acts[skip : skip+n : skip+n]
}
