package pages

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/sheet"
	"skein/rooms/matter"
	"skein/science/geo"
)

// Open data: what everyone may read, whole, in forms that programs read (RFC 4180, RFC 7946, JSON Lines), with a dictionary of what each
// column means. Private matters are in none of it, and no column is about a person.

// Dataset is a table that is given away whole. A cell is a string, an int64 or nil; of a table with a shape, the last cell is an *geo.Area or *geo.Point.
type Dataset struct {
	Name    string // of its files: "matters"
	Columns []string
	Shaped  bool
	Still   bool // its rows change with the registers alone: its files are kept as they were written
	// Rows are in a fixed order. They end with an error where one cannot be read.
	Rows func(v *clerk.View) iter.Seq2[[]any, error]
}

var matterColumns = []string{
	"number", "kind", "category", "place", "status", "ending", "outcome", "visibility", "lead", "reported", "updated", "due", "answered", "ended", "hand_overs", "imported",
}

// spot says that a row's place is a point, which files without shapes have in two more columns.
func (d Dataset) spot() bool { return d.Name == "matters" }

// Explained are the columns that its files have.
func (d Dataset) Explained() []string {
	if d.spot() {
		return append(slices.Clone(d.Columns), "lat", "lon")
	}
	return d.Columns
}

// datasets are all tables that are given away, the matters first.
func (p *Pages) datasets(r *http.Request) []Dataset {
	matters := Dataset{Name: "matters", Columns: matterColumns, Shaped: true, Rows: func(*clerk.View) iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			f := matter.Filter{Limit: dataAtOnce}
			for {
				rows, err := p.API.List(r.Context(), f)
				if err != nil {
					yield(nil, err)
					return
				}
				for _, row := range rows {
					if !yield(p.matterCells(row), nil) {
						return
					}
				}
				if len(rows) < dataAtOnce {
					return
				}
				f.Before = rows[len(rows)-1].ID
			}
		}
	}}
	return append([]Dataset{matters}, p.Ports.Data()...)
}

// dataAtOnce is how many matters are read by a query.
const dataAtOnce = 1000

func (p *Pages) matterCells(r matter.Row) []any {
	at := func(i civic.Instant) any {
		if i == 0 {
			return nil
		}
		return i.In(p.API.Site.Zone()).Format(time.RFC3339)
	}
	imported := int64(0)
	if r.Imported {
		imported = 1
	}
	cells := []any{
		r.Number.String(), string(r.Kind), string(r.Category), string(r.Place), string(r.Status), string(r.Ending), string(r.Outcome), string(r.Visibility), string(r.Lead),
		at(r.Reported), at(r.Updated), at(r.Due), at(r.Answered), at(r.Ended), int64(r.HandOvers), imported, nil,
	}
	if r.Point != nil {
		cells[len(cells)-1] = &geo.Point{Lat: float64(r.Point.Lat) / 1e6, Lon: float64(r.Point.Lon) / 1e6}
	}
	return cells
}

// dictionary says of each column of the tables what it means, in each language.
func (p *Pages) dictionary(all []Dataset) Dataset {
	d := Dataset{Name: "dictionary", Columns: append([]string{"table", "column"}, words.Languages...)}
	d.Rows = func(*clerk.View) iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for _, set := range all {
				for _, column := range set.Explained() {
					row := []any{set.Name, column}
					for _, lang := range words.Languages {
						row = append(row, p.API.Site.VoiceIn(lang).Say("pages.column_"+column))
					}
					if !yield(row, nil) {
						return
					}
				}
			}
		}
	}
	return d
}

type dataView struct {
	Voice    words.Voice
	Licence  string
	Datasets []Dataset
}

// data shows what there is, and what each column means.
func (p *Pages) data(w http.ResponseWriter, r *http.Request) {
	v := p.API.Site.Voice(r.Context())
	p.API.Site.Page(w, r, face.Sheet{Title: v.Say("pages.data"), Crumbs: []face.Crumb{}},
		dataPage(dataView{v, p.API.Site.Realm.View().Settings.Licence, p.datasets(r)}))
}

