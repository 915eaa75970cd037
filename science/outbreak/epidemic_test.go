package outbreak

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"skein/internal/shared"
)

// epidemicRatio is the log likelihood ratio of the counts from s on, the one before the first being 0.
func epidemicRatio(xs, means []float64, s int, lambda float64) float64 {
	sum := 0.0
	for i := s; i < len(xs); i++ {
		before := 0.0
		if i > 0 {
			before = xs[i-1]
		}
		sum += xs[i]*math.Log((means[i]+lambda*before)/means[i]) - lambda*before
	}
	return sum
}

func TestEpidemicIsTheLargestRatioThereIs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(r, "n")
		xs, means := make([]float64, n), make([]float64, n)
		for i := range xs {
			xs[i], means[i] = float64(rapid.IntRange(0, 12).Draw(r, "x")), rapid.Float64Range(0.2, 8).Draw(r, "mu")
		}
		o := GLROptions{Limit: 1e9, AtLeast: rapid.IntRange(1, 3).Draw(r, "least"), Change: EpidemicMax}
		got := GLR(xs, means, o)[n-1].Statistic
		want := 0.0
		for s := 0; s <= n-o.AtLeast; s++ {
			low, high := 0.0, 200.0 // thirds of an interval: the ratio has one maximum
			for range 120 {
				a, b := low+(high-low)/3, high-(high-low)/3
				if epidemicRatio(xs, means, s, a) < epidemicRatio(xs, means, s, b) {
					low = a
				} else {
					high = b
				}
			}
			want = math.Max(want, epidemicRatio(xs, means, s, low))
		}
		if math.Abs(got-want) > 1e-9*(1+want) {
			t.Fatalf("%g, searched %g", got, want)
		}
		o.Change = Epidemic
		if r := GLR(xs, means, o)[n-1].Statistic; r < 0 || r > got+1e-9*(1+got) {
			t.Fatalf("R's search found %g, the maximum is %g", r, got)
		}
	})
}

// TestEpidemicMissesAsTheReferenceDoes holds the figures told in docs/science/outbreak.md.
func TestEpidemicMissesAsTheReferenceDoes(t *testing.T) {
	dir := shared.Dir(t, "golden/early-warning")
	above := 0
	var xs, means []float64
	var w epidemic
	before, name := 0.0, ""
	for _, r := range golden(t, filepath.Join(dir, "cusum_glr_k1_expected.csv")) {
		if !strings.HasPrefix(r["method"], "glrpois_epi") {
			continue
		}
		x, mu := value(t, r["observed"]), value(t, r["mu0"])
		if name != r["method"] {
			w, before, name = epidemic{}, 0, r["method"]
		}
		if name == "glrpois_epi_const" {
			xs, means = append(xs, x), append(means, mu)
		}
		w.add(x, before, mu)
		if most, _ := w.statistic(1); most > value(t, r["stat"])+1e-6 {
			above++
		}
		if before = x; r["alarm"] == "1" {
			w.drop(w.points())
		}
	}
	if above != 24 {
		t.Errorf("in %d rows R's figure is not the maximum", above)
	}
	o := DefaultGLR()
	o.Change = EpidemicMax
	most := GLR(xs, means, o)
	o.Change = Epidemic
	found := GLR(xs, means, o)
	at := 140 - 105 // 12 cases after 12, where 4.6 are expected
	if p := most[at]; !p.Alarm || math.Abs(p.Statistic-5.941) > 0.001 {
		t.Errorf("the maximum: %+v", p)
	}
	if p := found[at]; p.Alarm || p.Statistic > 1e-6 || p.Observed < p.Bound {
		t.Errorf("R's search: %+v", p)
	}
	// A jump after a single case goes unseen, however high: λ starts at ½, far below the maximum, and is led away from it.
	for _, x := range []float64{10, 100, 10_000} {
		xs, means := []float64{1, x}, []float64{1, 1}
		if got := GLR(xs, means, o)[1]; got.Alarm || got.Statistic > 0.01 {
			t.Errorf("%g: %+v", x, got)
		}
	}
}

func TestEpidemicNeedsTheCountBefore(t *testing.T) {
	nan := math.NaN()
	means := []float64{2, 2, 2, 2, 2, 2, 2}
	o := DefaultGLR()
	o.Change = EpidemicMax
	got := GLR([]float64{9, 9, nan, 40, 3, 0, 90}, means, o)
	for i, want := range []Reason{Unbounded, "", Unknown, Unknown, "", "", Unbounded} {
		if got[i].Reason != want {
			t.Errorf("%d: %+v, wanted %q", i, got[i].Point, want)
		}
	}
	if !got[1].Alarm || got[6].Alarm {
		t.Errorf("%+v, %+v", got[1], got[6])
	}
}
