package outbreak

import "math"

// GLROptions are the options of the generalised likelihood ratio.
type GLROptions struct {
	Limit    float64 // c.ARL: alarm at this statistic
	Window   int     // M: how many points a rise may have lasted; 0 for all since the last alarm
	AtLeast  int     // Mtilde: how many points it must have lasted, at least 1
	Overdisp float64 // alpha of the negative binomial, variance μ + alpha·μ²; 0 is Poisson
}

// DefaultGLR are those of R's algo.glrpois with all starts looked at: limit 5, M −1, Mtilde 1.
func DefaultGLR() GLROptions { return GLROptions{Limit: 5, AtLeast: 1} }

// GLR watches for a rise by an unknown factor that began at an unknown point: the statistic is the largest log likelihood
// ratio of counts with mean μ·e^κ against μ, over κ >= 0 and the points since the last alarm; an alarm is when it reaches the limit, and
// then it starts anew. Counts are Poisson or, with Overdisp, negative binomial. The bound is the count
// that reaches the limit, to a thousandth; an alarm is at or above it. There is no p-value. A missing count is passed over.
// Time per point is in proportion to the window. Höhle and Paul (2008), Comput Stat Data Anal 52:4357.
func GLR(series, means []float64, o GLROptions) []Watched {
	out := make([]Watched, len(series))
	w := rise{alpha: o.Overdisp}
	for t, x := range series {
		mu := means[t]
		if !(mu > 0) || math.IsInf(mu, 1) || math.IsNaN(x) {
			out[t] = Watched{silent(x, Unknown), math.NaN()}
			continue
		}
		w.add(x, mu)
		if o.Window > 0 && len(w.x) > o.Window {
			w.drop(len(w.x) - o.Window)
		}
		stat := w.statistic(o.AtLeast)
		p := Watched{Point{Observed: x, Expected: mu, PValue: math.NaN(), Alarm: stat >= o.Limit}, stat}
		p.Bound = w.bound(o)
		out[t] = p
		if math.IsNaN(p.Bound) {
			out[t].Reason = Short
		}
		if p.Alarm {
			w.drop(len(w.x))
		}
	}
	return out
}

// rise holds the points since the last alarm.
type rise struct {
	alpha  float64
	x, mu  []float64
	kappas []float64 // where the best κ was found for each start; the next search begins there
}

func (w *rise) add(x, mu float64) {
	w.x, w.mu, w.kappas = append(w.x, x), append(w.mu, mu), append(w.kappas, 0)
}

// drop forgets the n oldest points.
func (w *rise) drop(n int) {
	w.x, w.mu, w.kappas = append(w.x[:0], w.x[n:]...), append(w.mu[:0], w.mu[n:]...), append(w.kappas[:0], w.kappas[n:]...)
}

// statistic is the largest ratio over all starts at least atLeast points back.
func (w *rise) statistic(atLeast int) float64 {
	best, sumX, sumMu, score := 0.0, 0.0, 0.0, 0.0
	same := true // all means since the start are equal
	for s := len(w.x) - 1; s >= 0; s-- {
		sumX, sumMu = sumX+w.x[s], sumMu+w.mu[s]
		score += (w.x[s] - w.mu[s]) / (1 + w.alpha*w.mu[s]) // the slope at κ = 0
		same = same && w.mu[s] == w.mu[len(w.mu)-1]
		if len(w.x)-s < atLeast || score <= 0 {
			continue
		}
		n := float64(len(w.x) - s)
		switch {
		case w.alpha == 0:
			kappa := math.Log(sumX / sumMu)
			best = math.Max(best, kappa*sumX-(sumX-sumMu))
		case same:
			mu := w.mu[s]
			kappa := math.Log(sumX / sumMu)
			best = math.Max(best, kappa*sumX+(sumX+n/w.alpha)*math.Log((1+w.alpha*mu)/(1+w.alpha*mu*math.Exp(kappa))))
		case w.poisson(sumX, sumMu) > best: // overdispersion only lowers the ratio
			best = math.Max(best, w.search(s))
		}
	}
	return best
}

// poisson is the ratio that Poisson counts would have.
func (w *rise) poisson(x, mu float64) float64 {
	if x <= mu {
		return math.Inf(1)
	}
	return math.Log(x/mu)*x - (x - mu)
}

// search maximises the negative binomial ratio of the points from s on over κ. It is concave in κ, so
// Newton's steps, cut to where the slope has changed sign, find its only maximum.
func (w *rise) search(s int) float64 {
	kappa := w.kappas[s]
	low, high := 0.0, math.Inf(1)
	for range 100 {
		e, slope, curve := math.Exp(kappa), 0.0, 0.0
		for i := s; i < len(w.x); i++ {
			m := w.mu[i] * e
			d := 1 + w.alpha*m
			slope += (w.x[i] - m) / d
			curve -= m * (1 + w.alpha*w.x[i]) / (d * d)
		}
		if slope > 0 {
			low = kappa
		} else {
			high = kappa
		}
		next := kappa - slope/curve
		if !(next > low && next < high) {
			if next = (low + high) / 2; math.IsInf(high, 1) {
				next = low + 1
			}
		}
		done := math.Abs(next-kappa) < 1e-12*(1+kappa)
		kappa = next
		if done {
			break
		}
	}
	w.kappas[s] = kappa
	e, ratio := math.Exp(kappa), 0.0
	for i := s; i < len(w.x); i++ {
		ratio += w.x[i]*kappa - (w.x[i]+1/w.alpha)*math.Log1p(w.alpha*w.mu[i]*(e-1)/(1+w.alpha*w.mu[i]))
	}
	return ratio
}

// bound is the last count that just reaches the limit, NaN if the window is still too short. The statistic rises with the
// last count, so halving finds it.
func (w *rise) bound(o GLROptions) float64 {
	if len(w.x) < o.AtLeast {
		return math.NaN()
	}
	last := len(w.x) - 1
	was := w.x[last]
	defer func() { w.x[last] = was }()
	reaches := func(x float64) bool {
		w.x[last] = x
		return w.statistic(o.AtLeast) >= o.Limit
	}
	if reaches(0) {
		return 0
	}
	low, high := 0.0, math.Max(2*w.mu[last], 1)
	for !reaches(high) {
		if low, high = high, 2*high; high > 1e15 {
			return math.NaN()
		}
	}
	for high-low > 1e-3 && high-low > 1e-12*high {
		if m := (low + high) / 2; reaches(m) {
			high = m
		} else {
			low = m
		}
	}
	return high
}
