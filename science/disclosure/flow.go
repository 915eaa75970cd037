package disclosure

import "slices"

// Unbounded is the upper end of an interval that has none.
const Unbounded = 1 << 60

// residual is by how much each cell can still grow (without end) and shrink, from a table on.
type residual struct {
	*Protected
	shrink   []int // by cell: what is left of it
	barred   int   // the cell whose bound is asked for
	open     bool
	before   []int // by node: the one that a path comes from; -1 is none
	distance []int
}

// newResidual; with open set, published cells may change too, at their price.
func newResidual(p *Protected, barred int, open bool) *residual {
	nodes := p.Rows + p.Columns + 2
	return &residual{Protected: p, shrink: slices.Clone(p.cells), barred: barred, open: open, before: make([]int, nodes), distance: make([]int, nodes)}
}

// room is how much can flow from a node to another: along a cell it grows, against it it shrinks to nothing.
func (r *residual) room(from, to int) int {
	cell := r.cell(from, to)
	if cell == r.barred || !r.open && !r.withheld[cell] {
		return 0
	}
	if a, _ := r.arc(cell); a == from {
		return Unbounded
	}
	return r.shrink[cell]
}

// path finds the cheapest way from a node to another and how much can flow along it; 0 is none. What is withheld
// costs nothing. Nodes are taken in the order of cost, then of number, so that the same table has the same path.
func (r *residual) path(from, to int) int {
	for i := range r.before {
		r.before[i], r.distance[i] = -1, Unbounded
	}
	done := make([]bool, len(r.before))
	r.distance[from] = 0
	for {
		at := -1
		for i, d := range r.distance {
			if !done[i] && d < Unbounded && (at < 0 || d < r.distance[at]) {
				at = i
			}
		}
		if at < 0 {
			return 0
		}
		if at == to {
			break
		}
		done[at] = true
		first, last := 0, r.Rows // rows lead to columns and columns to rows
		if at <= r.Rows {
			first, last = r.Rows+1, r.Rows+1+r.Columns
		}
		for next := first; next <= last; next++ {
			if done[next] || r.room(at, next) == 0 {
				continue
			}
			cost := r.distance[at]
			if cell := r.cell(at, next); !r.withheld[cell] {
				cost += r.price[cell]
			}
			if cost < r.distance[next] {
				r.before[next], r.distance[next] = at, cost
			}
		}
	}
	most := Unbounded
	for at := to; at != from; at = r.before[at] {
		most = min(most, r.room(r.before[at], at))
	}
	return most
}

// push sends up to so much from a node to another and returns how much it was. Cells that it had to take are withheld from then on.
func (r *residual) push(from, to, want int) (sent int) {
	for sent < want {
		n := min(r.path(from, to), want-sent)
		if n == 0 {
			break
		}
		for at := to; at != from; at = r.before[at] {
			cell := r.cell(r.before[at], at)
			if a, _ := r.arc(cell); a == r.before[at] {
				r.shrink[cell] += n
			} else {
				r.shrink[cell] -= n
			}
			r.withheld[cell] = true
		}
		if sent += n; sent >= Unbounded {
			break
		}
	}
	return sent
}
