package place

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
)

// bigTown has 301 places: the town, 30 wards and 270 neighbourhoods, with coasts for borders.
func bigTown(b *testing.B) *world {
	w := newWorld(b)
	w.town(newNet(1, 6, 5, 256), newNet(2, 18, 15, 128))
	vertices := 0
	for p := range w.c.Places() {
		vertices += w.c.Area(p.ID).Vertices()
	}
	b.ReportMetric(float64(w.c.Len()), "places")
	b.ReportMetric(float64(vertices), "vertices")
	return w
}

func points() [][2]float64 {
	rnd := rand.New(rand.NewPCG(7, 7))
	points := make([][2]float64, 4096)
	for i := range points {
		points[i] = [2]float64{42.2 + 0.25*rnd.Float64(), -71.2 + 0.3*rnd.Float64()}
	}
	return points
}

// BenchmarkHolding reports the 99th percentile of single questions beside the mean.
func BenchmarkHolding(b *testing.B) {
	w, points := bigTown(b), points()
	var took []time.Duration
	places := make([]Place, 0, 16)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		p := points[i%len(points)]
		start := time.Now()
		places = w.c.AppendHolding(places[:0], p[0], p[1])
		if len(took) < 1<<20 {
			took = append(took, time.Since(start))
		}
	}
	b.StopTimer()
	if len(places) != 3 {
		b.Fatalf("%v", places)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
	b.ReportMetric(float64(w.c.Len()), "places")
}

// BenchmarkHoldingIDs is the same question answered by a slice of its own.
func BenchmarkHoldingIDs(b *testing.B) {
	w, points := bigTown(b), points()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p := points[i%len(points)]
		w.c.Holding(p[0], p[1])
	}
}

// BenchmarkLearn takes in all places at once, as a process does when it starts.
func BenchmarkLearn(b *testing.B) {
	w := bigTown(b)
	var none *Catalog
	for b.Loop() {
		if _, err := none.With(w.document, w.acts...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLearnOne takes in one more act, which parses nothing that was there.
func BenchmarkLearnOne(b *testing.B) {
	w := bigTown(b)
	act := journal.Act{Dossier: ID("new"), Event: Founded{Place: "new", Kind: Other, Titles: en("New"), Parent: "town"}}
	for b.Loop() {
		if _, err := w.c.With(w.document, act); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkImport measures and decides on 301 places with boundaries.
func BenchmarkImport(b *testing.B) {
	w := bigTown(b)
	var c Import
	for p := range w.c.Places() {
		s, _ := w.c.State(p.ID)
		c.Places = append(c.Places, Found{Place: p.ID, Kind: s.Kind, Titles: s.Titles, Parent: s.Parent, Rank: s.Rank, Boundary: s.Boundary()})
	}
	var none *Catalog
	for b.Loop() {
		f := none.Facts(State{}, c, w.document)
		if drafts, refusals := Decide(State{}, c, f); len(drafts) != len(c.Places) {
			b.Fatal(refusals)
		}
	}
}

// BenchmarkChain asks for a place and all above it.
func BenchmarkChain(b *testing.B) {
	w := bigTown(b)
	var at civic.PlaceID = "neighbourhood-03-04"
	b.ReportAllocs()
	for b.Loop() {
		w.c.Chain(at)
	}
}
