package place

import "skein/frame/civic"

// Meets returns a function that reports whether two open places share ground, by the
// boundaries that hold them: a place without one takes that of the nearest place above. Where
// there is none, or a place is unknown, they may. Boundaries are prepared once; the
// function is for one goroutine.
func (c *Catalog) Meets() func(a, b civic.PlaceID) bool {
	surfaces := map[civic.PlaceID]*surface{}
	of := func(p civic.PlaceID) *surface {
		if s, done := surfaces[p]; done {
			return s
		}
		var s *surface
		for _, above := range c.Chain(p) {
			if a := c.Area(above.ID); a != nil {
				s = newSurface(a)
				break
			}
		}
		surfaces[p] = s
		return s
	}
	return func(a, b civic.PlaceID) bool {
		x, y := of(a), of(b)
		return x == nil || y == nil || x.shared(y) > 0
	}
}
