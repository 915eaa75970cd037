package disclosure

// Method names the way in which Protect chooses; what it publishes says so. Another choice has another name.
const Method = "skein-sdc-1"

// Protected is a table with what of it is withheld. It does not change.
type Protected struct {
	*Table
	Least int // k

	withheld []bool
	price    []int // what it costs to withhold a cell besides
}

// anyway of 256 cells are withheld whatever they hold; why stands with the package.
const anyway = 4

// Protect withholds what must be so that nothing below the least count can be reckoned; the package says what is held. The same
// table, k and chance always give the same. chance is a byte a cell ([Table.Cells]): drawn at random, used once, and kept from readers.
// It panics where k is below 1 or there are other than so many bytes.
func Protect(t *Table, k int, chance []byte) *Protected {
	if k < 1 || len(chance) != len(t.cells) {
		panic("disclosure: a least count is at least 1, and each cell has its chance")
	}
	p := &Protected{Table: t, Least: k, withheld: make([]bool, len(t.cells)), price: make([]int, len(t.cells))}
	for cell := range t.cells {
		p.price[cell] = t.share(cell) * (1 + int(chance[cell]))
	}
	for cell, n := range t.cells {
		p.withheld[cell] = n < k || int(chance[cell]) < anyway
	}
	for again := true; again; { // what is withheld loosens what was found tight enough; there are only so many cells
		again = false
		for cell := range t.cells {
			if p.withheld[cell] && p.widen(cell) {
				again = true
			}
		}
	}
	return p
}

// widen withholds what it takes for a cell's interval to reach from 0 to k; or, where it is certain that it is k or more, to be
// k wide. It reports whether there was anything.
func (p *Protected) widen(cell int) bool {
	n := p.cells[cell]
	if down := p.flow(cell, false, n); n-down >= p.Least {
		return p.lift(cell, true, p.Least-down)
	}
	lowered := p.lift(cell, false, n)
	return p.lift(cell, true, p.Least-n) || lowered
}

// lift withholds what it takes for a cell to be able to grow or shrink by so much.
func (p *Protected) lift(cell int, grow bool, by int) bool {
	if p.flow(cell, grow, by) >= by {
		return false
	}
	from, to := p.ends(cell, grow)
	newResidual(p, cell, true).push(from, to, by)
	return true
}

// flow is by how much, up to a bound, a cell can change as things stand.
func (p *Protected) flow(cell int, grow bool, want int) int {
	if want <= 0 {
		return 0
	}
	from, to := p.ends(cell, grow)
	return newResidual(p, cell, false).push(from, to, want)
}

// ends are the nodes between which the rest of a circulation must lead, for a cell to grow or to shrink.
func (p *Protected) ends(cell int, grow bool) (from, to int) {
	from, to = p.arc(cell)
	if grow {
		return to, from
	}
	return from, to
}

// Withheld reports whether a cell is not published; indices as for At.
func (p *Protected) Withheld(row, column int) bool { return p.withheld[p.at(row, column)] }

// Bounds are the least and the greatest count that a cell can have, given what is published: its own twice where it
// is published itself, and Unbounded where there is no greatest.
func (p *Protected) Bounds(row, column int) (low, high int) {
	cell := p.at(row, column)
	n := p.cells[cell]
	if !p.withheld[cell] {
		return n, n
	}
	low = n - p.flow(cell, false, n)
	high = p.flow(cell, true, Unbounded)
	if high < Unbounded {
		high += n
	}
	return low, high
}

// Loss counts the cells, and of those of k and more the ones that are withheld.
func (p *Protected) Loss() (cells, small, secondary int) {
	for cell, n := range p.cells {
		switch {
		case n < p.Least:
			small++
		case p.withheld[cell]:
			secondary++
		}
	}
	return len(p.cells), small, secondary
}
