package geo

import (
	"fmt"
	"math"

	"skein/frame/civic"
)

// Grid blurs places: every point of a cell becomes the cell's centre. It is fixed to the
// Earth and knows nothing of other points, so reports of one place never average out to
// more than their cell.
//
// Rows are bands of equal latitude from the south pole; each row is cut into a whole
// number of equal columns from 180° west. Cells are metres high, to within the rounding
// to a whole number of rows, and at least metres wide in the middle of the row.
type Grid struct {
	rows float64
}

// NewGrid makes a grid of cells of the given size in metres, from 1 to 1,000,000.
func NewGrid(metres float64) (Grid, error) {
	if !(metres >= 1 && metres <= 1e6) {
		return Grid{}, civic.Refuse(civic.Invalid, "geo.grid_size", "metres", fmt.Sprint(metres))
	}
	return Grid{rows: math.Round(180 * metresPerDegree / metres)}, nil
}

// Cell returns the row and column that hold p, both from 0. A point on a line between
// cells belongs to the northern, the eastern one.
func (g Grid) Cell(p Point) (row, column int) {
	r := clamp(math.Floor((p.Lat+90)/180*g.rows), g.rows)
	columns := g.columns(r)
	c := clamp(math.Floor((wrap(p.Lon)+180)/360*columns), columns)
	if p.Lon == 180 {
		c = 0
	}
	return int(r), int(c)
}

// Snap returns the centre of the cell that holds p. Snapping it again changes nothing.
func (g Grid) Snap(p Point) Point {
	row, column := g.Cell(p)
	r := float64(row)
	return Point{
		Lon: (float64(column)+0.5)/g.columns(r)*360 - 180,
		Lat: (r+0.5)/g.rows*180 - 90,
	}
}

// columns depends on the row alone.
func (g Grid) columns(row float64) float64 {
	middle := (row+0.5)/g.rows*180 - 90
	return max(1, math.Floor(2*g.rows*math.Cos(middle*degree)))
}

func clamp(v, count float64) float64 { return max(0, min(v, count-1)) }
