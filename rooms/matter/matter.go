package matter

import (
	"slices"
	"strconv"
	"strings"

	"skein/face/words"
	"skein/frame/civic"
)

// Kind is what a resident brings.
type Kind string

const (
	Request    Kind = "request"
	Complaint  Kind = "complaint"
	Suggestion Kind = "suggestion"
	Inquiry    Kind = "question"
	Dispute    Kind = "dispute"
	Safety     Kind = "safety" // a public-safety report
)

// Kinds lists every kind, in the order a form shows them.
var Kinds = []Kind{Request, Complaint, Suggestion, Inquiry, Dispute, Safety}

// Visibility is who may read a matter.
type Visibility string

const (
	Public  Visibility = "public"
	Blurred Visibility = "blurred" // public, its point snapped by the place room
	Private Visibility = "private" // nothing is shown but to those concerned
)

// Status is where a matter stands.
type Status string

const (
	StatusNone     Status = "" // no such matter yet
	StatusReceived Status = "received"
	StatusAssigned Status = "assigned"
	StatusObjected Status = "objected"
	StatusWorking  Status = "working"
	StatusPaused   Status = "paused"
	StatusJoined   Status = "joined"
	StatusAnswered Status = "answered"
	StatusDeclined Status = "declined"
	StatusClosed   Status = "closed"
)

// Statuses lists every status of a matter that exists.
var Statuses = []Status{StatusReceived, StatusAssigned, StatusObjected, StatusWorking, StatusPaused, StatusJoined, StatusAnswered, StatusDeclined, StatusClosed}

// Open reports whether somebody still owes something on the matter.
func (s Status) Open() bool {
	switch s {
	case StatusReceived, StatusAssigned, StatusObjected, StatusWorking, StatusPaused:
		return true
	}
	return false
}

// Ending is how a matter came to its end.
type Ending string

const (
	EndSolved    Ending = "solved"    // confirmed as solved
	EndUnsolved  Ending = "unsolved"  // confirmed as not solved
	EndLapsed    Ending = "lapsed"    // silence after an answer
	EndWithdrawn Ending = "withdrawn" // by its reporter
	EndDeclined  Ending = "declined"  // by a ruling: no body of this realm holds the power
	EndOnRecord  Ending = "on_record" // closed in the records it was imported from
	EndJoined    Ending = "joined"    // goes on in another matter
)

// Outcome is what an answer says; the list is fixed.
type Outcome string

const (
	Fixed       Outcome = "fixed"
	InPart      Outcome = "in_part"
	Planned     Outcome = "planned" // by a date
	Explained   Outcome = "explained"
	NotPossible Outcome = "not_possible"
)

// Outcomes lists every outcome.
var Outcomes = []Outcome{Fixed, InPart, Planned, Explained, NotPossible}

// Why a matter waits for the desk instead of having a lead.
const (
	TriageAddress  = "address_only"
	TriageCategory = "no_category"
	TriageOutside  = "outside"
	TriageGap      = "gap"
	TriageOverlap  = "overlap"
	// TriageConflict: the list names the body complained of, one under it, one that has
	// ended, or a coordinating body, which never handles.
	TriageConflict = "conflict"
)

// Step is an escalation; each happens once a round (a joint body's once for that body).
type Step string

const (
	StepHalf    Step = "half"    // half of the time is gone: the lead is reminded
	StepDue     Step = "due"     // the due date has passed: the supervising post
	StepOver    Step = "over"    // half over: the coordinating body
	StepTriage  Step = "triage"  // nobody assigned in time: the coordinating body
	StepRelease Step = "release" // text or photos neither released nor withheld in time
	StepShow    Step = "show"    // what a review said of them is not done in time
	StepJoint   Step = "joint"   // a joint body's sub-limit has passed
)

// Point is a place on Earth in millionths of a degree, WGS 84.
type Point struct {
	Lat int64 `json:"lat_e6"`
	Lon int64 `json:"lon_e6"`
}

