package count

import (
	"math/big"
	"slices"

	"skein/frame/civic"
)

// Rule is how ballots are counted.
type Rule string

// The rules.
const (
	Single    Rule = "single"    // one option a ballot; the most votes win
	Multiple  Rule = "multiple"  // up to Options.Most options a ballot
	Approval  Rule = "approval"  // any number of options a ballot
	Score     Rule = "score"     // a score from Low to High for each option; none is 0
	IRV       Rule = "irv"       // instant runoff: the last drops out until one has a majority
	STV       Rule = "stv"       // single transferable vote by Meek's method
	Schulze   Rule = "schulze"   // strongest paths of pairwise victories
	Quadratic Rule = "quadratic" // v votes for an option cost v² of a ballot's credits; v below 0 is against
)

// Options say how to count. Zero values are the defaults.
type Options struct {
	Rule    Rule
	Seats   int   // winners; 0 is what the file states, or 1
	Most    int   // multiple: how many options a ballot may choose; 0 is Seats
	Low     int32 // score: the range, by default 0..10
	High    int32
	Credits int64 // quadratic: by default 100
	Quorum  Quorum
}

// Quorum is what a vote needs to be valid. Nil and 0 ask for nothing.
type Quorum struct {
	Electorate int64    // how many could vote; needed for Turnout and Support
	Turnout    *big.Rat // least part of the electorate that must cast a ballot, blank and spoiled ones included
	Support    *big.Rat // least part of the electorate that must mark a winner
	Majority   *big.Rat // the part of the valid ballots that a winner must exceed: 1/2
}

// Result is the count.
type Result struct {
	Rule    Rule
	Seats   int
	Ballots int64 // cast
	Blank   int64
	Spoiled int64
	Winners []int     // in order; empty when the quorum is not met
	Tallies []Tally   // all options that take part, the best first
	Rounds  []Round   // of IRV and STV
	Pairs   [][]int64 // Schulze: how many ballots prefer the row's option to the column's
	Paths   [][]int64 // Schulze: strength of the strongest path
	Ties    []Tie
	Missed  []Missed // what the quorum asks for and the vote did not reach
}

// Tally is an option's sum: votes, points, or for Schulze the number of options it beats.
type Tally struct {
	Option int
	Votes  *big.Rat
	// Backers are the ballots that mark the option: with rank, choice, score or votes above 0.
	Backers int64
}

// Tie is a place where only the order of names decided.
type Tie struct {
	Round   int   // of IRV and STV, from 1; 0 for a final order
	Options []int // all that were equal, in the order of their names
	Chosen  []int // who was taken for it: elected, or in rounds dropped
}

// Missed is a condition of the quorum with what it asks for and what was reached, as parts of 1.
type Missed struct {
	Condition string // turnout, support, majority
	Option    int    // -1 for turnout
	Asked     *big.Rat
	Reached   *big.Rat
}

// Valid is how many ballots have a part in the count.
func (r *Result) Valid() int64 { return r.Ballots - r.Blank - r.Spoiled }

// Count counts the ballots. It refuses what cannot be counted: more seats than options,
// ranks counted as scores or votes, a quorum without its electorate.
func Count(e *Election, opt Options) (*Result, error) {
	if opt.Seats == 0 {
		opt.Seats = max(e.Seats, 1)
	}
	if opt.Rule == Single || opt.Rule == IRV {
		opt.Seats = 1
	}
	if opt.Most == 0 {
		opt.Most = opt.Seats
	}
	if opt.Low == 0 && opt.High == 0 {
		opt.High = 10
	}
	if opt.Credits == 0 {
		opt.Credits = 100
	}
	if err := refuse(e, opt); err != nil {
		return nil, err
	}
	r := &Result{Rule: opt.Rule, Seats: opt.Seats}
	for _, b := range e.Ballots {
		r.Ballots += b.Count
	}
	c := &counter{Election: e, opt: opt, r: r, order: e.standing()}
	switch opt.Rule {
	case IRV:
		c.irv()
	case STV:
		c.meek()
	case Schulze:
		c.schulze()
	default:
		c.sum()
	}
	if r.Valid() == 0 { // nobody is elected by nobody
		r.Winners, r.Ties = nil, nil
	}
	c.quorum()
	return r, nil
}

