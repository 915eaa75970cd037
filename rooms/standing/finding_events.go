package standing

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// FindingPut puts a merit or a fault forward, and serves notice on the body.
type FindingPut struct {
	Nature   Nature      `json:"nature"`
	Cited    Cited       `json:"cited"`
	Law      string      `json:"law"`
	Why      string      `json:"why"` // document
	ReplyBy  FindingTerm `json:"reply_by"`
	DecideBy FindingTerm `json:"decide_by"`
}

// FindingReplied is the body's word. Silence is no admission.
type FindingReplied struct {
	Text string `json:"text"` // document
	Late bool   `json:"late,omitempty"`
}

// FindingHearingAsked says that the body wants to be heard.
type FindingHearingAsked struct{}

// FindingHearingCalled sets the hour.
type FindingHearingCalled struct {
	At    civic.Instant `json:"at"`
	Place string        `json:"place"` // document
}

// FindingHearingHeld is its record.
type FindingHearingHeld struct {
	Record string `json:"record"` // document
}

// FindingHearingWaived says that the body does not want to be heard any more.
type FindingHearingWaived struct{}

// FindingDecided is the reasoned decision. Contest is until when it can be appealed, Expires until when it is shown.
type FindingDecided struct {
	Found   bool         `json:"found,omitempty"`
	Law     string       `json:"law"`
	Facts   string       `json:"facts"`   // document
	Reasons string       `json:"reasons"` // document
	Late    bool         `json:"late,omitempty"`
	Contest FindingTerm  `json:"contest"`
	Expires *FindingTerm `json:"expires,omitempty"`
}

// FindingAppealed puts it to the review room.
type FindingAppealed struct {
	Of     Nature `json:"of"`
	Ground string `json:"ground"`
	Reason string `json:"reason"` // document
}

// FindingObeyed is what the end of a review means for it.
type FindingObeyed struct {
	Act      int64           `json:"act"` // that appealed
	Appeal   civic.DossierID `json:"appeal"`
	Result   string          `json:"result"`
	ReplyBy  *FindingTerm    `json:"reply_by,omitempty"` // sent back: heard and decided anew
	DecideBy *FindingTerm    `json:"decide_by,omitempty"`
}

// FindingTaken says that the post which proposed it takes it back.
type FindingTaken struct{}

// FindingRanOut says that its time is over: no page shows it any more.
type FindingRanOut struct{}

// FindingReminded tells the coordinating body that nobody has decided in time. It decides nothing.
type FindingReminded struct {
	Step string        `json:"step"`
	Body civic.BodyID  `json:"body,omitempty"`
	Due  civic.Instant `json:"due"`
}

func (FindingPut) Type() string           { return "merit.proposed" }
func (FindingReplied) Type() string       { return "merit.replied" }
func (FindingHearingAsked) Type() string  { return "merit.hearing_asked" }
func (FindingHearingCalled) Type() string { return "merit.hearing_called" }
func (FindingHearingHeld) Type() string   { return "merit.hearing_held" }
func (FindingHearingWaived) Type() string { return "merit.hearing_waived" }
func (FindingDecided) Type() string       { return "merit.decided" }
func (FindingAppealed) Type() string      { return "merit.appealed" }
func (FindingObeyed) Type() string        { return "merit.obeyed" }
func (FindingTaken) Type() string         { return "merit.dropped" }
func (FindingRanOut) Type() string        { return "merit.expired" }
func (FindingReminded) Type() string      { return "merit.reminded" }

func (FindingPut) Version() int           { return 1 }
func (FindingReplied) Version() int       { return 1 }
func (FindingHearingAsked) Version() int  { return 1 }
func (FindingHearingCalled) Version() int { return 1 }
func (FindingHearingHeld) Version() int   { return 1 }
func (FindingHearingWaived) Version() int { return 1 }
func (FindingDecided) Version() int       { return 1 }
func (FindingAppealed) Version() int      { return 1 }
func (FindingObeyed) Version() int        { return 1 }
func (FindingTaken) Version() int         { return 1 }
func (FindingRanOut) Version() int        { return 1 }
func (FindingReminded) Version() int      { return 1 }

// FindingEvents is one example of every event type of a finding.
func FindingEvents() []journal.Event {
	return []journal.Event{
		FindingPut{}, FindingReplied{}, FindingHearingAsked{}, FindingHearingCalled{}, FindingHearingHeld{}, FindingHearingWaived{},
		FindingDecided{}, FindingAppealed{}, FindingObeyed{}, FindingTaken{}, FindingRanOut{}, FindingReminded{},
	}
}
