package shares

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// plainAdd1 is add1 word for word: one unit after the other.
func plainAdd1(e *election) *count {
	last := newCount(e)
	last.run(0, e.in.Budget)
	for added := int64(1); !e.exhausted(last); added++ {
		next := newCount(e)
		next.run(added*power10(e.in.Decimals), e.in.Budget)
		if next.spent > e.in.Budget {
			return last
		}
		last = next
	}
	return last
}

// TestAheadPassesOverNothing: with shares of hundreds of units and many ties, what passing
// over ranges of shares finds is what counting with each share finds.
func TestAheadPassesOverNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		utility := rapid.SampledFrom([]Utility{CostUtility, CardinalityUtility, ScoreUtility}).Draw(t, "utility")
		kind := Approval
		if utility == ScoreUtility {
			kind = Scoring
		}
		in := small(t, kind)
		scale := int64(rapid.IntRange(1, 40).Draw(t, "scale"))
		in.Budget *= scale
		for p := range in.Projects {
			in.Projects[p].Cost = in.Projects[p].Cost*scale + int64(rapid.IntRange(0, 1).Draw(t, "more"))
		}
		if len(in.Ballots) == 0 {
			return
		}
		e, err := prepare(in, utility)
		if err != nil {
			t.Fatal(err)
		}
		want := plainAdd1(e)
		o := share(t, in, Options{Mes, utility, Add1})
		ids := func(picks []pick) (out []int) {
			for _, p := range picks {
				out = append(out, p.project)
			}
			return out
		}
		if got := ids(o.count.picks); !slices.Equal(got, ids(want.picks)) || o.Added() != want.added {
			t.Fatalf("%v with %d added, want %v with %d", got, o.Added(), ids(want.picks), want.added)
		}
	})
}
