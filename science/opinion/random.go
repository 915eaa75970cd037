package opinion

import "math/bits"

// random is SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number
// generators", OOPSLA): a counter and a mixing function, so streams for separate purposes are made from separate seeds.
type random struct{ state uint64 }

// newRandom returns the stream of a seed and a purpose.
func newRandom(seed uint64, purpose ...int) *random {
	r := &random{seed}
	for _, p := range purpose {
		r.state = r.next() ^ uint64(p)*0x9e3779b97f4a7c15
	}
	return r
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float returns a number in [0, 1).
func (r *random) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// below returns a whole number in [0, n); the bias of 2⁻⁶⁴·n does not matter here.
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.next(), uint64(n))
	return int(high)
}
