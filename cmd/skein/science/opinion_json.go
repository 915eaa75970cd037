package science

import (
	"skein/science/opinion"
)

// The members of the JSON document. Statistics have the short names of the literature: na, nd, ns are agreements, disagreements and votes of a
// group, pa and pd their chances, pat and pdt the tests of those, ra and rd the representativeness, rat and rdt its tests.
type (
	opinionDocument struct {
		opinionAnswer
		ExplainedVariance [2]float64         `json:"explained_variance"`
		Statements        []opinionStatement `json:"statements"`
		Consensus         opinionConsensus   `json:"consensus"`
		Absent            []string           `json:"absent,omitempty"`
		Steady            opinionSteady      `json:"steady"`
	}
	opinionAnswer struct {
		K            int                  `json:"k"`
		Participants []opinionParticipant `json:"participants"`
		Groups       []opinionGroup       `json:"groups"`
		Candidates   []opinionCandidate   `json:"candidates"`
	}
	opinionSteady struct {
		opinionAnswer
		Told      bool           `json:"told"`
		Resamples int            `json:"resamples"`
		Trials    []opinionTrial `json:"trials"`
	}
	opinionParticipant struct {
		Participant any     `json:"participant"`
		Votes       int     `json:"votes"`
		X           float64 `json:"x"`
		Y           float64 `json:"y"`
		Group       *int    `json:"group"`
	}
	opinionGroup struct {
		Group          int                     `json:"group"`
		Size           int                     `json:"size"`
		Center         [2]float64              `json:"center"`
		Representative []opinionRepresentative `json:"representative"`
	}
	opinionRepresentative struct {
		Statement   any     `json:"statement"`
		RepfulFor   string  `json:"repful_for"`
		BestAgree   bool    `json:"best_agree"`
		Successes   int     `json:"n_success"`
		Trials      int     `json:"n_trials"`
		PSuccess    float64 `json:"p_success"`
		PTest       float64 `json:"p_test"`
		Repness     float64 `json:"repness"`
		RepnessTest float64 `json:"repness_test"`
	}
	opinionStatement struct {
		Statement    any                `json:"statement"`
		ModeratedOut bool               `json:"moderated_out"`
		Meta         bool               `json:"meta"`
		Agrees       int                `json:"agree"`
		Disagrees    int                `json:"disagree"`
		Passes       int                `json:"pass"`
		Center       float64            `json:"center"`
		Comps        [2]float64         `json:"comps"`
		Projection   [2]float64         `json:"projection"`
		Extremity    float64            `json:"extremity"`
		GroupAware   [2]float64         `json:"group_aware_consensus"`
		Priority     float64            `json:"priority"`
		Groups       []opinionStatistic `json:"groups"`
	}
	opinionStatistic struct {
		Group int     `json:"group"`
		NA    int     `json:"na"`
		ND    int     `json:"nd"`
		NS    int     `json:"ns"`
		PA    float64 `json:"pa"`
		PD    float64 `json:"pd"`
		PAT   float64 `json:"pat"`
		PDT   float64 `json:"pdt"`
		RA    float64 `json:"ra"`
		RD    float64 `json:"rd"`
		RAT   float64 `json:"rat"`
		RDT   float64 `json:"rdt"`
	}
	opinionConsensus struct {
		Agree    []opinionAgreement `json:"agree"`
		Disagree []opinionAgreement `json:"disagree"`
	}
	opinionAgreement struct {
		Statement any     `json:"statement"`
		Successes int     `json:"n_success"`
		Trials    int     `json:"n_trials"`
		PSuccess  float64 `json:"p_success"`
		PTest     float64 `json:"p_test"`
	}
	opinionCandidate struct {
		K          int     `json:"k"`
		Silhouette float64 `json:"silhouette"`
		Inertia    float64 `json:"inertia"`
	}
	opinionTrial struct {
		K         int       `json:"k"`
		Stability []float64 `json:"stability"`
		Sure      int       `json:"sure"`
		Even      float64   `json:"even"`
		Passed    bool      `json:"passed"`
	}
)

