package shares

import (
	"math/big"
	"math/bits"
	"slices"
)

// Loser is a project that was not funded, and what would have sufficed, all else being as it was.
type Loser struct {
	Project    int
	Supporters int64
	// EnoughCost is the highest cost, in smallest units, at which it would have been funded; -1 when none would do.
	EnoughCost int64
	// MoreSupporters is how many more voters who support nothing else would have sufficed, -1
	// when no number would do. Under Equal Shares each brings a share as large as
	// everyone's; under the score utility each gives as many points as any voter gave the project.
	MoreSupporters int64
}

// Losers says of every project that was not funded what it lacked. Under add1 the shares are
// taken to stay as they stood in the count that was accepted.
func (o *Outcome) Losers() []Loser {
	var losers []Loser
	for p := range o.funded {
		if !o.funded[p] {
			losers = append(losers, Loser{Project: p, Supporters: int64(o.election.count[p]), EnoughCost: -1, MoreSupporters: -1})
		}
	}
	slices.SortFunc(losers, func(a, b Loser) int { return o.election.rank[a.Project] - o.election.rank[b.Project] })
	if o.count != nil && len(losers) > 0 {
		o.lackedByEqualShares(losers)
	}
	for i := range losers {
		l := &losers[i]
		switch {
		case o.Rule == Phragmen:
			o.lackedByPhragmen(l)
		case o.Rule == Greedy || o.Completion == U || o.Completion == Add1U:
			o.lackedByGreedy(l)
		}
	}
	return losers
}

// variant is an election of which one project's cost and supporters can be set otherwise.
type variant struct {
	*election
	project int
	was     election
	joined  []backing // supporters with the newcomers
}

// variant adds a kind of ballots that support a project alone; there are none of it yet.
// Neither the number of ballots nor a share changes by them.
func (e *election) variant(p int) *variant {
	v := *e
	v.cost, v.worth, v.count, v.total, v.points = slices.Clone(e.cost), slices.Clone(e.worth), slices.Clone(e.count), slices.Clone(e.total), slices.Clone(e.points)
	points := e.mostPoints(p)
	v.support = slices.Clone(e.support)
	v.votes = append(slices.Clip(e.votes), []vote{{int32(p), points}})
	v.weight = append(slices.Clip(e.weight), 0)
	return &variant{&v, p, *e, append(slices.Clip(e.support[p]), backing{int32(len(e.votes)), points})}
}

// set gives the project another cost and more supporters than it has.
func (v *variant) set(cost, more int64) {
	p, newcomer := v.project, len(v.was.votes)
	v.cost[p] = cost
	if v.utility == CostUtility {
		v.worth[p] = uint64(max(cost, 1))
	}
	v.weight[newcomer], v.support[p] = uint64(more), v.was.support[p]
	if more > 0 {
		v.support[p] = v.joined
	}
	v.count[p] = v.was.count[p] + uint64(more)
	points := v.votes[newcomer][0].points
	v.total[p] = v.was.total[p] + more*int64(points)
	v.points[p] = v.was.points[p] + uint64(more)*uint64(points)
}

// mostPoints is the most points that any ballot gives a project, 1 where none gives any.
func (e *election) mostPoints(p int) uint32 {
	most := uint32(1)
	for _, b := range e.support[p] {
		most = max(most, b.points)
	}
	return most
}

// largest finds the largest x of from..to for which wins holds, which it does up to some x
// and not beyond; from-1 when it never does. It looks near the guess first.
func largest(from, to, guess int64, wins func(int64) bool) int64 {
	low, high := from-1, to+1 // wins at low, or low is below all; does not win at high
	for step := int64(1); high-low > 1; step *= 2 {
		x := min(max(guess, low+1), high-1)
		if wins(x) {
			low, guess = x, x+step
		} else {
			high, guess = x, x-step
		}
		if step > 1 && (guess <= low || guess >= high) {
			break
		}
	}
	for high-low > 1 {
		if x := low + (high-low)/2; wins(x) {
			low = x
		} else {
			high = x
		}
	}
	return low
}

// smallest is the first x of 1..to for which wins holds, and -1 when it never does; it holds from some x on.
func smallest(to, guess int64, wins func(int64) bool) int64 {
	x := largest(1, to, guess-1, func(x int64) bool { return !wins(x) })
	if x == to {
		return -1
	}
	return x + 1
}

func (o *Outcome) lackedByGreedy(l *Loser) {
	p, e := l.Project, o.election
	taken, left := make([]bool, len(e.cost)), o.in.Budget
	for _, w := range o.Winners {
		if w.Phase == Mes {
			taken[w.Project] = true
			left -= w.Cost
		}
	}
	v := e.variant(p)
	wins := func(cost, more int64) bool {
		v.set(cost, more)
		return slices.ContainsFunc(v.greedy(taken, left), func(c pick) bool { return c.project == p })
	}
	enough := largest(0, e.cost[p]-1, left, func(cost int64) bool { return wins(cost, 0) })
	l.EnoughCost = max(l.EnoughCost, enough)
	if e.cost[p] > left {
		return
	}
	limit := int64(1) << 61 / int64(e.mostPoints(p))
	if l.MoreSupporters > 0 {
		limit = l.MoreSupporters
	}
	if more := smallest(limit, 1, func(more int64) bool { return wins(e.cost[p], more) }); more > 0 {
		l.MoreSupporters = more
	}
}

