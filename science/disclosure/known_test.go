package disclosure

import (
	"fmt"
	"testing"
)

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

// published is all that a reader sees of a table.
func published(p *Protected) string {
	s := ""
	for cell, n := range p.cells {
		if p.withheld[cell] {
			s += "x "
		} else {
			s += fmt.Sprint(n, " ")
		}
	}
	return s
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
					t.Fatalf("%v, %s: cell %d is %d…%d, counting says %d…%d", table.cells, published(p), cell, l, h, low[cell], high[cell])
				}
			}
		})
	}
}

// TestMethodKnown has somebody who runs the method on every table that there could have been (the minimality attack). As long
// as she does not know the chance, she is never sure that somebody is in a cell below k, nor of its count; with it she sometimes is,
// which is why it is secret.
func TestMethodKnown(t *testing.T) {
	shapes := []shape{{1, 3, 12, 3}, {2, 2, 9, 3}, {2, 3, 4, 2}}
	if testing.Short() {
		shapes = shapes[:1]
	}
	for _, s := range shapes {
		small, told, example := minimality(s, 24)
		if small < 1000 {
			t.Errorf("%v: only %d cells below k were attacked", s, small)
		}
		if told > 0 {
			t.Errorf("%v: of %d cells below k she is sure that somebody is in %d: %s", s, small, told, example)
		}
	}
	if _, told, _ := minimality(shapes[0], 1); told == 0 {
		t.Error("with the seed she learns nothing either: the attack finds nothing")
	}
}

// minimality counts the cells below k in all tables of a shape, and those of them that cannot be zero in any table
// that is published alike under one of so many seeds.
func minimality(s shape, seeds int) (small, told int, example string) {
	seen := map[string][][]int{}
	wide := map[string]bool{} // could be of tables with greater counts, which are not looked at
	every(s.rows, s.columns, s.greatest, func(table *Table) {
		mine := map[string]bool{}
		for seed := range seeds {
			p := Protect(table, s.k, chanceOf(table, byte(seed)))
			as := published(p)
			if mine[as] {
				continue
			}
			mine[as] = true
			if _, known := seen[as]; !known {
				for r := range s.rows {
					for c := range s.columns {
						if _, high := p.Bounds(r, c); high > s.greatest {
							wide[as] = true
						}
					}
				}
			}
			seen[as] = append(seen[as], table.cells)
		}
	})
	for as, tables := range seen {
		if wide[as] {
			continue
		}
		for cell := range tables[0] {
			low, below := tables[0][cell], 0
			for _, cells := range tables {
				low = min(low, cells[cell])
				if cells[cell] < s.k {
					below++
				}
			}
			if small += below; low > 0 && below > 0 {
				told += below
				example = fmt.Sprint(as, tables)
			}
		}
	}
	return small, told, example
}
