package opinion

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

type golden struct {
	ModeratedOut []int `json:"moderated_out"`
	StatementIDs []int `json:"statement_ids"`
	PCA          struct {
		Center   []float64    `json:"center"`
		Comps    [2][]float64 `json:"comps"`
		Variance [2]float64   `json:"explained_variance"`
	} `json:"pca"`
	StatementProjection [][2]float64 `json:"statement_projection"`
	Participants        struct {
		ID     []int     `json:"id"`
		NVotes []int     `json:"n_votes"`
		X      []float64 `json:"x"`
		Y      []float64 `json:"y"`
	} `json:"participants"`
	Clustered []int `json:"clustered"`
	KMeans    map[string]struct {
		Inertia    float64 `json:"inertia"`
		Silhouette float64 `json:"silhouette"`
		Sizes      []int   `json:"sizes"`
		Labels     []int   `json:"labels"`
	} `json:"kmeans"`
	BestK          int                                      `json:"best_k"`
	GroupStats     map[string]map[string]map[string]float64 `json:"group_stats"`
	GroupAware     map[string][2]float64                    `json:"group_aware_consensus"`
	Representative map[string][]map[string]any              `json:"representative"`
	Consensus      map[string][]map[string]any              `json:"consensus"`
}

func readGolden(t testing.TB, dir, name string, into any) *Votes {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+"_votes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, name+"_expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
	return v
}

func spell(ids []int) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.Itoa(id)
	}
	return out
}

// gap remembers the largest difference seen of a kind.
type gap struct {
	t         *testing.T
	tolerance float64
	seen      map[string]float64
	rows      map[string]int
	order     []string
}

func (g *gap) compare(what string, got, want float64, where ...any) {
	if g.seen == nil {
		g.seen, g.rows = map[string]float64{}, map[string]int{}
	}
	if _, ok := g.rows[what]; !ok {
		g.order = append(g.order, what)
	}
	g.rows[what]++
	d := math.Abs(got-want) / max(1, math.Abs(want))
	g.seen[what] = max(g.seen[what], d)
	if !(d <= g.tolerance) {
		g.t.Errorf("%s %s: %.10g, the reference has %.10g", what, fmt.Sprint(where...), got, want)
	}
}

// print logs a row a kind, for the table of docs/science/opinion.md: go test ./science/opinion -run Golden -v.
func (g *gap) print(name string) {
	for _, what := range g.order {
		g.t.Logf("| %s | %s | %d | %.1e |", name, what, g.rows[what], g.seen[what])
	}
}

var goldens = []string{"g_syn12x9", "g_syn80x40", "polis_brexit-consensus", "polis_canadian-electoral-reform", "polis_scoop-hivemind.biodiversity"}

const tolerance = 1e-6

