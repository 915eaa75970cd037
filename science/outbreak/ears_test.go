package outbreak

import (
	"math"
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
