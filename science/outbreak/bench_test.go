package outbreak

import (
	"math"
	"testing"
)

// weekly is a series with a season, a trend and more spread than Poisson.
func weekly(level float64, weeks int, seed uint64) []float64 {
	xs := make([]float64, weeks)
	for t := range xs {
		seed = seed*6364136223846793005 + 1442695040888963407
		u := float64(seed>>11) * 0x1p-53
		mean := level * math.Exp(0.5*math.Cos(2*math.Pi*float64(t)/52)+0.001*float64(t))
		xs[t] = math.Floor(-math.Log(1-u) * mean)
	}
	return xs
}

func BenchmarkEARS(b *testing.B) {
	xs := weekly(5, 520, 1)
	for _, v := range []Variant{C1, C2, C3} {
		b.Run([]string{"", "C1", "C2", "C3"}[v], func(b *testing.B) {
			for b.Loop() {
				EARS(xs, DefaultEARS(v))
			}
		})
	}
}

func BenchmarkFarrington(b *testing.B) {
	xs := weekly(5, 520, 1)
	for name, o := range map[string]FarringtonOptions{"delta": DefaultFarrington(), "noufaily": NoufailyFarrington()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			at := []int{519}
			for b.Loop() {
				Farrington(xs, nil, at, o)
			}
		})
	}
}

func BenchmarkGLR(b *testing.B) {
	xs := weekly(5, 416, 1)
	means, _ := InControl(xs, 104, 1, 52)
	plain := DefaultGLR()
	nb, epi, most := plain, plain, plain
	nb.Overdisp, epi.Change, most.Change = 0.2, Epidemic, EpidemicMax
	for name, o := range map[string]GLROptions{"poisson": plain, "nb": nb, "epi": epi, "epi-max": most} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				GLR(xs, means, o)
			}
		})
	}
	// Half of what is expected: no alarm starts the window anew.
	for t := range means {
		means[t] *= 2
	}
	for name, o := range map[string]GLROptions{"quiet epi": epi, "quiet epi-max": most} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				GLR(xs, means, o)
			}
		})
	}
}
