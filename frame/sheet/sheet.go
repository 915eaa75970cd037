// Package sheet reads and writes the tables that people keep by hand: CSV (RFC 4180)
// and YAML. Both spell the same table: a YAML file is a sequence of mappings, one a
// row, whose keys are the column names. It knows no room; rooms say which columns
// there are and read the cells.
//
// A file is refused with every reason, each naming its row (the line of the file) and
// column. Text is UTF-8, with or without a byte order mark; UTF-16 and what looks like
// GBK are refused by name. Control characters, line breaks inside a cell and characters that turn
// the direction of text around are refused, for a cell must read the same wherever it is shown.
package sheet

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"skein/frame/civic"
)

// Messages holds this package's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Format is how a table is spelt.
type Format string

const (
	CSV  Format = "csv"
	YAML Format = "yaml"
)

// FormatOf guesses the format from a file's name; "" where it cannot.
func FormatOf(name string) Format {
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".csv"):
		return CSV
	case strings.HasSuffix(lower, ".yaml"), strings.HasSuffix(lower, ".yml"):
		return YAML
	}
	return ""
}

// Shape says which columns a table may have.
type Shape struct {
	// Columns in the order they are written. One that ends in ".*" stands for a text by
	// language: "title.*" allows "title.en" and "title.zh-Hans".
	Columns []string
	// Required are those that the first line of a CSV must name. YAML has no such line; there each row is left to the room.
	Required []string
	// Lists are columns whose cells hold several values, split by ";". YAML spells them as sequences.
	Lists []string
	// MostRows and MostBytes bound the file; 0 means 100,000 rows and 32 MiB.
	MostRows, MostBytes int
}

// Table is what a file says, cell by cell.
type Table struct {
	Columns []string // those the file has, in its order
	Rows    []Row
}

// Row is one row: its line in the file and its cells by column, trimmed. An empty cell is absent.
type Row struct {
	Line  int
	Cells map[string]string
}

const (
	mostRows  = 100_000
	mostBytes = 32 << 20
	// mostCell bounds one cell, in bytes.
	mostCell = 4_000
	// mostReasons bounds how many reasons a refused file is given.
	mostReasons = 100
)

// Refuse makes the refusal of one cell; column may be empty for a whole row.
func (r Row) Refuse(column, key string, args ...any) civic.Refusal {
	field := fmt.Sprintf("row %d", r.Line)
	if column != "" {
		field += ", " + column
	}
	return civic.Refuse(civic.Invalid, key, append([]any{"row", r.Line, "column", column}, args...)...).In(field)
}

