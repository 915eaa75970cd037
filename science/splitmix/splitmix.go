// Package splitmix makes numbers that look drawn by chance, from a seed: the same everywhere, and again, so that whoever checks a result gets the same one.
//
// It is SplitMix64: G. L. Steele, D. Lea, C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014. Nothing secret may hang on it.
package splitmix

// Source is a stream of numbers; its value is the seed, and then its state.
type Source uint64

// Next is any of 2⁶⁴ numbers.
func (s *Source) Next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Share is uniform from 0 to below 1, in steps of 2⁻⁵³.
func (s *Source) Share() float64 { return float64(s.Next()>>11) / (1 << 53) }
