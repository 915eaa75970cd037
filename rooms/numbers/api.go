package numbers

import (
	"context"
	"encoding/json"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// API is this room's doors for programs.
type API struct{ Site *face.Site }

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Get(s, "/api/numbers", "numbers", "The tables of private matters: one a month, published once", a.tables, "numbers")
	face.Get(s, "/api/numbers/{file}", "numbers-table", "A table: 2012-01.csv as it was published, 2012-01.json, or its data dictionary by W3C's CSV on the Web, 2012-01.csv-metadata.json", a.file, "numbers")
	face.Post(s, "/api/numbers/set-least", "numbers-set-least", "Set how few are too few to be published, for the tables to come", a.setLeast, "numbers")
}

func (a *API) state() State { return CatalogIn(a.Site.Realm.View()).State() }

// Tables is what is published, and when there will be more.
type Tables struct {
	Least   int          `json:"least,omitempty" doc:"k of the tables to come: fewer are not published"`
	Next    Month        `json:"next,omitempty" doc:"The first month that has no table yet"`
	Due     *face.Time   `json:"due,omitempty" doc:"When it will be made"`
	Tables  []ShownTable `json:"tables"`
	Formula string       `json:"formula" doc:"What is counted and what is withheld, in the reader's language"`
}

// ShownTable is a published table.
type ShownTable struct {
	Month     Month     `json:"month"`
	Digest    string    `json:"digest" doc:"SHA-256 of the CSV"`
	Least     int       `json:"least" doc:"k: fewer are not published"`
	Method    string    `json:"method" doc:"How it was chosen what is withheld"`
	Cells     int       `json:"cells"`
	Withheld  int       `json:"withheld" doc:"How many of the cells are not published"`
	Published face.Time `json:"published"`
}

type tablesOut struct{ Body Tables }

func (a *API) tables(ctx context.Context, _ *struct{}) (*tablesOut, error) {
	s := a.state()
	out := &tablesOut{Body: Tables{Least: s.Least, Next: s.Next, Due: a.Site.TimeOrNil(s.Due), Tables: []ShownTable{}}}
	out.Body.Formula = formula(a.Site.Voice(ctx), max(s.Least, LeastLeast))
	for _, r := range s.Releases {
		out.Body.Tables = append(out.Body.Tables, a.shown(r))
	}
	return out, nil
}

func (a *API) shown(r Release) ShownTable {
	return ShownTable{Month: r.Month, Digest: r.Digest, Least: r.Least, Method: r.Method, Cells: r.Cells, Withheld: r.Withheld, Published: a.Site.Time(r.At)}
}

// formula says what is counted and what is not published.
func formula(v words.Voice, least int) string { return v.Say("numbers.formula", "least", least) }

type fileIn struct {
	File string `path:"file" maxLength:"32" pattern:"^[0-9]{4}-[0-9]{2}\\.(csv|json|csv-metadata\\.json)$" doc:"The month, with .csv, .json or .csv-metadata.json"`
}

func (a *API) file(ctx context.Context, in *fileIn) (*face.Document, error) {
	month, format, _ := strings.Cut(in.File, ".")
	release, ok := a.state().Release(Month(month))
	if !ok {
		return nil, civic.Refuse(civic.Missing, "numbers.table_unknown", "month", month)
	}
	if format == "csv-metadata.json" {
		return a.dictionary(release)
	}
	content, sheet, err := a.read(ctx, release)
	if err != nil {
		return nil, err
	}
	if format == "csv" { // as it was published, byte by byte
		return &face.Document{ContentType: Media + "; charset=utf-8", Body: content}, nil
	}
	body, err := json.Marshal(struct {
		ShownTable
		Formula string `json:"formula"`
		Cells   []cell `json:"counts"`
	}{a.shown(release), formula(a.Site.Voice(ctx), release.Least), sheet.cells()})
	return &face.Document{ContentType: "application/json", Body: body}, err
}

// cell is one count; null is withheld.
type cell struct {
	District string `json:"district"`
	Category string `json:"category"`
	Count    *int   `json:"count"`
}

func (s *Sheet) cells() []cell {
	var out []cell
	for r, district := range s.Districts {
		for c, category := range s.Categories {
			n := cell{District: district, Category: category}
			if s.Counts[r][c] != Withheld {
				n.Count = &s.Counts[r][c]
			}
			out = append(out, n)
		}
	}
	return out
}

func (a *API) read(ctx context.Context, r Release) ([]byte, *Sheet, error) {
	_, content, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, r.Digest)
	if err != nil {
		return nil, nil, err
	}
	sheet, err := ParseSheet(content)
	return content, sheet, err
}

// dictionary describes the columns by the Metadata Vocabulary for Tabular Data (W3C Recommendation, 2015), in every language.
func (a *API) dictionary(r Release) (*face.Document, error) {
	said := func(key string) map[string]string {
		out := map[string]string{}
		for _, lang := range words.Languages {
			out[lang] = a.Site.VoiceIn(lang).Say(key, "least", r.Least)
		}
		return out
	}
	type object map[string]any
	var columns []object
	for _, name := range header {
		column := object{"name": name, "titles": said("numbers.column_" + name), "dc:description": said("numbers.meaning_" + name), "datatype": "string", "required": name != "count"}
		switch name {
		case "month":
			column["datatype"] = "gYearMonth"
		case "count", "least":
			column["datatype"] = "nonNegativeInteger"
		}
		columns = append(columns, column)
	}
	body, err := json.MarshalIndent(object{
		"@context": "http://www.w3.org/ns/csvw", "url": string(r.Month) + ".csv", "dc:title": said("numbers.title"), "dc:description": said("numbers.formula"),
		"tableSchema": object{"columns": columns, "primaryKey": []string{"month", "district", "category"}},
	}, "", "  ")
	return &face.Document{ContentType: "application/csvm+json", Body: body}, err
}

type setLeastIn struct {
	face.Keyed
	Body SetLeast
}

func (a *API) setLeast(ctx context.Context, in *setLeastIn) (*face.ReceiptOut, error) {
	return a.Site.Command(ctx, clerk.Task{Command: in.Body, Dossier: ListID}, in.Keyed, in.Body)
}
