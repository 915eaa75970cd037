package review

import (
	"slices"

	"skein/frame/civic"
)

// Wake is when the clock next has business with an appeal; 0 for never.
func Wake(s State) civic.Instant {
	at, _ := next(s)
	return at
}

// next is the earliest thing the clock owes: to tell the coordinating body that a limit has run out. Silence of a
// reviewer is told and never decides.
func next(s State) (civic.Instant, Step) {
	type alarm struct {
		at   civic.Instant
		step Step
	}
	var all []alarm
	consider := func(at civic.Instant, step Step) {
		if at != 0 && !s.HasTold(step) {
			all = append(all, alarm{at, step})
		}
	}
	switch s.Status {
	case StatusOpen:
		consider(s.TakeBy.Due, StepTake)
		consider(s.DecideBy.Due, StepDue)
	case StatusTaken:
		consider(s.DecideBy.Due, StepDue)
	case StatusDecided:
		consider(s.PublishBy.Due, StepPublish)
	}
	if len(all) == 0 {
		return 0, ""
	}
	first := slices.MinFunc(all, func(a, b alarm) int { return int(min(max(a.at-b.at, -1), 1)) })
	return first.at, first.step
}

// catchUp tells what has run out by now, each of the instant it did. A limit includes its last instant.
func (d *decision) catchUp(tick bool) {
	for {
		at, step := next(d.s)
		if at == 0 || at > d.now || (at == d.now && !tick) {
			return
		}
		d.clock(at, Escalated{Step: step, Body: d.f.Bodies.Coordinator(d.s.Places), Due: at})
	}
}
