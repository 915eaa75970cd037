package shares

import (
	"math/big"
	"math/bits"
	"slices"
)

// pick is a project chosen, in order of selection.
type pick struct {
	project int
	phase   Rule
	tied    []int // others that were exactly as good and lost by their id
}

// count is one run of the Method of Equal Shares (Peters, Pierczyński, Skowron 2021).
//
// What a voter has left is share − Σ ρ_q·points over the chosen q that she supports, until
// she pays her last: then it is exactly 0 and stays so. Hence every ρ is a fraction made of
// earlier ones with whole coefficients, and all stand over one denominator:
// ρ_t = price[t]/den per point. Beside that, low follows what is left in units of 2^-shift
// of the smallest unit, rounded down; the truth lies in [low, low+slack]. Whatever low
// and slack cannot decide is decided by the fractions.
type count struct {
	*election
	added int64 // smallest units given to each voter on top of the budget

	shift uint
	money uint64  // of all voters at the beginning, in smallest units
	purse []purse // kind → what each of its voters has left
	slack uint64
	live  [][]backing // project → supporters that are not known to have died
	bound []fraction  // project → lower bound of its ρ, which only grows
	order []int       // projects that may still be bought, by bound
	step  []int32     // project → the step at which it was bought, or -1

	share *big.Int // numerator of the share, over den
	price []*big.Int
	den   *big.Int
	picks []pick
	spent int64

	rich         []backing // scratch, as is all below
	bestRich     []backing // what estimate left of the best project found at this step
	bestProject  int
	mark         []int32 // kind → the last solve in which it was rich
	solves       int32
	sales        []*sale
	sold         int
	coefficients []uint64
	found        []candidate
}

// purse is what each voter of a kind has left.
type purse struct {
	low    uint64
	weight uint32 // voters of the kind
	died   int32  // the step at which they paid their last, or -1
}

// newCount makes the room for runs on an election.
func newCount(e *election) *count {
	c := &count{election: e}
	c.purse, c.mark = make([]purse, len(e.votes)), make([]int32, len(e.votes))
	c.live, c.bound = make([][]backing, len(e.support)), make([]fraction, len(e.support))
	c.step = make([]int32, len(e.support))
	total := 0
	for _, s := range e.support {
		total += len(s)
	}
	room := make([]backing, total)
	for p, s := range e.support {
		c.live[p], room = room[:len(s):len(s)], room[len(s):]
	}
	return c
}

// money is what all voters hold together; false where the exact count has no room for it.
func (e *election) money(added int64) (uint64, bool) {
	hi, lo := bits.Mul64(uint64(added), uint64(e.voters))
	sum, carry := bits.Add64(lo, uint64(e.in.Budget), 0)
	return sum, hi == 0 && carry == 0 && sum < 1<<61
}

// begin readies a run with added units on top of every share.
func (c *count) begin(added int64) {
	c.added = added
	money, _ := c.election.money(added)
	c.money = money
	c.shift = uint(61 - bits.Len64(money))
	c.share = new(big.Int).SetUint64(money)
	c.den = big.NewInt(max(c.voters, 1))
	c.price, c.picks, c.spent, c.slack = c.price[:0], nil, 0, 1
	low := money << c.shift / uint64(c.voters)
	for k := range c.purse {
		c.purse[k] = purse{low, uint32(c.weight[k]), -1}
	}
	c.order = c.order[:0]
	for p, s := range c.support {
		c.step[p] = -1
		cost := c.cost[p]
		c.live[p] = c.live[p][:len(s)]
		copy(c.live[p], s)
		if len(s) > 0 && cost > 0 && uint64(cost) <= money {
			c.bound[p] = fraction{uint64(cost) << c.shift, c.points[p] * c.worth[p]} // as if all paid in full
			c.order = append(c.order, p)
		}
	}
	slices.SortFunc(c.order, c.byBound)
	c.takeCostless()
}

// byBound orders projects by the lower bounds of their ρ.
func (c *count) byBound(a, b int) int {
	switch {
	case c.bound[a].less(c.bound[b]):
		return -1
	case c.bound[b].less(c.bound[a]):
		return 1
	}
	return 0
}

