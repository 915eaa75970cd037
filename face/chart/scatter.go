package chart

import (
	"math"
	"sort"
)

// Scatter draws points in groups, each with its own shape and colour.
type Scatter struct {
	Frame
	Points []Point
	Groups []string // names for the legend, by Point.Group
	Hulls  bool     // draw around each group
	Square bool     // the same unit on both axes, where distances mean something
}

// Point is a point of a group; a group below 0 is none, and drawn plain. A label stands beside the point.
type Point struct {
	X, Y  float64
	Group int
	Label string
}

// SVG draws the picture. Points that are not finite are left out.
func (c Scatter) SVG() []byte {
	width := c.width()
	var p *pen
	var keys []key
	for i, name := range c.Groups {
		keys = append(keys, key{name, func(x, y float64) { p.mark(group(i), i, x+10, y, 4) }})
	}
	head := c.head(keys)
	height := head + width*0.62 + 40
	p = c.open(height)
	p.keys(keys, c.Frame)
	b := box{64, head + 8, width - 16, height - 48}

	var xs, ys []float64
	var points []Point
	for _, q := range c.Points {
		if finite(q.X) && finite(q.Y) {
			xs, ys, points = append(xs, q.X), append(ys, q.Y), append(points, q)
		}
	}
	x, y := p.plane(b, xs, ys, c.Square)
	p.line("rule", b.left, b.bottom, b.right, b.bottom)
	p.line("rule", b.left, b.top, b.left, b.bottom)
	if c.Hulls {
		for g := range c.Groups {
			var of []Point
			for _, q := range points {
				if q.Group == g {
					of = append(of, Point{X: x.at(q.X), Y: y.at(q.Y)})
				}
			}
			around := hull(of)
			if len(around) < 3 {
				continue
			}
			hx, hy := make([]float64, len(around)), make([]float64, len(around))
			for i, q := range around {
				hx[i], hy[i] = q.X, q.Y
			}
			p.path("hull "+group(g), hx, hy, true)
		}
	}
	for _, q := range points {
		if q.Group < 0 {
			p.circle("plain", x.at(q.X), y.at(q.Y), 2.5)
		} else {
			p.mark(group(q.Group), q.Group, x.at(q.X), y.at(q.Y), 3)
		}
	}
	for _, q := range points {
		if q.Label != "" {
			p.beside(b, x.at(q.X), y.at(q.Y), q.Label)
		}
	}
	p.text("ink", (b.left+b.right)/2, height-10, "middle", c.X)
	p.upright("ink", 16, (b.top+b.bottom)/2, c.Y)
	return p.close()
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// plane draws both axes; square gives them the same unit.
func (p *pen) plane(b box, xs, ys []float64, square bool) (x, y scale) {
	xl, xh, _ := span(xs)
	yl, yh, _ := span(ys)
	pad := func(l, h float64) (float64, float64) {
		d := (h - l) * 0.04
		if d == 0 {
			d = 1
		}
		return l - d, h + d
	}
	xl, xh = pad(xl, xh)
	yl, yh = pad(yl, yh)
	if square {
		unit := math.Max((xh-xl)/(b.right-b.left), (yh-yl)/(b.bottom-b.top))
		xm, ym := (xl+xh)/2, (yl+yh)/2
		halfX, halfY := unit*(b.right-b.left)/2, unit*(b.bottom-b.top)/2
		xl, xh, yl, yh = xm-halfX, xm+halfX, ym-halfY, ym+halfY
	}
	x, y = scale{xl, xh, b.left, b.right}, scale{yl, yh, b.bottom, b.top}
	p.grid(b, x, y)
	return x, y
}

// grid draws the lines of round numbers inside two scales, with their numbers.
func (p *pen) grid(b box, x, y scale) {
	inside := func(s scale, n int, draw func(at float64, label string)) {
		from, to, step := round(s.low, s.high, n, false)
		values, labels := ticks(from, to, step)
		for i, v := range values {
			if v >= s.low-step/1e6 && v <= s.high+step/1e6 {
				draw(s.at(v), labels[i])
			}
		}
	}
	inside(x, 7, func(at float64, label string) {
		p.line("grid", at, b.top, at, b.bottom)
		p.text("small", at, b.bottom+15, "middle", label)
	})
	inside(y, 6, func(at float64, label string) {
		p.line("grid", b.left, at, b.right, at)
		p.text("small", b.left-6, at+4, "end", label)
	})
}

// beside writes a label on the side of a point where there is room.
func (p *pen) beside(b box, x, y float64, label string) {
	if x+8+wide(label, 11) > b.right {
		p.text("small", x-7, y+4, "end", label)
	} else {
		p.text("small", x+7, y+4, "start", label)
	}
}

// hull is the convex hull, counterclockwise (Andrew 1979); with fewer than three corners it encloses nothing.
func hull(points []Point) []Point {
	sorted := append([]Point(nil), points...)
	sort.Slice(sorted, func(i, j int) bool {
		if sorted[i].X != sorted[j].X {
			return sorted[i].X < sorted[j].X
		}
		return sorted[i].Y < sorted[j].Y
	})
	turn := func(o, a, b Point) float64 { return (a.X-o.X)*(b.Y-o.Y) - (a.Y-o.Y)*(b.X-o.X) }
	half := func(at func(i int) Point) []Point {
		var h []Point
		for i := range sorted {
			q := at(i)
			for len(h) >= 2 && turn(h[len(h)-2], h[len(h)-1], q) <= 0 {
				h = h[:len(h)-1]
			}
			h = append(h, q)
		}
		return h
	}
	if len(sorted) < 3 {
		return sorted
	}
	lower := half(func(i int) Point { return sorted[i] })
	upper := half(func(i int) Point { return sorted[len(sorted)-1-i] })
	return append(lower[:len(lower)-1], upper[:len(upper)-1]...)
}