// Attachment is a re-encoded image or another file in the vault, by its salted digest.
type Attachment struct {
	Digest string `json:"digest"`
	Media  string `json:"media"`
	W      int    `json:"w,omitempty"`
	H      int    `json:"h,omitempty"`
}

// Term is a limit that runs.
type Term struct {
	Start civic.Instant `json:"start"`
	Limit Limit         `json:"limit"`
	Due   civic.Instant `json:"due"`
	// Half and Over, of the resolution term only: half of the time gone, half as much over.
	Half civic.Instant `json:"half,omitempty"`
	Over civic.Instant `json:"over,omitempty"`
	// Provisional says the calendar is not known that far ahead.
	Provisional bool `json:"provisional,omitempty"`
	// Default says the row had no limit of its own: the realm's rule was taken.
	Default bool `json:"default,omitempty"`
}

// Showing says whether a text or photo may be shown to everyone.
type Showing string

const (
	ShowUndecided Showing = "" // not shown: nobody has looked at it yet
	ShowReleased  Showing = "released"
	ShowWithheld  Showing = "withheld"
)

// Item is a text or an attachment of the matter.
type Item struct {
	// Seq is the act that brought it, From its type without "matter.".
	Seq  int64
	From string
	// Digest names the original; Shown the masked version, if it was redacted.
	Digest  string
	Shown   string
	Media   string // "text/plain" for texts
	W, H    int
	Showing Showing
	// Language is in which a released text is written, as whoever released it said; "" where nobody did.
	Language words.Language
	Ground   string // of withholding
	Law      string // that it cites
	Masked   string // on what ground the masked version stands before the original
	// Ordered says that a review found its withholding wrong: it is not withheld again.
	Ordered bool
}

// digest is that of the version that can be public: the masked one where there is one.
func (it Item) digest() string {
	if it.Shown != "" {
		return it.Shown
	}
	return it.Digest
}

// Joint is a joint body and what it owes.
type Joint struct {
	Body        civic.BodyID  `json:"body"`
	Term        Term          `json:"term"`
	Contributed civic.Instant `json:"contributed,omitempty"`
}

// Stop is a lawful pause of the clock.
type Stop struct {
	Ground string
	Span
}

// Round is one go at a matter, from its start to its answer. A reopened matter begins
// another; the figures of the first stand.
type Round struct {
	No    int
	Start civic.Instant

	Lead      civic.BodyID
	Assigned  civic.Instant // when that lead was named
	FirstLead civic.Instant // when the round first had a lead
	ByRuling  bool
	Joint     []Joint
	List      int
	Row       string
	RowLead   civic.BodyID // whom the list named
	Law       string

	Response   Term
	Objection  Term
	Resolution Term
	Extension  Limit
	Calendar   string
	CalVersion string

	// Objecting is who has objected in this round: once each.
	Objecting []civic.BodyID
	// HandOvers counts rulings to another body, Corrections corrections of category,
	// place or kind, Moves the changes by succession or a new list.
	HandOvers, Corrections, Moves int

	Accepted  civic.Instant
	BySilence bool
	Pauses    []Stop
	Escalated []Escalation

	Answered  civic.Instant
	Outcome   Outcome
	PlannedBy civic.Instant
	Late      bool // answered after its due date
	Ended     civic.Instant
	Ending    Ending
	Rating    int // 1 to 5 of the answer, 0 none; of a body's work, never of a person
	// Inferred says which steps the imported source did not have: they count in no figure.
	Inferred []string
}

// Escalation is a step that has been taken.
type Escalation struct {
	Step Step
	Body civic.BodyID // whose joint part, for StepJoint
	At   civic.Instant
}

// Appealing is a matter put to the review room.
type Appealing struct {
	Act   int64  // its sequence number: the review room knows the appeal by it
	Of    string // one of Appealable
	Round int
	At    civic.Instant
	Over  bool // it has come to its end
}

// Staying is a stay: what stands still in a round while an appeal is decided.
type Staying struct {
	Act   int64  // that appealed
	Holds string // one of Stays
	Round int
}

