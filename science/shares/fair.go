package shares

import (
	"math/big"
	"slices"
)

// Neglected is a group to whom the outcome gives less than its share of the budget could
// buy: a breach of EJR+ up to one project.
type Neglected struct {
	Project int   // unfunded, supported by all of the group
	Voters  int64 // the group
	// Deserved is the utility that the group's part of the budget buys at the project's price,
	// Voters/n·budget·utility/cost; with points, the group's own in place of Voters·utility.
	Deserved *big.Rat
	// Best is the most that any of them gets from the winners and the project together; it is not above Deserved.
	Best int64
}

// Neglected checks the outcome for extended justified representation, EJR+ up to one
// project (Brill, Peters 2023): for no unfunded project p and no group N of its supporters
// may u_i(W ∪ {p}) ≤ budget/n · Σ_{j∈N} u_j(p) / cost(p) hold for all i in N. The Method of
// Equal Shares always passes. Of each project only the group that misses most is named.
func (o *Outcome) Neglected() []Neglected {
	e := o.election
	got := make([]int64, len(e.votes)) // kind → utility from the winners
	for kind, votes := range e.votes {
		for _, v := range votes {
			if o.funded[v.project] {
				got[kind] += e.utilityOf(v)
			}
		}
	}
	var out []Neglected
	for p, support := range e.support {
		if o.funded[p] || e.cost[p] == 0 {
			continue
		}
		type member struct {
			with, own int64 // utility with p, and from p
			voters    int64
		}
		members := make([]member, len(support))
		for i, b := range support {
			own := e.utilityOf(vote{int32(p), b.points})
			members[i] = member{got[b.kind] + own, own, int64(e.weight[b.kind])}
		}
		slices.SortFunc(members, func(a, b member) int {
			switch {
			case a.with < b.with:
				return -1
			case a.with > b.with:
				return 1
			}
			return 0
		})
		var worst *Neglected
		gap := new(big.Rat)
		var voters int64
		points := new(big.Int)
		for i, m := range members {
			voters += m.voters
			points.Add(points, new(big.Int).Mul(big.NewInt(m.own), big.NewInt(m.voters)))
			if i+1 < len(members) && members[i+1].with == m.with {
				continue
			}
			deserved := new(big.Rat).SetFrac(new(big.Int).Mul(points, big.NewInt(o.in.Budget)), new(big.Int).Mul(big.NewInt(e.voters), big.NewInt(e.cost[p])))
			if miss := new(big.Rat).Sub(deserved, new(big.Rat).SetInt64(m.with)); miss.Sign() >= 0 && (worst == nil || miss.Cmp(gap) > 0) {
				worst, gap = &Neglected{p, voters, deserved, m.with}, miss
			}
		}
		if worst != nil {
			out = append(out, *worst)
		}
	}
	slices.SortFunc(out, func(a, b Neglected) int { return e.rank[a.Project] - e.rank[b.Project] })
	return out
}

// Comparison is the cities' last step: the voters' ballots decide between two outcomes.
type Comparison struct {
	First, Second *Outcome
	PreferFirst   int64 // voters with more utility from the first
	PreferSecond  int64
	Indifferent   int64
	EmptyFirst    int64 // voters of whose projects the first funds none
	EmptySecond   int64
}

// Compare asks every ballot which of two outcomes, of the same instance and utility, gives it more.
func Compare(first, second *Outcome) Comparison {
	c := Comparison{First: first, Second: second}
	e := first.election
	c.Indifferent = e.voters
	for _, w := range e.weight {
		c.Indifferent -= int64(w)
	}
	c.EmptyFirst, c.EmptySecond = c.Indifferent, c.Indifferent
	for kind, votes := range e.votes {
		var a, b int64
		for _, v := range votes {
			if first.funded[v.project] {
				a += e.utilityOf(v)
			}
			if second.funded[v.project] {
				b += e.utilityOf(v)
			}
		}
		w := int64(e.weight[kind])
		switch {
		case a > b:
			c.PreferFirst += w
		case b > a:
			c.PreferSecond += w
		default:
			c.Indifferent += w
		}
		if a == 0 {
			c.EmptyFirst += w
		}
		if b == 0 {
			c.EmptySecond += w
		}
	}
	return c
}

// Chosen is the outcome that more voters prefer; the first when as many prefer the second.
func (c Comparison) Chosen() *Outcome {
	if c.PreferSecond > c.PreferFirst {
		return c.Second
	}
	return c.First
}
