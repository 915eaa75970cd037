package shares

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// small draws an instance of few projects with many ties.
func small(t *rapid.T, kind VoteType) *Instance {
	projects := rapid.IntRange(1, 7).Draw(t, "projects")
	ballots := rapid.IntRange(0, 12).Draw(t, "ballots")
	var b strings.Builder
	b.WriteString("META\nkey;value\nbudget;" + strconv.Itoa(rapid.IntRange(0, 60).Draw(t, "budget")) + "\nvote_type;" + string(kind) + "\nPROJECTS\nproject_id;cost\n")
	for p := range projects {
		b.WriteString(strconv.Itoa(p+8) + ";" + strconv.Itoa(rapid.IntRange(0, 30).Draw(t, "cost")) + "\n")
	}
	b.WriteString("VOTES\nvoter_id;vote;points\n")
	for v := range ballots {
		var ids, points []string
		for p := range projects {
			if rapid.IntRange(0, 2).Draw(t, "chosen") == 0 {
				ids = append(ids, strconv.Itoa(p+8))
				points = append(points, strconv.Itoa(rapid.IntRange(0, 4).Draw(t, "points")))
			}
		}
		b.WriteString(strconv.Itoa(v) + ";" + strings.Join(ids, ",") + ";" + strings.Join(points, ",") + "\n")
	}
	in, err := Parse([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// draw draws an instance and a rule that can be used on it.
func draw(t *rapid.T) (*Instance, Options) {
	opt := Options{
		Rule:       rapid.SampledFrom([]Rule{Greedy, Mes, Phragmen}).Draw(t, "rule"),
		Utility:    rapid.SampledFrom([]Utility{CostUtility, CardinalityUtility, ScoreUtility}).Draw(t, "utility"),
		Completion: rapid.SampledFrom([]Completion{None, U, Add1, Add1U}).Draw(t, "completion"),
	}
	kind := Approval
	if opt.Utility == ScoreUtility && opt.Rule != Phragmen {
		kind = Scoring
	}
	return small(t, kind), opt
}

func share(t rapid.TB, in *Instance, opt Options) *Outcome {
	o, err := Share(in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestWithinBudgetAndPaid: an outcome costs no more than the budget, and the payments for each winner add up to its cost exactly.
func TestWithinBudgetAndPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opt := draw(t)
		o := share(t, in, opt)
		if o.Spent > in.Budget || o.Left != in.Budget-o.Spent {
			t.Fatalf("spent %d of %d", o.Spent, in.Budget)
		}
		for i, a := range o.Account() {
			if o.Winners[i].Phase == Greedy || o.Winners[i].Supporters == 0 {
				continue
			}
			sum, voters := new(big.Rat), a.Nothing
			for _, paid := range a.Paid {
				if paid.Each.Sign() < 0 {
					t.Fatal("a voter was paid")
				}
				sum.Add(sum, new(big.Rat).Mul(paid.Each, new(big.Rat).SetInt64(paid.Voters)))
				voters += paid.Voters
			}
			if sum.Cmp(new(big.Rat).SetInt64(o.Winners[i].Cost)) != 0 || voters != o.Winners[i].Supporters {
				t.Fatalf("%v paid for a cost of %d by %d of %d", sum, o.Winners[i].Cost, voters, o.Winners[i].Supporters)
			}
		}
	})
}

// TestNaive: what is counted with bounds is what big fractions alone give, also where costs
// of billions differ by one unit.
func TestNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opt := draw(t)
		scale := rapid.SampledFrom([]int64{1, 3, 1_000_003, 10_000_000_000_019}).Draw(t, "scale")
		in.Budget *= scale
		for p := range in.Projects {
			in.Projects[p].Cost = in.Projects[p].Cost*scale + int64(rapid.IntRange(0, 1).Draw(t, "more"))
		}
		var want []string
		switch opt.Completion = None; opt.Rule {
		case Mes:
			want = naive(in, opt.Utility)
		case Phragmen:
			want = naivePhragmen(in)
		default:
			return
		}
		if got := winners(share(t, in, opt)); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// TestAnonymity: the order of the ballots does not matter.
func TestAnonymity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opt := draw(t)
		other := *in
		other.Ballots = slices.Clone(in.Ballots)
		shuffle(t, len(other.Ballots), func(i, j int) { other.Ballots[i], other.Ballots[j] = other.Ballots[j], other.Ballots[i] })
		if a, b := winners(share(t, in, opt)), winners(share(t, &other, opt)); !slices.Equal(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
	})
}

