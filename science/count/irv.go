package count

import "math/big"

// Round is a stage of IRV or STV.
type Round struct {
	Votes     []*big.Rat // of each option, nil for those that are out
	Exhausted *big.Rat   // of ballots that rank nobody who is still in
	Elected   []int      // in this round
	Dropped   []int
	// Of Meek's method: the quota, the part of each vote that an option keeps, the
	// elected's votes above the quota, and how often the keep values were improved.
	Quota      *big.Rat
	Keep       []*big.Rat
	Surplus    *big.Rat
	Iterations int
}

// irv counts the instant runoff. A ballot counts for its best option that is still in; where
// several are equal there, in equal parts. One option drops out a round, of equals the one whose name comes last.
func (c *counter) irv() {
	rankings, blank, spoiled := c.rankings()
	c.r.Blank, c.r.Spoiled = blank, spoiled
	in := make([]bool, len(c.Options))
	for _, i := range c.order {
		in[i] = true
	}
	backers := c.backers(rankings)
	left := len(c.order)
	for left > 0 {
		round := firstVotes(rankings, in)
		total := new(big.Rat)
		for _, i := range c.order {
			if in[i] {
				total.Add(total, round.Votes[i])
			}
		}
		best, last := -1, -1
		for _, i := range c.order {
			if !in[i] {
				continue
			}
			if best < 0 || round.Votes[i].Cmp(round.Votes[best]) > 0 {
				best = i
			}
			if last < 0 || round.Votes[i].Cmp(round.Votes[last]) <= 0 {
				last = i
			}
		}
		if twice := new(big.Rat).Add(round.Votes[best], round.Votes[best]); left == 1 || twice.Cmp(total) > 0 {
			round.Elected = []int{best}
			c.r.Rounds = append(c.r.Rounds, round)
			c.r.Winners = []int{best}
			break
		}
		c.drop(&round, in, last)
		left--
	}
	c.tallyRounds(backers)
}

// firstVotes counts ballots for their best options that are in.
func firstVotes(rankings []ranking, in []bool) Round {
	round := Round{Votes: make([]*big.Rat, len(in)), Exhausted: new(big.Rat)}
	parts := make([][]int64, len(in)) // option → ballots that give it 1/(k+1)
	for _, r := range rankings {
		if group := firstGroup(r, in); group == nil {
			round.Exhausted.Add(round.Exhausted, new(big.Rat).SetInt64(r.count))
		} else {
			for _, i := range group {
				for len(parts[i]) < len(group) {
					parts[i] = append(parts[i], 0)
				}
				parts[i][len(group)-1] += r.count
			}
		}
	}
	for i := range in {
		if !in[i] {
			continue
		}
		round.Votes[i] = new(big.Rat)
		for k, n := range parts[i] {
			if n > 0 {
				round.Votes[i].Add(round.Votes[i], new(big.Rat).SetFrac64(n, int64(k)+1))
			}
		}
	}
	return round
}

// firstGroup are a ballot's best options that are in.
func firstGroup(r ranking, in []bool) []int32 {
	for _, group := range r.groups {
		var found []int32
		for _, i := range group {
			if in[i] {
				found = append(found, i)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// drop ends a round: last drops out, and whoever had as few votes is reported.
func (c *counter) drop(round *Round, in []bool, last int) {
	tie := Tie{Round: len(c.r.Rounds) + 1, Chosen: []int{last}}
	for _, i := range c.order {
		if in[i] && round.Votes[i].Cmp(round.Votes[last]) == 0 {
			tie.Options = append(tie.Options, i)
		}
	}
	if len(tie.Options) > 1 {
		c.r.Ties = append(c.r.Ties, tie)
	}
	in[last] = false
	round.Dropped = []int{last}
	c.r.Rounds = append(c.r.Rounds, *round)
}

// backers counts the ballots that rank each option.
func (c *counter) backers(rankings []ranking) []int64 {
	n := make([]int64, len(c.Options))
	for _, r := range rankings {
		for _, group := range r.groups {
			for _, i := range group {
				n[i] += r.count
			}
		}
	}
	return n
}

// tallyRounds orders options by when they were elected, else by when they dropped out, the last first, with their last votes.
func (c *counter) tallyRounds(backers []int64) {
	votes := func(i int) *big.Rat {
		for at := len(c.r.Rounds) - 1; at >= 0; at-- {
			if v := c.r.Rounds[at].Votes[i]; v != nil {
				return v
			}
		}
		return new(big.Rat)
	}
	placed := map[int]bool{}
	place := func(i int) {
		if !placed[i] {
			placed[i] = true
			c.r.Tallies = append(c.r.Tallies, Tally{i, votes(i), backers[i]})
		}
	}
	for _, i := range c.r.Winners {
		place(i)
	}
	if len(c.r.Rounds) > 0 { // whoever was in to the end, by votes
		rest := counter{Election: c.Election, r: &Result{}, opt: Options{Seats: 1}}
		for _, i := range c.order {
			if !placed[i] && c.r.Rounds[len(c.r.Rounds)-1].Votes[i] != nil && len(c.r.Rounds[len(c.r.Rounds)-1].Dropped) == 0 {
				rest.order = append(rest.order, i)
			}
		}
		all := make([]*big.Rat, len(c.Options))
		for i := range all {
			all[i] = votes(i)
		}
		rest.rank(all, backers)
		for _, t := range rest.r.Tallies {
			place(t.Option)
		}
	}
	for at := len(c.r.Rounds) - 1; at >= 0; at-- {
		for _, i := range c.r.Rounds[at].Dropped {
			place(i)
		}
	}
	for _, i := range c.order {
		place(i)
	}
}
