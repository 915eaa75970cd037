package paper

import (
	"bytes"
	"runtime"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
)

// The page is A4 (ISO 216), in millimetres.
const (
	pageHeight = 297.0
	pageWidth  = 210.0
	margin     = 20.0
	bottom     = pageHeight - 22 // where text ends
	across     = pageWidth - 2*margin
	family     = "text"
	allPages   = "{pages}"
)

// size is how large text is, in points, and how high its lines are, in millimetres.
type size struct{ points, line float64 }

var (
	body  = size{10.5, 5.6}
	small = size{8.5, 4.6}
	heads = []size{{19, 9}, {14, 7}, {11.5, 6}} // by level
)

// writer lays a document out.
type writer struct {
	pdf    *fpdf.Fpdf
	glyphs *glyphs
	now    size
}

// busy bounds how many files are written at once: each holds the unpacked font, and takes a processor for milliseconds, or 60 with the whole font, that
// pages do not have meanwhile.
var busy = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))

// PDF writes the document as a file.
func (d Document) PDF() ([]byte, error) {
	busy <- struct{}{}
	defer func() { <-busy }()
	var file []byte
	var err error
	for _, f := range fonts {
		var rare bool
		if file, rare, err = d.write(f); !rare || err != nil {
			break
		}
	}
	return file, err
}

// write writes it with one font, and says whether there are characters that it does not have and another may.
func (d Document) write(f *face) (file []byte, rare bool, err error) {
	b, err := f.take()
	if err != nil {
		return nil, false, err
	}
	defer f.give(b)
	w := &writer{pdf: b.pdf, glyphs: b.glyphs}
	p := w.pdf
	p.SetCatalogSort(true)
	p.SetCreationDate(d.Made.UTC())
	p.SetModificationDate(d.Made.UTC())
	p.SetLang(d.Lang)
	p.SetTitle(d.Title, true)
	p.SetAuthor(d.Author, true)
	p.SetCreator("Skein", true)
	p.SetProducer("go-pdf/fpdf", true)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(false, 0)
	p.AliasNbPages(allPages)
	p.SetFooterFunc(func() { w.footer(d) })
	p.AddPage()
	for _, b := range append([]Block{Heading{1, d.Title}}, d.Blocks...) {
		b.put(w)
		if w.glyphs.rare && f != fonts[len(fonts)-1] {
			return nil, true, nil
		}
	}
	if n := w.glyphs.missing; n > 0 {
		Quiet{{Text: d.Say("paper.missing", "count", n)}}.put(w)
	}
	var out bytes.Buffer
	err = p.Output(&out)
	return out.Bytes(), w.glyphs.rare, err
}

// footer stands at the foot of every page.
func (w *writer) footer(d Document) {
	before, missing := w.now, w.glyphs.missing
	w.use(small)
	w.ink(90)
	number := w.glyphs.shown(d.Say("paper.page", "page", w.pdf.PageNo(), "of", allPages))
	right := w.width(w.glyphs.shown(d.Say("paper.page", "page", w.pdf.PageNo(), "of", strconv.Itoa(w.pdf.PageNo()))))
	line := lines([]Span{{Text: w.glyphs.shown(d.Footer)}}, across-right-5, w.width)[0]
	w.glyphs.missing = missing // said once, where it stands in the text
	if len(line) > 0 {
		w.pdf.Text(margin, pageHeight-12, line[0].text)
	}
	w.pdf.Text(pageWidth-margin-right, pageHeight-12, number)
	w.ink(0)
	w.use(before)
}

func (w *writer) use(s size) {
	if s.points == 0 {
		s = body
	}
	w.now = s
	w.pdf.SetFont(family, "", s.points)
}

func (w *writer) ink(grey int) { w.pdf.SetTextColor(grey, grey, grey) }

func (w *writer) width(s string) float64 { return w.pdf.GetStringWidth(s) }

// room begins a new page unless so much still fits on this one.
func (w *writer) room(height float64) bool {
	if w.pdf.GetY()+height <= bottom {
		return false
	}
	w.pdf.AddPage()
	return true
}

// gap leaves space, but not at the top of a page.
func (w *writer) gap(height float64) {
	if w.pdf.GetY() > margin {
		w.pdf.SetY(w.pdf.GetY() + height)
	}
}

// shown is what can be shown of spans.
func (w *writer) shown(spans []Span) []Span {
	out := make([]Span, len(spans))
	for i, s := range spans {
		out[i] = Span{w.glyphs.shown(s.Text), s.Href}
	}
	return out
}

// line writes one line at a place; its links can be followed.
func (w *writer) line(x float64, runs []run) {
	y := w.pdf.GetY()
	for _, r := range runs {
		wide := w.width(r.text)
		if r.href != "" {
			w.pdf.SetTextColor(0, 70, 140)
			w.pdf.SetDrawColor(0, 70, 140)
			w.pdf.SetLineWidth(0.15)
			w.pdf.Line(x, y+w.now.line*0.86, x+wide, y+w.now.line*0.86)
			w.pdf.LinkString(x, y, wide, w.now.line, r.href)
		}
		w.pdf.Text(x, y+w.now.line*0.72, r.text)
		if r.href != "" {
			w.ink(0)
		}
		x += wide
	}
}

// flow writes text that goes on over pages.
func (w *writer) flow(x, most float64, spans []Span) {
	for _, l := range lines(w.shown(spans), most, w.width) {
		w.room(w.now.line)
		w.line(x, l)
		w.pdf.SetY(w.pdf.GetY() + w.now.line)
	}
}

// strong draws what it is given in heavier strokes, since there is one weight of the font.
func (w *writer) strong(draw func()) {
	w.pdf.SetDrawColor(0, 0, 0)
	w.pdf.SetLineWidth(w.now.points * 0.011)
	w.pdf.SetTextRenderingMode(2)
	draw()
	w.pdf.SetTextRenderingMode(0)
}

func (h Heading) put(w *writer) {
	w.use(heads[min(max(h.Level, 1), len(heads))-1])
	w.gap(w.now.line * 0.7)
	all := lines(w.shown([]Span{{Text: h.Text}}), across, w.width)
	w.room(float64(len(all))*w.now.line + 4*body.line) // never the last thing on a page
	w.pdf.Bookmark(w.quietly(h.Text), max(h.Level, 1)-1, w.pdf.GetY())
	for _, l := range all {
		w.strong(func() { w.line(margin, l) })
		w.pdf.SetY(w.pdf.GetY() + w.now.line)
	}
	w.pdf.SetY(w.pdf.GetY() + 1.5)
}

// quietly is what can be shown of a text that stands elsewhere too.
func (w *writer) quietly(s string) string {
	missing := w.glyphs.missing
	defer func() { w.glyphs.missing = missing }()
	return w.glyphs.shown(s)
}

func (t Paragraph) put(w *writer) {
	w.use(body)
	w.flow(margin, across, t)
	w.pdf.SetY(w.pdf.GetY() + 2)
}

func (t Quiet) put(w *writer) {
	w.use(small)
	w.flow(margin, across, t)
	w.pdf.SetY(w.pdf.GetY() + 2)
}

func (l List) put(w *writer) {
	w.use(body)
	for _, item := range l {
		w.room(w.now.line)
		w.line(margin+1, []run{{text: "•"}})
		w.flow(margin+5, across-5, item)
		w.pdf.SetY(w.pdf.GetY() + 0.8)
	}
	w.pdf.SetY(w.pdf.GetY() + 1.2)
}
