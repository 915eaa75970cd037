package chengyue

import (
	"math"
	"math/rand/v2"
)

// chance draws numbers from PCG's stream alone, so that no release of Go draws others.
type chance struct{ rand.PCG }

func newChance(stream uint64) *chance {
	return &chance{*rand.NewPCG(Seed, stream)}
}

// unit is a number from 0 up to 1.
func (c *chance) unit() float64 { return float64(c.Uint64()>>11) / (1 << 53) }

// below is a whole number from 0 up to n.
func (c *chance) below(n int) int { return int(c.Uint64() % uint64(n)) }

// from is a whole number from low to high, both included.
func (c *chance) from(low, high int) int {
	if high <= low {
		return low
	}
	return low + c.below(high-low+1)
}

func (c *chance) maybe(share float64) bool { return c.unit() < share }

func pick[T any](c *chance, of []T) T { return of[c.below(len(of))] }

// often is a count of what comes at random, mean times on average (Poisson's distribution, by Knuth's method).
func (c *chance) often(mean float64) int {
	least, n := math.Exp(-mean), 0
	for p := c.unit(); p > least; p *= c.unit() {
		n++
	}
	return n
}
