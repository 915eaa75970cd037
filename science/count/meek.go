package count

import (
	"math/big"
	"math/bits"
)

// Meek's method is followed in billionths of a vote, and stops improving keep values once
// the elected's surplus is below a millionth: the numbers of the reference rule.
const (
	one   = 1_000_000_000
	omega = one / 1_000_000
	// maxBillionths is how many ballots can be followed in billionths within 64 bits.
	maxBillionths = 4_000_000_000
)

// meek counts the single transferable vote as the Meek STV reference rule does. Where options are equal on
// a ballot, what reaches them is parted equally, and each passes on what it does not keep.
func (c *counter) meek() {
	rankings, blank, spoiled := c.rankings()
	c.r.Blank, c.r.Spoiled = blank, spoiled
	m := &meek{counter: c, rankings: rankings, keep: make([]uint64, len(c.Options)), votes: make([]uint64, len(c.Options)), elected: make([]bool, len(c.Options))}
	for _, i := range c.order {
		m.keep[i] = one
	}
	if c.r.Valid() > 0 {
		m.run()
	}
	c.tallyRounds(c.backers(rankings))
}

type meek struct {
	*counter
	rankings []ranking
	keep     []uint64 // in billionths, 0 for who is out
	votes    []uint64
	elected  []bool
	excess   uint64 // votes that nobody keeps
	quota    uint64
}

// run repeats: improve the keep values until somebody is elected or the surplus is as
// good as gone; in the latter case the last drops out. It ends when no more can be
// elected than there are seats, or the seats are taken.
func (m *meek) run() {
	for {
		hopeful := m.hopeful()
		filled := len(m.r.Winners)
		if filled == m.opt.Seats || filled+len(hopeful) <= m.opt.Seats {
			m.finish(hopeful)
			return
		}
		round := m.settle()
		if len(round.Elected) == 0 {
			m.dropLast(&round)
		}
		m.r.Rounds = append(m.r.Rounds, round)
	}
}

// hopeful are those neither elected nor out, by name.
func (m *meek) hopeful() []int {
	var out []int
	for _, i := range m.order {
		if !m.elected[i] && m.keep[i] > 0 {
			out = append(out, i)
		}
	}
	return out
}

// settle improves the keep values until an option reaches the quota or the surplus is below omega or no longer falls.
func (m *meek) settle() Round {
	last := ^uint64(0)
	for iteration := 1; ; iteration++ {
		m.distribute()
		var elected []int
		for _, i := range m.hopeful() {
			if m.votes[i] >= m.quota {
				elected = append(elected, i)
			}
		}
		m.elect(elected)
		sum := int64(0)
		for i, is := range m.elected {
			if is {
				sum += int64(m.votes[i]) - int64(m.quota)
			}
		}
		surplus := uint64(max(sum, 0))
		if len(elected) > 0 || surplus < omega || surplus >= last {
			return m.round(elected, surplus, iteration)
		}
		last = surplus
		m.improve()
	}
}

// elect takes options as winners, the most votes first.
func (m *meek) elect(options []int) {
	for i := 1; i < len(options); i++ {
		for j := i; j > 0 && m.votes[options[j]] > m.votes[options[j-1]]; j-- {
			options[j], options[j-1] = options[j-1], options[j]
		}
	}
	for _, i := range options {
		m.elected[i] = true
		m.r.Winners = append(m.r.Winners, i)
	}
}

// improve lowers the elected's keep values towards what brings each to the quota.
func (m *meek) improve() {
	for i, is := range m.elected {
		if is && m.votes[i] > 0 {
			m.keep[i] = min(ratio(ratio(m.keep[i], m.quota, one), one, m.votes[i]), one)
		}
	}
}

// distribute gives every ballot to its options by their keep values, and sets the quota.
func (m *meek) distribute() {
	for i := range m.votes {
		m.votes[i] = 0
	}
	m.excess = 0
	for _, r := range m.rankings {
		weight := uint64(one)
		for _, group := range r.groups {
			weight = m.pass(group, weight, uint64(r.count))
			if weight == 0 {
				break
			}
		}
		m.excess += weight * uint64(r.count)
	}
	total := uint64(0)
	for _, v := range m.votes {
		total += v
	}
	m.quota = total/uint64(m.opt.Seats+1) + 1
}

// pass lets a group keep its part of each ballot's weight, and returns what is left of it.
func (m *meek) pass(group []int32, weight, count uint64) uint64 {
	size := uint64(0)
	for _, i := range group {
		if m.keep[i] > 0 {
			size++
		}
	}
	if size == 0 {
		return weight
	}
	part, left := weight/size, weight
	for _, i := range group {
		if m.keep[i] > 0 {
			kept := min(ratio(part, m.keep[i], one), left)
			if size == 1 { // no rounding between equals
				kept = min(ratio(weight, m.keep[i], one), left)
			}
			m.votes[i] += kept * count
			left -= kept
		}
	}
	return left
}

// ratio is a·b/d rounded up.
func ratio(a, b, d uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	q, rest := bits.Div64(hi, lo, d)
	if rest > 0 {
		q++
	}
	return q
}

// dropLast takes out the option with the fewest votes. Votes within the surplus of the fewest are equal, as it could still change their order.
func (m *meek) dropLast(round *Round) {
	hopeful := m.hopeful()
	fewest := m.votes[hopeful[0]]
	for _, i := range hopeful {
		fewest = min(fewest, m.votes[i])
	}
	surplus := new(big.Rat).Mul(round.Surplus, big.NewRat(one, 1)).Num().Uint64()
	var tied []int
	for _, i := range hopeful {
		if m.votes[i] <= fewest+surplus {
			tied = append(tied, i)
		}
	}
	last := tied[len(tied)-1]
	if len(tied) > 1 {
		m.r.Ties = append(m.r.Ties, Tie{Round: len(m.r.Rounds) + 1, Options: tied, Chosen: []int{last}})
	}
	m.keep[last] = 0
	round.Dropped = []int{last}
}

// finish fills what seats are left with those who are left, and drops the rest.
func (m *meek) finish(hopeful []int) {
	m.distribute()
	if len(m.r.Winners) == m.opt.Seats {
		round := m.round(nil, 0, 0)
		round.Dropped = hopeful
		for i := len(round.Dropped) - 1; i > 0; i-- { // the most votes first
			for j := range i {
				if a, b := round.Dropped[j], round.Dropped[j+1]; m.votes[a] < m.votes[b] {
					round.Dropped[j], round.Dropped[j+1] = b, a
				}
			}
		}
		if len(hopeful) > 0 {
			m.r.Rounds = append(m.r.Rounds, round)
		}
		return
	}
	m.elect(hopeful)
	m.r.Rounds = append(m.r.Rounds, m.round(hopeful, 0, 0))
}

// round is what stands in billionths, as fractions.
func (m *meek) round(elected []int, surplus uint64, iterations int) Round {
	fraction := func(x uint64) *big.Rat {
		return new(big.Rat).SetFrac(new(big.Int).SetUint64(x), big.NewInt(one))
	}
	r := Round{
		Votes: make([]*big.Rat, len(m.votes)), Keep: make([]*big.Rat, len(m.votes)), Exhausted: fraction(m.excess),
		Quota: fraction(m.quota), Surplus: fraction(surplus), Iterations: iterations, Elected: elected,
	}
	for _, i := range m.order {
		if m.keep[i] > 0 {
			r.Votes[i], r.Keep[i] = fraction(m.votes[i]), fraction(m.keep[i])
		}
	}
	return r
}
