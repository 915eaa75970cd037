package review

import (
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/journal"
)

// notes are the messages that an act leads to: to whoever appealed, if the vault holds a way to reach her, and to
// bodies and posts that the realm knows an address of.
func notes(v *clerk.View, _ civic.DossierID, _, after State, a journal.Act) []courier.Note {
	var out []courier.Note
	say := func(to courier.To, key string, more ...any) {
		args := map[string]any{"number": after.Number.String()}
		for i := 0; i+1 < len(more); i += 2 {
			args[more[i].(string)] = more[i+1]
		}
		out = append(out, courier.Note{To: to, Kind: a.Type, Key: key, Args: args})
	}
	appellant := func(key string, more ...any) {
		if after.Contact && after.Appellant != "" {
			say(courier.ToBox(string(after.Appellant)), key, more...)
		}
		if b := after.Appealing; b != "" && v.Settings.Addresses[string(b)] != "" {
			say(courier.ToBody(b), key, more...)
		}
	}
	body := func(b civic.BodyID, key string, more ...any) {
		if b != "" && v.Settings.Addresses[string(b)] != "" {
			say(courier.ToBody(b), key, more...)
		}
	}
	switch e := a.Event.(type) {
	case Opened:
		appellant("review.note.opened", "due", int64(e.DecideBy.Due))
	case Taken:
		appellant("review.note.taken", "due", int64(after.DecideBy.Due))
		body(after.Respondent, "review.note.served", "due", int64(e.ReplyBy.Due))
	case HearingCalled:
		appellant("review.note.hearing", "due", int64(e.At))
		body(after.Respondent, "review.note.hearing", "due", int64(e.At))
	case Decided:
		appellant("review.note.decided", "due", int64(e.Contest.Due))
		body(after.Respondent, "review.note.decided", "due", int64(e.Contest.Due))
	case Escalated:
		body(e.Body, "review.note.escalated_"+string(e.Step), "due", int64(e.Due))
	}
	return out
}