// TestNeutrality: the order of the projects and of a ballot's list does not matter, and other names with the same order give the same outcome.
func TestNeutrality(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opt := draw(t)
		other := *in
		place := make([]int32, len(in.Projects)) // old → new
		for p := range place {
			place[p] = int32(p)
		}
		shuffle(t, len(place), func(i, j int) { place[i], place[j] = place[j], place[i] })
		other.Projects = make([]Project, len(in.Projects))
		for p, project := range in.Projects {
			project.ID = "x" + project.ID
			other.Projects[place[p]] = project
		}
		other.Ballots = nil
		for _, b := range in.Ballots {
			moved := Ballot{Points: slices.Clone(b.Points)}
			for _, p := range b.Projects {
				moved.Projects = append(moved.Projects, place[p])
			}
			shuffle(t, len(moved.Projects), func(i, j int) {
				moved.Projects[i], moved.Projects[j] = moved.Projects[j], moved.Projects[i]
				if moved.Points != nil {
					moved.Points[i], moved.Points[j] = moved.Points[j], moved.Points[i]
				}
			})
			other.Ballots = append(other.Ballots, moved)
		}
		a, b := winners(share(t, in, opt)), winners(share(t, &other, opt))
		for i := range b {
			b[i] = strings.TrimPrefix(b[i], "x")
		}
		if !slices.Equal(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
	})
}

func shuffle(t *rapid.T, n int, swap func(i, j int)) {
	rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0)).Shuffle(n, swap)
}

// TestAddedSupporter: a winner that one more voter comes to approve stays a winner under
// greedy, Equal Shares without completion and Phragmén. Until its turn all goes as before,
// and its turn comes no later: its density rises, its price falls, its load falls. Under add1
// it does not hold, as other shares may be accepted.
func TestAddedSupporter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := small(t, Approval)
		opt := Options{
			Rule:       rapid.SampledFrom([]Rule{Greedy, Mes, Phragmen}).Draw(t, "rule"),
			Utility:    rapid.SampledFrom([]Utility{CostUtility, CardinalityUtility}).Draw(t, "utility"),
			Completion: None,
		}
		before := share(t, in, opt)
		if len(before.Winners) == 0 || len(in.Ballots) == 0 {
			return
		}
		winner := rapid.SampledFrom(before.Winners).Draw(t, "winner")
		b := rapid.IntRange(0, len(in.Ballots)-1).Draw(t, "ballot")
		if slices.Contains(in.Ballots[b].Projects, int32(winner.Project)) {
			return
		}
		other := *in
		other.Ballots = slices.Clone(in.Ballots)
		other.Ballots[b].Projects = append(slices.Clone(in.Ballots[b].Projects), int32(winner.Project))
		if !share(t, &other, opt).Funded(winner.Project) {
			t.Fatalf("%v won, and lost with one supporter more", in.Projects[winner.Project].ID)
		}
	})
}

// TestRepresentation: Equal Shares, with any completion, gives EJR+ up to one project.
func TestRepresentation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opt := draw(t)
		opt.Rule = Mes
		if missed := share(t, in, opt).Neglected(); len(missed) > 0 {
			t.Fatalf("%+v", missed)
		}
	})
}

// TestLosers: what is said to suffice does, and a little less does not, by counting again.
func TestLosers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opt := draw(t)
		if opt.Completion == Add1 || opt.Completion == Add1U {
			opt.Completion = U // under add1 other shares might be accepted
		}
		o := share(t, in, opt)
		again := func(p int, cost, more int64) bool {
			other := o.election.variant(p)
			other.set(cost, more)
			v := &Outcome{Options: o.Options, in: in, election: other.election, funded: make([]bool, len(in.Projects))}
			switch opt.Rule {
			case Phragmen:
				v.take(v.election.phragmen().picks)
			case Mes:
				if err := v.equalShares(); err != nil {
					t.Fatal(err)
				}
			default:
				v.take(v.election.greedy(v.funded, in.Budget))
			}
			return v.funded[p]
		}
		for _, l := range o.Losers() {
			p, cost := l.Project, in.Projects[l.Project].Cost
			for c := range cost {
				if again(p, c, 0) != (c <= l.EnoughCost) {
					t.Fatalf("project %s of cost %d: enough is %d, but at %d funded is %v", in.Projects[p].ID, cost, l.EnoughCost, c, again(p, c, 0))
				}
			}
			if l.MoreSupporters == 0 || l.MoreSupporters > 0 && (!again(p, cost, l.MoreSupporters) || l.MoreSupporters > 1 && again(p, cost, l.MoreSupporters-1)) {
				t.Fatalf("project %s of cost %d: %d more supporters", in.Projects[p].ID, cost, l.MoreSupporters)
			}
			if l.MoreSupporters < 0 && cost <= in.Budget && len(in.Ballots) > 0 && again(p, cost, 1000) {
				t.Fatalf("project %s: 1000 supporters would do", in.Projects[p].ID)
			}
		}
	})
}

// TestWriteParses: what Write writes reads back as the same instance.
func TestWriteParses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, _ := draw(t)
		again, err := Parse(in.Write())
		if err != nil || !reflect.DeepEqual(in, again) || !bytes.Equal(in.Write(), again.Write()) {
			t.Fatalf("%v\n%s", err, in.Write())
		}
	})
}
