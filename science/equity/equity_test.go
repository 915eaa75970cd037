package equity

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if math.Abs(got-want) > by {
		t.Errorf("%s is %.6f, not %.6f", what, got, want)
	}
}

// Newcombe, Two-sided confidence intervals for the single proportion (Statistics in Medicine 17, 1998), table I, method 3.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		i := Wilson(c.k, c.n)
		near(t, "low", i.Low, c.low, 5e-5)
		near(t, "high", i.High, c.high, 5e-5)
	}
}

// Fisher's tea-tasting lady (The Design of Experiments, 1935, II): 3 of 4 right, two-sided 34/70.
func TestOneStratumIsFishers(t *testing.T) {
	near(t, "p", Rates([]Two{{3, 4, 1, 4}}).P, 34.0/70, 1e-12)
	near(t, "p", Rates([]Two{{4, 4, 0, 4}}).P, 2.0/70, 1e-12)
}

// Two strata by hand: each {1 of 2, 1 of 2 others} has 1/6, 4/6, 1/6; with 2 and 2 of the group, the sum 4 has 1/36 and so has 0.
func TestExactOverStrata(t *testing.T) {
	near(t, "p", Rates([]Two{{2, 2, 0, 2}, {2, 2, 0, 2}}).P, 2.0/36, 1e-12)
	c := Rates([]Two{{2, 2, 0, 2}, {5, 5, 0, 0}})
	if c.Of != 2 {
		t.Errorf("a stratum without others is compared: %+v", c)
	}
}

// With one stratum van Elteren's test is Wilcoxon's with ties. By hand: group {1, 2}, others {2, 3}: U = 0·… = 0.5 of 4, ties 2·2·2-2 = 6.
func TestOneStratumIsWilcoxons(t *testing.T) {
	c := Times([]Waits{{Histogram{0, 1, 1}, Histogram{0, 0, 1, 1}}})
	near(t, "difference", c.Difference, 2*0.5/4-1, 1e-12)
	z := (0.5 - 2) / math.Sqrt(4.0/12*(5-6.0/12))
	near(t, "p", c.P, math.Erfc(-z/math.Sqrt2), 1e-12)
}

// Holm's own rule on four values: 0.01·4, 0.02·3, 0.03·2, 0.04·1, never falling.
func TestHolm(t *testing.T) {
	got := Holm([]float64{0.04, 0.01, 0.03, 0.02})
	for i, want := range []float64{0.06, 0.04, 0.06, 0.06} {
		near(t, "adjusted", got[i], want, 1e-12)
	}
}

