package clerk

import (
	"fmt"
	"runtime/debug"

	"skein/frame/civic"
)

// prepared is what was found out for a task before its turn, and the versions of what
// was read for it.
type prepared struct {
	kind     *Kind
	view     *View
	reads    []read
	state    any
	facts    any
	policy   string
	refusals civic.Refusals
	err      error
}

type read struct {
	id  civic.DossierID
	seq int64
}

// prepare gathers facts and asks the powers. It may be called more than once for a task.
func prepare(v *View, t *Task, now civic.Instant, load func(civic.DossierID) (entry, error)) (p prepared) {
	p.view = v
	t.prepared = now
	if t.Imported && t.Happened != 0 {
		t.prepared = t.Happened
	}
	name := t.Command.Name()
	p.kind = v.House.commands[name]
	if p.kind == nil {
		p.refusals = civic.Refusals{civic.Refuse(civic.Missing, "clerk.no_command", "command", name)}
		return p
	}
	defer func() {
		if fault := recover(); fault != nil {
			p.err = fmt.Errorf("clerk: preparing %s: %v\n%s", name, fault, debug.Stack())
		}
	}()
	get := func(id civic.DossierID) any {
		e, err := load(id)
		if err != nil {
			p.err = err
			return p.kind.zero
		}
		p.reads = append(p.reads, read{id, e.seq})
		return e.state
	}
	p.state = p.kind.zero
	if t.Dossier != "" {
		if t.Dossier.Kind() != p.kind.Name {
			p.refusals = civic.Refusals{civic.Refuse(civic.Missing, "clerk.wrong_kind", "command", name, "dossier", string(t.Dossier))}
			return p
		}
		p.state = get(t.Dossier)
	}
	var refusals civic.Refusals
	p.facts, refusals = p.kind.facts(v, t, p.state, get)
	if p.err != nil {
		return p
	}
	answer := v.Powers.Ask(v.question(t, p.kind.resource(v, t, p.state, p.facts)))
	p.policy = answer.Policy
	if !answer.Allowed {
		p.refusals = answer.Refusals // who may not act learns nothing else
		return p
	}
	p.refusals = refusals
	return p
}

// overtaken reports whether something that was read has a newer version.
func (p *prepared) overtaken(v *View, seq func(civic.DossierID) (int64, bool)) bool {
	if p.view == nil || p.view.Version != v.Version {
		return true
	}
	for _, r := range p.reads {
		if now, known := seq(r.id); !known || now != r.seq {
			return true
		}
	}
	return false
}
