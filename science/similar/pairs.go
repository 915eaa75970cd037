package similar

import (
	"cmp"
	"slices"

	"skein/science/requests"
)

// Pair is two requests that are likely about the same matter, by their positions in the list, A before B.
type Pair struct {
	A, B        int
	Probability float64 // that they are, given all of the list; by the pair alone if that is next to nothing
	Evidence    Evidence
}

const (
	// mostMatches is how many earlier requests each request is weighed against: half of them the likeliest, and of these
	// the latest, half of them from the others.
	mostMatches = 64
	// faintest is the least log odds at which a pair by itself is looked at.
	faintest = -4
)

// Pairs returns all pairs of requests that are about the same matter, the likeliest first, equal ones by position. The model is
// calibrated to the list first (see Calibrate). How probable each pair is follows from all partitions of the list into matters,
// each as likely as its matters are, of which a few hundred are drawn with a fixed seed (Gibbs sampling, Neal 2000): a report between two others
// in time is rather of their matter if they are of one, and how many matters are told two, three or more times is learnt on the way.
//
// Requests are then joined into groups while the mean probability between them is at least the threshold, 0 to 1: average linkage (Sokal & Michener
// 1958). Every pair of a group is returned: if a and b are one matter and b and c are, so are a and c.
//
// Candidates come from an Index. Pairs of which a request has no place can be missed if their words differ much (see Sketch).
func Pairs(list []requests.Request, m Model, threshold float64) []Pair {
	f := features(list)
	given := m
	m = calibrate(list, f, m)
	ties, cut := candidates(list, f, m)
	for k, p := range posterior(len(list), ties, cut, m != given) {
		ties[k].weight = float32(p)
	}
	slices.SortFunc(ties, byEnds)
	var out []Pair
	for _, group := range groups(len(list), ties, cut, max(1e-6, min(1-1e-6, threshold))) {
		for i, b := range group {
			for _, a := range group[:i] {
				p := Pair{A: a, B: b, Evidence: compare(list[a], list[b], f[a], f[b])}
				if k, ok := slices.BinarySearchFunc(ties, tie{a: int32(a), b: int32(b)}, byEnds); ok {
					p.Probability = float64(ties[k].weight)
				} else {
					p.Probability = m.Probability(p.Evidence)
				}
				out = append(out, p)
			}
		}
	}
	slices.SortFunc(out, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.Probability, p.Probability), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	return out
}

// candidates are the pairs that may be of one matter, with their log odds, and which requests have more than are kept.
func candidates(list []requests.Request, f []feature, m Model) (ties []tie, cut []bool) {
	x := NewIndex(m, logistic(faintest-1)) // the index's coefficients are estimates
	cut = make([]bool, len(list))
	for b, r := range list {
		matches := x.matches(r)
		if len(matches) > mostMatches {
			cut[b] = true
			slices.SortFunc(matches, func(p, q Match) int {
				return cmp.Or(cmp.Compare(q.Probability, p.Probability), cmp.Compare(q.ID, p.ID))
			})
			rest := matches[mostMatches/2:]
			for k := range mostMatches / 2 {
				matches[mostMatches/2+k] = rest[k*len(rest)/(mostMatches/2)]
			}
			matches = matches[:mostMatches]
		}
		for _, match := range matches {
			a := int(match.ID)
			if w := m.logOdds(compare(list[a], r, f[a], f[b])); w >= faintest {
				ties = append(ties, tie{int32(a), int32(b), float32(w)})
			}
		}
		x.Add(int64(b), r)
	}
	return ties, cut
}

// tie is how much two requests, or groups, have to do with each other.
type tie struct {
	a, b   int32
	weight float32
}

func byEnds(p, q tie) int { return cmp.Or(cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b)) }

// bundle is the ties between two groups.
type bundle struct {
	weight      float64
	ties, whole int // whole: neither end is cut
}

// groups joins n requests by their ties, the strongest first, while the mean weight between groups is at least least, and returns the
// groups of two and more, each in order. The weight of a pair without a tie is 0, or not known where one of them is cut.
func groups(n int, ties []tie, cut []bool, least float64) [][]int {
	ties = slices.Clone(ties)
	slices.SortFunc(ties, func(p, q tie) int {
		return cmp.Or(cmp.Compare(q.weight, p.weight), byEnds(p, q))
	})
	group := make([]int32, n)     // of each request
	members := make([][]int32, n) // of each group
	whole := make([]int, n)       // of each group: how many are not cut
	bundles := make([]map[int32]bundle, n)
	for i := range n {
		group[i], members[i] = int32(i), []int32{int32(i)}
		if !cut[i] {
			whole[i] = 1
		}
	}
	add := func(a, b int32, more bundle) {
		if bundles[a] == nil {
			bundles[a] = map[int32]bundle{}
		}
		sum := bundles[a][b]
		bundles[a][b] = bundle{sum.weight + more.weight, sum.ties + more.ties, sum.whole + more.whole}
	}
	for _, t := range ties {
		one := bundle{float64(t.weight), 1, whole[t.a] * whole[t.b]}
		add(t.a, t.b, one)
		add(t.b, t.a, one)
	}
	for changed := true; changed; {
		changed = false
		for _, t := range ties {
			a, b := group[t.a], group[t.b]
			if a == b {
				continue
			}
			if both := bundles[a][b]; both.weight < least*float64(both.ties+whole[a]*whole[b]-both.whole) {
				continue
			}
			if len(bundles[a]) < len(bundles[b]) {
				a, b = b, a
			}
			for _, i := range members[b] {
				group[i] = a
			}
			members[a], members[b] = append(members[a], members[b]...), nil
			whole[a] += whole[b]
			for c, ties := range bundles[b] {
				delete(bundles[c], b)
				if c != a {
					add(a, c, ties)
					add(c, a, ties)
				}
			}
			bundles[b], changed = nil, true
		}
	}
	var out [][]int
	for _, list := range members {
		if len(list) > 1 {
			group := make([]int, len(list))
			for i, at := range list {
				group[i] = int(at)
			}
			slices.Sort(group)
			out = append(out, group)
		}
	}
	return out
}
