package outbreak

import "math"

// Change is the kind of rise that GLR looks for.
type Change int

const (
	Intercept   Change = iota // the mean rises by a factor: μe^κ, R's change "intercept"
	Epidemic                  // a part of the count before comes on top: μ + λ·(count before); λ is searched for as R does for its change "epi"
	EpidemicMax               // the same with the λ that makes the ratio largest
)

// GLROptions are the options of the generalised likelihood ratio.
type GLROptions struct {
	Limit    float64 // c.ARL: alarm at this statistic
	Window   int     // how many points a rise may have lasted (R's M + 1); 0 for all since the last alarm
	AtLeast  int     // Mtilde: how many points it must have lasted, at least 1
	Overdisp float64 // alpha of the negative binomial, variance μ + alpha·μ²; 0 is Poisson. Not for Epidemic and EpidemicMax
	Change   Change
}

// DefaultGLR are those of R's algo.glrpois with all starts looked at: limit 5, M −1, Mtilde 1.
func DefaultGLR() GLROptions { return GLROptions{Limit: 5, AtLeast: 1} }

// GLR watches for a rise of unknown size that began at an unknown point: the statistic is the largest log likelihood
// ratio of counts with the risen mean against μ, over all sizes of the rise and the points since the last alarm; an alarm is when it
// reaches the limit, and then it starts anew. Counts are Poisson or, with Overdisp, negative binomial. The bound is the count
// that reaches the limit; an alarm is at or above it. There is no p-value. A missing count is passed over.
// Time per point is in proportion to the window, for Epidemic and EpidemicMax at worst to its square. Höhle and Paul (2008), Comput Stat Data Anal 52:4357.
//
// Epidemic and EpidemicMax need the count before each: before the first it is taken to be 0, as R does, and the point after a missing
// count is passed over too. With Epidemic the search does not find every rise (see asR), so the bound, which is that of
// EpidemicMax on the same points, is necessary for an alarm and not sufficient. Where the count before is 0
// the count itself cannot make an alarm, and no bound is told (Unbounded).
func GLR(series, means []float64, o GLROptions) []Watched {
	out := make([]Watched, len(series))
	var w window = &rise{alpha: o.Overdisp}
	if o.Change != Intercept {
		w = &epidemic{}
	}
	before := 0.0
	for t, x := range series {
		mu, y := means[t], before
		before = x
		if !(mu > 0) || math.IsInf(mu, 1) || math.IsNaN(x) || o.Change != Intercept && math.IsNaN(y) {
			out[t] = Watched{Silent(x, Unknown), math.NaN()}
			continue
		}
		w.add(x, y, mu)
		if o.Window > 0 && w.points() > o.Window {
			w.drop(w.points() - o.Window)
		}
		stat, _ := w.statistic(o.AtLeast)
		if e, ok := w.(*epidemic); ok && o.Change == Epidemic {
			stat = e.asR(o.AtLeast)
		}
		p := Watched{Point{Observed: x, Expected: mu, Bound: bound(w, x, mu, o), PValue: math.NaN(), Alarm: stat >= o.Limit, sentence: reached}, stat}
		if math.IsNaN(p.Bound) {
			p.Reason = Short
		} else if math.IsInf(p.Bound, 1) {
			p.Bound, p.Reason = math.NaN(), Unbounded
		}
		out[t] = p
		if p.Alarm {
			w.drop(w.points())
		}
	}
	return out
}

// window is the points since the last alarm.
type window interface {
	add(x, before, mu float64)                   // a count, the one before it, its mean
	points() int                                 // how many there are
	drop(n int)                                  // forgets the n oldest
	last(x float64)                              // puts another count in the last one's place
	moves() bool                                 // whether the last count can move the statistic
	statistic(atLeast int) (best, slope float64) // the largest ratio over all starts at least atLeast points back, and how fast it rises with the last count
}

// bound is the last count x that just reaches the limit, NaN if the window is still too short, infinite if none does. The statistic
// is a maximum of functions linear in the last count, so it is convex, and Newton's steps come down to the limit from above.
func bound(w window, was, mu float64, o GLROptions) float64 {
	if w.points() < o.AtLeast {
		return math.NaN()
	}
	defer w.last(was)
	if !w.moves() {
		if g, _ := w.statistic(o.AtLeast); g >= o.Limit {
			return 0
		}
		return math.Inf(1)
	}
	x, enough := was, math.Inf(1) // the least count so far that reaches the limit
	for range 200 {
		w.last(x)
		g, slope := w.statistic(o.AtLeast)
		next := 2*x + mu + 1
		if slope > 0 {
			next = math.Min(x-(g-o.Limit)/slope, 4*x+10*mu+100)
		}
		next = math.Max(next, 0)
		if g >= o.Limit {
			enough = math.Min(enough, x)
		}
		if math.Abs(next-x) <= 1e-9*(1+x) {
			return next
		}
		if next >= enough { // as near as rounding lets it come
			return enough
		}
		x = next
	}
	if !math.IsInf(enough, 1) {
		return enough
	}
	return math.NaN()
}