// dataFile sends a table, row by row as it is read: it may be long.
func (p *Pages) dataFile(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	name, ending, _ := strings.Cut(r.PathValue("file"), ".")
	all := p.datasets(r)
	if r.PathValue("file") == "dictionary.csv" {
		name, all = "dictionary", []Dataset{p.dictionary(all)}
	}
	i := slices.IndexFunc(all, func(d Dataset) bool { return d.Name == name })
	media := map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "geojson": "application/geo+json"}[ending]
	if i < 0 || media == "" || ending == "geojson" && !all[i].Shaped {
		site.Error(w, r, civic.Refuse(civic.Missing, "face.no_page"))
		return
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", `attachment; filename="`+name+"."+ending+`"`)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", feedAge)
	}
	write, view := map[string]func(io.Writer, Dataset, *clerk.View) error{"csv": asCSV, "jsonl": asLines, "geojson": asGeoJSON}[ending], site.Realm.View()
	if all[i].Still {
		file, err := p.pulse.files.get(view.Version, name+"."+ending, func() (*packed, error) {
			var b bytes.Buffer
			err := write(&b, all[i], view)
			return pack(b.Bytes()), err
		})
		if err != nil {
			site.Error(w, r, err)
			return
		}
		h.Set("Vary", "Accept-Encoding")
		sendPacked(w, r, file)
		return
	}
	out := bufio.NewWriterSize(face.Patient(w), packedPart)
	err := write(out, all[i], view)
	if err == nil {
		err = out.Flush()
	}
	if err != nil && r.Context().Err() == nil { // half a file must not pass for a whole one
		site.Log.Error("a table was cut short", "pattern", r.Pattern, "err", err)
		panic(http.ErrAbortHandler)
	}
}

// asCSV writes a table for spreadsheets: a cell that one would run as a formula has an apostrophe before it.
func asCSV(w io.Writer, d Dataset, v *clerk.View) error {
	c := csv.NewWriter(w)
	columns, point := d.Explained(), d.spot()
	if err := c.Write(columns); err != nil {
		return err
	}
	for row, err := range d.Rows(v) {
		if err != nil {
			return err
		}
		line := make([]string, 0, len(columns))
		for _, cell := range row[:len(d.Columns)] {
			line = append(line, cellText(cell))
		}
		if point {
			lat, lon := "", ""
			if at, ok := row[len(row)-1].(*geo.Point); ok && at != nil {
				lat, lon = strconv.FormatFloat(at.Lat, 'f', 6, 64), strconv.FormatFloat(at.Lon, 'f', 6, 64)
			}
			line = append(line, lat, lon)
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func cellText(cell any) string {
	switch cell := cell.(type) {
	case string:
		if sheet.Formula(cell) {
			return "'" + cell
		}
		return cell
	case int64:
		return strconv.FormatInt(cell, 10)
	}
	return ""
}

// object is a row by column, empty cells left out.
func object(d Dataset, row []any) map[string]any {
	out := make(map[string]any, len(row))
	for i, name := range d.Columns {
		if row[i] != nil && row[i] != "" {
			out[name] = row[i]
		}
	}
	return out
}

func asLines(w io.Writer, d Dataset, v *clerk.View) error {
	e := json.NewEncoder(w)
	for row, err := range d.Rows(v) {
		if err != nil {
			return err
		}
		o := object(d, row)
		if at, ok := row[len(row)-1].(*geo.Point); d.Shaped && ok && at != nil {
			o["lat"], o["lon"] = at.Lat, at.Lon
		}
		if err := e.Encode(o); err != nil {
			return err
		}
	}
	return nil
}

// feature is one of GeoJSON; what has no place has a null geometry (RFC 7946, 3.2).
type feature struct {
	Type       string          `json:"type"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties map[string]any  `json:"properties"`
}

func asGeoJSON(w io.Writer, d Dataset, v *clerk.View) error {
	if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
		return err
	}
	between := "\n"
	for row, err := range d.Rows(v) {
		if err != nil {
			return err
		}
		f := feature{"Feature", json.RawMessage("null"), object(d, row)}
		switch shape := row[len(row)-1].(type) {
		case *geo.Point:
			f.Geometry = append(strconv.AppendFloat(append(strconv.AppendFloat([]byte(`{"type":"Point","coordinates":[`), shape.Lon, 'f', 6, 64), ','), shape.Lat, 'f', 6, 64), "]}"...)
		case *geo.Area:
			if shape != nil {
				f.Geometry = shape.AppendGeoJSON(nil)
			}
		}
		text, err := json.Marshal(f)
		if err == nil {
			_, err = io.WriteString(w, between+string(text))
		}
		if err != nil {
			return err
		}
		between = ",\n"
	}
	_, err := io.WriteString(w, "\n]}\n")
	return err
}
