package scan

import "math"

// A plan is how a replicate is scanned fast. Counts of an area in the last 1 … D units lie side by side in lanes of
// 64-bit words, so that one addition moves several windows at once. A centre's list is cut into blocks. For each block and depth
// the plan has the fewest cases that could make any of the block's zones reach the level, from the expectation of its first zone:
// a block whose last zone has fewer cannot reach it and is passed over.
type plan struct {
	f     *field
	level float64
	lanes
	begin  []int32  // first block of each centre, and the end
	ends   []int32  // of each block, in its centre's list
	fewest []uint64 // block·words: what a block's last zone must have
	before []float64
}

// lanes are how counts lie in words.
type lanes struct {
	width, per, words int    // bits of a lane, lanes in a word, words of an area
	top               uint64 // the highest bit of every lane; counts stay below
	mask              uint64
}

func newLanes(depth, most int) lanes {
	l := lanes{width: 16}
	if most >= 1<<15 {
		l.width = 32
	}
	l.per = 64 / l.width
	l.words = (depth + l.per - 1) / l.per
	l.mask = 1<<l.width - 1
	for i := range l.per {
		l.top |= 1 << (l.width*i + l.width - 1)
	}
	return l
}

// increments has for each unit of time, counted back, the words that add one case.
func (l lanes) increments(depth int) []uint64 {
	inc := make([]uint64, depth*l.words)
	for back := range depth {
		for d := back; d < depth; d++ {
			inc[back*l.words+d/l.per] += 1 << (d % l.per * l.width)
		}
	}
	return inc
}

// stride is how much the expectation may grow within a block, in its standard deviations: longer blocks are fewer, but are passed over less often.
const stride = 1.0

func newPlan(f *field, l lanes, level float64, least int) *plan {
	p := &plan{f: f, level: level, lanes: l}
	means := make([]float64, f.depth)
	for _, circle := range f.circles {
		p.begin = append(p.begin, int32(len(p.ends)))
		clear(means)
		for i := 0; i < len(circle); {
			p.before = append(p.before, means...)
			base := len(p.fewest)
			start := i
			var limit float64
			for i < len(circle) {
				row := int(circle[i]) * f.depth
				last := means[f.depth-1] + f.expected[row+f.depth-1]
				if i > start && last > limit {
					break
				}
				for d := range means {
					means[d] += f.expected[row+d]
				}
				if i == start {
					limit = last + stride*math.Sqrt(last)
					p.fewest = append(p.fewest, make([]uint64, l.words)...)
					for d := range l.words * l.per {
						need := l.mask >> 1
						if d < f.depth {
							need = min(need, uint64(f.fewest(means[d], level, least)))
						}
						p.fewest[base+d/l.per] |= need << (d % l.per * l.width)
					}
				}
				i++
			}
			p.ends = append(p.ends, int32(i))
		}
	}
	p.begin = append(p.begin, int32(len(p.ends)))
	return p
}

// fewest is the least number of cases, at least least, whose ratio reaches a level; one more than all if none does.
func (f *field) fewest(mu, level float64, least int) int {
	if level <= 0 {
		return least
	}
	level *= 1 - 1e-9
	total := float64(f.total)
	reaches := func(c int) bool { return ratio(float64(c), mu, total) >= level }
	c := max(int(mu+math.Sqrt(2*level*mu*math.Max(1-mu/total, 0))+level/3), least)
	if c > f.total {
		c = f.total
	}
	if reaches(c) {
		for c > least && reaches(c-1) {
			c--
		}
		return c
	}
	for c <= f.total && !reaches(c) {
		c++
	}
	return c
}

// largest scans counts and returns the largest ratio, at least the given one; it misses none that reaches the plan's level.
func (p *plan) largest(counts []uint64, least int, best float64) float64 {
	w := p.words
	if w == 4 {
		return p.largest4(counts, least, best)
	}
	sum, saved := make([]uint64, w), make([]uint64, w)
	for centre, circle := range p.f.circles {
		clear(sum)
		from := int32(0)
		for b := p.begin[centre]; b < p.begin[centre+1]; b++ {
			to := p.ends[b]
			copy(saved, sum)
			for _, a := range circle[from:to] {
				row := counts[int(a)*w : int(a)*w+w]
				for i, n := range row {
					sum[i] += n
				}
			}
			need := p.fewest[int(b)*w : int(b)*w+w]
			for i, n := range need {
				if hit := ((sum[i] | p.top) - n) & p.top; hit != 0 {
					best = p.look(circle[from:to], counts, i, hit, saved[i], sum[i], int(b), least, best)
				}
			}
			from = to
		}
	}
	return best
}

// largest4 is largest for four words, 13 to 16 days.
func (p *plan) largest4(counts []uint64, least int, best float64) float64 {
	for centre, circle := range p.f.circles {
		var s0, s1, s2, s3 uint64
		from := int32(0)
		for b := p.begin[centre]; b < p.begin[centre+1]; b++ {
			to := p.ends[b]
			saved := [4]uint64{s0, s1, s2, s3}
			for _, a := range circle[from:to] {
				row := (*[4]uint64)(counts[int(a)*4:])
				s0 += row[0]
				s1 += row[1]
				s2 += row[2]
				s3 += row[3]
			}
			need := (*[4]uint64)(p.fewest[int(b)*4:])
			h0, h1, h2, h3 := (s0|p.top)-need[0], (s1|p.top)-need[1], (s2|p.top)-need[2], (s3|p.top)-need[3]
			if (h0|h1|h2|h3)&p.top != 0 {
				now := [4]uint64{s0, s1, s2, s3}
				for i, h := range [4]uint64{h0, h1, h2, h3} {
					if h&p.top != 0 {
						best = p.look(circle[from:to], counts, i, h&p.top, saved[i], now[i], int(b), least, best)
					}
				}
			}
			from = to
		}
	}
	return best
}

// look evaluates the zones of a block at the depths of one word that may reach the level: saved and now are its counts before the block and with it.
func (p *plan) look(block []int32, counts []uint64, word int, hit, saved, now uint64, b, least int, best float64) float64 {
	f := p.f
	total := float64(f.total)
	for lane := range p.per {
		shift := lane * p.width
		d := word*p.per + lane
		if hit>>(shift+p.width-1)&1 == 0 || d >= f.depth {
			continue
		}
		c, mu := saved>>shift&p.mask, p.before[b*f.depth+d]
		if !exceeds(float64(now>>shift&p.mask), mu+f.expected[int(block[0])*f.depth+d], total, best) {
			continue // not even with all of the block's cases in its first zone
		}
		for _, a := range block {
			n := counts[int(a)*p.words+word] >> shift & p.mask
			c += n
			mu += f.expected[int(a)*f.depth+d]
			if n == 0 || int(c) < least { // without a new case the zone before was better
				continue
			}
			if exceeds(float64(c), mu, total, best) {
				best = math.Max(best, ratio(float64(c), mu, total))
			}
		}
	}
	return best
}

// exceeds says whether a ratio may be above best, without a logarithm: LLR <= (c−μ)²/2 · (1/μ + 1/(C−c)).
func exceeds(c, mu, total, best float64) bool {
	over := c - mu
	return over > 0 && over*over*(1+mu/(total-c)) > 2*best*mu
}
