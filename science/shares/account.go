package shares

import (
	"math/big"
	"slices"
)

// Account says how one winner was paid for.
type Account struct {
	Project int
	// Price is what a supporter paid for each unit of utility, ρ in the papers; under
	// Phragmén the load with which all supporters ended. Nil for what greedy chose: there the
	// budget pays, and no voter's share.
	Price *big.Rat
	// Paid are the supporters by what each of them paid, the most first. Together they are the cost, exactly.
	Paid []Paid
	// Nothing is how many supporters had nothing left to pay with.
	Nothing int64
}

// Paid is a group of supporters who paid the same, in smallest units.
type Paid struct {
	Each    *big.Rat
	Voters  int64
	Emptied bool // it was all that they had left
}

// Account says of every winner, in order of selection, who paid how much. Groups are
// numbers of voters; which voters they are is not told.
func (o *Outcome) Account() []Account {
	accounts := make([]Account, len(o.Winners))
	for i, w := range o.Winners {
		accounts[i].Project = w.Project
		switch w.Phase {
		case Mes:
			o.count.account(i, &accounts[i])
		case Phragmen:
			o.loads.account(i, &accounts[i])
		}
	}
	return accounts
}

// account gathers the payments of a step.
func (c *count) account(step int, a *Account) {
	a.Price = new(big.Rat).SetFrac(c.price[step], c.den)
	if c.in.Projects[a.Project].Cost > 0 {
		a.Price.Quo(a.Price, new(big.Rat).SetInt(new(big.Int).SetUint64(c.worth[a.Project])))
	}
	sums := groups{}
	for _, b := range c.support[a.Project] {
		died := c.purse[b.kind].died
		switch voters := int64(c.weight[b.kind]); {
		case died >= 0 && int(died) < step:
			a.Nothing += voters
		case int(died) == step:
			sums.add(new(big.Rat).SetFrac(c.leftBefore(b.kind, step), c.den), voters, true)
		default:
			pays := new(big.Int).Mul(c.price[step], new(big.Int).SetUint64(uint64(b.points)))
			sums.add(new(big.Rat).SetFrac(pays, c.den), voters, false)
		}
	}
	a.Paid = sums.sorted()
}

// leftBefore is, over den, what a voter of a kind held before a step up to which she had not paid her last.
func (c *count) leftBefore(kind int32, step int) *big.Int {
	left := new(big.Int).Set(c.share)
	var paid, points big.Int
	for _, v := range c.votes[kind] {
		if at := c.step[v.project]; at >= 0 && int(at) < step {
			left.Sub(left, paid.Mul(c.price[at], points.SetUint64(uint64(v.points))))
		}
	}
	return left
}

// account gathers what each supporter's load grew by at a step.
func (l *loads) account(step int, a *Account) {
	if len(l.support[a.Project]) == 0 {
		return
	}
	a.Price = new(big.Rat).SetFrac(l.level[step], l.den)
	chosen := make([]int32, len(l.cost)) // the step of each project, from 1
	for at, p := range l.picks[:step] {
		chosen[p.project] = int32(at) + 1
	}
	sums := groups{}
	for _, b := range l.support[a.Project] {
		last := int32(0)
		for _, v := range l.votes[b.kind] {
			last = max(last, chosen[v.project])
		}
		more := new(big.Int).Set(l.level[step])
		if last > 0 {
			more.Sub(more, l.level[last-1])
		}
		sums.add(new(big.Rat).SetFrac(more, l.den), int64(l.weight[b.kind]), false)
	}
	a.Paid = sums.sorted()
}

// groups merge equal payments.
type groups map[string]*Paid

func (g groups) add(each *big.Rat, voters int64, emptied bool) {
	key := each.RatString()
	if emptied {
		key += " all"
	}
	if known := g[key]; known != nil {
		known.Voters += voters
		return
	}
	g[key] = &Paid{each, voters, emptied}
}

func (g groups) sorted() []Paid {
	out := make([]Paid, 0, len(g))
	for _, p := range g {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Paid) int {
		if order := b.Each.Cmp(a.Each); order != 0 {
			return order
		}
		if a.Emptied == b.Emptied {
			return 0
		}
		if b.Emptied {
			return -1
		}
		return 1
	})
	return out
}
