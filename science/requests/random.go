package requests

import "math"

// random is SplitMix64 (Steele, Lea & Flood 2014): small, seeded, the same everywhere.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	x := uint64(*r)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// share is uniform from 0 to below 1.
func (r *random) share() float64 { return float64(r.next()>>11) / (1 << 53) }

// below is uniform from 0 to below n, to within n/2⁶⁴.
func (r *random) below(n int) int { return int(r.next() % uint64(n)) }

// normal has mean 0 and standard deviation 1 (Box & Muller 1958).
func (r *random) normal() float64 {
	return math.Sqrt(-2*math.Log(1-r.share())) * math.Cos(2*math.Pi*r.share())
}

func pick(r *random, list []string) string { return list[r.below(len(list))] }
