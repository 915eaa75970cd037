package matter

import (
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
)

// The policies under which the clock acts in somebody else's commit.
const (
	PowerAssigns    = "matter.clock_assigns"
	PowerTicks      = "matter.clock_ticks"
	PowerMoves      = "matter.clock_moves"
	PowerRecomputes = "matter.clock_recomputes"
	PowerRelays     = "matter.clock_relays"
	PowerErases     = "matter.clock_erases"
	PowerObeys      = "matter.clock_obeys"
)

// Decide says which acts a command leads to, or every reason against it. Limits that have
// run out by now come first: a command never finds a clock that lags behind.
// Whether the asker holds the power is decided before; facts must be complete.
func Decide(s State, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	d := &decision{f: f, now: f.Now, s: s}
	switch c := c.(type) {
	case Report:
		d.report(c)
	case Import:
		d.imports(c)
	default:
		d.onMatter(c)
	}
	if len(d.refusals) > 0 {
		return nil, d.refusals
	}
	return d.drafts, nil
}

func (d *decision) onMatter(c Command) {
	if !d.s.Exists() {
		d.refuse(civic.Missing, "matter.none")
		return
	}
	_, tick := c.(Tick)
	if d.now < d.s.Last {
		if d.f.Imported && !tick { // a limit may have run out before the act that brought it into force again
			d.refuse(civic.Conflict, "matter.before_last_act", "last", d.s.Last)
			return
		}
		d.now = d.s.Last // the machine's clock was set back; the matter's is not
	}
	d.catchUp(tick)
	if len(d.refusals) > 0 || tick {
		return
	}
	switch c := c.(type) {
	case Triage:
		d.triage(c.SetRight)
	case Correct:
		d.correct(c.SetRight)
	case Assign:
		d.assignWaiting()
	case Accept:
		d.accept()
	case Object:
		d.object(c)
	case Rule:
		d.rule(c)
	case Ask:
		d.ask(c)
	case Supply:
		d.supply(c)
	case Amend:
		d.amend(c)
	case Tell:
		d.tell(c)
	case Contribute:
		d.contribute(c)
	case Attach:
		d.attach(c)
	case Pause:
		d.pause(c)
	case Resume:
		d.resume()
	case Extend:
		d.extend(c)
	case Join:
		d.join(c)
	case Split:
		d.split(c)
	case Answer:
		d.answer(c)
	case ProposeDecline:
		d.proposeDecline(c)
	case Decline:
		d.decline(c)
	case Confirm:
		d.confirm(c)
	case Reopen:
		d.reopen(c)
	case Appeal:
		d.appeal(c)
	case Withdraw:
		d.withdraw(c)
	case Release:
		d.release(c)
	case Withhold:
		d.withhold(c)
	case Redact:
		d.redact(c)
	case Retract:
		d.retract(c)
	case Move:
		d.move(c)
	case Relay:
		d.relay(c)
	case Recompute:
		d.recompute()
	case Erase:
		d.erase(c)
	case PutHold:
		d.hold(c)
	case Unhold:
		d.unhold()
	case Expire:
		d.expire(c)
	case Stay:
		d.stay(c)
	case Obey:
		d.obey(c)
	case Meet:
		d.meet(c)
	default:
		d.refuse(civic.Invalid, "matter.command_unknown")
	}
}

// decision is one command being decided: s is the matter as the drafts so far leave it.
type decision struct {
	f   Facts
	now civic.Instant
	s   State
	// id is the matter that s is, "" for the command's own.
	id       civic.DossierID
	drafts   []journal.Draft
	refusals civic.Refusals
}

func (d *decision) refuse(kind civic.Kind, key string, args ...any) {
	d.refusals = append(d.refusals, civic.Refuse(kind, key, args...))
}

func (d *decision) wrong(field, key string, args ...any) {
	d.refusals = append(d.refusals, civic.Refuse(civic.Invalid, key, args...).In(field))
}

