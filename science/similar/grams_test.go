package similar

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"skein/science/geo"
	"skein/science/requests"
)

var letters = rapid.StringOfN(rapid.RuneFrom([]rune("abcAéＡ １2路灯坏了,。!ア\u0301")), 0, 40, -1)

func TestJaccardProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		for n := 0; n <= 4; n++ {
			x, y := CharGrams(a, n), CharGrams(b, n)
			in := map[uint64]bool{}
			for _, g := range x {
				in[g] = true
			}
			shared := 0
			for _, g := range y {
				if in[g] {
					shared++
				}
			}
			intersection, union := Overlap(x, y)
			if intersection != shared || union != len(x)+len(y)-shared {
				t.Fatalf("n %d: %d of %d, counted %d", n, intersection, union, shared)
			}
			if j := Jaccard(x, y); j != Jaccard(y, x) || j < 0 || j > 1 || len(x) > 0 && Jaccard(x, x) != 1 {
				t.Fatalf("n %d: %v and %v", n, j, Jaccard(y, x))
			}
		}
		if Normalize(Normalize(a)) != Normalize(a) {
			t.Fatalf("%q is not stable", a)
		}
	})
}

func TestShingles(t *testing.T) {
	for _, pair := range [][2]string{
		{"Ａ栋　路灯，坏了！", "a栋 路灯 坏了"},
		{"Broken LAMP -- at  No. 12", "broken lamp, at no 12"},
	} {
		if j := Jaccard(Shingles(pair[0]), Shingles(pair[1])); j != 1 {
			t.Errorf("%q and %q: %v", pair[0], pair[1], j)
		}
	}
	for _, nothing := range []string{"", "!?", "a", "\xff\xfe"} {
		if n := len(Shingles(nothing)); n != 0 {
			t.Errorf("%q has %d shingles", nothing, n)
		}
	}
	if j := Jaccard(Shingles("路灯坏了"), Shingles("路灯坏")); j != 2.0/3 {
		t.Errorf("got %v", j)
	}
}

// TestProbabilityFalls holds that farther apart, longer apart and less alike are never likelier.
func TestProbabilityFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Evidence {
			e := Evidence{
				Jaccard: rapid.Float64Range(0, 1).Draw(t, name+"jaccard"), Compared: true,
				Metres: rapid.Float64Range(0, 1e4).Draw(t, name+"metres"), Days: rapid.Float64Range(0, 1e3).Draw(t, name+"days"),
			}
			return e
		}
		a, b := draw("a"), draw("b")
		category, placed := Agreement(rapid.IntRange(0, 2).Draw(t, "category")), rapid.Bool().Draw(t, "placed")
		a.Category, b.Category = category, category
		if !placed {
			a.Metres, b.Metres = math.NaN(), math.NaN()
		}
		near := a
		near.Jaccard, near.Days = max(a.Jaccard, b.Jaccard), min(a.Days, b.Days)
		if placed {
			near.Metres = min(a.Metres, b.Metres)
		}
		p, q, best := Default.Probability(a), Default.Probability(b), Default.Probability(near)
		if best < p || best < q || p < 0 || best > 1 || math.IsNaN(best) {
			t.Fatalf("%v: %v, %v: %v, best %v", a, p, b, q, best)
		}
		metres, days := Default.reach(0)
		if (a.Metres > metres || a.Days > days) && p >= 0.5 {
			t.Fatalf("%v is beyond reach (%v m, %v days) and has %v", a, metres, days, p)
		}
	})
}

func TestCompareIsSymmetric(t *testing.T) {
	list := requests.Generate(requests.Plan{Seed: 8, Rows: 60, Side: 300})
	for _, a := range list {
		for _, b := range list {
			if p, q := Default.Probability(Compare(a, b)), Default.Probability(Compare(b, a)); p != q {
				t.Fatalf("%v and %v", p, q)
			}
		}
	}
}

func TestPlane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		origin := geo.Point{Lon: rapid.Float64Range(-180, 180).Draw(t, "lon"), Lat: rapid.Float64Range(-60, 60).Draw(t, "lat")}
		near := func(name string) geo.Point {
			p := geo.Point{Lon: origin.Lon + rapid.Float64Range(-.08, .08).Draw(t, name), Lat: origin.Lat + rapid.Float64Range(-.08, .08).Draw(t, name)}
			if p.Lon > 180 {
				p.Lon -= 360
			}
			return p
		}
		p, q := near("p"), near("q")
		px, py := Plane(origin, p)
		qx, qy := Plane(origin, q)
		got, want := math.Hypot(px-qx, py-qy), geo.Distance(p, q)
		if math.Abs(got-want) > 0.004*want+1e-3 {
			t.Fatalf("%v m on the plane, %v m on the sphere", got, want)
		}
	})
}