// takeCostless chooses what is supported and costs nothing.
func (c *count) takeCostless() {
	var free []int
	for p, s := range c.support {
		if len(s) > 0 && c.cost[p] == 0 {
			free = append(free, p)
		}
	}
	slices.SortFunc(free, func(a, b int) int { return c.rank[a] - c.rank[b] })
	for i, p := range free {
		c.step[p] = int32(len(c.picks))
		c.price = append(c.price, new(big.Int))
		c.picks = append(c.picks, pick{project: p, phase: Mes, tied: slices.Clone(free[i+1:])})
	}
}

// run chooses until nothing can be bought, or more than most is spent.
func (c *count) run(added, most int64) {
	c.begin(added)
	for c.spent <= most {
		winner, tied := c.next()
		if winner == nil {
			return
		}
		c.pay(winner, tied)
	}
}

// candidate is a project that may be the cheapest, with a lower bound of its ρ.
type candidate struct {
	project int
	bound   fraction
}

// next finds the project of the least ρ, and those that are as cheap; nil when none can be bought.
func (c *count) next() (*sale, []int) {
	best := fraction{1, 0}
	c.bestProject = -1
	found := c.found[:0]
	kept := c.order[:0]
	for i, p := range c.order {
		if best.less(c.bound[p]) {
			kept = append(kept, c.order[i:]...)
			break
		}
		low, high, affordable := c.estimate(p, c.bound[p], best)
		if !affordable {
			continue
		}
		c.bound[p] = low
		kept = append(kept, p)
		found = append(found, candidate{project: p, bound: low})
		if high.less(best) {
			best = high
			c.rich, c.bestRich, c.bestProject = c.bestRich, c.rich, p
		}
	}
	c.order, c.found = kept, found
	found = slices.DeleteFunc(found, func(f candidate) bool { return best.less(f.bound) })
	if len(found) == 0 {
		return nil, nil
	}
	winner, tied := c.cheapest(found)
	c.order = slices.DeleteFunc(c.order, func(p int) bool { return p == winner.project })
	slices.SortFunc(c.order, c.byBound)
	return winner, tied
}

// estimate bounds ρ of a project from both sides, or says that its supporters cannot afford it.
// Σ min(b_i, ρ·u_i) is the least over all sets of poor of what they hold plus ρ times the
// others' utility, so any set of poor gives a lower bound; Newton's steps find the best,
// beginning at known, a lower bound from before. Once the lower bound is above most, no better one
// is looked for, and high is infinite.
func (c *count) estimate(p int, known, most fraction) (low, high fraction, affordable bool) {
	if uint64(c.cost[p]) > c.money {
		return low, high, false
	}
	cost := uint64(c.cost[p]) << c.shift
	var money, heads, points uint64
	live := c.live[p][:0]
	for _, b := range c.live[p] {
		if k := &c.purse[b.kind]; k.died < 0 {
			live = append(live, b)
			w := uint64(k.weight)
			money += w * k.low
			heads += w
			points += w * uint64(b.points)
		}
	}
	c.live[p] = live
	if money < cost && (money+c.slack*heads < cost || !c.affords(p)) {
		return low, high, false
	}
	certain := money >= cost
	c.rich = append(c.rich[:0], live...)
	poor, due := uint64(0), cost
	for known.den /= c.worth[p]; ; known.num = 0 {
		low = fraction{due - min(due, c.slack*poor), points * c.worth[p]}
		high = fraction{due, points * c.worth[p]}
		if most.less(low) {
			certain = false
			break
		}
		lastPoints, limit := uint32(0), uint64(0)
		stay := c.rich[:0]
		newDue, newPoints := due, points
		for _, b := range c.rich {
			if b.points != lastPoints {
				lastPoints = b.points
				limit = max(quotient(due, uint64(b.points), points), quotient(known.num, uint64(b.points), known.den))
			}
			if k := &c.purse[b.kind]; k.low <= limit {
				w := uint64(k.weight)
				poor += w
				newDue -= min(newDue, w*k.low)
				newPoints -= w * uint64(b.points)
			} else {
				stay = append(stay, b)
			}
		}
		if len(stay) == len(c.rich) {
			break
		}
		if len(stay) == 0 {
			certain = false // all but the whole of what they hold: low stays a lower bound
			break
		}
		c.rich, due, points = stay, newDue, newPoints
	}
	if !certain {
		high = fraction{1, 0}
	}
	return low, high, true
}

// quotient is ⌊a·b/d⌋, or the largest number where that is beyond 64 bits.
func quotient(a, b, d uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	if hi >= d {
		return ^uint64(0)
	}
	q, _ := bits.Div64(hi, lo, d)
	return q
}
