package standing

import (
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/procedure"
)

// PowerFindingTicks is the policy under which the clock acts in somebody else's commit.
const PowerFindingTicks = "merit.clock_ticks"

// FindingFacts is what a decision must know. The interfaces in it are immutable snapshots.
type FindingFacts struct {
	Now       civic.Instant
	Asker     civic.Actor
	Rules     *FindingRules
	Bodies    FindingBodies
	Calendars FindingCalendars
}

// DecideFinding says which acts a command leads to, or every reason against it. What the clock owes by now comes first.
func DecideFinding(s Finding, c FindingCommand, f FindingFacts) ([]journal.Draft, civic.Refusals) {
	d := &findingDecision{f: f, now: max(f.Now, s.Last), s: s}
	if p, ok := c.(ProposeFinding); ok {
		d.propose(p)
	} else {
		d.onFinding(c)
	}
	if !d.ok() {
		return nil, d.refusals
	}
	return d.drafts, nil
}

// findingDecision is one command being decided: s is the finding as the drafts so far leave it.
type findingDecision struct {
	f        FindingFacts
	now      civic.Instant
	s        Finding
	drafts   []journal.Draft
	refusals civic.Refusals
}

func (d *findingDecision) onFinding(c FindingCommand) {
	if !d.s.Exists() {
		d.refuse(civic.Missing, "merit.none")
		return
	}
	_, tick := c.(TickFinding)
	d.catchUp(tick)
	switch c := c.(type) {
	case TickFinding:
	case DropFinding:
		if d.open(procedure.Close) {
			d.emit(FindingTaken{})
		}
	case ReplyFinding:
		d.open(procedure.Reply)
		if d.digest("text", c.Text); d.ok() {
			d.emit(FindingReplied{Text: c.Text, Late: d.now > d.s.Case.ReplyBy})
		}
	case AskFindingHearing:
		if d.open(procedure.AskHearing) {
			d.emit(FindingHearingAsked{})
		}
	case WaiveFindingHearing:
		if d.open(procedure.Waive); d.s.Case.Hearing.Owed() && d.s.Case.Hearing.Asked == 0 {
			d.refuse(civic.Conflict, "merit.hearing_not_yours")
		}
		if d.ok() {
			d.emit(FindingHearingWaived{})
		}
	case CallFindingHearing:
		d.call(c)
	case HoldFindingHearing:
		d.open(procedure.HoldHearing)
		d.impartial()
		if d.digest("record", c.Record); d.ok() {
			d.emit(FindingHearingHeld{Record: c.Record})
		}
	case DecideOnFinding:
		d.decide(c)
	case AppealFinding:
		d.appeal(c)
	case ObeyFinding:
		d.obey(c)
	default:
		d.refuse(civic.Invalid, "merit.command_unknown")
	}
}

// catchUp does what the clock owes by now, of the instant it was due.
func (d *findingDecision) catchUp(tick bool) {
	for {
		at := WakeFinding(d.s)
		if at == 0 || at > d.now || at == d.now && !tick && d.s.Status == FindingProposed {
			return
		}
		if d.s.Status == FindingStands {
			d.clock(FindingRanOut{}, at)
		} else {
			d.clock(FindingReminded{Step: StepDecide, Body: d.f.Bodies.Coordinator(nil), Due: at}, at)
		}
	}
}

func (d *findingDecision) propose(c ProposeFinding) {
	switch {
	case d.s.Exists():
		d.refuse(civic.Conflict, "merit.proposed_before")
	case !slices.Contains(Natures, c.Nature):
		d.wrong("nature", "merit.nature_unknown")
	case c.Cited.Body == "" || c.Cited.Dossier == "":
		d.wrong("matter", "merit.cited_unknown")
	case d.f.Asker.Post.Body() == c.Cited.Body:
		d.refuse(civic.Forbidden, "merit.own_body")
	default:
		who := d.s
		who.Cited, who.Proposer = c.Cited, d.f.Asker.Post
		if !slices.ContainsFunc(d.f.Bodies.Deciders(), func(p civic.PostID) bool { return !who.kept(d.f.Bodies, p) }) {
			d.refuse(civic.Conflict, "merit.nobody_decides")
		}
	}
	d.law(c.Law)
	d.digest("why", c.Why)
	reply, decide := d.term(d.f.Rules.Reply), d.term(d.f.Rules.Decide)
	if d.ok() {
		d.emit(FindingPut{Nature: c.Nature, Cited: c.Cited, Law: c.Law, Why: c.Why, ReplyBy: reply, DecideBy: decide})
	}
}

