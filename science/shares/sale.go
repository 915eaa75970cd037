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
	coefficients := append(c.coefficients[:0], make([]uint64, len(c.price))...)
	c.coefficients = coefficients
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
	return left.Cmp(cost.Mul(c.den, big.NewInt(c.cost[p]))) >= 0
}

// solve finds the exact price. From the set of poor that estimate finds it goes on until the
// poor are just those who hold no more than ρ·points.
func (c *count) solve(p int) *sale {
	rich := c.bestRich
	if p != c.bestProject {
		c.estimate(p, fraction{0, 1 << 62}, fraction{1, 0})
		rich = c.rich
	}
	if c.sold == len(c.sales) {
		c.sales = append(c.sales, &sale{})
	}
	s := c.sales[c.sold]
	c.sold++
	c.solves++
	s.project, s.poor, s.rich = p, s.poor[:0], append(s.rich[:0], rich...)
	for _, b := range s.rich {
		c.mark[b.kind] = c.solves
	}
	for _, b := range c.live[p] {
		if c.mark[b.kind] != c.solves {
			s.poor = append(s.poor, b)
		}
	}
	var held big.Int
	for {
		s.num = new(big.Int)
		c.leftWith(s.poor, &held)
		s.num.Sub(s.num.Mul(c.den, big.NewInt(c.cost[p])), &held)
		if s.num.Sign() < 0 { // the estimate's poor hold more than the cost: begin with none
			s.poor, s.rich = s.poor[:0], append(s.rich[:0], c.live[p]...)
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
	isPoor := func(b backing) bool {
		pay, low := rho.times(b.points), c.purse[b.kind].low
		return low+c.slack < pay || low <= pay+2 && c.holdsNoMore(b, s)
	}
	poor, rich := s.poor[:0], s.rich[:0]
	var fell, rose []backing
	for _, b := range s.poor {
		if isPoor(b) {
			poor = append(poor, b)
		} else {
			rose = append(rose, b)
		}
	}
	for _, b := range s.rich {
		if isPoor(b) {
			fell = append(fell, b)
		} else {
			rich = append(rich, b)
		}
	}
	s.poor, s.rich = append(poor, fell...), append(rich, rose...)
	return len(fell)+len(rose) > 0
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
	c.sold = 0
	if len(found) == 1 {
		return c.solve(found[0].project), nil
	}
	var best *sale
	var tied []int
	for i := range found {
		s := c.solve(found[i].project)
		switch order := c.compare(s, best); {
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

// compare says exactly which of two sales has the lesser ρ, num/(points·worth); none at all is dearest.
func (c *count) compare(s, than *sale) int {
	if than == nil {
		return -1
	}
	var a, b, factor big.Int
	a.Mul(a.Mul(s.num, factor.SetUint64(than.points)), factor.SetUint64(c.worth[than.project]))
	b.Mul(b.Mul(than.num, factor.SetUint64(s.points)), factor.SetUint64(c.worth[s.project]))
	return a.Cmp(&b)
}

// pay lets the supporters pay for a project and puts its price over the new denominator.
func (c *count) pay(s *sale, tied []int) {
	rho := c.fixed(s)
	at := int32(len(c.picks))
	for _, b := range s.poor {
		c.purse[b.kind].low, c.purse[b.kind].died = 0, at
	}
	for _, b := range s.rich {
		k := &c.purse[b.kind]
		k.low -= min(k.low, rho.times(b.points)+2)
	}
	c.slack += 2
	c.step[s.project] = at
	c.bestProject = -1
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
	c.spent += c.cost[s.project]
}

func gcd(a, b uint64) uint64 {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}
