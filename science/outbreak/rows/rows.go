// Package rows reads the tables that the commands of early warning take: CSV in UTF-8 with a header, parted by
// commas, semicolons or tabs. What is wrong is refused naming its row, the header being row 1 as in a spreadsheet.
package rows

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"skein/frame/civic"
)

// Bounds on what is read.
const (
	MostColumns  = 20_000
	MostRefusals = 20 // in one answer; the rest would be more of the same
)

// Table is a file that is being read.
type Table struct {
	Header []string // names in lower case, without blanks around
	Names  []string // as they stand
	r      *csv.Reader
	Bad    civic.Refusals // what was found wrong so far
}

// Row is one row.
type Row struct {
	Line  int // it begins on
	Cells []string
	table *Table
}

// Read begins a table. An error is civic.Refusals.
func Read(data []byte) (*Table, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		line := 1
		for len(data) > 0 {
			r, n := utf8.DecodeRune(data)
			if r == utf8.RuneError && n == 1 {
				break
			}
			if r == '\n' {
				line++
			}
			data = data[n:]
		}
		return nil, civic.Refusals{civic.Refuse(civic.Malformed, "outbreak.not_utf8", "row", line)}
	}
	t := &Table{r: csv.NewReader(bytes.NewReader(data))}
	t.r.Comma, t.r.ReuseRecord, t.r.TrimLeadingSpace = comma(data), true, true
	header, err := t.r.Read()
	if err == io.EOF {
		return nil, civic.Refusals{civic.Refuse(civic.Malformed, "outbreak.empty")}
	}
	if err != nil {
		return nil, civic.Refusals{malformed(err)}
	}
	if len(header) > MostColumns {
		return nil, civic.Refusals{civic.Refuse(civic.TooLarge, "outbreak.columns_many", "most", MostColumns)}
	}
	seen := map[string]bool{}
	for i, name := range header {
		name = strings.TrimSpace(name)
		low := strings.ToLower(name)
		switch {
		case name == "":
			t.Bad = append(t.Bad, civic.Refuse(civic.Invalid, "outbreak.column_unnamed", "column", i+1))
		case seen[low]:
			t.Bad = append(t.Bad, civic.Refuse(civic.Invalid, "outbreak.column_twice", "column", name))
		}
		seen[low] = true
		t.Header, t.Names = append(t.Header, low), append(t.Names, strings.Clone(name))
	}
	if len(t.Bad) > MostRefusals {
		t.Bad = t.Bad[:MostRefusals]
	}
	return t, t.Bad.Err()
}

// comma is the separator of the header line.
func comma(data []byte) rune {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', bytes.Count(line, []byte(","))
	for _, r := range []rune{';', '\t'} {
		if n := bytes.Count(line, []byte(string(r))); n > most {
			best, most = r, n
		}
	}
	return best
}

func malformed(err error) civic.Refusal {
	var at *csv.ParseError
	if errors.As(err, &at) {
		if errors.Is(err, csv.ErrFieldCount) {
			return civic.Refuse(civic.Malformed, "outbreak.row_width", "row", at.StartLine)
		}
		return civic.Refuse(civic.Malformed, "outbreak.row_quotes", "row", at.Line)
	}
	return civic.Refuse(civic.Malformed, "outbreak.row_quotes", "row", 1)
}

// Column is the place of a column by one of its names, or -1.
func (t *Table) Column(names ...string) int {
	for _, name := range names {
		for i, have := range t.Header {
			if have == name {
				return i
			}
		}
	}
	return -1
}

// Next reads a row; ok is false at the end, or after so much was wrong that no more is looked for. Cells are valid until the next call.
func (t *Table) Next() (r Row, ok bool) {
	if len(t.Bad) >= MostRefusals {
		return r, false
	}
	cells, err := t.r.Read()
	if err == io.EOF {
		return r, false
	}
	if err != nil {
		t.Bad = append(t.Bad, malformed(err))
		if errors.Is(err, csv.ErrFieldCount) {
			return t.Next()
		}
		return r, false
	}
	line, _ := t.r.FieldPos(0)
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return Row{line, cells, t}, true
}

// Refuse notes what is wrong in a row.
func (r Row) Refuse(key string, args ...any) {
	r.table.Bad = append(r.table.Bad, civic.Refuse(civic.Invalid, key, append([]any{"row", r.Line}, args...)...))
}

// most is the largest count, beyond which whole numbers are no longer exact.
const most = 1e15

// Count reads a count: whole, not negative. Empty and NA are missing, NaN.
func (r Row) Count(column int) float64 {
	s := r.Cells[column]
	if s == "" || s == "NA" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= 0 && v <= most) || v != math.Trunc(v) {
		r.Refuse("outbreak.count", "column", r.table.Names[column], "found", short(s))
		return math.NaN()
	}
	return v
}

// Number reads a finite number, at least low.
func (r Row) Number(column int, low float64) float64 {
	s := r.Cells[column]
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < low {
		r.Refuse("outbreak.number", "column", r.table.Names[column], "found", short(s))
		return math.NaN()
	}
	return v
}

// Time reads a whole number from 1, or a date YYYY-MM-DD, maybe with a time of day that is not looked at.
func (r Row) Time(column int) (t int, date time.Time, ok bool) {
	s := r.Cells[column]
	if n, err := strconv.Atoi(s); err == nil && r.table.Header[column] != "date" {
		if n < 1 || n > MostTimes {
			r.Refuse("outbreak.time_range", "column", r.table.Names[column], "found", n, "most", MostTimes)
			return 0, date, false
		}
		return n, date, true
	}
	day := s
	if len(s) > 10 && (s[10] == ' ' || s[10] == 'T') {
		day = s[:10]
	}
	date, err := time.Parse(time.DateOnly, day)
	if err != nil || date.Year() < 1000 { // nobody counted then; and the zero time stands for none
		r.Refuse("outbreak.time", "column", r.table.Names[column], "found", short(s))
		return 0, date, false
	}
	return 0, date, true
}

// Days is the number of days from one date to another. (A time.Duration ends after 292 years.)
func Days(from, to time.Time) int { return int((to.Unix() - from.Unix()) / (24 * 60 * 60)) }

// MostTimes is the largest t.
const MostTimes = 1_000_000

// short cuts what is quoted from a file.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
