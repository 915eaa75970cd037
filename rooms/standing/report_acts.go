package standing

import (
	"maps"
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
)

// ReportCommand is what somebody wants of a month's report. Name is the power it needs: the Cedar action.
type ReportCommand interface {
	Name() string
}

// DraftReport freezes a month's figures. After a version was signed it begins the next one, and says why.
type DraftReport struct {
	Month   Month          `json:"month" maxLength:"7" doc:"A month that is over: 2011-12"`
	Place   civic.PlaceID  `json:"place,omitempty" maxLength:"128" doc:"Of one place; without it, of the whole community"`
	Reason  string         `json:"reason,omitempty" maxLength:"40000" doc:"Why there is another version; wanted where one is signed"`
	Looked  bool           `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
	Figures string         `json:"-"`
	Upto    civic.Position `json:"-"`
}

// RemarkReport says what stands beside the figures, instead of what stood there.
type RemarkReport struct {
	Text   string `json:"text" maxLength:"40000" doc:"Empty takes the remarks away"`
	Looked bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// SignReport signs the draft.
type SignReport struct {
	Figures string            `json:"figures" maxLength:"64" doc:"SHA-256 of the draft's figures, as its page shows it: what was read is what is signed"`
	Files   map[string]string `json:"-"`
}

func (DraftReport) Name() string  { return "report.draft" }
func (RemarkReport) Name() string { return "report.remark" }
func (SignReport) Name() string   { return "report.sign" }

// ReportCommands is one example of every command on a report.
func ReportCommands() []ReportCommand {
	return []ReportCommand{DraftReport{}, RemarkReport{}, SignReport{}}
}

// ReportPut freezes the figures of a month, as they were after an act.
type ReportPut struct {
	Month   Month          `json:"month"`
	Place   civic.PlaceID  `json:"place,omitempty"`
	Number  int64          `json:"number"`
	Figures string         `json:"figures"` // document
	Upto    civic.Position `json:"upto"`
	Reason  string         `json:"reason,omitempty"` // document
}

// ReportNoted says what stands beside the figures.
type ReportNoted struct {
	Text string `json:"text,omitempty"` // document
}

// ReportAttested signs a version: its figures, remarks and files, by SHA-256 of each.
type ReportAttested struct {
	Number  int64             `json:"number"`
	Figures string            `json:"figures"`
	Remarks string            `json:"remarks,omitempty"`
	Reason  string            `json:"reason,omitempty"`
	Files   map[string]string `json:"files"`
}

func (ReportPut) Type() string      { return "report.drafted" }
func (ReportNoted) Type() string    { return "report.remarked" }
func (ReportAttested) Type() string { return "report.signed" }

func (ReportPut) Version() int      { return 1 }
func (ReportNoted) Version() int    { return 1 }
func (ReportAttested) Version() int { return 1 }

// ReportEvents is one example of every event type of a report.
func ReportEvents() []journal.Event {
	return []journal.Event{ReportPut{}, ReportNoted{}, ReportAttested{}}
}

// EvolveReport folds one act into a report. What its argument holds is never changed.
func EvolveReport(s Report, a journal.Act) Report {
	s.Seq, s.Last = a.Seq, max(s.Last, a.Happened)
	switch e := a.Event.(type) {
	case ReportPut:
		s.ID, s.Month, s.Place = a.Dossier, e.Month, e.Place
		s.Draft = &ReportVersion{Figures: e.Figures, Upto: e.Upto, Reason: e.Reason, Drafted: a.Happened, Drafter: postOf(a.Actor)}
	case ReportNoted:
		if s.Draft != nil {
			draft := *s.Draft
			draft.Remarks = e.Text
			s.Draft = &draft
		}
	case ReportAttested:
		if s.Draft != nil {
			done := *s.Draft
			done.Signed, done.Signer, done.Files, done.Act = a.Happened, postOf(a.Actor), maps.Clone(e.Files), a.Seq
			s.Done, s.Draft = append(slices.Clip(s.Done), done), nil
		}
	}
	return s
}
