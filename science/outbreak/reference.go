package outbreak

import (
	"math"
	"time"
)

// baseline is what a Farrington model is fitted to: counts with their time and group.
type baseline struct {
	y, t   []float64 // counts; time in points, 0 at the point looked at
	logs   []float64 // ln y, of no meaning for 0
	start  []float64 // ln(y + 0.1), where fits begin
	g      []int     // group, from 0 without holes
	groups int
	now    int // the group of the point looked at, -1 if nothing in the baseline is of it
	most   float64
	dense  []int // a group's number without holes
}

// references are the points that stand for k one year back, two, … b; ok is false if one of them does not exist.
//
// Without dates, freq points are a year. With dates, the same date i years back is looked for; weekly series (52) take
// the nearest point with the weekday of k. A 29 February of a year without one is 1 March.
func references(k int, dates []time.Time, o *FarringtonOptions, into []int) (refs []int, ok bool) {
	refs = into[:0]
	for i := 1; i <= o.B; i++ {
		if dates == nil || !(o.Freq == 52 || o.Freq == 12 || o.Freq == 365) {
			r := k - i*o.Freq
			if r < 0 {
				return nil, false
			}
			refs = append(refs, r)
			continue
		}
		date := dates[k].AddDate(-i, 0, 0)
		if o.Freq == 52 {
			off := (int(dates[k].Weekday()) - int(date.Weekday()) + 7) % 7
			if off > 3 {
				off -= 7
			}
			date = date.AddDate(0, 0, off)
		}
		r, found := position(dates[:k], date)
		if !found {
			return nil, false
		}
		refs = append(refs, r)
	}
	return refs, true
}

// position finds a date in ascending dates.
func position(dates []time.Time, date time.Time) (int, bool) {
	low, high := 0, len(dates)
	for low < high {
		if m := (low + high) / 2; dates[m].Before(date) {
			low = m + 1
		} else {
			high = m
		}
	}
	return low, low < len(dates) && dates[low].Equal(date)
}

// seasons puts the points before k into groups: P-1 (of 0..P-1) for those within w of a reference or of k, for P > 1
// the points between two such windows cut into P-1 consecutive blocks, the earlier ones longer by one where
// they cannot be equal. Points before the oldest window, and the last exclude ones with k, have -1.
func seasons(k int, refs []int, o *FarringtonOptions, into []int) []int {
	if cap(into) < k+1 {
		into = make([]int, k+1)
	}
	group := into[:k+1]
	for i := range group {
		group[i] = -1
	}
	last := o.Periods - 1
	fill := func(from, to, g int) {
		for i := max(from, 0); i <= min(to, k); i++ {
			group[i] = g
		}
	}
	newer := k // the window after the gap: its centre
	for _, r := range refs {
		from, to := r+o.W+1, newer-o.W-1 // the gap
		if last > 0 && to >= from {
			n, start := to-from+1, from
			for b := range last {
				size := n / last
				if b < n%last {
					size++
				}
				fill(start, start+size-1, b)
				start += size
			}
		}
		newer = r
	}
	fill(k-o.W, k, last)
	for _, r := range refs {
		fill(r-o.W, r+o.W, last)
	}
	fill(k-o.exclude(), k, -1)
	return group
}

// gather makes the baseline of k, into storage that is used again.
func (b *baseline) gather(series []float64, k int, group []int, periods int) {
	b.y, b.t, b.g = b.y[:0], b.t[:0], b.g[:0]
	b.logs, b.start = b.logs[:0], b.start[:0]
	b.most = 0
	if cap(b.dense) < periods {
		b.dense = make([]int, periods)
	}
	dense := b.dense[:periods]
	for i := range dense {
		dense[i] = -1
	}
	b.groups = 0
	for i, g := range group {
		if g < 0 || math.IsNaN(series[i]) {
			continue
		}
		if dense[g] < 0 {
			dense[g] = b.groups
			b.groups++
		}
		b.y, b.t, b.g = append(b.y, series[i]), append(b.t, float64(i-k)), append(b.g, dense[g])
		log, start := logarithms(series[i])
		b.logs, b.start = append(b.logs, log), append(b.start, start)
		b.most = math.Max(b.most, series[i])
	}
	b.now = dense[periods-1]
}

// small holds logarithms of small counts.
var small = func() (table [1024][2]float64) {
	for i := range table {
		table[i] = [2]float64{math.Log(float64(i)), math.Log(float64(i) + 0.1)}
	}
	return table
}()

// logarithms are ln y and ln(y + 0.1).
func logarithms(y float64) (log, start float64) {
	if i := int(y); float64(i) == y && i >= 0 && i < len(small) {
		return small[i][0], small[i][1]
	}
	return math.Log(y), math.Log(y + 0.1)
}
