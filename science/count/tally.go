package count

import "math/big"

// sum counts the rules that add up marks.
func (c *counter) sum() {
	votes, backers := make([]int64, len(c.Options)), make([]int64, len(c.Options))
	for i := range c.Ballots {
		c.add(&c.Ballots[i], votes, backers)
	}
	sums := make([]*big.Rat, len(votes))
	for i, v := range votes {
		sums[i] = new(big.Rat).SetInt64(v)
	}
	c.rank(sums, backers)
}

// add adds one kind of ballot, or counts it as blank or spoiled.
func (c *counter) add(b *Ballot, votes, backers []int64) {
	marked, sound := 0, true
	var credits int64
	best := int32(0) // the best rank
	firsts := 0      // how many have it
	for _, m := range b.Marks {
		if c.Withdrawn[m.Option] {
			continue
		}
		marked++
		switch c.opt.Rule {
		case Score:
			sound = sound && m.Value >= c.opt.Low && m.Value <= c.opt.High
		case Quadratic:
			credits += int64(m.Value) * int64(m.Value)
			sound = sound && credits <= c.opt.Credits
		default:
			sound = sound && (m.Value == 1 || c.Ranked)
			if firsts == 0 || m.Value < best {
				best, firsts = m.Value, 0
			}
			if m.Value == best {
				firsts++
			}
		}
	}
	switch c.opt.Rule {
	case Single:
		sound = sound && firsts <= 1
	case Multiple:
		sound = sound && marked <= c.opt.Most
	}
	switch {
	case !sound:
		c.r.Spoiled += b.Count
		return
	case marked == 0:
		c.r.Blank += b.Count
		return
	}
	for _, m := range b.Marks {
		if c.Withdrawn[m.Option] || c.opt.Rule == Single && m.Value != best {
			continue
		}
		value := int64(1)
		if c.opt.Rule == Score || c.opt.Rule == Quadratic {
			value = int64(m.Value)
		}
		votes[m.Option] += value * b.Count
		if value > 0 {
			backers[m.Option] += b.Count
		}
	}
}
