package outbreak

import (
	"math"
	"slices"
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
	if len(p.moments) == 0 {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "outbreak.empty")}
	}
	return p.finish()
}

// parser gathers what the rows say: of a wide table a moment and a list of counts a row, of a long one a moment, a series and a count.
type parser struct {
	table   *rows.Table
	t, date int // columns, -1 if there is none
	moments []moment
	names   []string
	counts  [][]float64 // wide: a list a series
	cells   []cell      // long: one a moment
	means   bool
}

// moment is the time of a row.
type moment struct {
	row, t int
	date   time.Time
}

type cell struct {
	series      int
	count, mean float64
}

func (p *parser) at(r rows.Row) (m moment, ok bool) {
	m, ok = moment{row: r.Line}, true
	if p.t >= 0 {
		var dated time.Time
		if m.t, dated, ok = r.Time(p.t); ok && !dated.IsZero() {
			r.Refuse("outbreak.time", "column", p.table.Names[p.t], "found", r.Cells[p.t])
			ok = false
		}
	}
	if ok && p.date >= 0 {
		_, m.date, ok = r.Time(p.date)
	}
	return m, ok
}

func (p *parser) tooMany() {
	p.table.Bad = append(p.table.Bad, civic.Refuse(civic.TooLarge, "outbreak.counts_many", "most", MostCounts))
}

func (p *parser) long(series, count, mean int) {
	index := map[string]int{}
	p.means = mean >= 0
	for {
		r, more := p.table.Next()
		if !more {
			return
		}
		m, ok := p.at(r)
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
		c := cell{i, r.Count(count), math.NaN()}
		if mean >= 0 && r.Cells[mean] != "" && r.Cells[mean] != "NA" {
			c.mean = r.Number(mean, 0)
		}
		p.moments, p.cells = append(p.moments, m), append(p.cells, c)
		if len(p.cells) > MostCounts {
			p.tooMany()
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
	p.counts = make([][]float64, len(columns))
	for {
		r, more := p.table.Next()
		if !more {
			return
		}
		m, ok := p.at(r)
		if !ok {
			continue
		}
		if n := len(p.moments); n > 0 {
			if before := p.moments[n-1]; p.t >= 0 && m.t <= before.t || p.date >= 0 && !m.date.After(before.date) {
				r.Refuse("outbreak.order", "before", before.row)
				continue
			}
		}
		if p.moments = append(p.moments, m); len(p.moments)*len(columns) > MostCounts {
			p.tooMany()
			return
		}
		for i, column := range columns {
			p.counts[i] = append(p.counts[i], r.Count(column))
		}
	}
}

// finish lays the counts on one axis.
func (p *parser) finish() (*Table, error) {
	a, err := p.axis()
	if err != nil {
		return nil, err
	}
	given := len(p.moments) * max(len(p.counts), 1)
	if n := a.n * len(p.names); n > MostCounts || n > fewCounts+mostGaps*given {
		return nil, civic.Refusals{civic.Refuse(civic.TooLarge, "outbreak.counts_many", "most", min(MostCounts, fewCounts+mostGaps*given))}
	}
	out := &Table{Names: p.names, T: make([]int, a.n)}
	for i := range out.T {
		out.T[i] = a.first + i
	}
	if p.date >= 0 {
		out.Dates = make([]time.Time, a.n)
		for i := range out.Dates {
			out.Dates[i] = a.date(i)
		}
	}
	places, bad := p.places(a, out.Dates)
	if len(bad) > 0 {
		return nil, bad
	}
	blank := func() [][]float64 {
		lists := make([][]float64, len(p.names))
		for i := range lists {
			lists[i] = slices.Repeat([]float64{math.NaN()}, a.n)
		}
		return lists
	}
	out.Counts = blank()
	for i, list := range p.counts {
		for j, x := range list {
			out.Counts[i][places[j]] = x
		}
	}
	if p.means {
		out.Means = blank()
	}
	taken := make(map[[2]int]int, len(p.cells))
	for j, c := range p.cells {
		at := [2]int{c.series, places[j]}
		if other, twice := taken[at]; twice && len(bad) < rows.MostRefusals {
			bad = append(bad, civic.Refuse(civic.Invalid, "outbreak.point_twice", "row", p.moments[j].row, "other", other, "series", p.names[c.series]))
		}
		taken[at] = p.moments[j].row
		out.Counts[c.series][places[j]] = c.count
		if p.means {
			out.Means[c.series][places[j]] = c.mean
		}
	}
	return out, bad.Err()
}

// places says where each moment lies on the axis. Where numbers and dates are given, each number's date is put into dates.
func (p *parser) places(a axis, dates []time.Time) (places []int, bad civic.Refusals) {
	places = make([]int, len(p.moments))
	for j, m := range p.moments {
		i, ok := a.place(m)
		switch {
		case len(bad) >= rows.MostRefusals:
			return nil, bad
		case !ok:
			bad = append(bad, civic.Refuse(civic.Invalid, "outbreak.step", "row", m.row, "date", m.date.Format(time.DateOnly), "step", a.days))
		case p.date >= 0 && p.t >= 0:
			if had := dates[i]; !had.IsZero() && !had.Equal(m.date) {
				bad = append(bad, civic.Refuse(civic.Invalid, "outbreak.t_dates", "row", m.row, "t", m.t))
			}
			dates[i] = m.date
		}
		places[j] = i
	}
	return places, bad
}
