package matter

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// registerMeetings adds the doors of joint meetings.
func (a *API) registerMeetings() {
	s := a.Site
	face.Get(s, "/api/meetings", "meetings", "Joint meetings that one's body called or is asked to, what is to come first", a.listMeetings, "meetings")
	face.Get(s, "/api/meetings/{meeting}", "meeting", "One of them; that it was read is written down", a.oneMeeting, "meetings")
	face.Post(s, "/api/meetings", "meeting-call", "Call a joint meeting on matters", func(ctx context.Context, in *struct {
		face.Keyed
		Body Convene
	}) (*meetingReceiptOut, error) {
		return a.runMeeting(ctx, in.Keyed, Meeting{}, in.Body)
	}, "meetings")
	meetingDoor[Reschedule](a, "move", "Give it another hour or place; who replied replies anew")
	meetingDoor[CallOff](a, "cancel", "Call it off")
	meetingDoor[Reply](a, "reply", "Reply, as a body that is asked to come")
	meetingDoor[Minute](a, "minutes", "Record who came and what was agreed; nothing of it is done by that")
	meetingDoor[CorrectMinutes](a, "correct", "Replace the minutes, all of them; what they said before stays, as replaced")
}

type meetingOn[C any] struct {
	face.Keyed
	Meeting string `path:"meeting" maxLength:"20" doc:"Its code"`
	Body    C
}

func meetingDoor[C MeetingCommand](a *API, name, summary string) {
	face.Post(a.Site, "/api/meetings/{meeting}/"+name, "meeting-"+name, summary, func(ctx context.Context, in *meetingOn[C]) (*meetingReceiptOut, error) {
		m, _, err := a.Meeting(ctx, in.Meeting)
		if err != nil {
			return nil, err
		}
		return a.runMeeting(ctx, in.Keyed, m, in.Body)
	}, "meetings")
}

// MeetingReceipt says what a command on a meeting led to.
type MeetingReceipt struct {
	Meeting  string        `json:"meeting"`
	Status   MeetingStatus `json:"status"`
	Recorded *face.Time    `json:"recorded,omitempty"`
	Again    bool          `json:"again,omitempty" doc:"The command had run before under its key"`
	Acts     []string      `json:"acts"`
}

type meetingReceiptOut struct{ Body MeetingReceipt }

func (a *API) runMeeting(ctx context.Context, k face.Keyed, m Meeting, c MeetingCommand) (*meetingReceiptOut, error) {
	t, err := a.MeetingTask(ctx, m, c, k.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	if err := a.Site.Once(&t, k, c); err != nil {
		return nil, err
	}
	r, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return nil, err
	}
	s := r.State.(Meeting)
	out := &meetingReceiptOut{MeetingReceipt{Meeting: s.Code(), Status: s.Status, Again: r.Again, Acts: []string{}}}
	for i := range r.Acts {
		out.Body.Recorded = a.Site.TimeOrNil(r.Acts[i].Recorded)
		out.Body.Acts = append(out.Body.Acts, r.Acts[i].Type)
	}
	return out, nil
}

// meetingCode names a new meeting: by the key that its request came with, so that sent twice it is one, or else by chance.
func (a *API) meetingCode(actor civic.Actor, seed string) string {
	if seed == "" {
		b := make([]byte, 6)
		rand.Read(b) // never fails
		return hex.EncodeToString(b)
	}
	return a.Site.Digest([]byte("meeting " + actor.String() + " " + seed))[:12]
}

