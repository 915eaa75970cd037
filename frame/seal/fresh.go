package seal

import (
	"sync"

	"skein/frame/civic"
	"skein/frame/journal"
)

// mostFresh bounds what is remembered for the sealer, some 5 MB.
const mostFresh = 65_536

// Fresh remembers what a log needs of the acts that this process committed, so that the database need not be asked for them
// again: PostgreSQL reads whole wide rows for it. What is not here, because another process committed it or this one is behind, is read
// from the journal.
type Fresh struct {
	mu   sync.Mutex
	acts []freshAct // positions dense
}

type freshAct struct {
	position   civic.Position
	recorded   civic.Instant
	private    bool
	commitment [32]byte
}

// Add takes acts that were committed, in the order of their positions.
func (f *Fresh) Add(acts []journal.Act) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range acts {
		a := &acts[i]
		if n := len(f.acts); n >= mostFresh || n > 0 && f.acts[n-1].position+1 != a.Position {
			f.acts = nil
		}
		f.acts = append(f.acts, freshAct{a.Position, a.Recorded, a.Private, [32]byte(a.Commitment)})
	}
}

// after gives the acts that follow a position, up to another and at most so many, and forgets those before: none where the one that follows is not here.
func (f *Fresh) after(position, until civic.Position, most int) []freshAct {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.acts) == 0 {
		return nil
	}
	skip := int(position - f.acts[0].position + 1)
	if skip < 0 || skip >= len(f.acts) {
		if skip > 0 {
			f.acts = nil
		}
		return nil
	}
	f.acts = f.acts[skip:] // those that are given are kept until they are sealed for good: the round may fail
	n := min(most, len(f.acts), max(0, int(until-position)))
	return f.acts[:n:n]
}
