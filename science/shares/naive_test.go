package shares

import (
	"math/big"
	"slices"
)

// naive is the Method of Equal Shares word for word, in fractions, slowly.
func naive(in *Instance, utility Utility) []string {
	n := len(in.Ballots)
	if n == 0 {
		return []string{}
	}
	left := make([]*big.Rat, n)
	for i := range left {
		left[i] = big.NewRat(in.Budget, int64(n))
	}
	u := func(i, p int) *big.Rat {
		b := in.Ballots[i]
		j := slices.Index(b.Projects, int32(p))
		switch {
		case j < 0:
			return new(big.Rat)
		case utility == CostUtility:
			return big.NewRat(max(in.Projects[p].Cost, 1), 1)
		case utility == ScoreUtility && b.Points != nil:
			return big.NewRat(b.Points[j], 1)
		}
		return big.NewRat(1, 1)
	}
	price := func(p int) *big.Rat { // the least ρ at which the supporters pay the cost, or nil
		cost := big.NewRat(in.Projects[p].Cost, 1)
		if in.Projects[p].Cost == 0 {
			for i := range n {
				if u(i, p).Sign() > 0 {
					return new(big.Rat)
				}
			}
			return nil
		}
		pays := func(rho *big.Rat) *big.Rat {
			sum := new(big.Rat)
			for i := range n {
				due := new(big.Rat).Mul(rho, u(i, p))
				if due.Cmp(left[i]) > 0 {
					due = left[i]
				}
				sum.Add(sum, due)
			}
			return sum
		}
		var knees []*big.Rat
		for i := range n {
			if u(i, p).Sign() > 0 {
				knees = append(knees, new(big.Rat).Quo(left[i], u(i, p)))
			}
		}
		slices.SortFunc(knees, func(a, b *big.Rat) int { return a.Cmp(b) })
		last := new(big.Rat)
		for _, knee := range knees {
			if pays(knee).Cmp(cost) < 0 {
				last = knee
				continue
			}
			if last.Cmp(knee) == 0 {
				return knee
			}
			// between two knees the payments are a straight line
			a, b := pays(last), pays(knee)
			slope := new(big.Rat).Quo(b.Sub(b, a), new(big.Rat).Sub(knee, last))
			return new(big.Rat).Add(last, new(big.Rat).Quo(new(big.Rat).Sub(cost, a), slope))
		}
		return nil
	}
	chosen := []string{}
	done := make([]bool, len(in.Projects))
	for {
		best, rho := -1, (*big.Rat)(nil)
		for p := range in.Projects {
			if done[p] {
				continue
			}
			r := price(p)
			if r != nil && (rho == nil || r.Cmp(rho) < 0 || r.Cmp(rho) == 0 && in.before(p, best)) {
				best, rho = p, r
			}
		}
		if best < 0 {
			return chosen
		}
		done[best] = true
		chosen = append(chosen, in.Projects[best].ID)
		for i := range n {
			due := new(big.Rat).Mul(rho, u(i, best))
			if due.Cmp(left[i]) > 0 {
				due = left[i]
			}
			left[i] = new(big.Rat).Sub(left[i], due)
		}
	}
}

// naivePhragmen is sequential Phragmén word for word, in fractions, slowly.
func naivePhragmen(in *Instance) []string {
	loads := make([]*big.Rat, len(in.Ballots))
	for i := range loads {
		loads[i] = new(big.Rat)
	}
	left := in.Budget
	chosen := []string{}
	done := make([]bool, len(in.Projects))
	for {
		var best []int
		var least *big.Rat // nil is infinite
		for p := range in.Projects {
			if done[p] || in.Projects[p].Cost > in.Budget {
				continue
			}
			sum, supporters := big.NewRat(in.Projects[p].Cost, 1), int64(0)
			for i, b := range in.Ballots {
				if slices.Contains(b.Projects, int32(p)) {
					sum.Add(sum, loads[i])
					supporters++
				}
			}
			var load *big.Rat
			if supporters > 0 {
				load = sum.Quo(sum, big.NewRat(supporters, 1))
			}
			switch {
			case len(best) == 0, load != nil && (least == nil || load.Cmp(least) < 0):
				best, least = []int{p}, load
			case load == nil && least == nil, load != nil && load.Cmp(least) == 0:
				best = append(best, p)
			}
		}
		if len(best) == 0 || slices.ContainsFunc(best, func(p int) bool { return in.Projects[p].Cost > left }) {
			return chosen
		}
		first := best[0]
		for _, p := range best {
			if in.before(p, first) {
				first = p
			}
		}
		done[first] = true
		left -= in.Projects[first].Cost
		chosen = append(chosen, in.Projects[first].ID)
		for i, b := range in.Ballots {
			if slices.Contains(b.Projects, int32(first)) {
				loads[i] = least
			}
		}
	}
}
