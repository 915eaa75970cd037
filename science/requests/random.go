package requests

import (
	"math"

	"skein/science/splitmix"
)

// random is a stream with what a generator asks of it.
type random struct{ splitmix.Source }

// below is uniform from 0 to below n, to within n/2⁶⁴.
func (r *random) below(n int) int { return int(r.Next() % uint64(n)) }

// normal has mean 0 and standard deviation 1 (Box & Muller 1958).
func (r *random) normal() float64 {
	return math.Sqrt(-2*math.Log(1-r.Share())) * math.Cos(2*math.Pi*r.Share())
}

func pick(r *random, list []string) string { return list[r.below(len(list))] }
