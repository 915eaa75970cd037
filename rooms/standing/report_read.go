package standing

import (
	"context"
	"maps"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// ShownReport is a report as programs see it.
type ShownReport struct {
	Report   string         `json:"report" doc:"Its code"`
	Month    Month          `json:"month"`
	Place    civic.PlaceID  `json:"place,omitempty" doc:"Where it is of one place"`
	Status   ReportStatus   `json:"status" doc:"drafted: its figures are frozen and not signed; signed"`
	Draft    *ShownVersion  `json:"draft,omitempty"`
	Versions []ShownVersion `json:"versions" doc:"Those that are signed, the first one first; none is ever taken away"`
}

// ShownVersion is a version of a report.
type ShownVersion struct {
	Version   int               `json:"version"`
	Drafted   face.Time         `json:"drafted" doc:"When its figures were frozen"`
	Signed    *face.Time        `json:"signed,omitempty"`
	Signer    civic.PostID      `json:"signer,omitempty"`
	Figures   string            `json:"figures" doc:"SHA-256 of the frozen figures"`
	Files     map[string]string `json:"files,omitempty" doc:"SHA-256 of each file that the act which signs it names"`
	Receipt   string            `json:"receipt,omitempty" doc:"Where the receipt of that act is"`
	Sentences []string          `json:"sentences,omitempty" doc:"What the figures say, in the reader's language"`
	Reason    string            `json:"reason,omitempty" doc:"Why there is another version"`
	Remarks   string            `json:"remarks,omitempty" doc:"Of the coordinating body"`
}

func (a *ReportAPI) shown(r Report) ShownReport {
	out := ShownReport{Report: r.Code(), Month: r.Month, Place: r.Place, Status: r.Status(), Versions: []ShownVersion{}}
	for i, v := range r.Done {
		out.Versions = append(out.Versions, a.version(r, v, i+1))
	}
	if r.Draft != nil {
		draft := a.version(r, *r.Draft, len(r.Done)+1)
		out.Draft = &draft
	}
	return out
}

func (a *ReportAPI) version(r Report, v ReportVersion, number int) ShownVersion {
	out := ShownVersion{
		Version: number, Drafted: a.Site.Time(v.Drafted), Signed: a.Site.TimeOrNil(v.Signed), Signer: v.Signer, Figures: v.Figures, Files: maps.Clone(v.Files),
	}
	if v.Signed != 0 {
		out.Receipt = reportFilePath(r.Code(), number, "receipt.txt")
	}
	return out
}

type reportOut struct{ Body ShownReport }

func (a *ReportAPI) one(ctx context.Context, in *ReportIn) (*reportOut, error) {
	r, err := a.Find(ctx, in.Report)
	if err != nil {
		return nil, err
	}
	out, v := &reportOut{a.shown(r)}, a.Site.Voice(ctx)
	say := func(to *ShownVersion, of ReportVersion) error {
		p, err := a.paper(ctx, of, to.Version, r.Code(), of.Signer)
		if err != nil {
			return err
		}
		to.Sentences, to.Reason, to.Remarks = p.Frozen.Sentences(v), p.Reason, p.Remarks
		return nil
	}
	for i := range out.Body.Versions {
		if err := say(&out.Body.Versions[i], r.Done[i]); err != nil {
			return nil, err
		}
	}
	if r.Draft != nil {
		return out, say(out.Body.Draft, *r.Draft)
	}
	return out, nil
}

type reportsOut struct {
	Body struct {
		Reports []ShownReport `json:"reports"`
	}
}

func (a *ReportAPI) list(ctx context.Context, _ *struct{}) (*reportsOut, error) {
	all, err := Reports(ctx, a.Site.Realm)
	out := &reportsOut{}
	out.Body.Reports = []ShownReport{}
	for _, r := range all {
		out.Body.Reports = append(out.Body.Reports, a.shown(r))
	}
	return out, err
}

// possible says what whoever asks may do with a report now, by trying it.
func (a *ReportAPI) possible(ctx context.Context, r Report) ([]string, error) {
	actor := face.Actor(ctx)
	if actor.Kind != civic.Post {
		return nil, nil
	}
	var out []string
	commands := []ReportCommand{DraftReport{Month: r.Month, Place: r.Place, Figures: "-", Reason: "-"}}
	if r.Draft != nil {
		commands = append(commands, RemarkReport{Text: "-"}, SignReport{Figures: r.Draft.Figures, Files: map[string]string{"csv": "-"}})
	}
	for _, c := range commands {
		refused, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Dossier: r.ID, Actor: actor})
		if err != nil {
			return nil, err
		}
		if len(refused) == 0 {
			out = append(out, strings.TrimPrefix(c.Name(), "report."))
		}
	}
	return out, nil
}

// mine are the places that whoever asks may draft a report of, "" for the whole.
func (a *ReportAPI) mine(ctx context.Context, places []civic.PlaceID) (out []civic.PlaceID, err error) {
	if face.Actor(ctx).Kind != civic.Post {
		return nil, nil
	}
	for _, place := range places {
		none, err := powerless(ctx, a.Site.Realm, clerk.Task{Command: DraftReport{Place: place}, Dossier: ReportID("", place), Actor: face.Actor(ctx)})
		if err != nil {
			return nil, err
		}
		if !none {
			out = append(out, place)
		}
	}
	return out, nil
}
