package scan

import (
	"math"
	"sync"
	"sync/atomic"
)

// sampler makes up the cases of the last D units of one replicate.
type sampler interface {
	draw(s *stream, counts []uint64)
}

// shuffler draws which cases fall into the last units: a random subset of each stratum's cases, without replacement. Only these are
// moved (a shuffle that ends early), and moved back, so a replicate does not depend on the one before.
type shuffler struct {
	l      lanes
	inc    []uint64
	strata []stratum
	swaps  []int32
}

type stratum struct {
	areas  []int32 // of each case
	recent []int   // cases in each of the last units, counted back
}

func (s *Study) shuffler(f *field, l lanes) *shuffler {
	sh := &shuffler{l: l, inc: l.increments(f.depth), strata: make([]stratum, s.strata())}
	for i := range sh.strata {
		sh.strata[i].recent = make([]int, f.depth)
	}
	for _, c := range s.Cases {
		st := &sh.strata[c.Stratum]
		for range c.Count {
			st.areas = append(st.areas, int32(c.Area))
		}
		if back := s.Times - 1 - c.Time; back < f.depth {
			st.recent[back] += c.Count
		}
	}
	return sh
}

func (sh *shuffler) draw(s *stream, counts []uint64) {
	w := sh.l.words
	for i := range sh.strata {
		st := &sh.strata[i]
		sh.swaps = sh.swaps[:0]
		at := 0
		for back, n := range st.recent {
			inc := sh.inc[back*w : back*w+w]
			for range n {
				j := at + int(s.below(uint64(len(st.areas)-at)))
				st.areas[at], st.areas[j] = st.areas[j], st.areas[at]
				sh.swaps = append(sh.swaps, int32(j))
				row := counts[int(st.areas[at])*w:]
				for k, v := range inc {
					row[k] += v
				}
				at++
			}
		}
		for at--; at >= 0; at-- {
			j := sh.swaps[at]
			st.areas[at], st.areas[j] = st.areas[j], st.areas[at]
		}
	}
}

// copy is a shuffler for another worker.
func (sh *shuffler) copy() sampler {
	c := &shuffler{l: sh.l, inc: sh.inc, strata: make([]stratum, len(sh.strata))}
	for i, st := range sh.strata {
		c.strata[i] = stratum{append([]int32(nil), st.areas...), st.recent}
	}
	return c
}

// most is the largest number of cases a replicate can have in the last units. For Poisson that is a binomial number: it is cut
// at twelve standard deviations above its mean, which happens once in 10³² replicates.
func (f *field) most(model Model) int {
	observed, expected := 0, 0.0
	for a := range f.areas {
		observed += f.observed[a*f.depth+f.depth-1]
		expected += f.expected[a*f.depth+f.depth-1]
	}
	if model == Permutation {
		return observed
	}
	return min(f.total, int(expected+12*math.Sqrt(expected))+100)
}

// thrower draws how many of all cases fall into the last units, and throws each by what is expected of its area and unit.
type thrower struct {
	l           lanes
	inc         []uint64
	depth       int
	total, most int
	share       float64
	cells       alias
}

func newThrower(f *field, l lanes) *thrower {
	each := make([]float64, len(f.expected))
	sum := 0.0
	for i, v := range f.expected {
		if each[i] = v; i%f.depth > 0 {
			each[i] = math.Max(v-f.expected[i-1], 0)
		}
		sum += each[i]
	}
	return &thrower{l, l.increments(f.depth), f.depth, f.total, f.most(Poisson), sum / float64(f.total), newAlias(each)}
}

func (th *thrower) draw(s *stream, counts []uint64) {
	w := th.l.words
	for range min(s.binomial(th.total, th.share), th.most) {
		cell := th.cells.draw(s)
		area, back := cell/th.depth, cell%th.depth
		row, inc := counts[area*w:], th.inc[back*w:back*w+w]
		for k, v := range inc {
			row[k] += v
		}
	}
}

const (
	pilots  = 16   // replicates that say at which level to plan
	caution = 0.85 // … this share of the least of them
)

// replicate returns the largest ratio of each replicate, in order.
func (s *Study) replicate(f *field, o Options, observed float64) (null []float64, stopped bool) {
	l := newLanes(f.depth, f.most(o.Model))
	var first sampler
	if o.Model == Poisson {
		first = newThrower(f, l)
	} else {
		first = s.shuffler(f, l)
	}
	samplers := []sampler{first}
	for len(samplers) < o.Workers {
		if sh, ok := first.(*shuffler); ok {
			samplers = append(samplers, sh.copy())
		} else {
			samplers = append(samplers, first)
		}
	}
	plans := []*plan{newPlan(f, l, 0, 1)} // the last misses nothing
	null = make([]float64, o.Replicates)
	run := func(from, to int) {
		var next atomic.Int64
		next.Store(int64(from))
		var group sync.WaitGroup
		for _, sampler := range samplers {
			group.Add(1)
			go func() {
				defer group.Done()
				counts := make([]uint64, f.areas*l.words)
				for {
					i := int(next.Add(1)) - 1
					if i >= to {
						return
					}
					clear(counts)
					random := newStream(o.Seed, uint64(i))
					sampler.draw(&random, counts)
					for _, p := range plans {
						if null[i] = p.largest(counts, o.MinCases, 0); null[i] >= p.level {
							break
						}
					}
				}
			}()
		}
		group.Wait()
	}
	batch, done, hits := min(pilots, o.Replicates), 0, 0
	for done < o.Replicates {
		run(done, batch)
		for ; done < batch; done++ {
			if null[done] >= observed*(1-tie) {
				if hits++; o.StopAfter > 0 && hits == o.StopAfter {
					return null[:done+1], true
				}
			}
		}
		if done == pilots {
			level := math.Inf(1)
			for _, v := range null[:done] {
				level = math.Min(level, v)
			}
			if level > 0 {
				plans = append([]*plan{newPlan(f, l, level*caution, o.MinCases)}, plans...)
			}
		}
		batch = o.Replicates
		if o.StopAfter > 0 {
			batch = min(done+64*o.Workers, o.Replicates)
		}
	}
	return null, false
}
