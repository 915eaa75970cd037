package scan

import (
	"math"
	"math/bits"
)

// stream is SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
type stream uint64

// newStream begins the stream of one replicate of one seed.
func newStream(seed, replicate uint64) stream {
	s := stream(seed)
	a := s.next()
	s = stream(replicate ^ 0x6a09e667f3bcc909)
	b := s.next()
	return stream(a ^ bits.RotateLeft64(b, 32))
}

func (s *stream) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a uniform whole number in 0 … n-1 (Lemire 2019).
func (s *stream) below(n uint64) uint64 {
	high, low := bits.Mul64(s.next(), n)
	if low < n {
		for reject := -n % n; low < reject; {
			high, low = bits.Mul64(s.next(), n)
		}
	}
	return high
}

// unit is uniform in (0, 1).
func (s *stream) unit() float64 { return (float64(s.next()>>11) + 0.5) * 0x1p-53 }

// binomial is the number of successes in n trials of probability p: the gaps between successes are geometric.
func (s *stream) binomial(n int, p float64) int {
	switch {
	case p <= 0:
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - s.binomial(n, 1-p)
	}
	per := 1 / math.Log1p(-p)
	successes, at := 0, 0.0
	for {
		at += math.Floor(math.Log(s.unit())*per) + 1
		if at > float64(n) {
			return successes
		}
		successes++
	}
}

// alias draws from a discrete distribution in constant time (Vose 1991).
type alias struct {
	keep  []uint64 // keep the column if a random 63-bit number is below
	other []int32
}

func newAlias(weights []float64) alias {
	n := len(weights)
	a := alias{make([]uint64, n), make([]int32, n)}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	scaled := make([]float64, n)
	var small, large []int32
	for i, w := range weights {
		scaled[i] = w * float64(n) / total
		if scaled[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	set := func(i int32, p float64, other int32) {
		a.keep[i], a.other[i] = uint64(math.Min(math.Max(p, 0), 1)*0x1p63), other
	}
	for len(small) > 0 && len(large) > 0 {
		l, g := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		set(l, scaled[l], g)
		if scaled[g] -= 1 - scaled[l]; scaled[g] < 1 {
			large = large[:len(large)-1]
			small = append(small, g)
		}
	}
	for _, i := range append(small, large...) {
		set(i, 1, i)
	}
	return a
}

func (a *alias) draw(s *stream) int {
	i := s.below(uint64(len(a.keep)))
	if s.next()>>1 < a.keep[i] {
		return int(i)
	}
	return int(a.other[i])
}
