package outbreak

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
)

var earsConfigs = map[string]EARSOptions{
	"C1": DefaultEARS(C1), "C2": DefaultEARS(C2), "C3": DefaultEARS(C3),
	"C1_b28_minSigma1_a0.01":  {C1, 28, 1, 0.01},
	"C2_b14_minSigma0.5":      {C2, 14, 0.5, 0.001},
	"C3_b7_minSigma0.5_a0.01": {C3, 7, 0.5, 0.01},
}

func TestEARSAgreesWithTheReference(t *testing.T) {
	for _, file := range []string{"simdaily4", "abattoir", "k1", "m1"} {
		dir := at(t, "ears_"+file+"_expected.csv")
		worst, n := map[string]float64{}, map[string]int{}
		cache := map[string][]Point{}
		for _, r := range golden(t, filepath.Join(dir, "ears_"+file+"_expected.csv")) {
			config, series := r["config"], r["series"]
			o, ok := earsConfigs[config]
			if !ok {
				t.Fatalf("no config %s", config)
			}
			key := config + "/" + series
			if cache[key] == nil {
				cache[key] = EARS(column(t, dir, "ears_"+file+"_input.csv", series), o)
			}
			p := cache[key][int(value(t, r["t"]))-1]
			d := apart(p.Bound, value(t, r["upperbound"]))
			worst[config] = math.Max(worst[config], d)
			n[config]++
			if d > 1e-6 || p.Alarm != (r["alarm"] == "1") || p.Observed != value(t, r["observed"]) {
				t.Errorf("%s %v: %+v", file, r, p)
			}
		}
		for config := range n {
			t.Logf("ears_%s %s: %d rows, largest difference %.1e", file, config, n[config], worst[config])
		}
	}
}

// poisson draws counts with one mean.
func poisson(r *rand.Rand, mean float64) float64 {
	n, p, least := -1.0, 1.0, math.Exp(-mean)
	for p > least {
		p *= r.Float64()
		n++
	}
	return n
}

// TestEARSAlarmsForNothing holds the shares of alarms in counts that do not change, and of false ones among those that --fdr leaves, told
// in docs/science/outbreak.md: the level is the normal distribution's, which does not know that mean and spread
// are from few points; --fdr reckons with it.
func TestEARSAlarmsForNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		baseline  int
		mean      float64
		low, high float64
	}{{7, 2, 0.023, 0.029}, {7, 30, 0.015, 0.019}, {28, 2, 0.008, 0.0115}, {28, 30, 0.003, 0.0055}} {
		o := DefaultEARS(C1)
		o.Baseline = c.baseline
		xs := make([]float64, 50_000)
		for i := range xs {
			xs[i] = poisson(r, c.mean)
		}
		alarms := 0
		for _, p := range EARS(xs, o) {
			if p.Alarm {
				alarms++
			}
		}
		if share := float64(alarms) / float64(len(xs)); share < c.low || share > c.high {
			t.Errorf("%d points, mean %g: %g", c.baseline, c.mean, share)
		}
	}
	for _, c := range []struct {
		baseline  int
		low, high float64
	}{{7, 0.04, 0.09}, {28, 0.04, 0.09}, {112, 0.04, 0.09}} {
		shares := 0.0
		const times, series, risen = 40, 500, 25
		for range times {
			points := make([]*Point, series)
			for i := range points {
				xs := make([]float64, c.baseline+1)
				for j := range xs {
					xs[j] = poisson(r, 30)
				}
				if i < risen {
					xs[c.baseline] = poisson(r, 75)
				}
				o := DefaultEARS(C1)
				o.Baseline, o.Alpha = c.baseline, 0.05
				points[i] = &EARS(xs, o)[c.baseline]
			}
			ControlFalseDiscoveries(points, 0.05)
			right, wrong := 0, 0
			for i, p := range points {
				switch {
				case p.Alarm && i < risen:
					right++
				case p.Alarm:
					wrong++
				}
			}
			shares += float64(wrong) / math.Max(float64(right+wrong), 1)
		}
		t.Logf("%d points: %.3f of those left are false", c.baseline, shares/times)
		if share := shares / times; share < c.low || share > c.high {
			t.Errorf("%d points: of the alarms left %g are false", c.baseline, share)
		}
	}
}
