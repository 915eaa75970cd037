package outbreak

import "math"

// Transform makes counts about standard normal before they are summed.
type Transform int

const (
	Standard Transform = iota // (x−μ)/√μ
	Rossi                     // (x − 3μ + 2√(xμ)) / (2√μ), Rossi et al. (1999)
	Anscombe                  // 1.5·(x^⅔ − μ^⅔)/μ^⅙
)

// CUSUMOptions are the options of CUSUM: the drift taken off at each point and the limit, in standard deviations.
type CUSUMOptions struct {
	K, H      float64
	Transform Transform
}

// DefaultCUSUM are those of R's algo.cusum: k 1.04, h 2.26, standard.
func DefaultCUSUM() CUSUMOptions { return CUSUMOptions{K: 1.04, H: 2.26} }

// Watched is a Point of a method that sums up over time, with the sum.
type Watched struct {
	Point
	Statistic float64 // what is compared with the limit
}

// reached is the sentence of an alarm that counts before took part in.
const reached = "outbreak.alarm_reached"

// CUSUM adds up how far counts z stand above their mean, S = max(0, S + z − k), and alarms while S >= h. It is not
// set back by an alarm. means has the in-control mean of each point, above 0. The bound is the
// count, perhaps a fraction, that reaches the limit: an alarm is at or above it. There is no p-value, for points are not independent.
// A missing count leaves S as it was. Rossi, Lampugnani and Marchi (1999), Stat Med 18:2111.
func CUSUM(series, means []float64, o CUSUMOptions) []Watched {
	out := make([]Watched, len(series))
	s := 0.0
	for t, x := range series {
		mu := means[t]
		if !(mu > 0) || math.IsInf(mu, 1) || math.IsNaN(x) {
			out[t] = Watched{Silent(x, Unknown), s}
			continue
		}
		bound := math.Max(o.Transform.back(o.H+o.K-s, mu), 0)
		s = math.Max(0, s+o.Transform.of(x, mu)-o.K)
		out[t] = Watched{Point{Observed: x, Expected: mu, Bound: bound, PValue: math.NaN(), Alarm: s >= o.H, sentence: reached}, s}
	}
	return out
}

func (f Transform) of(x, mu float64) float64 {
	switch f {
	case Rossi:
		return (x - 3*mu + 2*math.Sqrt(x*mu)) / (2 * math.Sqrt(mu))
	case Anscombe:
		cx, c := math.Cbrt(x), math.Cbrt(mu)
		return 1.5 * (cx*cx - c*c) / math.Sqrt(c)
	default:
		return (x - mu) / math.Sqrt(mu)
	}
}

// back is the count whose transform is z; below 0 where none is so low.
func (f Transform) back(z, mu float64) float64 {
	switch f {
	case Rossi: // a square in √x
		root := math.Sqrt(math.Max(4*mu+2*z*math.Sqrt(mu), 0)) - math.Sqrt(mu)
		if root < 0 {
			return -1
		}
		return root * root
	case Anscombe:
		c := math.Cbrt(mu)
		return math.Pow(math.Max(z*math.Sqrt(c)/1.5+c*c, 0), 1.5)
	default:
		return mu + z*math.Sqrt(mu)
	}
}

// LROptions are the options of LRCUSUM.
type LROptions struct {
	Ratio    float64 // the factor by which the mean rises, above 1
	Limit    float64 // alarm at this sum of log likelihood ratios
	Overdisp float64 // alpha of the negative binomial, variance μ + alpha·μ²; 0 is Poisson
}

// LRCUSUM watches for a known rise of the mean by the factor Ratio, e^θ: S = max(0, S + r), r the log likelihood ratio of a count. That is
// θx − μ(e^θ−1) for Poisson, θx − (x+1/α)·ln((1+αμe^θ)/(1+αμ)) for negative binomial counts. An
// alarm when S >= Limit; then it starts again at 0. Bound, gaps and means as in CUSUM. Höhle and Paul (2008), Comput Stat Data Anal 52:4357.
func LRCUSUM(series, means []float64, o LROptions) []Watched {
	out := make([]Watched, len(series))
	s, theta := 0.0, math.Log(o.Ratio)
	for t, x := range series {
		mu := means[t]
		if !(mu > 0) || math.IsInf(mu, 1) || math.IsNaN(x) {
			out[t] = Watched{Silent(x, Unknown), s}
			continue
		}
		slope, taken := theta, mu*(o.Ratio-1) // r = slope·x − taken
		if o.Overdisp > 0 {
			log := math.Log1p(o.Overdisp * mu * (o.Ratio - 1) / (1 + o.Overdisp*mu))
			slope, taken = theta-log, log/o.Overdisp
		}
		bound := math.Max((o.Limit-s+taken)/slope, 0)
		s = math.Max(0, s+slope*x-taken)
		out[t] = Watched{Point{Observed: x, Expected: mu, Bound: bound, PValue: math.NaN(), Alarm: s >= o.Limit, sentence: reached}, s}
		if s >= o.Limit {
			s = 0
		}
	}
	return out
}
