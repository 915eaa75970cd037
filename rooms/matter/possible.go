package matter

import (
	"context"
	"slices"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// Possible is something that somebody may do with a matter now.
type Possible struct {
	Command string   `json:"command" doc:"The last part of its door: /api/matters/{number}/{command}"`
	Of      []string `json:"of,omitempty" doc:"What can be appealed"`
}

// Possible says what somebody may do with a matter now. Pages and doors that offer something
// ask here, and it asks what the command itself would be asked, by trying it: the powers in
// force, and the decision on the matter as it is. What is only wrong with what is still to be
// written (a missing reason) is no reason not to offer it.
func (a *API) Possible(ctx context.Context, s State, actor civic.Actor) ([]Possible, error) {
	var out []Possible
	for _, c := range s.attempts(actor) {
		refusals, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Dossier: s.ID, Actor: actor})
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return r.Kind != civic.Invalid }) {
			continue
		}
		name := strings.ReplaceAll(strings.TrimPrefix(c.Name(), "matter."), "_", "-")
		if n := len(out); n == 0 || out[n-1].Command != name {
			out = append(out, Possible{Command: name})
		}
		if appeal, ok := c.(Appeal); ok {
			last := &out[len(out)-1]
			last.Of = append(last.Of, appeal.Of)
		}
	}
	return out, nil
}

// Appealable is what there can be to appeal.
var Appealable = []string{"answer", "decline", "withholding", "masking"}

// attempts are the commands that people give a matter, as complete as they can be made without
// their words, one of each and of every way it can be meant.
func (s State) attempts(actor civic.Actor) []Command {
	words := strings.Repeat("0", 64) // the form of a digest
	const law = "law"
	out := []Command{
		Triage{}, Accept{}, Object{Ground: "another_body", Reason: words}, Rule{Lead: s.Lead, Law: law, Reason: words},
		Correct{SetRight: SetRight{Reason: words}}, Supply{Text: words}, Amend{Text: words}, Ask{Text: words}, Tell{Text: words}, Contribute{Text: words}, Attach{Text: words},
		Pause{Ground: "weather"}, Resume{}, Extend{Limit: "1h", Reason: words}, Join{Reason: words}, Split{Parts: []Part{{Text: words}}},
		Answer{Outcome: Explained, Reason: words}, ProposeDecline{Law: law, Reason: words, Elsewhere: law},
		Decline{Decline: true, Law: law, Reason: words}, Confirm{Solved: true}, Reopen{Reason: words},
	}
	for _, of := range Appealable {
		out = append(out, Appeal{Of: of, Ground: "facts_unclear", Reason: words})
	}
	out = append(out, Withdraw{})
	if i := slices.IndexFunc(s.Items, func(it Item) bool { return it.Showing != ShowReleased }); i >= 0 {
		out = append(out, Release{Items: []string{s.Items[i].Digest}})
	}
	if i := slices.IndexFunc(s.Items, func(it Item) bool { return it.Showing != ShowWithheld }); i >= 0 {
		out = append(out, Withhold{Items: []string{s.Items[i].Digest}, Ground: "personal_data"})
	}
	if len(s.Items) > 0 {
		out = append(out, Redact{Item: s.Items[0].Digest, Shown: Attachment{Digest: words, Media: textMedia}, Ground: "personal_data"})
	}
	if !s.Spent() {
		out = append(out, Erase{Request: "1", Checked: "document"}, PutHold{Ground: "court", Law: law, Until: s.Last + 1})
	}
	out = append(out, Unhold{})
	if act := s.Retractable(actor); act != 0 {
		out = append(out, Retract{Act: act, Reason: words})
	}
	return out
}

type possibleOut struct{ Body []Possible }

func (a *API) possible(ctx context.Context, in *numberIn) (*possibleOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	eyes := a.Eyes(ctx, s, in.Tracking)
	if _, ok := Visible(s, eyes); !ok {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	actor := face.Actor(ctx)
	actor.Person = eyes.Reporter
	out, err := a.Possible(ctx, s, actor)
	if out == nil {
		out = []Possible{}
	}
	return &possibleOut{out}, err
}
