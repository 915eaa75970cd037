package opinion

import (
	"math/bits"

	"skein/science/splitmix"
)

// random is a stream; those for separate purposes are made from separate seeds.
type random struct{ splitmix.Source }

// newRandom returns the stream of a seed and a purpose.
func newRandom(seed uint64, purpose ...int) *random {
	r := &random{splitmix.Source(seed)}
	for _, p := range purpose {
		r.Source = splitmix.Source(r.Next() ^ uint64(p)*0x9e3779b97f4a7c15)
	}
	return r
}

// below returns a whole number in [0, n); the bias of 2⁻⁶⁴·n does not matter here.
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.Next(), uint64(n))
	return int(high)
}
