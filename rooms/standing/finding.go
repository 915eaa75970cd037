package standing

import (
	_ "embed"
	"encoding/json"
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/procedure"
)

// KindFinding is the kind of dossier that a merit or a finding of fault has.
const KindFinding = "merit"

// Nature is which of the two it is.
type Nature string

const (
	Merit Nature = "merit"
	Fault Nature = "fault"
)

// Natures lists both.
var Natures = []Nature{Merit, Fault}

// Cited is the act, or the legal review, that a finding rests on, as everyone knows it. Post is who did the act; "" where a limit ran out.
type Cited struct {
	Matter   string          `json:"matter,omitempty"` // its number
	Act      int64           `json:"act,omitempty"`    // in it
	Review   string          `json:"review,omitempty"` // the code of a legal review that came to unlawful
	Dossier  civic.DossierID `json:"dossier,omitempty"`
	Type     string          `json:"type"`
	Happened civic.Instant   `json:"happened"`
	Body     civic.BodyID    `json:"body"`
	Post     civic.PostID    `json:"post,omitempty"`
}

// FindingStatus is where a finding stands.
type FindingStatus string

const (
	FindingNone     FindingStatus = ""
	FindingProposed FindingStatus = "proposed"
	FindingStands   FindingStatus = "stands"   // found: everyone reads it
	FindingNotFound FindingStatus = "unproved" // nothing was found: nobody is told
	FindingDropped  FindingStatus = "dropped"  // by the post that proposed it
	FindingQuashed  FindingStatus = "quashed"  // on review
	FindingExpired  FindingStatus = "expired"  // its time is over
)

// FindingStatuses lists every status of a finding that exists.
var FindingStatuses = []FindingStatus{FindingProposed, FindingStands, FindingNotFound, FindingDropped, FindingQuashed, FindingExpired}

// FindingTerm is a limit that runs.
type FindingTerm struct {
	Start       civic.Instant `json:"start"`
	Limit       string        `json:"limit"`
	Due         civic.Instant `json:"due"`
	Provisional bool          `json:"provisional,omitempty"` // the calendar is not known that far ahead
}

// Finding is a merit or a finding of fault: its acts folded. Its texts are documents, by their digests.
type Finding struct {
	ID   civic.DossierID
	Seq  int64
	Last civic.Instant

	Nature   Nature
	Cited    Cited
	Proposer civic.PostID
	Law      string
	Why      string
	Status   FindingStatus
	Case     procedure.Case
	Reply    string
	Place    string // where a hearing is held, and how
	Record   string // what was said there
	Decider  civic.PostID
	Facts    string
	Reasons  string
	Expires  FindingTerm
	Ended    civic.Instant // quashed, expired or dropped
	Appeal   int64         // the act that appealed and waits to be obeyed; 0 for none
	Reviewed bool          // a review came to its end: there is none after it
	Reason   string        // of the appeal
	Told     []string      // which limits the coordinating body was told of
}

// Exists reports whether there is such a finding.
func (f Finding) Exists() bool { return f.Seq > 0 }

// Code is what people call it.
func (f Finding) Code() string { return f.ID.Key() }

// FindingID is the dossier of what is found of one body in one act: there is one, and no second try.
func FindingID(n Nature, c Cited) civic.DossierID {
	name, _ := json.Marshal([]any{n, c.Dossier, c.Act, c.Body})
	return civic.DossierID(KindFinding + "/" + journal.DocumentDigest(name)[:12])
}

// Shown reports whether everyone may read it at an instant: it stands, and its time is not over, be the clock late.
func (f Finding) Shown(now civic.Instant) bool {
	return f.Status == FindingStands && now <= f.Expires.Due
}

// WakeFinding is when the clock next has business with a finding; 0 for never.
func WakeFinding(f Finding) civic.Instant {
	switch {
	case f.Status == FindingProposed && !slices.Contains(f.Told, StepDecide):
		return f.Case.DecideBy
	case f.Status == FindingStands:
		return f.Expires.Due + 1
	}
	return 0
}

// StepDecide is told when nobody has decided in time.
const StepDecide = "decide"

// FindingRules are the limits of findings.
type FindingRules struct {
	Reply         string            `json:"reply"`
	HearingNotice string            `json:"hearing_notice"`
	Decide        string            `json:"decide"`
	Contest       string            `json:"contest"` // to appeal
	Kept          map[Nature]string `json:"kept"`    // shown for so long
	Law           string            `json:"limits_law"`
	Grounds       []string          `json:"-"` // the review room's list
}

//go:embed finding_rules.json
var findingRules []byte

// FoundingFindingRules are the rules that a new realm starts with.
func FoundingFindingRules() (*FindingRules, error) {
	var r FindingRules
	return &r, json.Unmarshal(findingRules, &r)
}
