package matter

import "skein/frame/civic"

// alarm is the next thing the clock owes a matter.
type alarm struct {
	at   civic.Instant
	what string
	body civic.BodyID // of a joint part
}

// Wake is when the clock next has business with the matter; 0 for never. It may lie in the
// past: then the business is overdue.
func Wake(s State) civic.Instant {
	a, _ := next(s)
	return a.at
}

// next finds the earliest business. Every act of the clock takes its alarm away, so that
// ringing all that are due comes to an end and a second Tick finds nothing.
func next(s State) (alarm, bool) {
	var first alarm
	consider := func(at civic.Instant, what string, body civic.BodyID) {
		if at != 0 && (first.at == 0 || at < first.at) {
			first = alarm{at, what, body}
		}
	}
	switch s.Status {
	case StatusReceived:
		if !s.HasEscalated(StepTriage, "") {
			consider(s.TriageBy.Due, "triage", "")
		}
	case StatusAssigned:
		consider(s.Objection.Due, "silence", "")
	case StatusObjected:
		consider(s.Ruling.Due, "ruling", "")
	case StatusWorking:
		if s.Declining {
			consider(s.Ruling.Due, "decline", "")
		}
	case StatusPaused:
		if n := len(s.Pauses); n > 0 {
			consider(s.Pauses[n-1].Until, "pause", "")
		}
	case StatusAnswered:
		if !s.stays(HoldLapse) {
			consider(s.Lapse.Due, "lapse", "")
		}
	}
	// While the matter is open its clock runs, whoever has it; only a pause stops it.
	if s.Status.Open() && s.Status != StatusPaused {
		for _, step := range []struct {
			step Step
			at   civic.Instant
		}{{StepHalf, s.Resolution.Half}, {StepDue, s.Resolution.Due}, {StepOver, s.Resolution.Over}} {
			if !s.HasEscalated(step.step, "") {
				consider(step.at, string(step.step), "")
			}
		}
		for _, j := range s.Round.Joint {
			if j.Contributed == 0 && !s.HasEscalated(StepJoint, j.Body) {
				consider(j.Term.Due, "joint", j.Body)
			}
		}
	}
	if s.Hold != nil {
		consider(s.Hold.Until, "hold", "")
	}
	release := StepRelease
	if s.Reviewed {
		release = StepShow
	}
	if s.Exists() && !s.HasEscalated(release, "") {
		consider(s.ReleaseBy.Due, string(release), "")
	}
	return first, first.at != 0
}

// catchUp does all that the clock owes by now, in order, each act of the instant its limit
// ran out. A limit includes its last instant: what somebody else does then comes before the clock.
func (d *decision) catchUp(tick bool) {
	for d.ok() {
		a, owed := next(d.s)
		if !owed || a.at > d.now || (a.at == d.now && !tick) {
			return
		}
		d.ring(a)
	}
}

func (d *decision) ring(a alarm) {
	s := d.s
	switch a.what {
	case "silence":
		d.clock(PowerTicks, a.at, Accepted{Body: s.Lead, BySilence: true, Late: a.at > s.Response.Due})
	case "ruling":
		d.clock(PowerTicks, a.at, Ruled{Keep: true, Lead: s.Lead, BySilence: true})
	case "decline":
		d.clock(PowerTicks, a.at, DeclineRefused{BySilence: true})
	case "lapse":
		d.clock(PowerTicks, a.at, Lapsed{})
	case "hold":
		d.clock(PowerTicks, a.at, Unheld{RanOut: true})
		d.eraseAsked(a.at)
	case "pause":
		e := d.resumed(max(a.at, s.Last))
		e.AtLongest = true
		if d.ok() {
			d.clock(PowerTicks, a.at, e)
		}
	default:
		d.clock(PowerTicks, a.at, d.escalation(a))
	}
}

// escalation says who is told: at half time the lead, then its supervising post, then the
// coordinating body; that one at once where nobody sits in the supervising post.
func (d *decision) escalation(a alarm) Escalated {
	s := d.s
	e := Escalated{Round: s.No, Step: Step(a.what), Of: s.Lead, Due: a.at}
	switch e.Step {
	case StepHalf:
		e.Body, e.Due = s.Lead, s.Resolution.Due
		if s.Lead == "" {
			e.Body = d.coordinator(s.Places, s.Against)
		}
		return e
	case StepOver:
		e.Due = s.Resolution.Due
		e.Body = d.coordinator(s.Places, s.Against)
		return e
	case StepTriage:
		e.Body = d.coordinator(s.Places, s.Against)
		return e
	case StepJoint:
		e.Of = a.body
	}
	if e.Of != "" {
		if b, known := d.f.Bodies.Body(e.Of, a.at); known && b.Supervisor != "" && !b.Vacant {
			e.To = b.Supervisor
			return e
		}
		e.Vacant = true
	}
	e.Body = d.coordinator(s.Places, s.Against)
	return e
}
