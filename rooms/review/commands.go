package review

import "skein/frame/civic"

// Command is what somebody wants of an appeal. Name is the power it needs: the Cedar action. Texts were sealed
// before; a command carries their salted digests.
type Command interface {
	Name() string
}

// Open begins the dossier: the clock's, after a matter was appealed.
type Open struct {
	Act    int64  `json:"act"` // of the matter, that appealed
	Count  int    `json:"count"`
	Of     string `json:"of"`
	Ground string `json:"ground"`
	Reason string `json:"reason"`
	Matter Matter `json:"matter"`
}

// Note tells what has become of the matter since: the clock's.
type Note struct {
	Post    civic.PostID `json:"post,omitempty"`
	Body    civic.BodyID `json:"body,omitempty"`
	Private bool         `json:"private,omitempty"`
}

// Take makes the asking post the reviewer.
type Take struct{}

// Recuse gives the appeal back.
type Recuse struct {
	Reason string `json:"reason" maxLength:"40000"`
}

// Reply is the word of the body whose act it is about.
type Reply struct {
	Text string `json:"text" maxLength:"40000"`
}

// AskHearing asks to be heard.
type AskHearing struct {
	Reason string `json:"reason,omitempty" maxLength:"40000"`
}

// CallHearing sets the hour.
type CallHearing struct {
	At    civic.Instant `json:"-"`
	Time  string        `json:"at" maxLength:"40" doc:"The hour, RFC 3339 or 2006-01-02T15:04 in the realm's time"`
	Place string        `json:"place" maxLength:"40000" doc:"Where and how: an address, a number to call, a link"`
}

// HoldHearing records it.
type HoldHearing struct {
	Appellant  bool   `json:"appellant,omitempty" doc:"Whoever appealed was there"`
	Respondent bool   `json:"respondent,omitempty" doc:"The body was there"`
	Record     string `json:"record" maxLength:"40000"`
}

// WaiveHearing gives up a hearing that one asked for.
type WaiveHearing struct{}

// Extend moves the limit for deciding, once.
type Extend struct {
	Reason string `json:"reason" maxLength:"40000"`
}

// Settle decides, with all that a decision must have.
type Settle struct {
	Result     Result        `json:"result" doc:"upheld, varied, quashed or sent_back"`
	Law        string        `json:"law" maxLength:"1000"`
	Found      string        `json:"found" maxLength:"40000" doc:"The facts, and the evidence they rest on"`
	Reasons    string        `json:"reasons" maxLength:"40000" doc:"Why, and what became of each side's word"`
	Outcome    string        `json:"outcome,omitempty" maxLength:"40" doc:"What an answer that is varied says instead"`
	By         civic.Instant `json:"-"`
	Date       string        `json:"by,omitempty" maxLength:"10" doc:"The day by which it is planned: 2006-01-02"`
	Show       []string      `json:"show,omitempty" maxItems:"100" doc:"Digests of withheld texts and photos that must be shown"`
	Within     Limit         `json:"within,omitempty" maxLength:"20" doc:"Within which limit is decided anew: 10wd"`
	Directions string        `json:"directions,omitempty" maxLength:"40000" doc:"What binds whoever decides anew"`
}

// Publish lets everyone read the decision, in words without names.
type Publish struct {
	Found   string `json:"found" maxLength:"40000"`
	Reasons string `json:"reasons" maxLength:"40000"`
	// Looked says that what still looks like a person's data was looked at and is none.
	Looked bool `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// Withdraw ends the appeal by the will of whoever appealed.
type Withdraw struct {
	Reason string `json:"reason,omitempty" maxLength:"40000"`
}

// Tick does what the clock owes by now. It may come late and more than once.
type Tick struct{}

func (Open) Name() string         { return "review.open" }
func (Note) Name() string         { return "review.note" }
func (Take) Name() string         { return "review.take" }
func (Recuse) Name() string       { return "review.recuse" }
func (Reply) Name() string        { return "review.reply" }
func (AskHearing) Name() string   { return "review.ask_hearing" }
func (CallHearing) Name() string  { return "review.call_hearing" }
func (HoldHearing) Name() string  { return "review.hold_hearing" }
func (WaiveHearing) Name() string { return "review.waive_hearing" }
func (Extend) Name() string       { return "review.extend" }
func (Settle) Name() string       { return "review.decide" }
func (Publish) Name() string      { return "review.publish" }
func (Withdraw) Name() string     { return "review.withdraw" }
func (Tick) Name() string         { return "review.tick" }

// Commands is one example of every command.
func Commands() []Command {
	return []Command{
		Open{}, Note{}, Take{}, Recuse{}, Reply{}, AskHearing{}, CallHearing{}, HoldHearing{}, WaiveHearing{},
		Extend{}, Settle{}, Publish{}, Withdraw{}, Tick{},
	}
}
