package outbreak

import (
	"math"
	"time"
)

// Threshold is how Farrington's bound is made.
type Threshold int

const (
	Delta    Threshold = iota // a normal on a power scale, with the uncertainty of the mean (Farrington et al. 1996)
	NBPlugin                  // a quantile of the negative binomial with the fitted mean (Noufaily et al. 2013)
	MuAn                      // the same, with the mean's upper confidence limit for its mean
)

// Power is the scale on which Delta takes counts to be normal.
type Power int

const (
	TwoThirds Power = iota // corrects the skewness
	Half                   // makes the variance stable
	None                   // counts as they are
)

// FarringtonOptions are the options of farringtonFlexible, under its names.
type FarringtonOptions struct {
	Freq             int     // points in a year: 52, 365, 12 or another number
	B                int     // years back
	W                int     // half the window around a reference, in points
	Periods          int     // noPeriods: groups a year is cut into, 1 takes the windows alone
	Exclude          int     // pastWeeksNotIncluded: the last points that are left out besides the current one; below 0 means W
	Reweight         bool    // let past outbreaks weigh less
	WeightsThreshold float64 // from this standardised residual on
	Trend            bool    // allow a trend
	TrendP           float64 // pThresholdTrend: keep it if its p-value is below
	LimitCases       int     // limit54: tell nothing with fewer cases …
	LimitPoints      int     // … in this many points, the current one with them
	Power            Power   // for Delta
	Threshold        Threshold
	Alpha            float64 // one-sided
}

// DefaultFarrington are the defaults of farringtonFlexible.
func DefaultFarrington() FarringtonOptions {
	return FarringtonOptions{Freq: 52, B: 5, W: 3, Periods: 1, Exclude: -1, Reweight: true, WeightsThreshold: 2.58, Trend: true, TrendP: 0.05, LimitCases: 5, LimitPoints: 4, Alpha: 0.05}
}

// NoufailyFarrington are the options that Noufaily et al. (2013) recommend.
func NoufailyFarrington() FarringtonOptions {
	o := DefaultFarrington()
	o.Periods, o.Exclude, o.TrendP, o.Threshold, o.Alpha = 10, 26, 1, NBPlugin, 0.005
	return o
}

func (o *FarringtonOptions) exclude() int {
	if o.Exclude < 0 {
		return o.W
	}
	return o.Exclude
}

// FarringtonPoint is a Point with the model behind it. Where no model is fitted, the figures are NaN.
type FarringtonPoint struct {
	Point
	Mean  float64 // mu0: the mean the bound and p-value start from; for MuAn and Delta its upper limit, see Farrington
	Phi   float64 // overdispersion, at least 1
	Trend bool    // a trend was kept
	Slope float64 // its coefficient a point, on the log scale; NaN without
	Score float64 // (count − centre)/(bound − centre), above 1 for an alarm
}

// Farrington tells a FarringtonPoint for each index (from 0) in at. dates is nil, or has the date of
// each point, ascending, at midnight UTC: then references are calendar dates (see below). The answer at a point does not depend on later points.
//
// What is fitted: a quasi-Poisson regression on the points within w of k−freq, …, k−b·freq (Periods 1), or on
// the last b years with a level for each of Periods groups, without the current point and the Exclude ones before it;
// with a linear trend if that is allowed, significant, there are at least 3 years, and it does not predict more than
// the baseline ever had. Past outbreaks weigh less: Anscombe residuals r above WeightsThreshold get a weight in proportion to 1/r².
//
// With dates and Freq 52, 12 or 365, "i years back" is the same calendar date, moved to the nearest same weekday for 52.
// Unless all b references are in the series nothing is told (Short), nor below LimitCases (Few), where mean, score and p-value are still given.
//
// Kept from the reference: after reweighting, standard errors and the trend's p-value are computed with the prior weights
// instead of the working weights, which makes them too small; φ is formed with the mean before the last step of the fit; for NBPlugin
// and MuAn the score is centred on the logarithm of the mean. For Delta, Mean is exp(μ0 + z·se), as the reference reports it
// (a mean taken for a logarithm); Expected is right.
//
// Farrington et al. (1996), J R Stat Soc A 159:547; Noufaily et al. (2013), Stat Med 32:1206.
func Farrington(series []float64, dates []time.Time, at []int, o FarringtonOptions) []FarringtonPoint {
	points := make([]FarringtonPoint, len(at))
	var w worker
	for i, k := range at {
		points[i] = w.tell(series, dates, k, &o)
	}
	return points
}