// call sets the hour, with its notice.
func (d *findingDecision) call(c CallFindingHearing) {
	d.open(procedure.CallHearing)
	d.impartial()
	d.digest("place", c.Place)
	if t := d.term(d.f.Rules.HearingNotice); d.ok() && c.At < t.Due {
		d.wrong("at", "merit.hearing_too_soon", "earliest", t.Due)
	}
	if c.At > d.now.Add(366*24*60*60*1e9) {
		d.wrong("at", "merit.hearing_too_far")
	}
	if d.ok() {
		d.emit(FindingHearingCalled{At: c.At, Place: c.Place})
	}
}

// What a decision comes to.
const (
	ResultFound    = "found"
	ResultUnproved = "unproved"
)

// decide decides; a decision without its parts is none.
func (d *findingDecision) decide(c DecideOnFinding) {
	d.open(procedure.Decide)
	d.impartial()
	if c.Result != "" && c.Result != ResultFound && c.Result != ResultUnproved {
		d.wrong("result", "merit.result_unknown")
	}
	found := c.Result == ResultFound
	for _, part := range (procedure.Reasoned{Result: c.Result, Found: c.Facts, Reasons: c.Reasons, Law: c.Law}).Lacking() {
		if part == "found" {
			part = "facts"
		}
		d.wrong(part, "merit.missing", "field", part)
	}
	if c.Law != "" {
		d.law(c.Law)
	}
	for _, t := range []struct{ field, digest string }{{"facts", c.Facts}, {"reasons", c.Reasons}} {
		if t.digest != "" {
			d.digest(t.field, t.digest)
		}
	}
	e := FindingDecided{Found: found, Law: c.Law, Facts: c.Facts, Reasons: c.Reasons, Late: d.s.Case.Late(d.now), Contest: d.term(d.f.Rules.Contest)}
	if found {
		t := d.term(d.f.Rules.Kept[d.s.Nature])
		e.Expires = &t
	}
	if d.ok() {
		d.emit(e)
	}
}

// appeal puts what stands to the review room, once.
func (d *findingDecision) appeal(c AppealFinding) {
	switch {
	case d.s.Status != FindingStands:
		d.refuse(civic.Conflict, "merit.not_now", "status", string(d.s.Status))
	case d.s.Appeal != 0 || d.s.Reviewed:
		d.refuse(civic.Conflict, "merit.appealed_before")
	case d.s.Case.Final(d.now):
		d.refuse(civic.Conflict, "merit.appeal_too_late", "until", d.s.Case.Contest)
	}
	if !slices.Contains(d.f.Rules.Grounds, c.Ground) {
		d.wrong("ground", "merit.ground_unknown")
	}
	if d.digest("reason", c.Reason); d.ok() {
		d.emit(FindingAppealed{Of: d.s.Nature, Ground: c.Ground, Reason: c.Reason})
	}
}

// obey does what a review says. What has expired meanwhile stays off the pages; quashed is said of it all the same.
func (d *findingDecision) obey(c ObeyFinding) {
	if d.s.Appeal == 0 || d.s.Appeal != c.Act {
		d.refuse(civic.Conflict, "merit.nothing_to_obey")
		return
	}
	e := FindingObeyed{Act: c.Act, Appeal: c.Appeal, Result: c.Result}
	if c.Result == "sent_back" && d.s.Status == FindingStands {
		reply, decide := d.term(d.f.Rules.Reply), d.term(d.f.Rules.Decide)
		e.ReplyBy, e.DecideBy = &reply, &decide
	}
	if d.ok() {
		d.emit(e)
	}
}

