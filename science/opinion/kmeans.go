package opinion

import (
	"cmp"
	"math"
	"slices"
)

// cloud is a set of weighted points to be clustered.
type cloud struct {
	at     []Point
	weight []float64
}

// partition is a clustering of a cloud: a label a point, a centre a label.
type partition struct {
	label   []int
	centre  []Point
	inertia float64 // Σ weight · squared distance to the centre
}

// kmeansSteps bounds the steps of one start; k-means on a few thousand points in the plane settles long before.
const kmeansSteps = 300

func distance2(a, b Point) float64 {
	dx, dy := a.X-b.X, a.Y-b.Y
	return dx*dx + dy*dy
}

// bestOf clusters a cloud into k by Lloyd's method (Lloyd 1982) from many k-means++ starts (Arthur &
// Vassilvitskii 2007), each settled by moves of single points (Hartigan & Wong 1979); least
// inertia wins, the lexicographically first labels among equals. There must be at least k distinct points.
func bestOf(c cloud, k, starts int, random *random) partition {
	var best partition
	for s := range starts {
		p := partition{label: make([]int, len(c.at)), centre: plusPlus(c, k, random)}
		c.lloyd(&p, kmeansSteps, 0)
		c.hartigan(&p)
		p.renumber()
		if s == 0 || better(p, best) {
			best = p
		}
	}
	return best
}

// better says whether a partition is to be preferred: lower inertia, then lexicographically first labels.
func better(a, b partition) bool {
	if d := a.inertia - b.inertia; math.Abs(d) > 1e-10*b.inertia {
		return d < 0
	}
	return slices.Compare(a.label, b.label) < 0
}

// plusPlus draws k centres among the points, each with a chance in proportion to its squared distance to those before.
func plusPlus(c cloud, k int, random *random) []Point {
	near := slices.Clone(c.weight)
	centre := make([]Point, 0, k)
	for len(centre) < k {
		var sum float64
		for _, d := range near {
			sum += d
		}
		pick, left := -1, random.Share()*sum
		for i, d := range near {
			if d > 0 {
				pick = i
				if left -= d; left < 0 {
					break
				}
			}
		}
		if pick < 0 {
			break // fewer than k distinct points
		}
		centre = append(centre, c.at[pick])
		for i, at := range c.at {
			d := c.weight[i] * distance2(at, c.at[pick])
			if len(centre) == 1 || d < near[i] {
				near[i] = d
			}
		}
	}
	return centre
}

// lloyd moves centres to the means of the points nearest to them until no centre moves by more than still, at most so many
// steps, and leaves labels, centres and inertia in agreement.
func (c cloud) lloyd(p *partition, steps int, still float64) {
	for range steps {
		c.assign(p)
		moved := c.recentre(p)
		if moved <= still {
			break
		}
	}
	c.settle(p)
}

// assign gives each point its nearest centre, the first among equals.
func (c cloud) assign(p *partition) {
	if len(p.centre) > 8 {
		c.assignSorted(p)
		return
	}
	for i, at := range c.at {
		nearest, least := 0, math.Inf(1)
		for g, centre := range p.centre {
			if d := distance2(at, centre); d < least {
				nearest, least = g, d
			}
		}
		p.label[i] = nearest
	}
}

// assignSorted is assign for many centres: sorted by x, they are looked at from the point's own x outwards
// until the distance along x alone is too large.
func (c cloud) assignSorted(p *partition) {
	order := make([]int, len(p.centre))
	for g := range order {
		order[g] = g
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p.centre[a].X, p.centre[b].X) })
	xs := make([]float64, len(order))
	for n, g := range order {
		xs[n] = p.centre[g].X
	}
	for i, at := range c.at {
		right, _ := slices.BinarySearch(xs, at.X)
		left := right - 1
		nearest, least := math.MaxInt, math.Inf(1)
		look := func(n int) bool {
			if dx := xs[n] - at.X; dx*dx > least {
				return false
			}
			g := order[n]
			if d := distance2(at, p.centre[g]); d < least || d == least && g < nearest {
				nearest, least = g, d
			}
			return true
		}
		for left >= 0 || right < len(xs) {
			if left >= 0 {
				if look(left) {
					left--
				} else {
					left = -1
				}
			}
			if right < len(xs) {
				if look(right) {
					right++
				} else {
					right = len(xs)
				}
			}
		}
		p.label[i] = nearest
	}
}

