package matter

import (
	"fmt"
	"slices"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
)

// MeetingFacts is what a decision on a meeting must know. Bodies is an immutable snapshot.
type MeetingFacts struct {
	Now    civic.Instant
	Asker  civic.Actor
	Bodies Bodies
	Post   func(civic.PostID) bool // there is such a post
}

// Bounds of a meeting.
const (
	mostMeetingMatters = 10
	mostInvited        = 40
	MostAgreed         = 20
	mostCorrected      = 20
	longestMeeting     = 12 * time.Hour
	farthestMeeting    = 366 * 24 * time.Hour
	longestWhere       = 200
)

// DecideMeeting says which acts a command leads to, or every reason against it.
func DecideMeeting(m Meeting, c MeetingCommand, f MeetingFacts) ([]journal.Draft, civic.Refusals) {
	d := &meetingDecision{f: f, now: max(f.Now, m.Last), m: m}
	if convene, ok := c.(Convene); ok {
		d.convene(convene)
	} else {
		d.onMeeting(c)
	}
	if len(d.refusals) > 0 {
		return nil, d.refusals
	}
	return d.drafts, nil
}

type meetingDecision struct {
	f        MeetingFacts
	now      civic.Instant
	m        Meeting
	drafts   []journal.Draft
	refusals civic.Refusals
}

func (d *meetingDecision) refuse(kind civic.Kind, key string, args ...any) {
	d.refusals = append(d.refusals, civic.Refuse(kind, key, args...))
}

func (d *meetingDecision) wrong(field, key string, args ...any) {
	d.refusals = append(d.refusals, civic.Refuse(civic.Invalid, key, args...).In(field))
}

func (d *meetingDecision) emit(e journal.Event) {
	if len(d.refusals) > 0 {
		return
	}
	draft := journal.Draft{Event: e, Private: true} // everyone is told in the matters, once it was held
	if d.now != d.f.Now {
		draft.Happened = d.now
	}
	d.drafts = append(d.drafts, draft)
}

func (d *meetingDecision) digest(field, digest string, need bool) {
	switch {
	case digest == "" && need:
		d.wrong(field, "matter.missing", "field", field)
	case digest != "" && !civic.IsHex(digest, 64):
		d.wrong(field, "matter.digest_invalid")
	}
}

func (d *meetingDecision) onMeeting(c MeetingCommand) {
	if !d.m.Exists() {
		d.refuse(civic.Missing, "meeting.none")
		return
	}
	correct, again := c.(CorrectMinutes)
	if want := map[bool]MeetingStatus{false: MeetingCalled, true: MeetingHeld}[again]; d.m.Status != want {
		d.refuse(civic.Conflict, "meeting.not_now", "status", string(d.m.Status))
		return
	}
	switch c := c.(type) {
	case Reschedule:
		d.hour(c.Hour)
		d.digest("reason", c.Reason, true)
		d.emit(Rescheduled{From: c.From, Until: c.Until, Where: c.Where, Reason: c.Reason, Sequence: d.m.Sequence + 1})
	case CallOff:
		d.digest("reason", c.Reason, true)
		d.emit(CalledOff{Reason: c.Reason, Sequence: d.m.Sequence + 1})
	case Reply:
		d.reply(c)
	case Minute:
		attended, on := d.minutes(c)
		d.emit(Minuted{Attended: attended, On: on})
	case CorrectMinutes:
		d.digest("reason", correct.Reason, true)
		if len(d.m.Replaced) >= mostCorrected {
			d.refuse(civic.Conflict, "meeting.corrected_often", "most", mostCorrected)
		}
		attended, on := d.minutes(correct.Minute)
		d.emit(MinutesCorrected{Attended: attended, On: on, Reason: correct.Reason})
	default:
		d.refuse(civic.Invalid, "matter.command_unknown")
	}
}

