package similar

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/science/requests"
)

// TestCalibrate holds that what the generator was told comes out, by what the rows show, whatever Default says.
func TestCalibrate(t *testing.T) {
	for _, lag := range []float64{0.7, 1.5, 2.2} {
		list := requests.Generate(requests.Plan{Seed: 400, Rows: 3000, Days: 90, Lag: lag, Mislabel: 0.05})
		for i := range list {
			list[i].Cluster = ""
		}
		m := Calibrate(list, Default)
		t.Logf("lag %.2f: %.3f", lag, m)
		if math.Abs(m.Lag/lag-1) > 0.15 || math.Abs(m.Scatter-25) > 2 || math.Abs(m.Agree-0.91) > 0.04 || m.NumbersAgree < 0.65 {
			t.Errorf("lag %g: %+v", lag, m)
		}
	}
	short := requests.Generate(requests.Plan{Seed: 401, Rows: 3000, Days: 10})
	if Calibrate(short, Default) != Default {
		t.Error("a short list calibrates")
	}
	if far := Calibrate(requests.Generate(requests.Plan{Seed: 402, Rows: 20, Days: 100}), Default); math.Abs(far.Lag-Default.Lag) > 0.5 || math.Abs(far.Agree-Default.Agree) > 0.1 {
		t.Errorf("twenty rows change much: %v", far)
	}
}

// TestCalibrateAnything holds that no list makes a model that is not one.
func TestCalibrateAnything(t *testing.T) {
	pool := requests.Generate(requests.Plan{Seed: 403, Rows: 300, Side: 500})
	rapid.Check(t, func(t *rapid.T) {
		var list []requests.Request
		side, days := rapid.SampledFrom([]float64{0, 1, 100, 1e9}).Draw(t, "side"), rapid.SampledFrom([]int{0, 1, 60, 100_000}).Draw(t, "days")
		for range rapid.IntRange(0, 120).Draw(t, "rows") {
			r := rapid.SampledFrom(pool).Draw(t, "request")
			r.X, r.Y = side*rapid.Float64Range(0, 1).Draw(t, "x"), side*rapid.Float64Range(0, 1).Draw(t, "y")
			r.Time = r.Time.AddDate(0, 0, rapid.IntRange(0, days).Draw(t, "day"))
			if rapid.IntRange(0, 9).Draw(t, "known") == 0 {
				r.Time, r.Placed, r.Category, r.Text = time.Time{}, false, "", ""
			}
			list = append(list, r)
		}
		m := Calibrate(list, Default)
		for _, share := range []float64{m.Prior, m.Agree, m.Chance, m.NumbersAgree, m.NumbersChance} {
			if !(share > 0 && share < 1) {
				t.Fatalf("%v", m)
			}
		}
		if !(m.Shared >= 0 && m.Shared < 1 && m.Scatter > 0 && m.Lag > 0 && m.Over > 0) {
			t.Fatalf("%v", m)
		}
		for _, curve := range m.Words {
			for _, v := range curve {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%v", m)
				}
			}
		}
		for _, p := range Pairs(list, Default, 0.5) {
			if !(p.Probability >= 0 && p.Probability <= 1.000001) {
				t.Fatalf("%v", p)
			}
		}
	})
}
