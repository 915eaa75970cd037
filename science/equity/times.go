package equity

import "math"

// Waits is one stratum of times: how many of a group, and of all others, waited so long. What is not answered yet stands in the last bin of both.
type Waits struct{ Group, Other Histogram }

// of is how many waited so long.
func (h Histogram) of(v int) int {
	if v < len(h) {
		return h[v]
	}
	return 0
}

// pairs gathers, from the shortest time on, in how many pairs of a group's and others' the group waited longer; of strata, by van Elteren's weights.
type pairs struct {
	group, other float64 // how many so far
	longer       float64 // pairs, ties by half
	sum, weight  float64 // of strata that were added
}

// bin takes those in who waited so long.
func (p *pairs) bin(group, other int) {
	g, o := float64(group), float64(other)
	p.longer += g * (p.other + o/2)
	p.group, p.other = p.group+g, p.other+o
}

// add takes a stratum in: as if every stratum had the same shift.
func (p *pairs) add(s pairs) {
	w, all := 1/(s.group+s.other+1), s.group*s.other
	p.sum += w * (s.longer - all/2)
	p.weight += w * all / 2
}

func (p *pairs) difference() (float64, bool) { return p.sum / p.weight, p.weight > 0 }

// variance is that of a stratum's part of the sum, where the group waited like the others, with ties.
func (s Waits) variance() float64 {
	m, n := float64(s.Group.N()), float64(s.Other.N())
	total, ties := m+n, 0.0
	if m == 0 || n == 0 {
		return 0
	}
	for v := range max(len(s.Group), len(s.Other)) {
		t := float64(s.Group.of(v) + s.Other.of(v))
		ties += t*t*t - t
	}
	return m * n / 12 * (total + 1 - ties/(total*(total-1))) / ((total + 1) * (total + 1))
}

// Times compares how long a group waited with how long the others did, by ranks within strata. Difference is the share of pairs in which the
// group waited longer less the share in which it waited shorter: 0 is no difference, 1 always longer.
func Times(strata []Waits) (c Compared) {
	var all pairs
	variance := 0.0
	for _, s := range strata {
		m, n := s.Group.N(), s.Other.N()
		if m == 0 || n == 0 {
			continue
		}
		c.Of, c.OtherOf = c.Of+m, c.OtherOf+n
		var p pairs
		for v := range max(len(s.Group), len(s.Other)) {
			p.bin(s.Group.of(v), s.Other.of(v))
		}
		all.add(p)
		variance += s.variance()
	}
	if c.Difference, c.OK = all.difference(); !c.OK {
		return Compared{Of: c.Of, OtherOf: c.OtherOf}
	}
	c.P = 1
	deviation := math.Sqrt(variance)
	c.Seen = (z95 + zPower) * deviation / all.weight
	if deviation > 0 {
		c.P = math.Erfc(math.Abs(all.sum) / deviation / math.Sqrt2)
	}
	return c
}