// open refuses what is not for a finding that waits for its decision, and what due process does not let be done yet or any more.
func (d *findingDecision) open(step procedure.Step) bool {
	if d.s.Status != FindingProposed {
		d.refuse(civic.Conflict, "merit.not_now", "status", string(d.s.Status))
	} else {
		d.refusals = append(d.refusals, d.s.Case.May(step, d.now)...)
	}
	return d.ok()
}

// impartial refuses a post that is kept out by now.
func (d *findingDecision) impartial() {
	if d.s.kept(d.f.Bodies, d.f.Asker.Post) {
		d.refuse(civic.Forbidden, "merit.kept_out", "post", string(d.f.Asker.Post))
	}
}

// kept reports whether a post does not decide: it proposed, did the act, stands under who did or answers for them.
func (f Finding) kept(b FindingBodies, post civic.PostID) bool {
	posts := []civic.PostID{f.Proposer}
	if f.Cited.Post != "" {
		posts = append(posts, f.Cited.Post)
	}
	return procedure.KeptOut(b, post, posts, []civic.BodyID{f.Cited.Body})
}

func (d *findingDecision) refuse(kind civic.Kind, key string, args ...any) {
	d.refusals = append(d.refusals, civic.Refuse(kind, key, args...))
}

func (d *findingDecision) wrong(field, key string, args ...any) {
	d.refusals = append(d.refusals, civic.Refuse(civic.Invalid, key, args...).In(field))
}

func (d *findingDecision) ok() bool { return len(d.refusals) == 0 }

// digest refuses what is no digest of a document.
func (d *findingDecision) digest(field, digest string) {
	switch {
	case digest == "":
		d.wrong(field, "merit.missing", "field", field)
	case !civic.IsHex(digest, 64):
		d.wrong(field, "merit.digest_invalid")
	}
}

const mostFindingLaw = 300

func (d *findingDecision) law(text string) {
	switch {
	case text == "":
		d.wrong("law", "merit.missing", "field", "law")
	case !civic.Plain(text, mostFindingLaw):
		d.wrong("law", "merit.text_unplain", "most", mostFindingLaw)
	}
}

func (d *findingDecision) term(limit string) FindingTerm {
	t := FindingTerm{Start: d.now, Limit: limit}
	due, provisional, err := d.f.Calendars.Due("", d.now, limit)
	if err != nil {
		if rs, ok := civic.AsRefusals(err); ok {
			d.refusals = append(d.refusals, rs...)
		} else {
			d.refuse(civic.Unavailable, "merit.calendar_failed")
		}
	}
	t.Due, t.Provisional = due, provisional
	return t
}

func (d *findingDecision) emit(e journal.Event) { d.draft(e, d.now, "") }

func (d *findingDecision) clock(e journal.Event, at civic.Instant) { d.draft(e, at, PowerFindingTicks) }

// draft adds an act. All are private but those that tell everyone something, and of those none says who is concerned.
func (d *findingDecision) draft(e journal.Event, at civic.Instant, power string) {
	at = max(at, d.s.Last)
	draft := journal.Draft{Event: e, Private: true}
	act := journal.Act{Dossier: d.s.ID, Seq: d.s.Seq + 1, Type: e.Type(), Actor: d.f.Asker.String(), Happened: at, Event: e}
	if power != "" {
		draft.Actor, draft.Power = &civic.Actor{Kind: civic.Clock}, power
		act.Actor = draft.Actor.String()
	}
	if at != d.f.Now {
		draft.Happened = at
	}
	switch e := e.(type) {
	case FindingDecided:
		draft.Private = !e.Found
	case FindingObeyed, FindingRanOut:
		draft.Private = false
	}
	d.s = EvolveFinding(d.s, act)
	d.drafts = append(d.drafts, draft)
}
