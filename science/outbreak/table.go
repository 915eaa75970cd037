package outbreak

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/science/outbreak/rows"
)

// MostCounts bounds the counts of a table. Gaps may make it longer by mostGaps, and a little.
const (
	MostCounts = 10_000_000
	mostGaps   = 100
	fewCounts  = 10_000
)

// Table is several series on one axis of time.
type Table struct {
	Names  []string    // of the series
	Counts [][]float64 // a list a series, a value a point; NaN where there is none
	Means  [][]float64 // the in-control means the file gives in a column of their own, or nil
	T      []int       // the number of each point, from the file or from 1
	Dates  []time.Time // of each point at midnight UTC, or nil
}

// Parse reads a table. Long: columns series, date or t, and count, maybe mean. Wide: t or date or both, then a column a
// series. A point that the file leaves out is a gap, with NaN for its count: for dates, the most common step says how far apart points are
// (days, weeks, or months where all have the same day of the month). Times ascend in wide files and come in any order in long ones. An error is civic.Refusals with
// the row at fault.
func Parse(data []byte) (*Table, error) {
	t, err := rows.Read(data)
	if err != nil {
		return nil, err
	}
	p := parser{table: t, t: t.Column("t", "week", "day"), date: t.Column("date")}
	if p.t < 0 && p.date < 0 {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "outbreak.header")}
	}
	if series, count := t.Column("series"), t.Column("count", "observed"); series >= 0 && count >= 0 {
		p.long(series, count, t.Column("mean", "mu0"))
	} else {
		p.wide()
	}
	if len(t.Bad) > 0 {
		return nil, t.Bad
	}
	if len(p.cells) == 0 {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "outbreak.empty")}
	}
	return p.finish()
}

type parser struct {
	table   *rows.Table
	t, date int // columns
	names   []string
	means   bool
	cells   []cell
}

// cell is one count at its place in the file.
type cell struct {
	series, row, t int
	date           time.Time
	count, mean    float64
}

func (p *parser) at(r rows.Row) (c cell, ok bool) {
	c = cell{row: r.Line, mean: math.NaN()}
	ok = true
	if p.t >= 0 {
		var dated time.Time
		if c.t, dated, ok = r.Time(p.t); ok && !dated.IsZero() {
			r.Refuse("outbreak.time", "column", p.table.Names[p.t], "found", r.Cells[p.t])
			ok = false
		}
	}
	if ok && p.date >= 0 {
		_, c.date, ok = r.Time(p.date)
	}
	return c, ok
}

func (p *parser) long(series, count, mean int) {
	index := map[string]int{}
	p.means = mean >= 0
	for {
		r, more := p.table.Next()
		if !more {
			return
		}
		c, ok := p.at(r)
		if !ok {
			continue
		}
		name := r.Cells[series]
		if name == "" {
			r.Refuse("outbreak.series_unnamed")
			continue
		}
		i, known := index[name]
		if !known {
			i = len(p.names)
			name = strings.Clone(name)
			index[name] = i
			p.names = append(p.names, name)
		}
		c.series, c.count = i, r.Count(count)
		if mean >= 0 && r.Cells[mean] != "" && r.Cells[mean] != "NA" {
			c.mean = r.Number(mean, 0)
		}
		if p.cells = append(p.cells, c); len(p.cells) > MostCounts {
			p.table.Bad = append(p.table.Bad, civic.Refuse(civic.TooLarge, "outbreak.counts_many", "most", MostCounts))
			return
		}
	}
}

func (p *parser) wide() {
	var columns []int
	for i, name := range p.table.Names {
		if i != p.t && i != p.date {
			columns = append(columns, i)
			p.names = append(p.names, name)
		}
	}
	if len(columns) == 0 {
		p.table.Bad = append(p.table.Bad, civic.Refuse(civic.Invalid, "outbreak.header"))
		return
	}
	before, any := cell{}, false
	for {
		r, more := p.table.Next()
		if !more {
			return
		}
		c, ok := p.at(r)
		if !ok {
			continue
		}
		if any && (p.t >= 0 && c.t <= before.t || p.date >= 0 && !c.date.After(before.date)) {
			r.Refuse("outbreak.order", "before", before.row)
			continue
		}
		before, any = c, true
		if len(p.cells)+len(columns) > MostCounts {
			p.table.Bad = append(p.table.Bad, civic.Refuse(civic.TooLarge, "outbreak.counts_many", "most", MostCounts))
			return
		}
		for i, column := range columns {
			c.series, c.count = i, r.Count(column)
			p.cells = append(p.cells, c)
		}
	}
}

