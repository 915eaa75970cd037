package shares

import (
	"slices"

	"skein/frame/civic"
)

// Rule is how projects are chosen.
type Rule string

// The rules.
const (
	Greedy   Rule = "greedy"   // the most utility for the cost first
	Mes      Rule = "mes"      // the Method of Equal Shares
	Phragmen Rule = "phragmen" // sequential Phragmén
)

// Completion is what the Method of Equal Shares does with money that remains.
type Completion string

// The completions. Equal Shares alone often leaves much of the budget.
const (
	None  Completion = "none"
	U     Completion = "u"     // greedy with what remains
	Add1  Completion = "add1"  // the largest outcome within the budget as every voter's share grows by one unit of currency at a time
	Add1U Completion = "add1u" // add1, then u
)

// Options say how to choose. Utility counts for greedy and Equal Shares, Completion for Equal Shares.
type Options struct {
	Rule       Rule
	Utility    Utility
	Completion Completion
}

// maxCounts bounds how often add1 counts anew.
const maxCounts = 5_000_000

// Share chooses projects within the budget. It refuses an instance whose ballots the rule
// cannot use, or whose numbers are too large for the exact count.
func Share(in *Instance, opt Options) (*Outcome, error) {
	if opt.Rule == Phragmen {
		if in.VoteType != Approval && in.VoteType != Choose1 {
			return nil, civic.Refusals{civic.Refuse(civic.Invalid, "shares.phragmen_points", "type", string(in.VoteType))}
		}
		opt.Utility = CardinalityUtility
	}
	e, err := prepare(in, opt.Utility)
	if err != nil {
		return nil, err
	}
	o := &Outcome{Options: opt, in: in, election: e, funded: make([]bool, len(in.Projects))}
	if _, fits := e.money(0); !fits {
		return nil, civic.Refusals{civic.Refuse(civic.TooLarge, "shares.too_large")}
	}
	switch opt.Rule {
	case Phragmen:
		o.loads = e.phragmen()
		o.take(o.loads.picks)
	case Mes:
		if err := o.equalShares(); err != nil {
			return nil, err
		}
	default:
		o.take(e.greedy(o.funded, in.Budget))
	}
	o.Left = in.Budget - o.Spent
	return o, nil
}

func (o *Outcome) equalShares() error {
	if o.election.voters > 0 {
		if err := o.add(); err != nil {
			return err
		}
		o.take(o.count.picks)
	}
	if o.Completion == U || o.Completion == Add1U {
		o.take(o.election.greedy(o.funded, o.in.Budget-o.Spent))
	}
	return nil
}

// add runs Equal Shares, and anew with one unit of currency more for every voter until the
// outcome leaves no room for another supported project, or costs more than the budget: then
// the one before stands. The outcome is not monotone in the shares, so none may be left out.
func (o *Outcome) add() error {
	current := newCount(o.election)
	current.run(0, o.in.Budget)
	o.count = current
	if o.Completion != Add1 && o.Completion != Add1U {
		return nil
	}
	unit := power10(o.in.Decimals)
	next := newCount(o.election)
	ahead, step := newPair(o.election), stride{length: 8}
	for round, counts := int64(0), 0; !o.election.exhausted(o.count); counts++ {
		if counts > maxCounts {
			return civic.Refusals{civic.Refuse(civic.TooLarge, "shares.rounds", "most", maxCounts)}
		}
		if far := round + step.next(); far > round+1 {
			if _, fits := o.election.money(far * unit); fits && ahead.same(round*unit, far*unit) {
				round = far
				o.count, ahead.ends[1] = ahead.ends[1], o.count
				step.worked()
			} else {
				step.failed()
			}
			continue
		}
		round++
		if _, fits := o.election.money(round * unit); !fits {
			return civic.Refusals{civic.Refuse(civic.TooLarge, "shares.too_large")}
		}
		next.run(round*unit, o.in.Budget)
		if next.spent > o.in.Budget {
			return nil
		}
		o.count, next = next, o.count
	}
	return nil
}

// exhausted says whether no supported project fits into what a count left of the budget.
func (e *election) exhausted(c *count) bool {
	left := e.in.Budget - c.spent
	for p, s := range e.support {
		if len(s) > 0 && c.step[p] < 0 && e.cost[p] <= left {
			return false
		}
	}
	return true
}

// take adds what was chosen to the outcome.
func (o *Outcome) take(picks []pick) {
	for _, p := range picks {
		cost := o.in.Projects[p.project].Cost
		o.Spent += cost
		o.funded[p.project] = true
		w := Winner{Project: p.project, Cost: cost, Supporters: int64(o.election.count[p.project]), Utility: o.election.totalUtility(p.project), Phase: p.phase}
		w.Tied = slices.Clone(p.tied)
		slices.SortFunc(w.Tied, func(a, b int) int { return o.election.rank[a] - o.election.rank[b] })
		o.Winners = append(o.Winners, w)
	}
}
