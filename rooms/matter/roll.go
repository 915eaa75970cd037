package matter

import (
	"cmp"
	"context"
	"slices"
	"sort"
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
	names    civic.Position     // the last act that is of no matter: titles may have changed
	entries  []entry            // by position of the first act
	reported ordered            // by when they were reported
	clocks   map[uint32]ordered // of each coordinating body, the open matters that have a due date, by it
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
	of      Glance
}

func (r *Roll) picked(e *entry) Picked { return Picked{ID(e.first), e.first, e.version, r.glance(e)} }

// Pick gives the matters of a page, by when they were reported or by their first act, the newest first. names changes whenever titles may have. ok is
// false where the roll cannot say: for filters by words. The root is no place to filter by.
func (r *Roll) Pick(ctx context.Context, f Filter, now civic.Instant, byReported bool) (picked []Picked, names civic.Position, ok bool, err error) {
	if f.Words != "" || f.Numbers != nil && f.firsts == nil {
		return nil, 0, false, nil
	}
	if err := r.follow(ctx); err != nil {
		return nil, 0, false, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	passes := r.filter(f, now)
	if f.firsts != nil {
		return r.named(f, passes, byReported), r.names, true, nil
	}
	return r.walk(f, passes, byReported), r.names, true, nil
}

// walk goes back from the newest until a page is full.
func (r *Roll) walk(f Filter, passes func(*entry) bool, byReported bool) []Picked {
	skip, newest := f.Offset, len(r.entries)
	if before, ok := First(f.Before); ok && !byReported { // a deep page begins where the one before ended
		newest, _ = slices.BinarySearchFunc(r.entries, before, func(e entry, first civic.Position) int { return cmp.Compare(e.first, first) })
	}
	if byReported && f.ReportedUntil != 0 { // so does a month that is past
		newest = sort.Search(len(r.reported), func(n int) bool { return r.entries[r.reported[n]].reported >= f.ReportedUntil })
	}
	picked := make([]Picked, 0, min(f.Limit, mostKeptPage))
	for i := newest - 1; i >= 0 && len(picked) < f.Limit; i-- {
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
		picked = append(picked, r.picked(e))
	}
	return picked
}

// named are those of a filter's numbers that pass it.
func (r *Roll) named(f Filter, passes func(*entry) bool, byReported bool) (picked []Picked) {
	var all []int32
	for _, first := range f.firsts {
		i, there := slices.BinarySearchFunc(r.entries, first, func(e entry, first civic.Position) int { return cmp.Compare(e.first, first) })
		if there && passes(&r.entries[i]) {
			all = append(all, int32(i))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if byReported {
		slices.SortFunc(all, r.earlier)
	}
	slices.Reverse(all) // the newest first
	for _, i := range all[min(f.Offset, len(all)):min(f.Offset+f.Limit, len(all))] {
		picked = append(picked, r.picked(&r.entries[i]))
	}
	return picked
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

func (r *Roll) glance(e *entry) Glance {
	return Glance{
		e.first, civic.Category(r.texts[e.category]), civic.PlaceID(r.texts[e.place]), civic.BodyID(r.texts[e.lead]), Statuses[e.status],
		e.reported, e.answered, e.due, Point{int64(e.lat), int64(e.lon)}, e.placed,
	}
}

// walkAtOnce is how many matters a walk shows before it lets go of the roll, so that nobody waits for one who takes in what is new, who waits
// for the walk.
const walkAtOnce = 8192

// Walk shows every matter that is not private, the oldest first, each once, as it stands when it is shown; each must not ask the roll anything.
func (r *Roll) Walk(ctx context.Context, each func(Glance)) error {
	if err := r.follow(ctx); err != nil {
		return err
	}
	for next, more := civic.Position(0), true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		next, more = r.stretch(next, each)
	}
	return nil
}

// stretch shows some matters from a first act on; more says that there are others, from next on.
func (r *Roll) stretch(from civic.Position, each func(Glance)) (next civic.Position, more bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	i, _ := slices.BinarySearchFunc(r.entries, from, func(e entry, first civic.Position) int { return cmp.Compare(e.first, first) })
	end := min(i+walkAtOnce, len(r.entries))
	for ; i < end; i++ {
		if e := &r.entries[i]; !e.private {
			each(r.glance(e))
		}
	}
	if end == len(r.entries) {
		return 0, false
	}
	return r.entries[end].first, true
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
			(f.Before == "" || e.first < before) &&
			(f.within == nil || e.placed && e.lat >= f.within.south && e.lat <= f.within.north && e.lon >= f.within.west && e.lon <= f.within.east)
	}
}
