package requests

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"skein/frame/civic"
)

// Request is what a resident told. What is not known is left at its zero value.
type Request struct {
	ID       string
	Text     string
	Category string
	X, Y     float64 // metres on a plane
	Placed   bool    // X and Y are known
	Time     time.Time
	Lang     string // "en", "zh", …
	Cluster  string // the same for requests that are truly about one matter
}

// MostRows bounds what Parse reads.
const MostRows = 2_000_000

// mostReasons ends the reading of a file with many faults.
const mostReasons = 50

// farthest is half the circumference of the Earth in metres; no plane of a realm is larger.
const farthest = 20_037_508

var columns = []string{"id", "cluster", "lang", "category", "x_m", "y_m", "time", "text"}

var layouts = []string{"2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"}

// Parse reads a table of requests, which must have the columns that are needed and an id of its own for each row. It returns
// civic.Refusals with every fault found (at most fifty), each with its line and column.
func Parse(data []byte, needed ...string) ([]Request, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "requests.not_utf8", "line", invalidLine(data))}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err == io.EOF {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "requests.empty")}
	}
	if err != nil {
		return nil, civic.Refusals{notCSV(err)}
	}
	p := parser{at: map[string]int{}, width: len(header), ids: map[string]int{}}
	if err := p.header(header, needed); err != nil {
		return nil, err
	}
	r.ReuseRecord = true
	for len(p.refused) < mostReasons {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			p.refused = append(p.refused, notCSV(err))
			break
		}
		if len(p.out) == MostRows {
			return nil, civic.Refusals{civic.Refuse(civic.TooLarge, "requests.too_many_rows", "most", MostRows)}
		}
		line, _ := r.FieldPos(0)
		p.row(record, line)
	}
	if len(p.refused) > 0 {
		return nil, p.refused
	}
	if len(p.out) == 0 {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "requests.empty")}
	}
	return p.out, nil
}

type parser struct {
	at      map[string]int // the name of a column → its position
	width   int
	ids     map[string]int // id → line
	out     []Request
	refused civic.Refusals
}

func (p *parser) header(header, needed []string) error {
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(columns, name) {
			continue
		}
		if _, twice := p.at[name]; twice {
			p.refused = append(p.refused, civic.Refuse(civic.Invalid, "requests.column_twice", "column", name))
		}
		p.at[name] = i
	}
	if p.has("x_m") != p.has("y_m") {
		needed = append(slices.Clone(needed), "x_m", "y_m")
	}
	for _, name := range needed {
		if !p.has(name) {
			p.refused = append(p.refused, civic.Refuse(civic.Invalid, "requests.column_missing", "column", name, "found", short(strings.Join(header, ", "))))
		}
	}
	return p.refused.Err()
}

func (p *parser) has(name string) bool { _, ok := p.at[name]; return ok }

func (p *parser) row(record []string, line int) {
	if len(record) != p.width {
		p.refused = append(p.refused, civic.Refuse(civic.Invalid, "requests.row_width", "line", line, "fields", len(record), "columns", p.width))
		return
	}
	get := func(name string) string {
		if i, ok := p.at[name]; ok {
			return strings.Clone(strings.TrimSpace(record[i]))
		}
		return ""
	}
	refuse := func(key, column, value string) {
		p.refused = append(p.refused, civic.Refuse(civic.Invalid, key, "line", line, "column", column, "value", short(value)))
	}
	q := Request{ID: get("id"), Text: get("text"), Category: get("category"), Lang: get("lang"), Cluster: get("cluster")}
	if !p.has("id") {
		q.ID = strconv.Itoa(len(p.out) + 1)
	}
	if q.ID == "" {
		refuse("requests.row_id_missing", "id", "")
	} else if other, twice := p.ids[q.ID]; twice {
		p.refused = append(p.refused, civic.Refuse(civic.Invalid, "requests.row_id_twice", "line", line, "value", short(q.ID), "other", other))
	}
	p.ids[q.ID] = line
	x, y := get("x_m"), get("y_m")
	switch {
	case x == "" && y == "":
	case x == "":
		refuse("requests.row_place_half", "x_m", y)
	case y == "":
		refuse("requests.row_place_half", "y_m", x)
	default:
		var okX, okY bool
		if q.X, okX = metres(x); !okX {
			refuse("requests.row_metres", "x_m", x)
		}
		if q.Y, okY = metres(y); !okY {
			refuse("requests.row_metres", "y_m", y)
		}
		q.Placed = true
	}
	if text := get("time"); text != "" {
		var ok bool
		if q.Time, ok = moment(text); !ok {
			refuse("requests.row_time", "time", text)
		}
	}
	p.out = append(p.out, q)
}

func metres(text string) (float64, bool) {
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && math.Abs(v) <= farthest
}

func moment(text string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), t.Year() >= 1900 && t.Year() <= 9999
		}
	}
	return time.Time{}, false
}

func notCSV(err error) civic.Refusal {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return civic.Refuse(civic.Invalid, "requests.not_csv", "line", at.Line, "column", at.Column)
	}
	return civic.Refuse(civic.Invalid, "requests.not_csv", "line", 1, "column", 1)
}

func invalidLine(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return 1 + bytes.Count(data[:i], []byte("\n"))
		}
		i += size
	}
	return 1
}

// short is a value as a message can show it.
func short(value string) string {
	if r := []rune(value); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return value
}

// Write returns the table as Parse reads it.
func Write(requests []Request) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(columns) // a bytes.Buffer takes everything
	for _, q := range requests {
		row := []string{q.ID, q.Cluster, q.Lang, q.Category, "", "", "", q.Text}
		if q.Placed {
			row[4], row[5] = strconv.FormatFloat(q.X, 'f', 1, 64), strconv.FormatFloat(q.Y, 'f', 1, 64)
		}
		if !q.Time.IsZero() {
			row[6] = q.Time.UTC().Format(layouts[0])
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.Bytes()
}
