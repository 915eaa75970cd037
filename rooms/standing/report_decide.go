package standing

import (
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
)

// ReportFacts is what a decision on a report must know.
type ReportFacts struct {
	Now    civic.Instant
	Zone   *time.Location
	Places ReportPlaces
}

// DecideReport says which acts a command leads to, or every reason against it.
func DecideReport(s Report, c ReportCommand, f ReportFacts) ([]journal.Draft, civic.Refusals) {
	var reasons civic.Refusals
	refuse := func(kind civic.Kind, field, key string, args ...any) {
		reasons = append(reasons, civic.Refuse(kind, key, args...).In(field))
	}
	var e journal.Event
	switch c := c.(type) {
	case DraftReport:
		if !c.Month.Valid() {
			refuse(civic.Invalid, "month", "report.month_form", "value", string(c.Month))
		} else if !c.Month.over(max(f.Now, s.Last), f.Zone) {
			refuse(civic.Conflict, "month", "report.month_open", "month", string(c.Month))
		} else if c.Figures == "" && (c.Place == "" || f.Places.HasPlace(c.Place)) {
			refuse(civic.Missing, "month", "report.nothing", "month", string(c.Month))
		}
		if c.Place != "" && !f.Places.HasPlace(c.Place) {
			refuse(civic.Invalid, "place", "report.place_unknown")
		}
		if len(s.Done) > 0 && c.Reason == "" {
			refuse(civic.Invalid, "reason", "report.reason_missing", "version", len(s.Done))
		}
		e = ReportPut{Month: c.Month, Place: c.Place, Number: int64(len(s.Done)) + 1, Figures: c.Figures, Upto: c.Upto, Reason: c.Reason}
	case RemarkReport:
		switch {
		case s.Draft == nil:
			refuse(civic.Conflict, "", "report.no_draft")
		case c.Text == s.Draft.Remarks:
			refuse(civic.Conflict, "text", "report.same_remarks")
		}
		e = ReportNoted{Text: c.Text}
	case SignReport:
		switch {
		case s.Draft == nil:
			refuse(civic.Conflict, "", "report.no_draft")
		case c.Figures != s.Draft.Figures:
			refuse(civic.Conflict, "figures", "report.other_figures")
		case c.Files["csv"] == "":
			refuse(civic.Unavailable, "", "report.no_files")
		default:
			e = ReportAttested{Number: int64(len(s.Done)) + 1, Figures: s.Draft.Figures, Remarks: s.Draft.Remarks, Reason: s.Draft.Reason, Files: c.Files}
		}
	}
	if len(reasons) > 0 {
		return nil, reasons
	}
	return []journal.Draft{{Event: e}}, nil
}
