package scan

import (
	"math"
	"time"

	"skein/frame/civic"
	"skein/science/outbreak/rows"
)

// timed is a case before the axis is known.
type timed struct {
	Case
	t    int
	date time.Time
}

func (p *reading) cases(data []byte) error {
	period := p.choice.Period
	t, err := open("cases", data)
	if err != nil {
		return err
	}
	when, dated := t.Column("date"), true
	if when < 0 {
		when, dated = t.Column("t", "day"), false
	}
	area, count := t.Column("area", "id"), t.Column("count", "cases")
	if when < 0 || area < 0 {
		return in("cases", civic.Refusals{civic.Refuse(civic.Invalid, "scan.cases_header")})
	}
	columns, err := p.columns(t, "cases")
	if err != nil {
		return err
	}
	var all []timed
	total := 0
	p.rowOf = map[[2]int]int{}
	for {
		r, more := t.Next()
		if !more {
			break
		}
		c := timed{}
		var ok bool
		if c.t, c.date, ok = r.Time(when); !ok {
			continue
		}
		if first := len(all) == 0; first && !dated {
			dated = !c.date.IsZero()
		} else if !first && dated == c.date.IsZero() {
			r.Refuse("outbreak.time", "column", t.Names[when], "found", r.Cells[when])
			continue
		}
		i, known := p.index[r.Cells[area]]
		if !known {
			r.Refuse("scan.area_unknown", "area", short(r.Cells[area]))
			continue
		}
		n := 1.0
		if count >= 0 {
			if n = r.Count(count); math.IsNaN(n) && (r.Cells[count] == "" || r.Cells[count] == "NA") {
				r.Refuse("outbreak.count", "column", t.Names[count], "found", r.Cells[count])
			}
		}
		if !(n > 0) {
			n = 0
		}
		if outside := dated && (c.date.Before(period.First) || !period.Last.IsZero() && c.date.After(period.Last)) ||
			!dated && (c.t < period.FirstT || period.LastT > 0 && c.t > period.LastT); outside || i < 0 {
			p.Left += int(n)
			continue
		}
		if total += int(n); total > mostCases {
			t.Bad = append(t.Bad, civic.Refuse(civic.TooLarge, "scan.cases_many", "most", mostCases))
			break
		}
		if n == 0 {
			continue
		}
		if len(p.Strata) > mostStrata {
			t.Bad = append(t.Bad, civic.Refuse(civic.TooLarge, "scan.strata_many", "most", mostStrata))
			break
		}
		c.Case = Case{Area: i, Count: int(n), Stratum: p.stratum(r, columns)}
		p.rowOf[[2]int{i, c.Stratum}] = r.Line
		all = append(all, c)
	}
	if len(t.Bad) > 0 {
		return in("cases", t.Bad)
	}
	if dated && (period.FirstT > 0 || period.LastT > 0) || !dated && !(period.First.IsZero() && period.Last.IsZero()) {
		return in("cases", civic.Refusals{civic.Refuse(civic.Invalid, "scan.period_kind")})
	}
	if total == 0 {
		return in("cases", civic.Refusals{civic.Refuse(civic.Invalid, "scan.cases_none")})
	}
	return in("cases", p.axis(all, dated))
}

// axis numbers the days.
func (p *reading) axis(all []timed, dated bool) civic.Refusals {
	period := p.choice.Period
	p.Dated = dated
	last := 0
	if dated {
		p.Start = period.First
		end := period.Last
		for _, c := range all {
			if period.First.IsZero() && (p.Start.IsZero() || c.date.Before(p.Start)) {
				p.Start = c.date
			}
			if period.Last.IsZero() && c.date.After(end) {
				end = c.date
			}
		}
		last = p.unit(end)
	} else {
		p.StartT = max(period.FirstT, 1)
		last = period.LastT
		for _, c := range all {
			if period.LastT == 0 {
				last = max(last, c.t)
			}
		}
		last -= p.StartT
	}
	if last >= mostDays {
		return civic.Refusals{civic.Refuse(civic.TooLarge, "scan.days_many", "most", mostDays)}
	}
	p.Times = last + 1
	for _, c := range all {
		c.Time = c.t - p.StartT
		if dated {
			c.Time = p.unit(c.date)
		}
		p.Cases = append(p.Cases, c.Case)
	}
	return nil
}

func (p *reading) unit(date time.Time) int { return rows.Days(p.Start, date) }

// population reads who lives where, by time and stratum.
func (p *reading) population(data []byte) error {
	t, err := open("population", data)
	if err != nil {
		return err
	}
	area, people := t.Column("area", "id"), t.Column("population", "pop")
	when := t.Column("date", "t", "day")
	if area < 0 || people < 0 {
		return in("population", civic.Refusals{civic.Refuse(civic.Invalid, "scan.population_header")})
	}
	columns, err := p.columns(t, "population")
	if err != nil {
		return err
	}
	p.Populations = nil
	for {
		r, more := t.Next()
		if !more {
			break
		}
		i, known := p.index[r.Cells[area]]
		if !known {
			r.Refuse("scan.area_unknown", "area", short(r.Cells[area]))
			continue
		}
		q := Population{Area: i, People: r.Number(people, 0), Stratum: p.stratum(r, columns)}
		if len(p.Strata) > mostStrata {
			t.Bad = append(t.Bad, civic.Refuse(civic.TooLarge, "scan.strata_many", "most", mostStrata))
			break
		}
		if when >= 0 {
			n, date, ok := r.Time(when)
			if !ok {
				continue
			}
			if date.IsZero() == p.Dated {
				r.Refuse("outbreak.time", "column", t.Names[when], "found", r.Cells[when])
				continue
			}
			if q.Time = float64(n - p.StartT); p.Dated {
				q.Time = float64(p.unit(date))
			}
		}
		if i >= 0 {
			p.Populations = append(p.Populations, q)
		}
	}
	return in("population", t.Bad)
}
