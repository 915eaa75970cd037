package review

import (
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/procedure"
)

// PowerTicks is the policy under which the clock acts in somebody else's commit.
const PowerTicks = "review.clock_ticks"

// Facts is what a decision must know. The interfaces in it are immutable snapshots.
type Facts struct {
	Now       civic.Instant
	Position  civic.Position
	Asker     civic.Actor
	Rules     *Rules
	Bodies    Bodies
	Calendars Calendars
	// Of requests: for how many days what somebody wrote is kept after the end, and whether a code has a digest.
	Kept     int
	CodeFits func(code, digest string) bool
}

// Decide says which acts a command leads to, or every reason against it. What the clock owes by now comes first.
func Decide(s State, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	d := &decision{f: f, now: max(f.Now, s.Last), s: s}
	if open, ok := c.(Open); ok {
		d.open(open)
	} else {
		d.onAppeal(c)
	}
	if len(d.refusals) > 0 {
		return nil, d.refusals
	}
	return d.drafts, nil
}

func (d *decision) onAppeal(c Command) {
	if !d.s.Exists() {
		d.refuse(civic.Missing, "review.none")
		return
	}
	_, tick := c.(Tick)
	if d.catchUp(tick); tick {
		return
	}
	switch c := c.(type) {
	case Note:
		d.note(c)
	case Take:
		d.take()
	case Recuse:
		d.recuse(c)
	case Reply:
		d.reply(c)
	case AskHearing:
		d.askHearing(c)
	case CallHearing:
		d.callHearing(c)
	case HoldHearing:
		d.holdHearing(c)
	case WaiveHearing:
		d.waiveHearing()
	case Extend:
		d.extend(c)
	case Settle:
		d.settle(c)
	case Publish:
		d.publish(c)
	case Withdraw:
		d.withdraw(c)
	default:
		d.refuse(civic.Invalid, "review.command_unknown")
	}
}

// decision is one command being decided: s is the appeal as the drafts so far leave it.
type decision struct {
	f        Facts
	now      civic.Instant
	s        State
	drafts   []journal.Draft
	refusals civic.Refusals
}

func (d *decision) refuse(kind civic.Kind, key string, args ...any) {
	d.refusals = append(d.refusals, civic.Refuse(kind, key, args...))
}

func (d *decision) wrong(field, key string, args ...any) {
	d.refusals = append(d.refusals, civic.Refuse(civic.Invalid, key, args...).In(field))
}

func (d *decision) ok() bool { return len(d.refusals) == 0 }

// permit refuses an act that the table does not let follow the appeal's status.
func (d *decision) permit(act string) {
	if !May(act, d.s.Status) {
		d.refuse(civic.Conflict, "review.not_now", "act", act, "status", string(d.s.Status))
	}
}

// step refuses what due process does not let be done yet or any more.
func (d *decision) step(step procedure.Step) {
	if d.s.Pending() {
		d.refusals = append(d.refusals, d.s.Case.May(step, d.now)...)
	}
}

func (d *decision) emit(e journal.Event) { d.draft(e, d.now, "") }

func (d *decision) clock(at civic.Instant, e journal.Event) { d.draft(e, at, PowerTicks) }

func (d *decision) draft(e journal.Event, at civic.Instant, power string) {
	draft, act := d.act(d.s.ID, d.s.Seq, e, max(at, d.s.Last), power)
	before := d.s
	d.s = Evolve(d.s, act)
	draft.Private = before.Private || d.s.Private
	d.drafts = append(d.drafts, draft)
}

// act is an event as a draft, and as the act that it becomes after so many others of a dossier. With a power it is the clock's.
func (d *decision) act(id civic.DossierID, seq int64, e journal.Event, at civic.Instant, power string) (journal.Draft, journal.Act) {
	draft := journal.Draft{Event: e}
	act := journal.Act{
		Position: d.f.Position + civic.Position(len(d.drafts)), Dossier: id, Seq: seq + 1,
		Type: e.Type(), Version: e.Version(), Actor: d.f.Asker.String(), Happened: at, Event: e,
	}
	if power != "" {
		draft.Actor, draft.Power = &civic.Actor{Kind: civic.Clock}, power
		act.Actor = draft.Actor.String()
	}
	if at != d.f.Now {
		draft.Happened = at
	}
	return draft, act
}

func (d *decision) term(start civic.Instant, limit Limit) Term {
	t := Term{Start: start, Limit: limit}
	due, provisional, err := d.f.Calendars.Due(d.s.Calendar, start, limit)
	if err != nil {
		if rs, ok := civic.AsRefusals(err); ok {
			d.refusals = append(d.refusals, rs...)
		} else {
			d.refuse(civic.Unavailable, "review.calendar_failed")
		}
	}
	t.Due, t.Provisional = due, provisional
	return t
}

// digest refuses what is no salted digest; need refuses an empty one too.
func (d *decision) digest(field, digest string, need bool) {
	switch {
	case digest == "" && need:
		d.wrong(field, "review.missing", "field", field)
	case digest != "" && !civic.IsHex(digest, 64):
		d.wrong(field, "review.digest_invalid")
	}
}

// law refuses a law in the open that is empty or not plain.
func (d *decision) law(field, text string) {
	switch {
	case text == "":
		d.wrong(field, "review.missing", "field", field)
	case !civic.Plain(text, mostLaw):
		d.wrong(field, "review.text_unplain", "field", field, "most", mostLaw)
	}
}

const mostLaw = 300

// kept reports whether a post had a hand in the matter or stands under a body or post that had, or answers for one: it
// does not review it.
func (s State) kept(b Bodies, post civic.PostID) bool {
	return slices.Contains(s.Recused, post) || procedure.KeptOut(b, post, s.Posts, s.Bodies)
}

// KeptOut are the reviewers who may not review this appeal.
func (s State) KeptOut(b Bodies) []civic.PostID {
	var out []civic.PostID
	for _, p := range b.Reviewers() {
		if s.kept(b, p) {
			out = append(out, p)
		}
	}
	return out
}

// impartial refuses a reviewer who is kept out by now, be it since she took the appeal.
func (d *decision) impartial() {
	if d.s.kept(d.f.Bodies, d.f.Asker.Post) {
		d.refuse(civic.Forbidden, "review.kept_out", "post", string(d.f.Asker.Post))
	}
}

func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
