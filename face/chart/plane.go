package chart

import (
	"fmt"
	"math"
)

// Plane draws areas as discs at their places, sized by a weight, with rings around clusters of them.
type Plane struct {
	Frame
	Areas    []Area
	Clusters []Cluster
	Plain    string  // legend of the areas in no cluster
	Stretch  float64 // how much wider a unit of Y is than one of X: 1/cos(latitude) for degrees, else 0 or 1
}

// Area is a place with a weight, cases or people for instance.
type Area struct {
	X, Y, Weight float64
	Label        string
}

// Cluster is a circle around areas; its members are drawn in its colour.
type Cluster struct {
	Name    string
	X, Y    float64
	Members []int // into Areas
}

// SVG draws the picture. An area of two clusters is drawn in the first one's colour.
func (c Plane) SVG() []byte {
	width := c.width()
	stretch := c.Stretch
	if !(stretch > 0) {
		stretch = 1
	}
	var p *pen
	var keys []key
	for i, cl := range c.Clusters {
		keys = append(keys, key{cl.Name, func(x, y float64) { p.mark(group(i), i, x+10, y, 5) }})
	}
	if c.Plain != "" {
		keys = append(keys, key{c.Plain, func(x, y float64) { p.circle("plain", x+10, y, 3) }})
	}
	head := c.head(keys)
	height := head + width*0.72 + 40
	p = c.open(height)
	p.keys(keys, c.Frame)
	b := box{64, head + 8, width - 16, height - 48}

	xs, ys := make([]float64, len(c.Areas)), make([]float64, len(c.Areas))
	most := 0.0
	for i, a := range c.Areas {
		xs[i], ys[i] = a.X, a.Y
		if finite(a.Weight) {
			most = math.Max(most, a.Weight)
		}
	}
	x, y := p.level(b, xs, ys, stretch)
	fmt.Fprintf(p, `<clipPath id="%s-in"><rect x="%s" y="%s" width="%s" height="%s"/></clipPath>`+"\n", p.id, num(b.left), num(b.top), num(b.right-b.left), num(b.bottom-b.top))
	fmt.Fprintf(p, "<g clip-path=\"url(#%s-in)\">\n", p.id)
	of := make([]int, len(c.Areas))
	for i := range of {
		of[i] = -1
	}
	for k := len(c.Clusters) - 1; k >= 0; k-- {
		cl := c.Clusters[k]
		cx, cy, r := x.at(cl.X), y.at(cl.Y), 0.0
		for _, m := range cl.Members {
			of[m] = k
			r = math.Max(r, math.Hypot(x.at(xs[m])-cx, y.at(ys[m])-cy))
		}
		p.circle("ring "+group(k), cx, cy, r+11)
	}
	p.WriteString("</g>\n")
	for i, a := range c.Areas {
		if !finite(a.X) || !finite(a.Y) {
			continue
		}
		r := 2.5
		if most > 0 && a.Weight > 0 {
			r += 6 * math.Sqrt(a.Weight/most)
		}
		if of[i] < 0 {
			p.circle("plain", x.at(a.X), y.at(a.Y), r)
		} else {
			p.mark(group(of[i]), of[i], x.at(a.X), y.at(a.Y), r)
		}
		if a.Label != "" {
			p.beside(b, x.at(a.X)+r-2, y.at(a.Y), a.Label)
		}
	}
	p.text("ink", (b.left+b.right)/2, height-10, "middle", c.X)
	p.upright("ink", 16, (b.top+b.bottom)/2, c.Y)
	return p.close()
}

// level draws the axes of a plane where a unit of y is stretch units of x.
func (p *pen) level(b box, xs, ys []float64, stretch float64) (x, y scale) {
	high := make([]float64, len(ys))
	for i, v := range ys {
		high[i] = v * stretch
	}
	// The axes are laid out in the common unit, then y is labelled in its own.
	xl, xh, _ := span(xs)
	yl, yh, _ := span(high)
	unit := math.Max((xh-xl)/(b.right-b.left-40), (yh-yl)/(b.bottom-b.top-40))
	if !(unit > 0) {
		unit = 2 / (b.right - b.left)
	}
	halfX, halfY := unit*(b.right-b.left)/2, unit*(b.bottom-b.top)/2
	xm, ym := (xl+xh)/2, (yl+yh)/2
	x = scale{xm - halfX, xm + halfX, b.left, b.right}
	y = scale{(ym - halfY) / stretch, (ym + halfY) / stretch, b.bottom, b.top}
	p.grid(b, x, y)
	return x, y
}
