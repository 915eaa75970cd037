package disclosure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
	"pgregory.net/rapid"
)

// attacker knows what is published and that totals are sums, and nothing of how it was chosen. She is written from the
// definition: an unknown a withheld cell, an equation a total, a linear program a bound.
type attacker struct {
	unknown map[[2]int]int // cell → its number among the unknowns
	a       *mat.Dense     // independent equations
	b       []float64
}

func newAttacker(t testing.TB, p *Protected) *attacker {
	at := &attacker{unknown: map[[2]int]int{}}
	for r := range p.Rows + 1 {
		for c := range p.Columns + 1 {
			if p.Withheld(r, c) {
				at.unknown[[2]int{r, c}] = len(at.unknown)
			}
		}
	}
	n := len(at.unknown)
	var rows [][]float64
	sum := func(total [2]int, parts [][2]int) {
		row := make([]float64, n+1) // the last is the other side
		add := func(cell [2]int, sign float64) {
			if i, is := at.unknown[cell]; is {
				row[i] += sign
			} else {
				row[n] -= sign * float64(p.At(cell[0], cell[1]))
			}
		}
		add(total, -1)
		for _, part := range parts {
			add(part, 1)
		}
		rows = append(rows, row)
	}
	for r := range p.Rows + 1 {
		var parts [][2]int
		for c := range p.Columns {
			parts = append(parts, [2]int{r, c})
		}
		sum([2]int{r, p.Columns}, parts)
	}
	for c := range p.Columns + 1 {
		var parts [][2]int
		for r := range p.Rows {
			parts = append(parts, [2]int{r, c})
		}
		sum([2]int{p.Rows, c}, parts)
	}
	rows = independent(t, rows, n)
	if len(rows) > 0 {
		at.a = mat.NewDense(len(rows), n, nil)
		for i, row := range rows {
			at.a.SetRow(i, row[:n])
			at.b = append(at.b, row[n])
		}
	}
	return at
}

// independent brings equations to echelon form and drops what says nothing.
func independent(t testing.TB, rows [][]float64, n int) [][]float64 {
	done := 0
	for c := 0; c < n && done < len(rows); c++ {
		pivot := -1
		for i := done; i < len(rows); i++ {
			if math.Abs(rows[i][c]) > 1e-9 {
				pivot = i
				break
			}
		}
		if pivot < 0 {
			continue
		}
		rows[done], rows[pivot] = rows[pivot], rows[done]
		scale := rows[done][c]
		for k := range rows[done] {
			rows[done][k] /= scale
		}
		for i := range rows {
			if f := rows[i][c]; i != done && f != 0 {
				for k := range rows[i] {
					rows[i][k] -= f * rows[done][k]
				}
			}
		}
		done++
	}
	for _, row := range rows[done:] {
		if math.Abs(row[n]) > 1e-6 {
			t.Fatalf("what is published contradicts itself: %v", row)
		}
	}
	return rows[:done]
}

// bounds are the least and the greatest value of a withheld cell; +Inf where there is no greatest.
func (at *attacker) bounds(t testing.TB, cell [2]int) (low, high float64) {
	i := at.unknown[cell]
	n := len(at.unknown)
	if at.a == nil {
		return 0, math.Inf(1)
	}
	solve := func(sign float64) float64 {
		c := make([]float64, n)
		c[i] = sign
		// gonum's simplex wants no column of zeros and more unknowns than equations
		keep := []int{}
		for j := range n {
			zero := true
			for r := range len(at.b) {
				zero = zero && at.a.At(r, j) == 0
			}
			if !zero {
				keep = append(keep, j)
			} else if j == i {
				if sign < 0 {
					return math.Inf(1)
				}
				return 0
			}
		}
		a := mat.NewDense(len(at.b), len(keep), nil)
		cost := make([]float64, len(keep))
		for k, j := range keep {
			cost[k] = c[j]
			for r := range len(at.b) {
				a.Set(r, k, at.a.At(r, j))
			}
		}
		if len(keep) == len(at.b) { // one solution: echelon form says it
			for r := range len(at.b) {
				if at.a.At(r, i) == 1 {
					return at.b[r]
				}
			}
		}
		got, _, err := lp.Simplex(cost, a, at.b, 1e-9, nil)
		if err == lp.ErrUnbounded {
			return math.Inf(1)
		}
		if err != nil {
			t.Fatalf("the attacker's linear program: %v", err)
		}
		return got * sign
	}
	return solve(1), solve(-1)
}

