package outbreak

import "math"

// model is a quasi-Poisson regression with log link of counts on their groups and, if trend, on time. Its
// design is arrow-shaped (an indicator a group, one column for time), so a step of the fit takes time in proportion to the counts.
type model struct {
	trend bool
	level []float64 // of a group, at time 0, on the log scale
	slope float64   // a point of time

	eta, mu, work []float64 // linear predictor, mean, working weights of the last step (from the mean before it)
	sum, centre   []float64 // a group's working weight, and its mean time
	spread        float64   // Σ work·(time − its group's mean)²: the information on the slope

	before, response []float64 // levels of the step before; a group's mean working response
}

const (
	mostSteps = 25
	tolerance = 1e-8
	leastMean = 0x1p-52
)

// fit estimates by iteratively reweighted least squares exactly as R's glm does, since its numbers show where it
// stops: it starts at μ = y + 0.1, takes at most 25 steps, and ends when |ΔD|/(|D|+0.1) < 1e-8, D the deviance. prior may be nil for ones.
func (m *model) fit(b *baseline, prior []float64, trend bool) (converged bool) {
	n := len(b.y)
	m.trend, m.slope = trend, 0
	m.eta, m.mu, m.work = sized(m.eta, n), sized(m.mu, n), sized(m.work, n)
	for _, s := range []*[]float64{&m.level, &m.before, &m.sum, &m.centre, &m.response} {
		*s = sized(*s, b.groups)
	}
	for i, y := range b.y {
		m.mu[i] = y + 0.1
	}
	copy(m.eta, b.start)
	old := m.deviance(b, prior)
	slope, stepped := 0.0, false
	for range mostSteps {
		m.step(b, prior)
		m.predict(b)
		d := m.deviance(b, prior)
		for half := 0; !finite(d) && half < mostSteps; half++ { // too long a step is halved
			if !stepped {
				return false
			}
			for g := range m.level {
				m.level[g] = (m.level[g] + m.before[g]) / 2
			}
			m.slope = (m.slope + slope) / 2
			m.predict(b)
			d = m.deviance(b, prior)
		}
		if !finite(d) {
			return false
		}
		if math.Abs(d-old)/(math.Abs(d)+0.1) < tolerance {
			return true
		}
		old, slope, stepped = d, m.slope, true
		copy(m.before, m.level)
	}
	return false
}

// step solves the weighted least squares of the working response; the rows' groups make it plain sums.
func (m *model) step(b *baseline, prior []float64) {
	clear(m.sum)
	clear(m.centre)
	clear(m.response)
	for i, y := range b.y {
		mu := m.mu[i]
		w := mu
		if prior != nil {
			w *= prior[i]
		}
		m.work[i] = w
		z := m.eta[i] + (y-mu)/mu // the working response
		m.eta[i] = z
		g := b.g[i]
		m.sum[g] += w
		m.centre[g] += w * b.t[i]
		m.response[g] += w * z
	}
	for g := range m.centre {
		m.centre[g] /= m.sum[g]
		m.response[g] /= m.sum[g]
	}
	m.spread = 0
	if m.trend {
		cross := 0.0
		for i, w := range m.work {
			g := b.g[i]
			wd := w * (b.t[i] - m.centre[g])
			m.spread += wd * (b.t[i] - m.centre[g])
			cross += wd * (m.eta[i] - m.response[g])
		}
		m.slope = cross / m.spread
	}
	for g := range m.level {
		m.level[g] = m.response[g] - m.slope*m.centre[g]
	}
}

// predict makes the means. From one point to the next of the same group the mean grows by a constant factor, so few exponentials are needed.
func (m *model) predict(b *baseline) {
	factor := math.Exp(m.slope)
	mu := 0.0
	for i, t := range b.t {
		g := b.g[i]
		m.eta[i] = m.level[g] + m.slope*t
		if i > 0 && b.g[i-1] == g && (t == b.t[i-1]+1 || m.slope == 0) {
			mu *= factor
		} else {
			mu = math.Exp(m.eta[i])
		}
		m.mu[i] = mu
		if !(mu >= leastMean) {
			m.mu[i] = math.Max(mu, leastMean)
		}
	}
}

// rank is the number of parameters.
func (m *model) rank() int {
	if m.trend {
		return len(m.level) + 1
	}
	return len(m.level)
}

// dispersion is Σ weight·((y−μ)/μ)² / (n−p), with the working weights or others.
func (m *model) dispersion(b *baseline, weights []float64) float64 {
	sum := 0.0
	for i, y := range b.y {
		r := (y - m.mu[i]) / m.mu[i]
		sum += weights[i] * r * r
	}
	return sum / float64(len(b.y)-m.rank())
}

// leverage is the diagonal of the hat matrix at row i.
func (m *model) leverage(b *baseline, i int) float64 {
	g := b.g[i]
	h := 1 / m.sum[g]
	if m.trend {
		d := b.t[i] - m.centre[g]
		h += d * d / m.spread
	}
	return m.work[i] * h
}

// variance is that of the linear predictor at time 0 in group g, for a dispersion of 1.
func (m *model) variance(g int) float64 {
	v := 1 / m.sum[g]
	if m.trend {
		v += m.centre[g] * m.centre[g] / m.spread
	}
	return v
}

// deviance is the Poisson deviance.
func (m *model) deviance(b *baseline, prior []float64) float64 {
	sum := 0.0
	for i, x := range b.y {
		d := m.mu[i]
		if x > 0 {
			d += x*(b.logs[i]-m.eta[i]) - x
		}
		if prior != nil {
			d *= prior[i]
		}
		sum += d
	}
	return 2 * sum
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// sized returns a slice of n values, the old storage if it is large enough.
func sized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
