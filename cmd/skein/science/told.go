package science

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"time"

	"skein/face/chart"
	"skein/science/outbreak"
)

// print writes the table; in text, the alarms in sentences and what could not be told below it.
func (c *Warn) print(d *Desk, table *outbreak.Table, points [][]outbreak.Point, from int) error {
	columns := []string{"series", "t", "date", "observed", "expected", "bound", "pvalue", "alarm"}
	if c.Say {
		columns = append(columns, "reason", "sentence")
	}
	rows := make([][]any, 0, len(points)*(len(table.T)-from))
	silent := map[outbreak.Reason]int{}
	var sentences []string
	for i, name := range table.Names {
		for j, p := range points[i] {
			at := from + j
			row := []any{name, table.T[at], date(table, at), figure(p.Observed), figure(p.Expected), figure(p.Bound), figure(p.PValue), alarm(p)}
			sentence := ""
			if key, args, ok := p.Sentence(); ok {
				sentence = d.Voice.Say(key, args...)
				sentences = append(sentences, fmt.Sprintf("%s, %s: %s", name, tick(table, at), sentence))
			}
			if p.Reason != "" {
				silent[p.Reason]++
			}
			if c.Say {
				row = append(row, string(p.Reason), sentence)
			}
			rows = append(rows, row)
		}
	}
	if err := c.table(d, columns, rows); err != nil || c.format(d) != "text" {
		return err
	}
	if len(sentences)+len(silent) > 0 {
		fmt.Fprintln(d.Out)
	}
	for _, s := range sentences {
		fmt.Fprintln(d.Out, s)
	}
	reasons := make([]string, 0, len(silent))
	for r := range silent {
		reasons = append(reasons, string(r))
	}
	sort.Strings(reasons)
	for _, r := range reasons {
		fmt.Fprintln(d.Out, d.Voice.Say("science.silent", "points", silent[outbreak.Reason(r)], "reason", d.Voice.Say("outbreak.reason_"+r)))
	}
	return nil
}

// figure is a cell: nil where nothing can be told.
func figure(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

// alarm is 1 or 0, or nil where nothing can be told. Too few cases, or no count that would do, is an answer: no alarm.
func alarm(p outbreak.Point) any {
	switch {
	case p.Alarm:
		return 1
	case p.Reason == "" || p.Reason == outbreak.Few || p.Reason == outbreak.Unbounded:
		return 0
	}
	return nil
}

func date(table *outbreak.Table, at int) any {
	if table.Dates == nil || table.Dates[at].IsZero() {
		return nil
	}
	return table.Dates[at].Format(time.DateOnly)
}

func tick(table *outbreak.Table, at int) string {
	if s, ok := date(table, at).(string); ok {
		return s
	}
	return "t " + strconv.Itoa(table.T[at])
}

// mostPanels is how many series a picture holds.
const mostPanels = 6

// picture draws the series with the most alarms, in the order of the file.
func (c *Warn) picture(d *Desk, table *outbreak.Table, points [][]outbreak.Point, from int) []byte {
	alarms := make([]int, len(points))
	order := make([]int, len(points))
	total := 0
	for i := range points {
		order[i] = i
		for _, p := range points[i] {
			if p.Alarm {
				alarms[i]++
			}
		}
		total += alarms[i]
	}
	sort.SliceStable(order, func(a, b int) bool { return alarms[order[a]] > alarms[order[b]] })
	order = order[:min(len(order), mostPanels)]
	sort.Ints(order)
	say := d.Voice.Say
	picture := chart.Series{Frame: chart.Frame{
		Title: say("science.warn_title", "method", c.Method),
		Desc:  say("science.warn_desc", "shown", len(order), "series", len(points), "points", len(table.T)-from, "alarms", total, "method", c.Method),
		X:     say("science.time"), Y: say("science.count"), Lang: d.Voice.Lang,
	}, Observed: say("science.observed"), Expected: say("science.expected"), Bound: say("science.bound"), Alarm: say("science.alarm")}
	for t := from; t < len(table.T); t++ {
		if s, ok := date(table, t).(string); ok {
			picture.Ticks = append(picture.Ticks, s)
		} else {
			picture.Ticks = append(picture.Ticks, strconv.Itoa(table.T[t]))
		}
	}
	for _, i := range order {
		panel := chart.Panel{Name: table.Names[i]}
		for _, p := range points[i] {
			panel.Observed, panel.Expected, panel.Bound = append(panel.Observed, p.Observed), append(panel.Expected, p.Expected), append(panel.Bound, p.Bound)
			panel.Alarm = append(panel.Alarm, p.Alarm)
		}
		picture.Panels = append(picture.Panels, panel)
	}
	return picture.SVG()
}
