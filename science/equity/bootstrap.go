package equity

import (
	"math"
	"slices"

	"skein/science/splitmix"
)

// replicates are how often a difference is reckoned again from counts drawn anew: the tenth from each end leaves 2.5 % outside.
const replicates = 399

// random draws from one seed: the same numbers give the same interval.
type random struct {
	splitmix.Source
	spare float64 // the other of a pair of normal numbers
	has   bool
}

// normal has mean 0 and variance 1 (Box and Muller 1958).
func (r *random) normal() float64 {
	if r.has = !r.has; !r.has {
		return r.spare
	}
	far, angle := math.Sqrt(-2*math.Log(1-r.Share())), 2*math.Pi*r.Share()
	sin, cos := math.Sincos(angle)
	r.spare = far * sin
	return far * cos
}

// nobody is how likely nobody comes where so many are expected.
var nobody = func() (p [20]float64) {
	for n := range p {
		p[n] = math.Exp(-float64(n))
	}
	return p
}()

// again draws a count anew: by Poisson's distribution, as if whoever came had come by chance. From twenty on it is rounded from the normal distribution of the
// same mean and variance, which is as good to draw anew by.
func (r *random) again(n int) int {
	mean := float64(n)
	switch {
	case n == 0:
		return 0
	case n >= len(nobody):
		return max(0, int(mean+math.Sqrt(mean)*r.normal()+0.5))
	}
	return r.few(mean, nobody[n])
}

// few draws by inversion, where so many are expected and nobody comes with this probability.
func (r *random) few(mean, nobody float64) int {
	k, p, u := 0, nobody, r.Share()
	for u >= p && k < 200 {
		u -= p
		k++
		p *= mean / float64(k)
	}
	return k
}

// spread is the percentile interval of what is reckoned from counts drawn anew; draws in which nothing can be compared are left out.
func spread(reckon func(r *random) (difference float64, ok bool)) Interval {
	r, all := random{}, make([]float64, 0, replicates)
	for range replicates {
		if d, ok := reckon(&r); ok {
			all = append(all, d)
		}
	}
	if len(all) == 0 {
		return Interval{-1, 1}
	}
	slices.Sort(all)
	outside := (len(all) + 1) / 40
	return Interval{all[max(0, outside-1)], all[min(len(all)-1, len(all)-outside)]}
}

// half is what is added, over all strata, to those who had it and to those who had it not, of the group and of the others, before they are drawn anew.
const half = 0.5

// RatesInterval is the bootstrap interval, at 95 %, of the difference that Rates tells. Where a whole group had it, or nobody, drawing anew from what is there
// would give that again every time, as if it were certain; so half a case is added to each side, as by Jeffreys's prior. It is divided among strata by how much
// chance there is in each, so that few cases in many strata are not drowned in halves.
func RatesInterval(strata []Two) Interval {
	var telling []Two
	var chance, weight []float64 // of each stratum and those before it
	c, w := 0.0, 0.0
	for _, s := range strata {
		if s.tells() {
			m, n := float64(s.Had+s.OtherHad), float64(s.Of+s.OtherOf)
			c, w = c+s.weight()*m/n*(n-m)/n, w+s.weight()
			telling, chance, weight = append(telling, s), append(chance, c), append(weight, w)
		}
	}
	if w == 0 {
		return Interval{-1, 1}
	}
	if c == 0 { // all are alike within each
		c, chance = w, weight
	}
	none, drawn := math.Exp(-half), make([]Two, len(telling))
	return spread(func(r *random) (float64, bool) {
		for i, s := range telling {
			d := Two{Had: r.again(s.Had), OtherHad: r.again(s.OtherHad)}
			d.Of, d.OtherOf = d.Had+r.again(s.Of-s.Had), d.OtherHad+r.again(s.OtherOf-s.OtherHad)
			drawn[i] = d
		}
		for _, added := range []Two{{Had: 1, Of: 1}, {Of: 1}, {OtherHad: 1, OtherOf: 1}, {OtherOf: 1}} {
			for range r.few(half, none) {
				i, _ := slices.BinarySearch(chance, r.Share()*c)
				d := &drawn[i]
				d.Had, d.Of, d.OtherHad, d.OtherOf = d.Had+added.Had, d.Of+added.Of, d.OtherHad+added.OtherHad, d.OtherOf+added.OtherOf
			}
		}
		return riskDifference(drawn)
	})
}

// TimesInterval is the bootstrap interval, at 95 %, of the difference that Times tells. As in RatesInterval, half a case is added to the group and to the
// others at the shortest and at the longest wait of a stratum: where all of a group waited alike, drawing anew would give that again every time.
func TimesInterval(strata []Waits) Interval {
	type bin struct{ group, other int }
	type stratum struct {
		bins            []bin
		shortest, after int // the first bin with anybody, and the one after the last
	}
	var all []stratum // that tell something
	var chance []float64
	c := 0.0
	for _, s := range strata {
		if s.Group.N() == 0 || s.Other.N() == 0 {
			continue
		}
		t := stratum{shortest: -1}
		for v := range max(len(s.Group), len(s.Other)) {
			b := bin{s.Group.of(v), s.Other.of(v)}
			if n := len(t.bins); b.group == 0 && n > 0 && t.bins[n-1].group == 0 && t.shortest < n-1 {
				t.bins[n-1].other += b.other // where nobody of the group lies between, they need not be told apart: a sum of Poisson's is Poisson's
			} else {
				t.bins = append(t.bins, b)
			}
			if b.group+b.other > 0 {
				if t.after = len(t.bins); t.shortest < 0 {
					t.shortest = t.after - 1
				}
			}
		}
		c += s.variance()
		all, chance = append(all, t), append(chance, c)
	}
	none, added := math.Exp(-half), make([][2]bin, len(all)) // to the shortest and the longest
	return spread(func(r *random) (float64, bool) {
		clear(added)
		if c > 0 {
			for end := range 2 {
				for range r.few(half, none) {
					i, _ := slices.BinarySearch(chance, r.Share()*c)
					added[i][end].group++
				}
				for range r.few(half, none) {
					i, _ := slices.BinarySearch(chance, r.Share()*c)
					added[i][end].other++
				}
			}
		}
		var longer pairs
		for i, t := range all {
			var s pairs
			for n, b := range t.bins {
				group, other := r.again(b.group), r.again(b.other)
				for end, at := range [2]int{t.shortest, t.after - 1} {
					if n == at {
						group, other = group+added[i][end].group, other+added[i][end].other
					}
				}
				s.bin(group, other)
			}
			longer.add(s)
		}
		return longer.difference()
	})
}
