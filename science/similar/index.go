package similar

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"skein/science/requests"
)

// Index finds, among the open matters, those that a request is likely about. Matters are added when
// they open and removed when they close. It keeps neither texts nor names: of each matter a
// sketch of 96 bytes, place, time and category.
//
// A request with a place is compared with every matter near it in place and time, whatever the words. A
// request without a place, and matters without one, are found by their words alone (see Sketch). At
// most 2,048 matters are looked at in a query, the nearest in time first, so that a spot at which
// a whole city piles up cannot make it slow.
//
// An Index may be read by several goroutines at once, but not while one writes.
type Index struct {
	model   Model
	reach   float64                         // metres: farther apart nothing reaches the threshold; also the side of a cell
	minutes int64                           // and longer apart neither
	logOdds float64                         // of the threshold
	words   [agreements]float64             // the most that words can say
	known   [agreements][agreements]float64 // what categories and numbers say, before all else

	slots  ids
	free   []uint32
	blocks []*block
	cells  map[cell][]uint32 // slots with a place, by time
	heads  []uint32          // of the chains of slots with the same band, newest first
	names  map[string]uint16 // of categories, from 1
}

const (
	blockSize  = 1 << 12
	mostLooked = 2048
	mostInBand = 128
	none       = ^uint32(0)
	noTime     = math.MinInt32
	bandHeads  = 1 << 17 // for each band
)

// block holds the columns of some slots. Blocks are never moved, so that growing costs no copy.
type block struct {
	id       [blockSize]int64
	x, y     [blockSize]float32 // NaN without a place
	minute   [blockSize]int32   // since 1970
	category [blockSize]uint16
	numbers  [blockSize]uint16
	scripts  [blockSize]uint8
	sketch   [blockSize]Sketch
	links    [blockSize][bands]link
}

func (b *block) placed(i uint32) bool { return b.x[i] == b.x[i] }

type link struct{ next, previous uint32 }

type cell struct{ x, y int32 }

// Match is a matter that a request is likely about.
type Match struct {
	ID          int64
	Probability float64 // by the index's model
	Evidence    Evidence
}

// NewIndex returns an empty index that finds matters of at least this probability, 0 to 1.
func NewIndex(m Model, threshold float64) *Index {
	threshold = max(1e-6, min(1-1e-6, threshold))
	metres, days := m.reach(logit(threshold))
	x := &Index{
		model: m, reach: max(1, metres), minutes: int64(days*1440) + 1, logOdds: logit(threshold) - 1e-9,
		cells: map[cell][]uint32{}, heads: make([]uint32, bands*bandHeads), names: map[string]uint16{},
	}
	for category, curve := range m.Words {
		x.words[category] = max(0, slices.Max(curve[:]))
		for numbers := range agreements {
			e := Evidence{Metres: math.NaN(), Days: math.NaN(), Category: Agreement(category), Numbers: Agreement(numbers)}
			x.known[category][numbers] = m.apartFromWords(e)
		}
	}
	for i := range x.heads {
		x.heads[i] = none
	}
	x.slots.idOf = func(slot uint32) int64 { b, i := x.at(slot); return b.id[i] }
	return x
}

// Len is the number of matters in the index.
func (x *Index) Len() int { return x.slots.len }

// Add puts a matter in; if there is one with this id, it takes its place.
func (x *Index) Add(id int64, r requests.Request) {
	x.Remove(id)
	p := x.probe(r)
	var slot uint32
	if n := len(x.free); n > 0 {
		slot, x.free = x.free[n-1], x.free[:n-1]
	} else {
		slot = uint32(x.slots.len)
		if int(slot)/blockSize == len(x.blocks) {
			x.blocks = append(x.blocks, new(block))
		}
	}
	b, i := x.at(slot)
	b.id[i], b.x[i], b.y[i], b.minute[i], b.scripts[i], b.sketch[i] = id, p.x, p.y, p.minute, p.scripts, p.sketch
	x.slots.put(id, slot)
	b.category[i], b.numbers[i] = x.name(r.Category), p.numbers
	if p.placed() {
		c := x.cellOf(p.x, p.y)
		list := x.cells[c]
		x.cells[c] = slices.Insert(list, x.after(list, p.minute), slot)
	}
	if p.scripts == 0 {
		return // no words, so no band
	}
	for k := range bands {
		head := &x.heads[headOf(k, p.sketch.band(k), p.placed())]
		b.links[i][k] = link{*head, none}
		if *head != none {
			n, j := x.at(*head)
			n.links[j][k].previous = slot
		}
		*head = slot
	}
}