// worker holds the storage of one point after another.
type worker struct {
	refs, group []int
	base        baseline
	model       model
	prior       []float64
}

// fitted is a model as the bound needs it.
type fitted struct {
	eta, se float64 // linear predictor at k, and its standard error
	phi     float64
	trend   bool
	slope   float64
	slopeP  float64
}

func (w *worker) tell(series []float64, dates []time.Time, k int, o *FarringtonOptions) FarringtonPoint {
	x := series[k]
	nan := math.NaN()
	none := func(why Reason) FarringtonPoint {
		return FarringtonPoint{Point: Silent(x, why), Mean: nan, Phi: nan, Slope: nan, Score: nan}
	}
	refs, ok := references(k, dates, o, w.refs)
	if !ok {
		return none(Short)
	}
	w.refs = refs
	if math.IsNaN(x) {
		return none(Unknown)
	}
	w.group = seasons(k, refs, o, w.group)
	w.base.gather(series, k, w.group, o.Periods)
	if w.base.now < 0 {
		return none(Short)
	}
	f, ok := w.estimate(o)
	if !ok {
		return none(Unfit)
	}
	return f.point(x, recent(series, k, o.LimitPoints) < float64(o.LimitCases), o)
}

// recent is the number of cases in the last n points, k with them, as far as they are known.
func recent(series []float64, k, n int) (sum float64) {
	for i := max(k-n+1, 0); i <= k; i++ {
		if !math.IsNaN(series[i]) {
			sum += series[i]
		}
	}
	return sum
}

// estimate fits with a trend if one is allowed, and again without if it does not hold.
func (w *worker) estimate(o *FarringtonOptions) (fitted, bool) {
	f, ok := w.fit(o, o.Trend)
	if !ok || !f.trend {
		return f, ok
	}
	if o.B >= 3 && f.slopeP < o.TrendP && math.Exp(f.eta) <= w.base.most {
		return f, true
	}
	return w.fit(o, false)
}

func (w *worker) fit(o *FarringtonOptions, trend bool) (fitted, bool) {
	b, m := &w.base, &w.model
	if !m.fit(b, nil, trend) {
		if !trend || !m.fit(b, nil, false) {
			return fitted{}, false
		}
	}
	if len(b.y) <= m.rank() {
		return fitted{}, false
	}
	raw := m.dispersion(b, m.work)
	phi, errors := math.Max(raw, 1), raw
	if o.Reweight {
		w.prior = m.reweigh(b, phi, o.WeightsThreshold, w.prior)
		m.fit(b, w.prior, m.trend)
		phi = math.Max(m.dispersion(b, m.work), 1)
		errors = m.dispersion(b, w.prior)
	}
	f := fitted{eta: m.level[b.now], phi: phi, trend: m.trend, slope: math.NaN()}
	f.se = math.Sqrt(errors * m.variance(b.now))
	if m.trend {
		f.slope = m.slope
		f.slopeP = studentTwoSided(m.slope/math.Sqrt(errors/m.spread), float64(len(b.y)-m.rank()))
	}
	return f, finite(f.eta) && finite(f.se) && finite(f.phi)
}

// reweigh gives each point its weight from its standardised Anscombe residual; they sum to the number of points.
// A point that alone decides its group's level (leverage 1) has no residual and keeps its weight.
func (m *model) reweigh(b *baseline, phi, threshold float64, into []float64) []float64 {
	weights := sized(into, len(b.y))
	sum := 0.0
	for i, y := range b.y {
		weights[i] = 1
		if h := m.leverage(b, i); h < 1-1e-10 {
			root6 := math.Cbrt(math.Sqrt(m.mu[i]))
			c := math.Cbrt(y)
			if r := 1.5 * (c*c/root6 - root6*root6*root6) / math.Sqrt(phi*(1-h)); r > threshold {
				weights[i] = 1 / (r * r)
			}
		}
		sum += weights[i]
	}
	for i := range weights {
		weights[i] *= float64(len(weights)) / sum
	}
	return weights
}
