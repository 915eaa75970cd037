package matter

import (
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/journal"
)

// KindMeeting is the kind of dossier that a joint meeting has: it can be on several matters, so it is none of theirs. What is said of each
// lies in the box of that matter, and is erased with it.
const KindMeeting = "meeting"

// MeetingStatus is where a meeting stands.
type MeetingStatus string

const (
	MeetingCalled    MeetingStatus = "called"
	MeetingHeld      MeetingStatus = "held" // its minutes are recorded
	MeetingCancelled MeetingStatus = "cancelled"
)

// MeetingStatuses lists every status of a meeting that exists.
var MeetingStatuses = []MeetingStatus{MeetingCalled, MeetingHeld, MeetingCancelled}

// What an invited body replies (RFC 5545, 3.2.12: ACCEPTED, DECLINED, DELEGATED).
const (
	ReplyAccepted = "accepted"
	ReplyDeclined = "declined"
	ReplySends    = "sends" // another
)

// Replies lists them.
var Replies = []string{ReplyAccepted, ReplyDeclined, ReplySends}

// Proposable are the commands that a step which was agreed may propose. Nothing is done by that: whoever owes the step gives the command.
var Proposable = []string{"rule", "decline", "contribute", "answer", "tell", "ask", "pause", "extend", "correct", "join", "split", "propose-decline"}

// Invitee is a body, or one post of it, that is asked to come. It is never a person.
type Invitee struct {
	Body civic.BodyID `json:"body"`
	Post civic.PostID `json:"post,omitempty"`
	// For is the body that sends it instead of coming itself.
	For civic.BodyID `json:"for,omitempty"`
}

// Name is the code of the post, or of the body.
func (i Invitee) Name() string {
	if i.Post != "" {
		return string(i.Post)
	}
	return string(i.Body)
}

// invitee reads the code of a body ("pwd") or of a post ("pwd/head").
func invitee(code string) Invitee {
	if strings.Contains(code, "/") {
		return Invitee{Body: civic.PostID(code).Body(), Post: civic.PostID(code)}
	}
	return Invitee{Body: civic.BodyID(code)}
}

// Invited is somebody who is asked to come, and what was replied.
type Invited struct {
	Invitee
	Reply  string
	Reason string // salted digest, in the box of the first matter
}

// OnAgenda is a matter that a meeting is on, with what is to be talked of: a salted digest, in its box.
type OnAgenda struct {
	Matter civic.DossierID `json:"matter"`
	Agenda string          `json:"agenda,omitempty"`
}

// Agreed is a step that was agreed on a matter: which body does what, by when.
type Agreed struct {
	Body civic.BodyID  `json:"body"`
	By   civic.Instant `json:"by,omitempty"`
	Text string        `json:"text"` // salted digest
	// Released says that everyone may see it.
	Released bool `json:"released,omitempty"`
	// Proposes is the command that it leads to, once whoever owes it gives it; one of Proposable.
	Proposes string `json:"proposes,omitempty"`
}

// MinutesOn are the minutes on one matter. Remarks are internal: a salted digest.
type MinutesOn struct {
	Matter  civic.DossierID `json:"matter"`
	Remarks string          `json:"remarks,omitempty"`
	Agreed  []Agreed        `json:"agreed,omitempty"`
}

// Meeting is a joint meeting: its acts folded. States are shared: nothing reachable from one is ever changed.
type Meeting struct {
	ID   civic.DossierID
	Seq  int64
	Last civic.Instant

	Status   MeetingStatus
	By       civic.PostID // who called it
	On       []OnAgenda
	From     civic.Instant
	Until    civic.Instant
	Where    string
	Sequence int // of its invitation (RFC 5545, 3.8.7.4)
	Invited  []Invited
	Reason   string // of the last change: a salted digest, in the box of the first matter
	Attended []civic.BodyID
	Minutes  []MinutesOn
	Replaced []Minutes // what they said before they were corrected, the first first
}

// Minutes are a version of the minutes that was replaced.
type Minutes struct {
	Until    civic.Instant // when it was
	Why      string        // salted digest, in the box of the first matter
	Attended []civic.BodyID
	On       []MinutesOn
}

// Exists reports whether there is such a meeting.
func (m Meeting) Exists() bool { return m.Seq > 0 }

// Code is what people call it.
func (m Meeting) Code() string { return m.ID.Key() }

// asked reports whether a body is asked to come.
func (m Meeting) asked(b civic.BodyID) bool {
	return slices.ContainsFunc(m.Invited, func(i Invited) bool { return i.Body == b })
}

// Party reports whether a body called the meeting or is asked to it.
func (m Meeting) Party(b civic.BodyID) bool { return m.asked(b) || m.By.Body() == b }

// Parties are the bodies that called it or are asked to it, once each.
func (m Meeting) Parties() []civic.BodyID {
	out := []civic.BodyID{m.By.Body()}
	for _, i := range m.Invited {
		if !slices.Contains(out, i.Body) {
			out = append(out, i.Body)
		}
	}
	return out
}

// EvolveMeeting folds one act into a meeting. What its argument holds is never changed.
func EvolveMeeting(m Meeting, a journal.Act) Meeting {
	m.Seq, m.Last = a.Seq, max(m.Last, a.Happened)
	switch e := a.Event.(type) {
	case Convened:
		m.ID, m.Status, m.By, m.On, m.From, m.Until, m.Where = a.Dossier, MeetingCalled, actingPost(a.Actor), e.On, e.From, e.Until, e.Where
		for _, i := range e.Invited {
			m.Invited = append(m.Invited, Invited{Invitee: i})
		}
	case Rescheduled:
		m.From, m.Until, m.Where, m.Reason, m.Sequence = e.From, e.Until, e.Where, e.Reason, e.Sequence
		m.Invited = slices.Clone(m.Invited)
		for i := range m.Invited {
			m.Invited[i].Reply, m.Invited[i].Reason = "", "" // what was replied was of another hour
		}
	case CalledOff:
		m.Status, m.Reason, m.Sequence = MeetingCancelled, e.Reason, e.Sequence
	case Replied:
		m.Invited = slices.Clone(m.Invited)
		for i := range m.Invited {
			if m.Invited[i].Body == e.Body {
				m.Invited[i].Reply, m.Invited[i].Reason = e.Reply, e.Reason
			}
		}
		if e.Instead != nil {
			m.Invited = append(m.Invited, Invited{Invitee: *e.Instead})
		}
	case Minuted:
		m.Status, m.Attended, m.Minutes = MeetingHeld, e.Attended, e.On
	case MinutesCorrected:
		m.Replaced = append(slices.Clone(m.Replaced), Minutes{Until: a.Happened, Why: e.Reason, Attended: m.Attended, On: m.Minutes})
		m.Attended, m.Minutes = e.Attended, e.On
	}
	return m
}

// actingPost is the post that acted.
func actingPost(actor string) civic.PostID {
	_, post, _ := strings.Cut(actor, ":")
	post, _, _ = strings.Cut(post, " ")
	return civic.PostID(post)
}
