package opinion

import (
	"fmt"
	"strconv"
)

// made is a conversation that was drawn: groups with a chance of agreement each a statement, and statements on which all think alike.
// Who came early saw more statements. It returns the group that each participant was drawn from.
func made(seed uint64, participants, statements, groups, votesEach int) (*Votes, []int) {
	r := newRandom(seed)
	chance := make([][]float64, groups)
	for g := range chance {
		chance[g] = make([]float64, statements)
	}
	for j := range statements {
		common := 0.2 + 0.7*r.Share()
		for g := range chance {
			chance[g][j] = common
			if j%3 == 0 {
				chance[g][j] = 0.05 + 0.9*float64(r.below(2))
			}
		}
	}
	v := NewVotes()
	for j := range statements {
		v.columnOf(strconv.Itoa(j))
	}
	of := make([]int, participants)
	for i := range participants {
		v.rowOf(strconv.Itoa(i))
		of[i] = r.below(groups)
		n := int(float64(votesEach) * (0.2 + 1.6*r.Share()))
		if r.below(10) == 0 {
			n = 1 + r.below(10)
		}
		density := float64(n) / float64(statements)
		var row []cell
		for j := range statements {
			if r.Share() >= density {
				continue
			}
			vote := Disagree
			if r.Share() < chance[of[i]][j] {
				vote = Agree
			} else if r.below(5) == 0 {
				vote = Pass
			}
			row = append(row, newCell(j, vote))
		}
		v.rows[i] = row
		v.count += len(row)
	}
	return v, of
}

// csv writes votes as a file.
func (v *Votes) csv() []byte {
	out := []byte("participant,statement,vote\n")
	for i, row := range v.rows {
		for _, c := range row {
			out = fmt.Appendf(out, "%s,%s,%d\n", v.participants[i], v.statements[c.column()], c.vote())
		}
	}
	return out
}
