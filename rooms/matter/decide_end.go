package matter

import (
	"slices"

	"skein/frame/civic"
)

// How a matter comes to its end: answer, decline, the reporter's word, withdrawal, appeal.

func (d *decision) answer(c Answer) {
	d.permit("answered")
	s := d.s
	d.choice("outcome", "matter.outcome_unknown", string(c.Outcome), slices.Contains(Outcomes, c.Outcome))
	d.digest("reason", c.Reason, true)
	d.words("law", c.Law, c.Outcome == NotPossible)
	d.attachments("evidence", c.Evidence)
	switch {
	case c.Outcome == Planned && c.By <= d.now && !d.f.Imported:
		d.wrong("by", "matter.planned_when")
	case c.Outcome != Planned && c.By != 0:
		d.wrong("by", "matter.planned_only")
	}
	if len(c.Evidence) == 0 && slices.Contains(d.f.Rules.Evidence, c.Outcome) && !d.f.Imported {
		d.wrong("evidence", "matter.missing", "field", "evidence")
	}
	if c.Release && s.Visibility == Private {
		d.wrong("release", "matter.private_never_shown")
	}
	if s.Declining {
		d.refuse(civic.Conflict, "matter.decline_waits")
	}
	if s.Waits {
		for _, id := range s.Parts {
			if part := d.f.Others[id]; !part.Exists() || part.Status.Open() {
				d.refuse(civic.Conflict, "matter.parts_open", "matter", string(id), "number", part.Number.String())
			}
		}
	}
	if !d.ok() {
		return
	}
	e := Answered{
		Outcome: c.Outcome, By: c.By, Reason: c.Reason, Law: c.Law, Evidence: c.Evidence,
		Late: s.Resolution.Due != 0 && d.now > s.Resolution.Due, Released: c.Release,
		Lapse: d.term(s.Calendar, d.now, "", d.f.Rules.Lapse, nil),
	}
	if d.ok() {
		d.emit(e)
	}
}

func (d *decision) proposeDecline(c ProposeDecline) {
	d.permit("decline_proposed")
	s := d.s
	d.words("law", c.Law, true)
	d.words("elsewhere", c.Elsewhere, true)
	d.digest("reason", c.Reason, true)
	if s.Declining {
		d.refuse(civic.Conflict, "matter.decline_waits")
	}
	if !d.ok() {
		return
	}
	e := DeclineProposed{
		Body: s.Lead, Law: c.Law, Reason: c.Reason, Elsewhere: c.Elsewhere,
		Coordinator: d.coordinator(s.Places, s.Against, s.Lead),
		Ruling:      d.term(s.Calendar, d.now, "", d.f.Rules.Ruling, nil),
	}
	if d.ok() {
		d.emit(e)
	}
}

func (d *decision) decline(c Decline) {
	if c.Decline {
		d.permit("declined")
	} else {
		d.permit("decline_refused")
	}
	s := d.s
	if s.Status == StatusWorking && !s.Declining {
		d.refuse(civic.Conflict, "matter.no_decline_proposed")
	}
	d.words("law", c.Law, true)
	d.digest("reason", c.Reason, true)
	switch {
	case !d.ok():
	case c.Decline:
		d.emit(Declined{Law: c.Law, Reason: c.Reason, Elsewhere: s.Elsewhere})
	default:
		d.emit(DeclineRefused{Law: c.Law, Reason: c.Reason})
	}
}

func (d *decision) confirm(c Confirm) {
	d.permit("confirmed")
	if c.Rating < 0 || c.Rating > 5 {
		d.wrong("rating", "matter.rating_range", "most", 5)
	}
	d.digest("words", c.Words, false)
	if d.ok() {
		d.emit(Confirmed{Solved: c.Solved, Rating: c.Rating, Words: c.Words})
	}
}