// MeetingTask makes the task of a command on a meeting, whose texts come in clear; seed is the key that its request came with, if any.
// Whoever has no power for it gets nothing sealed.
func (a *API) MeetingTask(ctx context.Context, m Meeting, c MeetingCommand, seed string) (clerk.Task, error) {
	actor, view := face.Actor(ctx), a.Site.Realm.View()
	t := clerk.Task{Actor: actor, Dossier: m.ID, Command: c}
	var refusals civic.Refusals
	hour := func(h Hour) Hour { return a.hour(h, &refusals) }
	of := func(numbers []string) []State { return a.meetingOn(ctx, m, numbers, &refusals) }
	var on []State
	switch c := c.(type) {
	case Convene:
		numbers := make([]string, len(c.Matters))
		for i, x := range c.Matters {
			numbers[i] = x.Matter
		}
		on = of(numbers)
		c.Code, c.Known, c.Hour = a.meetingCode(actor, seed), known(on), hour(c.Hour)
		t.Dossier, t.Command = MeetingID(c.Code), c
	case Reschedule:
		c.Hour = hour(c.Hour)
		t.Command = c
	case Reply:
		c.Known = known(a.open(ctx, m))
		t.Command = c
	case Minute:
		on = of(numbersOf(c.Matters))
		c.Known, c.Matters = known(on), a.days(c.Matters, &refusals)
		t.Command = c
	case CorrectMinutes:
		on = of(numbersOf(c.Matters))
		c.Known, c.Matters = known(on), a.days(c.Matters, &refusals)
		t.Command = c
	}
	tried, err := a.Site.Realm.Try(ctx, t)
	if err != nil {
		return t, err
	}
	if slices.ContainsFunc(tried, func(r civic.Refusal) bool { return strings.HasPrefix(r.Key, "power.") }) {
		if len(refusals) > 0 && len(on) == 0 && actor.Kind == civic.Post {
			return t, refusals // a matter that is not there is nobody's to call a meeting on
		}
		return t, nil // her turn says so
	}
	first := State{}
	if m.Exists() {
		first = a.State(m.On[0].Matter)
	}
	if len(refusals) > 0 {
		return t, refusals
	}
	x := a.Intake.sealing(view.Realm)
	if t.Command, err = x.command(ctx, t.Command.(MeetingCommand), on, first); err != nil {
		return t, err
	}
	if len(x.refusals) > 0 {
		return t, x.refusals
	}
	t.Writes = append(t.Writes, x.writes()...)
	return t, nil
}

func numbersOf(matters []MinutesOf) []string {
	out := make([]string, len(matters))
	for i, x := range matters {
		out[i] = x.Matter
	}
	return out
}

// days reads by which day each step is done.
func (a *API) days(matters []MinutesOf, refusals *civic.Refusals) []MinutesOf {
	matters = slices.Clone(matters)
	for i := range matters {
		matters[i].Agreed = slices.Clone(matters[i].Agreed)
		for j := range matters[i].Agreed {
			step := &matters[i].Agreed[j]
			if step.Day == "" {
				continue
			}
			day, err := time.ParseInLocation(time.DateOnly, step.Day, a.Site.Zone())
			if err != nil {
				*refusals = append(*refusals, civic.Refuse(civic.Invalid, "meeting.step_day").In(fmt.Sprintf("matters[%d].agreed[%d].by", i, j)))
				continue
			}
			step.By = civic.At(day.AddDate(0, 0, 1)) - 1
		}
	}
	return matters
}

// hour reads when a meeting begins and ends.
func (a *API) hour(h Hour, refusals *civic.Refusals) Hour {
	h.Where = strings.Join(strings.Fields(civic.Clean(strings.ToValidUTF8(h.Where, " "))), " ")
	if h.Time == "" {
		return h // which the decision says
	}
	at, err := time.Parse(time.RFC3339, h.Time)
	if err != nil {
		at, err = time.ParseInLocation("2006-01-02T15:04", h.Time, a.Site.Zone())
	}
	if err != nil || at.Year() < 1 || at.Year() > 9999 {
		*refusals = append(*refusals, civic.Refuse(civic.Invalid, "meeting.time_unread").In("time"))
		return h
	}
	h.From = civic.At(at)
	h.Until = h.From.Add(time.Duration(min(max(h.Minutes, 0), 100_000)) * time.Minute)
	return h
}

// meetingOn are the matters with these numbers, as far as whoever asks may see them: of a meeting that there is, its own.
func (a *API) meetingOn(ctx context.Context, m Meeting, numbers []string, refusals *civic.Refusals) []State {
	var own []State
	if m.Exists() {
		own = a.open(ctx, m)
	}
	out := make([]State, 0, len(numbers))
	for i, number := range numbers {
		s, err := a.Find(ctx, strings.TrimSpace(number))
		seen := err == nil
		if m.Exists() {
			seen = seen && slices.ContainsFunc(own, func(o State) bool { return o.ID == s.ID })
		} else if seen {
			_, seen = Visible(s, a.Eyes(ctx, s, ""))
			seen = seen && !a.keptOut(ctx, s)
		}
		if !seen {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "meeting.matter_unknown", "number", clip(number)).In(fmt.Sprintf("matters[%d].matter", i)))
			continue
		}
		out = append(out, s)
	}
	return out
}

