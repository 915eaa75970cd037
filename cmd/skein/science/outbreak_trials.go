package science

import (
	"fmt"
	"math"
	"runtime"

	"skein/science/outbreak"
	"skein/science/outbreak/scan"
)

// invented is a small seeded generator (SplitMix64) for data to measure on.
type invented uint64

func (s *invented) unit() float64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) * 0x1p-53
}

// poisson is a Poisson number (Knuth's product, in pieces for large means).
func (s *invented) poisson(mean float64) float64 {
	n := 0.0
	for mean > 0 {
		piece := math.Min(mean, 500)
		mean -= piece
		for p := s.unit(); p > math.Exp(-piece); p *= s.unit() {
			n++
		}
	}
	return n
}

// inventedSeries are weekly series with a season, a slow trend and a mean of half a case to fifty, by series.
func inventedSeries(series, weeks int) [][]float64 {
	random := invented(1)
	out := make([][]float64, series)
	for i := range out {
		level := math.Exp(math.Log(0.5) + random.unit()*math.Log(100))
		for t := range weeks {
			season := math.Exp(0.5 * math.Cos(2*math.Pi*float64(t)/52))
			out[i] = append(out[i], random.poisson(level*season*(1+0.0005*float64(t))*(0.6+0.8*random.unit())))
		}
	}
	return out
}

// inventedStudy is a city of areas and days.
func inventedStudy(areas, days, cases int) scan.Study {
	random := invented(2)
	s := scan.Study{Times: days}
	var upTo []float64
	sum := 0.0
	for i := range areas {
		people := math.Round(500 * math.Exp(1.5*random.unit()))
		sum += people
		upTo = append(upTo, sum)
		s.Areas = append(s.Areas, scan.Area{Name: fmt.Sprint(i + 1), X: 100 * random.unit(), Y: 100 * random.unit()})
		s.Populations = append(s.Populations, scan.Population{Area: i, People: people})
	}
	for range cases {
		at := random.unit() * sum
		low, high := 0, areas-1
		for low < high {
			if m := (low + high) / 2; upTo[m] < at {
				low = m + 1
			} else {
				high = m
			}
		}
		s.Cases = append(s.Cases, scan.Case{Area: low, Time: int(random.unit() * float64(days)), Count: 1})
	}
	return s
}

// outbreakTrials measure early warning and scans.
func outbreakTrials() []trial {
	const reference, satscan = "R surveillance 1.20.3", "SaTScan 10.3.2"
	series := func(n, weeks int, do func(counts []float64)) func() error {
		data := inventedSeries(n, weeks)
		return func() error {
			parallel(n, func(i int) { do(data[i]) })
			return nil
		}
	}
	ears := func(v outbreak.Variant) func() error {
		return series(1000, 520, func(counts []float64) { outbreak.EARS(counts, outbreak.DefaultEARS(v)) })
	}
	farrington := func(n, weeks, last int, o outbreak.FarringtonOptions) func() error {
		at := make([]int, last)
		for i := range at {
			at[i] = weeks - last + i
		}
		return series(n, weeks, func(counts []float64) { outbreak.Farrington(counts, nil, at, o) })
	}
	watch := func(alpha float64) func() error {
		return series(100, 416, func(counts []float64) {
			if means, ok := outbreak.InControl(counts, 104, 0, 52); ok {
				o := outbreak.DefaultGLR()
				o.Overdisp = alpha
				outbreak.GLR(counts, means, o)
			}
		})
	}
	study := func(areas, days, cases int, o scan.Options) func() error {
		s := inventedStudy(areas, days, cases)
		o.Seed, o.Workers = 1, runtime.GOMAXPROCS(0)
		return func() error {
			if len(scan.Prospective(s, o).Clusters) == 0 {
				return fmt.Errorf("no cluster found")
			}
			return nil
		}
	}
	noufaily := outbreak.NoufailyFarrington()
	return []trial{
		{"ears-c1", "1,000 series × 520 weeks", 7.8, reference, ears(outbreak.C1), nil},
		{"ears-c2", "1,000 series × 520 weeks", 8.3, reference, ears(outbreak.C2), nil},
		{"ears-c3", "1,000 series × 520 weeks", 14.7, reference, ears(outbreak.C3), nil},
		{"farrington", "1,000 series × 10 years, latest week", 10.8, reference, farrington(1000, 520, 1, outbreak.DefaultFarrington()), nil},
		{"farrington-improved", "1,000 series × 10 years, latest week", 11, reference, farrington(1000, 520, 1, noufaily), nil},
		{"farrington-improved-256", "1,000 series × 256 weeks after 5 years", 2400, reference, farrington(1000, 520, 256, noufaily), nil},
		{"glr-poisson", "100 series × 416 weeks", 0.17, reference, watch(0), nil},
		{"glr-nb", "100 series × 416 weeks", 3.8, reference, watch(0.2), nil},
		{"scan-permutation", "1,000 areas × 365 days, 55,000 cases, D = 14, 999 replicates", 21.6, satscan, study(1000, 365, 55000, scan.Options{MaxTimes: 14, Replicates: 999}), nil},
		{"scan-poisson", "1,000 areas × 365 days, 55,000 cases, D = 14, 999 replicates", 32.6, satscan, study(1000, 365, 55000, scan.Options{Model: scan.Poisson, MaxTimes: 14, Replicates: 999}), nil},
		{"scan-permutation-small", "120 areas × 28 days, 1,000 cases, D = 7, 9,999 replicates", 1.6, satscan, study(120, 28, 1000, scan.Options{MaxTimes: 7, Replicates: 9999}), nil},
		{"scan-poisson-small", "120 areas × 28 days, 1,000 cases, D = 7, 9,999 replicates", 2.0, satscan, study(120, 28, 1000, scan.Options{Model: scan.Poisson, MaxTimes: 7, Replicates: 9999}), nil},
		{"scan-permutation-city", "300 areas × 90 days, 3,362 cases, D = 7, 9,999 replicates", 11.2, satscan, study(300, 90, 3362, scan.Options{MaxTimes: 7, Replicates: 9999}), nil},
	}
}
