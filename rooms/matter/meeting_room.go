package matter

import (
	"context"
	"fmt"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/journal"
	"skein/frame/store"
)

// ActionReadMeeting is to read what a meeting is about.
const ActionReadMeeting = "meeting.read"

func meetingKind(ports Ports) clerk.Kind {
	return clerk.Define(clerk.Def[Meeting, MeetingCommand, MeetingFacts]{
		Kind:     KindMeeting,
		Events:   MeetingEvents(),
		Commands: MeetingCommands(),
		Reads:    []clerk.Reading{ActionReadMeeting},
		ID: func(c MeetingCommand, _ civic.Position) civic.DossierID {
			convene, _ := c.(Convene)
			return MeetingID(convene.Code)
		},
		Evolve: EvolveMeeting,
		Facts: func(v *clerk.View, t *clerk.Task, _ MeetingCommand, _ Meeting, _ func(civic.DossierID) Meeting) (MeetingFacts, civic.Refusals) {
			return MeetingFacts{Asker: t.Actor, Bodies: ports.Bodies(v), Post: func(p civic.PostID) bool { return ports.Post(v, p) }}, nil
		},
		At: func(f MeetingFacts, m clerk.Moment) MeetingFacts {
			f.Now = m.Now
			return f
		},
		Resource: func(_ *clerk.View, t *clerk.Task, m Meeting, c MeetingCommand, f MeetingFacts) types.Entity {
			convene, _ := c.(Convene)
			return types.Entity{
				UID: types.NewEntityUID("Meeting", types.String(t.Dossier)), Attributes: MeetingResource(m, convene.Known, f.Bodies, t.Prepared()),
			}
		},
		Decide: DecideMeeting,
		Tables: []*store.Table{MeetingTable},
		Rows:   meetingRows,
		Notes:  meetingNotes,
	})
}

// MeetingID is the dossier of a meeting by its code.
func MeetingID(code string) civic.DossierID { return civic.DossierID(KindMeeting + "/" + code) }

// MeetingResource is a meeting as the policies see it. Always there: state, invited, against. Where there is one: by (the body that
// called it), and of one that is about to be called lead and coordinator, where all its matters have the same.
func MeetingResource(m Meeting, known []MeetingMatter, bodies Bodies, now civic.Instant) types.Record {
	var invited, against []types.Value
	for _, i := range m.Invited {
		invited = append(invited, bodyUID(i.Body))
	}
	for _, k := range known {
		for _, b := range heirs(bodies, k.Against, now) {
			against = append(against, bodyUID(b))
		}
	}
	attrs := types.RecordMap{"state": types.String(m.Status), "invited": types.NewSet(invited...), "against": types.NewSet(against...)}
	if m.By != "" {
		attrs["by"] = bodyUID(m.By.Body())
	}
	same := func(name string, of func(MeetingMatter) civic.BodyID) {
		for _, k := range known {
			if of(k) == "" || of(k) != of(known[0]) {
				return
			}
		}
		if len(known) > 0 {
			attrs[types.String(name)] = bodyUID(of(known[0]))
		}
	}
	same("lead", func(k MeetingMatter) civic.BodyID { return k.Lead })
	same("coordinator", func(k MeetingMatter) civic.BodyID { return k.Coordinator })
	return types.NewRecord(attrs)
}

// MeetingTable has a row for each body that called a meeting or is asked to it, and for each matter that it is on.
var MeetingTable = &store.Table{Name: "meetings", Key: 3, Replace: true, Columns: store.Columns("realm:t party:t dossier:t begins:i status:t")}

// The parties of rows.
func ofBody(b civic.BodyID) string       { return "body:" + string(b) }
func ofMatter(id civic.DossierID) string { return string(id) }

func meetingRows(realm civic.Realm, id civic.DossierID, m Meeting) []store.Write {
	var out []store.Write
	add := func(party string) {
		out = append(out, store.Write{Table: MeetingTable, Row: store.Row{string(realm), party, string(id), int64(m.From), string(m.Status)}})
	}
	for _, b := range m.Parties() {
		add(ofBody(b))
	}
	for _, o := range m.On {
		add(ofMatter(o.Matter))
	}
	return out
}

// Invitation is what an invitation by mail needs to know. It names no matter and nobody.
type Invitation struct {
	Meeting  string        `json:"meeting"`
	From     civic.Instant `json:"from"`
	Until    civic.Instant `json:"until"`
	Where    string        `json:"where"`
	By       civic.BodyID  `json:"by"`
	Sequence int           `json:"sequence"`
	Stamp    civic.Instant `json:"stamp"`
	Off      bool          `json:"off,omitempty"` // called off, or the recipient is not asked any more
}

// meetingNotes are the invitations: to whoever is asked, and to who called it when somebody replies.
func meetingNotes(v *clerk.View, id civic.DossierID, _, after Meeting, a journal.Act) []courier.Note {
	var out []courier.Note
	invitation := Invitation{
		Meeting: id.Key(), From: after.From, Until: after.Until, Where: after.Where, By: after.By.Body(), Sequence: after.Sequence, Stamp: a.Happened,
		Off: after.Status == MeetingCancelled,
	}
	tell := func(i Invitee, key string, more bool) {
		to := courier.ToBody(i.Body)
		if i.Post != "" {
			to = courier.ToPost(i.Post)
		}
		if v.Settings.Addresses[i.Name()] == "" {
			return
		}
		args := map[string]any{"meeting": id.Key(), "body": string(after.By.Body()), "begins": int64(after.From), "where": after.Where}
		if more {
			args["invitation"] = invitation
		}
		out = append(out, courier.Note{To: to, Kind: a.Type, Key: key, Args: args})
	}
	all := func(key string) {
		for _, i := range after.Invited {
			tell(i.Invitee, key, true)
		}
	}
	switch e := a.Event.(type) {
	case Convened:
		all("meeting.note.called")
	case Rescheduled:
		all("meeting.note.moved")
	case CalledOff:
		all("meeting.note.cancelled")
	case Replied:
		if e.Instead != nil {
			tell(*e.Instead, "meeting.note.called", true)
		}
		tell(Invitee{Body: after.By.Body()}, "meeting.note.replied", false)
	}
	return out
}

// met tells each matter that a meeting on it was held, or that its minutes were corrected, once.
func met(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	state, _, err := r.State(ctx, a.Dossier)
	if err != nil {
		return err
	}
	m, _ := state.(Meeting)
	var attended []civic.BodyID
	var all []MinutesOn
	_, anew := a.Event.(MinutesCorrected)
	switch e := a.Event.(type) {
	case Minuted:
		attended, all = e.Attended, e.On
	case MinutesCorrected:
		attended, all = e.Attended, e.On
	default:
		return fmt.Errorf("matter: %s of %s is no minutes", a.Type, a.Dossier)
	}
	var tasks []clerk.Task
	for _, on := range all {
		tasks = append(tasks, clerk.Task{
			Command: Meet{Met{Meeting: a.Dossier, Held: m.From, Attended: attended, Remarks: on.Remarks, Agreed: on.Agreed}, anew}, Dossier: on.Matter,
			Actor: civic.Actor{Kind: civic.Clock}, Cause: a.Position, Key: fmt.Sprintf("%d matter.meet %s", a.Position, on.Matter), Digest: a.Type,
		})
	}
	return issue(ctx, r, tasks)
}
