package outbreak

import "math"

// point makes the bound, score and p-value of count x from a fitted model.
func (f fitted) point(x float64, few bool, o *FarringtonOptions) FarringtonPoint {
	z := normalQuantile(o.Alpha)
	mean := math.Exp(f.eta)
	p := FarringtonPoint{Point: Point{Observed: x, Expected: mean}, Phi: f.phi, Trend: f.trend, Slope: f.slope}
	var centre float64
	switch o.Threshold {
	case Delta:
		centre = mean
		se := mean * f.se
		p.Mean = math.Exp(mean + z*se)
		p.Bound, p.PValue = delta(x, mean, f.phi, se, z, o.Power)
	default:
		centre = f.eta
		p.Mean = mean
		if o.Threshold == MuAn {
			p.Mean = math.Exp(f.eta + z*f.se)
		}
		c := counts{p.Mean, f.phi}
		p.Bound, p.PValue = c.quantile(o.Alpha), c.upper(x)
	}
	if !finite(p.Bound) {
		p.Bound, p.Expected, p.PValue, p.Score = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		p.Reason = Unbounded
		if few {
			p.Reason = Few
		}
		return p
	}
	p.Score = (x - centre) / (p.Bound - centre)
	if few {
		p.Bound, p.Expected, p.Reason = math.NaN(), math.NaN(), Few
		return p
	}
	p.Alarm = p.Score > 1 && x > 0
	return p
}

// delta takes the count to a power on which it is about normal, with the variance of the count (φμ) and of its mean (se²).
func delta(x, mean, phi, se, z float64, power Power) (bound, p float64) {
	v := phi + se*se/mean
	switch power {
	case Half:
		sd := math.Sqrt(v / 4)
		root := math.Sqrt(mean) + z*sd
		return root * root, normalUpper((math.Sqrt(x) - math.Sqrt(mean)) / sd)
	case None:
		sd := math.Sqrt(mean * v)
		return mean + z*sd, normalUpper((x - mean) / sd)
	default:
		c, cx := math.Cbrt(mean), math.Cbrt(x)
		sd := math.Sqrt(4.0 / 9 * c * v)
		root := math.Max(c*c+z*sd, 0)
		return math.Pow(root, 1.5), normalUpper((cx*cx - c*c) / sd)
	}
}
