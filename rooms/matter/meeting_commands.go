package matter

import "skein/frame/civic"

// MeetingCommand is what somebody wants of a meeting. Name is the power it needs: the Cedar action.
type MeetingCommand interface {
	Name() string
}

// MeetingMatter is what is known of a matter that a meeting is on, when a command is given. The door looks; no client says it.
type MeetingMatter struct {
	ID          civic.DossierID
	Number      Number
	Open        bool
	Lead        civic.BodyID
	Coordinator civic.BodyID
	Against     civic.BodyID
}

// Hour is when and where a meeting is.
type Hour struct {
	Time    string `json:"time" maxLength:"40" doc:"When it begins: RFC 3339, or 2006-01-02T15:04 in the realm's time"`
	Minutes int    `json:"minutes" minimum:"0" maximum:"100000" doc:"How long it is to last"`
	Where   string `json:"where" maxLength:"800" doc:"A room, an address or a link"`
	// From and Until are what Time and Minutes come to.
	From  civic.Instant `json:"-"`
	Until civic.Instant `json:"-"`
}

// AgendaOn is a matter on the agenda, and what is to be talked of.
type AgendaOn struct {
	Matter string `json:"matter" maxLength:"40" doc:"Its number"`
	Agenda string `json:"agenda" maxLength:"40000" doc:"What is to be talked of; it lies with the matter, and is erased with it"`
}

// Convene calls a meeting.
type Convene struct {
	Matters []AgendaOn `json:"matters" maxItems:"50"`
	Hour
	Invited []string `json:"invited" maxItems:"100" doc:"Codes of bodies, or of posts (body/post)"`
	Looked  bool     `json:"looked,omitempty" doc:"What still looks like somebody's data in the place was looked at, and is not"`
	// Code names the meeting; Known is what is known of the matters, in their order.
	Code  string          `json:"-"`
	Known []MeetingMatter `json:"-"`
}

// Reschedule gives it another hour or place.
type Reschedule struct {
	Hour
	Reason string `json:"reason" maxLength:"40000"`
	Looked bool   `json:"looked,omitempty" doc:"What still looks like somebody's data in the place was looked at, and is not"`
}

// CallOff cancels it.
type CallOff struct {
	Reason string `json:"reason" maxLength:"40000"`
}

// Reply is the word of an invited body.
type Reply struct {
	Reply   string          `json:"reply" maxLength:"20" doc:"accepted, declined (with a reason) or sends (another, instead)"`
	Reason  string          `json:"reason,omitempty" maxLength:"40000"`
	Instead string          `json:"instead,omitempty" maxLength:"200" doc:"The body or post that comes instead"`
	Known   []MeetingMatter `json:"-"`
}

// MinutesOf are the minutes on one matter.
type MinutesOf struct {
	Matter  string       `json:"matter" maxLength:"40" doc:"Its number"`
	Remarks string       `json:"remarks,omitempty" maxLength:"40000" doc:"Internal: for those who may read the matter's file"`
	Agreed  []AgreedStep `json:"agreed,omitempty" maxItems:"50"`
}

// AgreedStep is a step that was agreed.
type AgreedStep struct {
	Body     civic.BodyID  `json:"body" maxLength:"128" doc:"Who does it"`
	Day      string        `json:"by,omitempty" maxLength:"40" doc:"By which day: 2006-01-02"`
	By       civic.Instant `json:"-"`
	Text     string        `json:"text" maxLength:"40000" doc:"What is done"`
	Release  bool          `json:"release,omitempty" doc:"Everyone may see it, if the matter is not private"`
	Proposes string        `json:"proposes,omitempty" maxLength:"40" doc:"The command that it leads to; it is proposed and not done"`
}

// Minute records the minutes, and ends the meeting.
type Minute struct {
	Attended []civic.BodyID `json:"attended" maxItems:"100" doc:"Which bodies came"`
	Matters  []MinutesOf    `json:"matters" maxItems:"50"`
	Unmasked
	Known []MeetingMatter `json:"-"`
}

// CorrectMinutes replaces the minutes of a meeting that was held, of the matters it names; of the others they stay as they are.
type CorrectMinutes struct {
	Minute
	Reason string `json:"reason" maxLength:"40000" doc:"What was wrong with them; for those who may read the meeting"`
}

// Meet says in a matter that a meeting on it was held, or how its minutes read since they were corrected: the clock's.
type Meet struct {
	Met
	Anew bool
}

func (Convene) Name() string        { return "meeting.call" }
func (Reschedule) Name() string     { return "meeting.move" }
func (CallOff) Name() string        { return "meeting.cancel" }
func (Reply) Name() string          { return "meeting.reply" }
func (Minute) Name() string         { return "meeting.minute" }
func (CorrectMinutes) Name() string { return "meeting.correct" }
func (Meet) Name() string           { return "matter.meet" }

// MeetingCommands is one example of every command on a meeting.
func MeetingCommands() []MeetingCommand {
	return []MeetingCommand{Convene{}, Reschedule{}, CallOff{}, Reply{}, Minute{}, CorrectMinutes{}}
}
