package paper

import (
	"bytes"

	"codeberg.org/go-pdf/fpdf"
)

// A photo is at most so high, so that two stand on a page, and is printed at no fewer dots than these to an inch.
const (
	photoHeight = 105.0
	photoDots   = 96.0
)

func (p Photo) put(w *writer) {
	name := string(p.JPEG) // its bytes are its name: the same photo twice is stored once
	info := w.pdf.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(p.JPEG))
	if w.pdf.Err() {
		return // the file is not given out
	}
	info.SetDpi(photoDots)
	wide, high := info.Extent()
	shrunk := min(1, across/wide, photoHeight/high)
	wide, high = wide*shrunk, high*shrunk
	w.use(small)
	caption := lines(w.shown([]Span{{Text: p.Caption}}), across, w.width)
	w.gap(1)
	w.room(high + 1 + float64(len(caption))*w.now.line)
	w.pdf.ImageOptions(name, margin, w.pdf.GetY(), wide, high, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
	w.pdf.SetY(w.pdf.GetY() + high + 1)
	for _, l := range caption {
		w.line(margin, l)
		w.pdf.SetY(w.pdf.GetY() + w.now.line)
	}
	w.pdf.SetY(w.pdf.GetY() + 2)
}
