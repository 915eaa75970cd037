package outbreak

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"skein/internal/shared"
)

func TestCUSUMAndGLRAgreeWithTheReference(t *testing.T) {
	dir := shared.Dir(t, "golden/early-warning")
	type run struct{ x, mu, stat, alarm []float64 }
	runs := map[string]*run{}
	var names []string
	for _, r := range golden(t, filepath.Join(dir, "cusum_glr_k1_expected.csv")) {
		name := r["method"]
		if runs[name] == nil {
			runs[name] = &run{}
			names = append(names, name)
		}
		c := runs[name]
		c.x, c.mu = append(c.x, value(t, r["observed"])), append(c.mu, value(t, r["mu0"]))
		c.stat, c.alarm = append(c.stat, value(t, r["stat"])), append(c.alarm, value(t, r["alarm"]))
	}
	for _, name := range names {
		c := runs[name]
		var got []Watched
		o := DefaultGLR()
		switch {
		case strings.Contains(name, "standard"):
			got = CUSUM(c.x, c.mu, DefaultCUSUM())
		case strings.Contains(name, "rossi"):
			got = CUSUM(c.x, c.mu, CUSUMOptions{1.04, 2.26, Rossi})
		case strings.Contains(name, "anscombe"):
			got = CUSUM(c.x, c.mu, CUSUMOptions{1.04, 2.26, Anscombe})
		case strings.HasPrefix(name, "lrcusum"):
			got = LRCUSUM(c.x, c.mu, LROptions{Ratio: 2, Limit: 5})
		case strings.HasPrefix(name, "glrpois_intercept"):
			got = GLR(c.x, c.mu, o)
		case strings.HasPrefix(name, "glrnb"):
			o.Overdisp = 0.2
			got = GLR(c.x, c.mu, o)
		case strings.HasPrefix(name, "glrpois_epi"):
			o.Change = Epidemic
			got = GLR(c.x, c.mu, o)
		default:
			t.Errorf("%s: not compared", name)
			continue
		}
		worst := 0.0
		for i, p := range got {
			d := 0.0
			if !math.IsNaN(c.stat[i]) { // the reference gives no statistic for CUSUM, only its alarms
				d = apart(p.Statistic, c.stat[i])
			}
			worst = math.Max(worst, d)
			if d > 1e-6 || p.Alarm != (c.alarm[i] == 1) {
				t.Errorf("%s row %d: %+v, wanted %g alarm %g (mean %g)", name, i, p, c.stat[i], c.alarm[i], c.mu[i])
			}
			if above := p.Observed >= p.Bound; p.Alarm != above && !(above && o.Change == Epidemic) {
				t.Errorf("%s row %d: the bound does not part alarms from others: %+v", name, i, p)
			}
		}
		t.Logf("%s: %d rows, largest difference %.1e", name, len(got), worst)
	}
}

func TestInControlMeansAgreeWithTheReference(t *testing.T) {
	dir := shared.Dir(t, "golden/early-warning")
	k1 := column(t, dir, "ears_k1_input.csv", "s1")
	for name, harmonics := range map[string]int{"glrpois_intercept_const": 0, "glrpois_intercept_seasonal": 1} {
		means, ok := InControl(k1, 104, harmonics, 52)
		if !ok {
			t.Fatal(name)
		}
		for _, r := range golden(t, filepath.Join(dir, "cusum_glr_k1_expected.csv")) {
			if at := int(value(t, r["t"])) - 1; r["method"] == name && apart(means[at], value(t, r["mu0"])) > 1e-6 {
				t.Errorf("%s at %d: %g, wanted %s", name, at+1, means[at], r["mu0"])
			}
		}
	}
}