// Remove takes a matter out and reports whether it was in.
func (x *Index) Remove(id int64) bool {
	slot, ok := x.slots.find(id)
	if !ok {
		return false
	}
	x.slots.remove(id)
	x.free = append(x.free, slot)
	b, i := x.at(slot)
	if b.placed(i) {
		c := x.cellOf(b.x[i], b.y[i])
		list := x.cells[c]
		at := x.before(list, b.minute[i])
		at += slices.Index(list[at:], slot)
		if list = slices.Delete(list, at, at+1); len(list) == 0 {
			delete(x.cells, c)
		} else {
			x.cells[c] = list
		}
	}
	if b.scripts[i] == 0 {
		return true
	}
	for k := range bands {
		l := b.links[i][k]
		if l.next != none {
			n, j := x.at(l.next)
			n.links[j][k].previous = l.previous
		}
		if l.previous != none {
			n, j := x.at(l.previous)
			n.links[j][k].next = l.next
		} else {
			x.heads[headOf(k, b.sketch[i].band(k), b.placed(i))] = l.next
		}
	}
	return true
}

// Query returns the matters that r is likely about, the likeliest first (of equal ones the smaller id), at most
// limit of them. The Jaccard coefficients are estimates.
func (x *Index) Query(r requests.Request, limit int) []Match {
	out := x.matches(r)
	slices.SortFunc(out, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Probability, a.Probability), cmp.Compare(a.ID, b.ID))
	})
	return out[:max(0, min(limit, len(out)))]
}

// matches are all that reach the threshold, in no order.
func (x *Index) matches(r requests.Request) []Match {
	p := x.probe(r)
	var out []Match
	for _, slot := range x.looked(&p) {
		if m, ok := x.match(&p, slot); ok {
			out = append(out, m)
		}
	}
	return out
}

// probe is a request as the index compares it.
type probe struct {
	x, y     float32
	minute   int32
	category uint16
	numbers  uint16
	scripts  uint8
	sketch   Sketch
}

func (p *probe) placed() bool { return p.x == p.x }

func (x *Index) probe(r requests.Request) probe {
	nan := float32(math.NaN())
	p := probe{x: nan, y: nan, minute: noTime, category: x.names[r.Category], numbers: numbers(r.Text)}
	// what is not a number, or a million kilometres away, is no place
	if r.Placed && math.Abs(r.X) < 1e9 && math.Abs(r.Y) < 1e9 {
		p.x, p.y = float32(r.X), float32(r.Y)
	}
	if !r.Time.IsZero() {
		p.minute = int32(max(noTime+1, min(math.MaxInt32, r.Time.Unix()/60)))
	}
	g := Shingles(r.Text)
	p.scripts, p.sketch = scripts(g), NewSketch(g)
	return p
}

// name numbers a category. 65,535 names are told apart; what comes later is as if it were not known.
func (x *Index) name(category string) uint16 {
	if n, ok := x.names[category]; ok || category == "" || len(x.names) == math.MaxUint16 {
		return n
	}
	x.names[category] = uint16(len(x.names) + 1)
	return x.names[category]
}

func (x *Index) at(slot uint32) (*block, uint32) {
	return x.blocks[slot/blockSize], slot % blockSize
}

func (x *Index) cellOf(px, py float32) cell {
	return cell{int32(math.Floor(float64(px) / x.reach)), int32(math.Floor(float64(py) / x.reach))}
}

// before and after find where in a cell's list a time begins and ends.
func (x *Index) before(list []uint32, minute int32) int {
	return sort.Search(len(list), func(i int) bool { b, j := x.at(list[i]); return b.minute[j] >= minute })
}

func (x *Index) after(list []uint32, minute int32) int {
	return sort.Search(len(list), func(i int) bool { b, j := x.at(list[i]); return b.minute[j] > minute })
}

// headOf is where the chain of a band begins. Each band has chains of its own, and so have matters with and without a place.
func headOf(k int, band uint32, placed bool) int {
	key := uint64(band)
	if placed {
		key |= 1 << 32
	}
	return k*bandHeads + int(mix(key)%bandHeads)
}
