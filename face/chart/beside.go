package chart

import (
	"bytes"
	"fmt"
	"math"
)

// Beside puts pictures of this package next to each other under one title; its axes and width are not used. Each picture
// keeps its own title and description for screen readers.
type Beside struct {
	Frame
	Pictures [][]byte
}

// SVG draws the pictures from left to right.
func (c Beside) SVG() []byte {
	const head = 30.0
	var width, height float64
	at := make([]float64, len(c.Pictures))
	for i, picture := range c.Pictures {
		w, h := size(picture)
		at[i] = width
		width, height = width+w, math.Max(height, h)
	}
	c.Width = int(width)
	p := c.open(head + height)
	for i, picture := range c.Pictures {
		fmt.Fprintf(p, `<g transform="translate(%s %s)">`+"\n", num(at[i]), num(head))
		p.Write(picture)
		p.WriteString("</g>\n")
	}
	return p.close()
}

// size reads the width and height of a picture from its root.
func size(picture []byte) (w, h float64) {
	_, box, _ := bytes.Cut(picture, []byte(`viewBox="0 0 `))
	if _, err := fmt.Sscanf(string(box[:min(len(box), 40)]), "%g %g\"", &w, &h); err != nil {
		return 0, 0
	}
	return w, h
}
