package scan

import "sort"

// field is a study as the scan sees it: counts and expectations of each area in the last 1, 2, … D units of time.
type field struct {
	areas, depth, total int
	observed            []int     // area·depth + d-1: cases in the last d units
	expected            []float64 // the same for expected cases
	weight              []float64 // what a circle's share is measured in
	circles             [][]int32
}

func (s *Study) field(o Options) *field {
	f := &field{areas: len(s.Areas), depth: o.MaxTimes, weight: make([]float64, len(s.Areas))}
	f.observed = make([]int, f.areas*f.depth)
	f.expected = make([]float64, f.areas*f.depth)
	for _, c := range s.Cases {
		f.total += c.Count
		if back := s.Times - 1 - c.Time; back < f.depth {
			f.observed[c.Area*f.depth+back] += c.Count
		}
	}
	if o.Model == Poisson {
		s.byPopulation(f)
	} else {
		s.byMargins(f)
	}
	for a := range f.areas {
		for d := 1; d < f.depth; d++ {
			f.observed[a*f.depth+d] += f.observed[a*f.depth+d-1]
			f.expected[a*f.depth+d] += f.expected[a*f.depth+d-1]
		}
	}
	f.circles = s.circles(f.weight, o)
	return f
}

// populated is the number of areas with any weight.
func (f *field) populated() (n int) {
	for _, w := range f.weight {
		if w > 0 {
			n++
		}
	}
	return n
}

// strata is the number of strata.
func (s *Study) strata() int {
	n := 0
	for _, c := range s.Cases {
		n = max(n, c.Stratum+1)
	}
	for _, p := range s.Populations {
		n = max(n, p.Stratum+1)
	}
	return n
}

// byMargins expects cases of an area and a day in proportion to both, stratum by stratum.
func (s *Study) byMargins(f *field) {
	k := s.strata()
	total, byArea, byTime := make([]float64, k), make([]float64, k*f.areas), make([]float64, k*f.depth)
	for _, c := range s.Cases {
		n := float64(c.Count)
		total[c.Stratum] += n
		byArea[c.Stratum*f.areas+c.Area] += n
		f.weight[c.Area] += n
		if back := s.Times - 1 - c.Time; back < f.depth {
			byTime[c.Stratum*f.depth+back] += n
		}
	}
	for j := range k {
		if total[j] == 0 {
			continue
		}
		for a := range f.areas {
			n := byArea[j*f.areas+a] / total[j]
			if n == 0 {
				continue
			}
			for d := range f.depth {
				f.expected[a*f.depth+d] += n * byTime[j*f.depth+d]
			}
		}
	}
}

// byPopulation expects cases in proportion to people and their stratum's rate, as many in all as there were.
func (s *Study) byPopulation(f *field) {
	k := s.strata()
	cases, people := make([]float64, k), make([]float64, k)
	for _, c := range s.Cases {
		cases[c.Stratum] += float64(c.Count)
	}
	groups := map[[2]int][]Population{}
	for _, p := range s.Populations {
		at := [2]int{p.Area, p.Stratum}
		groups[at] = append(groups[at], p)
	}
	keys := make([][2]int, 0, len(groups))
	for at := range groups {
		keys = append(keys, at)
	}
	sort.Slice(keys, func(i, j int) bool {
		return keys[i][0] < keys[j][0] || keys[i][0] == keys[j][0] && keys[i][1] < keys[j][1]
	})
	series := make([][]float64, len(keys))
	for i, at := range keys {
		series[i] = s.overTime(groups[at])
		for _, n := range series[i] {
			people[at[1]] += n
		}
	}
	for i, at := range keys {
		area, stratum := at[0], at[1]
		if people[stratum] == 0 {
			continue
		}
		rate := cases[stratum] / people[stratum]
		for t, n := range series[i] {
			f.weight[area] += n
			if back := s.Times - 1 - t; back < f.depth {
				f.expected[area*f.depth+back] += n * rate
			}
		}
	}
}

// overTime is the person-time of each unit: straight lines between the times a population is known, level before and after.
func (s *Study) overTime(known []Population) []float64 {
	sort.SliceStable(known, func(i, j int) bool { return known[i].Time < known[j].Time })
	n := 0
	for _, p := range known[1:] { // several at one time add up
		if p.Time == known[n].Time {
			known[n].People += p.People
		} else {
			n++
			known[n] = p
		}
	}
	known = known[:n+1]
	last := n
	at := func(x float64) float64 {
		switch {
		case x <= known[0].Time:
			return known[0].People
		case x >= known[last].Time:
			return known[last].People
		}
		i := sort.Search(len(known), func(i int) bool { return known[i].Time > x })
		a, b := known[i-1], known[i]
		return a.People + (b.People-a.People)*(x-a.Time)/(b.Time-a.Time)
	}
	out := make([]float64, s.Times)
	from := 0.0
	for t := range out {
		to := float64(t + 1)
		if s.Ends != nil {
			to = s.Ends[t]
		}
		// Trapezoids between the bends.
		x, first := from, sort.Search(len(known), func(i int) bool { return known[i].Time > from })
		for i := first; i <= last+1; i++ {
			next := to
			if i <= last && known[i].Time < to {
				next = known[i].Time
			}
			out[t] += (at(x) + at(next)) / 2 * (next - x)
			if x = next; x == to {
				break
			}
		}
		from = to
	}
	return out
}
