package equity

import "math"

// Waits is one stratum of times: how many of a group, and of all others, waited so long. What is not answered yet stands in the last bin of both.
type Waits struct{ Group, Other Histogram }

// Times compares how long a group waited with how long the others did, by ranks within strata. Difference is the share of pairs in which the
// group waited longer less the share in which it waited shorter: 0 is no difference, 1 always longer.
func Times(strata []Waits) (c Compared) {
	var sum, weight, variance float64
	for _, s := range strata {
		m, n := s.Group.N(), s.Other.N()
		if m == 0 || n == 0 {
			continue
		}
		c.Of, c.OtherOf = c.Of+m, c.OtherOf+n
		total := float64(m + n)
		below, u, ties := 0.0, 0.0, 0.0
		for v := range max(len(s.Group), len(s.Other)) {
			var g, o float64
			if v < len(s.Group) {
				g = float64(s.Group[v])
			}
			if v < len(s.Other) {
				o = float64(s.Other[v])
			}
			u += g * (below + o/2)
			below += o
			t := g + o
			ties += t*t*t - t
		}
		fm, fn := float64(m), float64(n)
		w := 1 / (total + 1) // van Elteren's: as if every stratum had the same shift
		sum += w * (u - fm*fn/2)
		weight += w * fm * fn / 2
		if total > 1 {
			variance += w * w * fm * fn / 12 * (total + 1 - ties/(total*(total-1)))
		}
	}
	if weight == 0 {
		return c
	}
	c.OK, c.P = true, 1
	c.Difference = sum / weight
	deviation := math.Sqrt(variance)
	c.Seen = (z95 + zPower) * deviation / weight
	half := z95 * deviation / weight
	c.Interval = Interval{max(-1, c.Difference-half), min(1, c.Difference+half)}
	if deviation > 0 {
		c.P = math.Erfc(math.Abs(sum) / deviation / math.Sqrt2)
	}
	return c
}
