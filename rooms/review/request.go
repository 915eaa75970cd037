package review

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// KindRequest is the kind of dossier that a resident's request for a legal review has.
const KindRequest = "request"

// RequestKept is for how many days what somebody wrote is kept after her request has come to its end, where the realm does not say
// otherwise ("request" among its times of keeping): until a finding has been answered and its reasons can be held against it.
const RequestKept = 180

// RequestStatus is where a request stands.
type RequestStatus string

const (
	RequestNone      RequestStatus = ""
	RequestWaits     RequestStatus = "waits"       // for a reviewer
	RequestTakenUp   RequestStatus = "taken_up"    // the finding says the rest
	RequestDeclined  RequestStatus = "turned_down" // with law and reasons, in public
	RequestTakenBack RequestStatus = "taken_back"  // by whoever asked
)

// RequestStatuses lists every status of a request that exists.
var RequestStatuses = []RequestStatus{RequestWaits, RequestTakenUp, RequestDeclined, RequestTakenBack}

// StepTakeUp is told when nobody has taken a request up, or said why not, in time.
const StepTakeUp Step = "take_up"

// Request asks that something be examined: its acts folded. It names nobody. What is asked is public; what somebody wrote is sealed.
type Request struct {
	ID   civic.DossierID
	Seq  int64
	Last civic.Instant

	Subject Subject
	Aspects []string
	Text    string // salted digest; "" where it is erased
	Box     string // that it lies in; "" where it is erased
	Back    string // digest of the code with which whoever asked comes back
	Status  RequestStatus
	Asked   civic.Instant
	TakeBy  Term
	Finding string // its code
	Law     string
	Reasons string // document: why it is not taken up
	Ended   civic.Instant
	Until   civic.Instant // when the words are erased
	Told    bool
}

// Exists reports whether there is such a request.
func (s Request) Exists() bool { return s.Seq > 0 }

// Code is what people call it.
func (s Request) Code() string { return s.ID.Key() }

// Asked is what somebody asks to be examined. It stands under no name.
type Asked struct {
	Subject Subject  `json:"subject"`
	Aspects []string `json:"aspects,omitempty"`
	Text    string   `json:"text"`
	Box     string   `json:"box"`
	Back    string   `json:"back"`
	TakeBy  Term     `json:"take_by"`
}

// TakenUp is entered when a reviewer examines what was asked for. Until is when the words are erased.
type TakenUp struct {
	Finding string        `json:"finding"`
	Until   civic.Instant `json:"until"`
}

// TurnedDown says why it is not examined.
type TurnedDown struct {
	Law     string        `json:"law"`
	Reasons string        `json:"reasons"` // document
	Until   civic.Instant `json:"until"`
}

// TakenBack is whoever asked not asking any more. What she wrote is erased.
type TakenBack struct{}

// Urged tells the coordinating body that nobody has said anything to a request in time. It decides nothing.
type Urged struct {
	Body civic.BodyID  `json:"body,omitempty"`
	Due  civic.Instant `json:"due"`
}

// Forgotten is what somebody wrote being erased, its time over.
type Forgotten struct{}

func (Asked) Type() string      { return "review.asked" }
func (TakenUp) Type() string    { return "review.taken_up" }
func (TurnedDown) Type() string { return "review.turned_down" }
func (TakenBack) Type() string  { return "review.taken_back" }
func (Urged) Type() string      { return "review.urged" }
func (Forgotten) Type() string  { return "review.forgotten" }

func (Asked) Version() int      { return 1 }
func (TakenUp) Version() int    { return 1 }
func (TurnedDown) Version() int { return 1 }
func (TakenBack) Version() int  { return 1 }
func (Urged) Version() int      { return 1 }
func (Forgotten) Version() int  { return 1 }

// RequestEvents is one example of every event type of a request.
func RequestEvents() []journal.Event {
	return []journal.Event{Asked{}, TakenUp{}, TurnedDown{}, TakenBack{}, Urged{}, Forgotten{}}
}

// Ask asks for a legal review of a public act, a policy or a row of the duty list. Random makes the dossier; it is random.
type Ask struct {
	Kind    string   `json:"kind" doc:"act, policy or row"`
	Thing   string   `json:"thing" maxLength:"128" doc:"The public id of the act, of the policy, or of the row in the list in force"`
	Aspects []string `json:"aspects,omitempty" maxItems:"4" doc:"power, procedure, proportion, equal_treatment"`
	Text    string   `json:"text" maxLength:"40000" doc:"What is wrong with it. Reviewers alone read it"`
	About   Subject  `json:"-"`
	Random  string   `json:"-"`
	Box     string   `json:"-"`
	Back    string   `json:"-"`
}

// TakeUp is the clock's: a reviewer examines what was asked for.
type TakeUp struct {
	Finding string `json:"finding"`
}

// TurnDown says, as a reviewer, why it is not examined.
type TurnDown struct {
	Law     string `json:"law" maxLength:"1000"`
	Reasons string `json:"reasons" maxLength:"40000"`
	Looked  bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// TakeBack is whoever asked not asking any more; she shows it by her code.
type TakeBack struct {
	Code string `json:"-"`
}

// Ripen does what the clock owes a request by now.
type Ripen struct{}

func (Ask) Name() string      { return "review.ask" }
func (TakeUp) Name() string   { return "review.take_up" }
func (TurnDown) Name() string { return "review.turn_down" }
func (TakeBack) Name() string { return "review.take_back" }
func (Ripen) Name() string    { return "review.ripen" }

// RequestCommands is one example of every command on a request.
func RequestCommands() []Command {
	return []Command{Ask{}, TakeUp{}, TurnDown{}, TakeBack{}, Ripen{}}
}

// EvolveRequest folds one act into a request. What its argument holds is never changed.
func EvolveRequest(s Request, a journal.Act) Request {
	s.Seq = a.Seq
	s.Last = max(s.Last, a.Happened)
	switch e := a.Event.(type) {
	case Asked:
		s.ID, s.Subject, s.Aspects, s.Text, s.Box, s.Back = a.Dossier, e.Subject, e.Aspects, e.Text, e.Box, e.Back
		s.TakeBy, s.Asked, s.Status = e.TakeBy, a.Happened, RequestWaits
	case TakenUp:
		s.Finding, s.Status, s.Ended, s.Until = e.Finding, RequestTakenUp, a.Happened, e.Until
	case TurnedDown:
		s.Law, s.Reasons, s.Status, s.Ended, s.Until = e.Law, e.Reasons, RequestDeclined, a.Happened, e.Until
	case TakenBack:
		s.Text, s.Box, s.Until, s.Ended = "", "", 0, a.Happened
		if s.Status == RequestWaits {
			s.Status = RequestTakenBack
		}
	case Urged:
		s.Told = true
	case Forgotten:
		s.Text, s.Box, s.Until = "", "", 0
	}
	return s
}

// Due is the limit that runs now; 0 where none does.
func (s Request) Due() civic.Instant {
	if s.Status == RequestWaits {
		return s.TakeBy.Due
	}
	return 0
}

// WakeRequest is when the clock next has business with a request; 0 for never.
func WakeRequest(s Request) civic.Instant {
	if s.Status == RequestWaits && !s.Told {
		return s.TakeBy.Due
	}
	return s.Until
}
