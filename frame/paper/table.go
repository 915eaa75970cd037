package paper

// A cell's text stands so far from its edges.
const (
	padX = 1.6
	padY = 1.1
)

func (t Table) put(w *writer) {
	if len(t.Columns) == 0 {
		return
	}
	if t.Caption != "" {
		w.use(body)
		all := lines(w.shown([]Span{{Text: t.Caption}}), across, w.width)
		w.gap(1)
		w.room(float64(len(all))*w.now.line + 4*small.line)
		for _, l := range all {
			w.strong(func() { w.line(margin, l) })
			w.pdf.SetY(w.pdf.GetY() + w.now.line)
		}
		w.pdf.SetY(w.pdf.GetY() + 0.8)
	}
	w.use(size{9.5, 4.9})
	var head []string
	headed := false
	for _, c := range t.Columns {
		head = append(head, c.Title)
		headed = headed || c.Title != ""
	}
	head = w.cells(head)
	rows := make([][]string, len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = w.cells(r)
	}
	widths := w.widths(head, rows)
	heading := func() {
		if headed {
			w.row(t.Columns, widths, w.broken(widths, head), true)
		}
	}
	first := 0.0
	if len(rows) > 0 {
		first = height(w.broken(widths, rows[0])) * w.now.line
	}
	w.room(min(height(w.broken(widths, head))*w.now.line+first+6*padY, bottom-margin))
	heading()
	for _, r := range rows {
		cells := w.broken(widths, r)
		for tall := height(cells); tall > 0; tall = height(cells) {
			left := int((bottom - w.pdf.GetY() - 2*padY) / w.now.line)
			if left < int(tall) && (left < 3 || tall <= 8) { // short rows stay whole, long ones go on over the page
				w.pdf.AddPage()
				heading()
				left = int((bottom - w.pdf.GetY() - 2*padY) / w.now.line)
			}
			rest := make([][][]run, len(cells))
			for i, c := range cells {
				n := min(left, len(c))
				cells[i], rest[i] = c[:n], c[n:]
			}
			w.row(t.Columns, widths, cells, false)
			cells = rest
		}
	}
	w.pdf.SetY(w.pdf.GetY() + 3.5)
}

// cells is what can be shown of a row.
func (w *writer) cells(row []string) []string {
	out := make([]string, len(row))
	for i, s := range row {
		out[i] = w.glyphs.shown(s)
	}
	return out
}

// broken are the lines of each cell of a row.
func (w *writer) broken(widths []float64, row []string) [][][]run {
	out := make([][][]run, len(row))
	for i, s := range row {
		out[i] = lines([]Span{{Text: s}}, widths[i]-2*padX, w.width)
	}
	return out
}

// height is how many lines the highest cell has.
func height(cells [][][]run) (most float64) {
	for _, c := range cells {
		most = max(most, float64(len(c)))
	}
	return most
}

// row writes what of a row stands on this page.
func (w *writer) row(columns []Column, widths []float64, cells [][][]run, head bool) {
	x, y := margin, w.pdf.GetY()
	tall := height(cells)*w.now.line + 2*padY
	if head {
		w.pdf.SetFillColor(232, 236, 240)
		w.pdf.Rect(margin, y, across, tall, "F")
	}
	for i, c := range cells {
		for n, l := range c {
			w.pdf.SetY(y + padY + float64(n)*w.now.line)
			at := x + padX
			if columns[i].Right {
				at = x + widths[i] - padX
				for _, r := range l {
					at -= w.width(r.text)
				}
			}
			if head {
				w.strong(func() { w.line(at, l) })
			} else {
				w.line(at, l)
			}
		}
		x += widths[i]
	}
	w.pdf.SetDrawColor(150, 155, 160)
	w.pdf.SetLineWidth(0.2)
	w.pdf.Line(margin, y+tall, margin+across, y+tall)
	w.pdf.SetY(y + tall)
}

// widths gives each column what it needs. Where that is too much, those that want little get it and the others share the rest, none less than it cannot do without.
func (w *writer) widths(head []string, rows [][]string) []float64 {
	least, want := make([]float64, len(head)), make([]float64, len(head))
	look := func(row []string) {
		for i, s := range row {
			least[i] = max(least[i], min(widest(s, w.width), across/3)+2*padX+0.2)
			want[i] = max(want[i], min(w.width(s), across)+2*padX+0.2)
		}
	}
	look(head)
	for _, r := range rows {
		look(r)
	}
	out, left, open := make([]float64, len(head)), across, len(head)
	settle := func(i int, width float64) { out[i], left, open = width, left-width, open-1 }
	for again := true; again && open > 0; {
		again = false
		for i := range out {
			if share := left / float64(open); out[i] == 0 && want[i] <= share {
				settle(i, want[i])
				again = true
			} else if out[i] == 0 && least[i] > share {
				settle(i, min(least[i], left*0.7))
				again = true
			}
			if open == 0 {
				break
			}
		}
	}
	for i := range out {
		switch {
		case open > 0 && out[i] == 0:
			out[i] = left / float64(open)
		case open == 0: // what is left over goes to all alike
			out[i] += left / float64(len(out))
		}
	}
	return out
}