func (d *meetingDecision) convene(c Convene) {
	if d.m.Exists() {
		d.refuse(civic.Conflict, "meeting.exists")
		return
	}
	on := d.agenda(c)
	d.hour(c.Hour)
	own := d.f.Asker.Post.Body()
	if d.against(own, c.Known) {
		d.refuse(civic.Forbidden, "meeting.own_judge")
	}
	var invited []Invitee
	for _, code := range c.Invited {
		i := invitee(code)
		switch {
		case i.Body == own:
			d.wrong("invited", "meeting.invites_itself")
		case d.comes(i, "invited", c.Known):
			if !slices.Contains(invited, i) {
				invited = append(invited, i)
			}
		}
	}
	switch {
	case len(c.Invited) == 0:
		d.wrong("invited", "meeting.nobody_invited")
	case len(c.Invited) > mostInvited:
		d.wrong("invited", "meeting.too_many", "most", mostInvited)
	}
	d.emit(Convened{On: on, From: c.From, Until: c.Until, Where: c.Where, Invited: invited})
}

func (d *meetingDecision) agenda(c Convene) (on []OnAgenda) {
	switch n := len(c.Matters); {
	case n == 0 || len(c.Known) != n:
		d.wrong("matters", "meeting.no_matter")
		return nil
	case n > mostMeetingMatters:
		d.wrong("matters", "meeting.too_many", "most", mostMeetingMatters)
		return nil
	}
	for i, known := range c.Known {
		if slices.ContainsFunc(on, func(o OnAgenda) bool { return o.Matter == known.ID }) {
			d.wrong("matters", "meeting.matter_twice", "number", known.Number.String())
		}
		if !known.Open {
			d.wrong("matters", "meeting.matter_over", "number", known.Number.String())
		}
		d.digest(fmt.Sprintf("matters[%d].agenda", i), c.Matters[i].Agenda, true)
		on = append(on, OnAgenda{Matter: known.ID, Agenda: c.Matters[i].Agenda})
	}
	return on
}

func (d *meetingDecision) hour(h Hour) {
	switch {
	case h.From == 0:
		d.wrong("time", "matter.missing", "field", "time")
	case h.From <= d.now:
		d.wrong("time", "meeting.past")
	case h.From > d.now.Add(farthestMeeting):
		d.wrong("time", "meeting.too_far")
	}
	if h.Until <= h.From || h.Until > h.From.Add(longestMeeting) {
		d.wrong("minutes", "meeting.length", "most", int(longestMeeting.Minutes()))
	}
	switch {
	case h.Where == "":
		d.wrong("where", "matter.missing", "field", "where")
	case !civic.Plain(h.Where, longestWhere):
		d.wrong("where", "matter.text_unplain", "field", "where", "most", longestWhere)
	}
}

// comes refuses who cannot come: what is no body or post, has ended, or has a hand in a matter as the body complained of.
func (d *meetingDecision) comes(i Invitee, field string, known []MeetingMatter) bool {
	b, there := d.f.Bodies.Body(i.Body, d.now)
	switch {
	case !there || b.Ended || i.Post != "" && !d.f.Post(i.Post):
		d.wrong(field, "meeting.invitee_unknown", "code", clip(i.Name()))
	case d.against(i.Body, known):
		d.wrong(field, "meeting.invitee_against", "body", i.Body)
	default:
		return true
	}
	return false
}

// against reports whether a body is complained of in one of the matters, answers for who is, or is under it.
func (d *meetingDecision) against(body civic.BodyID, known []MeetingMatter) bool {
	facts, _ := d.f.Bodies.Body(body, d.now)
	return slices.ContainsFunc(known, func(k MeetingMatter) bool {
		return k.Against != "" && conflicted(d.f.Bodies, body, facts, k.Against, d.now)
	})
}

