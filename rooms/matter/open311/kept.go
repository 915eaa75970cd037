package open311

import (
	"context"
	"sync"
	"time"

	"skein/frame/civic"
	"skein/rooms/matter"
)

// kept are service requests and updates as they were written, so that a page of a thousand is copied and not read and written anew. One counts as
// long as its matter's version and the titles are those it was written of; who changes a matter's row, its released texts or a title does
// so with an act, which makes another version (matter.Roll). All go after some minutes, whether or not somebody asks: what was erased since
// stays no longer in memory.
type kept struct {
	later func(time.Duration, func()) *time.Timer
	mu    sync.Mutex
	names civic.Position // of the titles in it
	size  int
	pages map[variant]map[civic.Position]written // by the matter's first act, or the act that an update tells
}

// variant is what is written, and in what.
type variant struct {
	updates  bool
	format   format
	extended bool
	lang     string
}

type written struct {
	version civic.Position
	text    []byte
}

// keptFor is how long at most something is kept.
const keptFor = 5 * time.Minute

// mostKept bounds the bytes that are kept, and overhead is what an entry costs besides.
const (
	mostKept = 24 << 20
	overhead = 100
)

// items are the public matters of a page, written, the newest first.
func (a *API) items(ctx context.Context, f filter, v variant) ([][]byte, error) {
	v.lang = a.Site.Voice(ctx).Lang
	if by, ok := f.matters(); ok {
		for range 3 { // one that turned private in between is left out the next time
			picked, names, ok, err := a.Matters.Pick(ctx, by, true)
			if err != nil {
				return nil, err
			}
			if !ok {
				break
			}
			items, whole, err := a.known(ctx, v, picked, names)
			if err != nil || whole {
				return items, err
			}
		}
	}
	rows, err := a.find(ctx, f)
	if err != nil {
		return nil, err
	}
	return a.write(ctx, v, rows)
}

// known gives what is kept of matters and writes the rest; whole says that all were there.
func (a *API) known(ctx context.Context, v variant, picked []matter.Picked, names civic.Position) (items [][]byte, whole bool, err error) {
	items = make([][]byte, len(picked))
	at := map[string]int{} // of what is missing
	var missing []string
	a.kept.look(v, names, picked, func(i int) {
		id := string(picked[i].ID)
		at[id], missing = i, append(missing, id)
	}, items)
	if len(missing) == 0 {
		return items, true, nil
	}
	rows, err := a.find(ctx, filter{ids: missing, limit: len(missing)})
	if err != nil {
		return nil, false, err
	}
	fresh, err := a.write(ctx, v, rows)
	if err != nil {
		return nil, false, err
	}
	now := make([]matter.Picked, len(rows))
	for n, row := range rows {
		i := at[string(row.ID)]
		items[i], now[n] = fresh[n], picked[i]
	}
	a.kept.add(v, names, now, fresh)
	return items, len(rows) == len(missing), nil
}

// drop forgets all that is kept.
func (k *kept) drop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.size, k.pages = 0, nil
}

// look fills in what is kept and tells of what is not.
func (k *kept) look(v variant, names civic.Position, picked []matter.Picked, missing func(i int), into [][]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var page map[civic.Position]written
	if names == k.names {
		page = k.pages[v]
	}
	for i, p := range picked {
		if w, ok := page[p.First]; ok && w.version == p.Version {
			into[i] = w.text
		} else {
			missing(i)
		}
	}
}

// add keeps what was written after these versions were picked.
func (k *kept) add(v variant, names civic.Position, picked []matter.Picked, texts [][]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if names < k.names {
		return // titles have changed since
	}
	if k.pages == nil {
		k.later(keptFor, k.drop)
	}
	if names > k.names || k.pages == nil {
		k.names, k.size, k.pages = names, 0, map[variant]map[civic.Position]written{}
	}
	if k.pages[v] == nil {
		k.pages[v] = map[civic.Position]written{}
	}
	page := k.pages[v]
	for i, p := range picked {
		old, there := page[p.First]
		if there && old.version > p.Version {
			continue
		}
		if there {
			k.size -= len(old.text) + overhead
		}
		page[p.First] = written{p.Version, texts[i]}
		k.size += len(texts[i]) + overhead
	}
	for v, page := range k.pages { // whichever comes first goes: what is asked for comes again
		for first, w := range page {
			if k.size <= mostKept {
				return
			}
			k.size -= len(w.text) + overhead
			delete(page, first)
		}
		delete(k.pages, v)
	}
}
