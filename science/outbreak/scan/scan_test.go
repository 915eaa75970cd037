package scan

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// city makes a study of a size by chance.
func city(areas, days, cases int, seed uint64) Study {
	r := newStream(seed, 0)
	s := Study{Times: days}
	weights := make([]float64, areas)
	for i := range areas {
		s.Areas = append(s.Areas, Area{X: r.unit() * 100, Y: r.unit() * 100})
		weights[i] = 500 * math.Exp(1.5*r.unit())
		s.Populations = append(s.Populations, Population{Area: i, People: math.Round(weights[i])})
	}
	where := newAlias(weights)
	for range cases {
		s.Cases = append(s.Cases, Case{Area: where.draw(&r), Time: int(r.below(uint64(days))), Count: 1})
	}
	return s
}

// exhaustive is the largest ratio of packed counts, zone by zone.
func exhaustive(f *field, l lanes, counts []uint64, least int) float64 {
	best := 0.0
	for _, circle := range f.circles {
		for d := range f.depth {
			c, mu := 0, 0.0
			for _, a := range circle {
				c += int(counts[int(a)*l.words+d/l.per] >> (d % l.per * l.width) & l.mask)
				mu += f.expected[int(a)*f.depth+d]
				if c >= least {
					best = math.Max(best, ratio(float64(c), mu, float64(f.total)))
				}
			}
		}
	}
	return best
}

func TestTheFastScanMissesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := city(rapid.IntRange(1, 30).Draw(r, "areas"), rapid.IntRange(1, 40).Draw(r, "days"), rapid.IntRange(1, 300).Draw(r, "cases"), rapid.Uint64().Draw(r, "seed"))
		o := Options{Model: Model(rapid.IntRange(0, 1).Draw(r, "model")), MaxTimes: rapid.IntRange(1, 20).Draw(r, "depth"), MaxShare: rapid.Float64Range(0.01, 1).Draw(r, "share"), MinCases: rapid.IntRange(1, 3).Draw(r, "least")}.filled(s.Times)
		f := s.field(o)
		l := newLanes(f.depth, rapid.SampledFrom([]int{f.total, 1 << 20}).Draw(r, "most"))
		var sm sampler = newThrower(f, l)
		if o.Model == Permutation {
			sm = s.shuffler(f, l)
		}
		level := rapid.Float64Range(0, 6).Draw(r, "level")
		p := newPlan(f, l, level, o.MinCases)
		for i := range uint64(5) {
			counts := make([]uint64, f.areas*l.words)
			random := newStream(7, i)
			sm.draw(&random, counts)
			want, got := exhaustive(f, l, counts, o.MinCases), p.largest(counts, o.MinCases, 0)
			// A ratio is a difference of logarithms: near nothing, what is left of it is their rounding.
			near := 1e-9 * (1 + want)
			if got > want+near || want >= level && math.Abs(got-want) > near {
				t.Fatalf("level %g: %g, exhaustively %g", level, got, want)
			}
		}
	})
}

func TestTheAnswerDoesNotDependOnTheWorkers(t *testing.T) {
	s := city(40, 60, 500, 3)
	for _, model := range []Model{Permutation, Poisson} {
		for _, stop := range []int{0, 5} {
			one := Prospective(s, Options{Model: model, MaxTimes: 7, Replicates: 299, Seed: 5, StopAfter: stop})
			for _, workers := range []int{2, 5} {
				many := Prospective(s, Options{Model: model, MaxTimes: 7, Replicates: 299, Seed: 5, StopAfter: stop, Workers: workers})
				if !reflect.DeepEqual(one.Null, many.Null) || len(one.Clusters) != len(many.Clusters) || one.Clusters[0].P != many.Clusters[0].P {
					t.Errorf("model %d, stop %d: %d workers give another answer", model, stop, workers)
				}
			}
			if stop > 0 && !(one.Stopped && len(one.Null) < 299 && one.Clusters[0].P == float64(stop)/float64(len(one.Null))) {
				t.Errorf("not stopped: %v after %d", one.Stopped, len(one.Null))
			}
		}
	}
}

func TestPValuesAreUniformWithoutClusters(t *testing.T) {
	if testing.Short() {
		t.Skip("many scans")
	}
	for _, model := range []Model{Permutation, Poisson} {
		low := 0
		const n = 300
		for seed := range uint64(n) {
			s := city(12, 20, 150, seed+1)
			if Prospective(s, Options{Model: model, MaxTimes: 5, Replicates: 99, Seed: seed}).Clusters[0].P <= 0.1 {
				low++
			}
		}
		// 30 are expected, give or take 5.2.
		if low < 12 || low > 48 {
			t.Errorf("model %d: %d of %d p-values are at most 0.1", model, low, n)
		}
	}
}

func TestWhatHasNoAnswer(t *testing.T) {
	for name, s := range map[string]Study{
		"nothing": {}, "no cases": {Areas: make([]Area, 3), Times: 10}, "one case": {Areas: make([]Area, 3), Times: 10, Cases: []Case{{0, 9, 1, 0}}},
		"all on one day": {Areas: make([]Area, 2), Times: 1, Cases: []Case{{0, 0, 5, 0}, {1, 0, 5, 0}}},
	} {
		for _, model := range []Model{Permutation, Poisson} {
			if r := Prospective(s, Options{Model: model, Replicates: 9}); len(r.Clusters) > 0 {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

func TestTiesCount(t *testing.T) {
	// Two cases on the last day in one area of two: by chance as often as the margins say, and never more extreme.
	s := Study{Areas: []Area{{X: 0}, {X: 1}}, Times: 2, Cases: []Case{{0, 1, 2, 0}, {1, 0, 2, 0}}}
	r := Prospective(s, Options{MaxTimes: 1, Replicates: 999, Seed: 1})
	if p := r.Clusters[0].P; math.Abs(p-1.0/3) > 0.06 { // both last-day cases in one area: 2 of 6 ways
		t.Errorf("p %g", p)
	}
}

func TestGumbelAgreesWithTheReplicates(t *testing.T) {
	s := city(40, 60, 800, 9)
	r := Prospective(s, Options{MaxTimes: 7, Replicates: 1999, Seed: 2})
	g := newGumbel(r.Null)
	for _, x := range []float64{4, 5, 6} {
		p := float64(reached(r.Null, x)) / float64(len(r.Null))
		if q := g.upper(x); math.Abs(q-p) > 0.03 {
			t.Errorf("at %g: %g of the replicates, Gumbel %g", x, p, q)
		}
	}
}

func BenchmarkPermutation(b *testing.B) { benchmark(b, Permutation) }
func BenchmarkPoisson(b *testing.B)     { benchmark(b, Poisson) }

// benchmark is 1,000 areas and 365 days with 55,000 cases, 14 days deep.
func benchmark(b *testing.B, model Model) {
	s := city(1000, 365, 55000, 1)
	for b.Loop() {
		Prospective(s, Options{Model: model, MaxTimes: 14, Replicates: 999, Seed: 1})
	}
}
