package shares

import "slices"

// pair proves that counts with shares between two ends choose the same projects, by
// counting at both ends step by step.
//
// As long as the winners and who of their supporters pays all that is left are the same at
// both ends, what everyone has left is a linear function of the share in between, and so is
// a winner's price. A lower bound of a loser's price with a fixed set of poor is linear too.
// So if that bound is above the winner's price at both ends, it is in between.
type pair struct {
	ends  [2]*count
	bound [2][]fraction // project → lower bound of its price at each end, with the same poor
	open  []int         // projects that might be bought
}

func newPair(e *election) *pair {
	return &pair{ends: [2]*count{newCount(e), newCount(e)}, bound: [2][]fraction{make([]fraction, len(e.cost)), make([]fraction, len(e.cost))}}
}

// same says whether it is proved that all counts with from to to added choose the same
// projects in the same order. When it is, ends[1] holds the whole count with to added.
func (pr *pair) same(from, to int64) bool {
	a, b := pr.ends[0], pr.ends[1]
	a.begin(from)
	b.begin(to)
	pr.open = pr.open[:0]
	for p, s := range a.support {
		if len(s) > 0 && a.cost[p] > 0 {
			pr.open = append(pr.open, p)
			pr.bound[0][p], pr.bound[1][p] = fraction{0, 1}, fraction{0, 1}
		}
	}
	for {
		w, _ := a.next()
		v, _ := b.next()
		if w == nil || v == nil {
			return w == nil && v == nil
		}
		if w.project != v.project || len(w.rich) == 0 || len(v.rich) == 0 || !a.samePoor(w, v) || !pr.holds(w, v) {
			return false
		}
		a.pay(w, nil)
		b.pay(v, nil)
	}
}

// samePoor says whether two sales of a project have the same supporters pay all they have.
func (c *count) samePoor(s, t *sale) bool {
	if len(s.poor) != len(t.poor) {
		return false
	}
	c.solves++
	for _, b := range s.poor {
		c.mark[b.kind] = c.solves
	}
	return !slices.ContainsFunc(t.poor, func(b backing) bool { return c.mark[b.kind] != c.solves })
}

// holds says whether the winner, w at one end and v at the other, is proved to come before all other projects in between.
func (pr *pair) holds(w, v *sale) bool {
	winner := [2]*sale{w, v}
	var high [2]fraction
	for end, c := range pr.ends {
		_, high[end], _ = c.estimate(w.project, fraction{0, 1 << 62}, fraction{1, 0})
	}
	above := func(p int) bool { return high[0].less(pr.bound[0][p]) && high[1].less(pr.bound[1][p]) }
	kept := pr.open[:0]
	for i, p := range pr.open {
		if p == w.project {
			continue
		}
		if above(p) {
			kept = append(kept, p)
			continue
		}
		var affordable [2]bool
		settled := false
		for end, c := range pr.ends {
			var low fraction
			low, _, affordable[end] = c.estimate(p, fraction{0, 1 << 62}, fraction{1, 0})
			if affordable[end] && !settled {
				other := pr.ends[1-end]
				pr.bound[end][p], pr.bound[1-end][p] = low, other.boundWith(p, c)
				settled = above(p)
			}
		}
		if !affordable[0] && !affordable[1] {
			continue // nor in between, and never again
		}
		if !settled && !(affordable[0] && affordable[1] && pr.exactly(p, winner)) {
			pr.open = append(kept, pr.open[i:]...)
			return false
		}
		kept = append(kept, p)
	}
	pr.open = kept
	return true
}

// boundWith is a lower bound of a project's price with the poor that another count's estimate has just found.
func (c *count) boundWith(p int, like *count) fraction {
	c.solves++
	points := uint64(0)
	for _, b := range like.rich {
		c.mark[b.kind] = c.solves
		points += uint64(c.purse[b.kind].weight) * uint64(b.points)
	}
	if uint64(c.cost[p]) > c.money {
		return fraction{1, 0}
	}
	due, held := uint64(c.cost[p])<<c.shift, uint64(0)
	for _, b := range c.live[p] {
		if k := &c.purse[b.kind]; c.mark[b.kind] != c.solves && k.died < 0 {
			held += uint64(k.weight) * (k.low + c.slack)
		}
	}
	return fraction{due - min(due, held), points * c.worth[p]}
}

// exactly compares by fractions: the project's poor are the same at both ends, and the winner is cheaper there, or as cheap and first by id.
func (pr *pair) exactly(p int, winner [2]*sale) bool {
	var sales [2]*sale
	holds := true
	for end, c := range pr.ends {
		sold := c.sold
		sales[end] = c.solve(p)
		c.sold = sold
		order := c.compare(sales[end], winner[end])
		holds = holds && (order > 0 || order == 0 && c.rank[winner[end].project] < c.rank[p])
	}
	return holds && len(sales[0].rich) > 0 && len(sales[1].rich) > 0 && pr.ends[0].samePoor(sales[0], sales[1])
}

// stride is how many increments to try to pass over at once, and how long to wait after it failed.
type stride struct{ length, wait, pause int64 }

// next is the length to try now; less than 2 is not worth it.
func (s *stride) next() int64 {
	if s.wait > 0 {
		s.wait--
		return 0
	}
	return s.length
}

func (s *stride) worked() { s.length, s.pause = s.length*2, 0 }

func (s *stride) failed() {
	if s.length /= 4; s.length < 2 {
		s.length, s.pause = 8, min(2*s.pause+1, 63)
		s.wait = s.pause
	}
}