// For the median of ten, the second and the ninth: David and Nagaraja, 7.1 (97.9 %). Of five no interval reaches 95 %.
func TestQuantile(t *testing.T) {
	ten := Histogram{0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	if v, l, u, ok := ten.Quantile(0.5); v != 5 || l != 2 || u != 9 || !ok {
		t.Errorf("median %d, %d to %d, %v", v, l, u, ok)
	}
	if _, _, _, ok := (Histogram{0, 1, 1, 1, 1, 1}).Quantile(0.5); ok {
		t.Error("five give an interval")
	}
}

// Bounds that are searched for are those that one comes to by trying one order statistic after the other.
func TestQuantileIsTheFirstThatFits(t *testing.T) {
	for n := 1; n <= 400; n++ {
		h := make(Histogram, n+1) // each of 1 … n once, so that values are ranks
		for i := 1; i <= n; i++ {
			h[i] = 1
		}
		for _, q := range []float64{0.5, 0.9} {
			b := distuv.Binomial{N: float64(n), P: q}
			l, u := 0, n+1
			for l < n && b.CDF(float64(l)) <= 0.025 {
				l++
			}
			for u > 1 && 1-b.CDF(float64(u-2)) <= 0.025 {
				u--
			}
			_, low, high, ok := h.Quantile(q)
			if there := l >= 1 && u <= n; ok != there || ok && (low != l || high != u) {
				t.Errorf("%d of %d: %d to %d, %v; by trying %d to %d, %v", int(q*100), n, low, high, ok, l, u, there)
			}
		}
	}
}

// world makes matters of two kinds, an easy and a hard one, for ten places; the first has four hard ones in five. worse is what its matters have
// less of a chance to be answered in time, and what they wait longer.
func world(r *rand.Rand, n int, worse float64) (rates [][]Two, waits [][]Waits) {
	const places = 10
	had, of := [places][2]int{}, [places][2]int{}
	hist := [places][2]Histogram{}
	for p := range places {
		for k := range 2 {
			hist[p][k] = make(Histogram, 60)
		}
		for range n {
			kind := 0
			if r.Float64() < map[bool]float64{true: 0.8, false: 0.3}[p == 0] {
				kind = 1
			}
			chance, mean := 0.9-0.5*float64(kind), 3.0+9*float64(kind)
			if p == 0 {
				chance, mean = chance-worse, mean*(1+3*worse)
			}
			of[p][kind]++
			if r.Float64() < chance {
				had[p][kind]++
			}
			hist[p][kind][min(59, int(r.ExpFloat64()*mean))]++
		}
	}
	for p := range places {
		var two []Two
		var w []Waits
		for k := range 2 {
			s, other := Two{Had: had[p][k], Of: of[p][k]}, make(Histogram, 60)
			for q := range places {
				if q != p {
					s.OtherHad, s.OtherOf = s.OtherHad+had[q][k], s.OtherOf+of[q][k]
					for v, c := range hist[q][k] {
						other[v] += c
					}
				}
			}
			two, w = append(two, s), append(w, Waits{hist[p][k], other})
		}
		rates, waits = append(rates, two), append(waits, w)
	}
	return rates, waits
}

func found(rates [][]Two, waits [][]Waits) (rate, wait []bool) {
	var p, q []float64
	for i := range rates {
		p, q = append(p, Rates(rates[i]).P), append(q, Times(waits[i]).P)
	}
	both := Holm(append(p, q...))
	for i := range rates {
		rate, wait = append(rate, both[i] <= Level), append(wait, both[len(rates)+i] <= Level)
	}
	return rate, wait
}

// Without a planted difference a word is said in at most about one world of twenty, though the first place has mostly hard matters;
// without strata it would be said of it nearly always. Seeded.
func TestNothingPlanted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	worlds, falsely, confounded := 400, 0, 0
	for range worlds {
		rates, waits := world(r, 120, 0)
		rate, wait := found(rates, waits)
		any := false
		for i := range rate {
			any = any || rate[i] || wait[i]
		}
		if any {
			falsely++
		}
		one := rates[0][0]
		two := rates[0][1]
		if Rates([]Two{{one.Had + two.Had, one.Of + two.Of, one.OtherHad + two.OtherHad, one.OtherOf + two.OtherOf}}).P < 0.05/20 {
			confounded++
		}
	}
	if falsely > worlds*8/100 { // 5 % and three standard deviations
		t.Errorf("a difference is shown in %d of %d worlds without one", falsely, worlds)
	}
	if confounded < worlds*8/10 {
		t.Errorf("without strata the place looks ill-treated in only %d of %d: the worlds test nothing", confounded, worlds)
	}
}

// A planted difference is found, in the right place and direction, in nearly all worlds; the other places are not said to be better by it more often than the level allows for each.
func TestPlanted(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	worlds, seen := 100, 0
	for range worlds {
		rates, waits := world(r, 200, 0.25)
		rate, wait := found(rates, waits)
		if rate[0] && wait[0] && Rates(rates[0]).Difference < 0 && Times(waits[0]).Difference > 0 {
			seen++
		}
	}
	if seen < 90 {
		t.Errorf("found in %d of %d worlds", seen, worlds)
	}
}

// What is said to be found four times in five is found about so often, alone.
func TestSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n, p = 300, 0.7
	d := Rates([]Two{{int(n * p), n, int(n * p), n}}).Seen
	found, worlds := 0, 400
	for range worlds {
		s := Two{Of: n, OtherOf: n}
		for range n {
			if r.Float64() < p {
				s.OtherHad++
			}
			if r.Float64() < p-d {
				s.Had++
			}
		}
		if Rates([]Two{s}).P <= 0.05 {
			found++
		}
	}
	if share := float64(found) / float64(worlds); share < 0.7 || share > 0.9 {
		t.Errorf("found %.2f of the time", share)
	}
}

