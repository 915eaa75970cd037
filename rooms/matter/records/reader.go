package records

import (
	"bufio"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"

	"skein/frame/civic"
	"skein/frame/sheet"
	"skein/rooms/matter"
)

// Record is one row in our words. Codes are as the mapping makes them: whether the realm
// has them is for the importer to see.
type Record struct {
	External string
	Reported civic.Instant
	Closed   civic.Instant // 0 while it is open
	Target   civic.Instant // 0 where the source set none
	Category civic.Category
	Kind     matter.Kind // "" takes the category's
	Place    civic.PlaceID
	Located  bool // Lat and Lon are a point, degrees of WGS 84
	Lat, Lon float64
	Address  string
	Text     string
	Lead     civic.BodyID
	Channel  string
	Status   Status
	Outcome  matter.Outcome
}

// Status is how a matter stands in the source.
type Status string

const (
	Open     Status = "open"
	Closed   Status = "closed"
	Declined Status = "declined"
)

// Row is one row of the file: its record, or why it has none.
type Row struct {
	Line     int // of its first line, from 1
	Text     string
	Cells    []string // nil where the row could not be cut into cells
	Record   Record
	Refusals civic.Refusals
}

// Reader reads an export row by row. It holds one row and the lines of one broken record.
type Reader struct {
	m       *Mapping
	lines   *lines
	header  []string
	at      map[string]int
	blank   map[string]bool
	nowhere map[[2]float64]bool
}

// NewReader reads the header. It refuses a file whose header cannot be read or lacks a
// column of the mapping, each column by name. The error is of the reader itself.
func NewReader(in io.Reader, m *Mapping) (*Reader, civic.Refusals, error) {
	switch m.Encoding {
	case "utf-16":
		in = xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewDecoder().Reader(in)
	case "windows-1252":
		in = charmap.Windows1252.NewDecoder().Reader(in)
	case "gb18030":
		in = simplifiedchinese.GB18030.NewDecoder().Reader(in)
	}
	buffered := bufio.NewReader(in)
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
		buffered.Discard(3)
	}
	r := &Reader{m: m, lines: newLines(buffered, m.Delimiter[0]), at: map[string]int{}, blank: map[string]bool{"": true}, nowhere: map[[2]float64]bool{}}
	for _, b := range m.Blank {
		r.blank[strings.TrimSpace(b)] = true
	}
	for _, p := range m.Nowhere {
		r.nowhere[p] = true
	}
	head, err := r.lines.next(0)
	if errors.Is(err, io.EOF) {
		return nil, civic.Refusals{civic.Refuse(civic.Malformed, "records.empty")}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if head.fault != "" || !utf8.ValidString(head.text) || strings.ContainsRune(head.text, 0) {
		return nil, civic.Refusals{civic.Refuse(civic.Malformed, "records.header", "encoding", m.Encoding)}, nil
	}
	var reasons civic.Refusals
	for i, name := range head.cells {
		name = strings.TrimSpace(name)
		r.header = append(r.header, name)
		if _, twice := r.at[name]; !twice {
			r.at[name] = i
		}
	}
	seen := map[string]bool{}
	for _, f := range m.fields() {
		for _, c := range f.columns() {
			if _, ok := r.at[c]; !ok && !seen[c] {
				seen[c] = true
				reasons = append(reasons, civic.Refuse(civic.Invalid, "records.column_missing", "column", clip(c), "field", f.name).In(f.name))
			}
		}
	}
	if len(reasons) > 0 {
		return nil, reasons, nil
	}
	return r, nil, nil
}

// RejectsMark is the first column of a list of rejects. Cells that a spreadsheet would run as
// formulas have an apostrophe before them there, which is taken away when the list is read again.
const RejectsMark = "skein_row"

// Harmless is a cell as it stands in a list of rejects.
func Harmless(cell string) string {
	if sheet.Formula(cell) {
		return "'" + cell
	}
	return cell
}

// Header is the names of the columns.
func (r *Reader) Header() []string { return r.header }

