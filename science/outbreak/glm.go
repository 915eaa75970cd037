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
	m.level, m.sum, m.centre = sized(m.level, b.groups), sized(m.sum, b.groups), sized(m.centre, b.groups)
	for i, y := range b.y {
		m.mu[i] = y + 0.1
		m.eta[i] = math.Log(m.mu[i])
	}
	logs := sized(nil, n)
	for i, y := range b.y {
		if y > 0 {
			logs[i] = math.Log(y)
		}
	}
	old := deviances(b.y, logs, m.eta, m.mu, prior)
	before := make([]float64, b.groups)
	slope, stepped := 0.0, false
	for range mostSteps {
		m.step(b, prior)
		m.predict(b)
		d := deviances(b.y, logs, m.eta, m.mu, prior)
		for half := 0; !finite(d) && half < mostSteps; half++ { // too long a step is halved
			if !stepped {
				return false
			}
			for g := range before {
				m.level[g] = (m.level[g] + before[g]) / 2
			}
			m.slope = (m.slope + slope) / 2
			m.predict(b)
			d = deviances(b.y, logs, m.eta, m.mu, prior)
		}
		if !finite(d) {
			return false
		}
		if math.Abs(d-old)/(math.Abs(d)+0.1) < tolerance {
			return true
		}
		old, slope, stepped = d, m.slope, true
		copy(before, m.level)
	}
	return false
}

// step solves the weighted least squares of the working response; the rows' groups make it plain sums.
func (m *model) step(b *baseline, prior []float64) {
	sumZ := make([]float64, b.groups)
	clear(m.sum)
	clear(m.centre)
	for i, y := range b.y {
		w := m.mu[i]
		if prior != nil {
			w *= prior[i]
		}
		m.work[i] = w
		m.eta[i] += (y - m.mu[i]) / m.mu[i] // the working response
		g := b.g[i]
		m.sum[g] += w
		m.centre[g] += w * b.t[i]
		sumZ[g] += w * m.eta[i]
	}
	for g := range m.centre {
		m.centre[g] /= m.sum[g]
	}
	m.spread = 0
	if m.trend {
		cross := 0.0
		for i, w := range m.work {
			g := b.g[i]
			d := b.t[i] - m.centre[g]
			m.spread += w * d * d
			cross += w * d * (m.eta[i] - sumZ[g]/m.sum[g])
		}
		m.slope = cross / m.spread
	}
	for g := range m.level {
		m.level[g] = sumZ[g]/m.sum[g] - m.slope*m.centre[g]
	}
}

func (m *model) predict(b *baseline) {
	for i, t := range b.t {
		m.eta[i] = m.level[b.g[i]] + m.slope*t
		m.mu[i] = math.Max(math.Exp(m.eta[i]), leastMean)
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

// deviances is the Poisson deviance.
func deviances(y, logs, eta, mu, prior []float64) float64 {
	sum := 0.0
	for i, x := range y {
		d := mu[i]
		if x > 0 {
			d += x*(logs[i]-eta[i]) - x
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