// Intervals hold the true difference about 95 times in a hundred, planted or not, of easy and hard kinds together; and two groups that are not alike in size.
func TestIntervalsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, worse := range []float64{0, 0.25} {
		const n, worlds = 120, 150
		// What the share of pairs is in truth, from very many of each kind; of shares it is what was planted.
		var true2 []Waits
		for range 2 {
			true2 = append(true2, Waits{make(Histogram, 60), make(Histogram, 60)})
		}
		for range 2000 {
			_, waits := world(r, n, worse)
			for k := range 2 {
				for v := range 60 {
					true2[k].Group[v] += waits[0][k].Group.of(v)
					true2[k].Other[v] += waits[0][k].Other.of(v)
				}
			}
		}
		longer := Times(true2).Difference
		heldRates, heldTimes := 0, 0
		for range worlds {
			rates, waits := world(r, n, worse)
			if i := RatesInterval(rates[0]); i.Low <= -worse && -worse <= i.High {
				heldRates++
			}
			if i := TimesInterval(waits[0]); i.Low <= longer && longer <= i.High {
				heldTimes++
			}
		}
		for what, held := range map[string]int{"shares": heldRates, "times": heldTimes} {
			if share := float64(held) / worlds; share < 0.89 || share == 1 {
				t.Errorf("worse by %.2f: of %s the truth is held in %.3f of worlds", worse, what, share)
			}
		}
		t.Logf("worse by %.2f: %d and %d of %d", worse, heldRates, heldTimes, worlds)
	}
}

// The same numbers give the same interval, of nothing it is as wide as can be, and it holds what was reckoned.
func TestIntervals(t *testing.T) {
	two := []Two{{8, 40, 30, 50}, {3, 3, 10, 20}, {5, 5, 0, 0}}
	a, d := RatesInterval(two), Rates(two).Difference
	if a != RatesInterval(two) || a.Low > d || a.High < d || a.High-a.Low < 0.1 {
		t.Errorf("%v of %.3f", a, d)
	}
	waits := []Waits{{Histogram{0, 9, 1}, Histogram{0, 0, 20, 5}}}
	b, e := TimesInterval(waits), Times(waits).Difference
	if b != TimesInterval(waits) || b.Low > e || b.High < e || b.High > 0 {
		t.Errorf("%v of %.3f", b, e)
	}
	none := Interval{-1, 1}
	if RatesInterval(nil) != none || TimesInterval([]Waits{{Histogram{3}, nil}}) != none {
		t.Error("of nothing there is an interval")
	}
	if got := RatesInterval([]Two{{0, 40, 0, 50}}); got.Low > -0.02 || got.High < 0.02 {
		t.Errorf("nobody had it, of forty and fifty: %v", got)
	}
}

// honest tells whether an interval holds what was reckoned with room on both sides, unless it is at the end of what there can be, and does not exclude 0 where
// the test finds nothing at all.
func honest(t *testing.T, strata []Two) {
	t.Helper()
	c, i := Rates(strata), RatesInterval(strata)
	if c.OK && c.P > 0.5 && (i.Low > 0 || i.High < 0) {
		t.Errorf("%v: p is %.3f, and the interval %v", strata, c.P, i)
	}
	if d, ok := riskDifference(strata); ok && (i.Low >= d && d > -1 || i.High <= d && d < 1) {
		t.Errorf("%v: no room on one side of %.4f in %v", strata, d, i)
	}
}

// Where all of a group had it, or nobody, or nearly so, the interval says what so few can say: alone, and in kinds where there is no chance, much chance and few cases.
func TestIntervalsDoNotCollapse(t *testing.T) {
	honest(t, []Two{{30, 30, 970, 1000}})
	honest(t, []Two{{4, 4, 9, 10}, {500, 500, 9000, 9000}})
	for _, of := range []int{1, 5, 30, 40, 300} {
		for _, others := range []int{1, 30, 1000, 20000} {
			for _, had := range []int{0, 1, of - 1, of} {
				for _, share := range []float64{0, 0.001, 0.03, 0.5, 0.97, 0.999, 1} {
					honest(t, []Two{{had, of, int(share*float64(others) + 0.5), others}})
				}
			}
		}
	}
	r := rand.New(rand.NewPCG(11, 12))
	for range 600 {
		honest(t, drawn(r, 1+r.IntN(12), 1+r.IntN(8), 1+r.IntN(300), 0, 0, 0.02, 0.3, 0.9, 1))
	}
}