// Next reads one row; io.EOF ends. Empty lines are passed over.
func (r *Reader) Next() (Row, error) {
	for {
		raw, err := r.lines.next(len(r.header))
		if err != nil {
			return Row{}, err
		}
		if raw.fault == "" && strings.TrimSpace(raw.text) == "" {
			continue
		}
		row := Row{Line: raw.line, Text: raw.text, Cells: raw.cells}
		if r.header[0] == RejectsMark {
			for i, cell := range row.Cells {
				if rest, ok := strings.CutPrefix(cell, "'"); ok && sheet.Formula(rest) {
					row.Cells[i] = rest
				}
			}
		}
		switch {
		case raw.fault != "":
			row.refuse("", raw.fault)
		case !utf8.ValidString(raw.text) || strings.ContainsRune(raw.text, utf8.RuneError):
			row.refuse("", "records.encoding", "encoding", r.m.Encoding)
		case len(raw.cells) != len(r.header):
			row.refuse("", "records.cells", "cells", len(raw.cells), "columns", len(r.header))
		default:
			r.read(&row)
		}
		return row, nil
	}
}

func (r *Row) refuse(field, key string, args ...any) {
	at := "row " + strconv.Itoa(r.Line)
	if field != "" {
		at += ", " + field
	}
	r.Refusals = append(r.Refusals, civic.Refuse(civic.Invalid, key, append([]any{"row", r.Line}, args...)...).In(at))
}

// value joins what stands in the columns of a field; "" where all are blank.
func (r *Reader) value(row *Row, f *Field) string {
	cell := func(column string) string {
		text := strings.TrimSpace(row.Cells[r.at[column]])
		if r.blank[text] {
			return ""
		}
		for _, s := range f.Strip {
			text = strings.TrimSpace(strings.TrimPrefix(text, s))
		}
		return text
	}
	if len(f.Columns) == 0 {
		if f.Column == "" {
			return ""
		}
		return cell(f.Column)
	}
	join := f.Join
	if join == "" {
		join = " "
	}
	parts := make([]string, 0, len(f.Columns))
	for _, c := range f.Columns {
		if text := cell(c); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, join)
}

// code makes a code of a field: by its table, else its pattern, else its last resort, else as it is.
func (r *Reader) code(row *Row, f *named) string {
	text := r.value(row, f.Field)
	if code, ok := f.Map[text]; ok {
		return code
	}
	if f.Code != "" {
		empty := false
		code := hole.ReplaceAllStringFunc(f.Code, func(found string) string {
			parts := hole.FindStringSubmatch(found)
			one := Field{Column: parts[1], Strip: f.Strip}
			value := fit(r.value(row, &one))
			empty = empty || value == ""
			if width, err := strconv.Atoi(parts[2]); err == nil && len(value) < width {
				value = strings.Repeat("0", width-len(value)) + value
			}
			return value
		})
		if !empty {
			return code
		}
		return f.Otherwise
	}
	switch {
	case f.Otherwise != "":
		return f.Otherwise
	case f.Map != nil && text != "":
		row.refuse(f.name, "records.not_mapped", "value", clip(text), "field", f.name)
		return ""
	}
	return text
}

// fit makes a text fit for a code: small ASCII letters and digits, anything between them one "_".
func fit(text string) string {
	var b strings.Builder
	gap := false
	for _, c := range strings.ToLower(text) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(c)
		} else if c != '\'' {
			gap = true
		}
	}
	return b.String()
}

func (r *Reader) read(row *Row) {
	m, rec := r.m, &row.Record
	for _, f := range m.fields() {
		if !f.Given() {
			continue
		}
		if f.when {
			text := r.value(row, f.Field)
			if text == "" {
				if f.needed {
					row.refuse(f.name, "records.missing", "field", f.name)
				}
				continue
			}
			at, ok := m.instant(f.Field, text, f.name != "reported") // closed and due by the end of a day
			if !ok {
				row.refuse(f.name, "records.time", "value", clip(text), "field", f.name)
			}
			switch f.name {
			case "reported":
				rec.Reported = at
			case "closed":
				rec.Closed = at
			case "target":
				rec.Target = at
			}
			continue
		}
		switch f.name {
		case "address":
			rec.Address = clean(r.value(row, f.Field))
		case "text":
			rec.Text = clean(r.value(row, f.Field))
		case "lat", "lon": // below
		default:
			code := r.code(row, &f)
			if !inert(code) || len(code) > 200 {
				row.refuse(f.name, "records.control", "field", f.name)
				continue
			}
			switch f.name {
			case "external":
				if rec.External = code; code == "" {
					row.refuse(f.name, "records.missing", "field", f.name)
				}
			case "category":
				if rec.Category = civic.Category(code); code == "" && !refused(row, f.name) {
					row.refuse(f.name, "records.missing", "field", f.name)
				}
			case "kind":
				rec.Kind = matter.Kind(code)
			case "place":
				rec.Place = civic.PlaceID(code)
			case "lead":
				rec.Lead = civic.BodyID(code)
			case "channel":
				rec.Channel = code
			case "status":
				rec.Status = Status(code)
			case "outcome":
				rec.Outcome = matter.Outcome(code)
			}
		}
	}
	r.point(row)
	r.life(row)
}