func (a answers) document() opinionDocument {
	people, statements := spelling(a.polis.Participants, func(p opinion.Participant) string { return p.ID }), spelling(a.polis.Statements, func(s opinion.Statement) string { return s.ID })
	m := a.polis
	out := opinionDocument{
		opinionAnswer: answer(m, people, statements), ExplainedVariance: m.Components.Variance, Absent: a.absent,
		Consensus:  opinionConsensus{agreements(m.Consensus.Agree, m, statements), agreements(m.Consensus.Disagree, m, statements)},
		Steady:     opinionSteady{opinionAnswer: answer(a.steady, people, statements), Told: a.steady.Steadiness.Told, Resamples: a.steady.Steadiness.Resamples, Trials: []opinionTrial{}},
		Statements: make([]opinionStatement, len(m.Statements)),
	}
	for _, t := range a.steady.Steadiness.Trials {
		out.Steady.Trials = append(out.Steady.Trials, opinionTrial(t))
	}
	for j, s := range m.Statements {
		c := &m.Components
		told := opinionStatement{
			statements(s.ID), s.ModeratedOut, s.Meta, s.Agrees, s.Disagrees, s.Passes, c.Mean[j], [2]float64{c.Loadings[0][j], c.Loadings[1][j]},
			[2]float64{s.Projection.X, s.Projection.Y}, s.Extremity, [2]float64{s.GroupAgree, s.GroupDisagree}, s.Priority, make([]opinionStatistic, len(m.Groups)),
		}
		for g, group := range m.Groups {
			t := group.Statistics[j]
			told.Groups[g] = opinionStatistic{
				g, t.Agrees, t.Disagrees, t.Votes, t.AgreeChance, t.DisagreeChance, t.AgreeTest, t.DisagreeTest,
				t.AgreeRatio, t.DisagreeRatio, t.AgreeRatioTest, t.DisagreeRatioTest,
			}
		}
		out.Statements[j] = told
	}
	return out
}

func answer(m *opinion.Map, people, statements func(string) any) opinionAnswer {
	out := opinionAnswer{K: m.K, Participants: make([]opinionParticipant, len(m.Participants)), Groups: []opinionGroup{}, Candidates: []opinionCandidate{}}
	for i, p := range m.Participants {
		told := opinionParticipant{people(p.ID), p.Votes, p.At.X, p.At.Y, nil}
		if p.Group >= 0 {
			told.Group = &m.Participants[i].Group
		}
		out.Participants[i] = told
	}
	for g, group := range m.Groups {
		told := opinionGroup{g, len(group.Members), [2]float64{group.Centre.X, group.Centre.Y}, []opinionRepresentative{}}
		for _, r := range group.Representative {
			side := "agree"
			if r.Side == opinion.Disagree {
				side = "disagree"
			}
			told.Representative = append(told.Representative, opinionRepresentative{
				statements(m.Statements[r.Statement].ID), side, r.Best, r.Successes, r.Votes, r.Chance, r.Test, r.Ratio, r.RatioTest,
			})
		}
		out.Groups = append(out.Groups, told)
	}
	for _, c := range m.Candidates {
		out.Candidates = append(out.Candidates, opinionCandidate{c.K, c.Silhouette, c.Inertia})
	}
	return out
}

func agreements(of []opinion.Agreement, m *opinion.Map, statements func(string) any) []opinionAgreement {
	out := make([]opinionAgreement, len(of))
	for i, a := range of {
		out[i] = opinionAgreement{statements(m.Statements[a.Statement].ID), a.Successes, a.Votes, a.Chance, a.Test}
	}
	return out
}

// spelling writes ids as numbers if all are whole numbers, else as they are.
func spelling[T any](of []T, id func(T) string) func(string) any {
	for _, one := range of {
		if _, ok := opinion.Whole(id(one)); !ok {
			return func(id string) any { return id }
		}
	}
	return func(id string) any {
		n, _ := opinion.Whole(id)
		return n
	}
}
