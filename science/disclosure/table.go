package disclosure

import "fmt"

// Table is counts by row and column with their totals: row and column number Rows and Columns are the margins.
// It does not change.
type Table struct {
	Rows, Columns int
	cells         []int
}

// most bounds the sum of a table, so that no sum of sums overflows.
const most = 1 << 40

// New adds the totals to counts, which are rows of equal length. It refuses a table without cells, a negative
// count, and more than 2^40 in all.
func New(counts [][]int) (*Table, error) {
	if len(counts) == 0 || len(counts[0]) == 0 {
		return nil, fmt.Errorf("disclosure: a table has rows and columns")
	}
	t := &Table{Rows: len(counts), Columns: len(counts[0])}
	t.cells = make([]int, (t.Rows+1)*(t.Columns+1))
	for r, row := range counts {
		if len(row) != t.Columns {
			return nil, fmt.Errorf("disclosure: row %d has %d cells, the first has %d", r, len(row), t.Columns)
		}
		for c, n := range row {
			if n < 0 || n > most || t.At(t.Rows, t.Columns)+n > most {
				return nil, fmt.Errorf("disclosure: row %d, column %d holds %d", r, c, n)
			}
			for _, i := range []int{t.at(r, c), t.at(r, t.Columns), t.at(t.Rows, c), t.at(t.Rows, t.Columns)} {
				t.cells[i] += n
			}
		}
	}
	return t, nil
}

// Cells is how many cells the table has, totals among them.
func (t *Table) Cells() int { return len(t.cells) }

// At is the count of a cell; the total of a row, a column or of all where the other index is Columns, Rows or both.
func (t *Table) At(row, column int) int { return t.cells[t.at(row, column)] }

func (t *Table) at(row, column int) int { return row*(t.Columns+1) + column }

// arc gives the nodes that a cell leads from and to: rows are 0…Rows, columns come after them. With these directions each
// sum "parts = total" says that what flows into its node flows out.
func (t *Table) arc(cell int) (from, to int) {
	row, column := cell/(t.Columns+1), cell%(t.Columns+1)
	from, to = row, t.Rows+1+column
	if (row == t.Rows) != (column == t.Columns) {
		from, to = to, from
	}
	return from, to
}

// cell is the arc between a row's node and a column's, in whichever order they are given.
func (t *Table) cell(a, b int) int { return t.at(min(a, b), max(a, b)-t.Rows-1) }

// share is how many cells a cell speaks for: a total stands for its row, its column or all.
func (t *Table) share(cell int) int {
	n := 1
	if cell/(t.Columns+1) == t.Rows {
		n *= t.Rows + 1
	}
	if cell%(t.Columns+1) == t.Columns {
		n *= t.Columns + 1
	}
	return n
}
