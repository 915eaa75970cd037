package standing

import (
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/paper"
)

// reportPaper is a version of a report as a document: the same figures, remarks and names give the same bytes. It cannot say when
// it was signed: the act that signs it names its digest.
type reportPaper struct {
	Frozen  Frozen
	Number  int
	Drafted civic.Instant
	Post    civic.PostID // that signs
	Remarks string
	Reason  string
	Address string // where the report is, "" where the realm has no address
}

func (p reportPaper) document(v words.Voice) paper.Document {
	f := p.Frozen
	d := paper.Document{
		Title: f.heading(v), Lang: v.Lang, Author: in(f.Titles, v.Lang), Made: p.Drafted.Time().Truncate(time.Second),
		Footer: f.heading(v) + " · " + v.Say("report.version", "version", p.Number), Say: v.Say,
	}
	add := func(b ...paper.Block) { d.Blocks = append(d.Blocks, b...) }
	add(paper.Table{Columns: []paper.Column{{}, {}}, Rows: [][]string{
		{v.Say("report.of"), f.of(v)}, {v.Say("figures.column_month"), string(f.Month)}, {v.Say("report.number"), v.Say("report.version", "version", p.Number)},
		{v.Say("report.frozen_on"), v.DateTime(p.Drafted)}, {v.Say("report.signer"), signerOf(v, p.Post)},
	}})
	if p.Reason != "" {
		add(paper.Heading{Level: 2, Text: v.Say("report.reason")}, paper.Text(p.Reason))
	}
	add(paper.Heading{Level: 2, Text: v.Say("report.in_short")})
	var said paper.List
	for _, s := range f.Sentences(v) {
		said = append(said, paper.Text(s))
	}
	add(said)
	if p.Remarks != "" {
		add(paper.Heading{Level: 2, Text: v.Say("report.remarks")}, paper.Text(p.Remarks))
	}
	for _, g := range f.Groups {
		t := paper.Table{Columns: []paper.Column{
			{Title: v.Say("figures.thing_" + g.By)}, {Title: v.Say("figures.measure_" + Reported), Right: true}, {Title: v.Say("figures.measure_" + Answered), Right: true},
			{Title: v.Say("figures.rate_on_time")}, {Title: v.Say("figures.rate_resolution")}, {Title: v.Say("figures.rate_days")},
		}}
		for _, r := range g.told(v) {
			t.Rows = append(t.Rows, r.cells(v))
		}
		add(paper.Heading{Level: 2, Text: v.Say("figures.by_"+g.By, "month", string(f.Month))}, t)
	}
	add(paper.Heading{Level: 2, Text: v.Say("figures.formulas")})
	for _, r := range rates {
		add(paper.Text(v.Say("figures.formula_" + r.name)))
	}
	add(paper.Text(v.Say("figures.formula_days")), paper.Heading{Level: 2, Text: v.Say("figures.whose_title")}, paper.Text(v.Say("figures.whose")), paper.Text(v.Say("report.public_only")),
		paper.Heading{Level: 2, Text: v.Say("report.check_title")}, paper.Text(v.Say("report.check")))
	if p.Address != "" {
		add(paper.Paragraph{{Text: p.Address, Href: p.Address}})
	}
	return d
}

// files are a version's files, by what their names end with.
func (p reportPaper) files(site *face.Site) (map[string][]byte, error) {
	out := map[string][]byte{"csv": p.Frozen.CSV()}
	for _, lang := range words.Languages {
		file, err := p.document(site.VoiceIn(lang)).PDF()
		if err != nil {
			return nil, err
		}
		out[lang+".pdf"] = file
	}
	return out, nil
}

// signerOf is a post and its body, in words.
func signerOf(v words.Voice, p civic.PostID) string {
	return v.Say("report.post_of", "body", p.Body(), "post", p)
}
