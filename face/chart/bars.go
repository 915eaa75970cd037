package chart

import (
	"math"
	"strconv"
)

// Bars draws a bar a row, from zero to the right (or left, below zero).
type Bars struct {
	Frame
	Bars   []Bar
	Groups []string // names for the legend, by Bar.Group; may be empty
}

// Bar is one row. Text stands after the bar; without it the value does.
type Bar struct {
	Label string
	Value float64
	Group int
	Text  string
}

// SVG draws the picture. A value that is not finite has no bar.
func (c Bars) SVG() []byte {
	width := c.width()
	var p *pen
	var keys []key
	for i, name := range c.Groups {
		keys = append(keys, key{name, func(x, y float64) { p.rect(group(i), x, y-5, 20, 10) }})
	}
	head := c.head(keys)
	var names []string
	for _, bar := range c.Bars {
		names = append(names, bar.Label)
	}
	row := c.rowed(names)
	height := head + row.tops[len(names)] + 56
	p = c.open(height)
	p.keys(keys, c.Frame)
	var values []float64
	texts := make([]string, len(c.Bars))
	after := 0.0
	for i, bar := range c.Bars {
		values = append(values, bar.Value)
		if texts[i] = bar.Text; bar.Text == "" && finite(bar.Value) {
			texts[i] = strconv.FormatFloat(bar.Value, 'g', 6, 64)
		}
		after = math.Max(after, wide(texts[i], 11))
	}
	b := box{row.left, head + 8, width - 16 - math.Min(after+8, width*0.3), head + 8 + row.tops[len(names)]}
	low, high, _ := span(values, []float64{0})
	x := p.xAxis(b, low, high, 5)
	for i, bar := range c.Bars {
		y := b.top + row.tops[i+1] - row.middle
		row.name(p, b.top+row.tops[i], bar.Label)
		if !finite(bar.Value) {
			continue
		}
		from, to := x.at(math.Min(bar.Value, 0)), x.at(math.Max(bar.Value, 0))
		p.rect(group(bar.Group), from, y-7, to-from, 14)
		p.text("small", to+5, y+4, "start", texts[i])
	}
	p.line("rule", x.at(0), b.top, x.at(0), b.bottom)
	p.text("ink", (b.left+b.right)/2, height-10, "middle", c.X)
	p.upright("ink", 14, (b.top+b.bottom)/2, c.Y)
	return p.close()
}
