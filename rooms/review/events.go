package review

import (
	"encoding/json"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Opened begins the dossier of an appeal. Before version 2 none was a body's.
type Opened struct {
	Number     Number          `json:"number"`
	Matter     civic.DossierID `json:"matter"`
	Act        int64           `json:"act"` // of the matter, that appealed
	Of         string          `json:"of"`
	Ground     string          `json:"ground,omitempty"`
	Law        string          `json:"law,omitempty"` // of the ground
	Reason     string          `json:"reason,omitempty"`
	Appellant  civic.PersonID  `json:"appellant"`
	Appealing  civic.BodyID    `json:"appealing,omitempty"` // the body that appealed, where it was no resident
	Place      civic.PlaceID   `json:"place,omitempty"`
	Places     []civic.PlaceID `json:"places,omitempty"`
	Calendar   string          `json:"calendar,omitempty"`
	Respondent civic.BodyID    `json:"respondent,omitempty"`
	Posts      []civic.PostID  `json:"posts,omitempty"`
	Bodies     []civic.BodyID  `json:"bodies,omitempty"`
	Withheld   []string        `json:"withheld,omitempty"`
	Contact    bool            `json:"contact,omitempty"` // the vault holds a way to reach whoever appealed
	TakeBy     Term            `json:"take_by"`
	DecideBy   Term            `json:"decide_by"`
	Stay       *Stay           `json:"stay,omitempty"`
}

// Noted says what has become of the matter since: another post or body has a hand in it, or it turned private.
type Noted struct {
	Post    civic.PostID `json:"post,omitempty"`
	Body    civic.BodyID `json:"body,omitempty"`
	Private bool         `json:"private,omitempty"`
}

// Taken gives the appeal a reviewer, and serves notice on the body whose act it is about.
type Taken struct {
	Reviewer civic.PostID `json:"reviewer"`
	ReplyBy  Term         `json:"reply_by"`
}

// Recused says that the reviewer steps back; the appeal waits for another.
type Recused struct {
	Reviewer civic.PostID `json:"reviewer"`
	Reason   string       `json:"reason"`
	TakeBy   Term         `json:"take_by"`
}

// Replied is the word of the body whose act it is about.
type Replied struct {
	Body civic.BodyID `json:"body"`
	Text string       `json:"text"`
	Late bool         `json:"late,omitempty"`
}

// HearingAsked says that a side wants to be heard.
type HearingAsked struct {
	By     string `json:"by"` // "appellant" or "respondent"
	Reason string `json:"reason,omitempty"`
}

// HearingCalled sets its hour. Place says where and how it is held.
type HearingCalled struct {
	At    civic.Instant `json:"at"`
	Place string        `json:"place"`
}

// HearingHeld is its record.
type HearingHeld struct {
	Present []string `json:"present,omitempty"` // "appellant", "respondent"
	Record  string   `json:"record"`
}

// HearingWaived says that whoever asked to be heard does not want it any more.
type HearingWaived struct {
	By string `json:"by"` // "appellant" or "respondent"
}

// Extended moves the limit for deciding, once.
type Extended struct {
	Reason   string `json:"reason"`
	DecideBy Term   `json:"decide_by"`
}

// Decided is the reasoned decision. Found and Reasons are digests; everyone reads them once Published.
type Decided struct {
	Result  Result `json:"result"`
	Law     string `json:"law"`
	Found   string `json:"found"`
	Reasons string `json:"reasons"`
	// Outcome, By and Show are what is varied, Within and Directions what binds whoever decides anew.
	Outcome    string        `json:"outcome,omitempty"`
	By         civic.Instant `json:"by,omitempty"`
	Show       []string      `json:"show,omitempty"`
	Within     Limit         `json:"within,omitempty"`
	Directions string        `json:"directions,omitempty"`
	Late       bool          `json:"late,omitempty"`
	Contest    Term          `json:"contest"`
	// PublishBy is none for what is private.
	PublishBy *Term `json:"publish_by,omitempty"`
}

// Published lets everyone read the decision, without names.
type Published struct {
	Found   string `json:"found"`
	Reasons string `json:"reasons"`
}

// Withdrawn ends the appeal by the will of whoever appealed.
type Withdrawn struct {
	Reason string `json:"reason,omitempty"`
}

// Escalated tells the coordinating body that a limit has run out. It decides nothing.
type Escalated struct {
	Step Step          `json:"step"`
	Body civic.BodyID  `json:"body,omitempty"`
	Due  civic.Instant `json:"due"`
}

func (Opened) Type() string        { return "review.opened" }
func (Noted) Type() string         { return "review.noted" }
func (Taken) Type() string         { return "review.taken" }
func (Recused) Type() string       { return "review.recused" }
func (Replied) Type() string       { return "review.replied" }
func (HearingAsked) Type() string  { return "review.hearing_asked" }
func (HearingCalled) Type() string { return "review.hearing_called" }
func (HearingHeld) Type() string   { return "review.hearing_held" }
func (HearingWaived) Type() string { return "review.hearing_waived" }
func (Extended) Type() string      { return "review.extended" }
func (Decided) Type() string       { return "review.decided" }
func (Published) Type() string     { return "review.published" }
func (Withdrawn) Type() string     { return "review.withdrawn" }
func (Escalated) Type() string     { return "review.escalated" }

func (Opened) Version() int        { return 2 }
func (Noted) Version() int         { return 1 }
func (Taken) Version() int         { return 1 }
func (Recused) Version() int       { return 1 }
func (Replied) Version() int       { return 1 }
func (HearingAsked) Version() int  { return 1 }
func (HearingCalled) Version() int { return 1 }
func (HearingHeld) Version() int   { return 1 }
func (HearingWaived) Version() int { return 1 }
func (Extended) Version() int      { return 1 }
func (Decided) Version() int       { return 1 }
func (Published) Version() int     { return 1 }
func (Withdrawn) Version() int     { return 1 }
func (Escalated) Version() int     { return 1 }

// Older adds the readers of older versions.
func Older(r *journal.Registry) {
	r.Older("review.opened", 1, func(data []byte) (journal.Event, error) {
		var e Opened
		err := json.Unmarshal(data, &e)
		return e, err
	})
}

// Events is one example of every event type, in the order of the table.
func Events() []journal.Event {
	return []journal.Event{
		Opened{}, Noted{}, Taken{}, Recused{}, Replied{}, HearingAsked{}, HearingCalled{}, HearingHeld{}, HearingWaived{},
		Extended{}, Decided{}, Published{}, Withdrawn{}, Escalated{},
	}
}
