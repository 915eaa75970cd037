package matter

import (
	"context"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/clerk"
)

// NewReport makes the task of a new matter, as Intake.Report does. Where something is wrong it says at once what the intake cannot take and
// what the decision would refuse of the rest, each reason with its field. already are fields that the door has refused itself: of
// those it says nothing more, and there is no task.
func (a *API) NewReport(ctx context.Context, actor civic.Actor, s Submission, already ...string) (clerk.Task, string, error) {
	view := a.Site.Realm.View()
	c, text, address, wrong := a.Intake.read(view, &s)
	if len(wrong)+len(already) == 0 {
		return a.Intake.Report(ctx, view, actor, s)
	}
	told := func(field string) bool {
		return field != "" && (slices.Contains(already, field) || slices.Contains(ofWhere, field) && slices.ContainsFunc(already, func(f string) bool { return slices.Contains(ofWhere, f) }))
	}
	wrong = slices.DeleteFunc(wrong, func(r civic.Refusal) bool { return told(r.Field) })
	for _, r := range wrong {
		already = append(already, r.Field)
	}
	// Tried as if the rest were sealed: nothing is.
	digest := strings.Repeat("0", 64)
	if text != "" {
		c.Text = digest
	}
	if address != "" {
		c.Address = digest
	}
	if c.Place == "" && slices.ContainsFunc(already, func(f string) bool { return slices.Contains(ofWhere, f) }) {
		c.Where = Where{Outside: true} // where it is was said, and was wrong
	}
	c.Reporter = "tried"
	if actor.Kind == civic.Post {
		actor.For = c.Reporter
	} else if actor.Kind == civic.Resident {
		actor.Person = c.Reporter
	}
	more, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Actor: actor})
	if err != nil {
		return clerk.Task{}, "", err
	}
	for _, r := range more {
		if r.Kind == civic.Invalid && !told(r.Field) {
			wrong = append(wrong, r)
		}
	}
	if len(wrong) == 0 {
		return clerk.Task{}, "", nil
	}
	return clerk.Task{}, "", wrong
}

// ofWhere are the fields that say where something is, as doors name them.
var ofWhere = []string{"point", "place", "places", "lat", "lon", "long"}
