package outbreak

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// normalUpper is P(Z > z) of the standard normal distribution.
func normalUpper(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// normalQuantile is the z with P(Z > z) = alpha.
func normalQuantile(alpha float64) float64 { return math.Sqrt2 * math.Erfcinv(2*alpha) }

// studentTwoSided is P(|T| > |t|) with df degrees of freedom.
func studentTwoSided(t, df float64) float64 {
	if math.IsNaN(t) || !(df > 0) {
		return math.NaN()
	}
	return mathext.RegIncBeta(df/2, 0.5, df/(df+t*t))
}

// counts is a distribution of counts with a mean and a variance of phi times the mean: Poisson for phi
// of 1, else negative binomial with size mean/(phi-1) and success probability 1/phi.
type counts struct{ mean, phi float64 }

// mass is P(X = k). It follows Loader (2000), "Fast and accurate computation of binomial
// probabilities", which keeps its precision for large means and for phi close to 1.
func (c counts) mass(k float64) float64 {
	switch {
	case k < 0:
		return 0
	case c.mean == 0:
		if k == 0 {
			return 1
		}
		return 0
	}
	size := c.mean / (c.phi - 1)
	if c.phi <= 1 || math.IsInf(size, 1) {
		if k == 0 {
			return math.Exp(-c.mean)
		}
		return math.Exp(-stirling(k)-deviance(k, c.mean)) / math.Sqrt(2*math.Pi*k)
	}
	if k == 0 {
		return math.Exp(-size * math.Log(c.phi))
	}
	n := size + k
	p, q := 1/c.phi, (c.phi-1)/c.phi
	log := stirling(n) - stirling(size) - stirling(k) - deviance(size, n*p) - deviance(k, n*q)
	return size / n * math.Exp(log) * math.Sqrt(n/(2*math.Pi*size*k))
}

// stirling is the error of Stirling's formula for ln Γ(x+1), x > 0.
func stirling(x float64) float64 {
	if x <= 15 {
		l, _ := math.Lgamma(x + 1)
		return l - (x+0.5)*math.Log(x) + x - 0.5*math.Log(2*math.Pi)
	}
	s := 1 / (x * x)
	return (1.0/12 - s*(1.0/360-s*(1.0/1260-s*(1.0/1680-s*(1.0/1188-s*691.0/360360))))) / x
}

// deviance is x·ln(x/m) + m − x, without cancellation where x is near m.
func deviance(x, m float64) float64 {
	if d := x - m; math.Abs(d) < 0.1*(x+m) {
		v := d / (x + m)
		s := d * v
		term := 2 * x * v
		for j := 3.0; j < 1000; j += 2 {
			term *= v * v
			next := s + term/j
			if next == s {
				break
			}
			s = next
		}
		return s
	}
	return x*math.Log(x/m) + m - x
}

// Where a tail has more counts than tooMany, sums over single counts give way to the incomplete beta function, or from a
// size of normalSize on, where that converges slowly, to a normal with its skewness.
const (
	tooMany    = 1e5
	normalSize = 1e5
)

// leastMass is where sums of masses stop at the latest: below it a float64 is rounded so coarsely that the next mass, if only a little
// smaller, is the same number, and the sum would have no end.
const leastMass = 0x1p-1022

// wide says that a tail is too long to be summed.
func (c counts) wide() bool { return 12*math.Sqrt(c.mean*c.phi)+40*c.phi > tooMany }

// smooth is P(X >= k) for wide distributions.
func (c counts) smooth(k float64) float64 {
	if size := c.mean / (c.phi - 1); c.phi > 1 && size < normalSize {
		return mathext.RegIncBeta(k, size, (c.phi-1)/c.phi)
	}
	return normalUpper(c.uncornish((k - 0.5 - c.mean) / math.Sqrt(c.mean*c.phi)))
}

// ratio is mass(k+1)/mass(k).
func (c counts) ratio(k float64) float64 {
	if c.phi <= 1 {
		return c.mean / (k + 1)
	}
	return (c.mean + k*(c.phi-1)) / (c.phi * (k + 1))
}

// upper is P(X >= k).
func (c counts) upper(k float64) float64 {
	switch {
	case k <= 0:
		return 1
	case math.IsNaN(c.mean) || math.IsNaN(c.phi):
		return math.NaN()
	case c.mean == 0:
		return 0
	case math.IsInf(c.mean*c.phi, 1):
		return math.NaN()
	case c.wide():
		return c.smooth(k)
	}
	if k > c.mean { // sum the tail
		m := c.mass(k)
		sum := m
		for j := k; m > sum*1e-17 && m >= leastMass; j++ {
			m *= c.ratio(j)
			sum += m
		}
		return math.Min(sum, 1)
	}
	return math.Max(1-c.below(k-1), 0)
}

// below is P(X <= k) for k at or below the mean or not far above it.
func (c counts) below(k float64) float64 {
	m := c.mass(k)
	sum := m
	for j := k; j > 0 && m > sum*1e-17 && m >= leastMass; j-- {
		m /= c.ratio(j - 1)
		sum += m
	}
	return math.Min(sum, 1)
}

// quantile is the smallest k with P(X <= k) >= 1-alpha, for alpha in (0, 1).
func (c counts) quantile(alpha float64) float64 {
	switch {
	case math.IsNaN(c.mean) || math.IsNaN(c.phi):
		return math.NaN()
	case c.mean == 0:
		return 0
	case math.IsInf(c.mean*c.phi, 1):
		return math.Inf(1)
	}
	sd := math.Sqrt(c.mean * c.phi)
	z := normalQuantile(alpha)
	k := math.Max(math.Floor(c.mean+sd*(z+c.skew()*(z*z-1)/6)), 0)
	// alpha and 1-alpha are told apart to 64 units of rounding, so that a quantile that is met exactly is met.
	limit := alpha + 64*(1-alpha)*0x1p-52
	enough := func(k float64) bool { return c.upper(k+1) <= limit }
	// From the guess in growing steps to where it crosses, then by halves. (Beyond 2^53 not every count is a float64.)
	low, high, step := -1.0, k, 1.0
	if enough(k) {
		for ; high-step >= 0 && enough(high-step); step *= 2 {
			high -= step
		}
		low = math.Max(high-step, -1)
	} else {
		for low = k; !enough(low + step); step *= 2 {
			if low += step; !(low <= 1e3*(c.mean+1)*c.phi) {
				return math.Inf(1) // not to be told
			}
		}
		high = low + step
	}
	for {
		middle := math.Floor(low + (high-low)/2)
		if middle <= low || middle >= high {
			return high
		}
		if enough(middle) {
			high = middle
		} else {
			low = middle
		}
	}
}

// skew is the skewness.
func (c counts) skew() float64 { return (2*c.phi - 1) / math.Sqrt(c.mean*c.phi) }

// uncornish turns a standardised count into the normal deviate with its tail (Cornish and Fisher 1937, first term).
func (c counts) uncornish(x float64) float64 { return x - c.skew()*(x*x-1)/6 }
