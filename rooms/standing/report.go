package standing

import (
	"strings"
	"time"

	"skein/frame/civic"
)

// KindReport is the kind of dossier that a month's report is.
const KindReport = "report"

// ReportStatus is where a report stands.
type ReportStatus string

const (
	ReportNone    ReportStatus = ""
	ReportDrafted ReportStatus = "drafted" // its figures are frozen, nobody has signed them
	ReportSigned  ReportStatus = "signed"  // the newest version is signed, and no other is drafted
)

// ReportVersion is one version of a report. What it holds are documents, by their digests.
type ReportVersion struct {
	Figures string         // the frozen figures (Frozen)
	Upto    civic.Position // up to which act they count
	Reason  string         // why there is another version after one that was signed
	Remarks string         // what the coordinating body adds
	Drafted civic.Instant
	Drafter civic.PostID
	Signed  civic.Instant
	Signer  civic.PostID
	Files   map[string]string // "csv", "en.pdf", …
	Act     int64             // that signed it, in the dossier
}

// Report is a month's report of a place: its acts folded.
type Report struct {
	ID    civic.DossierID
	Seq   int64
	Last  civic.Instant
	Month Month
	Place civic.PlaceID  // "" for the whole realm
	Draft *ReportVersion // that nobody has signed; never changed in place
	Done  []ReportVersion
}

// Exists reports whether there is such a report.
func (r Report) Exists() bool { return r.Seq > 0 }

// Code is what people call it: "2011-12", or "2011-12.ward-03" of a place.
func (r Report) Code() string { return r.ID.Key() }

// Status is where it stands.
func (r Report) Status() ReportStatus {
	switch {
	case r.Draft != nil:
		return ReportDrafted
	case len(r.Done) > 0:
		return ReportSigned
	}
	return ReportNone
}

// Version is a signed version by its number, from 1.
func (r Report) Version(n int) (ReportVersion, bool) {
	if n < 1 || n > len(r.Done) {
		return ReportVersion{}, false
	}
	return r.Done[n-1], true
}

// ReportID is the dossier of a month's report of a place, "" for the whole realm.
func ReportID(m Month, place civic.PlaceID) civic.DossierID {
	id := KindReport + "/" + string(m)
	if place != "" {
		id += "." + string(place)
	}
	return civic.DossierID(id)
}

// ParseReport reads a report's code.
func ParseReport(code string) (m Month, place civic.PlaceID, ok bool) {
	month, of, named := strings.Cut(code, ".")
	m, place = Month(month), civic.PlaceID(of)
	return m, place, m.Valid() && named == (place != "") && len(code) <= 200
}

// over reports whether a month is over.
func (m Month) over(now civic.Instant, zone *time.Location) bool { return m.Plus(1).Start(zone) <= now }
