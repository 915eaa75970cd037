package standing

import "skein/frame/civic"

// FindingCommand is what somebody wants of a finding. Name is the power it needs: the Cedar action.
type FindingCommand interface {
	Name() string
}

// ProposeFinding puts a merit or a fault forward: it cites one act of a public matter, or a legal review that came to unlawful.
type ProposeFinding struct {
	Nature Nature `json:"nature" doc:"merit or fault"`
	Matter string `json:"matter,omitempty" maxLength:"40" doc:"The number of a public matter"`
	Act    int64  `json:"act,omitempty" doc:"The act in it, by its number in the story: of the body's post, or of a limit that it let run out"`
	Review string `json:"review,omitempty" maxLength:"20" doc:"Instead: the code of a legal review that came to unlawful"`
	Law    string `json:"law" maxLength:"1000" doc:"The duty that was done well or not done, and the law or list row it stands in"`
	Why    string `json:"why" maxLength:"40000"`
	Looked bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
	Cited  Cited  `json:"-"`
}

// DropFinding takes back what one proposed.
type DropFinding struct{}

// ReplyFinding is the body's word.
type ReplyFinding struct {
	Text   string `json:"text" maxLength:"40000"`
	Looked bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// AskFindingHearing asks to be heard.
type AskFindingHearing struct{}

// WaiveFindingHearing gives that up.
type WaiveFindingHearing struct{}

// CallFindingHearing sets the hour.
type CallFindingHearing struct {
	At     civic.Instant `json:"-"`
	Time   string        `json:"at" maxLength:"40" doc:"The hour, RFC 3339 or 2006-01-02T15:04 in the realm's time"`
	Place  string        `json:"place" maxLength:"40000" doc:"Where and how"`
	Looked bool          `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// HoldFindingHearing records it.
type HoldFindingHearing struct {
	Record string `json:"record" maxLength:"40000"`
	Looked bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// DecideOnFinding decides, with all that a decision must have.
type DecideOnFinding struct {
	Result  string `json:"result" maxLength:"20" doc:"found, or unproved: then nobody else is told"`
	Law     string `json:"law" maxLength:"1000"`
	Facts   string `json:"facts" maxLength:"40000" doc:"The facts, and the evidence they rest on"`
	Reasons string `json:"reasons" maxLength:"40000" doc:"Why, and what became of the body's word"`
	Looked  bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// AppealFinding puts it to the review room, as the body.
type AppealFinding struct {
	Ground string `json:"ground" maxLength:"40"`
	Reason string `json:"reason" maxLength:"40000"`
	Looked bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// ObeyFinding does what a review's end says: the clock's.
type ObeyFinding struct {
	Act    int64           `json:"act"`
	Appeal civic.DossierID `json:"appeal"`
	Result string          `json:"result"`
}

// TickFinding does what the clock owes by now. It may come late and more than once.
type TickFinding struct{}

func (ProposeFinding) Name() string      { return "merit.propose" }
func (DropFinding) Name() string         { return "merit.drop" }
func (ReplyFinding) Name() string        { return "merit.reply" }
func (AskFindingHearing) Name() string   { return "merit.ask_hearing" }
func (WaiveFindingHearing) Name() string { return "merit.waive_hearing" }
func (CallFindingHearing) Name() string  { return "merit.call_hearing" }
func (HoldFindingHearing) Name() string  { return "merit.hold_hearing" }
func (DecideOnFinding) Name() string     { return "merit.decide" }
func (AppealFinding) Name() string       { return "merit.appeal" }
func (ObeyFinding) Name() string         { return "merit.obey" }
func (TickFinding) Name() string         { return "merit.tick" }

// FindingCommands is one example of every command on a finding.
func FindingCommands() []FindingCommand {
	return []FindingCommand{
		ProposeFinding{}, DropFinding{}, ReplyFinding{}, AskFindingHearing{}, WaiveFindingHearing{}, CallFindingHearing{}, HoldFindingHearing{},
		DecideOnFinding{}, AppealFinding{}, ObeyFinding{}, TickFinding{},
	}
}
