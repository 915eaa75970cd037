package pages

import (
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"

	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// newCalendar begins a calendar (RFC 5545): what is followed is published anew, what is asked of somebody is asked once.
func newCalendar(title string, method ical.Method) *ical.Calendar {
	cal := ical.NewCalendarFor("Skein")
	cal.SetMethod(method)
	if method == ical.MethodPublish {
		cal.SetName(title)
		cal.SetXWRCalName(title)
		cal.SetRefreshInterval("PT1H", &ical.KeyValues{Key: "VALUE", Value: []string{"DURATION"}})
	}
	return cal
}

// Guest is to whom an invitation is sent: a body or post, and its address of mail.
type Guest struct{ Name, Mail string }

// InvitationTo is an invitation as mail carries it (RFC 5546, RFC 6047): REQUEST, again with a higher SEQUENCE where something changed, or
// CANCEL. It names the body that called the meeting, its guest, and no matter.
func InvitationTo(v words.Voice, public string, i matter.Invitation, to Guest, organizer string) (method, text string) {
	m := ical.MethodRequest
	if i.Off {
		m = ical.MethodCancel
	}
	cal := newCalendar("", m)
	e := meetingEvent(cal, v, public, i, organizer)
	e.AddAttendee("mailto:"+to.Mail, ical.WithCN(to.Name), ical.CalendarUserTypeGroup, ical.ParticipationStatusNeedsAction, ical.WithRSVP(false))
	return string(m), cal.Serialize(ical.WithNewLineWindows)
}

// meetingEvent puts a meeting into a calendar. Its organizer is the address of the body that called it, or its page where there is none.
func meetingEvent(cal *ical.Calendar, v words.Voice, public string, i matter.Invitation, organizer string) *ical.VEvent {
	e := cal.AddEvent("meeting-" + i.Meeting + "@" + host(public))
	page := public + meetingPath(i.Meeting)
	e.SetDtStampTime(i.Stamp.In(time.UTC))
	e.SetStartAt(i.From.In(time.UTC))
	e.SetEndAt(i.Until.In(time.UTC))
	e.SetSequence(i.Sequence)
	e.SetSummary(v.Say("meeting.ical_title", "body", i.By))
	e.SetDescription(v.Say("meeting.ical_about", "page", page))
	e.SetLocation(i.Where)
	e.SetURL(page)
	e.SetStatus(ical.ObjectStatusConfirmed)
	if i.Off {
		e.SetStatus(ical.ObjectStatusCancelled)
	}
	if organizer == "" {
		organizer = page
	}
	e.SetOrganizer(organizer, ical.WithCN(v.Value(i.By)))
	return e
}

func meetingPath(code string) string { return "/meetings/" + code }

// invitation is a meeting as a calendar shows it.
func invitation(m matter.Meeting) matter.Invitation {
	return matter.Invitation{
		Meeting: m.Code(), From: m.From, Until: m.Until, Where: m.Where, By: m.By.Body(), Sequence: m.Sequence, Stamp: m.Last,
		Off: m.Status == matter.MeetingCancelled,
	}
}

// OrganizerOf is the address of a body as calendars write it; "" where it has none of mail.
func OrganizerOf(addresses map[string]string, b civic.BodyID) string {
	if address := addresses[string(b)]; strings.HasPrefix(address, "mailto:") {
		return address
	}
	return ""
}
