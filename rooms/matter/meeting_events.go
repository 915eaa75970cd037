package matter

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// Convened calls a joint meeting. Where is a room, an address or a link; it is for those who are asked to come.
type Convened struct {
	On      []OnAgenda    `json:"on"`
	From    civic.Instant `json:"from"`
	Until   civic.Instant `json:"until"`
	Where   string        `json:"where"`
	Invited []Invitee     `json:"invited"`
}

// Rescheduled gives it another hour or place; who replied replies anew.
type Rescheduled struct {
	From     civic.Instant `json:"from"`
	Until    civic.Instant `json:"until"`
	Where    string        `json:"where"`
	Reason   string        `json:"reason"`
	Sequence int           `json:"sequence"`
}

// CalledOff says that it is not held.
type CalledOff struct {
	Reason   string `json:"reason"`
	Sequence int    `json:"sequence"`
}

// Replied is an invited body's word. Instead is whom it sends.
type Replied struct {
	Body    civic.BodyID `json:"body"`
	Reply   string       `json:"reply"`
	Reason  string       `json:"reason,omitempty"`
	Instead *Invitee     `json:"instead,omitempty"`
}

// Minuted is its record: who came, by body, and what was agreed on each matter.
type Minuted struct {
	Attended []civic.BodyID `json:"attended"`
	On       []MinutesOn    `json:"on"`
}

// MinutesCorrected replaces the minutes; what they said before stays with the meeting and with each matter, as replaced.
type MinutesCorrected struct {
	Attended []civic.BodyID `json:"attended"`
	On       []MinutesOn    `json:"on"`
	Reason   string         `json:"reason"`
}

// Met says in a matter that a meeting on it was held: who came, and what was agreed. Each step waits for the act of whoever owes it.
type Met struct {
	Meeting  civic.DossierID `json:"meeting"`
	Held     civic.Instant   `json:"held"`
	Attended []civic.BodyID  `json:"attended"`
	Remarks  string          `json:"remarks,omitempty"`
	Agreed   []Agreed        `json:"agreed,omitempty"`
}

// MetAnew says in a matter how the minutes of a meeting on it read since they were corrected.
type MetAnew Met

func (Convened) Type() string         { return "meeting.called" }
func (Rescheduled) Type() string      { return "meeting.moved" }
func (CalledOff) Type() string        { return "meeting.cancelled" }
func (Replied) Type() string          { return "meeting.replied" }
func (Minuted) Type() string          { return "meeting.minuted" }
func (Met) Type() string              { return "matter.met" }
func (MinutesCorrected) Type() string { return "meeting.corrected" }
func (MetAnew) Type() string          { return "matter.met_anew" }

func (Convened) Version() int         { return 1 }
func (Rescheduled) Version() int      { return 1 }
func (CalledOff) Version() int        { return 1 }
func (Replied) Version() int          { return 1 }
func (Minuted) Version() int          { return 1 }
func (Met) Version() int              { return 1 }
func (MinutesCorrected) Version() int { return 1 }
func (MetAnew) Version() int          { return 1 }

// MeetingEvents is one example of every event type of a meeting.
func MeetingEvents() []journal.Event {
	return []journal.Event{Convened{}, Rescheduled{}, CalledOff{}, Replied{}, Minuted{}, MinutesCorrected{}}
}
