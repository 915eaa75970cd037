package opinion

import (
	"math"
	"slices"
	"sync"
)

// engine holds what an answer is made of, and what the last answer leaves for the next.
type engine struct {
	votes        *Votes
	options      Options
	tallies      []tally
	active, meta []bool
	means        []float64 // 0 where not active
	gram         *scatter  // nil with too many statements
	kept         []bool    // rows once in the conversation
	vectors      [][]float64
	warm         *warm
}

// warm is where the clusters of the last answer stood.
type warm struct {
	base   []Point
	groups map[int][]Point // by number of groups
}

func newEngine(v *Votes, o Options) *engine {
	e := prepare(v, o)
	if worthPairs(v) {
		e.gram = newScatter(v.rows, e.means, e.active)
	}
	return e
}

// prepare makes an engine that goes over the votes for every product.
func prepare(v *Votes, o Options) *engine {
	m := len(v.statements)
	e := &engine{votes: v, options: o, tallies: make([]tally, m), active: make([]bool, m), meta: make([]bool, m), means: make([]float64, m), kept: make([]bool, len(v.rows))}
	for j := range e.active {
		e.active[j] = true
	}
	for _, id := range o.ModeratedOut {
		if j, ok := v.column[id]; ok {
			e.active[j] = false
		}
	}
	for _, id := range o.Meta {
		if j, ok := v.column[id]; ok {
			e.active[j], e.meta[j] = false, true
		}
	}
	for _, row := range v.rows {
		for _, c := range row {
			e.tallies[c.column()].add(c.vote(), 1)
		}
	}
	for j, t := range e.tallies {
		if e.active[j] {
			e.means[j] = t.mean()
		}
	}
	return e
}

// exact is the error of a component that is let stand; for resampling much more may be.
const (
	exact = 1e-12
	rough = 1e-5
)

// components finds the principal components, from where the last ones lay.
func (e *engine) components(tolerance float64) Components {
	var a symmetric = product{e.votes.rows, e.means, e.active}
	if e.gram != nil {
		a = e.gram
	}
	if a.order() == 0 {
		return newComponents(nil, nil, 0)
	}
	pairs := top(a, e.vectors, tolerance)
	e.vectors = e.vectors[:0]
	for _, p := range pairs {
		for j, is := range e.active {
			if !is {
				p.vector[j] = 0 // but for rounding it is already
			}
		}
		e.vectors = append(e.vectors, p.vector)
	}
	return newComponents(slices.Clone(e.means), pairs, len(e.votes.rows))
}

// conversation returns the rows that are in: those with enough votes or once in, and, should they be few, the next by number of votes.
func (e *engine) conversation() []int {
	need := min(fewVotes, len(e.votes.statements))
	var in, rest []int
	for i, row := range e.votes.rows {
		if e.kept[i] || len(row) >= need && len(row) > 0 {
			in = append(in, i)
		} else if len(row) > 0 {
			rest = append(rest, i)
		}
	}
	if len(in) < fewPeople {
		slices.SortStableFunc(rest, func(a, b int) int { return len(e.votes.rows[b]) - len(e.votes.rows[a]) })
		in = append(in, rest[:min(len(rest), fewPeople-len(in))]...)
		slices.Sort(in)
	}
	for _, i := range in {
		e.kept[i] = true
	}
	return in
}

// polis answers as Polis does; k is what the silhouette says, without the buffer.
func (e *engine) polis() *Map {
	m, places := e.locate()
	e.warm = nil
	e.cluster(m, newCrowd(m.inside(), nil, true))
	m.show(bestK(m.Candidates))
	e.describe(m, places)
	return m
}

// locate begins a map: components, positions, who is in.
func (e *engine) locate() (*Map, *projector) {
	m := &Map{Components: e.components(exact), In: e.conversation(), Participants: make([]Participant, len(e.votes.rows))}
	places := newProjector(&m.Components, e.active)
	halves(len(e.votes.rows), func(from, to int) {
		for i, row := range e.votes.rows[from:to] {
			m.Participants[from+i] = Participant{e.votes.participants[from+i], len(row), places.place(row), -1}
		}
	})
	return m, places
}

