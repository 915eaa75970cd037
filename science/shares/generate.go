package shares

import (
	"fmt"
	"math"

	"skein/science/splitmix"
)

// Generate makes an instance for trials: costs from a 400th to a 10th of the budget in
// steps of 10, and ballots whose projects come from one of seven blocs of taste, with
// popularity falling off as in real elections; no ballot has more than longest. It depends on the seed alone.
func Generate(seed uint64, projects, ballots, longest int, budget int64) *Instance {
	r := splitmix.Source(seed)
	in := &Instance{
		Budget: budget, VoteType: Approval, ProjectColumns: []string{"project_id", "cost", "name"}, VoteColumns: []string{"voter_id", "vote"},
		Meta: []Field{{"description", "generated"}, {"num_projects", fmt.Sprint(projects)}, {"num_votes", fmt.Sprint(ballots)}, {"budget", fmt.Sprint(budget)}, {"vote_type", "approval"}},
	}
	for p := range projects {
		cost := int64(float64(budget)/400*math.Pow(40, r.Share()))/10*10 + 10
		id := fmt.Sprintf("P%04d", p+1)
		in.Projects = append(in.Projects, Project{ID: id, Cost: cost, Fields: []string{"", "", "Project " + id}})
	}
	const blocs = 7
	for b := range ballots {
		bloc := int(r.Share() * r.Share() * blocs)
		ballot := Ballot{Fields: []string{fmt.Sprint(b), ""}}
		marked := map[int32]bool{}
		for range 1 + int(r.Share()*float64(longest)) {
			// the bloc's own favourites begin at its place in the list
			p := int32((bloc*projects/blocs + int(math.Pow(r.Share(), 6)*float64(projects))) % projects)
			if !marked[p] {
				marked[p] = true
				ballot.Projects = append(ballot.Projects, p)
			}
		}
		in.Ballots = append(in.Ballots, ballot)
	}
	return in
}
