package shares

import (
	"math/big"
	"math/bits"
	"slices"
)

// loads is one run of sequential Phragmén. A voter's load is 0 until a project that she
// supports is chosen and then the load at that step, level[step]/den, so all loads
// are known from the voter's last step. sum follows Σ load over a project's supporters in
// units of 2^-shift, each load rounded down: the truth lies in [sum, sum+supporters].
type loads struct {
	*election
	shift uint
	last  []int32  // kind → the last step that gave it a load, or -1
	low   []uint64 // step → its load, rounded down
	sum   []uint64 // project
	level []*big.Int
	den   *big.Int
	left  int64
	open  []int // projects still to be chosen, in the order of their ids
	picks []pick
	past  []stage // for the account: what stood before each step, and at the end
}

// stage is what a step of Phragmén's rule began with.
type stage struct {
	sum  []uint64
	left int64
}

// phragmen chooses by sequential Phragmén: the project whose supporters, sharing its cost
// so that all end with the same load, end with the least. It stops as soon as one of the
// projects with the least load does not fit into what is left. Projects that nobody
// supports have an infinite load.
func (e *election) phragmen() *loads {
	l := &loads{election: e, last: make([]int32, len(e.votes)), sum: make([]uint64, len(e.support)), den: big.NewInt(1), left: e.in.Budget}
	l.shift = uint(60 - bits.Len64(uint64(e.in.Budget)))
	for k := range l.last {
		l.last[k] = -1
	}
	for p := range e.support {
		if e.cost[p] <= e.in.Budget {
			l.open = append(l.open, p)
		}
	}
	slices.SortFunc(l.open, func(a, b int) int { return e.rank[a] - e.rank[b] })
	for {
		l.past = append(l.past, stage{slices.Clone(l.sum), l.left})
		if len(l.open) == 0 {
			break
		}
		tied, num, heads := l.least()
		if slices.ContainsFunc(tied, func(p int) bool { return e.cost[p] > l.left }) {
			break
		}
		l.choose(tied, num, heads)
	}
	return l
}

// least finds the open projects of the least load, in the order of their ids, and that load, num/(heads·den).
func (l *loads) least() (tied []int, num *big.Int, heads uint64) {
	best := fraction{1, 0}
	low := func(p int) uint64 { return l.sum[p] + uint64(l.cost[p])<<l.shift }
	for _, p := range l.open {
		if n := l.count[p]; n > 0 {
			if high := (fraction{low(p) + n, n}); high.less(best) {
				best = high
			}
		}
	}
	if best.den == 0 {
		return l.open, nil, 0
	}
	var a, b, factor big.Int
	for _, p := range l.open {
		n := l.count[p]
		if n == 0 || best.less(fraction{low(p), n}) {
			continue
		}
		exact := l.exact(p)
		order := -1
		if num != nil {
			order = a.Mul(exact, factor.SetUint64(heads)).Cmp(b.Mul(num, new(big.Int).SetUint64(n)))
		}
		switch {
		case order < 0:
			tied, num, heads = []int{p}, exact, n
		case order == 0:
			tied = append(tied, p)
		}
	}
	return tied, num, heads
}

// exact is, over den, what a project costs and its supporters bear already.
func (l *loads) exact(p int) *big.Int {
	at := make([]uint64, len(l.level))
	for _, b := range l.support[p] {
		if step := l.last[b.kind]; step >= 0 {
			at[step] += l.weight[b.kind]
		}
	}
	sum := new(big.Int).Mul(l.den, big.NewInt(l.cost[p]))
	var product, factor big.Int
	for step, n := range at {
		if n > 0 {
			sum.Add(sum, product.Mul(l.level[step], factor.SetUint64(n)))
		}
	}
	return sum
}

// choose takes the first of the tied and gives its supporters the load num/(heads·den).
func (l *loads) choose(tied []int, num *big.Int, heads uint64) {
	p := tied[0]
	step := int32(len(l.level))
	l.picks = append(l.picks, pick{project: p, phase: Phragmen, tied: slices.Clone(tied[1:])})
	l.left -= l.cost[p]
	l.open = slices.DeleteFunc(slices.Clone(l.open), func(q int) bool { return q == p })
	if heads == 0 {
		l.level, l.low = append(l.level, new(big.Int)), append(l.low, 0)
		return
	}
	var n, factor big.Int
	common := gcd(n.Rem(num, factor.SetUint64(heads)).Uint64(), heads)
	num.Quo(num, factor.SetUint64(common))
	if grow := heads / common; grow > 1 {
		factor.SetUint64(grow)
		l.den.Mul(l.den, &factor)
		for _, level := range l.level {
			level.Mul(level, &factor)
		}
	}
	l.level = append(l.level, num)
	low := n.Quo(n.Lsh(num, l.shift), l.den).Uint64()
	l.low = append(l.low, low)
	for _, b := range l.support[p] {
		before := uint64(0)
		if at := l.last[b.kind]; at >= 0 {
			before = l.low[at]
		}
		more := (low - before) * l.weight[b.kind]
		for _, v := range l.votes[b.kind] {
			l.sum[v.project] += more
		}
		l.last[b.kind] = step
	}
}
