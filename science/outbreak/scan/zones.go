package scan

import (
	"math"
	"sort"
)

// earthKilometres is the mean radius of the Earth (IUGG).
const earthKilometres = 6371.0088

// distance between two areas: Euclid's, or the great circle's.
func (s *Study) distance(a, b int) float64 {
	p, q := s.Areas[a], s.Areas[b]
	if !s.Geographic {
		return math.Hypot(p.X-q.X, p.Y-q.Y)
	}
	const rad = math.Pi / 180
	sin := func(d float64) float64 { return math.Sin(d * rad / 2) }
	dy, dx := sin(q.Y-p.Y), sin(q.X-p.X)
	h := dy*dy + math.Cos(p.Y*rad)*math.Cos(q.Y*rad)*dx*dx
	return 2 * earthKilometres * math.Asin(math.Sqrt(math.Min(h, 1)))
}

// circles lists for each centre its areas by distance (itself first, equal distances by index), as far as
// their share of the weight, their distance and their number are within the limits. Any beginning of the list is a zone.
func (s *Study) circles(weight []float64, o Options) [][]int32 {
	share, reach, most := o.MaxShare, o.MaxDistance, o.MaxAreas
	if most <= 0 {
		most = len(s.Areas)
	}
	total := 0.0
	for _, w := range weight {
		total += w
	}
	limit := share * total * (1 + 1e-12)
	all := make([][]int32, len(s.Areas))
	type near struct {
		far  float64
		area int32
	}
	order := make([]near, len(s.Areas))
	for c := range s.Areas {
		order = order[:0]
		for a := range s.Areas {
			if d := s.distance(c, a); a == c || reach <= 0 || d <= reach {
				if a == c {
					d = -1 // before others at the same place
				}
				order = append(order, near{d, int32(a)})
			}
		}
		sort.Slice(order, func(i, j int) bool {
			if order[i].far != order[j].far {
				return order[i].far < order[j].far
			}
			return order[i].area < order[j].area
		})
		sum, n := 0.0, 0
		for n < min(len(order), most) {
			if sum += weight[order[n].area]; sum > limit {
				break
			}
			n++
		}
		list := make([]int32, n)
		for i := range list {
			list[i] = order[i].area
		}
		all[c] = list
	}
	return all
}
