package equity

import (
	"cmp"
	"slices"
)

// Level is the chance that is accepted of any false word in a set of comparisons.
const Level = 0.05

// Holm adjusts the p-values of a set: what stays at or below Level can be said together, and the chance that any of it is false is no more than Level.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	out, worst := make([]float64, len(p)), 0.0
	for k, i := range order {
		worst = max(worst, min(1, p[i]*float64(len(p)-k)))
		out[i] = worst
	}
	return out
}
