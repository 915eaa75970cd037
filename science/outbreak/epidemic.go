package outbreak

import "math"

// epidemic is the window for a rise that feeds on itself: counts with mean μ + λy against μ, y being the
// count just before. The log likelihood ratio of a window is Σ x·ln(1+λy/μ) − λΣy, concave in λ with one maximum over λ >= 0.
// A count after none (y = 0) says nothing about λ. Held, Höhle and Hofmann (2005), Stat Model 5:187; Höhle and Paul (2008).
type epidemic struct {
	x, y, mu []float64
	lambda   float64 // where the largest ratio was last found
}

func (w *epidemic) add(x, y, mu float64) {
	w.x, w.y, w.mu = append(w.x, x), append(w.y, y), append(w.mu, mu)
}

func (w *epidemic) points() int { return len(w.x) }

func (w *epidemic) last(x float64) { w.x[len(w.x)-1] = x }

// moves: after a count of 0 the last one has no part in the ratio.
func (w *epidemic) moves() bool { return w.y[len(w.y)-1] > 0 }

// drop forgets the n oldest points.
func (w *epidemic) drop(n int) {
	w.x, w.y, w.mu = append(w.x[:0], w.x[n:]...), append(w.y[:0], w.y[n:]...), append(w.mu[:0], w.mu[n:]...)
}

// ratio is that of one point.
func (w *epidemic) ratio(i int, lambda float64) float64 {
	return w.x[i]*math.Log1p(lambda*w.y[i]/w.mu[i]) - lambda*w.y[i]
}

// sums adds up what Newton's steps need over the points from s on: Σy, Σ xy/(μ+λy) and Σ xy²/(μ+λy)².
func (w *epidemic) sums(s int, lambda float64) (before, drawn, curve float64) {
	for i := s; i < len(w.x); i++ {
		if y := w.y[i]; y > 0 {
			part := y / (w.mu[i] + lambda*y)
			before += y
			drawn += w.x[i] * part
			curve += w.x[i] * part * part
		}
	}
	return before, drawn, curve
}

// statistic is the largest ratio over all starts at least atLeast points back and all λ >= 0, and how fast it rises with the last count.
func (w *epidemic) statistic(atLeast int) (best, slope float64) {
	n, at := len(w.x), w.lambda
	if n == 0 {
		return 0, 0
	}
	found := 0.0
	var here, tilt, rise, sumX, sumY float64 // at λ: the ratio and its slope; the slope at 0; the sums where y > 0
	for s := n - 1; s >= 0; s-- {
		x, y, mu := w.x[s], w.y[s], w.mu[s]
		if y > 0 {
			here += w.ratio(s, at)
			tilt += x*y/(mu+at*y) - y
			rise += x*y/mu - y
			sumX, sumY = sumX+x, sumY+y
		}
		if n-s < atLeast || rise <= 0 || y == 0 && n-s > atLeast {
			continue
		}
		// The tangent at λ lies above the ratio, and its maximum is not beyond Σx/Σy.
		if here+math.Max(tilt*(sumX/sumY-at), -tilt*at) <= best {
			continue
		}
		if r, lambda := w.search(s, sumX/sumY); r > best {
			best, found = r, lambda
		}
	}
	w.lambda = found
	return best, math.Log1p(found * w.y[n-1] / w.mu[n-1])
}

// search maximises the ratio of the points from s on over 0 < λ <= most.
func (w *epidemic) search(s int, most float64) (ratio, lambda float64) {
	low, high := 0.0, most
	lambda = math.Min(w.lambda, most)
	for range 100 {
		before, drawn, curve := w.sums(s, lambda)
		if drawn > before {
			low = lambda
		} else {
			high = lambda
		}
		next := lambda + (drawn-before)/curve
		if !(next > low && next < high) {
			next = (low + high) / 2
		}
		done := math.Abs(next-lambda) <= 1e-10*next
		if lambda = next; done {
			break
		}
	}
	for i := s; i < len(w.x); i++ {
		ratio += w.ratio(i, lambda)
	}
	return ratio, lambda
}

// asR is the statistic as R's algo.glrpois with change "epi" finds it, which is no maximum. It takes the starts from the longest window
// (all points since the last alarm, at most M+1 with its M) to the shortest (Mtilde points), and for each makes Newton's steps on φ = ln λ, with the observed information: φ grows by u/i,
// u = λ(Σ xy/(μ+λy) − Σy), i = λ²Σ xy²/(μ+λy)² − u, until λ moves by 1e-6 or less, φ is −18 or less, or 1,000
// steps are done. The first window begins at λ = ½, each other one where the one before ended. The statistic is the
// largest ratio at the λ where a search ended; not below 0.
//
// Thus it misses rises in two ways. In φ the ratio is not concave: where λ is far below the maximum, i is negative and the steps
// lead away from it, down to −18. And from φ <= −18 no search moves again, so once a long window shows no rise (λ = 0)
// every shorter one is judged at that λ of some 1e-8.
func (w *epidemic) asR(atLeast int) float64 {
	best, phi := 0.0, math.Log(0.5)
	n := len(w.x)
	for s := 0; s <= n-atLeast; s++ {
		if phi <= -18 || math.IsNaN(phi) { // it does not move again: what is left are sums at one λ
			return math.Max(best, w.held(s, atLeast, math.Exp(phi)))
		}
		lambda := math.Exp(phi)
		for range 1000 {
			before, drawn, curve := w.sums(s, lambda)
			u := lambda * (drawn - before)
			phi += u / (lambda*lambda*curve - u)
			was := lambda
			lambda = math.Exp(phi)
			if !(phi > -18 && math.Abs(lambda-was) > 1e-6) {
				break
			}
		}
		r := 0.0
		for i := s; i < n; i++ {
			r += w.ratio(i, lambda)
		}
		if r > best {
			best = r
		}
	}
	return best
}

// held is the largest ratio at one λ over the starts from first on that are at least atLeast points back; 0 if there is none above.
func (w *epidemic) held(first, atLeast int, lambda float64) float64 {
	best, r := 0.0, 0.0
	for s := len(w.x) - 1; s >= first; s-- {
		if r += w.ratio(s, lambda); len(w.x)-s >= atLeast && r > best {
			best = r
		}
	}
	return best
}
