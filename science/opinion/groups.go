package opinion

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

const (
	mostBase    = 100  // base clusters
	baseSteps   = 100  // steps of k-means for them
	baseStill   = 0.01 // a centre that moves less stands still
	baseStarts  = 4
	groupStarts = 64
	mostLeaves  = 2048 // points on which the many starts are tried
	mostGroups  = 5
)

// Base are the base clusters: what stands for the participants when groups are sought.
type Base struct {
	Of      []int   // the cluster of each participant of the conversation, in the order of Map.In
	Centres []Point // of each cluster
	Sizes   []int   // participants of each cluster
}

// Candidate is one number of groups that was tried.
type Candidate struct {
	K          int
	Silhouette float64 // mean over base clusters, from −1 to 1
	Inertia    float64 // Σ squared distance of the participants to the centre of their group
	label      []int   // per participant of the conversation
}

// crowd is the participants of the conversation; sorted, in an order that does not depend on their names.
type crowd struct {
	order  []int // places in the caller's list
	all    cloud // in that order, weight 1 each unless told otherwise
	leaves cloud // the points summed up, made when first needed
	leaf   []int // of each point
	once   sync.Once
}

func newCrowd(at []Point, weight []float64, sort bool) *crowd {
	c := &crowd{order: make([]int, len(at)), all: cloud{make([]Point, len(at)), make([]float64, len(at))}}
	for i := range at {
		c.order[i] = i
	}
	if sort {
		slices.SortStableFunc(c.order, func(a, b int) int { return comparePoints(at[a], at[b]) })
	}
	for n, i := range c.order {
		c.all.at[n], c.all.weight[n] = at[i], 1
		if weight != nil {
			c.all.weight[n] = weight[i]
		}
	}
	return c
}

// summary is the points summed up, on which the many starts are tried.
func (c *crowd) summary() (cloud, []int) {
	c.once.Do(func() { c.leaves, c.leaf = c.all.summary(mostLeaves) })
	return c.leaves, c.leaf
}

// comparePoints orders by x and then y.
func comparePoints(a, b Point) int {
	if d := cmp.Compare(a.X, b.X); d != 0 {
		return d
	}
	return cmp.Compare(a.Y, b.Y)
}

// back puts labels in the crowd's order into the caller's.
func (c *crowd) back(label []int) []int {
	out := make([]int, len(label))
	for n, i := range c.order {
		out[i] = label[n]
	}
	return out
}

// base makes the base clusters: the distinct points if they are at most 100, else k-means with k = 100. The labels are in the crowd's order.
func (c *crowd) base(seed uint64) partition {
	p := partition{label: make([]int, len(c.all.at))}
	for n, at := range c.all.at {
		if n == 0 || at != c.all.at[n-1] {
			p.centre = append(p.centre, at)
		}
		p.label[n] = len(p.centre) - 1
	}
	if len(p.centre) <= mostBase {
		return p
	}
	leaves, _ := c.summary()
	var best partition
	for s := range baseStarts {
		p := partition{label: make([]int, len(leaves.at)), centre: plusPlus(leaves, mostBase, newRandom(seed, 1, s))}
		leaves.lloyd(&p, baseSteps, baseStill)
		if s == 0 || better(p, best) {
			best = p
		}
	}
	best.label = make([]int, len(c.all.at))
	c.all.lloyd(&best, baseSteps, baseStill)
	best.renumber()
	return best
}

// baseCloud is the centres of base clusters, weighted by the participants they stand for.
func (c *crowd) baseCloud(p partition) cloud {
	b := cloud{p.centre, make([]float64, len(p.centre))}
	for n, g := range p.label {
		b.weight[g] += c.all.weight[n]
	}
	return b
}

// mostK is how many groups are tried at most with so many base clusters.
func mostK(base int) int { return min(mostGroups, 2+base/12, base) }

