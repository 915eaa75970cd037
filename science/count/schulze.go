package count

import "math/big"

// schulze finds the strongest paths: a victory's strength is the number of ballots on the
// winning side, a path's that of its weakest victory. An option comes before another when its
// strongest path to it is stronger than the one back. Options that a ballot does not rank are
// equal, below all that it ranks.
func (c *counter) schulze() {
	rankings, blank, spoiled := c.rankings()
	c.r.Blank, c.r.Spoiled = blank, spoiled
	n := len(c.Options)
	pairs := square(n)
	rank := make([]int, n)
	for _, r := range rankings {
		for i := range rank {
			rank[i] = len(r.groups)
		}
		for at, group := range r.groups {
			for _, i := range group {
				rank[i] = at
			}
		}
		for at, group := range r.groups {
			for _, i := range group {
				for _, j := range c.order {
					if rank[j] > at {
						pairs[i][j] += r.count
					}
				}
			}
		}
	}
	paths := square(n)
	for _, i := range c.order {
		for _, j := range c.order {
			if pairs[i][j] > pairs[j][i] {
				paths[i][j] = pairs[i][j]
			}
		}
	}
	for _, k := range c.order {
		for _, i := range c.order {
			if i == k {
				continue
			}
			for _, j := range c.order {
				if j != i && j != k {
					paths[i][j] = max(paths[i][j], min(paths[i][k], paths[k][j]))
				}
			}
		}
	}
	c.r.Pairs, c.r.Paths = pairs, paths
	// The relation is transitive, so the number of options that one comes before orders them.
	beats := make([]*big.Rat, n)
	for _, i := range c.order {
		wins := int64(0)
		for _, j := range c.order {
			if paths[i][j] > paths[j][i] {
				wins++
			}
		}
		beats[i] = new(big.Rat).SetInt64(wins)
	}
	c.rankSchulze(beats, c.backers(rankings))
}

// rankSchulze takes winners one by one: whoever no other that is left comes before, of several the first by name.
func (c *counter) rankSchulze(beats []*big.Rat, backers []int64) {
	left := append([]int(nil), c.order...)
	for len(left) > 0 {
		var best []int
		for _, i := range left {
			beaten := false
			for _, j := range left {
				beaten = beaten || c.r.Paths[j][i] > c.r.Paths[i][j]
			}
			if !beaten {
				best = append(best, i)
			}
		}
		first := best[0]
		c.r.Tallies = append(c.r.Tallies, Tally{first, beats[first], backers[first]})
		if len(c.r.Winners) < c.opt.Seats {
			c.r.Winners = append(c.r.Winners, first)
			if len(best) > 1 {
				c.r.Ties = append(c.r.Ties, Tie{Options: best, Chosen: []int{first}})
			}
		}
		kept := left[:0]
		for _, i := range left {
			if i != first {
				kept = append(kept, i)
			}
		}
		left = kept
	}
}

func square(n int) [][]int64 {
	room := make([]int64, n*n)
	rows := make([][]int64, n)
	for i := range rows {
		rows[i] = room[i*n : (i+1)*n]
	}
	return rows
}
