package equity

import "math"

// Two is one stratum: how many of a group, and of all others, had what is asked (were answered in time).
type Two struct {
	Had, Of           int // the group
	OtherHad, OtherOf int
}

func (t Two) tells() bool { return t.Of > 0 && t.OtherOf > 0 }

// weight is Mantel and Haenszel's.
func (t Two) weight() float64 { return float64(t.Of) * float64(t.OtherOf) / float64(t.Of+t.OtherOf) }

// Compared is the outcome of a comparison of a group with all others.
type Compared struct {
	Of, OtherOf int // that could be compared
	Difference  float64
	P           float64
	Seen        float64 // the smallest difference that would be found four times in five, at this level alone
	OK          bool    // false where nothing could be compared: one side has nobody, or all are alike
}

// riskDifference is the group's share less the others', over strata with Mantel and Haenszel's weights; false where nothing can be compared.
func riskDifference(strata []Two) (float64, bool) {
	var w, diff float64
	for _, s := range strata {
		if s.tells() {
			n1, n2 := float64(s.Of), float64(s.OtherOf)
			w += s.weight()
			diff += (float64(s.Had)*n2 - float64(s.OtherHad)*n1) / (n1 + n2)
		}
	}
	return diff / w, w > 0
}

// Rates compares the share that had it: the group's less the others', over strata with Mantel and Haenszel's weights.
func Rates(strata []Two) (c Compared) {
	exact := []float64{1}
	observed := 0
	var w, mean, variance float64
	fits := true
	for _, s := range strata {
		if !s.tells() {
			continue
		}
		n1, n2 := float64(s.Of), float64(s.OtherOf)
		n := n1 + n2
		c.Of, c.OtherOf = c.Of+s.Of, c.OtherOf+s.OtherOf
		w += s.weight()
		m := float64(s.Had + s.OtherHad)
		mean += n1 * m / n
		if n > 1 {
			variance += n1 * n2 * m * (n - m) / (n * n * (n - 1))
		}
		low, pmf := hypergeometric(s)
		observed += s.Had - low
		if fits = fits && len(exact)*len(pmf) < 4_000_000; fits {
			exact = convolve(exact, pmf)
		}
	}
	if c.Difference, c.OK = riskDifference(strata); !c.OK || variance == 0 { // all had it, or nobody, within each kind: there is nothing to compare
		c.OK = false
		return c
	}
	c.Seen = (z95 + zPower) * math.Sqrt(variance) / w
	switch {
	case fits:
		c.P = twoSided(exact, observed)
	default: // with so many the normal distribution is as good
		had := 0.0
		for _, s := range strata {
			if s.tells() {
				had += float64(s.Had)
			}
		}
		c.P = math.Erfc(math.Abs(had-mean) / math.Sqrt(2*variance))
	}
	return c
}

// hypergeometric is the distribution of the group's number given both margins, from the smallest there can be.
func hypergeometric(s Two) (low int, pmf []float64) {
	m := s.Had + s.OtherHad
	low = max(0, m-s.OtherOf)
	high := min(m, s.Of)
	for k := low; k <= high; k++ {
		pmf = append(pmf, math.Exp(choose(s.Of, k)+choose(s.OtherOf, m-k)-choose(s.Of+s.OtherOf, m)))
	}
	return low, pmf
}

func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

func convolve(a, b []float64) []float64 {
	out := make([]float64, len(a)+len(b)-1)
	for i, x := range a {
		if x < 1e-300 {
			continue
		}
		for j, y := range b {
			out[i+j] += x * y
		}
	}
	return out
}

// twoSided adds the probability of all that is as improbable as what was observed, or more (Fisher).
func twoSided(pmf []float64, observed int) float64 {
	p, at := 0.0, pmf[observed]*(1+1e-7)
	for _, x := range pmf {
		if x <= at {
			p += x
		}
	}
	return min(1, p)
}