// bestK is the number of groups with the highest silhouette, the smaller among equals.
func bestK(of []Candidate) int {
	k, highest := 0, math.Inf(-1)
	for _, c := range of {
		if c.Silhouette > highest {
			k, highest = c.K, c.Silhouette
		}
	}
	return k
}

// cluster fills in base clusters and candidates.
func (e *engine) cluster(m *Map, c *crowd) {
	if len(c.all.at) == 0 {
		return
	}
	var base partition
	if e.warm != nil && e.warm.base != nil {
		base = partition{label: make([]int, len(c.all.at)), centre: slices.Clone(e.warm.base)}
		c.all.lloyd(&base, baseSteps, baseStill)
		base.renumber()
	} else {
		base = c.base(e.options.Seed)
	}
	next := &warm{groups: map[int][]Point{}}
	if base.inertia > 0 {
		next.base = base.centre
	}
	m.Base = Base{Of: c.back(base.label), Centres: base.centre, Sizes: make([]int, len(base.centre))}
	for _, b := range base.label {
		m.Base.Sizes[b]++
	}
	least, most := min(2, len(base.centre)), mostK(len(base.centre))
	m.Candidates = make([]Candidate, most+1-least)
	centres := make([][]Point, len(m.Candidates))
	var all sync.WaitGroup // each k is its own work, with its own random numbers
	for n := range m.Candidates {
		var hint []Point
		if e.warm != nil {
			hint = e.warm.groups[least+n]
		}
		all.Go(func() { m.Candidates[n], centres[n] = c.candidate(base, least+n, e.options.Seed, hint) })
	}
	all.Wait()
	for n, at := range centres {
		next.groups[least+n] = at
	}
	e.warm = next
}

// describe fills in the statistics of groups and statements, given the groups' members.
func (e *engine) describe(m *Map, places *projector) {
	for i := range m.Participants {
		m.Participants[i].Group = -1
	}
	for g, group := range m.Groups {
		for _, i := range group.Members {
			m.Participants[i].Group = g
		}
	}
	columns := len(e.tallies)
	within := make([][]tally, len(m.Groups)+1) // the last of those in the conversation without a group
	counts := make([][]int32, len(within))     // per group, column and vote
	for g := range counts {
		counts[g] = make([]int32, 4*columns)
	}
	for _, i := range m.In {
		g := m.Participants[i].Group
		if g < 0 {
			g = len(m.Groups)
		}
		of := counts[g]
		for _, c := range e.votes.rows[i] {
			of[c]++ // a cell is its column and vote
		}
	}
	whole := make([]tally, columns) // of those in the conversation
	for g := range within {
		within[g] = make([]tally, columns)
		for j := range within[g] {
			at := func(v Vote) int { return int(counts[g][newCell(j, v)]) }
			within[g][j] = tally{at(Agree), at(Disagree), at(Pass)}
			whole[j] = whole[j].plus(within[g][j], 1)
		}
	}
	within = within[:len(m.Groups)]
	skip := func(j int) bool { return !e.active[j] }
	for g := range m.Groups {
		stats := make([]Statistic, columns)
		for j := range stats {
			stats[j] = newStatistic(within[g][j], whole[j].plus(within[g][j], -1))
		}
		m.Groups[g].Statistics = stats
		m.Groups[g].Representative = representatives(stats, skip)
	}
	m.Consensus = consensus(e.tallies, skip)
	m.Statements = make([]Statement, columns)
	for j, t := range e.tallies {
		s := Statement{
			ID: e.votes.statements[j], ModeratedOut: !e.active[j] && !e.meta[j], Meta: e.meta[j], Agrees: t.agree, Disagrees: t.disagree, Passes: t.pass,
			Projection: places.statement(j), GroupAgree: 1, GroupDisagree: 1,
		}
		s.Extremity = math.Hypot(s.Projection.X, s.Projection.Y)
		if len(within) == 0 { // one group, as far as can be told
			s.GroupAgree, s.GroupDisagree = chance(whole[j].agree, whole[j].votes()), chance(whole[j].disagree, whole[j].votes())
		}
		for g := range within {
			s.GroupAgree *= chance(within[g][j].agree, within[g][j].votes())
			s.GroupDisagree *= chance(within[g][j].disagree, within[g][j].votes())
		}
		s.Priority = priority(whole[j], s.Extremity, s.Meta)
		m.Statements[j] = s
	}
}
