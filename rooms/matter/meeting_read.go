package matter

import (
	"context"
	"slices"
	"strings"

	"skein/face"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
)

var meetingNone = civic.Refuse(civic.Missing, "meeting.none")

// Meeting finds a meeting for a post that may read it, and the policy that lets it. What it may not know of is as what is not there.
func (a *API) Meeting(ctx context.Context, code string) (Meeting, string, error) {
	actor := face.Actor(ctx)
	m, err := clerk.Find[Meeting](ctx, a.Site.Realm, KindMeeting, code)
	if err != nil {
		return Meeting{}, "", err
	}
	if !m.Exists() || actor.Kind != civic.Post {
		return Meeting{}, "", meetingNone
	}
	answer := a.Site.Realm.View().Ask(actor, ActionReadMeeting, m.ID, m, a.Site.Realm.Now())
	if !answer.Allowed || len(a.open(ctx, m)) == 0 {
		return Meeting{}, "", meetingNone
	}
	return m, answer.Policy, nil
}

// open are the matters of a meeting that whoever asks may know of: all but those in which she, or who is above her, is complained of.
func (a *API) open(ctx context.Context, m Meeting) []State {
	var out []State
	for _, o := range m.On {
		if s := a.State(o.Matter); s.Exists() && !a.keptOut(ctx, s) {
			out = append(out, s)
		}
	}
	return out
}

// keptOut reports whether whoever asks is of the body complained of in a matter, of its heir, or under one of them.
func (a *API) keptOut(ctx context.Context, s State) bool {
	mine := a.bodiesOf(ctx, s, face.Actor(ctx))
	return slices.ContainsFunc(heirs(a.Ports.Bodies(a.Site.Realm.View()), s.Against, a.Site.Realm.Now()), func(b civic.BodyID) bool { return slices.Contains(mine, b) })
}

// MeetingView is what a post may read of a meeting.
type MeetingView struct {
	Meeting
	On     []MeetingOnView
	Reason string            // of the last change
	Why    map[string]string // of replies, by whose they are
	// Corrected says why each of the minutes that were replaced was.
	Corrected []string
}

// MeetingOnView is one of its matters.
type MeetingOnView struct {
	State  State
	Agenda string
	MinutesView
	Replaced []MinutesView // as they read before, the first first
}

// MinutesView is what minutes say of a matter.
type MinutesView struct {
	Remarks string
	Agreed  []AgreedView
}

func minutesOn(all []MinutesOn, matter civic.DossierID) MinutesOn {
	if i := slices.IndexFunc(all, func(x MinutesOn) bool { return x.Matter == matter }); i >= 0 {
		return all[i]
	}
	return MinutesOn{}
}

func (m MinutesOn) digests() []string {
	out := []string{m.Remarks}
	for _, step := range m.Agreed {
		out = append(out, step.Text)
	}
	return out
}

// view puts what was opened in the place of digests, and says what of it everyone may see now.
func (m MinutesOn) view(s State, said map[string]string) MinutesView {
	out := MinutesView{Remarks: said[m.Remarks]}
	for _, step := range m.Agreed {
		step.Released = s.everyones(step.Text)
		out.Agreed = append(out.Agreed, AgreedView{step, said[step.Text]})
	}
	return out
}

// AgreedView is a step in clear.
type AgreedView struct {
	Agreed
	Said string
}

// ReadMeeting opens what is said of a meeting, once it is written down that it was read. What was erased is empty.
func (a *API) ReadMeeting(ctx context.Context, m Meeting, policy string) (MeetingView, error) {
	out := MeetingView{Meeting: m, Why: map[string]string{}, Corrected: make([]string, len(m.Replaced))}
	who := access.Who{Actor: civic.Actor{Kind: civic.Post, Post: face.Actor(ctx).Post}, Power: policy, Purpose: purposeOf(policy)}
	for _, s := range a.open(ctx, m) {
		v := MeetingOnView{State: s}
		agenda := m.On[slices.IndexFunc(m.On, func(o OnAgenda) bool { return o.Matter == s.ID })].Agenda
		minutes := minutesOn(m.Minutes, s.ID)
		digests := append([]string{agenda}, minutes.digests()...)
		for _, old := range m.Replaced {
			digests = append(digests, minutesOn(old.On, s.ID).digests()...)
		}
		first := s.ID == m.On[0].Matter
		if first {
			digests = append(digests, m.Reason)
			for _, i := range m.Invited {
				digests = append(digests, i.Reason)
			}
			for _, old := range m.Replaced {
				digests = append(digests, old.Why)
			}
		}
		contents, err := a.Site.Access.Open(ctx, who, s.Box, slices.DeleteFunc(digests, func(d string) bool { return d == "" })...)
		if err != nil && !access.Gone(err) {
			return out, err
		}
		said := map[string]string{}
		for _, c := range contents {
			said[c.Digest()] = string(c.Text)
		}
		v.Agenda, v.MinutesView = said[agenda], minutes.view(s, said)
		for _, old := range m.Replaced {
			v.Replaced = append(v.Replaced, minutesOn(old.On, s.ID).view(s, said))
		}
		if first {
			out.Reason = said[m.Reason]
			for _, i := range m.Invited {
				out.Why[i.Name()] = said[i.Reason]
			}
			for i, old := range m.Replaced {
				out.Corrected[i] = said[old.Why]
			}
		}
		out.On = append(out.On, v)
	}
	return out, nil
}

