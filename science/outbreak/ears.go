package outbreak

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Variant is one of the three EARS methods.
type Variant int

const (
	C1 Variant = 1 + iota // the baseline ends the point before
	C2                    // two points are left out before the baseline ends, so that a slow rise does not hide itself
	C3                    // C2 with memory: how far the two points before stood out counts too
)

// EARSOptions are the options of EARS.
type EARSOptions struct {
	Variant  Variant
	Baseline int     // points in the baseline, at least 2
	MinSigma float64 // the least standard deviation, in counts; 0 takes the baseline's own
	Alpha    float64 // in (0, 1)
}

// DefaultEARS are the options of R's earsC: baseline 7, no least sigma, alpha 0.001 (C1, C2) or 0.025 (C3).
func DefaultEARS(v Variant) EARSOptions {
	if v == C3 {
		return EARSOptions{Variant: v, Baseline: 7, Alpha: 0.025}
	}
	return EARSOptions{Variant: v, Baseline: 7, Alpha: 0.001}
}

// EARS tells a Point for each count of a series, from its mean m and standard deviation s over a short baseline.
//
// C1 and C2: the bound is m + z·s, z the normal quantile of 1-alpha; the p-value is the normal tail. Neither reckons with m and s
// being estimates, so with a short baseline there are many more alarms than alpha says. C3, as
// R's earsC has it: the bound is x + s·(z − Σ max(0, S−1)) over the two points before, S their (x−m)/s, never below 0.
// So it depends on the count x itself, and the sum is no p-value: C3 has none.
//
// A flat baseline (s = 0, with MinSigma 0) puts the bound of C1 and C2 at m, and has no p-value; set MinSigma
// to 0.5 or 1 for sparse counts, or one case after seven zeros alarms. In C3 it leaves S undefined or
// infinite; then nothing is told (Flat) where earsC has NA. A missing count silences the points whose baseline holds it.
//
// The first points that can be told are the 8th (C1), 10th (C2) and 12th (C3) with a baseline of 7.
// Hutwagner et al. (2003), J Urban Health 80:i89; Fricker, Hegler and Dunfee (2008), Stat Med 27:3407.
func EARS(series []float64, o EARSOptions) []Point {
	points := make([]Point, len(series))
	z := normalQuantile(o.Alpha)
	gap := 0
	if o.Variant != C1 {
		gap = 2
	}
	first := o.Baseline + gap // 0-based index of the first point with a baseline
	memory := 0
	if o.Variant == C3 {
		memory = 2
	}
	var before [2]float64 // S of the two points before; NaN where undefined
	for t, x := range series {
		if t < first {
			points[t] = Silent(x, Short)
			continue
		}
		mean, sigma := spread(series[t-gap-o.Baseline : t-gap])
		sigma = math.Max(sigma, o.MinSigma)
		s := (x - mean) / sigma
		switch {
		case t < first+memory:
			points[t] = Silent(x, Short)
		case math.IsNaN(x) || math.IsNaN(mean):
			points[t] = Silent(x, Unknown)
		case o.Variant != C3:
			p := Point{Observed: x, Expected: mean, Bound: mean + z*sigma, PValue: math.NaN()}
			if sigma > 0 {
				p.PValue = normalUpper(s)
				p.few, p.score = o.Baseline, s
			}
			p.Alarm = x > p.Bound
			points[t] = p
		default:
			sum := beyond(before[0]) + beyond(before[1])
			bound := x + sigma*(z-sum)
			if math.IsNaN(bound) {
				why := Flat
				if math.IsNaN(series[t-1]) || math.IsNaN(series[t-2]) || holds(series[t-gap-o.Baseline-memory:t-gap]) {
					why = Unknown
				}
				points[t] = Silent(x, why)
				break
			}
			bound = math.Max(bound, 0)
			points[t] = Point{Observed: x, Expected: mean, Bound: bound, PValue: math.NaN(), Alarm: x > bound, sentence: "outbreak.alarm_before"}
		}
		before[0], before[1] = before[1], s
	}
	return points
}

// predictive is the chance of a count as far above the mean of n points, in their standard deviations, when it is one more of
// them: s/√(1+1/n) has Student's t with n−1 degrees of freedom where they are normal (Hahn 1970, J Qual Technol 2:115).
func predictive(s float64, n int) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Survival(s / math.Sqrt(1+1/float64(n)))
}

// beyond is max(0, S−1), undefined where S is.
func beyond(s float64) float64 {
	if math.IsNaN(s) {
		return s
	}
	return math.Max(0, s-1)
}

func holds(series []float64) bool {
	for _, x := range series {
		if math.IsNaN(x) {
			return true
		}
	}
	return false
}

// spread is the mean and the sample standard deviation.
func spread(xs []float64) (mean, sd float64) {
	for _, x := range xs {
		mean += x
	}
	mean /= float64(len(xs))
	for _, x := range xs {
		sd += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(sd / float64(len(xs)-1))
}