// recentre moves the centres to the means and returns how far the farthest moved. A centre without points goes to
// the point farthest from its own centre.
func (c cloud) recentre(p *partition) float64 {
	sum, weight := c.sums(p)
	var moved float64
	for g := range p.centre {
		to := p.centre[g]
		if weight[g] > 0 {
			to = Point{sum[g].X / weight[g], sum[g].Y / weight[g]}
		} else if i := c.farthest(p, weight); i >= 0 {
			to = c.at[i]
			weight[p.label[i]] -= c.weight[i]
			p.label[i], weight[g] = g, c.weight[i]
		}
		moved = max(moved, math.Sqrt(distance2(to, p.centre[g])))
		p.centre[g] = to
	}
	return moved
}

func (c cloud) sums(p *partition) ([]Point, []float64) {
	sum, weight := make([]Point, len(p.centre)), make([]float64, len(p.centre))
	for i, at := range c.at {
		g, w := p.label[i], c.weight[i]
		sum[g].X += w * at.X
		sum[g].Y += w * at.Y
		weight[g] += w
	}
	return sum, weight
}

// farthest is the point farthest from its centre that is not alone in its cluster, or -1 if all lie on their centres.
func (c cloud) farthest(p *partition, weight []float64) int {
	pick, most := -1, 0.0
	for i, at := range c.at {
		if d := distance2(at, p.centre[p.label[i]]); d > most && weight[p.label[i]] > c.weight[i] {
			pick, most = i, d
		}
	}
	return pick
}

// settle sets the centres to the means of their points and sums up the inertia.
func (c cloud) settle(p *partition) {
	sum, weight := c.sums(p)
	for g := range p.centre {
		if weight[g] > 0 {
			p.centre[g] = Point{sum[g].X / weight[g], sum[g].Y / weight[g]}
		}
	}
	p.inertia = 0
	for i, at := range c.at {
		p.inertia += c.weight[i] * distance2(at, p.centre[p.label[i]])
	}
}

// hartigan moves single points while that lowers the inertia, both centres moving along; so it leaves optima of Lloyd's that are none.
func (c cloud) hartigan(p *partition) {
	_, weight := c.sums(p)
	for range kmeansSteps {
		moved := false
		for i, at := range c.at {
			from, w := p.label[i], c.weight[i]
			if w == 0 || weight[from] <= w*(1+1e-12) {
				continue // alone
			}
			gain := w * weight[from] / (weight[from] - w) * distance2(at, p.centre[from])
			to, least := from, gain*(1-1e-12)
			for g, centre := range p.centre {
				if g == from {
					continue
				}
				if cost := w * weight[g] / (weight[g] + w) * distance2(at, centre); cost < least {
					to, least = g, cost
				}
			}
			if to == from {
				continue
			}
			p.centre[from] = moveMean(p.centre[from], weight[from], at, -w)
			p.centre[to] = moveMean(p.centre[to], weight[to], at, w)
			weight[from] -= w
			weight[to] += w
			p.label[i], moved = to, true
		}
		if !moved {
			break
		}
	}
	c.settle(p)
}

// moveMean is the mean after a point of weight w joined (w > 0) or left (w < 0).
func moveMean(mean Point, weight float64, at Point, w float64) Point {
	f := w / (weight + w)
	return Point{mean.X + f*(at.X-mean.X), mean.Y + f*(at.Y-mean.Y)}
}

// renumber gives labels in the order in which they first occur.
func (p *partition) renumber() {
	to := make([]int, len(p.centre))
	for g := range to {
		to[g] = -1
	}
	var centre []Point
	for i, g := range p.label {
		if to[g] < 0 {
			to[g] = len(centre)
			centre = append(centre, p.centre[g])
		}
		p.label[i] = to[g]
	}
	p.centre = centre
}
