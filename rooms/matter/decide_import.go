package matter

import (
	"slices"

	"skein/frame/civic"
)

// imports takes a matter over as one record: what the source knows, as codes and instants.
func (d *decision) imports(c Import) {
	if d.s.Exists() {
		d.refuse(civic.Conflict, "matter.exists")
		return
	}
	if !d.f.Imported {
		d.refuse(civic.Forbidden, "matter.import_power")
		return
	}
	e := Imported{
		Report: d.reported(c.Report), Lead: c.Lead, List: c.List, Row: c.Row, Calendar: c.Calendar,
		Resolution: c.Resolution, Steps: c.Steps, Status: c.Status, Outcome: c.Outcome, AsOf: c.AsOf,
	}
	if !slices.Contains(byAct["imported"].Then, c.Status) {
		d.wrong("status", "matter.import_status", "status", clip(string(c.Status)))
	}
	if c.Lead != "" {
		if b, known := d.f.Bodies.Body(c.Lead, d.now); !known || b.Kind == Coordinating {
			d.wrong("lead", "matter.body_unfit", "body", clip(string(c.Lead)))
		}
	} else if c.Status == StatusWorking {
		d.wrong("lead", "matter.missing", "field", "lead")
	}
	if c.Lead != "" && c.Status == StatusReceived {
		d.wrong("lead", "matter.import_lead")
	}
	if c.Outcome != "" && !slices.Contains(Outcomes, c.Outcome) {
		d.wrong("outcome", "matter.outcome_unknown", "outcome", clip(string(c.Outcome)))
	}
	if !civic.Plain(c.Row, 200) || !civic.Plain(c.Calendar, 100) {
		d.wrong("row", "matter.text_unplain", "field", "row", "most", 200)
	}
	last := d.now
	for i, step := range c.Steps {
		if _, known := byAct[step.Act]; !known && step.Act != "closed" {
			d.wrong("steps", "matter.import_step", "number", i+1, "act", clip(step.Act))
		}
		if step.At < last {
			d.wrong("steps", "matter.import_order", "number", i+1)
		}
		last = max(last, step.At)
	}
	if c.AsOf < last {
		d.wrong("as_of", "matter.import_as_of")
	}
	if r := c.Resolution; r != nil && (r.Due < r.Start || r.Due == 0 || !civic.Plain(string(r.Limit), 40)) {
		d.wrong("resolution", "matter.import_due")
	}
	if !d.ok() {
		return
	}
	e.Coordinator = d.coordinator(e.Report.Places, c.Against)
	if c.Status == StatusReceived {
		why := TriageGap
		switch {
		case c.Outside:
			why = TriageOutside
		case len(e.Report.Places) == 0:
			why = TriageAddress
		case c.Category == "":
			why = TriageCategory
		}
		e.Report.Triage = &Waiting{Why: why, By: d.term("", c.AsOf, "", d.f.Rules.Triage, nil), Coordinator: e.Coordinator}
	}
	if e.Report.Text != "" || len(e.Report.Attached) > 0 {
		if e.Report.Visibility != Private {
			t := d.term("", max(c.AsOf, d.now), "", d.f.Rules.Release, nil)
			e.Report.ReleaseBy = &t
		}
	}
	if d.ok() {
		d.id = ID(d.f.Position)
		d.emit(e)
	}
}

// at finds when a record says that something happened; 0 if it does not.
func (e Imported) at(acts ...string) civic.Instant {
	for _, step := range e.Steps {
		if slices.Contains(acts, step.Act) {
			return step.At
		}
	}
	return 0
}