// permit refuses an act that the table does not let follow the matter's status.
func (d *decision) permit(act string) bool {
	if May(act, d.s.Status) {
		return true
	}
	d.refuse(civic.Conflict, "matter.not_now", "act", act, "status", string(d.s.Status))
	return false
}

// ok reports whether nothing has been refused: from here on acts may be drafted.
func (d *decision) ok() bool { return len(d.refusals) == 0 }

// emit drafts an act of the asker.
func (d *decision) emit(e journal.Event) { d.s = d.draft(d.s, d.id, e, d.now, "") }

// clock drafts an act of the clock under one of its policies.
func (d *decision) clock(power string, at civic.Instant, e journal.Event) {
	d.s = d.draft(d.s, d.id, e, at, power)
}

// on does something on another matter, after what its clock owes. The acts are private if
// either matter is, since they name both.
func (d *decision) on(other State, do func()) {
	s, id := d.s, d.id
	d.s, d.id = other, other.ID
	d.catchUp(false)
	if d.ok() {
		from := len(d.drafts)
		do()
		for i := from; i < len(d.drafts); i++ {
			d.drafts[i].Private = d.drafts[i].Private || s.Visibility == Private
		}
	}
	d.s, d.id = s, id
}

func (d *decision) draft(s State, id civic.DossierID, e journal.Event, at civic.Instant, power string) State {
	at = max(at, s.Last)
	draft := journal.Draft{Dossier: id, Event: e, Inferred: d.f.Inferred}
	act := journal.Act{
		Position: d.f.Position + civic.Position(len(d.drafts)), Dossier: id, Seq: s.Seq + 1,
		Type: e.Type(), Version: e.Version(), Actor: d.f.Asker.String(), Happened: at,
		Imported: d.f.Imported, Inferred: d.f.Inferred, Event: e,
	}
	if id == "" {
		act.Dossier = s.ID
	}
	if power != "" {
		draft.Actor, draft.Power = &civic.Actor{Kind: civic.Clock}, power
		act.Actor = draft.Actor.String()
	}
	if at != d.f.Now {
		draft.Happened = at
	}
	if _, erased := e.(Erased); erased && s.Box != "" {
		draft.Erases = []string{s.Box}
	}
	after := Evolve(s, act)
	draft.Private = s.Visibility == Private || after.Visibility == Private
	d.drafts = append(d.drafts, draft)
	return after
}

// term lets a limit run from start by a calendar; an empty limit takes the realm's.
func (d *decision) term(calendar string, start civic.Instant, limit, rule Limit, pauses []Span) Term {
	t, _ := d.termOf(calendar, start, limit, rule, pauses)
	t.Half, t.Over = 0, 0
	return t
}

func (d *decision) termOf(calendar string, start civic.Instant, limit, rule Limit, pauses []Span) (Term, DueDate) {
	t := Term{Start: start, Limit: limit}
	if limit == "" {
		t.Limit, t.Default = rule, true
	}
	due, err := d.f.Calendars.Due(calendar, start, t.Limit, pauses)
	if err != nil {
		if rs, ok := civic.AsRefusals(err); ok {
			d.refusals = append(d.refusals, rs...)
		} else {
			d.refuse(civic.Unavailable, "matter.calendar_failed", "calendar", calendar)
		}
		return t, due
	}
	t.Due, t.Half, t.Over, t.Provisional = due.At, due.Half, due.Over, due.Provisional
	return t, due
}

// resolution reckons the due date of a round: its limit from its start, pauses left out,
// then the extension. Half over then means half of the original limit after that.
func (d *decision) resolution(r Round, calendar string, limit, rule Limit) (Term, DueDate) {
	pauses := r.spans()
	t, due := d.termOf(calendar, r.Start, limit, rule, pauses)
	if r.Extension == "" || !d.ok() {
		return t, due
	}
	more, longer := d.termOf(calendar, t.Due, r.Extension, "", pauses)
	after, _ := d.termOf(calendar, more.Due, t.Limit, "", pauses)
	t.Due, t.Over = more.Due, after.Half
	t.Provisional = t.Provisional || longer.Provisional
	return t, due
}

