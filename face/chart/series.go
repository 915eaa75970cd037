package chart

import (
	"fmt"
	"math"
	"slices"
)

// Series draws counts over time with what was expected, the bound and the alarms: a panel a series.
type Series struct {
	Frame
	Panels []Panel
	Ticks  []string // what to write under the points, one each: dates or numbers; a few of them are shown

	// Legend; an entry without a name is left out.
	Observed, Expected, Bound, Alarm, Running string
}

// Panel is one series. Its lists have a value a point; NaN where nothing can be told. Expected, Bound and Alarm may be nil.
type Panel struct {
	Name                      string
	Observed, Expected, Bound []float64
	Alarm                     []bool
	Running                   bool // the last span of time is not over: its count is a mark beside the line, not a fall of it
}

// SVG draws the picture.
func (c Series) SVG() []byte {
	const panelHeight, gap = 150.0, 34.0
	width := c.width()
	var p *pen
	keys := []key{}
	add := func(name, class string) {
		if name != "" {
			keys = append(keys, key{name, func(x, y float64) { p.line(class, x, y, x+20, y) }})
		}
	}
	add(c.Observed, "observed")
	add(c.Expected, "expected")
	add(c.Bound, "bound")
	if c.Alarm != "" {
		keys = append(keys, key{c.Alarm, func(x, y float64) { p.mark("alarm", 2, x+10, y, 5) }})
	}
	if c.Running != "" && slices.ContainsFunc(c.Panels, func(p Panel) bool { return p.Running }) {
		keys = append(keys, key{c.Running, func(x, y float64) { p.circle("running", x+10, y, 4) }})
	}
	head := c.head(keys)
	height := head + float64(max(len(c.Panels), 1))*(panelHeight+gap) + 28
	p = c.open(height)
	p.keys(keys, c.Frame)

	for i, panel := range c.Panels {
		top := head + float64(i)*(panelHeight+gap) + 20
		b := box{64, top, width - 16, top + panelHeight - 10}
		p.WriteString("<g>\n")
		if panel.Name != "" {
			p.text("ink", b.left, top-6, "start", cut(panel.Name, 12, b.right-b.left))
		}
		low, high, _ := span(panel.Observed, panel.Expected, capped(panel))
		low = math.Min(low, 0)
		y := p.yAxis(b, low, high, 4, true)
		x := scale{0, float64(max(len(panel.Observed)-1, 1)), b.left + 4, b.right - 4}
		p.under(b, x, len(panel.Observed), c.Ticks)
		p.line("rule", b.left, b.bottom, b.right, b.bottom)
		draw := func(class string, values []float64) {
			xs, ys := make([]float64, len(values)), make([]float64, len(values))
			for j, v := range values {
				xs[j], ys[j] = x.at(float64(j)), y.at(math.Min(v, y.high))
			}
			p.path(class, xs, ys, false)
		}
		draw("expected", panel.Expected)
		draw("bound", panel.Bound)
		over := panel.Observed
		if last := len(over) - 1; panel.Running && last >= 0 {
			over = over[:last]
			if y0 := panel.Observed[last]; !math.IsNaN(y0) {
				p.circle("running", x.at(float64(last)), y.at(y0), 4)
			}
		}
		draw("observed", over)
		for j, alarm := range panel.Alarm {
			if alarm && j < len(panel.Observed) && !math.IsNaN(panel.Observed[j]) {
				p.mark("alarm", 2, x.at(float64(j)), y.at(panel.Observed[j]), 5)
			}
		}
		p.WriteString("</g>\n")
	}
	p.text("ink", width/2, height-10, "middle", c.X)
	p.upright("ink", 16, (head+height-28)/2, c.Y)
	return p.close()
}

// capped leaves out of the scale what a bound has far above all counts, so that the counts can be seen.
func capped(panel Panel) []float64 {
	_, high, ok := span(panel.Observed, panel.Expected)
	if !ok {
		return panel.Bound
	}
	out := make([]float64, len(panel.Bound))
	for i, v := range panel.Bound {
		out[i] = math.Min(v, math.Max(2*high, 4))
	}
	return out
}

// under writes a few of the ticks, spread evenly.
func (p *pen) under(b box, x scale, n int, labels []string) {
	if n == 0 {
		return
	}
	longest := 24.0
	for _, l := range labels {
		longest = math.Max(longest, wide(l, 11)+16)
	}
	most := max(int((b.right-b.left)/longest), 1)
	step := max((n+most-1)/most, 1)
	for j := 0; j < n; j += step {
		label := fmt.Sprint(j + 1)
		if labels != nil {
			if j >= len(labels) {
				break
			}
			label = labels[j]
		}
		at := x.at(float64(j))
		anchor := "middle"
		if j == 0 && wide(label, 11)/2 > at-2 {
			anchor = "start"
		}
		if at+wide(label, 11)/2 > b.right+14 {
			anchor = "end"
		}
		p.line("rule", at, b.bottom, at, b.bottom+4)
		p.text("small", at, b.bottom+16, anchor, label)
	}
}
