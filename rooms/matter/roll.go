package matter

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"skein/frame/civic"
	"skein/frame/store"
)

// A Roll has of each matter what lists and queues are picked by, in memory: a walk that meets few matters reads no table, and no index
// of them is kept, whose pages each report would write. It follows the journal: whatever changes a matter's rows is committed with an
// act, so before each pick the acts since the last are read, and the rows that they are of. Of private matters Pick says nothing; else
// it decides nothing about who may see what: that is asked of what is read afterwards.
type Roll struct {
	db    *store.DB
	realm civic.Realm

	following sync.Mutex // held by who reads what is new
	begun     atomic.Int64
	done      int64 // the last reading that went well, by its place among those begun

	mu       sync.RWMutex
	loaded   bool
	at       civic.Position
	names    civic.Position // the last act that is of no matter: titles may have changed
	entries  []entry        // by position of the first act
	reported []int32        // of entries, by when they were reported
	docket   docket
	codes    map[string]uint32
	texts    []string // of codes
}

// entry is a matter, in 88 bytes.
type entry struct {
	first, version              civic.Position
	reported, updated, answered civic.Instant
	due                         civic.Instant
	lat, lon                    int32 // millionths of a degree, where it is placed
	category, lead, place       uint32
	coordinator, places         uint32 // the code of the text of all places
	status                      uint8  // place in Statuses
	private, placed             bool
}

const behind = 20_000 // acts, after which reading the table anew is cheaper

// Picked is a matter of a list, and the version of what can be shown of it: the same version is the same row, and the same released texts.
type Picked struct {
	ID      civic.DossierID
	First   civic.Position
	Version civic.Position
}

// Pick gives the matters of a page, by when they were reported or by their first act, the newest first. names changes whenever titles may have. ok is
// false where the roll cannot say: for filters by words or numbers. The root is no place to filter by.
func (r *Roll) Pick(ctx context.Context, f Filter, now civic.Instant, byReported bool) (picked []Picked, names civic.Position, ok bool, err error) {
	if f.Words != "" || f.Numbers != nil {
		return nil, 0, false, nil
	}
	if err := r.follow(ctx); err != nil {
		return nil, 0, false, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	passes := r.filter(f, now)
	skip := f.Offset
	for i := len(r.entries) - 1; i >= 0 && len(picked) < f.Limit; i-- {
		e := &r.entries[i]
		if byReported {
			e = &r.entries[r.reported[i]]
			if f.ReportedFrom != 0 && e.reported < f.ReportedFrom {
				break
			}
		}
		if !passes(e) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		picked = append(picked, Picked{ID(e.first), e.first, e.version})
	}
	return picked, r.names, true, nil
}

// Glance is what the roll has of a matter that is not private.
type Glance struct {
	First                   civic.Position
	Category                civic.Category
	Place                   civic.PlaceID
	Lead                    civic.BodyID
	Status                  Status
	Reported, Answered, Due civic.Instant
	Point                   Point // where Placed
	Placed                  bool
}

// Walk shows every matter that is not private, the oldest first; each must not ask the roll anything.
func (r *Roll) Walk(ctx context.Context, each func(Glance)) error {
	if err := r.follow(ctx); err != nil {
		return err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := range r.entries {
		if e := &r.entries[i]; !e.private {
			each(Glance{
				e.first, civic.Category(r.texts[e.category]), civic.PlaceID(r.texts[e.place]), civic.BodyID(r.texts[e.lead]), Statuses[e.status],
				e.reported, e.answered, e.due, Point{int64(e.lat), int64(e.lon)}, e.placed,
			})
		}
	}
	return nil
}

// filter makes a filter into a question to an entry.
func (r *Roll) filter(f Filter, now civic.Instant) func(*entry) bool {
	var categories []bool // by code; nil for all
	if f.Category != "" || len(f.Categories) > 0 {
		categories = make([]bool, len(r.texts))
		least, beyond := below(f.Category)
		for code, text := range r.texts {
			under := f.Category == "" || text == least || text >= least+"." && text < beyond
			categories[code] = under && (len(f.Categories) == 0 || slices.Contains(f.Categories, civic.Category(text)))
		}
	}
	var places []bool
	if f.Place != "" || len(f.Places) > 0 {
		places = make([]bool, len(r.texts))
		for code, text := range r.texts {
			places[code] = (f.Place == "" || inPlaces(text, f.Place)) && (len(f.Places) == 0 || inPlaces(text, f.Places...))
		}
	}
	lead, led := r.codes[string(f.Lead)]
	statuses := make([]bool, len(Statuses))
	for i, s := range Statuses {
		statuses[i] = (f.Status == "" || s == f.Status) && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, s)) && (!f.Open && !f.Late || s.Open())
	}
	before, _ := First(f.Before)
	return func(e *entry) bool {
		return !e.private && statuses[e.status] &&
			(categories == nil || categories[e.category]) &&
			(places == nil || places[e.places]) &&
			(f.Lead == "" || led && e.lead == lead) &&
			(!f.Late || e.due != 0 && e.due < now) &&
			(f.ReportedFrom == 0 || e.reported >= f.ReportedFrom) && (f.ReportedUntil == 0 || e.reported < f.ReportedUntil) &&
			(f.UpdatedFrom == 0 || e.updated >= f.UpdatedFrom) && (f.UpdatedUntil == 0 || e.updated < f.UpdatedUntil) &&
			(f.Before == "" || e.first < before)
	}
}
