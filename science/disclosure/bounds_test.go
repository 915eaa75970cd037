package disclosure

import "testing"

// every visits all tables of a shape whose cells are at most so great.
func every(rows, columns, greatest int, visit func(*Table)) {
	counts := make([][]int, rows)
	for r := range counts {
		counts[r] = make([]int, columns)
	}
	var fill func(i int)
	fill = func(i int) {
		if i == rows*columns {
			t, err := New(counts)
			if err != nil {
				panic(err)
			}
			visit(t)
			return
		}
		for n := range greatest + 1 {
			counts[i/columns][i%columns] = n
			fill(i + 1)
		}
	}
	fill(0)
}

type shape struct{ rows, columns, greatest, k int }

// TestBoundsAreReached holds the flows against counting: the bounds are the least and greatest counts that
// some table has which would be published alike if the same cells were withheld.
func TestBoundsAreReached(t *testing.T) {
	for _, s := range []shape{{1, 3, 0, 3}, {2, 2, 0, 2}, {2, 2, 0, 3}} {
		every(s.rows, s.columns, s.k, func(table *Table) {
			p := Protect(table, s.k, chanceOf(table, 0))
			low, high := make([]int, len(table.cells)), make([]int, len(table.cells))
			copy(low, table.cells)
			copy(high, table.cells)
			every(s.rows, s.columns, 2*s.k+1, func(other *Table) {
				for cell, n := range other.cells {
					if !p.withheld[cell] && n != table.cells[cell] {
						return
					}
				}
				for cell, n := range other.cells {
					low[cell], high[cell] = min(low[cell], n), max(high[cell], n)
				}
			})
			for cell := range table.cells {
				l, h := p.Bounds(cell/(table.Columns+1), cell%(table.Columns+1))
				if l != low[cell] || h < high[cell] || h <= 2*s.k && h != high[cell] {
					t.Fatalf("%v: cell %d is %d…%d, counting says %d…%d", table.cells, cell, l, h, low[cell], high[cell])
				}
			}
		})
	}
}
