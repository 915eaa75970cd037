package shares

import "math/big"

// Outcome is what was chosen, and how.
type Outcome struct {
	Options
	Winners []Winner // in order of selection
	Spent   int64
	Left    int64 // of the budget

	in       *Instance
	election *election
	count    *count // of Equal Shares, the run that stands
	loads    *loads // of Phragmén
	funded   []bool
}

// Winner is a project that is funded.
type Winner struct {
	Project    int   // index into the instance's projects
	Cost       int64 // smallest units
	Supporters int64
	Utility    *big.Int // of all its supporters, or all points for it
	Phase      Rule     // Greedy for what a completion chose after Equal Shares
	Tied       []int    // projects that were exactly as good and come later only by their id
}

// Funded says whether a project is among the winners.
func (o *Outcome) Funded(project int) bool { return o.funded[project] }

// Added is how much every voter's share was raised above the budget's equal parts by add1, in smallest units.
func (o *Outcome) Added() int64 {
	if o.count == nil {
		return 0
	}
	return o.count.added
}

// Share is what each voter had to spend under Equal Shares, in smallest units.
func (o *Outcome) Share() *big.Rat { return o.election.share(o.Added()) }

// totalUtility is the utility of a project for all ballots together.
func (e *election) totalUtility(p int) *big.Int {
	total := big.NewInt(e.total[p])
	if e.utility == CostUtility {
		total.SetUint64(e.count[p])
		total.Mul(total, big.NewInt(e.cost[p]))
	}
	return total
}
