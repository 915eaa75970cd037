package shares

import (
	"encoding/binary"
	"math/big"
	"math/bits"
	"sort"

	"skein/frame/civic"
)

// Utility is what a funded project is worth to its supporter.
type Utility string

// The utilities: a project's cost, 1, or the voter's points for it.
const (
	CostUtility        Utility = "cost"
	CardinalityUtility Utility = "cardinality"
	ScoreUtility       Utility = "score"
)

// vote is what one kind of ballot gives a project.
type vote struct {
	project int32
	points  uint32 // 1 unless the utility is the score
}

// backing is a kind of ballot that supports a project.
type backing struct {
	kind   int32
	points uint32
}

// election is an instance made ready for counting: equal ballots are merged into one kind.
// The utility of project p for a supporter is points·worth[p].
type election struct {
	in      *Instance
	utility Utility
	voters  int64       // ballots, empty ones included
	weight  []uint64    // kind → how many ballots
	votes   [][]vote    // kind → what it supports
	support [][]backing // project → the kinds that support it
	count   []uint64    // project → how many supporters
	total   []int64     // project → sum of points, those below 0 included; supporters if not the score
	cost    []int64
	points  []uint64 // project → sum of its supporters' points
	worth   []uint64
	rank    []int // project → place of its id as text
}

// prepare merges equal ballots and checks that sums stay whole numbers of 64 bits.
func prepare(in *Instance, utility Utility) (*election, error) {
	if utility == ScoreUtility && in.VoteType == Ordinal {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "shares.ordinal_points")}
	}
	m := len(in.Projects)
	e := &election{
		in: in, utility: utility, voters: int64(len(in.Ballots)),
		support: make([][]backing, m), count: make([]uint64, m), total: make([]int64, m), worth: make([]uint64, m), rank: make([]int, m),
	}
	for _, p := range in.Projects {
		e.cost = append(e.cost, p.Cost)
	}
	order := make([]int, m)
	for p := range order {
		order[p] = p
	}
	sort.SliceStable(order, func(a, b int) bool { return in.before(order[a], order[b]) })
	for place, p := range order {
		e.rank[p] = place
	}
	e.merge()
	e.points = make([]uint64, m)
	for kind, votes := range e.votes {
		for _, v := range votes {
			e.support[v.project] = append(e.support[v.project], backing{int32(kind), v.points})
			e.count[v.project] += e.weight[kind]
			e.points[v.project] += e.weight[kind] * uint64(v.points)
		}
	}
	if utility != ScoreUtility || !e.scored() {
		for p, count := range e.count {
			e.total[p] = int64(count)
		}
	}
	for p := range e.worth {
		e.worth[p] = 1
		if utility == CostUtility {
			e.worth[p] = max(uint64(e.cost[p]), 1) // a costless project is won before prices matter
		}
		if hi, lo := bits.Mul64(e.worth[p], e.points[p]); hi > 0 || lo >= 1<<61 {
			return nil, civic.Refusals{civic.Refuse(civic.TooLarge, "shares.too_large")}
		}
	}
	return e, nil
}

func (e *election) scored() bool { return e.in.VoteType == Cumulative || e.in.VoteType == Scoring }

// merge finds the kinds of ballots in the order of their first ballot.
func (e *election) merge() {
	in := e.in
	byScore := e.utility == ScoreUtility && e.scored()
	kinds := make(map[string]int32, len(in.Ballots)/4)
	given := make([]int64, len(in.Projects)) // points of the ballot at hand
	mark := make([]bool, len(in.Projects))
	var key []byte
	var votes, room []vote
	for b := range in.Ballots {
		ballot := &in.Ballots[b]
		for j, p := range ballot.Projects {
			given[p], mark[p] = 1, true
			if ballot.Points != nil {
				given[p] = ballot.Points[j]
			}
		}
		votes = votes[:0]
		take := func(p int32) {
			if byScore {
				e.total[p] += given[p]
			}
			if given[p] > 0 {
				v := vote{project: p, points: 1}
				if byScore {
					v.points = uint32(given[p])
				}
				votes = append(votes, v)
			}
		}
		if in.DefaultScore != 0 && ballot.Points != nil {
			for p := range given {
				if !mark[p] {
					given[p] = in.DefaultScore
				}
				take(int32(p))
				given[p], mark[p] = 0, false
			}
		} else {
			for _, p := range ballot.Projects {
				take(p)
				given[p], mark[p] = 0, false
			}
			sortVotes(votes)
		}
		if len(votes) == 0 {
			continue
		}
		key = key[:0]
		for _, v := range votes {
			key = binary.LittleEndian.AppendUint32(key, uint32(v.project))
			if byScore {
				key = binary.LittleEndian.AppendUint32(key, v.points)
			}
		}
		kind, known := kinds[string(key)]
		if !known {
			kind = int32(len(e.votes))
			kinds[string(key)] = kind
			if cap(room)-len(room) < len(votes) {
				room = make([]vote, 0, 1<<16+len(votes))
			}
			from := len(room)
			room = append(room, votes...)
			e.votes = append(e.votes, room[from:len(room):len(room)])
			e.weight = append(e.weight, 0)
		}
		e.weight[kind]++
	}
}

// sortVotes puts votes in the order of their projects; ballots are short.
func sortVotes(votes []vote) {
	for i := 1; i < len(votes); i++ {
		for j := i; j > 0 && votes[j].project < votes[j-1].project; j-- {
			votes[j], votes[j-1] = votes[j-1], votes[j]
		}
	}
}

// utilityOf is u_i(p) of a vote in the units of the method: points, 1 or the cost.
func (e *election) utilityOf(v vote) int64 {
	if e.utility == CostUtility {
		return e.cost[v.project]
	}
	return int64(v.points)
}

// share is what each voter begins with when added smallest units are given to every one on top of the budget.
func (e *election) share(added int64) *big.Rat {
	share := new(big.Rat)
	if e.voters > 0 {
		share.SetFrac64(e.in.Budget, e.voters)
	}
	return share.Add(share, new(big.Rat).SetInt64(added))
}

// fraction is a bound on a price, for comparing without rounding; denominator 0 is infinity.
type fraction struct{ num, den uint64 }

// less compares two fractions exactly.
func (a fraction) less(b fraction) bool {
	hi1, lo1 := bits.Mul64(a.num, b.den)
	hi2, lo2 := bits.Mul64(b.num, a.den)
	return hi1 < hi2 || hi1 == hi2 && lo1 < lo2
}
