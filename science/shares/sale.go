package shares

import (
	"math/big"
	"math/bits"
)

// sale is the exact price of a project: ρ per point is num/(points·den), den being the run's.
type sale struct {
	project int
	num     *big.Int
	points  uint64    // of those who pay by their points
	poor    []backing // who pay all that they have left
	rich    []backing
}

// spentBy adds up, over den, what a set of kinds has paid so far: Σ weight·Σ price·points.
func (c *count) spentBy(kinds []backing, sum *big.Int) (heads uint64) {
	coefficients := make([]uint64, len(c.price))
	for _, b := range kinds {
		w := c.weight[b.kind]
		heads += w
		for _, v := range c.votes[b.kind] {
			if at := c.step[v.project]; at >= 0 {
				coefficients[at] += w * uint64(v.points)
			}
		}
	}
	sum.SetInt64(0)
	var factor, product big.Int
	for at, k := range coefficients {
		if k > 0 {
			sum.Add(sum, product.Mul(c.price[at], factor.SetUint64(k)))
		}
	}
	return heads
}

// leftWith is, over den, what a set of kinds, none of them dead, holds.
func (c *count) leftWith(kinds []backing, left *big.Int) {
	var spent, heads big.Int
	heads.SetUint64(c.spentBy(kinds, &spent))
	left.Sub(left.Mul(c.share, &heads), &spent)
}

// affords says exactly whether a project's supporters hold its cost.
func (c *count) affords(p int) bool {
	var left, cost big.Int
	c.leftWith(c.live[p], &left)
	return left.Cmp(cost.Mul(c.den, big.NewInt(c.in.Projects[p].Cost))) >= 0
}

// solve finds the exact price. From the set of poor that estimate finds it goes on until the
// poor are just those who hold no more than ρ·points.
func (c *count) solve(p int) *sale {
	c.estimate(p)
	s := &sale{project: p, rich: append([]backing(nil), c.rich...)}
	isRich := make(map[int32]bool, len(s.rich))
	for _, b := range s.rich {
		isRich[b.kind] = true
	}
	for _, b := range c.live[p] {
		if !isRich[b.kind] {
			s.poor = append(s.poor, b)
		}
	}
	for {
		s.num = new(big.Int)
		c.leftWith(s.poor, &c.scratch)
		s.num.Sub(s.num.Mul(c.den, big.NewInt(c.in.Projects[p].Cost)), &c.scratch)
		if s.num.Sign() < 0 { // the estimate's poor hold more than the cost: begin with none
			s.poor, s.rich = nil, append([]backing(nil), c.live[p]...)
			continue
		}
		s.points = 0
		for _, b := range s.rich {
			s.points += c.weight[b.kind] * uint64(b.points)
		}
		if !c.part(s) || len(s.rich) == 0 {
			return s
		}
	}
}

// part sorts the supporters anew into poor and rich at the sale's price, and says whether any moved.
func (c *count) part(s *sale) (moved bool) {
	rho := c.fixed(s)
	var poor, rich []backing
	judge := func(b backing, wasPoor bool) {
		pay, left := rho.times(b.points), c.low[b.kind]
		isPoor := false
		switch {
		case left+c.slack < pay:
			isPoor = true
		case left <= pay+2:
			isPoor = c.holdsNoMore(b, s)
		}
		if isPoor {
			poor = append(poor, b)
		} else {
			rich = append(rich, b)
		}
		moved = moved || isPoor != wasPoor
	}
	for _, b := range s.poor {
		judge(b, true)
	}
	for _, b := range s.rich {
		judge(b, false)
	}
	s.poor, s.rich = poor, rich
	return moved
}

// holdsNoMore says exactly whether a voter has at most ρ·points left.
func (c *count) holdsNoMore(b backing, s *sale) bool {
	var spent, left, due, factor big.Int
	for _, v := range c.votes[b.kind] {
		if at := c.step[v.project]; at >= 0 {
			spent.Add(&spent, due.Mul(c.price[at], factor.SetUint64(uint64(v.points))))
		}
	}
	left.Mul(left.Sub(c.share, &spent), factor.SetUint64(s.points))
	due.Mul(s.num, factor.SetUint64(uint64(b.points)))
	return left.Cmp(&due) <= 0
}

// fixedPrice is ρ in units of 2^-(shift+64), rounded down.
type fixedPrice struct{ hi, lo uint64 }

func (c *count) fixed(s *sale) fixedPrice {
	var n, d big.Int
	d.Mul(c.den, n.SetUint64(s.points))
	n.Quo(n.Lsh(s.num, c.shift+64), &d)
	lo := new(big.Int).And(&n, new(big.Int).SetUint64(^uint64(0))).Uint64()
	n.Rsh(&n, 64)
	if !n.IsUint64() {
		return fixedPrice{^uint64(0), 0}
	}
	return fixedPrice{n.Uint64(), lo}
}

// times is ⌊ρ·points⌋ in units of 2^-shift or one less, at most 2^62, more than anybody has.
func (f fixedPrice) times(points uint32) uint64 {
	over, whole := bits.Mul64(f.hi, uint64(points))
	part, _ := bits.Mul64(f.lo, uint64(points))
	if over > 0 || whole >= 1<<62 {
		return 1 << 62
	}
	return whole + part
}

// cheapest finds the winner among those whose bounds overlap.
func (c *count) cheapest(found []candidate) (*sale, []int) {
	if len(found) == 1 {
		return c.solve(found[0].project), nil
	}
	var best *sale
	var tied []int
	var a, b, factor big.Int
	for i := range found {
		s := c.solve(found[i].project)
		if best == nil {
			best = s
			continue
		}
		// num/(points·worth) of both, multiplied out
		a.Mul(a.Mul(s.num, factor.SetUint64(best.points)), new(big.Int).SetUint64(c.worth[best.project]))
		b.Mul(b.Mul(best.num, factor.SetUint64(s.points)), new(big.Int).SetUint64(c.worth[s.project]))
		switch order := a.Cmp(&b); {
		case order < 0:
			best, tied = s, nil
		case order == 0 && c.rank[s.project] < c.rank[best.project]:
			best, tied = s, append(tied, best.project)
		case order == 0:
			tied = append(tied, s.project)
		}
	}
	return best, tied
}

// pay lets the supporters pay for a project and puts its price over the new denominator.
func (c *count) pay(s *sale, tied []int) {
	rho := c.fixed(s)
	at := int32(len(c.picks))
	for _, b := range s.poor {
		c.low[b.kind], c.died[b.kind] = 0, at
	}
	for _, b := range s.rich {
		c.low[b.kind] -= min(c.low[b.kind], rho.times(b.points)+2)
	}
	c.slack += 2
	c.step[s.project] = at
	// ρ = num/(points·den). What num and points have in common is left out.
	var remainder, divisor big.Int
	common := gcd(remainder.Rem(s.num, divisor.SetUint64(s.points)).Uint64(), s.points)
	if common > 1 {
		s.num.Quo(s.num, divisor.SetUint64(common))
	}
	if grow := s.points / common; grow > 1 {
		divisor.SetUint64(grow)
		c.den.Mul(c.den, &divisor)
		c.share.Mul(c.share, &divisor)
		for _, price := range c.price {
			price.Mul(price, &divisor)
		}
	}
	c.price = append(c.price, s.num)
	c.picks = append(c.picks, pick{project: s.project, phase: Mes, tied: tied})
	c.spent += c.in.Projects[s.project].Cost
}

func gcd(a, b uint64) uint64 {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}
