package opinion

import (
	"strconv"
	"testing"

	"skein/internal/shared"
)

// server is what a Polis server answered; its sign of agreement is negative.
type server struct {
	ModeratedOut []int          `json:"moderated_out"`
	Meta         []int          `json:"meta"`
	StatementIDs []int          `json:"statement_ids"`
	InConv       []int          `json:"in_conv"`
	Group        map[string]int `json:"participant_group"`
	PCA          struct {
		Center    []float64    `json:"center"`
		Comps     [2][]float64 `json:"comps"`
		Extremity []float64    `json:"comment-extremity"`
	} `json:"pca"`
	Base struct {
		Members [][]int   `json:"members"`
		X       []float64 `json:"x"`
		Y       []float64 `json:"y"`
	} `json:"base_clusters"`
	GroupAware map[string]float64          `json:"group_aware_consensus"`
	Priorities map[string]float64          `json:"comment_priorities"`
	Repness    map[string][]map[string]any `json:"repness"`
	Consensus  map[string][]map[string]any `json:"consensus"`
}

// TestServer compares with two conversations of a Polis server, given its groups. Its k-means starts from its own past, so the groups themselves cannot be compared.
func TestServer(t *testing.T) {
	dir := shared.Dir(t, "golden/opinion")
	for _, name := range []string{"polisapi_2dhnep37ie", "polisapi_4cvkai2ctw"} {
		t.Run(name, func(t *testing.T) {
			var want server
			v := readGolden(t, dir, name, &want)
			for _, id := range want.StatementIDs {
				v.AddStatement(strconv.Itoa(id))
			}
			e := newEngine(v.sorted(), Options{ModeratedOut: spell(want.ModeratedOut), Meta: spell(want.Meta)})
			for _, id := range want.InConv {
				e.kept[e.votes.row[strconv.Itoa(id)]] = true // those once in stay in
			}
			m := e.polis()
			g := &gap{t: t, tolerance: tolerance}
			if len(m.In) != len(want.InConv) {
				t.Errorf("%d in the conversation, the server has %d", len(m.In), len(want.InConv))
			}
			sign := [2]float64{1, 1}
			for c := range 2 {
				if dot(m.Components.Loadings[c], want.PCA.Comps[c]) < 0 {
					sign[c] = -1
				}
			}
			for j, id := range want.StatementIDs {
				g.compare("means", m.Components.Mean[j], -want.PCA.Center[j], id)
				for c := range 2 {
					g.compare("loadings", sign[c]*m.Components.Loadings[c][j], want.PCA.Comps[c][j], id)
				}
				g.compare("extremity", m.Statements[j].Extremity, want.PCA.Extremity[j], id)
			}
			for b, members := range want.Base.Members {
				for _, id := range members {
					if len(members) == 1 {
						at := m.Participants[e.votes.row[strconv.Itoa(id)]].At
						g.compare("positions", sign[0]*at.X, -want.Base.X[b], id)
						g.compare("positions", sign[1]*at.Y, -want.Base.Y[b], id)
					}
				}
			}
			members := make([][]int, 5)
			for id, group := range want.Group {
				members[group] = append(members[group], e.votes.row[id])
			}
			m.Groups = nil
			for _, of := range members {
				if len(of) > 0 {
					m.Groups = append(m.Groups, Group{Members: of})
				}
			}
			e.describe(m, newProjector(&m.Components, e.active))
			for j, id := range want.StatementIDs {
				key := strconv.Itoa(id)
				g.compare("group-aware consensus", m.Statements[j].GroupAgree, want.GroupAware[key], id)
				g.compare("priorities", m.Statements[j].Priority, want.Priorities[key], id)
			}
			for group, w := range want.Repness {
				n, _ := strconv.Atoi(group)
				compareRepresentatives(t, g, m, m.Groups[n].Representative, w, group)
			}
			compareConsensus(t, g, m, want.Consensus)
			g.print(name)
		})
	}
}