// holds attacks a protected table and says what she got.
func holds(t testing.TB, p *Protected) (broken []string) {
	at := newAttacker(t, p)
	for r := range p.Rows + 1 {
		for c := range p.Columns + 1 {
			n := p.At(r, c)
			if !p.Withheld(r, c) {
				if n < p.Least {
					broken = append(broken, fmt.Sprintf("%d,%d publishes %d", r, c, n))
				}
				continue
			}
			low, high := at.bounds(t, [2]int{r, c})
			ours, theirs := p.Bounds(r, c)
			if math.Abs(low-float64(ours)) > 1e-6 || theirs < Unbounded && math.Abs(high-float64(theirs)) > 1e-6 || theirs == Unbounded && !math.IsInf(high, 1) {
				broken = append(broken, fmt.Sprintf("%d,%d: the flow says %d…%d, the linear program %g…%g", r, c, ours, theirs, low, high))
			}
			k := float64(p.Least)
			if open, certain := low < 1e-6 && high > k-1e-6, low > k-1e-6 && high-low > k-1e-6; !open && !certain {
				broken = append(broken, fmt.Sprintf("%d,%d holds %d and is between %g and %g", r, c, n, low, high))
			}
		}
	}
	return broken
}

func drawn(t *rapid.T) (*Table, int) {
	k := rapid.IntRange(1, 8).Draw(t, "k")
	columns := rapid.IntRange(1, 6).Draw(t, "columns")
	cell := rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 3), rapid.IntRange(0, 2*k), rapid.IntRange(k, 60))
	counts := rapid.SliceOfN(rapid.SliceOfN(cell, columns, columns), 1, 6).Draw(t, "counts")
	table, err := New(counts)
	if err != nil {
		t.Fatal(err)
	}
	return table, k
}

// chanceOf is a byte a cell by a seed.
func chanceOf(t *Table, seed byte) []byte {
	chance := make([]byte, t.Cells())
	rand.NewChaCha8([32]byte{seed}).Read(chance)
	return chance
}

// TestAttacked has the attacker at random tables.
func TestAttacked(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		table, k := drawn(t)
		seed := rapid.Byte().Draw(t, "seed")
		p := Protect(table, k, chanceOf(table, seed))
		for _, b := range holds(outer, p) {
			t.Error(b)
		}
		again := Protect(table, k, chanceOf(table, seed))
		for cell, w := range p.withheld {
			if again.withheld[cell] != w {
				t.Fatal("the same table was protected otherwise the second time")
			}
		}
		couldHaveBeen(t, p)
	})
}

// couldHaveBeen holds that the method tells nothing: tables that fit what is published are published alike
// by some chance, each of them. So whoever runs the method on every table that there could have been (the "minimality attack", Wong et
// al. 2007) rules none of them out.
func couldHaveBeen(t *rapid.T, p *Protected) {
	chance := make([]byte, p.Cells())
	for cell, w := range p.withheld {
		if !w {
			chance[cell] = 255
		}
	}
	counts := make([][]int, p.Rows)
	for r := range counts {
		counts[r] = make([]int, p.Columns)
		for c := range counts[r] {
			counts[r][c] = p.At(r, c)
		}
	}
	fits := func() *Table {
		other, err := New(counts)
		if err != nil {
			return nil
		}
		for cell, n := range other.cells {
			if !p.withheld[cell] && n != p.cells[cell] {
				return nil
			}
		}
		return other
	}
	for range 20 { // from one that fits to the next, by cells that change together
		r, c := rapid.IntRange(0, p.Rows-1).Draw(t, "r"), rapid.IntRange(0, p.Columns-1).Draw(t, "c")
		r2, c2 := rapid.IntRange(0, p.Rows-1).Draw(t, "r2"), rapid.IntRange(0, p.Columns-1).Draw(t, "c2")
		by := rapid.IntRange(-9, 9).Draw(t, "by")
		move := func(by int) {
			counts[r][c] += by
			switch {
			case r != r2 && c != c2:
				counts[r][c2] -= by
				counts[r2][c] -= by
				counts[r2][c2] += by
			case r != r2:
				counts[r2][c] -= by
			case c != c2:
				counts[r][c2] -= by
			}
		}
		move(by)
		other := fits()
		if other == nil {
			move(-by)
			continue
		}
		as := Protect(other, p.Least, chance)
		for cell, w := range p.withheld {
			if as.withheld[cell] != w {
				t.Fatalf("%v fits what is published of %v, and could not have been published so", other.cells, p.cells)
			}
		}
	}
}

// TestAttackerCanWin shows that she finds what primary suppression alone gives away.
func TestAttackerCanWin(t *testing.T) {
	table, err := New([][]int{{9, 2, 7}, {8, 6, 11}, {5, 9, 6}})
	if err != nil {
		t.Fatal(err)
	}
	bare := &Protected{Table: table, Least: 5, withheld: make([]bool, len(table.cells))}
	bare.withheld[table.at(0, 1)] = true
	if low, high := newAttacker(t, bare).bounds(t, [2]int{0, 1}); low != 2 || high != 2 {
		t.Errorf("she finds %g…%g", low, high)
	}
	if broken := holds(t, bare); len(broken) == 0 {
		t.Error("and nothing was found broken")
	}
	// Two cells of one row: their sum is known, so neither is more than that.
	bare.withheld[table.at(0, 0)] = true
	if broken := holds(t, bare); len(broken) == 0 {
		t.Error("a cell that its column gives away was found whole")
	}
}