func (d *meetingDecision) reply(c Reply) {
	body := d.f.Asker.Post.Body()
	if !d.m.asked(body) {
		d.refuse(civic.Forbidden, "meeting.not_invited")
		return
	}
	if !slices.Contains(Replies, c.Reply) {
		d.wrong("reply", "meeting.reply_unknown")
	}
	d.digest("reason", c.Reason, c.Reply == ReplyDeclined)
	e := Replied{Body: body, Reply: c.Reply, Reason: c.Reason}
	if c.Reply == ReplySends {
		i := invitee(c.Instead)
		i.For = body
		switch {
		case c.Instead == "":
			d.wrong("instead", "matter.missing", "field", "instead")
		case i.Body == body && i.Post == "" || i.Body == d.m.By.Body() || slices.ContainsFunc(d.m.Invited, func(o Invited) bool { return o.Name() == i.Name() }):
			d.wrong("instead", "meeting.comes_anyway")
		case len(d.m.Invited) >= 2*mostInvited:
			d.wrong("instead", "meeting.too_many", "most", 2*mostInvited)
		case d.comes(i, "instead", c.Known):
			e.Instead = &i
		}
	} else if c.Instead != "" {
		d.wrong("instead", "meeting.instead_only")
	}
	d.emit(e)
}

func (d *meetingDecision) minutes(c Minute) (attended []civic.BodyID, on []MinutesOn) {
	if d.now < d.m.From {
		d.refuse(civic.Conflict, "meeting.not_yet", "from", d.m.From)
	}
	for _, b := range c.Attended {
		if !d.m.Party(b) {
			d.wrong("attended", "meeting.not_party", "body", clip(string(b)))
		} else if !slices.Contains(attended, b) {
			attended = append(attended, b)
		}
	}
	if len(c.Attended) == 0 {
		d.wrong("attended", "meeting.nobody_came")
	}
	on = make([]MinutesOn, 0, len(d.m.On))
	for i, k := range c.Known {
		if i >= len(c.Matters) {
			break
		}
		part := fmt.Sprintf("matters[%d]", i)
		if !slices.ContainsFunc(d.m.On, func(o OnAgenda) bool { return o.Matter == k.ID }) || slices.ContainsFunc(on, func(o MinutesOn) bool { return o.Matter == k.ID }) {
			d.wrong(part, "meeting.matter_not_on", "number", k.Number.String())
			continue
		}
		if len(c.Matters[i].Agreed) > MostAgreed {
			d.wrong(part, "meeting.too_many", "most", MostAgreed)
			continue
		}
		d.digest(part+".remarks", c.Matters[i].Remarks, false)
		minutes := MinutesOn{Matter: k.ID, Remarks: c.Matters[i].Remarks}
		for j, s := range c.Matters[i].Agreed {
			field := fmt.Sprintf("%s.agreed[%d].", part, j)
			if !d.m.Party(s.Body) {
				d.wrong(field+"body", "meeting.not_party", "body", clip(string(s.Body)))
			}
			if s.By != 0 && (s.By < d.m.From || s.By > d.m.From.Add(5*farthestMeeting)) {
				d.wrong(field+"by", "meeting.step_day")
			}
			d.digest(field+"text", s.Text, true)
			if s.Proposes != "" && !slices.Contains(Proposable, s.Proposes) {
				d.wrong(field+"proposes", "meeting.proposes_unknown")
			}
			minutes.Agreed = append(minutes.Agreed, Agreed{Body: s.Body, By: s.By, Text: s.Text, Released: s.Release, Proposes: s.Proposes})
		}
		on = append(on, minutes)
	}
	for _, o := range d.m.On { // that nothing was said of one is said as well; a correction leaves it as it reads
		if !slices.ContainsFunc(on, func(x MinutesOn) bool { return x.Matter == o.Matter }) {
			as := minutesOn(d.m.Minutes, o.Matter)
			as.Matter = o.Matter
			on = append(on, as)
		}
	}
	return attended, on
}

// meet says in a matter that a meeting on it was held, or how its minutes read now. It changes nothing else: each step waits for the act of whoever owes it.
func (d *decision) meet(c Meet) {
	switch {
	case c.Anew && d.permit("met_anew"):
		d.emit(MetAnew(c.Met))
	case !c.Anew && d.permit("met"):
		d.emit(c.Met)
	}
}
