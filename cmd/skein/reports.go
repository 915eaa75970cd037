package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/seal"
	"skein/rooms/body"
	"skein/rooms/place"
	"skein/rooms/standing"
)

// reportPorts are the other rooms' answers to monthly reports.
var reportPorts = standing.ReportPorts{
	Places: func(v *clerk.View) standing.ReportPlaces { return place.CatalogIn(v) },
	Bodies: func(v *clerk.View) standing.FindingBodies { return benches{body.CatalogIn(v), place.CatalogIn(v)} },
}

type verifyReportCommand struct {
	output
	trusted
	File    string `arg:"" type:"existingfile" help:"A file of a monthly report: PDF, CSV or the frozen figures, as it was published."`
	Receipt string `required:"" type:"existingfile" placeholder:"FILE" help:"The receipt of the act that signs it: /api/reports/MONTH/VERSION.receipt.txt."`
}

// reportChecked is what is proved of a published file.
type reportChecked struct {
	File   string       `json:"file"`
	Digest string       `json:"digest"`
	Is     string       `json:"is"` // figures, csv, en.pdf …
	Number int64        `json:"version"`
	Proved *seal.Proved `json:"proved"`
}

// Run holds a published file against the act that signs it, and that act against the log.
func (c *verifyReportCommand) Run(g *global) error {
	receipt, p, err := readReceipt(c.Receipt, c.keys())
	if err != nil {
		return err
	}
	var signed standing.ReportAttested
	if p.Act == nil || p.Act.Type != signed.Type() || receipt.Data == nil || json.Unmarshal(receipt.Data, &signed) != nil {
		return civic.Refuse(civic.Invalid, "skein.report_no_signing")
	}
	content, err := os.ReadFile(c.File)
	if err != nil {
		return civic.Refuse(civic.Missing, "skein.file_unreadable", "file", c.File, "cause", cause(err))
	}
	out := reportChecked{File: filepath.Base(c.File), Digest: journal.DocumentDigest(content), Number: signed.Number, Proved: p}
	for name, digest := range signed.Files {
		if digest == out.Digest {
			out.Is = name
		}
	}
	if signed.Figures == out.Digest {
		out.Is = "figures"
	}
	if out.Is == "" {
		return civic.Refuse(civic.Invalid, "skein.report_other_file", "file", out.File, "digest", out.Digest)
	}
	if c.Format == "json" {
		return c.json(out)
	}
	fmt.Println(g.voice().Say("skein.report_proved", "file", out.File, "is", out.Is, "version", out.Number, "digest", out.Digest))
	for _, line := range provedWords(g.voice(), p) {
		fmt.Println(line)
	}
	return nil
}

type verifyReportsCommand struct {
	where
	output
}

// Run holds every signed report against its documents, and its figures against the journal, added up anew up to the act they were frozen at.
func (c *verifyReportsCommand) Run(g *global) error {
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	realm, err := a.realm(g.ctx, true)
	if err != nil {
		return err
	}
	defer realm.Close()
	all, err := standing.Reports(g.ctx, realm)
	if err != nil {
		return err
	}
	wrong, of := 0, 0
	bad := func(r standing.Report, number int, key string, args ...any) {
		wrong++
		fmt.Println(g.voice().Say(key, append([]any{"report", r.Code(), "version", number}, args...)...))
	}
	ports := standing.Ports{Case: standingCase, Appeal: standingAppeal}
	for _, r := range all {
		for i, v := range r.Done {
			of++
			for name, digest := range withFigures(v) {
				_, content, err := journal.Document(g.ctx, a.db.R, realm.ID, digest)
				if err != nil || journal.DocumentDigest(content) != digest {
					bad(r, i+1, "skein.report_changed", "file", name)
					continue
				}
				if name != "figures" {
					continue
				}
				frozen, err := standing.ReadFrozen(content)
				if err != nil {
					bad(r, i+1, "skein.report_changed", "file", name)
					continue
				}
				if csv := journal.DocumentDigest(frozen.CSV()); csv != v.Files["csv"] {
					bad(r, i+1, "skein.report_changed", "file", "csv")
				}
				sums, err := ports.Recount(g.ctx, realm.View(), a.db.R, v.Upto)
				if err != nil {
					return err
				}
				for _, where := range frozen.Differs(sums) {
					bad(r, i+1, "skein.report_miscounted", "where", where)
				}
			}
		}
	}
	if wrong > 0 {
		return civic.Refuse(civic.Conflict, "skein.reports_wrong", "wrong", wrong, "of", of)
	}
	fmt.Println(g.voice().Say("skein.reports_hold", "of", of))
	return nil
}

// withFigures are the digests of all that a signed version is made of.
func withFigures(v standing.ReportVersion) map[string]string {
	out := map[string]string{"figures": v.Figures}
	for name, digest := range v.Files {
		out[name] = digest
	}
	for name, digest := range map[string]string{"remarks": v.Remarks, "reason": v.Reason} {
		if digest != "" {
			out[name] = digest
		}
	}
	return out
}
