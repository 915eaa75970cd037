package opinion

import (
	"math"
	"slices"
	"sync"
)

// Options are what an answer depends on besides the votes. The zero value is fine.
type Options struct {
	ModeratedOut []string // statements taken out: 0 from everybody, as in Polis
	Meta         []string // statements about the conversation itself: as those, with a fixed priority
	Seed         uint64   // of the starts of k-means and of the resampling
}

// Map is the answer: where n participants and m statements lie, which groups there are, what they say.
// Elsewhere a participant and a statement are told by their place in these lists: in the order of ids
// (whole numbers by value, then others by their bytes), or in the order of arrival if the map is a Stream's.
type Map struct {
	Participants []Participant // n
	Statements   []Statement   // m
	Components   Components
	In           []int // the participants in the conversation, ascending
	Base         Base
	Candidates   []Candidate // the numbers of groups tried
	K            int         // groups shown; 0 where they cannot be told yet
	Groups       []Group     // largest first
	Consensus    Consensus
	Steadiness   *Steadiness // how it was judged whether groups can be told; nil in Polis's answer
}

// Participant is where someone stands in this conversation.
type Participant struct {
	ID    string
	Votes int // those on statements moderated out too
	At    Point
	Group int // place in Map.Groups, -1 where there is none
}

// Group is people who vote alike.
type Group struct {
	Members        []int // participants, ascending
	Centre         Point
	Statistics     []Statistic // m
	Representative []Representative
}

// Statement is what is known of a statement.
type Statement struct {
	ID                 string
	ModeratedOut, Meta bool
	Agrees, Disagrees  int
	Passes             int
	Projection         Point
	Extremity          float64 // length of the projection
	GroupAgree         float64 // group-aware consensus: the product over groups of the chance of agreement
	GroupDisagree      float64
	Priority           float64 // weight with which it is drawn to be shown next
}

const (
	fewVotes  = 7  // votes that bring a participant into the conversation
	fewPeople = 15 // participants that it takes in at least
)

// Polis maps a conversation as Polis does (see the package's text). An empty table gives an empty map.
func Polis(v *Votes, o Options) *Map {
	return newEngine(v.sorted(), o).polis()
}

// Both returns the answers of Polis and of Steady on the same votes, for little more than the price of the second.
func Both(v *Votes, o Options) (polis, steady *Map) {
	e := newEngine(v.sorted(), o)
	return e.polis(), e.steady()
}

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
	if len(v.statements) <= mostGram {
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

// inside returns the positions of those in the conversation.
func (m *Map) inside() []Point {
	at := make([]Point, len(m.In))
	for n, i := range m.In {
		at[n] = m.Participants[i].At
	}
	return at
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

// show makes the candidate with k groups the one that is shown.
func (m *Map) show(k int) {
	m.K, m.Groups = k, nil
	for _, c := range m.Candidates {
		if c.K == k {
			m.Groups = groupsOf(c.label, m.In, m.Participants)
		}
	}
}

// groupsOf lists the members of each group, the largest group first, then that with the first participant. A label below 0 is no group.
func groupsOf(label, in []int, people []Participant) []Group {
	var groups []Group
	for n, g := range label {
		for g >= len(groups) {
			groups = append(groups, Group{})
		}
		if g >= 0 {
			groups[g].Members = append(groups[g].Members, in[n])
		}
	}
	groups = slices.DeleteFunc(groups, func(g Group) bool { return len(g.Members) == 0 })
	slices.SortFunc(groups, func(a, b Group) int {
		if d := len(b.Members) - len(a.Members); d != 0 {
			return d
		}
		return a.Members[0] - b.Members[0]
	})
	for g := range groups {
		var sum Point
		for _, i := range groups[g].Members {
			sum.X += people[i].At.X
			sum.Y += people[i].At.Y
		}
		n := float64(len(groups[g].Members))
		groups[g].Centre = Point{sum.X / n, sum.Y / n}
	}
	return groups
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