// rise is the window for a rise by a factor e^κ, κ >= 0.
type rise struct {
	alpha  float64
	x, mu  []float64
	kappas []float64 // where the best κ was found for each start; the next search begins there
	most   []float64 // the largest ratio that each count could have by itself
}

func (w *rise) points() int { return len(w.x) }

func (w *rise) last(x float64) { w.x[len(w.x)-1] = x }

func (w *rise) moves() bool { return true }

func (w *rise) add(x, _, mu float64) {
	w.x, w.mu, w.kappas, w.most = append(w.x, x), append(w.mu, mu), append(w.kappas, 0), append(w.most, 0)
	w.most[len(w.most)-1] = w.alone(len(w.x) - 1)
}

// alone is the largest negative binomial ratio that one count could have by itself; 0 for Poisson, where it is not needed.
func (w *rise) alone(i int) float64 {
	if x, mu := w.x[i], w.mu[i]; w.alpha > 0 && x > mu {
		return w.ratio(x, mu, math.Log(x/mu))
	}
	return 0
}

// drop forgets the n oldest points.
func (w *rise) drop(n int) {
	w.x, w.mu, w.kappas, w.most = append(w.x[:0], w.x[n:]...), append(w.mu[:0], w.mu[n:]...), append(w.kappas[:0], w.kappas[n:]...), append(w.most[:0], w.most[n:]...)
}

// statistic is the largest ratio over all starts at least atLeast points back, and how fast it rises with the last count.
func (w *rise) statistic(atLeast int) (best, slope float64) {
	sumX, sumMu, score, most := 0.0, 0.0, 0.0, 0.0
	last := w.mu[len(w.mu)-1]
	same := true // all means since the start are equal
	for s := len(w.x) - 1; s >= 0; s-- {
		x, mu := w.x[s], w.mu[s]
		sumX, sumMu = sumX+x, sumMu+mu
		score += (x - mu) / (1 + w.alpha*mu) // the slope at κ = 0
		same = same && mu == last
		if s == len(w.x)-1 {
			most = w.alone(s)
		} else {
			most += w.most[s]
		}
		if len(w.x)-s < atLeast || score <= 0 {
			continue
		}
		// What cannot be above the best so far: a Poisson ratio is at most (Σx−Σμ)²/2Σμ, and with one mean overdispersion only lowers it.
		if over := sumX - sumMu; (w.alpha == 0 || same) && over*over <= 2*sumMu*best || most <= best && !same && w.alpha > 0 {
			continue
		}
		kappa := math.Log(sumX / sumMu)
		var r float64
		switch n := float64(len(w.x) - s); {
		case w.alpha == 0:
			r = kappa*sumX - (sumX - sumMu)
		case same:
			r = kappa*sumX - (sumX+n/w.alpha)*math.Log1p(w.alpha*mu*math.Expm1(kappa)/(1+w.alpha*mu))
		default:
			r, kappa = w.search(s)
		}
		if r > best {
			best, slope = r, kappa
			if w.alpha > 0 {
				slope -= math.Log1p(w.alpha * last * math.Expm1(kappa) / (1 + w.alpha*last))
			}
		}
	}
	return best, slope
}

// ratio is the negative binomial log likelihood ratio of one count.
func (w *rise) ratio(x, mu, kappa float64) float64 {
	return x*kappa - (x+1/w.alpha)*math.Log1p(w.alpha*mu*math.Expm1(kappa)/(1+w.alpha*mu))
}

// search maximises the negative binomial ratio of the points from s on over κ. It is concave in κ, so
// Newton's steps, kept to where the slope has not changed sign, find its only maximum.
func (w *rise) search(s int) (ratio, kappa float64) {
	kappa = w.kappas[s]
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
		done := math.Abs(next-kappa) < 1e-10*(1+kappa)
		kappa = next
		if done {
			break
		}
	}
	w.kappas[s] = kappa
	for i := s; i < len(w.x); i++ {
		ratio += w.ratio(w.x[i], w.mu[i], kappa)
	}
	return ratio, kappa
}