// State is a matter: its acts folded. The zero value is no matter. States are shared:
// nothing reachable from one is ever changed.
type State struct {
	ID       civic.DossierID
	Number   Number
	Seq      int64
	Position civic.Position // of the last act
	Last     civic.Instant  // when the last act happened

	Kind       Kind
	Category   civic.Category
	Place      civic.PlaceID
	Places     []civic.PlaceID
	Point      *Point
	Address    string // salted digest
	Visibility Visibility
	Channel    string
	External   string
	Contact    bool
	Push       bool // her browser is told that there is news
	Against    civic.BodyID
	Reporter   civic.PersonID
	Tracking   string
	Box        string // of the vault, where what is said of it is sealed
	Items      []Item

	Status    Status
	Reported  civic.Instant
	Imported  bool
	OnRecord  bool // imported as one record
	Round          // the round at hand
	Past      []Round
	Triage    string // why it waits for the desk; "" when it does not
	TriageBy  Term
	Ruling    Term         // on an objection or a proposal to decline
	Proposed  civic.BodyID // whom the objection names
	Declining bool         // a proposal to decline waits for a ruling
	DeclineBy string       // its law
	Elsewhere string       // where the reporter is told to go
	// Coordinator is the coordinating body that rules on this matter.
	Coordinator civic.BodyID
	ReleaseBy   Term
	Reviewed    bool          // ReleaseBy is what a review set
	WithheldAt  civic.Instant // the last withholding
	MaskedAt    civic.Instant // the last masking
	Lapse       Term

	Main   civic.DossierID   // joined into
	Took   []civic.DossierID // joined into this one
	Parent civic.DossierID   // split from
	Parts  []civic.DossierID
	Waits  bool // for its parts

	// Questions are those the reporter has not answered yet.
	Questions int
	Appeals   []Appealing
	Stay      Staying
	Hold      *Hold
	Asking    civic.Instant // since when an erasure waits for the hold to end; 0 for none
	Erased    *Erasure      // the last
	since     bool          // something was said since it was erased, be it taken back
	undo      *undo
	apart     *State // as it was before it was joined
}

// undo remembers the state before the last act of a post, for its retraction.
type undo struct {
	seq    int64
	typ    string
	actor  string
	before State
}

// Exists reports whether there is such a matter.
func (s State) Exists() bool { return s.Seq > 0 }

// Excluded are the bodies that must neither handle the matter nor read its reporter.
func (s State) Excluded() []civic.BodyID {
	if s.Against == "" {
		return nil
	}
	return []civic.BodyID{s.Against}
}

// HasEscalated reports whether a step was taken in this round.
func (r Round) HasEscalated(step Step, body civic.BodyID) bool {
	return slices.ContainsFunc(r.Escalated, func(e Escalation) bool { return e.Step == step && e.Body == body })
}

const (
	textMedia    = "text/plain"
	fromReporter = "reporter"
)

// grow appends to a copy: states share their slices.
func grow[T any](s []T, more ...T) []T { return append(slices.Clip(s), more...) }

// endPause sets the end of the last pause.
func endPause(stops []Stop, at civic.Instant) []Stop {
	if len(stops) == 0 || stops[len(stops)-1].Until <= at {
		return stops
	}
	ended := slices.Clone(stops)
	ended[len(ended)-1].Until = at
	return ended
}

// spans are the pauses as the calendar wants them.
func (r Round) spans() []Span {
	spans := make([]Span, len(r.Pauses))
	for i, p := range r.Pauses {
		spans[i] = p.Span
	}
	return spans
}

// ID names the matter whose first act has the position: "matter/" and eight digits of
// base 36, so that names sort by age.
func ID(first civic.Position) civic.DossierID {
	digits := strconv.FormatInt(int64(first), 36)
	return civic.DossierID("matter/" + "00000000"[min(8, len(digits)):] + digits)
}

// First returns the position that ID was made from; false if it is no name of a matter.
func First(id civic.DossierID) (civic.Position, bool) {
	if id.Kind() != "matter" || len(id.Key()) < 8 {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimLeft(id.Key(), "0"), 36, 64)
	if err != nil || ID(civic.Position(n)) != id {
		return 0, false
	}
	return civic.Position(n), true
}
