package outbreak

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// InControl estimates the mean of every point of a series from its first baseline points: their plain mean
// or, with harmonics > 0, a Poisson regression with log link on that many sines and cosines of a year of
// freq points. Missing counts are passed over. ok is false if that cannot be estimated: no cases, or
// fewer counts than parameters.
func InControl(series []float64, baseline, harmonics int, freq float64) (means []float64, ok bool) {
	baseline = min(baseline, len(series))
	sum, n := 0.0, 0
	for _, x := range series[:baseline] {
		if !math.IsNaN(x) {
			sum += x
			n++
		}
	}
	p := 1 + 2*harmonics
	if sum == 0 || n < p || (harmonics > 0 && n <= p) {
		return nil, false
	}
	means = make([]float64, len(series))
	if harmonics == 0 {
		for t := range means {
			means[t] = sum / float64(n)
		}
		return means, true
	}
	row := make([]float64, p)
	at := func(t int) []float64 {
		row[0] = 1
		for h := 1; h <= harmonics; h++ {
			a := 2 * math.Pi * float64(h) * float64(t+1) / freq
			row[2*h-1], row[2*h] = math.Cos(a), math.Sin(a)
		}
		return row
	}
	beta := make([]float64, p)
	for t := range baseline { // the same start as a Poisson regression in R
		means[t] = series[t] + 0.1
	}
	old := math.Inf(1)
	for range 50 {
		xtx, xtz := mat.NewSymDense(p, nil), mat.NewVecDense(p, nil)
		for t, y := range series[:baseline] {
			if math.IsNaN(y) {
				continue
			}
			x, mu := at(t), means[t]
			z := math.Log(mu) + (y-mu)/mu
			for i := range x {
				for j := i; j < p; j++ {
					xtx.SetSym(i, j, xtx.At(i, j)+mu*x[i]*x[j])
				}
				xtz.SetVec(i, xtz.AtVec(i)+mu*x[i]*z)
			}
		}
		var c mat.Cholesky
		var b mat.VecDense
		if !c.Factorize(xtx) || c.SolveVecTo(&b, xtz) != nil {
			return nil, false
		}
		copy(beta, b.RawVector().Data)
		d := 0.0
		for t := range means {
			eta := 0.0
			for i, v := range at(t) {
				eta += beta[i] * v
			}
			means[t] = math.Max(math.Exp(eta), leastMean)
			if t < baseline && !math.IsNaN(series[t]) {
				d += means[t] - series[t]*eta
			}
		}
		if !finite(d) {
			return nil, false
		}
		if math.Abs(d-old) < 1e-12*(math.Abs(d)+0.1) {
			return means, true
		}
		old = d
	}
	return nil, false
}

// Overdispersion is alpha of the variance μ + αμ² by the method of moments, Σ((x−μ)² − μ)/Σμ², not below 0. Missing counts are passed over.
func Overdispersion(series, means []float64) float64 {
	over, square := 0.0, 0.0
	for t, x := range series {
		if mu := means[t]; !math.IsNaN(x) && mu > 0 {
			over += (x-mu)*(x-mu) - mu
			square += mu * mu
		}
	}
	if square == 0 {
		return 0
	}
	return math.Max(over/square, 0)
}