// So of waits: where nearly all are alike, and in tables of few.
func TestIntervalsOfWaitsDoNotCollapse(t *testing.T) {
	hold := func(strata []Waits) {
		t.Helper()
		c, i := Times(strata), TimesInterval(strata)
		if c.OK && c.P > 0.5 && (i.Low > 0 || i.High < 0) || i.Low > c.Difference+1e-9 || i.High < c.Difference-1e-9 {
			t.Errorf("%v: %v with p %.3f, interval %v", strata, c.Difference, c.P, i)
		}
	}
	hold([]Waits{{Histogram{30}, Histogram{985, 15}}})
	hold([]Waits{{Histogram{0, 30}, Histogram{15, 985}}})
	hold([]Waits{{Histogram{0, 0, 30, 0}, Histogram{0, 2, 990, 0, 8}}, {Histogram{4}, Histogram{0, 9}}})
	r := rand.New(rand.NewPCG(21, 22))
	for range 400 {
		strata := make([]Waits, 1+r.IntN(4))
		for k := range strata {
			w := Waits{make(Histogram, 1+r.IntN(6)), make(Histogram, 1+r.IntN(6))}
			alike := r.Float64()
			put := func(h Histogram, n int) {
				for range n {
					v := 0
					if r.Float64() > alike {
						v = r.IntN(len(h))
					}
					h[v]++
				}
			}
			put(w.Group, r.IntN(40))
			put(w.Other, r.IntN(400))
			strata[k] = w
		}
		hold(strata)
	}
}

// drawn makes kinds of matter in which the others' shares are these, one after another, and the group's differ by worse.
func drawn(r *rand.Rand, kinds, of, others int, worse float64, shares ...float64) (out []Two) {
	for k := range kinds {
		s, share := Two{Of: of, OtherOf: others}, shares[k%len(shares)]
		for range of {
			if r.Float64() < share-worse {
				s.Had++
			}
		}
		for range others {
			if r.Float64() < share {
				s.OtherHad++
			}
		}
		out = append(out, s)
	}
	return out
}

// Near 0 % and 100 %, and of one or two cases in each of many kinds, intervals hold the truth as often as they say, or oftener.
func TestIntervalsHoldAtTheEnds(t *testing.T) {
	for what, world := range map[string]struct {
		kinds, of, others int
		worse             float64
		shares            []float64
	}{
		"nearly all":              {1, 30, 1000, 0, []float64{0.97}},
		"nearly all, alike":       {1, 30, 30, 0, []float64{0.97}},
		"nobody":                  {1, 30, 1000, 0, []float64{0.01}},
		"nearly all, worse":       {1, 40, 40, 0.25, []float64{0.95}},
		"one of each kind":        {40, 1, 10, 0, []float64{0.9, 0.5, 0.97}},
		"one of each kind, worse": {40, 1, 10, 0.3, []float64{0.9, 0.5, 0.97}},
		"some kinds without any":  {8, 15, 200, 0, []float64{1, 1, 0.9, 0.3}},
	} {
		held, r := 0, rand.New(rand.NewPCG(13, 14))
		const worlds = 300
		for range worlds {
			if i := RatesInterval(drawn(r, world.kinds, world.of, world.others, world.worse, world.shares...)); i.Low <= -world.worse && -world.worse <= i.High {
				held++
			}
		}
		t.Logf("%s: %d of %d", what, held, worlds)
		if float64(held)/worlds < 0.91 { // 95 %, less three standard deviations
			t.Errorf("%s: the truth is held in %d of %d worlds", what, held, worlds)
		}
	}
}

// A wait reckoned by bins is that of all pairs, one by one.
func TestPairs(t *testing.T) {
	group, other := []int{1, 4, 4, 9}, []int{0, 4, 5, 5, 9}
	longer, g, o := 0.0, make(Histogram, 10), make(Histogram, 10)
	for _, x := range group {
		g[x]++
		for _, y := range other {
			switch {
			case x > y:
				longer++
			case x < y:
				longer--
			}
		}
	}
	for _, y := range other {
		o[y]++
	}
	near(t, "difference", Times([]Waits{{g, o}}).Difference, longer/20, 1e-12)
}

// A city's worth: eighty kinds, a group of 2,600 among 54,000.
func BenchmarkIntervals(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 10))
	var two []Two
	var waits []Waits
	for range 80 {
		w := Waits{make(Histogram, 1001), make(Histogram, 1001)}
		for range 32 {
			w.Group[min(1000, int(r.ExpFloat64()*12))]++
		}
		for range 650 {
			w.Other[min(1000, int(r.ExpFloat64()*12))]++
		}
		two, waits = append(two, Two{20, 32, 450, 650}), append(waits, w)
	}
	b.Run("rates", func(b *testing.B) {
		for b.Loop() {
			RatesInterval(two)
		}
	})
	b.Run("times", func(b *testing.B) {
		for b.Loop() {
			TimesInterval(waits)
		}
	})
}