// TestGolden compares with what the reference programs answered. Groups are compared where they are well separated (silhouette above ½);
// statistics are compared for the reference's own groups, so that they are seen whatever k is.
func TestGolden(t *testing.T) {
	for _, name := range goldens {
		t.Run(name, func(t *testing.T) {
			var want golden
			v := readGolden(t, "testdata", name, &want)
			e := newEngine(v.sorted(), Options{ModeratedOut: spell(want.ModeratedOut)})
			m := e.polis()
			g := &gap{t: t}
			if got, want := e.votes.Statements(), spell(want.StatementIDs); !slices.Equal(got, want) {
				t.Fatalf("statements %v, the reference has %v", got, want)
			}
			if got, want := e.votes.Participants(), spell(want.Participants.ID); !slices.Equal(got, want) {
				t.Fatalf("participants %v, the reference has %v", got, want)
			}
			var in []int
			for _, i := range m.In {
				id, _ := Whole(m.Participants[i].ID)
				in = append(in, int(id))
			}
			if !slices.Equal(in, want.Clustered) {
				t.Fatalf("in the conversation are %v, the reference has %v", in, want.Clustered)
			}
			compareComponents(t, g, e, m, &want)
			for _, c := range m.Candidates {
				w := want.KMeans[strconv.Itoa(c.K)]
				rand := adjustedRand(c.label, w.Labels)
				t.Logf("k=%d: inertia %.6f, the reference has %.6f; adjusted Rand index %.3f; silhouette of base clusters %.3f, the reference has %.3f of participants",
					c.K, c.Inertia, w.Inertia, rand, c.Silhouette, w.Silhouette)
				if c.Inertia > w.Inertia*(1+2*g.tolerance) {
					t.Errorf("k=%d: inertia %.9g, the reference has %.9g", c.K, c.Inertia, w.Inertia)
				}
				if c.K == want.BestK && w.Silhouette > 0.5 && (m.K != want.BestK || rand < 0.95) {
					t.Errorf("k=%d, the reference has %d; adjusted Rand index %.3f", m.K, want.BestK, rand)
				}
			}
			if m.Base.Sizes != nil && len(m.In) <= mostBase && m.K != want.BestK {
				t.Errorf("k=%d, the reference has %d", m.K, want.BestK)
			}
			m.Groups = groupsOf(want.KMeans[strconv.Itoa(want.BestK)].Labels, m.In, m.Participants)
			e.describe(m, newProjector(&m.Components, e.active))
			compareStatistics(t, g, m, &want)
			g.print(name)
		})
	}
}

// compareComponents holds the components to 1e-6. With more than 500 rows the reference took a randomised decomposition
// (scikit-learn's default): how far its vectors are from being eigenvectors of the votes' scatter matrix says what can be asked of a comparison
// with them; ours must be eigenvectors in any case.
func compareComponents(t *testing.T, g *gap, e *engine, m *Map, want *golden) {
	g.tolerance = tolerance
	var sign [2]float64
	for c := range 2 {
		own, theirs := residual(e.gram, m.Components.Loadings[c]), residual(e.gram, want.PCA.Comps[c])
		if own > 1e-10 {
			t.Errorf("component %d is no eigenvector: residual %g", c, own)
		}
		t.Logf("component %d: relative residual %.1e, that of the reference %.1e", c+1, own, theirs)
		if theirs > 1e-8 { // more than rounding to 9 digits
			g.tolerance = max(g.tolerance, 100*theirs)
		}
		sign[c] = 1
		if dot(m.Components.Loadings[c], want.PCA.Comps[c]) < 0 {
			sign[c] = -1
		}
	}
	for j, id := range want.StatementIDs {
		g.compare("means", m.Components.Mean[j], want.PCA.Center[j], id)
		for c := range 2 {
			g.compare("loadings", sign[c]*m.Components.Loadings[c][j], want.PCA.Comps[c][j], id)
		}
		g.compare("statement projections", sign[0]*m.Statements[j].Projection.X, want.StatementProjection[j][0], id)
		g.compare("statement projections", sign[1]*m.Statements[j].Projection.Y, want.StatementProjection[j][1], id)
	}
	for c := range 2 {
		g.compare("variances", m.Components.Variance[c], want.PCA.Variance[c])
	}
	for i, id := range want.Participants.ID {
		g.compare("positions", sign[0]*m.Participants[i].At.X, want.Participants.X[i], id)
		g.compare("positions", sign[1]*m.Participants[i].At.Y, want.Participants.Y[i], id)
	}
}

// residual is ‖Ax − θx‖/θ of a unit vector.
func residual(a symmetric, x []float64) float64 {
	y := make([]float64, len(x))
	a.times([][]float64{y}, [][]float64{x})
	value := dot(x, y)
	axpy(-value, x, y)
	return norm(y) / value
}

