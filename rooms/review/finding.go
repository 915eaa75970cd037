package review

import (
	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/procedure"
)

// KindFinding is the kind of dossier that a legal review, or a recommendation of a court or procurator, has.
const KindFinding = "finding"

// What can be examined, and what a recommendation is about.
const (
	OnAct    = "act"    // one public act
	OnPolicy = "policy" // a whole policy, as it stood in a set
	OnRow    = "row"    // a whole row of the duty list, as it stood in a version
	OnBody   = "body"   // what a body does or leaves undone: recommendations alone
)

// SubjectKinds lists them.
var SubjectKinds = []string{OnAct, OnPolicy, OnRow, OnBody}

// Aspects are in which an act is examined.
var Aspects = []string{"power", "procedure", "proportion", "equal_treatment"}

// Subject is what is examined, as it is known to everyone.
type Subject struct {
	Kind string `json:"kind"`
	// ID is the public id of an act, of a policy, of a row, or of a body; Digest that of the set or list it stood in.
	ID     string `json:"id"`
	Digest string `json:"digest,omitempty"`
	// Of an act: its type, power, matter's number and when.
	Type     string        `json:"type,omitempty"`
	Power    string        `json:"power,omitempty"`
	Matter   string        `json:"matter,omitempty"`
	Happened civic.Instant `json:"happened,omitempty"`
	// Body answers for it; Posts had a hand in it.
	Body  civic.BodyID   `json:"body"`
	Posts []civic.PostID `json:"posts,omitempty"`
}

// code names what is examined, so that it is examined once.
func (s Subject) code() string {
	return journal.DocumentDigest([]byte(s.Kind + "\x00" + s.ID + "\x00" + s.Digest))[:12]
}

// FindingStatus is where a finding stands.
type FindingStatus string

const (
	FindingNone      FindingStatus = ""
	FindingExamining FindingStatus = "examining"
	FindingLawful    FindingStatus = "lawful"
	FindingWaits     FindingStatus = "waits"    // for the body: found unlawful, or recommended
	FindingAnswered  FindingStatus = "answered" // corrected or followed, or why not
)

// FindingStatuses lists every status of a finding that exists.
var FindingStatuses = []FindingStatus{FindingExamining, FindingLawful, FindingWaits, FindingAnswered}

// Finding is a legal review or a recommendation: its acts folded. All of it is public, its texts are public documents.
type Finding struct {
	ID   civic.DossierID
	Seq  int64
	Last civic.Instant

	Subject     Subject
	Recommended bool         // by a court or procurator
	By          civic.PostID // who examines or recommends
	Asked       bool         // examined because somebody asked
	Why         string       // document: why it is examined, or what is recommended
	Law         string
	Status      FindingStatus
	Case        procedure.Case
	Account     string // document: the body's word before the finding
	Aspects     []string
	Reasons     string // document
	AnswerBy    Term
	Follows     bool
	Answer      string // document
	Answered    civic.Instant
	Told        []Step
}

// Exists reports whether there is such a finding.
func (f Finding) Exists() bool { return f.Seq > 0 }

// Code is what people call it.
func (f Finding) Code() string { return f.ID.Key() }

// StepAnswer is told when a body has not answered a finding or recommendation in time.
const StepAnswer Step = "answer"

// Due is the limit that runs now; 0 where none does.
func (f Finding) Due() civic.Instant {
	switch f.Status {
	case FindingExamining:
		return f.Case.DecideBy
	case FindingWaits:
		return f.AnswerBy.Due
	}
	return 0
}

// WakeFinding is when the clock next has business with a finding; 0 for never.
func WakeFinding(f Finding) civic.Instant {
	at, _ := nextOf(f)
	return at
}

func nextOf(f Finding) (civic.Instant, Step) {
	step := StepAnswer
	if f.Status == FindingExamining {
		step = StepDue
	}
	for _, told := range f.Told {
		if told == step {
			return 0, ""
		}
	}
	return f.Due(), step
}