// Split reads a cell that holds several values.
func Split(cell string) []string {
	var values []string
	for v := range strings.SplitSeq(cell, ";") {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	return values
}

// ByLanguage collects the cells of a column such as "title.*" by language tag; nil where there are none.
func (r Row) ByLanguage(column string) map[string]string {
	var texts map[string]string
	for name, cell := range r.Cells {
		if lang, ok := strings.CutPrefix(name, column+"."); ok {
			if texts == nil {
				texts = map[string]string{}
			}
			texts[lang] = cell
		}
	}
	return texts
}

// Limit cuts a list of reasons to a length that can be read, and says how many more there were.
func Limit(reasons civic.Refusals) civic.Refusals {
	if more := len(reasons) - mostReasons; more > 0 {
		reasons = append(reasons[:mostReasons:mostReasons], civic.Refuse(civic.Invalid, "sheet.more", "more", more))
	}
	return reasons
}

// Read reads a table. Where it is refused the table holds the rows that could be read,
// so that a caller can go on and list what is wrong inside them as well.
func Read(format Format, data []byte, shape Shape) (Table, civic.Refusals) {
	if most := orElse(shape.MostBytes, mostBytes); len(data) > most {
		return Table{}, civic.Refusals{civic.Refuse(civic.TooLarge, "sheet.too_large", "bytes", len(data), "most", most)}
	}
	text, refusal := decode(data)
	if refusal != nil {
		return Table{}, civic.Refusals{*refusal}
	}
	switch format {
	case CSV:
		return readCSV(text, shape)
	case YAML:
		return readYAML(text, shape)
	}
	return Table{}, civic.Refusals{civic.Refuse(civic.Unsupported, "sheet.format", "format", string(format))}
}

// decode strips the byte order mark and names an encoding that is not UTF-8.
func decode(data []byte) ([]byte, *civic.Refusal) {
	refuse := func(key string, args ...any) ([]byte, *civic.Refusal) {
		r := civic.Refuse(civic.Malformed, key, args...)
		return nil, &r
	}
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return refuse("sheet.utf16")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if head := data[:min(len(data), 256)]; bytes.Count(head, []byte{0})*3 > len(head) && len(head) > 1 {
		return refuse("sheet.utf16")
	}
	if !utf8.Valid(data) {
		line := 1
		for rest := data; len(rest) > 0; {
			r, size := utf8.DecodeRune(rest)
			if r == utf8.RuneError && size == 1 {
				break
			}
			if r == '\n' {
				line++
			}
			rest = rest[size:]
		}
		if looksGBK(data) {
			return refuse("sheet.gbk", "row", line)
		}
		return refuse("sheet.not_utf8", "row", line)
	}
	return data, nil
}

// looksGBK reports whether every byte above ASCII stands in a pair that GBK allows
// (lead 81–FE, trail 40–FE without 7F).
func looksGBK(data []byte) bool {
	for i := 0; i < len(data); i++ {
		if data[i] < 0x80 {
			continue
		}
		if data[i] == 0x80 || data[i] == 0xff || i+1 == len(data) || data[i+1] < 0x40 || data[i+1] == 0x7f || data[i+1] == 0xff {
			return false
		}
		i++
	}
	return true
}

// Formula reports whether a spreadsheet would run a cell when it opens the table, since it
// begins like a formula (OWASP, CSV Injection).
func Formula(cell string) bool {
	return cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0
}

// clean trims a cell and says what it may not hold.
func clean(row Row, column, cell string) (string, *civic.Refusal) {
	cell = strings.TrimSpace(cell)
	if len(cell) > mostCell {
		r := row.Refuse(column, "sheet.cell_long", "most", mostCell)
		return "", &r
	}
	if Formula(cell) {
		r := row.Refuse(column, "sheet.cell_formula", "sign", cell[:1])
		return "", &r
	}
	for _, c := range cell {
		switch {
		case c == '\n' || c == '\r' || c == '\u2028' || c == '\u2029':
			r := row.Refuse(column, "sheet.cell_break")
			return "", &r
		case unicode.IsControl(c) || c == utf8.RuneError || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' || c == '\u200e' || c == '\u200f' || c == '\ufeff':
			r := row.Refuse(column, "sheet.cell_control", "code", fmt.Sprintf("U+%04X", c))
			return "", &r
		}
	}
	return cell, nil
}

// allows finds a column of the file among those of the shape; its place in the order of writing.
func (s Shape) allows(column string) (int, bool) {
	for i, c := range s.Columns {
		if c == column {
			return i, true
		}
		if stem, texts := strings.CutSuffix(c, "*"); texts && strings.HasPrefix(column, stem) && languageTag(column[len(stem):]) {
			return i, true
		}
	}
	return 0, false
}

// languageTag accepts the simple form of BCP 47: letters first, then parts of up to 8.
func languageTag(tag string) bool {
	for i, part := range strings.Split(tag, "-") {
		if len(part) < 1 || len(part) > 8 || i == 0 && len(part) > 3 {
			return false
		}
		for _, c := range part {
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// header checks the names of the columns.
func (s Shape) header(line int, columns []string) civic.Refusals {
	var reasons civic.Refusals
	row := Row{Line: line}
	for i, c := range columns {
		if _, ok := s.allows(c); !ok {
			reasons = append(reasons, row.Refuse(c, "sheet.column_unknown", "allowed", strings.Join(s.Columns, ", ")))
		} else if slices.Contains(columns[:i], c) {
			reasons = append(reasons, row.Refuse(c, "sheet.column_twice"))
		}
	}
	for _, need := range s.Required {
		stem, texts := strings.CutSuffix(need, "*")
		if !slices.ContainsFunc(columns, func(c string) bool { return c == need || texts && strings.HasPrefix(c, stem) }) {
			reasons = append(reasons, row.Refuse(need, "sheet.column_missing"))
		}
	}
	return reasons
}

func orElse(n, other int) int {
	if n > 0 {
		return n
	}
	return other
}
