package opinion

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestBestOfIsTheBest compares with all partitions of a few points.
func TestBestOfIsTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, k := rapid.IntRange(4, 9).Draw(t, "points"), rapid.IntRange(2, 4).Draw(t, "k")
		c := cloud{make([]Point, n), make([]float64, n)}
		for i := range n {
			c.at[i] = Point{float64(rapid.IntRange(0, 20).Draw(t, "x")), float64(rapid.IntRange(0, 20).Draw(t, "y"))}
			c.weight[i] = float64(rapid.IntRange(1, 3).Draw(t, "weight"))
		}
		if distinct(c.at) < k {
			return
		}
		least := math.Inf(1)
		label := make([]int, n)
		var try func(i int)
		try = func(i int) {
			if i == n {
				p := partition{label: slices.Clone(label), centre: make([]Point, k)}
				c.settle(&p)
				least = min(least, p.inertia)
				return
			}
			for g := range k {
				label[i] = g
				try(i + 1)
			}
		}
		try(0)
		if got := bestOf(c, k, groupStarts, newRandom(1)); math.Abs(got.inertia-least) > 1e-9*max(1, least) {
			t.Fatalf("inertia %g, the least is %g", got.inertia, least)
		}
	})
}

// TestSummaryKeepsWeightAndMean holds that points summed up have the weight and the mean of the cloud.
func TestSummaryKeepsWeightAndMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, most := rapid.IntRange(1, 300).Draw(t, "points"), rapid.IntRange(1, 60).Draw(t, "most")
		r := newRandom(rapid.Uint64().Draw(t, "seed"))
		wide := rapid.IntRange(1, 40).Draw(t, "wide")
		c := cloud{make([]Point, n), make([]float64, n)}
		for i := range n {
			c.at[i] = Point{float64(r.below(wide)), float64(r.below(wide))}
			c.weight[i] = r.Share()
		}
		s, leaf := c.summary(most)
		if len(s.at) > max(most, 1) && len(s.at) != distinct(c.at) {
			t.Fatalf("%d points of at most %d", len(s.at), most)
		}
		var a, b Point
		var v, w float64
		for i, p := range c.at {
			a, v = Point{a.X + c.weight[i]*p.X, a.Y + c.weight[i]*p.Y}, v+c.weight[i]
			if leaf[i] < 0 || leaf[i] >= len(s.at) {
				t.Fatalf("point %d went to %d", i, leaf[i])
			}
		}
		for i, p := range s.at {
			b, w = Point{b.X + s.weight[i]*p.X, b.Y + s.weight[i]*p.Y}, w+s.weight[i]
		}
		if math.Abs(v-w) > 1e-9 || math.Sqrt(distance2(a, b)) > 1e-6 {
			t.Fatalf("weight %g and sum %v became %g and %v", v, a, w, b)
		}
	})
}
