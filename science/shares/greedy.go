package shares

import "sort"

// greedy chooses the projects of the most utility for their cost (all supporters' together,
// divided by the cost), passing over what does not fit into what is left. Under the cost
// utility that is the number of supporters. Unsupported projects come last, and are taken
// when they fit; costless supported ones first. taken are chosen already; left is the money.
func (e *election) greedy(taken []bool, left int64) []pick {
	order := make([]int, 0, len(taken))
	for p := range taken {
		if !taken[p] && e.cost[p] <= left {
			order = append(order, p)
		}
	}
	ratio := make([]fraction, len(taken))
	for p := range ratio {
		ratio[p] = e.density(p)
	}
	sort.Slice(order, func(i, j int) bool {
		a, b := order[i], order[j]
		switch {
		case ratio[b].less(ratio[a]):
			return true
		case ratio[a].less(ratio[b]):
			return false
		}
		return e.rank[a] < e.rank[b]
	})
	var picks []pick
	for i, p := range order {
		cost := e.cost[p]
		if cost > left {
			continue
		}
		chosen := pick{project: p, phase: Greedy}
		for _, q := range order[i+1:] {
			if ratio[q].less(ratio[p]) {
				break
			}
			if e.cost[q] <= left {
				chosen.tied = append(chosen.tied, q)
			}
		}
		left -= cost
		picks = append(picks, chosen)
	}
	return picks
}

// density is the utility of all supporters of a project for each unit of its cost.
func (e *election) density(p int) fraction {
	cost := uint64(e.cost[p])
	switch {
	case e.total[p] <= 0 || e.count[p] == 0:
		return fraction{0, 1}
	case cost == 0:
		return fraction{1, 0}
	case e.utility == CostUtility:
		return fraction{e.count[p], 1}
	}
	return fraction{uint64(e.total[p]), cost}
}