func compareStatistics(t *testing.T, g *gap, m *Map, want *golden) {
	g.tolerance = tolerance
	column := map[int]int{}
	for j, id := range want.StatementIDs {
		column[id] = j
	}
	for group, ofGroup := range want.GroupStats {
		n, _ := strconv.Atoi(group)
		for id, w := range ofGroup {
			statement, _ := strconv.Atoi(id)
			s := m.Groups[n].Statistics[column[statement]]
			for what, got := range map[string]float64{
				"na": float64(s.Agrees), "nd": float64(s.Disagrees), "ns": float64(s.Votes), "pa": s.AgreeChance, "pd": s.DisagreeChance,
				"pat": s.AgreeTest, "pdt": s.DisagreeTest, "ra": s.AgreeRatio, "rd": s.DisagreeRatio, "rat": s.AgreeRatioTest, "rdt": s.DisagreeRatioTest,
			} {
				g.compare("group statistics", got, w[what], group, id, what)
			}
		}
	}
	for id, w := range want.GroupAware {
		statement, _ := strconv.Atoi(id)
		g.compare("group-aware consensus", m.Statements[column[statement]].GroupAgree, w[0], id)
		g.compare("group-aware consensus", m.Statements[column[statement]].GroupDisagree, w[1], id)
	}
	for group, w := range want.Representative {
		n, _ := strconv.Atoi(group)
		compareRepresentatives(t, g, m, m.Groups[n].Representative, w, group)
	}
	compareConsensus(t, g, m, want.Consensus)
}

func compareRepresentatives(t *testing.T, g *gap, m *Map, got []Representative, want []map[string]any, where string) {
	if len(got) != len(want) {
		t.Errorf("group %s: %d representative statements, the reference has %d", where, len(got), len(want))
		return
	}
	for r, w := range want {
		if id := m.Statements[got[r].Statement].ID; id != fmt.Sprint(w["tid"]) {
			t.Errorf("group %s: place %d has statement %s, the reference %v", where, r, id, w["tid"])
			continue
		}
		side := map[Vote]string{Agree: "agree", Disagree: "disagree"}[got[r].Side]
		if side != w["repful-for"] || got[r].Best != (w["best-agree"] == true) {
			t.Errorf("group %s: place %d is %+v, the reference has %v", where, r, got[r], w)
		}
		for what, v := range map[string]float64{
			"n-success": float64(got[r].Successes), "n-trials": float64(got[r].Votes), "p-success": got[r].Chance,
			"p-test": got[r].Test, "repness": got[r].Ratio, "repness-test": got[r].RatioTest,
		} {
			g.compare("representative statements", v, w[what].(float64), where, r, what)
		}
	}
}

func compareConsensus(t *testing.T, g *gap, m *Map, want map[string][]map[string]any) {
	for side, got := range map[string][]Agreement{"agree": m.Consensus.Agree, "disagree": m.Consensus.Disagree} {
		if len(got) != len(want[side]) {
			t.Errorf("consensus to %s: %d statements, the reference has %d", side, len(got), len(want[side]))
			continue
		}
		for r, w := range want[side] {
			if id := m.Statements[got[r].Statement].ID; id != fmt.Sprint(w["tid"]) {
				t.Errorf("consensus to %s: place %d has statement %s, the reference %v", side, r, id, w["tid"])
				continue
			}
			for what, v := range map[string]float64{"n-success": float64(got[r].Successes), "n-trials": float64(got[r].Votes), "p-success": got[r].Chance, "p-test": got[r].Test} {
				g.compare("consensus", v, w[what].(float64), side, r, what)
			}
		}
	}
}

// adjustedRand is the adjusted Rand index of two labellings (Hubert & Arabie 1985): 1 if equal but for names.
func adjustedRand(a, b []int) float64 {
	cells, rows, columns := map[[2]int]float64{}, map[int]float64{}, map[int]float64{}
	for i := range a {
		cells[[2]int{a[i], b[i]}]++
		rows[a[i]]++
		columns[b[i]]++
	}
	pairs := func(n float64) float64 { return n * (n - 1) / 2 }
	var both, left, right float64
	for _, n := range cells {
		both += pairs(n)
	}
	for _, n := range rows {
		left += pairs(n)
	}
	for _, n := range columns {
		right += pairs(n)
	}
	expected := left * right / pairs(float64(len(a)))
	most := (left + right) / 2
	if most == expected {
		return 1
	}
	return (both - expected) / (most - expected)
}