// fit follows a body to its living successor and reports whether it may handle the
// matter: not a coordinating body, not the body complained of nor one under it.
func (d *decision) fit(body, against civic.BodyID) (civic.BodyID, bool) {
	for range 16 {
		b, known := d.f.Bodies.Body(body, d.now)
		switch {
		case !known:
			return body, false
		case b.Ended && b.Successor != "":
			body = b.Successor
			continue
		}
		return body, !b.Ended && b.Kind != Coordinating && !conflicted(d.f.Bodies, body, b, against, d.now)
	}
	return body, false
}

// heirs are a body and, where it has ended, those that answer for it since: ending does not
// make a body complained of another one.
func heirs(bodies Bodies, body civic.BodyID, at civic.Instant) []civic.BodyID {
	if body == "" {
		return nil
	}
	out := []civic.BodyID{body}
	for range 16 {
		b, known := bodies.Body(body, at)
		if !known || !b.Ended || b.Successor == "" {
			break
		}
		body = b.Successor
		out = append(out, body)
	}
	return out
}

// conflicted reports whether a body is the one complained of, its heir, or under it.
func conflicted(bodies Bodies, body civic.BodyID, facts BodyFacts, against civic.BodyID, at civic.Instant) bool {
	return slices.ContainsFunc(heirs(bodies, against, at), func(h civic.BodyID) bool {
		return body == h || slices.Contains(facts.Above, h)
	})
}

// coordinator is the coordinating body of the lowest place that holds the matter and the
// parties, passing over the body complained of and those under it.
func (d *decision) coordinator(places []civic.PlaceID, against civic.BodyID, parties ...civic.BodyID) civic.BodyID {
	for _, c := range d.f.Bodies.Coordinators(places, parties...) {
		if b, _ := d.f.Bodies.Body(c, d.now); !conflicted(d.f.Bodies, c, b, against, d.now) {
			return c
		}
	}
	return ""
}

// digest refuses what is no salted digest; need refuses an empty one too.
func (d *decision) digest(field, digest string, need bool) {
	if digest == "" {
		if need && !d.f.Imported {
			d.wrong(field, "matter.missing", "field", field)
		}
		return
	}
	if !civic.IsHex(digest, 64) {
		d.wrong(field, "matter.digest_invalid")
	}
}

// words refuses a law, a code or a reason in the open that is empty or not plain.
func (d *decision) words(field, text string, need bool) {
	if text == "" {
		if need && !d.f.Imported {
			d.wrong(field, "matter.missing", "field", field)
		}
		return
	}
	if !civic.Plain(text, 300) {
		d.wrong(field, "matter.text_unplain", "field", field, "most", 300)
	}
}

// choice refuses a code that is on no list; none at all is missing.
func (d *decision) choice(field, key, code string, known bool) {
	switch {
	case code == "":
		d.wrong(field, "matter.missing", "field", field)
	case !known:
		d.wrong(field, key, field, clip(code))
	}
}

func (d *decision) attachments(field string, as []Attachment) {
	if most := d.f.Rules.MostAttached; len(as) > most {
		d.wrong(field, "matter.too_many_attached", "most", most)
		return
	}
	for i, a := range as {
		switch {
		case !civic.IsHex(a.Digest, 64):
			d.wrong(field, "matter.digest_invalid")
		case a.Media == "" || a.Media == textMedia || !civic.Plain(a.Media, 100) || a.W < 0 || a.H < 0:
			d.wrong(field, "matter.attachment_invalid", "number", i+1)
		}
	}
}

// releaseTerm starts the limit for releasing what was just brought, unless one runs already.
func (d *decision) releaseTerm(visibility Visibility, text string, as []Attachment) *Term {
	if visibility == Private || d.s.ReleaseBy.Due != 0 || (text == "" && len(as) == 0) {
		return nil
	}
	t := d.term("", d.now, "", d.f.Rules.Release, nil)
	return &t
}
