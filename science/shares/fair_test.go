package shares

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNeglectedByAllGroups compares with looking at every group of supporters one by one.
func TestNeglectedByAllGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, opt := draw(t)
		o := share(t, in, opt)
		e := o.election
		u := func(b, p int) int64 {
			j := slices.Index(in.Ballots[b].Projects, int32(p))
			switch {
			case j < 0:
				return 0
			case e.utility == CostUtility:
				return in.Projects[p].Cost
			case e.utility == ScoreUtility && in.Ballots[b].Points != nil:
				return in.Ballots[b].Points[j]
			}
			return 1
		}
		want := map[int]bool{}
		for p := range in.Projects {
			if o.Funded(p) || in.Projects[p].Cost == 0 {
				continue
			}
			var with, own []int64
			for b := range in.Ballots {
				if u(b, p) > 0 {
					sum := u(b, p)
					for q := range in.Projects {
						if o.Funded(q) {
							sum += u(b, q)
						}
					}
					with, own = append(with, sum), append(own, u(b, p))
				}
			}
			for group := 1; group < 1<<len(own); group++ {
				all, points := int64(0), int64(0)
				for i := range own {
					if group>>i&1 == 1 {
						all, points = max(all, with[i]), points+own[i]
					}
				}
				deserved := big.NewRat(points*in.Budget, int64(len(in.Ballots))*in.Projects[p].Cost)
				want[p] = want[p] || deserved.Cmp(new(big.Rat).SetInt64(all)) >= 0
			}
		}
		for _, n := range o.Neglected() {
			if !want[n.Project] {
				t.Fatalf("%+v is not neglected", n)
			}
			delete(want, n.Project)
		}
		for p, missed := range want {
			if missed {
				t.Fatalf("project %d is missed", p)
			}
		}
	})
}

// TestBlocs: of ten voters six want a and b, four want c and d; greedy gives all to the six.
func TestBlocs(t *testing.T) {
	in, err := Parse([]byte("META\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost\na;50\nb;50\nc;40\nd;40\nVOTES\nvote\n" + strings.Repeat("a,b\n", 6) + strings.Repeat("c,d\n", 4)))
	if err != nil {
		t.Fatal(err)
	}
	greedy, fair := share(t, in, Options{Rule: Greedy, Utility: CostUtility}), share(t, in, Options{Mes, CostUtility, U})
	missed := greedy.Neglected()
	if strings.Join(winners(greedy), "") != "ab" || len(missed) != 2 || missed[0].Voters != 4 || missed[0].Deserved.RatString() != "40" || missed[0].Best != 40 {
		t.Errorf("%v %+v", winners(greedy), missed)
	}
	if strings.Join(winners(fair), "") != "ac" || len(fair.Neglected()) != 0 {
		t.Errorf("%v %+v", winners(fair), fair.Neglected())
	}
	c := Compare(fair, greedy)
	if c.PreferFirst != 4 || c.PreferSecond != 6 || c.Indifferent != 0 || c.EmptyFirst != 0 || c.EmptySecond != 4 || c.Chosen() != greedy {
		t.Errorf("%+v", c)
	}
}
