package similar

import (
	"encoding/binary"
	"math/bits"
)

// hashes is the number of hash functions of a sketch. The standard error of an estimated
// Jaccard coefficient J is √((J+c)(1−J)/hashes) with c = 1/255: at most 0.052.
const hashes = 96

// Sketch is the MinHash of a set (Broder 1997): for each of 96 random orders of all grams the
// set's first one, of which the lowest 8 bits are kept (Li & König 2010, b-bit minwise hashing).
type Sketch [hashes]byte

// orders holds the multipliers of the hash functions.
var orders = func() (a [hashes]uint64) {
	for i := range a {
		a[i] = mix(uint64(i)) | 1
	}
	return a
}()

// mix is the finalizer of SplitMix64 (Steele, Lea & Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// NewSketch returns the sketch of a set; of an empty set it means nothing.
func NewSketch(g Grams) Sketch {
	var least [hashes]uint64
	for i := range least {
		least[i] = ^uint64(0)
	}
	for _, gram := range g {
		h := mix(gram)
		for i, a := range orders {
			// multiply–shift (Dietzfelbinger et al. 1997): the product's upper bits order the grams
			least[i] = min(least[i], h*a)
		}
	}
	var s Sketch
	for i, x := range least {
		s[i] = byte(mix(x) >> 56)
	}
	return s
}

// Jaccard estimates the Jaccard coefficient of the two sets. Two different grams share their 8 bits once in
// 256 times, which is taken off; the estimate is unbiased but for being kept within 0 and 1.
func (s *Sketch) Jaccard(o *Sketch) float64 {
	equal := hashes
	for i := 0; i < hashes; i += 8 {
		x := binary.LittleEndian.Uint64(s[i:]) ^ binary.LittleEndian.Uint64(o[i:])
		// the highest bit of each byte that is not 0 (Warren, Hacker's Delight, 2nd ed., 6–1)
		const low = 0x7f7f7f7f7f7f7f7f
		equal -= bits.OnesCount64(((x&low + low) | x) &^ low)
	}
	const chance = 1.0 / 256
	return max(0, (float64(equal)/hashes-chance)/(1-chance))
}

// The first bands×rows bytes of a sketch are also its keys in the index: two sets with Jaccard
// coefficient J share at least one of their bands with probability 1−(1−J^rows)^bands, which is
// 0.64 at J = 0.5, 0.92 at 0.7, 0.99 at 0.8.
const (
	bands = 8
	rows  = 3
)

func (s *Sketch) band(i int) uint32 {
	return uint32(s[i*rows])<<16 | uint32(s[i*rows+1])<<8 | uint32(s[i*rows+2])
}