// mostMeetings bounds a list of meetings.
const mostMeetings = 200

// Meetings are those that the body of whoever asks called or is asked to: what is to come, the next first, and then what is past, the last first.
func (a *API) Meetings(ctx context.Context) (coming, past []Meeting, err error) {
	actor := face.Actor(ctx)
	if actor.Kind != civic.Post {
		return nil, nil, civic.Refuse(civic.Forbidden, "matter.posts_only")
	}
	all, err := a.meetings(ctx, ofBody(actor.Post.Body()))
	if err != nil {
		return nil, nil, err
	}
	now := a.Site.Realm.Now()
	for _, m := range all {
		if m.Status == MeetingCalled && m.Until > now {
			coming = append(coming, m)
		} else {
			past = append(past, m)
		}
	}
	slices.Reverse(coming)
	return coming, past, nil
}

// MeetingsOn are the meetings on a matter that whoever asks may read, the last first.
func (a *API) MeetingsOn(ctx context.Context, s State) ([]Meeting, error) {
	if face.Actor(ctx).Kind != civic.Post || a.keptOut(ctx, s) {
		return nil, nil
	}
	return a.meetings(ctx, ofMatter(s.ID))
}

// meetings are those of a party that whoever asks may read, the last first.
func (a *API) meetings(ctx context.Context, party string) ([]Meeting, error) {
	ids, err := a.ids(ctx, "SELECT dossier FROM meetings WHERE realm = $1 AND party = $2 ORDER BY begins DESC, dossier LIMIT $3", string(a.Site.Realm.ID), party, mostMeetings)
	if err != nil {
		return nil, err
	}
	var out []Meeting
	for _, id := range ids {
		m, _, err := a.Meeting(ctx, id.Key())
		if _, refused := civic.AsRefusals(err); refused {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// known is what is known of matters, for a command on a meeting.
func known(states []State) []MeetingMatter {
	out := make([]MeetingMatter, len(states))
	for i, s := range states {
		out[i] = MeetingMatter{ID: s.ID, Number: s.Number, Open: s.Status.Open(), Lead: s.Lead, Coordinator: s.Coordinator, Against: s.Against}
	}
	return out
}

// MayConvene reports whether whoever asks may call a meeting on matters.
func (a *API) MayConvene(ctx context.Context, states ...State) bool {
	actor := face.Actor(ctx)
	if actor.Kind != civic.Post || slices.ContainsFunc(states, func(s State) bool { return a.keptOut(ctx, s) }) {
		return false
	}
	refusals, err := a.Site.Realm.Try(ctx, clerk.Task{Command: Convene{Code: strings.Repeat("0", 12), Known: known(states), Matters: make([]AgendaOn, len(states))}, Dossier: MeetingID(strings.Repeat("0", 12)), Actor: actor})
	return err == nil && !slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return r.Kind != civic.Invalid })
}

// PossibleOn says what whoever asks may do with a meeting now, by trying it.
func (a *API) PossibleOn(ctx context.Context, m Meeting) ([]string, error) {
	var out []string
	for _, c := range []MeetingCommand{Reply{}, Minute{}, CorrectMinutes{}, Reschedule{}, CallOff{}} {
		refusals, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Dossier: m.ID, Actor: face.Actor(ctx)})
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return r.Kind != civic.Invalid }) {
			out = append(out, strings.TrimPrefix(c.Name(), "meeting."))
		}
	}
	return out, nil
}
