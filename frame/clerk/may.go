package clerk

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/power"
)

// What is shown as possible asks here, so that it asks what a command would be asked.

// Reading is an action that is no command: to read a dossier, or a part of it.
type Reading string

// Name is the power it needs.
func (r Reading) Name() string { return string(r) }

// question is what the powers are asked of a task.
func (v *View) question(t *Task, resource types.Entity) power.Question {
	return power.Question{
		Actor: t.Actor, Action: t.Command.Name(), Resource: resource, World: v.Entities,
		Context: types.NewRecord(types.RecordMap{
			"imported": types.Boolean(t.Imported), "inferred": types.Boolean(t.Inferred), "now": types.Long(t.prepared),
		}),
	}
}

// Question is what the powers are asked when somebody wants to do something, a command or a
// reading, with a dossier in a state; a dossier of no name is one that is to begin. It is
// false for an action that there is not, or not for such a dossier.
func (v *View) Question(actor civic.Actor, action string, id civic.DossierID, state any, now civic.Instant) (power.Question, bool) {
	k := v.House.KindFor(action)
	if k == nil || id != "" && id.Kind() != k.Name {
		return power.Question{}, false
	}
	t := &Task{Command: Reading(action), Dossier: id, Actor: actor, prepared: now}
	if id == "" {
		state = k.zero
	}
	for _, c := range k.Commands {
		if c.Name() == action {
			t.Command = c
		}
	}
	facts, _ := k.facts(v, t, state, func(civic.DossierID) any { return k.zero })
	return v.question(t, k.resource(v, t, state, facts)), true
}

// Ask asks the powers in force about something that somebody wants to do with a dossier in a state: whether, and under
// which policy. An action that there is not is allowed to nobody.
func (v *View) Ask(actor civic.Actor, action string, id civic.DossierID, state any, now civic.Instant) power.Answer {
	q, ok := v.Question(actor, action, id, state, now)
	if !ok {
		return power.Answer{}
	}
	return v.Powers.Ask(q)
}

// May asks the powers in force whether somebody may do something with a dossier in a state.
func (v *View) May(actor civic.Actor, action string, id civic.DossierID, state any, now civic.Instant) bool {
	return v.Ask(actor, action, id, state, now).Allowed
}

// Try says what a task would be refused for if its turn were now, the powers and the
// decision both. Nothing is recorded.
func (r *Realm) Try(ctx context.Context, t Task) (refusals civic.Refusals, err error) {
	now := r.Now()
	v := r.View()
	p := prepare(v, &t, now, r.loadRead(ctx))
	if p.err != nil || len(p.refusals) > 0 {
		return p.refusals, p.err
	}
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("clerk: trying %s: %v\n%s", t.Command.Name(), fault, debug.Stack())
		}
	}()
	_, refusals = p.kind.decide(p.state, t.Command, p.facts, Moment{Now: now, Recorded: now, Position: v.Version + 1})
	return refusals, nil
}
