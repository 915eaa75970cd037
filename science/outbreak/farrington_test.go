package outbreak

import (
	"math"
	"path/filepath"
	"testing"
	"time"
)

func farringtonConfig(name string) (o FarringtonOptions, ok bool) {
	o = DefaultFarrington()
	noufaily := func() {
		o.B, o.W, o.Periods, o.Exclude, o.TrendP, o.Threshold, o.Alpha = 3, 3, 10, 26, 1, NBPlugin, 0.01
	}
	switch name {
	case "delta_b3":
		o.B = 3
	case "nbPlugin":
		noufaily()
	case "nbPlugin_ptrend0.05":
		noufaily()
		o.TrendP, o.Alpha = 0.05, 0.005
	case "muan":
		noufaily()
		o.Threshold = MuAn
	case "noreweight_notrend":
		o.B, o.W, o.Reweight, o.Trend, o.Periods, o.Power, o.Alpha = 3, 4, false, false, 5, Half, 0.02
	default:
		return o, false
	}
	return o, true
}

func TestFarringtonAgreesWithTheReference(t *testing.T) {
	for _, file := range []string{"simdaily2", "k1", "m1", "simweekly6", "salmHospitalized_dates"} {
		dir := at(t, "farrington_"+file+"_expected.csv")
		input := "farrington_" + file + "_input.csv"
		var dates []time.Time
		for _, r := range golden(t, filepath.Join(dir, input)) {
			if r["date"] != "" {
				d, err := time.Parse(time.DateOnly, r["date"])
				if err != nil {
					t.Fatal(err)
				}
				dates = append(dates, d)
			}
		}
		n, bad, counts := map[string]int{}, map[string]int{}, map[string][]float64{}
		worst := map[string]map[string]float64{}
		for _, r := range golden(t, filepath.Join(dir, "farrington_"+file+"_expected.csv")) {
			o, ok := farringtonConfig(r["config"])
			if !ok {
				t.Fatalf("no config %s", r["config"])
			}
			if file == "simdaily2" {
				o.Freq = 365
			}
			if counts[r["series"]] == nil {
				counts[r["series"]] = column(t, dir, input, r["series"])
			}
			p := Farrington(counts[r["series"]], dates, []int{int(value(t, r["t"])) - 1}, o)[0]
			c := r["config"]
			n[c]++
			if worst[c] == nil {
				worst[c] = map[string]float64{}
			}
			wrong := p.Alarm != (r["alarm"] == "1") || p.Trend != (r["trend"] == "1")
			for name, got := range map[string]float64{"expected": p.Expected, "mu0": p.Mean, "phi": p.Phi, "trendcoef": p.Slope, "upperbound": p.Bound, "score": p.Score, "pvalue": p.PValue} {
				d := apart(got, value(t, r[name]))
				worst[c][name] = math.Max(worst[c][name], d)
				wrong = wrong || d > 1e-6
			}
			if wrong {
				if bad[c]++; bad[c] < 4 {
					t.Errorf("%s %v\n got %+v", file, r, p)
				}
			}
		}
		for c := range n {
			t.Logf("farrington_%s %s: %d rows, %d differ, largest difference %.3v", file, c, n[c], bad[c], worst[c])
		}
	}
}
