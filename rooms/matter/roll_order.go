package matter

import (
	"cmp"
	"slices"

	"skein/frame/civic"
)

// An ordered list has places of entries in an order. A few changes move what lies behind them; many, as when an import is taken in, are
// merged in one pass, so that who reads meanwhile waits milliseconds and not for each change.
type ordered []int32

// few is up to how many changes each is put in by itself.
const few = 8

// without takes places out: before their entries change, since the order finds them.
func (o ordered) without(places []int32, compare func(x, y int32) int) ordered {
	if len(places) <= few {
		for _, p := range places {
			if i, ok := slices.BinarySearchFunc(o, p, compare); ok {
				o = slices.Delete(o, i, i+1)
			}
		}
		return o
	}
	gone := make(map[int32]bool, len(places))
	for _, p := range places {
		gone[p] = true
	}
	return slices.DeleteFunc(o, func(p int32) bool { return gone[p] })
}

// with puts places in, once their entries are there.
func (o ordered) with(places []int32, compare func(x, y int32) int) ordered {
	if len(places) <= few {
		for _, p := range places {
			i, _ := slices.BinarySearchFunc(o, p, compare)
			o = slices.Insert(o, i, p)
		}
		return o
	}
	return merged(o, places, compare)
}

// merged is what two lists have, in order; the first is in order already.
func merged[T any](all, more []T, compare func(x, y T) int) []T {
	more = slices.Clone(more)
	slices.SortFunc(more, compare)
	i := len(all) - 1
	all = append(all, more...)
	for to, j := len(all)-1, len(more)-1; j >= 0; to-- { // from the end, so that each is moved once
		if i >= 0 && compare(all[i], more[j]) > 0 {
			all[to] = all[i]
			i--
		} else {
			all[to] = more[j]
			j--
		}
	}
	return all
}

// clocked reports whether an entry stands among those whose time runs for a coordinating body.
func (e *entry) clocked() bool { return e.due != 0 && Statuses[e.status].Open() }

func (r *Roll) earlier(x, y int32) int {
	a, b := &r.entries[x], &r.entries[y]
	return cmp.Or(cmp.Compare(a.reported, b.reported), cmp.Compare(a.first, b.first))
}

func (r *Roll) sooner(x, y int32) int {
	a, b := &r.entries[x], &r.entries[y]
	return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.first, b.first))
}

// order sorts all entries by when matters were reported, and the open ones of each coordinating body by when they are due.
func (r *Roll) order() {
	r.reported, r.clocks = make(ordered, len(r.entries), cap(r.entries)), map[uint32]ordered{}
	for i := range r.entries {
		r.reported[i] = int32(i)
		if e := &r.entries[i]; e.clocked() {
			r.clocks[e.coordinator] = append(r.clocks[e.coordinator], int32(i))
		}
	}
	slices.SortFunc(r.reported, r.earlier)
	for _, o := range r.clocks {
		slices.SortFunc(o, r.sooner)
	}
}

// versioned is a row as it is now, and the act that it is of.
type versioned struct {
	entryRow
	version civic.Position
}

// put takes in rows as they are now, in the order of their first acts.
func (r *Roll) put(rows []versioned) {
	next := make([]entry, len(rows))
	places := make([]int32, len(rows))
	end := int32(len(r.entries))
	var unreported, reported []int32
	unclocked, clocked := map[uint32][]int32{}, map[uint32][]int32{}
	for i, row := range rows {
		e := r.entry(row.entryRow, row.version)
		at, there := slices.BinarySearchFunc(r.entries, e.first, func(e entry, first civic.Position) int { return cmp.Compare(e.first, first) })
		if next[i], places[i] = e, int32(at); !there { // the newest: what is committed later has later positions
			places[i], end = end, end+1
			reported = append(reported, places[i])
		} else {
			old := &r.entries[at]
			if old.reported != e.reported {
				unreported, reported = append(unreported, int32(at)), append(reported, int32(at))
			}
			if old.clocked() && (!e.clocked() || old.coordinator != e.coordinator || old.due != e.due) {
				unclocked[old.coordinator] = append(unclocked[old.coordinator], int32(at))
			}
			if old.clocked() && e.clocked() && old.coordinator == e.coordinator && old.due == e.due {
				continue
			}
		}
		if e.clocked() {
			clocked[e.coordinator] = append(clocked[e.coordinator], places[i])
		}
	}
	r.reported = r.reported.without(unreported, r.earlier)
	for code, gone := range unclocked {
		r.clocks[code] = r.clocks[code].without(gone, r.sooner)
	}
	for i, e := range next {
		if int(places[i]) == len(r.entries) {
			r.entries = append(r.entries, e)
		} else {
			r.entries[places[i]] = e
		}
	}
	r.reported = r.reported.with(reported, r.earlier)
	for code, come := range clocked {
		r.clocks[code] = r.clocks[code].with(come, r.sooner)
	}
}
