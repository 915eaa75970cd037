package face

import (
	"context"
	"sync"

	"skein/frame/civic"
	"skein/frame/journal"
)

const (
	lookPages = 5       // that a page of what is found looks through
	lookSize  = 1000    // public acts of each: pages end at acts that everyone sees, never at a position (see Acts)
	lookMost  = 100     // found on a page
	lookKept  = 1 << 16 // pages that are remembered
)

// looked remembers how much of what is looked for pages of the journal hold: acts are never changed, and only full pages are remembered.
type looked struct {
	mu    sync.Mutex
	known map[lookedAt]lookedFor
}

// lookedAt is a page that begins after a position.
type lookedAt struct {
	look  journal.Look
	after civic.Position
}

type lookedFor struct {
	found int
	last  civic.Position
}

// skip passes over what is known to hold nothing, and says what is known of the page that follows; last is 0 for nothing.
func (l *looked) skip(look journal.Look, from civic.Position) (civic.Position, lookedFor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		known, ok := l.known[lookedAt{look, from}]
		if !ok || known.found > 0 {
			return from, known
		}
		from = known.last
	}
}

func (l *looked) keep(look journal.Look, after civic.Position, is lookedFor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil || len(l.known) >= lookKept {
		l.known = map[lookedAt]lookedFor{}
	}
	l.known[lookedAt{look, after}] = is
}

// count is what the next page after a position holds, and whether the journal goes on after it.
func (l *looked) count(ctx context.Context, q journal.Querier, realm civic.Realm, look journal.Look, from civic.Position, size int) (after civic.Position, is lookedFor, on bool, err error) {
	if from, is = l.skip(look, from); is.last != 0 {
		return from, is, true, nil
	}
	all, found, last, err := journal.PublicCount(ctx, q, realm, look, from, size)
	is = lookedFor{found, last}
	if err == nil && all == size {
		l.keep(look, from, is)
	}
	return from, is, all == size, err
}

// PublicActs reads the public acts that match among the next thousands after one, by its id ("" begins). Those thousands that hold none are
// passed over from then on, so that the next reader gets further. next is where to go on, "" at the end.
func (s *Site) PublicActs(ctx context.Context, after string, look journal.Look, match func(*journal.Act) bool) (out []Act, next string, err error) {
	names := s.actNames()
	from, ok := names.position(after)
	if !ok {
		return nil, "", civic.Refuse(civic.Invalid, "face.act_unknown").In("after")
	}
	acts, on, err := s.looked.find(ctx, s.Realm.DB.R, s.Realm.ID, look, match, from, lookSize, lookMost)
	if err != nil {
		return nil, "", err
	}
	out = []Act{}
	for i := range acts {
		out = append(out, s.act(names, &acts[i]))
	}
	return out, names.of(on), nil
}

// find is a page of at most so many, looked for in pages of a size; next is 0 at the end.
func (l *looked) find(
	ctx context.Context, q journal.Querier, realm civic.Realm, look journal.Look, match func(*journal.Act) bool, from civic.Position, size, most int,
) (out []journal.Act, next civic.Position, err error) {
	for range lookPages {
		after, is, on, err := l.count(ctx, q, realm, look, from, size)
		if err != nil {
			return nil, 0, err
		}
		if is.found > 0 {
			room := most - len(out)
			acts, err := journal.PublicFound(ctx, q, realm, look, after, is.last, room)
			if err != nil {
				return nil, 0, err
			}
			for _, a := range acts {
				if match(&a) {
					out = append(out, a)
				}
			}
			if is.found > room {
				return out, acts[room-1].Position, nil
			}
		}
		if !on {
			return out, 0, nil
		}
		from = is.last
		if len(out) == most {
			break
		}
	}
	next, _ = l.skip(look, from)
	return out, next, nil
}
