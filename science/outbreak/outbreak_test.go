package outbreak

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var nan = math.NaN()

// aSeries draws a series with gaps.
func aSeries(r *rapid.T, n int) []float64 {
	xs := make([]float64, n)
	top := rapid.SampledFrom([]int{0, 1, 3, 50, 1_000_000}).Draw(r, "top")
	for i := range xs {
		if xs[i] = float64(rapid.IntRange(0, top).Draw(r, "x")); rapid.IntRange(0, 9).Draw(r, "gap") == 0 {
			xs[i] = nan
		}
	}
	return xs
}

// sound holds of every point of every method.
func sound(t *rapid.T, i int, x float64, p Point) {
	told := p.Reason == ""
	switch {
	case !(p.Observed == x || math.IsNaN(p.Observed) && math.IsNaN(x)):
		t.Fatalf("%d: observed %g is %g", i, x, p.Observed)
	case told != !math.IsNaN(p.Bound):
		t.Fatalf("%d: a bound or a reason: %+v", i, p)
	case math.IsInf(p.Bound, 0) || p.Bound < 0 || p.Expected < 0:
		t.Fatalf("%d: %+v", i, p)
	case p.Alarm && (!told || math.IsNaN(p.Expected) || math.IsNaN(x)):
		t.Fatalf("%d: an alarm from what cannot be told: %+v", i, p)
	case p.PValue < 0 || p.PValue > 1:
		t.Fatalf("%d: %+v", i, p)
	}
	if _, _, ok := p.Sentence(); ok != p.Alarm {
		t.Fatalf("%d: no sentence: %+v", i, p)
	}
}

func TestAnySeriesIsAnsweredOrSaidToBeSilent(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		xs := aSeries(r, rapid.IntRange(0, 90).Draw(r, "n"))
		for _, v := range []Variant{C1, C2, C3} {
			o := DefaultEARS(v)
			o.Baseline, o.MinSigma = rapid.IntRange(2, 12).Draw(r, "baseline"), rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(r, "min")
			for i, p := range EARS(xs, o) {
				sound(r, i, xs[i], p)
			}
		}
		o := FarringtonOptions{Freq: rapid.IntRange(4, 14).Draw(r, "freq"), B: rapid.IntRange(1, 5).Draw(r, "b"), Periods: rapid.IntRange(1, 6).Draw(r, "periods"), Exclude: rapid.IntRange(-1, 10).Draw(r, "exclude"),
			Reweight: rapid.Bool().Draw(r, "reweight"), WeightsThreshold: 2.58, Trend: rapid.Bool().Draw(r, "trend"), TrendP: rapid.SampledFrom([]float64{0.05, 1}).Draw(r, "p"), LimitCases: rapid.SampledFrom([]int{0, 5}).Draw(r, "limit"), LimitPoints: 4,
			Power: Power(rapid.IntRange(0, 2).Draw(r, "power")), Threshold: Threshold(rapid.IntRange(0, 2).Draw(r, "threshold")), Alpha: 0.01}
		o.W = rapid.IntRange(0, o.Freq/2).Draw(r, "w")
		at := make([]int, len(xs))
		for i := range at {
			at[i] = i
		}
		for i, p := range Farrington(xs, nil, at, o) {
			sound(r, i, xs[i], p.Point)
		}
		means, ok := InControl(xs, len(xs)/2, 0, 1)
		if !ok {
			return
		}
		g := DefaultGLR()
		g.Window, g.AtLeast = rapid.IntRange(0, 9).Draw(r, "window"), rapid.IntRange(1, 3).Draw(r, "least")
		g.Overdisp = rapid.SampledFrom([]float64{0, 0.2, 3}).Draw(r, "alpha")
		e := g
		e.Overdisp, e.Change = 0, EpidemicMax
		for _, told := range [][]Watched{GLR(xs, means, e), CUSUM(xs, means, DefaultCUSUM()), LRCUSUM(xs, means, LROptions{Ratio: 2, Limit: 5}), LRCUSUM(xs, means, LROptions{Ratio: 1.5, Limit: 3, Overdisp: 0.2}), GLR(xs, means, g)} {
			for i, p := range told {
				sound(r, i, xs[i], p.Point)
				if !math.IsNaN(p.Bound) && math.Abs(p.Observed-p.Bound) > 1e-6*(1+p.Bound) && p.Alarm != (p.Observed >= p.Bound) {
					t.Fatalf("%d: the bound does not part alarms from others: %+v", i, p)
				}
			}
		}
	})
}

func TestALaterCountChangesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		xs := aSeries(r, 70)
		k := rapid.IntRange(20, 68).Draw(r, "k")
		o := NoufailyFarrington()
		o.Freq, o.B, o.Periods, o.Exclude = 12, 3, 4, 3
		same := func(a, b Point) bool {
			return a.Alarm == b.Alarm && a.Reason == b.Reason && (a.Bound == b.Bound || math.IsNaN(a.Bound) && math.IsNaN(b.Bound))
		}
		short := xs[:k+1]
		if a, b := Farrington(xs, nil, []int{k}, o)[0], Farrington(short, nil, []int{k}, o)[0]; !same(a.Point, b.Point) {
			t.Fatalf("%+v, cut off %+v", a, b)
		}
		if a, b := EARS(xs, DefaultEARS(C3))[k], EARS(short, DefaultEARS(C3))[k]; !same(a, b) {
			t.Fatalf("%+v, cut off %+v", a, b)
		}
	})
}

func TestGLRIsTheLargestRatioThereIs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(r, "n")
		xs, means := make([]float64, n), make([]float64, n)
		for i := range xs {
			xs[i], means[i] = float64(rapid.IntRange(0, 12).Draw(r, "x")), rapid.Float64Range(0.2, 8).Draw(r, "mu")
		}
		alpha := rapid.SampledFrom([]float64{0, 0.2, 2}).Draw(r, "alpha")
		o := GLROptions{Limit: 1e9, AtLeast: 1, Overdisp: alpha}
		got := GLR(xs, means, o)[n-1].Statistic
		want := 0.0
		for s := range n {
			for kappa := 0.0; kappa < 6; kappa += 0.002 {
				sum := 0.0
				for i := s; i < n; i++ {
					if alpha == 0 {
						sum += xs[i]*kappa - means[i]*math.Expm1(kappa)
					} else {
						sum += xs[i]*kappa - (xs[i]+1/alpha)*math.Log((1+alpha*means[i]*math.Exp(kappa))/(1+alpha*means[i]))
					}
				}
				want = math.Max(want, sum)
			}
		}
		if got < want-1e-9 || got > want+1e-3*(1+want) {
			t.Fatalf("%g, searched %g", got, want)
		}
	})
}

func TestLRIsTheRatioOfTwoDistributions(t *testing.T) {
	for _, alpha := range []float64{0, 1e-9, 0.3, 4} {
		mu, ratio := 3.5, 1.8
		for x := 0.0; x < 30; x++ {
			got := LRCUSUM([]float64{1e6, x}, []float64{1, mu}, LROptions{Ratio: ratio, Limit: 1e9, Overdisp: alpha})
			r := got[1].Statistic - got[0].Statistic
			want := math.Log(counts{mu * ratio, 1 + alpha*mu*ratio}.mass(x) / counts{mu, 1 + alpha*mu}.mass(x))
			if math.Abs(r-want) > 1e-6*(1+math.Abs(want)) {
				t.Errorf("alpha %g, x %g: %g, wanted %g", alpha, x, r, want)
			}
		}
	}
}

// TestATailOfNextToNothingEnds has tails whose masses are about the least there is above 0 and hardly get smaller.
func TestATailOfNextToNothingEnds(t *testing.T) {
	c := counts{6.4594068, 638.6821}
	least, last := 1.0, 1.0
	for k := 400_000.0; k < 500_000 || k < 900_000 && last > 0; k += 997 {
		p := c.upper(k)
		if p > last {
			t.Fatalf("P(X >= %g) is %g, and %g for a smaller count", k, p, last)
		}
		last = p
		if p > 0 {
			least = math.Min(least, p)
		}
	}
	if least > 0x1p-1022 {
		t.Errorf("the least tail seen is %g: none of those in question", least)
	}
}

