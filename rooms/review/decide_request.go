package review

import (
	"slices"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/procedure"
)

// The policies under which the clock does what it owes requests.
const (
	PowerUrges   = "review.clock_urges"
	PowerForgets = "review.clock_forgets"
)

// DecideRequest says which acts a command on a request leads to, or every reason against it.
func DecideRequest(s Request, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	d := &request{decision: decision{f: f, now: max(f.Now, s.Last)}, is: s}
	if ask, ok := c.(Ask); ok {
		d.ask(ask)
	} else {
		d.onRequest(c)
	}
	if !d.ok() {
		return nil, d.refusals
	}
	return d.drafts, nil
}

// request is a decision on a request: is is the request as the drafts so far leave it.
type request struct {
	decision
	is Request
}

func (d *request) emit(e journal.Event) { d.draft(e, d.now, "") }

func (d *request) draft(e journal.Event, at civic.Instant, power string) {
	draft, act := d.act(d.is.ID, d.is.Seq, e, max(at, d.is.Last), power)
	switch e.(type) {
	case TakenBack, Forgotten:
		draft.Erases = []string{d.is.Box}
	}
	d.is = EvolveRequest(d.is, act)
	d.drafts = append(d.drafts, draft)
}

func (d *request) ask(c Ask) {
	if d.is.Exists() {
		d.refuse(civic.Conflict, "review.asked_before")
	} else if c.About.ID == "" || c.About.Body == "" || !slices.Contains([]string{OnAct, OnPolicy, OnRow}, c.About.Kind) {
		d.wrong("thing", "review.subject_unknown")
	}
	d.aspects("aspects", c.Aspects)
	d.digest("text", c.Text, true)
	by := d.term(d.now, d.f.Rules.Take)
	if d.ok() {
		d.emit(Asked{Subject: c.About, Aspects: c.Aspects, Text: c.Text, Box: c.Box, Back: c.Back, TakeBy: by})
	}
}

// aspects refuses what is none, and what is said twice.
func (d *decision) aspects(field string, aspects []string) {
	for i, a := range aspects {
		if !slices.Contains(Aspects, a) || slices.Contains(aspects[:i], a) {
			d.wrong(field, "review.aspect_unknown", "aspect", clip(a))
		}
	}
}

func (d *request) onRequest(c Command) {
	if !d.is.Exists() {
		d.refuse(civic.Missing, "review.request_none")
		return
	}
	_, tick := c.(Ripen)
	due := func(at civic.Instant) bool { return at != 0 && (at < d.now || at == d.now && tick) }
	if d.is.Status == RequestWaits && !d.is.Told && due(d.is.TakeBy.Due) {
		d.draft(Urged{Body: d.f.Bodies.Coordinator(nil), Due: d.is.TakeBy.Due}, d.is.TakeBy.Due, PowerUrges)
	}
	if due(d.is.Until) {
		d.draft(Forgotten{}, d.is.Until, PowerForgets)
	}
	if tick {
		return
	}
	until := d.now.Add(time.Duration(d.f.Kept) * 24 * time.Hour)
	switch c := c.(type) {
	case TakeUp:
		d.waiting()
		if d.ok() {
			d.emit(TakenUp{Finding: c.Finding, Until: until})
		}
	case TurnDown:
		d.waiting()
		if procedure.KeptOut(d.f.Bodies, d.f.Asker.Post, d.is.Subject.Posts, []civic.BodyID{d.is.Subject.Body}) {
			d.refuse(civic.Forbidden, "review.kept_out", "post", string(d.f.Asker.Post))
		}
		d.law("law", c.Law)
		d.digest("reasons", c.Reasons, true)
		if d.ok() {
			d.emit(TurnedDown{Law: c.Law, Reasons: c.Reasons, Until: until})
		}
	case TakeBack:
		if !d.f.CodeFits(c.Code, d.is.Back) {
			d.wrong("code", "review.code_wrong")
		} else if d.is.Box != "" {
			d.emit(TakenBack{})
		}
	default:
		d.refuse(civic.Invalid, "review.command_unknown")
	}
}

// waiting refuses what is for a request that nobody has said anything to.
func (d *request) waiting() {
	if d.is.Status != RequestWaits {
		d.refuse(civic.Conflict, "review.request_not_now", "status", string(d.is.Status))
	}
}
