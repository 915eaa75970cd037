package similar

import (
	"cmp"
	"slices"

	"skein/science/requests"
)

// Pair is two requests that are likely about the same matter, by their positions in the list, A before B.
type Pair struct {
	A, B        int
	Probability float64 // of this pair alone
	Evidence    Evidence
}

// mostMatches is how many earlier requests, the likeliest and of these the latest, each request is weighed against.
const mostMatches = 100

// Pairs returns all pairs of requests that are about the same matter, the likeliest first, equal ones by position. Requests
// are joined into groups, and every pair of a group is returned: if a and b are one matter and b and c are, so are
// a and c. Groups are joined while the mean of the log odds between them, by the model on the exact texts, reaches that of the threshold (a probability, 0 to 1):
// average linkage (Sokal & Michener 1958). So a chain of likely pairs does not join its ends, and a pair that is a little less likely is kept if
// the others of its group bear it out.
//
// Candidates come from an Index. Pairs of which a request has no place can be missed if their words differ much (see Sketch).
func Pairs(list []requests.Request, m Model, threshold float64) []Pair {
	threshold = max(1e-6, min(1-1e-6, threshold))
	least := logit(threshold)
	x := NewIndex(m, logistic(least-against))
	shingles := make([]Grams, len(list))
	var ties []tie
	for b, r := range list {
		shingles[b] = Shingles(r.Text)
		matches := x.matches(r)
		slices.SortFunc(matches, func(p, q Match) int {
			return cmp.Or(cmp.Compare(q.Probability, p.Probability), cmp.Compare(q.ID, p.ID))
		})
		for _, match := range matches[:min(len(matches), mostMatches)] {
			a := int(match.ID)
			if w := m.logOdds(compare(list[a], r, shingles[a], shingles[b])) - least + against; w > 0 {
				ties = append(ties, tie{int32(a), int32(b), float32(w)})
			}
		}
		x.Add(int64(b), r)
	}
	var out []Pair
	for _, group := range groups(len(list), ties) {
		for i, b := range group {
			for _, a := range group[:i] {
				e := compare(list[a], list[b], shingles[a], shingles[b])
				out = append(out, Pair{a, b, m.Probability(e), e})
			}
		}
	}
	slices.SortFunc(out, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.Probability, p.Probability), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	return out
}

// against is how much, in log odds below the threshold, a pair speaks against a group if it is no candidate.
const against = 4

// tie is how much two requests, or groups, speak for being one: log odds above the threshold, plus against.
type tie struct {
	a, b   int32
	weight float32
}

// groups joins n requests by their ties, the strongest first, and returns the groups of two and more, each in order.
func groups(n int, ties []tie) [][]int {
	slices.SortFunc(ties, func(p, q tie) int {
		return cmp.Or(cmp.Compare(q.weight, p.weight), cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b))
	})
	group := make([]int32, n)     // of each request
	members := make([][]int32, n) // of each group
	sums := make([]map[int32]float64, n)
	for i := range n {
		group[i], members[i] = int32(i), []int32{int32(i)}
	}
	add := func(a, b int32, weight float64) {
		if sums[a] == nil {
			sums[a] = map[int32]float64{}
		}
		sums[a][b] += weight
	}
	for _, t := range ties {
		add(t.a, t.b, float64(t.weight))
		add(t.b, t.a, float64(t.weight))
	}
	for changed := true; changed; {
		changed = false
		for _, t := range ties {
			a, b := group[t.a], group[t.b]
			if a == b || sums[a][b] <= against*float64(len(members[a])*len(members[b])) {
				continue
			}
			if len(sums[a]) < len(sums[b]) {
				a, b = b, a
			}
			for _, i := range members[b] {
				group[i] = a
			}
			members[a], members[b] = append(members[a], members[b]...), nil
			for c, weight := range sums[b] {
				delete(sums[c], b)
				if c != a {
					add(a, c, weight)
					add(c, a, weight)
				}
			}
			sums[b], changed = nil, true
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