// candidate groups the base clusters into k and then lets participants change to where the inertia is least, so that
// summing people up in base clusters costs no precision. It looks from the groups of the base clusters and from the best of many starts on the
// participants, or from hint, centres near which the answer is expected. It returns the centres too.
func (c *crowd) candidate(base partition, k int, seed uint64, hint []Point) (Candidate, []Point) {
	centres := c.baseCloud(base)
	groups := bestOf(centres, k, groupStarts, newRandom(seed, 2, k))
	p := groups.spread(base.label)
	c.all.settle(&p)
	if base.inertia > 0 { // else base clusters are the distinct points themselves
		q := partition{label: make([]int, len(base.label)), centre: slices.Clone(hint)}
		if hint == nil {
			c.all.polish(&p)
			leaves, leaf := c.summary()
			q = bestOf(leaves, k, groupStarts, newRandom(seed, 3, k)).spread(leaf)
		}
		c.all.polish(&q)
		if p.inertia < q.inertia && hint != nil {
			c.all.polish(&p)
		}
		p.renumber()
		q.renumber()
		if better(q, p) {
			p = q
		}
	}
	return Candidate{k, silhouette(centres.at, groups.label, k), p.inertia, c.back(p.label)}, p.centre
}

// polish settles a partition of the whole cloud from where it is.
func (c cloud) polish(p *partition) {
	c.lloyd(p, kmeansSteps, 0)
	c.hartigan(p)
}

// spread gives each point the label of its leaf.
func (p partition) spread(leaf []int) partition {
	out := partition{label: make([]int, len(leaf)), centre: slices.Clone(p.centre)}
	for n, l := range leaf {
		out.label[n] = p.label[l]
	}
	return out
}

// summary sums a cloud up in at most so many points of equal numbers of neighbours, by halving along the wider side, and says which point went
// where. A cloud of no more distinct points is only merged.
func (c cloud) summary(most int) (cloud, []int) {
	leaf := make([]int, len(c.at))
	var out cloud
	index := make([]int, len(c.at))
	for i := range index {
		index[i] = i
	}
	add := func(part []int, same bool) {
		var at Point
		var w float64
		for _, i := range part {
			w += c.weight[i]
			leaf[i] = len(out.at)
		}
		for _, i := range part {
			f := 1 / float64(len(part))
			if w > 0 {
				f = c.weight[i] / w
			}
			at.X += f * c.at[i].X
			at.Y += f * c.at[i].Y
		}
		if same { // without rounding
			at = c.at[part[0]]
		}
		out.at, out.weight = append(out.at, at), append(out.weight, w)
	}
	var split func(part []int, leaves int)
	split = func(part []int, leaves int) {
		low, high := c.at[part[0]], c.at[part[0]]
		for _, i := range part {
			low.X, low.Y = min(low.X, c.at[i].X), min(low.Y, c.at[i].Y)
			high.X, high.Y = max(high.X, c.at[i].X), max(high.Y, c.at[i].Y)
		}
		if len(part) == 1 || leaves <= 1 || low == high {
			add(part, low == high)
			return
		}
		key := func(i int) Point { return c.at[i] }
		if high.Y-low.Y > high.X-low.X {
			key = func(i int) Point { return Point{c.at[i].Y, c.at[i].X} }
		}
		slices.SortFunc(part, func(a, b int) int {
			if d := comparePoints(key(a), key(b)); d != 0 {
				return d
			}
			return cmp.Compare(a, b)
		})
		half := len(part) / 2
		// Equal points stay together.
		for half < len(part) && c.at[part[half]] == c.at[part[half-1]] {
			half++
		}
		if half == len(part) {
			for half = len(part) / 2; c.at[part[half]] == c.at[part[half-1]]; half-- {
			}
		}
		split(part[:half], leaves/2)
		split(part[half:], leaves-leaves/2)
	}
	if len(index) > 0 {
		if distinct(c.at) <= most {
			most = math.MaxInt
		}
		split(index, most)
	}
	return out, leaf
}

func distinct(at []Point) int {
	seen := make(map[Point]struct{}, len(at))
	for _, p := range at {
		seen[p] = struct{}{}
	}
	return len(seen)
}

// silhouette is the mean silhouette (Rousseeuw 1987) of points in k clusters; that of a point alone in its cluster is 0.
func silhouette(at []Point, label []int, k int) float64 {
	size := make([]int, k)
	for _, g := range label {
		size[g]++
	}
	var sum float64
	far := make([]float64, k)
	for i, p := range at {
		own := label[i]
		if size[own] == 1 {
			continue
		}
		clear(far)
		for j, q := range at {
			far[label[j]] += math.Sqrt(distance2(p, q))
		}
		a, b := far[own]/float64(size[own]-1), math.Inf(1)
		for g := range far {
			if g != own && size[g] > 0 {
				b = min(b, far[g]/float64(size[g]))
			}
		}
		if most := max(a, b); most > 0 && !math.IsInf(b, 1) {
			sum += (b - a) / most
		}
	}
	return sum / float64(len(at))
}