// finish lays the cells on one axis.
func (p *parser) finish() (*Table, error) {
	axis, err := p.axis()
	if err != nil {
		return nil, err
	}
	if n := axis.n * len(p.names); n > MostCounts || n > fewCounts+mostGaps*len(p.cells) {
		return nil, civic.Refusals{civic.Refuse(civic.TooLarge, "outbreak.counts_many", "most", min(MostCounts, fewCounts+mostGaps*len(p.cells)))}
	}
	out := &Table{Names: p.names, T: make([]int, axis.n)}
	blank := func() [][]float64 {
		lists := make([][]float64, len(p.names))
		for i := range lists {
			lists[i] = slices.Repeat([]float64{math.NaN()}, axis.n)
		}
		return lists
	}
	out.Counts = blank()
	if p.means {
		out.Means = blank()
	}
	for i := range out.T {
		out.T[i] = axis.first + i
	}
	if p.date >= 0 {
		out.Dates = make([]time.Time, axis.n)
		for i := range out.Dates {
			out.Dates[i] = axis.date(i)
		}
	}
	var bad civic.Refusals
	taken := make(map[[2]int]int)
	for _, c := range p.cells {
		i, ok := axis.place(c)
		if !ok {
			bad = append(bad, civic.Refuse(civic.Invalid, "outbreak.step", "row", c.row, "date", c.date.Format(time.DateOnly), "step", axis.words()))
		} else if p.table.Column("series") >= 0 {
			at := [2]int{c.series, i}
			if other, twice := taken[at]; twice {
				bad = append(bad, civic.Refuse(civic.Invalid, "outbreak.point_twice", "row", c.row, "other", other, "series", p.names[c.series]))
			}
			taken[at] = c.row
		}
		if len(bad) >= rows.MostRefusals {
			break
		}
		if ok {
			if p.date >= 0 && p.t >= 0 {
				if had := out.Dates[i]; !had.IsZero() && !had.Equal(c.date) {
					bad = append(bad, civic.Refuse(civic.Invalid, "outbreak.t_dates", "row", c.row, "t", c.t))
				}
				out.Dates[i] = c.date
			}
			out.Counts[c.series][i] = c.count
			if p.means {
				out.Means[c.series][i] = c.mean
			}
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	return out, nil
}

// axis is where points lie: numbers from first, or dates a step apart.
type axis struct {
	first, n     int
	start        time.Time
	days, months int // the step
}

func (p *parser) axis() (a axis, err error) {
	byTime := func(x, y cell) int {
		if p.t >= 0 {
			return cmp.Compare(x.t, y.t)
		}
		return x.date.Compare(y.date)
	}
	points := slices.Clone(p.cells)
	slices.SortStableFunc(points, byTime)
	points = slices.CompactFunc(points, func(x, y cell) bool { return byTime(x, y) == 0 })
	first, last := points[0], points[len(points)-1]
	if p.t >= 0 {
		a.first, a.n = first.t, last.t-first.t+1
		if p.date < 0 {
			return a, nil
		}
		for i, c := range points { // each number has its own date
			if i > 0 && c.t != points[i-1].t+1 {
				return a, civic.Refusals{civic.Refuse(civic.Invalid, "outbreak.t_gap", "row", c.row, "t", c.t, "before", points[i-1].t)}
			}
			if i > 0 && !c.date.After(points[i-1].date) {
				return a, civic.Refusals{civic.Refuse(civic.Invalid, "outbreak.order", "row", c.row, "before", points[i-1].row)}
			}
		}
		return a, nil
	}
	a.first, a.start, a.days = 1, first.date, 1
	gaps, sameDay := map[int]int{}, len(points) > 1
	for i, c := range points[1:] {
		gaps[rows.Days(points[i].date, c.date)]++
		sameDay = sameDay && c.date.Day() == first.date.Day()
	}
	best, least := 0, math.MaxInt
	for gap, times := range gaps {
		least = min(least, gap)
		if times > best || times == best && gap < a.days {
			best, a.days = times, gap
		}
	}
	if sameDay && least >= 28 {
		a.days = 0
		for i, c := range points[1:] {
			a.months = gcd(monthsBetween(points[i].date, c.date), a.months)
		}
		a.n = monthsBetween(first.date, last.date)/a.months + 1
		return a, nil
	}
	a.n = rows.Days(first.date, last.date)/a.days + 1
	return a, nil
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func monthsBetween(a, b time.Time) int {
	return (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month())
}

func (a axis) date(i int) time.Time {
	if a.start.IsZero() {
		return time.Time{}
	}
	return a.start.AddDate(0, a.months*i, a.days*i)
}

func (a axis) place(c cell) (i int, ok bool) {
	switch {
	case a.start.IsZero():
		return c.t - a.first, true
	case a.months > 0:
		return monthsBetween(a.start, c.date) / a.months, true
	}
	days := rows.Days(a.start, c.date)
	return days / a.days, days%a.days == 0
}

// words names the step for a sentence: its length in days.
func (a axis) words() string { return strconv.Itoa(a.days) }