// reopen begins a round of its own limits. A ruling of the round before stands; else the
// list is asked, and where it is silent the body that led before leads again.
func (d *decision) reopen(c Reopen) {
	d.permit("reopened")
	s := d.s
	d.digest("reason", c.Reason, true)
	if s.Status == StatusClosed && d.ok() {
		if t := d.term(s.Calendar, s.Ended, "", d.f.Rules.Reopen, nil); d.ok() && d.now > t.Due {
			d.refuse(civic.Conflict, "matter.reopen_too_late", "until", t.Due)
		}
	}
	if !d.ok() {
		return
	}
	again, triage := d.again()
	if !d.ok() {
		return
	}
	d.emit(Reopened{Round: s.No + 1, Reason: c.Reason, Triage: triage})
	if triage == nil {
		d.assign("reopening", again.res, again.ruled)
	}
}

// anew is who leads a new round, and by which limits.
type anew struct {
	res   Resolution
	ruled civic.BodyID
}

// again asks who leads the next round. Where nobody can, the matter waits.
func (d *decision) again() (anew, *Waiting) {
	s := d.s
	res, why := d.lookUp(s.Category, s.Places, s.Triage == TriageOutside, s.Against)
	heir, fit := d.fit(s.Lead, s.Against)
	ruled := s.Lead != "" && fit && (s.ByRuling || why != "")
	switch {
	case ruled && why != "":
		// No row applies: the limits are those of the round before.
		last := s.Round
		return anew{Resolution{Lead: heir, Response: last.Response.Limit, Objection: last.Objection.Limit,
			Resolution: last.Resolution.Limit, Calendar: last.Calendar}, heir}, nil
	case ruled:
		return anew{res, heir}, nil
	case why != "":
		return anew{}, d.waiting(why, res, s.Places, s.Against)
	}
	return anew{res, ""}, nil
}

// withdraw ends the matter by its reporter's will. Matters that others joined into it
// are theirs, not hers: they go on as before they were joined.
func (d *decision) withdraw(c Withdraw) {
	d.permit("withdrawn")
	d.digest("reason", c.Reason, false)
	for _, id := range d.s.Took {
		if !d.f.Others[id].Exists() {
			d.refuse(civic.Unavailable, "matter.join_unknown", "matter", string(id))
		}
	}
	if !d.ok() {
		return
	}
	took := d.s.Took
	d.emit(Withdrawn{Reason: c.Reason})
	for _, id := range took {
		other := d.f.Others[id]
		if other.Status == StatusJoined && other.Main == d.s.ID {
			main := d.s.ID
			d.on(other, func() { d.clock(PowerTicks, d.now, Separated{Other: main, Why: "main_withdrawn"}) })
		}
	}
}

var retractable = map[string]bool{
	"matter.triaged": true, "matter.accepted": true, "matter.objected": true, "matter.ruled": true,
	"matter.corrected": true, "matter.asked": true, "matter.told": true, "matter.contributed": true,
	"matter.paused": true, "matter.resumed": true, "matter.extended": true, "matter.joined": true,
	"matter.answered": true, "matter.decline_proposed": true, "matter.declined": true,
	"matter.decline_refused": true, "matter.released": true, "matter.withheld": true,
	"matter.redacted": true, "matter.attached": true,
}

// retract takes back the post's own act while nobody but the clock has acted since. Both
// stay in the journal; the matter is as before it, and what the clock has done is not done again.
func (d *decision) retract(c Retract) {
	d.permit("retracted")
	d.digest("reason", c.Reason, true)
	u := d.s.undo
	switch {
	case u == nil || u.seq != c.Act:
		d.refuse(civic.Conflict, "matter.retract_not_last", "act", c.Act)
	case !u.by(d.f.Asker):
		d.refuse(civic.Forbidden, "matter.retract_not_yours", "act", c.Act)
	case u.typ == "matter.joined" && !d.f.Others[d.s.Main].Exists():
		d.refuse(civic.Unavailable, "matter.join_unknown", "matter", string(d.s.Main))
	}
	if !d.ok() {
		return
	}
	main, id := d.f.Others[d.s.Main], d.s.ID
	d.emit(Retracted{Act: c.Act, Of: u.typ, Reason: c.Reason})
	if u.typ == "matter.joined" {
		d.on(main, func() { d.emit(Separated{Other: id, Why: "retracted"}) })
	}
}

// Retractable returns the act that a post could take back now, 0 for none.
func (s State) Retractable(by civic.Actor) int64 {
	if s.undo == nil || !s.undo.by(by) {
		return 0
	}
	return s.undo.seq
}
