package science

import (
	"bytes"
	"fmt"
	"sync"

	"skein/science/count"
	"skein/science/shares"
)

// shareTrials are divisions of generated budgets of the sizes on which pabutools was timed. The generated ballots
// are more varied than those of the large reference file: 54,192 kinds instead of 23,571.
func shareTrials() []trial {
	const by, size, small = "pabutools 1.2.3", "160 projects, 90,494 ballots", "25 projects, 2,400 ballots"
	made := map[string]func() *shares.Instance{
		size:  sync.OnceValue(func() *shares.Instance { return shares.Generate(1, 160, 90_494, 8, 25_000_000) }),
		small: sync.OnceValue(func() *shares.Instance { return shares.Generate(1, 25, 2_400, 22, 800_000) }),
	}
	var text []byte
	all := []trial{{
		name: "share/parse", size: size, by: by, reference: 2.9, prepare: func() { text = made[size]().Write() },
		run: func() error {
			_, err := shares.Parse(text)
			return err
		},
	}}
	for _, t := range []struct {
		size, name string
		reference  float64
		opt        shares.Options
	}{
		{size, "greedy", 11.5, shares.Options{Rule: shares.Greedy, Utility: shares.CostUtility}},
		{size, "mes cost", 8.0, shares.Options{Rule: shares.Mes, Utility: shares.CostUtility, Completion: shares.None}},
		{size, "mes cardinality", 6.1, shares.Options{Rule: shares.Mes, Utility: shares.CardinalityUtility, Completion: shares.None}},
		{size, "mes cost add1", 0, shares.Options{Rule: shares.Mes, Utility: shares.CostUtility, Completion: shares.Add1}},
		{size, "phragmen", 7.8, shares.Options{Rule: shares.Phragmen}},
		{small, "mes cost add1", 20, shares.Options{Rule: shares.Mes, Utility: shares.CostUtility, Completion: shares.Add1}},
		{small, "mes cardinality add1", 27, shares.Options{Rule: shares.Mes, Utility: shares.CardinalityUtility, Completion: shares.Add1}},
	} {
		all = append(all, trial{
			name: "share/" + t.name, size: t.size, reference: t.reference, by: by, prepare: func() { made[t.size]() },
			run: func() error {
				_, err := shares.Share(made[t.size](), t.opt)
				return err
			},
		})
	}
	return all
}

// countTrials reads and counts a million generated ballots.
func countTrials() []trial {
	var approvals []byte
	return []trial{{
		name: "count/approval", size: "1,000,000 ballots, 20 options, as CSV", prepare: func() { approvals = count.Generate(1, 20, 1_000_000) },
		run: func() error {
			e, err := count.ReadCSV(approvals)
			if err != nil {
				return err
			}
			r, err := count.Count(e, count.Options{Rule: count.Approval})
			if err == nil && r.Ballots != int64(bytes.Count(approvals, []byte("\n")))-1 {
				return fmt.Errorf("%d ballots counted", r.Ballots)
			}
			return err
		},
	}}
}
