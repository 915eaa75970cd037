package chart

import "math"

// Spans draws a row a thing, with a bar from when it began until it ended: a timeline.
type Spans struct {
	Frame
	Spans  []Span
	Groups []string // names for the legend, by Span.Group
}

// Span is one row. What begins and ends at once is a mark.
type Span struct {
	Label    string
	From, To float64
	Group    int
	Text     string // stands after the bar
}

// SVG draws the picture. A span that is not finite has no bar.
func (c Spans) SVG() []byte {
	width := c.width()
	var p *pen
	var keys []key
	for i, name := range c.Groups {
		keys = append(keys, key{name, func(x, y float64) { p.rect(group(i), x, y-5, 20, 10) }})
	}
	head := c.head(keys)
	var names []string
	for _, s := range c.Spans {
		names = append(names, s.Label)
	}
	row := c.rowed(names)
	p = c.open(head + row.tops[len(names)] + 56)
	p.keys(keys, c.Frame)
	after := 0.0
	var values []float64
	for _, s := range c.Spans {
		after = math.Max(after, wide(s.Text, 11))
		values = append(values, s.From, s.To)
	}
	b := box{row.left, head + 8, width - 16 - math.Min(after+8, width*0.3), head + 8 + row.tops[len(names)]}
	low, high, _ := span(values, []float64{0})
	x := p.xAxis(b, low, high, 5)
	for i, s := range c.Spans {
		y := b.top + row.tops[i+1] - row.middle
		row.name(p, b.top+row.tops[i], s.Label)
		if !finite(s.From) || !finite(s.To) {
			continue
		}
		from, to := x.at(s.From), x.at(s.To)
		if s.From == s.To {
			p.mark(group(s.Group), s.Group, from, y, 5)
		} else {
			p.rect(group(s.Group), from, y-7, math.Max(to-from, 1), 14)
		}
		p.text("small", math.Max(from, to)+8, y+4, "start", s.Text)
	}
	p.text("small", (b.left+b.right)/2, b.bottom+36, "middle", c.X)
	return p.close()
}
