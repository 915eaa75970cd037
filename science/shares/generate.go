package shares

import (
	"fmt"
	"math"
)

// Generate makes an instance for trials: costs from a 400th to a 10th of the budget in
// steps of 10, and ballots whose projects come from one of seven blocs of taste, with
// popularity falling off as in real elections; no ballot has more than longest. It depends on the seed alone.
func Generate(seed uint64, projects, ballots, longest int, budget int64) *Instance {
	r := random(seed)
	in := &Instance{
		Budget: budget, VoteType: Approval, ProjectColumns: []string{"project_id", "cost", "name"}, VoteColumns: []string{"voter_id", "vote"},
		Meta: []Field{{"description", "generated"}, {"num_projects", fmt.Sprint(projects)}, {"num_votes", fmt.Sprint(ballots)}, {"budget", fmt.Sprint(budget)}, {"vote_type", "approval"}},
	}
	for p := range projects {
		cost := int64(float64(budget)/400*math.Pow(40, r.float()))/10*10 + 10
		id := fmt.Sprintf("P%04d", p+1)
		in.Projects = append(in.Projects, Project{ID: id, Cost: cost, Fields: []string{"", "", "Project " + id}})
	}
	const blocs = 7
	for b := range ballots {
		bloc := int(r.float() * r.float() * blocs)
		ballot := Ballot{Fields: []string{fmt.Sprint(b), ""}}
		marked := map[int32]bool{}
		for range 1 + int(r.float()*float64(longest)) {
			// the bloc's own favourites begin at its place in the list
			p := int32((bloc*projects/blocs + int(math.Pow(r.float(), 6)*float64(projects))) % projects)
			if !marked[p] {
				marked[p] = true
				ballot.Projects = append(ballot.Projects, p)
			}
		}
		in.Ballots = append(in.Ballots, ballot)
	}
	return in
}

// random is SplitMix64 (Steele, Lea, Flood 2014).
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float is uniform in [0, 1).
func (r *random) float() float64 { return float64(r.next()>>11) / (1 << 53) }