func refused(row *Row, field string) bool {
	return slices.ContainsFunc(row.Refusals, func(f civic.Refusal) bool { return strings.HasSuffix(f.Field, ", "+field) })
}

// point reads latitude and longitude.
func (r *Reader) point(row *Row) {
	if !r.m.Lat.Given() {
		return
	}
	lat, lon := r.value(row, &r.m.Lat), r.value(row, &r.m.Lon)
	if lat == "" && lon == "" {
		return
	}
	x, errX := strconv.ParseFloat(lat, 64)
	y, errY := strconv.ParseFloat(lon, 64)
	if errX != nil || errY != nil || !(math.Abs(x) <= 90) || !(math.Abs(y) <= 180) {
		row.refuse("lat", "records.point", "lat", clip(lat), "lon", clip(lon))
		return
	}
	if x == 0 && y == 0 || r.nowhere[[2]float64{x, y}] {
		return // what many systems write for "not found"
	}
	row.Record.Located, row.Record.Lat, row.Record.Lon = true, x, y
}

// life holds status and times against each other.
func (r *Reader) life(row *Row) {
	rec := &row.Record
	if rec.Status == "" && !refused(row, "status") {
		if rec.Status = Open; rec.Closed != 0 {
			rec.Status = Closed
		}
	}
	switch {
	case refused(row, "status"):
	case rec.Status != Open && rec.Status != Closed && rec.Status != Declined:
		row.refuse("status", "records.status", "value", clip(string(rec.Status)))
	case rec.Status == Open && rec.Closed != 0:
		row.refuse("status", "records.open_closed")
	case rec.Status != Open && rec.Closed == 0 && !refused(row, "closed"):
		row.refuse("closed", "records.closed_when")
	}
	if rec.Closed != 0 && rec.Reported != 0 && rec.Closed < rec.Reported {
		row.refuse("closed", "records.closed_before")
	}
	if rec.Target != 0 && rec.Reported != 0 && rec.Target < rec.Reported {
		row.refuse("target", "records.target_before")
	}
	if rec.Kind != "" && !slices.Contains(matter.Kinds, rec.Kind) {
		row.refuse("kind", "records.kind", "value", clip(string(rec.Kind)))
	}
	if rec.Outcome != "" && !slices.Contains(matter.Outcomes, rec.Outcome) {
		row.refuse("outcome", "records.outcome", "value", clip(string(rec.Outcome)))
	}
	if rec.Channel == "" {
		rec.Channel = "import"
	}
}

// deceives reports whether a character can make a text read otherwise than it is:
// controls and overrides of direction.
func deceives(c rune) bool {
	return unicode.IsControl(c) || c == utf8.RuneError || c == '\u2028' || c == '\u2029' || c == '\u200e' || c == '\u200f' || c == '\ufeff' ||
		c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069'
}

// inert reports whether a code or id reads the same wherever it is shown.
func inert(text string) bool { return !strings.ContainsFunc(text, deceives) }

// clean takes out of a text what can only deceive; line breaks and tabs stay.
func clean(text string) string {
	text = strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && deceives(c) {
			return -1
		}
		return c
	}, text)
	if runes := []rune(text); len(text) > mostText && len(runes) > mostText {
		text = string(runes[:mostText])
	}
	return strings.TrimSpace(text)
}

// mostText bounds a text, in characters; the whole is in the rejected or original file.
const mostText = 10_000

func clip(text string) string {
	const most = 80
	text = strings.Map(func(c rune) rune {
		if deceives(c) {
			return '�'
		}
		return c
	}, strings.ToValidUTF8(text, "�"))
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most]) + "…"
	}
	return text
}
