package opinion

import (
	"math"
	"slices"
	"sort"
)

// stability returns, per candidate and group (the largest first), the mean Jaccard index with the best match over the resamples.
func (e *engine) stability(m *Map, s estimates, order []int) [][]float64 {
	out := make([][]float64, len(m.Candidates))
	labels := make([][]int, len(m.Candidates)) // per candidate and place in m.In: the group, the largest first
	for n, c := range m.Candidates {
		groups := groupsOf(c.label, m.In, m.Participants)
		out[n] = make([]float64, len(groups))
		of := make(map[int]int, len(m.In))
		for g, group := range groups {
			for _, i := range group.Members {
				of[i] = g
			}
		}
		labels[n] = make([]int, len(m.In))
		for p, i := range m.In {
			labels[n][p] = of[i]
		}
	}
	found := make([][][]float64, resamples) // kept apart, so that their sum does not depend on who is done first
	halves(resamples, func(from, to int) {
		for b := from; b < to; b++ {
			found[b] = e.resample(m, s, labels, order, newRandom(e.options.Seed, 4, b))
		}
	})
	for n := range out {
		for g := range out[n] {
			for _, of := range found {
				out[n][g] += of[n][g]
			}
			out[n][g] /= resamples
		}
	}
	return out
}

// resample draws participants with replacement, maps them anew, and says how well each group is found again.
func (e *engine) resample(m *Map, s estimates, labels [][]int, order []int, random *random) [][]float64 {
	draws := min(len(m.In), mostDrawn, max(2, int(mostCast*int64(len(m.In))/int64(max(1, e.votes.count)))))
	drawn := make([]int, draws) // places in m.In
	for d := range drawn {
		drawn[d] = random.below(len(m.In))
	}
	slices.Sort(drawn)
	for d, at := range drawn {
		drawn[d] = order[at]
	}
	sub := &Votes{statements: e.votes.statements, column: e.votes.column, rows: make([][]cell, draws)}
	all := make([]int, draws)
	for d, p := range drawn {
		sub.rows[d], all[d] = e.votes.rows[m.In[p]], d
	}
	again := prepare(sub, e.options)
	again.vectors = slices.Clone(e.vectors) // the list is written anew
	components := again.components(rough)
	estimates := again.estimate(all, &components)
	points := cloud{make([]Point, draws), estimates.certainty}
	for d, q := range estimates.posteriors {
		points.at[d] = q.at
	}
	different := distinct(points.at)
	out := make([][]float64, len(labels))
	for n, c := range m.Candidates {
		old := make([]int, draws)
		weight := make([]float64, draws)
		for d, p := range drawn {
			old[d] = labels[n][p]
			if d == 0 || drawn[d-1] != p { // everyone counts once
				weight[d] = s.certainty[p]
			}
		}
		groups := slices.Max(labels[n]) + 1
		if different < c.K {
			out[n] = make([]float64, groups)
			continue
		}
		out[n] = jaccard(old, groups, bestOf(points, c.K, fewStarts, random).label, weight)
	}
	return out
}

// jaccard is, per old label below k, the largest weighted Jaccard index with a new one; 0 for a label that does not occur.
func jaccard(old []int, k int, new []int, weight []float64) []float64 {
	others := slices.Max(new) + 1
	both := make([]float64, k*others)
	before, after := make([]float64, k), make([]float64, others)
	for i, w := range weight {
		both[old[i]*others+new[i]] += w
		before[old[i]] += w
		after[new[i]] += w
	}
	out := make([]float64, k)
	for g := range out {
		for h := range others {
			if b := both[g*others+h]; b > 0 {
				out[g] = max(out[g], b/(before[g]+after[h]-b))
			}
		}
	}
	return out
}

// even is the largest, over pairs of groups, of the chance that an even spread of as many people along the line between
// two centres splits in two as well as theirs does. An even spread is the hardest case without two heaps.
func (e *engine) even(m *Map, c Candidate, s estimates) float64 {
	members := make([][]int, c.K) // places in m.In
	for n, g := range c.label {
		members[g] = append(members[g], n)
	}
	centre := make([]Point, c.K)
	for g, of := range members {
		for _, n := range of {
			centre[g].X += s.posteriors[n].at.X / float64(len(of))
			centre[g].Y += s.posteriors[n].at.Y / float64(len(of))
		}
	}
	var worst float64
	for g := range members {
		for h := range g {
			direction := Point{centre[h].X - centre[g].X, centre[h].Y - centre[g].Y}
			var along []float64
			for _, n := range slices.Concat(members[g], members[h]) {
				along = append(along, s.posteriors[n].at.X*direction.X+s.posteriors[n].at.Y*direction.Y)
			}
			worst = max(worst, evenChance(along, newRandom(e.options.Seed, 5, c.K, g, h)))
		}
	}
	return worst
}

// evenChance is the Monte Carlo p-value (Besag & Clifford 1991) of the split of numbers against that of an even spread.
func evenChance(x []float64, random *random) float64 {
	sort.Float64s(x)
	n := min(len(x), mostLine)
	if len(x) > n { // as if every so-manieth had been asked
		for i := range n {
			x[i] = x[i*len(x)/n]
		}
		x = x[:n]
	}
	observed := split(x)
	as := 0
	draw := make([]float64, n)
	for range evenDraws {
		for i := range draw {
			draw[i] = random.Share()
		}
		sort.Float64s(draw)
		if split(draw) <= observed {
			as++
		}
	}
	return float64(1+as) / float64(1+evenDraws)
}

// split is the least share of the sum of squares that is left within two parts of sorted numbers: 1 if they are all equal, a quarter for an even spread.
func split(x []float64) float64 {
	n := float64(len(x))
	var mean float64
	for _, v := range x {
		mean += v / n
	}
	var total, left, between float64
	for _, v := range x {
		total += (v - mean) * (v - mean)
	}
	if total == 0 {
		return 1
	}
	for i, v := range x[:len(x)-1] {
		left += v - mean
		k := float64(i + 1)
		between = math.Max(between, left*left/k+left*left/(n-k))
	}
	return 1 - between/total
}
