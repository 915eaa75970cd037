package science

import (
	"bytes"
	"fmt"

	"skein/science/count"
	"skein/science/shares"
)

// shareTrials are divisions of generated budgets of the sizes on which pabutools was timed. The generated ballots
// are more varied than those of the large reference file: 54,192 kinds instead of 23,571.
func shareTrials() []trial {
	const by = "pabutools 1.2.3"
	var all []trial
	add := func(in *shares.Instance, size, name string, reference float64, opt shares.Options) {
		t := trial{name: "share/" + name, size: size, reference: reference, run: func() error {
			_, err := shares.Share(in, opt)
			return err
		}}
		if reference > 0 {
			t.by = by
		}
		all = append(all, t)
	}
	large, small := shares.Generate(1, 160, 90_494, 8, 25_000_000), shares.Generate(1, 25, 2_400, 22, 800_000)
	text := large.Write()
	size := "160 projects, 90,494 ballots"
	all = append(all, trial{name: "share/parse", size: size, by: by, reference: 2.9, run: func() error {
		_, err := shares.Parse(text)
		return err
	}})
	add(large, size, "greedy", 11.5, shares.Options{Rule: shares.Greedy, Utility: shares.CostUtility})
	add(large, size, "mes cost", 8.0, shares.Options{Rule: shares.Mes, Utility: shares.CostUtility, Completion: shares.None})
	add(large, size, "mes cardinality", 6.1, shares.Options{Rule: shares.Mes, Utility: shares.CardinalityUtility, Completion: shares.None})
	add(large, size, "mes cost add1", 0, shares.Options{Rule: shares.Mes, Utility: shares.CostUtility, Completion: shares.Add1})
	add(large, size, "phragmen", 7.8, shares.Options{Rule: shares.Phragmen})
	size = "25 projects, 2,400 ballots"
	add(small, size, "mes cost add1", 20, shares.Options{Rule: shares.Mes, Utility: shares.CostUtility, Completion: shares.Add1})
	add(small, size, "mes cardinality add1", 27, shares.Options{Rule: shares.Mes, Utility: shares.CardinalityUtility, Completion: shares.Add1})
	return all
}

// countTrials reads and counts a million generated ballots.
func countTrials() []trial {
	approvals := count.Generate(1, 20, 1_000_000)
	return []trial{{name: "count/approval", size: "1,000,000 ballots, 20 options, as CSV", run: func() error {
		e, err := count.ReadCSV(approvals)
		if err != nil {
			return err
		}
		r, err := count.Count(e, count.Options{Rule: count.Approval})
		if err == nil && r.Ballots != int64(bytes.Count(approvals, []byte("\n")))-1 {
			return fmt.Errorf("%d ballots counted", r.Ballots)
		}
		return err
	}}}
}
