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
	lookKept  = 1 << 16 // pages that are remembered to hold nothing
)

// looked remembers the pages of the journal in which what is looked for is not: acts are never changed, and only full pages are remembered.
type looked struct {
	mu    sync.Mutex
	empty map[lookedAt]civic.Position
}

// lookedAt is a page that begins after a position.
type lookedAt struct {
	look  journal.Look
	after civic.Position
}

// skip is where what nothing is known of begins.
func (l *looked) skip(look journal.Look, from civic.Position) civic.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		end, ok := l.empty[lookedAt{look, from}]
		if !ok {
			return from
		}
		from = end
	}
}

func (l *looked) keep(look journal.Look, after, end civic.Position) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.empty == nil || len(l.empty) >= lookKept {
		l.empty = map[lookedAt]civic.Position{}
	}
	l.empty[lookedAt{look, after}] = end
}

// PublicActs reads the public acts that match among the next thousands after one, by its id ("" begins). Those thousands that hold none are
// known from then on, so that the next reader gets further. next is where to go on, "" at the end.
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
		from = l.skip(look, from)
		all, found, last, err := journal.PublicCount(ctx, q, realm, look, from, size)
		if err != nil {
			return nil, 0, err
		}
		if found > 0 {
			room := most - len(out)
			acts, err := journal.PublicFound(ctx, q, realm, look, from, last, room)
			if err != nil {
				return nil, 0, err
			}
			for _, a := range acts {
				if match(&a) {
					out = append(out, a)
				}
			}
			if found > room {
				return out, acts[room-1].Position, nil
			}
		} else if all == size {
			l.keep(look, from, last)
		}
		if all < size {
			return out, 0, nil
		}
		from = last
		if len(out) == most {
			break
		}
	}
	return out, l.skip(look, from), nil
}
