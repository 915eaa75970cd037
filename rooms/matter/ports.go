package matter

import (
	"slices"

	"skein/frame/civic"
)

// Limit is a length of time as a law or a duty list writes it ("10wd", "24h"); only a
// calendar can say when it runs out. Empty means that the row has none.
type Limit string

// Span is a stretch of time, From inclusive to Until exclusive.
type Span struct {
	From  civic.Instant `json:"from"`
	Until civic.Instant `json:"until"`
}

// DueDate is when a limit runs out, and by which calendar.
type DueDate struct {
	At civic.Instant
	// Half is when half of the limit has run, Over when half as much again has.
	Half, Over civic.Instant
	// Provisional says that the calendar is not yet known that far ahead.
	Provisional bool
	Calendar    string
	Version     string
}

// Calendars reckons limits. The value is an immutable snapshot of all calendars of the realm.
type Calendars interface {
	// Due returns when a limit that begins at start runs out by the calendar id ("" is the
	// realm's own), leaving out the pauses. The error is a civic.Refusal: an unknown
	// calendar or a limit that cannot be read.
	Due(calendar string, start civic.Instant, limit Limit, pauses []Span) (DueDate, error)
}

// Question is what is asked of the duty list.
type Question struct {
	Category civic.Category
	// Places are all places that hold the matter, most specific first.
	Places []civic.PlaceID
	// At picks the version of the list in force then.
	At civic.Instant
}

// Found says how a question to the duty list was answered.
type Found string

const (
	FoundOne     Found = "one"     // exactly one lead
	FoundGap     Found = "gap"     // nobody
	FoundOverlap Found = "overlap" // two or more leads of equal standing
)

// Resolution is the duty list's answer.
type Resolution struct {
	Found Found
	// Leads are the rival leads of an overlap.
	Leads []civic.BodyID
	Lead  civic.BodyID
	Joint []Duty
	// List, ListDigest and Row are the number of the list's version, its digest and the row.
	List       int
	ListDigest string
	Row        string
	// Near are the rows that would have come next.
	Near []string
	// Why is the sentence that tells a resident why this body.
	Why     Sentence
	Law     string
	Officer civic.PostID
	// Limits of the row; empty ones take the realm's rule.
	Response   Limit
	Objection  Limit
	Resolution Limit
	Calendar   string
}

// Duty is a joint body's part and its sub-limit.
type Duty struct {
	Body  civic.BodyID
	Limit Limit
}

// Sentence is a message key with what fills it.
type Sentence struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// CategoryFacts is what the realm says of a category.
type CategoryFacts struct {
	// Private categories (wages, housing, demolition, dispute, safety) are private unless the reporter says otherwise.
	Private bool
}

// Duties is an immutable snapshot of the responsibility list and the tree of categories.
type Duties interface {
	Resolve(Question) Resolution
	Category(civic.Category) (CategoryFacts, bool)
}

// Ahead answers one question that was asked before the queue, in parallel, and passes
// every other on. It is never wrong: another question is another answer.
type Ahead struct {
	Duties
	Asked  Question
	Answer Resolution
}

// Resolve answers the question asked ahead, or asks now.
func (a Ahead) Resolve(q Question) Resolution {
	if q.Category == a.Asked.Category && q.At == a.Asked.At && slices.Equal(q.Places, a.Asked.Places) {
		return a.Answer
	}
	return a.Duties.Resolve(q)
}

// Coordinating is the kind of body that rules and never handles.
const Coordinating = "coordinating"

// BodyFacts is what this room must know of a body.
type BodyFacts struct {
	// Kind: coordinating, public, committee, mass, social or enterprise.
	Kind string
	// Above are the bodies it lies under, nearest first.
	Above []civic.BodyID
	// Supervisor is the post that watches over its handlers; Vacant says nobody sits in it.
	Supervisor civic.PostID
	Vacant     bool
	// Ended bodies take no matters; Successor, if any, took theirs over.
	Ended     bool
	Successor civic.BodyID
}

// Bodies is an immutable snapshot of the register of bodies.
type Bodies interface {
	// Body tells of a body as it is at an instant: a chair is empty from the end of a term on.
	Body(body civic.BodyID, at civic.Instant) (BodyFacts, bool)
	// Coordinators returns the coordinating bodies of those places that hold all the
	// parties as well, lowest place first. Places are given most specific first; without
	// any, the root of the realm counts.
	Coordinators(places []civic.PlaceID, parties ...civic.BodyID) []civic.BodyID
}
