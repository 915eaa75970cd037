package scan

import "math"

// gumbel is the distribution that maxima tend to, fitted by moments (Abrams, Kleinman and Kulldorff 2010).
type gumbel struct{ location, scale float64 }

// leastForTail is how many replicates a fit needs.
const leastForTail = 20

func newGumbel(maxima []float64) gumbel {
	if len(maxima) < leastForTail {
		return gumbel{math.NaN(), math.NaN()}
	}
	mean, square := 0.0, 0.0
	for _, v := range maxima {
		mean += v
	}
	mean /= float64(len(maxima))
	for _, v := range maxima {
		square += (v - mean) * (v - mean)
	}
	scale := math.Sqrt(square/float64(len(maxima)-1)*6) / math.Pi
	const euler = 0.57721566490153286061
	return gumbel{mean - euler*scale, scale}
}

// upper is P(X >= x).
func (g gumbel) upper(x float64) float64 {
	if g.scale == 0 {
		return math.NaN()
	}
	return -math.Expm1(-math.Exp(-(x - g.location) / g.scale))
}