func refuse(e *Election, opt Options) error {
	var refused civic.Refusals
	if standing := len(e.standing()); opt.Seats > standing {
		refused = append(refused, civic.Refuse(civic.Invalid, "count.seats", "seats", opt.Seats, "options", standing))
	}
	if e.Ranked && (opt.Rule == Score || opt.Rule == Quadratic) {
		refused = append(refused, civic.Refuse(civic.Invalid, "count.ranked", "rule", string(opt.Rule)))
	}
	q := opt.Quorum
	if (q.Turnout != nil || q.Support != nil) && q.Electorate <= 0 {
		refused = append(refused, civic.Refuse(civic.Invalid, "count.electorate"))
	}
	cast := int64(0)
	for _, b := range e.Ballots {
		cast += b.Count
	}
	if opt.Rule == STV && cast > maxBillionths {
		refused = append(refused, civic.Refuse(civic.TooLarge, "count.stv_ballots", "ballots", cast, "most", int64(maxBillionths)))
	}
	if q.Electorate > 0 && cast > q.Electorate {
		refused = append(refused, civic.Refuse(civic.Invalid, "count.electorate_small", "electorate", q.Electorate, "ballots", cast))
	}
	return refused.Err()
}

// counter is a count under way.
type counter struct {
	*Election
	opt   Options
	r     *Result
	order []int // options that take part, by name
}

// rank fills Tallies, the most votes first, and takes the winners from the top.
func (c *counter) rank(votes []*big.Rat, backers []int64) {
	for _, i := range c.order {
		c.r.Tallies = append(c.r.Tallies, Tally{i, votes[i], backers[i]})
	}
	slices.SortStableFunc(c.r.Tallies, func(a, b Tally) int { return b.Votes.Cmp(a.Votes) })
	if len(c.r.Tallies) == 0 {
		return
	}
	seats := min(c.opt.Seats, len(c.r.Tallies))
	for _, t := range c.r.Tallies[:seats] {
		c.r.Winners = append(c.r.Winners, t.Option)
	}
	// Equal votes across the last seat: names decided.
	last := c.r.Tallies[seats-1].Votes
	var tie Tie
	for at, t := range c.r.Tallies {
		if t.Votes.Cmp(last) == 0 {
			tie.Options = append(tie.Options, t.Option)
			if at < seats {
				tie.Chosen = append(tie.Chosen, t.Option)
			}
		}
	}
	if len(tie.Chosen) < len(tie.Options) {
		c.r.Ties = append(c.r.Ties, tie)
	}
}

// quorum takes the win from a vote that is not valid, or from options that fell short.
func (c *counter) quorum() {
	q, r := c.opt.Quorum, c.r
	if q.Turnout != nil {
		if reached := new(big.Rat).SetFrac64(r.Ballots, q.Electorate); reached.Cmp(q.Turnout) < 0 {
			r.Missed = append(r.Missed, Missed{"turnout", -1, q.Turnout, reached})
			r.Winners = nil
			return
		}
	}
	backers := map[int]int64{}
	for _, t := range r.Tallies {
		backers[t.Option] = t.Backers
	}
	r.Winners = slices.DeleteFunc(r.Winners, func(i int) bool {
		if q.Support != nil {
			if reached := new(big.Rat).SetFrac64(backers[i], q.Electorate); reached.Cmp(q.Support) < 0 {
				r.Missed = append(r.Missed, Missed{"support", i, q.Support, reached})
				return true
			}
		}
		if q.Majority != nil {
			reached := new(big.Rat)
			if valid := r.Valid(); valid > 0 {
				reached.SetFrac64(backers[i], valid)
			}
			if reached.Cmp(q.Majority) <= 0 {
				r.Missed = append(r.Missed, Missed{"majority", i, q.Majority, reached})
				return true
			}
		}
		return false
	})
}
