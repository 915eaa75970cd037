package opinion

import (
	"strconv"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	v, _ := made(1, 20_000, 300, 3, 50)
	text := v.csv()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPolis(b *testing.B) {
	for _, size := range []struct {
		name                         string
		participants, statements, of int
	}{{"1921x197x49000", 1921, 197, 28}, {"100000x1000x5000000", 100_000, 1000, 54}} {
		b.Run(size.name, func(b *testing.B) {
			v, _ := made(1, size.participants, size.statements, 4, size.of)
			b.ReportAllocs()
			for b.Loop() {
				m := Polis(v, Options{})
				b.ReportMetric(float64(v.Len()), "votes")
				b.ReportMetric(float64(m.K), "k")
			}
		})
	}
}

// BenchmarkStream measures one more vote on a large conversation: with the map that may lag by 25 votes, and with a new one after each.
func BenchmarkStream(b *testing.B) {
	v, _ := made(1, 100_000, 1000, 4, 54)
	s := NewStream(v, Options{})
	s.Renew()
	r := newRandom(2)
	vote := func(b *testing.B) {
		if err := s.Set(strconv.Itoa(r.below(100_000)), strconv.Itoa(r.below(1000)), Vote(r.below(3)-1)); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("map", func(b *testing.B) {
		for b.Loop() {
			vote(b)
			s.Map()
		}
	})
	b.Run("renew", func(b *testing.B) {
		for b.Loop() {
			vote(b)
			s.Renew()
		}
	})
}
