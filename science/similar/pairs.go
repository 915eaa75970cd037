package similar

import (
	"cmp"
	"slices"

	"skein/science/requests"
)

// Pair is two requests that are likely about the same matter, by their positions in the list, A before B.
type Pair struct {
	A, B        int
	Probability float64
	Evidence    Evidence // exact
}

// Pairs returns all pairs of requests whose probability, by the model and on the exact texts, is at least the threshold (0 to 1),
// the likeliest first, equal ones by position. They are sought with an Index at a fifth of the threshold's odds,
// as its Jaccard coefficients are estimates. Pairs of which a request has no place can be missed if their words differ much (see Sketch).
func Pairs(list []requests.Request, m Model, threshold float64) []Pair {
	threshold = max(1e-6, min(1-1e-6, threshold))
	x := NewIndex(m, logistic(logit(threshold)-1.6))
	shingles := make([]Grams, len(list))
	var out []Pair
	for b, r := range list {
		shingles[b] = Shingles(r.Text)
		for _, match := range x.Query(r, len(list)) {
			a := int(match.ID)
			e := compare(list[a], r, shingles[a], shingles[b])
			if p := m.Probability(e); p >= threshold {
				out = append(out, Pair{a, b, p, e})
			}
		}
		x.Add(int64(b), r)
	}
	slices.SortFunc(out, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.Probability, p.Probability), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	return out
}