func (o *Outcome) lackedByPhragmen(l *Loser) {
	p, e := l.Project, o.election
	v := e.variant(p)
	wins := func(cost, more int64) bool {
		v.set(cost, more)
		return slices.ContainsFunc(v.phragmen().picks, func(c pick) bool { return c.project == p })
	}
	// The rounded loads tell where to look first; whether p is funded there is then counted out.
	guess, fewest := int64(0), int64(1)<<40
	if heads := e.count[p]; heads > 0 {
		for step, now := range o.loads.past {
			level := ^uint64(0) >> 4
			if step < len(o.loads.low) {
				level = o.loads.low[step]
			}
			hi, room := bits.Mul64(level, heads)
			if hi > 0 {
				room = ^uint64(0)
			}
			guess = max(guess, min(now.left, int64((room-min(room, now.sum[p]))>>o.loads.shift)))
			if e.cost[p] <= now.left && level > 0 {
				need := (now.sum[p]+uint64(e.cost[p])<<o.loads.shift)/level + 1
				fewest = min(fewest, int64(need-min(need, heads)))
			}
		}
	}
	l.EnoughCost = largest(0, e.cost[p]-1, guess, func(cost int64) bool { return wins(cost, 0) })
	if e.cost[p] <= o.in.Budget {
		l.MoreSupporters = smallest(1<<40, fewest, func(more int64) bool { return wins(e.cost[p], more) })
	}
}

// lackedByEqualShares follows the count that stands once more. A project would have been
// bought at a lower cost if at some step, or at the end, its price at that cost had been
// below the winner's; more supporters likewise.
func (o *Outcome) lackedByEqualShares(losers []Loser) {
	copied := *o.election
	e := &copied
	newcomer := int32(len(e.votes)) // the kind of those who support one loser alone
	e.cost, e.worth = slices.Clone(e.cost), slices.Clone(e.worth)
	e.votes, e.weight = append(slices.Clip(e.votes), nil), append(slices.Clip(e.weight), 0)
	c := newCount(e)
	c.begin(o.count.added)
	fresh := c.purse[newcomer].low
	most := make([]int64, len(losers)) // how many newcomers suffice for certain, -1 if none can
	for i, l := range losers {
		most[i] = c.enoughNewcomers(l.Project)
		if e.count[l.Project] > 0 {
			losers[i].EnoughCost = 0
		}
	}
	for {
		winner, tied := c.next()
		t := &trial{count: c, winner: winner, sold: c.sold}
		if winner != nil {
			t.low, t.high, _ = c.estimate(winner.project, fraction{0, 1 << 62}, fraction{1, 0})
		}
		for i := range losers {
			l := &losers[i]
			p := l.Project
			cost, worth := c.cost[p], c.worth[p]
			l.EnoughCost = t.raise(l.EnoughCost, cost-1, func(x int64) bool {
				c.cost[p] = x
				if e.utility == CostUtility {
					c.worth[p] = uint64(x)
				}
				return t.beats(p)
			})
			c.cost[p], c.worth[p] = cost, worth
			if most[i] < 1 {
				continue
			}
			points := e.mostPoints(p)
			lessened := t.raise(-most[i], -1, func(x int64) bool {
				c.purse[newcomer] = purse{fresh, uint32(-x), -1}
				c.weight[newcomer] = uint64(-x)
				c.live[p] = append(c.live[p], backing{newcomer, points})
				beats := t.beats(p)
				c.live[p] = slices.DeleteFunc(c.live[p], func(b backing) bool { return b.kind == newcomer })
				return beats
			})
			most[i] = -lessened
		}
		if winner == nil {
			break
		}
		c.pay(winner, tied)
	}
	for i := range losers {
		losers[i].MoreSupporters = most[i]
	}
}

// enoughNewcomers is how many voters with a whole share pay for a project alone; -1 where it
// costs more than the budget, or where the count has no room for so many.
func (c *count) enoughNewcomers(p int) int64 {
	if c.cost[p] == 0 {
		return 1
	}
	if c.cost[p] > c.in.Budget || c.in.Budget == 0 {
		return -1
	}
	n := new(big.Int).Mul(big.NewInt(c.cost[p]), c.den)
	n.Add(n, new(big.Int).Sub(c.share, big.NewInt(1)))
	n.Quo(n, c.share)
	if !n.IsInt64() || n.Int64() >= 1<<31 {
		return -1
	}
	points := uint64(n.Int64()) * uint64(c.mostPoints(p))
	for _, b := range c.support[p] {
		points += c.weight[b.kind] * uint64(b.points)
	}
	if hi, lo := bits.Mul64(points, c.worth[p]); hi > 0 || lo >= 1<<61 {
		return -1
	}
	return max(n.Int64(), 1)
}

// trial asks at one step whether a loser would have come before the winner.
type trial struct {
	*count
	winner    *sale // nil at the end, when nothing can be bought
	low, high fraction
	sold      int
}

// beats says so of a project as it stands in the count for the moment.
func (t *trial) beats(p int) bool {
	if t.cost[p] == 0 {
		return len(t.support[p]) > 0
	}
	low, high, affordable := t.estimate(p, fraction{0, 1 << 62}, fraction{1, 0})
	switch {
	case !affordable:
		return false
	case t.winner == nil || high.less(t.low):
		return true
	case t.high.less(low):
		return false
	}
	order := t.compare(t.solve(p), t.winner)
	t.count.sold = t.sold
	return order < 0 || order == 0 && t.rank[p] < t.rank[t.winner.project]
}

// raise looks for an x above known, up to most, for which wins holds, and returns the largest.
func (t *trial) raise(known, most int64, wins func(int64) bool) int64 {
	if known >= most || !wins(known+1) {
		return known
	}
	return largest(known+1, most, known+1, wins)
}
