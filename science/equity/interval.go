package equity

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// z95 leaves 2.5 % on each side of a normal distribution; zPower is what four in five need besides.
const (
	z95    = 1.959963984540054
	zPower = 0.8416212335729143
)

// Interval is a range in which a number lies at 95 %.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Wilson is the score interval of k in n.
func Wilson(k, n int) Interval {
	if n == 0 {
		return Interval{0, 1}
	}
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z95*z95/(2*m)) / (1 + z95*z95/m)
	half := z95 / (1 + z95*z95/m) * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	return Interval{max(0, centre-half), min(1, centre+half)}
}

// Histogram counts whole numbers, by their value.
type Histogram []int

// N is how many are counted.
func (h Histogram) N() (n int) {
	for _, c := range h {
		n += c
	}
	return n
}

// at is the i-th smallest, from 1.
func (h Histogram) at(i int) int {
	for v, c := range h {
		if i -= c; i <= 0 {
			return v
		}
	}
	return len(h) - 1
}

// Quantile is the smallest value that a share q of all do not exceed, and the order statistics between which that of the whole it is a sample of lies
// at 95 % or more, whatever its shape. There is no interval (false) where so few cannot give one.
func (h Histogram) Quantile(q float64) (value int, low, high int, ok bool) {
	n := h.N()
	if n == 0 {
		return 0, 0, 0, false
	}
	value = h.at(max(1, int(math.Ceil(q*float64(n)-1e-9))))
	b := distuv.Binomial{N: float64(n), P: q}
	l := sort.Search(n, func(l int) bool { return b.CDF(float64(l)) > 0.025 })        // P(X ≤ l-1) ≤ 2.5 % at the l-th
	u := 1 + sort.Search(n, func(k int) bool { return 1-b.CDF(float64(k)) <= 0.025 }) // P(X ≥ u-1)
	if l < 1 || u > n {
		return value, 0, 0, false
	}
	return value, h.at(l), h.at(u), true
}
