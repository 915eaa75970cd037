package scan

import (
	"math"
	"sort"
	"strconv"
)

// tie is how close two log likelihood ratios must be, relatively, to count as equal: sums of the same expectations in another order differ by less.
const tie = 1e-9

// noise is the p-value from which a secondary cluster says nothing.
const noise = 0.9999

// Prospective scans the windows that end with the last unit of time for more cases than expected.
//
// Every circle of every centre is combined with the last 1 … MaxTimes units. LLR = c·ln(c/μ) + (C−c)·ln((C−c)/(C−μ))
// for c > μ cases in a window, of C in all. The clusters are the best window of each centre, in the order of LLR, less those
// that share an area with one before. Cases of the Poisson model where nobody lives make a ratio infinite; Parse refuses them. All are compared with the largest LLR of each replicate. Time: about
// replicates · Σ circles' sizes · D/4 additions. A study without cases has no clusters.
func Prospective(s Study, options Options) Result {
	o := options.filled(s.Times)
	r := Result{}
	if s.Times <= 0 || len(s.Areas) == 0 {
		return r
	}
	f := s.field(o)
	r.Cases = f.total
	if f.total == 0 || f.populated() == 0 {
		return r
	}
	r.Clusters = s.clusters(f, o)
	if len(r.Clusters) == 0 {
		return r
	}
	if o.Replicates > 0 {
		r.Null, r.Stopped = s.replicate(f, o, r.Clusters[0].LLR)
	}
	tail := newGumbel(r.Null)
	for i := range r.Clusters {
		c := &r.Clusters[i]
		c.P, c.Gumbel, c.Recurrence = math.NaN(), tail.upper(c.LLR), math.NaN()
		if len(r.Null) > 0 {
			reached := reached(r.Null, c.LLR)
			c.P = float64(reached+1) / float64(len(r.Null)+1)
			if r.Stopped && i == 0 { // Besag and Clifford's estimate
				c.P = float64(reached) / float64(len(r.Null))
			}
			c.Recurrence = 1 / c.P
		}
	}
	for i := len(r.Clusters) - 1; i > 0 && r.Clusters[i].P == 1 && !(r.Clusters[i].Gumbel < noise); i-- {
		r.Clusters = r.Clusters[:i]
	}
	return r
}

func reached(null []float64, llr float64) (n int) {
	for _, v := range null {
		if v >= llr*(1-tie) {
			n++
		}
	}
	return n
}

// ratio is the log likelihood ratio of c cases against mu expected, of total; 0 unless c > mu.
func ratio(c, mu, total float64) float64 {
	if !(c > mu) {
		return 0
	}
	r := math.Inf(1)
	if mu > 0 {
		r = c * math.Log(c/mu)
	}
	if c < total {
		r += (total - c) * math.Log((total-c)/(total-mu))
	}
	return r
}

// clusters finds the best window of every centre and keeps those that share no area with a better one.
func (s *Study) clusters(f *field, o Options) []Cluster {
	var found []Cluster
	counts, means := make([]int, f.depth), make([]float64, f.depth)
	for centre, circle := range f.circles {
		clear(counts)
		clear(means)
		best := Cluster{Centre: centre}
		size := 0
		for i, a := range circle {
			row := int(a) * f.depth
			for d := range f.depth {
				counts[d] += f.observed[row+d]
				means[d] += f.expected[row+d]
				if counts[d] < o.MinCases {
					continue
				}
				if r := ratio(float64(counts[d]), means[d], float64(f.total)); r > best.LLR*(1+tie) {
					size = i + 1
					best.First, best.Last = s.Times-1-d, s.Times-1
					best.Observed, best.Expected, best.LLR = counts[d], means[d], r
				}
			}
		}
		if size == 0 {
			continue
		}
		for _, a := range circle[:size] {
			best.Areas = append(best.Areas, int(a))
			best.Radius = math.Max(best.Radius, s.distance(centre, int(a)))
		}
		sort.Ints(best.Areas)
		// Summed in one order, equal windows of several centres have equal figures.
		best.Expected = 0
		for _, a := range best.Areas {
			best.Expected += f.expected[a*f.depth+best.Last-best.First]
		}
		best.LLR = ratio(float64(best.Observed), best.Expected, float64(f.total))
		found = append(found, best)
	}
	sort.SliceStable(found, func(i, j int) bool {
		if found[i].LLR != found[j].LLR {
			return found[i].LLR > found[j].LLR
		}
		return len(found[i].Areas) < len(found[j].Areas) // an area without cases adds nothing
	})
	taken := make([]bool, f.areas)
	var out []Cluster
next:
	for _, c := range found {
		for _, a := range c.Areas {
			if taken[a] {
				continue next
			}
		}
		for _, a := range c.Areas {
			taken[a] = true
		}
		out = append(out, c)
	}
	return out
}

// Sentence is the message key and its arguments that put a cluster into words; days are its first and last day as they are to be read,
// names its areas. Without replicates nothing is said of chance.
func (c Cluster) Sentence(names, first, last string) (key string, args []any) {
	args = []any{"areas", names, "first", first, "last", last, "observed", c.Observed, "expected", strconv.FormatFloat(c.Expected, 'f', 2, 64), "llr", strconv.FormatFloat(c.LLR, 'f', 2, 64)}
	if math.IsNaN(c.P) {
		return "scan.cluster", args
	}
	return "scan.cluster_p", append(args, "p", strconv.FormatFloat(c.P, 'g', 3, 64), "recurrence", strconv.FormatFloat(c.Recurrence, 'f', 0, 64))
}