// ShownMeeting is what is shown of a meeting.
type ShownMeeting struct {
	Meeting  string         `json:"meeting" doc:"Its code"`
	Status   MeetingStatus  `json:"status"`
	By       civic.PostID   `json:"by" doc:"The post that called it"`
	From     face.Time      `json:"from"`
	Until    face.Time      `json:"until"`
	Where    string         `json:"where"`
	Sequence int            `json:"sequence" doc:"Of its invitation (RFC 5545, SEQUENCE)"`
	Invited  []ShownInvitee `json:"invited"`
	Attended []civic.BodyID `json:"attended,omitempty"`
	Reason   string         `json:"reason,omitempty" doc:"Of the last change"`
	Matters  []ShownOn      `json:"matters,omitempty" doc:"Of one meeting, not of a list"`
	Replaced []ShownMinutes `json:"replaced,omitempty" doc:"Minutes that were corrected, the first first; of one meeting, not of a list"`
}

// ShownMinutes are minutes that were replaced.
type ShownMinutes struct {
	Until    face.Time      `json:"until" doc:"When they were replaced"`
	Reason   string         `json:"reason,omitempty" doc:"Why"`
	Attended []civic.BodyID `json:"attended"`
	Matters  []ShownOn      `json:"matters"`
}

// ShownInvitee is who is asked to come, and what was replied.
type ShownInvitee struct {
	Body   civic.BodyID `json:"body"`
	Post   civic.PostID `json:"post,omitempty"`
	For    civic.BodyID `json:"for,omitempty" doc:"The body that sends it"`
	Reply  string       `json:"reply,omitempty"`
	Reason string       `json:"reason,omitempty"`
}

// ShownOn is a matter that it is on.
type ShownOn struct {
	Matter  string      `json:"matter"`
	Agenda  string      `json:"agenda,omitempty"`
	Remarks string      `json:"remarks,omitempty"`
	Agreed  []ShownStep `json:"agreed,omitempty"`
}

// ShownStep is a step that was agreed.
type ShownStep struct {
	Body     civic.BodyID `json:"body"`
	By       *face.Time   `json:"by,omitempty"`
	Text     string       `json:"text,omitempty"`
	Public   bool         `json:"public,omitempty"`
	Proposes string       `json:"proposes,omitempty"`
}

func (a *API) listed(m Meeting) ShownMeeting {
	out := ShownMeeting{
		Meeting: m.Code(), Status: m.Status, By: m.By, From: a.Site.Time(m.From), Until: a.Site.Time(m.Until), Where: m.Where, Sequence: m.Sequence,
		Invited: []ShownInvitee{}, Attended: m.Attended,
	}
	for _, i := range m.Invited {
		out.Invited = append(out.Invited, ShownInvitee{Body: i.Body, Post: i.Post, For: i.For, Reply: i.Reply})
	}
	return out
}

type meetingsOut struct {
	Body struct {
		Meetings []ShownMeeting `json:"meetings"`
	}
}

func (a *API) listMeetings(ctx context.Context, _ *struct{}) (*meetingsOut, error) {
	coming, past, err := a.Meetings(ctx)
	out := &meetingsOut{}
	out.Body.Meetings = []ShownMeeting{}
	for _, m := range append(coming, past...) {
		out.Body.Meetings = append(out.Body.Meetings, a.listed(m))
	}
	return out, err
}

type meetingOut struct{ Body ShownMeeting }

func (a *API) oneMeeting(ctx context.Context, in *struct {
	Meeting string `path:"meeting" maxLength:"20" doc:"Its code"`
}) (*meetingOut, error) {
	m, policy, err := a.Meeting(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	v, err := a.ReadMeeting(ctx, m, policy)
	if err != nil {
		return nil, err
	}
	out := &meetingOut{a.listed(m)}
	out.Body.Reason = v.Reason
	for i := range out.Body.Invited {
		out.Body.Invited[i].Reason = v.Why[m.Invited[i].Name()]
	}
	said := func(number Number, agenda string, m MinutesView) ShownOn {
		shown := ShownOn{Matter: number.String(), Agenda: agenda, Remarks: m.Remarks}
		for _, step := range m.Agreed {
			shown.Agreed = append(shown.Agreed, ShownStep{Body: step.Body, By: a.Site.TimeOrNil(step.By), Text: step.Said, Public: step.Released, Proposes: step.Proposes})
		}
		return shown
	}
	for _, on := range v.On {
		out.Body.Matters = append(out.Body.Matters, said(on.State.Number, on.Agenda, on.MinutesView))
	}
	for i, old := range m.Replaced {
		shown := ShownMinutes{Until: a.Site.Time(old.Until), Reason: v.Corrected[i], Attended: old.Attended}
		for _, on := range v.On {
			shown.Matters = append(shown.Matters, said(on.State.Number, "", on.Replaced[i]))
		}
		out.Body.Replaced = append(out.Body.Replaced, shown)
	}
	return out, nil
}
