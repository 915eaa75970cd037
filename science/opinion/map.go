package opinion

import "slices"

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
	Groups       []Group     // largest first, in Steady's answer with those who are members for sure
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

// inside returns the positions of those in the conversation.
func (m *Map) inside() []Point {
	at := make([]Point, len(m.In))
	for n, i := range m.In {
		at[n] = m.Participants[i].At
	}
	return at
}

// show makes the candidate with k groups the one that is shown.
func (m *Map) show(k int) {
	m.Groups = nil
	for _, c := range m.Candidates {
		if c.K == k {
			m.Groups = groupsOf(c.label, m.In, m.Participants)
		}
	}
	m.K = len(m.Groups)
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