func TestCountsAreDistributedAsTheyShould(t *testing.T) {
	for _, mean := range []float64{0.01, 0.7, 5, 40, 900, 30_000} {
		for _, phi := range []float64{1, 1 + 1e-9, 1.02, 2, 30} {
			c := counts{mean, phi}
			sum, first, second := 0.0, 0.0, 0.0
			for k := 0.0; k < mean+60*math.Sqrt(mean*phi)+60*phi; k++ {
				m := c.mass(k)
				sum, first, second = sum+m, first+k*m, second+(k-mean)*(k-mean)*m
			}
			if math.Abs(sum-1) > 1e-9 || math.Abs(first/mean-1) > 1e-8 || math.Abs(second/(mean*phi)-1) > 1e-6 {
				t.Errorf("mean %g phi %g: sum %.12g, mean %g, variance %g", mean, phi, sum, first, second)
			}
			for _, alpha := range []float64{0.3, 0.05, 0.01, 1e-6} {
				k := c.quantile(alpha)
				if c.upper(k+1) > alpha*(1+1e-9) || k > 0 && c.upper(k) <= alpha*(1-1e-9) {
					t.Errorf("mean %g phi %g: the quantile of %g is %g", mean, phi, alpha, k)
				}
			}
		}
	}
	for _, c := range []counts{{1e6, 1e4}, {4e8, 20}, {3e6, 3e3}} { // on both sides of where sums end
		sum := c.mass(c.mean)
		for m, k := sum, c.mean; m > sum*1e-17; k++ {
			m *= c.ratio(k)
			sum += m
		}
		if got := c.smooth(c.mean); math.Abs(got-sum) > 1e-5 {
			t.Errorf("%v: %g, summed %g", c, got, sum)
		}
	}
	for _, c := range []counts{{1e12, 1e9}, {1e12, 1e12}, {5, 1e12}, {1e12, 1}, {1e300, 1e9}, {3e5, 2e4}, {40, 2e3}, {1e4, 2.4e3}} { // in reasonable time
		if k := c.quantile(0.01); math.IsNaN(k) || k < 0 {
			t.Errorf("%v: %g", c, k)
		}
	}
	if k := (counts{1e12, 3}).quantile(0.01); math.Abs(k/(1e12+2.326*math.Sqrt(3e12))-1) > 1e-6 {
		t.Errorf("a very large mean: %g", k)
	}
}

func TestBenjaminiHochberg(t *testing.T) {
	// The example of their paper (15 tests): four are named at 5 %.
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000, nan}
	named := 0
	for _, q := range BenjaminiHochberg(p) {
		if q <= 0.05 {
			named++
		}
	}
	if named != 4 {
		t.Errorf("%d", named)
	}
	rapid.Check(t, func(r *rapid.T) {
		p := rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(r, "p")
		q := BenjaminiHochberg(p)
		for i := range p {
			if q[i] < p[i] || q[i] > 1 {
				t.Fatalf("p %g, q %g", p[i], q[i])
			}
			for j := range p {
				if p[i] < p[j] && q[i] > q[j] {
					t.Fatal("not in order")
				}
			}
		}
	})
}

func TestSparseDailyCounts(t *testing.T) {
	// One case after seven zeros: the known pitfall, and its remedy.
	xs := []float64{0, 0, 0, 0, 0, 0, 0, 1}
	if p := EARS(xs, DefaultEARS(C1))[7]; !p.Alarm || p.Bound != 0 || !math.IsNaN(p.PValue) {
		t.Errorf("%+v", p)
	}
	o := DefaultEARS(C1)
	o.MinSigma = 1
	if p := EARS(xs, o)[7]; p.Alarm || math.Abs(p.Bound-3.0902) > 1e-4 {
		t.Errorf("%+v", p)
	}
	if got := EARS(slices.Repeat([]float64{0}, 20), DefaultEARS(C3))[15]; got.Reason != Flat {
		t.Errorf("%+v", got)
	}
	if got := EARS([]float64{1, 2, nan, 4, 5, 6, 7, 8}, DefaultEARS(C1))[7]; got.Reason != Unknown {
		t.Errorf("%+v", got)
	}
	zeros := slices.Repeat([]float64{0}, 600)
	if got := Farrington(zeros, nil, []int{599}, NoufailyFarrington())[0]; got.Alarm || got.Reason == "" {
		t.Errorf("%+v", got)
	}
}
