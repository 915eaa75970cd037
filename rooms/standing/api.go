package standing

import (
	"context"
	"encoding/json"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
)

// API is this room's doors for programs.
type API struct {
	Site   *face.Site
	boards boards
	alike  comparing
}

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Get(s, "/api/figures", "figures", "How public matters were served by month: of the whole realm, or of a body, category, place, channel or language; never of a post or person", a.figures, "figures")
	face.Get(s, "/api/figures/{file}", "figures-file", "figures.csv: every count of every body, category, place, channel and language by month; figures.csv-metadata.json: its data dictionary by W3C's CSV on the Web", a.file, "figures")
	face.Get(s, "/api/equal-treatment", "equal-treatment", "Whether places, channels and languages are served alike, in twelve months that are over", a.equal, "figures")
}

// Figures are figures by month.
type Figures struct {
	By     string            `json:"by"`
	Code   string            `json:"code,omitempty"`
	Months []MonthOfFigures  `json:"months"`
	Says   map[string]string `json:"formulas" doc:"What each rate is, in the reader's language"`
}

// MonthOfFigures are the figures of a month.
type MonthOfFigures struct {
	Month  Month  `json:"month"`
	Over   bool   `json:"over" doc:"The month is over"`
	Counts Counts `json:"counts" doc:"By measure; what is not there is none. days.N and wait.N are histograms of working days"`
	Rates  []Rate `json:"rates"`
	Days   Days   `json:"days"`
}

type figuresIn struct {
	By   string `query:"by" enum:"all,body,category,place,channel,language" default:"all"`
	Code string `query:"code" maxLength:"200" doc:"Of the body, category, place, channel or language; und is what nobody said the language of"`
}

type figuresOut struct{ Body Figures }

func (a *API) figures(ctx context.Context, in *figuresIn) (*figuresOut, error) {
	f, err := a.of(ctx, in.By, in.Code)
	return &figuresOut{f}, err
}

// of are the figures of one thing, the newest month first. Months that lie ahead, in which something will be due, are not told.
func (a *API) of(ctx context.Context, by, code string) (Figures, error) {
	f := Figures{By: by, Code: code, Months: []MonthOfFigures{}, Says: formulas(a.Site.Voice(ctx))}
	if (code == "") != (by == ByAll) {
		return f, civic.Refuse(civic.Missing, "figures.none_of", "code", code)
	}
	b, err := a.boards.now(ctx, a.Site)
	if err != nil {
		return f, err
	}
	lines, known := b.things[Cell{By: by, Code: code}]
	if !known && by != ByAll {
		return f, civic.Refuse(civic.Missing, "figures.none_of", "code", code)
	}
	for _, l := range lines {
		f.Months = append(f.Months, l.figures())
	}
	return f, nil
}

func formulas(v words.Voice) map[string]string {
	out := map[string]string{"days": v.Say("figures.formula_days")}
	for _, r := range rates {
		out[r.name] = v.Say("figures.formula_" + r.name)
	}
	return out
}

type fileIn struct {
	File string `path:"file" enum:"figures.csv,figures.csv-metadata.json"`
}

func (a *API) file(ctx context.Context, in *fileIn) (*face.Document, error) {
	if in.File != "figures.csv" {
		return dictionary(a.Site, "figures.csv", "figures.title", "figures.public_only")
	}
	b, err := a.boards.now(ctx, a.Site)
	if err != nil {
		return nil, err
	}
	return &face.Document{ContentType: "text/csv; charset=utf-8", Body: b.csv()}, nil
}

// dictionary describes the columns of a file of counts by the Metadata Vocabulary for Tabular Data (W3C Recommendation, 2015), in every language.
func dictionary(site *face.Site, url, title, description string) (*face.Document, error) {
	said := func(key string) map[string]string {
		out := map[string]string{}
		for _, lang := range words.Languages {
			out[lang] = site.VoiceIn(lang).Say(key)
		}
		return out
	}
	type object map[string]any
	var all []object
	for _, name := range columns {
		column := object{"name": name, "titles": said("figures.column_" + name), "dc:description": said("figures.meaning_" + name), "datatype": "string", "required": name != "code"}
		switch name {
		case "month":
			column["datatype"] = "gYearMonth"
		case "count":
			column["datatype"] = "nonNegativeInteger"
		}
		all = append(all, column)
	}
	measures := object{}
	for _, m := range Measures {
		measures[m] = said("figures.measure_" + m)
	}
	body, err := json.MarshalIndent(object{
		"@context": "http://www.w3.org/ns/csvw", "url": url, "dc:title": said(title), "dc:description": said(description),
		"tableSchema": object{"columns": all, "primaryKey": []string{"month", "by", "code", "measure"}}, "dc:subject": measures,
	}, "", "  ")
	return &face.Document{ContentType: "application/csvm+json", Body: body}, err
}

// EqualTreatment is every comparison, and over which months.
type EqualTreatment struct {
	From        Month     `json:"from"`
	Until       Month     `json:"until"`
	Drawn       face.Time `json:"drawn" doc:"When they were compared: it is done again beside, within minutes after a count of these months has changed"`
	Shown       int       `json:"shown" doc:"Of how many comparisons a difference can be shown; 0: no difference can be shown"`
	Comparisons []Equal   `json:"comparisons"`
	NotSaid     int       `json:"language_not_said" doc:"Matters due in these months of which nobody said the language: left out where languages are compared"`
	Formula     string    `json:"formula" doc:"In the reader's language"`
	when        civic.Instant
}

type equalOut struct{ Body EqualTreatment }

func (a *API) equal(ctx context.Context, _ *struct{}) (*equalOut, error) {
	e, err := a.treatment(ctx)
	return &equalOut{e}, err
}

// treatment compares over the twelve months that were over last.
func (a *API) treatment(ctx context.Context) (EqualTreatment, error) {
	d, err := a.alike.now(ctx, a.Site)
	if err != nil {
		return EqualTreatment{}, err
	}
	e := EqualTreatment{
		From: d.from, Until: d.until, Drawn: a.Site.Time(d.when), Comparisons: append([]Equal{}, d.Comparisons...), NotSaid: d.NotSaid,
		Formula: a.Site.Voice(ctx).Say("equal.formula"), when: d.when,
	}
	for _, c := range e.Comparisons {
		if c.Shown {
			e.Shown++
		}
	}
	return e, nil
}
