// Package chart draws static SVG pictures of what was computed: series of counts with
// their bounds, points in groups, bars, and a plane of areas. The text comes from whoever
// asks, in the reader's language; the package has no words of its own.
//
// A picture is one file that needs nothing else: no script, no font, no other file. Its title
// and description are read out by screen readers, groups differ by shape as well as by colour, and it follows
// the reader's choice of light or dark. The same input gives the same bytes.
package chart

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Frame is what every picture has.
type Frame struct {
	Title string // stands above the picture
	Desc  string // says in a sentence or two what the picture shows, for who cannot see it
	X, Y  string // names of the axes, with their units
	Lang  string // language of the text, BCP 47; may be empty
	Width int    // in pixels; 0 means 760
	Theme string // "light", "dark" or "contrast", where the reader chose; otherwise it follows what the reader's device asks for
}

const (
	usualWidth = 760
	lineHeight = 18.0
	edge       = 12.0
)

func (f Frame) width() float64 {
	if f.Width <= 0 {
		return usualWidth
	}
	return float64(max(f.Width, 240))
}

// pen writes the elements of one picture.
type pen struct {
	strings.Builder
	id string
}

// clean takes out what XML cannot hold, and escapes the rest.
func clean(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r < 0x20 || r == 0xFFFE || r == 0xFFFF || r == unicode.ReplacementChar:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// num writes a coordinate with at most two decimals.
func num(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "0"
	}
	s := strconv.FormatFloat(x, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

// open begins a picture: its root, its texts for screen readers, its style, its paper and its title.
func (f Frame) open(height float64) *pen {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00%s", f.Title, f.Desc, f.X, f.Y)
	p := &pen{id: fmt.Sprintf("c%012x", h.Sum64()&0xffffffffffff)}
	lang := ""
	if f.Lang != "" {
		lang = ` xml:lang="` + clean(f.Lang) + `" lang="` + clean(f.Lang) + `"`
	}
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" id="%s" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="%s-t %s-d"%s>`+"\n",
		p.id, num(f.width()), num(height), num(f.width()), num(height), p.id, p.id, lang)
	fmt.Fprintf(p, "<title id=\"%s-t\">%s</title>\n<desc id=\"%s-d\">%s</desc>\n", p.id, clean(f.Title), p.id, clean(f.Desc))
	p.style(f.Theme)
	p.rect("paper", 0, 0, f.width(), height)
	for i, line := range f.titleLines() {
		p.text("title", edge, edge+14+lineHeight*float64(i), "start", line)
	}
	return p
}

// titleLines is the title as it fits above the picture.
func (f Frame) titleLines() []string { return wrap(f.Title, 15, f.width()-2*edge) }

// below is where the title ends; at least where one of one line does.
func (f Frame) below() float64 { return 14 + lineHeight*float64(max(len(f.titleLines()), 1)) }

// head is the height of the title and the legend.
func (f Frame) head(keys []key) float64 {
	return f.below() + 2 + lineHeight*float64(rows(keys, f.width()))
}

func (p *pen) close() []byte {
	p.WriteString("</svg>\n")
	return []byte(p.String())
}

func (p *pen) rect(class string, x, y, w, h float64) {
	fmt.Fprintf(p, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`+"\n", class, num(x), num(y), num(math.Max(w, 0)), num(math.Max(h, 0)))
}

func (p *pen) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(p, `<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`+"\n", class, num(x1), num(y1), num(x2), num(y2))
}

func (p *pen) circle(class string, x, y, r float64) {
	fmt.Fprintf(p, `<circle class="%s" cx="%s" cy="%s" r="%s"/>`+"\n", class, num(x), num(y), num(r))
}

func (p *pen) text(class string, x, y float64, anchor, s string) {
	fmt.Fprintf(p, `<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`+"\n", class, num(x), num(y), anchor, clean(s))
}

// upright writes a text from below to above, centred at x, y.
func (p *pen) upright(class string, x, y float64, s string) {
	fmt.Fprintf(p, `<text class="%s" transform="translate(%s %s) rotate(-90)" text-anchor="middle">%s</text>`+"\n", class, num(x), num(y), clean(s))
}

// path draws through points, anew after each gap (a NaN).
func (p *pen) path(class string, xs, ys []float64, closed bool) {
	var d strings.Builder
	run := 0 // points since the last gap
	for i := range xs {
		if math.IsNaN(xs[i]) || math.IsNaN(ys[i]) {
			if run == 1 {
				d.WriteString("h0") // a dot
			}
			run = 0
			continue
		}
		if run == 0 {
			d.WriteByte('M')
		} else {
			d.WriteByte('L')
		}
		run++
		d.WriteString(num(xs[i]) + " " + num(ys[i]))
	}
	if d.Len() == 0 {
		return
	}
	if run == 1 {
		d.WriteString("h0")
	}
	if closed {
		d.WriteByte('Z')
	}
	fmt.Fprintf(p, `<path class="%s" d="%s"/>`+"\n", class, d.String())
}

// mark draws one of seven shapes, so that groups differ without colour.
func (p *pen) mark(class string, shape int, x, y, r float64) {
	corner := func(n int, turn float64) {
		var xs, ys []float64
		for i := 0; i < n; i++ {
			a := turn + 2*math.Pi*float64(i)/float64(n)
			xs, ys = append(xs, x+r*1.2*math.Cos(a)), append(ys, y+r*1.2*math.Sin(a))
		}
		p.path(class, xs, ys, true)
	}
	switch shape % 7 {
	case 0:
		p.circle(class, x, y, r)
	case 1:
		corner(4, math.Pi/4)
	case 2:
		corner(3, -math.Pi/2)
	case 3:
		corner(4, 0)
	case 4:
		corner(3, math.Pi/2)
	case 5:
		corner(5, -math.Pi/2)
	default:
		corner(6, 0)
	}
}

// key is an entry of a legend.
type key struct {
	name string
	draw func(x, y float64) // draws the sample, 20 wide, around y
}

// wide is about how many pixels a text takes: an em for a Chinese character, somewhat over half of one for others.
func wide(s string, size float64) float64 {
	ems := 0.0
	for _, r := range s {
		if r >= 0x2E80 {
			ems++
		} else {
			ems += 0.56
		}
	}
	return ems * size
}

// rows is how many lines a legend takes, at least one if it has an entry.
func rows(keys []key, width float64) int {
	n := 0
	legend(keys, width, func(k key, x float64, row int) { n = row + 1 })
	return n
}

func legend(keys []key, width float64, at func(k key, x float64, row int)) {
	x, row := edge, 0
	for _, k := range keys {
		w := 20 + 6 + wide(k.name, 12) + 16
		if x > edge && x+w > width-edge {
			x, row = edge, row+1
		}
		at(k, x, row)
		x += w
	}
}

// keys draws a legend below the title.
func (p *pen) keys(keys []key, f Frame) {
	legend(keys, f.width(), func(k key, x float64, row int) {
		at := f.below() + lineHeight*(float64(row)+0.5)
		k.draw(x, at)
		p.text("ink", x+26, at+4, "start", k.name)
	})
}

// cut shortens a text to a width.
func cut(s string, size, width float64) string {
	if wide(s, size) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && wide(string(runes), size)+size > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// wrap breaks a text into lines of a width, between words or before a Chinese character; a word that is wider has a line of its own.
func wrap(s string, size, width float64) (lines []string) {
	line, word := "", ""
	add := func() {
		if line != "" && wide(line+word, size) > width {
			lines, line = append(lines, strings.TrimRight(line, " ")), ""
		}
		line, word = line+word, ""
	}
	for _, r := range s {
		if r >= 0x2E80 {
			add()
		}
		word += string(r)
		if r == ' ' {
			add()
		}
	}
	if add(); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// rowed is how a picture of a thing a row has its names: before the rows, or above each where the picture is narrow.
type rowed struct {
	tops   []float64 // of the rows, from the top of the first; at last where the last ends
	left   float64   // where what is drawn begins
	middle float64   // of what is drawn, from the bottom of its row upwards
	name   func(p *pen, top float64, name string)
}

// narrow is the width below which names stand above their rows.
const narrow = 480

func (f Frame) rowed(names []string) rowed {
	const row = 22.0
	r := rowed{tops: []float64{0}, middle: row / 2}
	label, above := 40.0, 0.0
	for _, name := range names {
		label = math.Max(label, wide(name, 12)+12)
	}
	label = math.Min(label, f.width()*0.4)
	r.left = edge + label
	r.name = func(p *pen, top float64, name string) {
		p.text("ink", r.left-8, top+row/2+4, "end", cut(name, 12, label-8))
	}
	if f.width() < narrow {
		r.left, above = edge, 16
		r.name = func(p *pen, top float64, name string) {
			if name != "" {
				p.text("ink", edge+5, top+13, "start", cut(name, 12, f.width()-2*edge-5))
			}
		}
	}
	for i, name := range names {
		height := row
		if name != "" {
			height += above
		}
		r.tops = append(r.tops, r.tops[i]+height)
	}
	return r
}
