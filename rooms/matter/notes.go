package matter

import (
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/journal"
)

// notes are the messages that an act leads to: to the reporter, if the vault holds a way
// to reach her, and to bodies and posts that the realm knows an address of.
func notes(v *clerk.View, _ civic.DossierID, _, after State, a journal.Act) []courier.Note {
	if a.Imported {
		return nil // long past
	}
	var out []courier.Note
	args := func(more ...any) map[string]any {
		m := map[string]any{"number": after.Number.String()}
		for i := 0; i+1 < len(more); i += 2 {
			m[more[i].(string)] = more[i+1]
		}
		return m
	}
	reporter := func(key string, more ...any) {
		if after.Contact && after.Reporter != "" {
			out = append(out, courier.Note{To: courier.ToBox(string(after.Reporter)), Kind: a.Type, Key: key, Args: args(more...)})
		}
		if after.Push && after.Reporter != "" {
			out = append(out, courier.Note{To: courier.ToPush(string(after.Reporter)), Kind: a.Type, Key: key, Args: args()})
		}
	}
	body := func(b civic.BodyID, key string, more ...any) {
		if b != "" && v.Settings.Addresses[string(b)] != "" {
			out = append(out, courier.Note{To: courier.ToBody(b), Kind: a.Type, Key: key, Args: args(more...)})
		}
	}
	post := func(p civic.PostID, key string, more ...any) {
		if p != "" && v.Settings.Addresses[string(p)] != "" {
			out = append(out, courier.Note{To: courier.ToPost(p), Kind: a.Type, Key: key, Args: args(more...)})
		}
	}
	switch e := a.Event.(type) {
	case Reported:
		if e.Triage != nil {
			reporter("matter.note.reported")
		}
	case Assigned:
		reporter("matter.note.assigned", "body", string(e.Lead), "due", int64(e.Resolution.Due))
		body(e.Lead, "matter.note.lead", "due", int64(e.Resolution.Due))
		for _, j := range e.Joint {
			body(j.Body, "matter.note.joint", "due", int64(j.Term.Due))
		}
	case Reassigned:
		body(e.Lead, "matter.note.lead", "due", int64(after.Resolution.Due))
		reporter("matter.note.assigned", "body", string(e.Lead), "due", int64(after.Resolution.Due))
	case Objected:
		body(e.Coordinator, "matter.note.ruling", "due", int64(e.Ruling.Due))
	case DeclineProposed:
		body(e.Coordinator, "matter.note.ruling", "due", int64(e.Ruling.Due))
	case Escalated:
		post(e.To, "matter.note.escalated_"+string(e.Step), "due", int64(e.Due))
		if e.To == "" {
			body(e.Body, "matter.note.escalated_"+string(e.Step), "due", int64(e.Due))
		}
		if e.Step == StepHalf {
			body(e.Of, "matter.note.escalated_half", "due", int64(e.Due))
		}
	case Asked:
		reporter("matter.note.asked")
	case Told:
		reporter("matter.note.told")
	case Answered:
		reporter("matter.note.answered", "until", int64(e.Lapse.Due))
	case Declined:
		reporter("matter.note.declined")
	case Joined:
		reporter("matter.note.joined")
	case Separated:
		if e.Why == "main_withdrawn" {
			reporter("matter.note.separated")
		}
	case Relayed:
		reporter("matter.note.relayed_" + e.Of)
	case Supplied:
		body(after.Lead, "matter.note.supplied")
	case Amended:
		if e.Text != "" || e.Address != "" {
			body(after.Lead, "matter.note.amended")
		}
	case Reopened:
		body(after.Lead, "matter.note.reopened")
	}
	return out
}
