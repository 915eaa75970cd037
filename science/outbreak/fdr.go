package outbreak

import (
	"math"
	"sort"
)

// BenjaminiHochberg returns the adjusted p-value (q-value) of each p-value: naming all with a q-value of at most r makes
// an expected share of at most r of false ones among those named, for independent or positively dependent tests. NaN stays NaN
// and does not count as a test. Benjamini and Hochberg (1995), J R Stat Soc B 57:289.
func BenjaminiHochberg(p []float64) []float64 {
	q := make([]float64, len(p))
	var order []int
	for i, v := range p {
		q[i] = math.NaN()
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return p[order[a]] < p[order[b]] })
	least := 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = math.Min(least, p[i]*(float64(len(order))/float64(rank)))
		q[i] = least
	}
	return q
}

// ControlFalseDiscoveries silences the alarms of one time over many series whose q-value is above rate. An alarm without a
// p-value is silenced too: nothing can be said of it. It returns the q-values.
func ControlFalseDiscoveries(points []*Point, rate float64) []float64 {
	p := make([]float64, len(points))
	for i, point := range points {
		p[i] = point.PValue
		if point.few > 0 {
			p[i] = predictive(point.score, point.few)
		}
		if point.Reason != "" {
			p[i] = math.NaN()
		}
	}
	q := BenjaminiHochberg(p)
	for i, point := range points {
		point.Alarm = point.Alarm && q[i] <= rate
	}
	return q
}
