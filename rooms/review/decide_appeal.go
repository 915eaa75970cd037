package review

import (
	"slices"

	"skein/frame/civic"
	"skein/frame/procedure"
)

// open begins the dossier. It may be called more than once.
func (d *decision) open(c Open) {
	if d.s.Exists() {
		return
	}
	m, r := c.Matter, d.f.Rules
	if m.ID == "" || m.Number == "" || c.Count < 1 || len(r.Results[c.Of]) == 0 {
		d.refuse(civic.Invalid, "review.open_unwhole")
		return
	}
	d.s.Calendar, d.s.Private = m.Calendar, m.Private
	ground, _ := r.ground(c.Ground)
	e := Opened{
		Number: number(m.Number, c.Count), Matter: m.ID, Act: c.Act, Of: c.Of, Ground: c.Ground, Law: ground.Law, Reason: c.Reason, Appellant: m.Reporter, Appealing: m.Appealing,
		Place: m.Place, Places: m.Places, Calendar: m.Calendar, Respondent: m.Respondent, Posts: m.Posts, Bodies: m.Bodies, Contact: m.Contact,
		TakeBy: d.term(d.now, r.Take), DecideBy: d.term(d.now, r.Decide), Stay: r.stay(c.Of),
	}
	if c.Of == "withholding" {
		e.Withheld = m.Withheld
	}
	if d.ok() {
		d.emit(e)
	}
}

// note takes over what has become of the matter. It may be called more than once.
func (d *decision) note(c Note) {
	e := Noted{Private: c.Private && !d.s.Private}
	if c.Post != "" && !slices.Contains(d.s.Posts, c.Post) && d.s.Pending() {
		e.Post = c.Post
	}
	if c.Body != "" && !slices.Contains(d.s.Bodies, c.Body) && d.s.Pending() {
		e.Body = c.Body
	}
	if e != (Noted{}) {
		d.emit(e)
	}
}

// take makes the asking post the reviewer and serves notice: whoever reviews an act tells the body whose act it is.
func (d *decision) take() {
	d.permit("taken")
	d.impartial()
	if d.s.Case.Served == 0 {
		d.step(procedure.Serve)
	}
	reply := Term{Start: d.s.Case.Served, Due: d.s.Case.ReplyBy, Limit: d.f.Rules.Reply}
	if d.s.Case.Served == 0 {
		reply = d.term(d.now, d.f.Rules.Reply)
	}
	if d.ok() {
		d.emit(Taken{Reviewer: d.f.Asker.Post, ReplyBy: reply})
	}
}

func (d *decision) recuse(c Recuse) {
	d.permit("recused")
	d.digest("reason", c.Reason, true)
	t := d.term(d.now, d.f.Rules.Take)
	if d.ok() {
		d.emit(Recused{Reviewer: d.s.Reviewer, Reason: c.Reason, TakeBy: t})
	}
}

func (d *decision) reply(c Reply) {
	d.permit("replied")
	d.step(procedure.Reply)
	d.digest("text", c.Text, true)
	if d.ok() {
		d.emit(Replied{Body: d.s.Respondent, Text: c.Text, Late: d.now > d.s.Case.ReplyBy})
	}
}

// side is which side somebody is on who may speak in the case.
func (d *decision) side() string {
	if d.f.Asker.Kind == civic.Post && (d.s.Appealing == "" || d.f.Asker.Post.Body() != d.s.Appealing) {
		return "respondent"
	}
	return "appellant"
}

func (d *decision) askHearing(c AskHearing) {
	d.permit("hearing_asked")
	d.step(procedure.AskHearing)
	d.digest("reason", c.Reason, false)
	if d.ok() {
		d.emit(HearingAsked{By: d.side(), Reason: c.Reason})
	}
}

// callHearing sets the hour, with the notice that the law gives both sides.
func (d *decision) callHearing(c CallHearing) {
	d.permit("hearing_called")
	d.impartial()
	d.step(procedure.CallHearing)
	d.digest("place", c.Place, true)
	if t := d.term(d.now, d.f.Rules.HearingNotice); d.ok() && c.At < t.Due {
		d.wrong("at", "review.hearing_too_soon", "earliest", t.Due)
	}
	if c.At > d.now.Add(366*24*60*60*1e9) {
		d.wrong("at", "review.hearing_too_far")
	}
	if d.ok() {
		d.emit(HearingCalled{At: c.At, Place: c.Place})
	}
}

func (d *decision) holdHearing(c HoldHearing) {
	d.permit("hearing_held")
	d.impartial()
	d.step(procedure.HoldHearing)
	d.digest("record", c.Record, true)
	e := HearingHeld{Record: c.Record}
	if c.Appellant {
		e.Present = append(e.Present, "appellant")
	}
	if c.Respondent {
		e.Present = append(e.Present, "respondent")
	}
	if d.ok() {
		d.emit(e)
	}
}

// waiveHearing gives up what one asked for; a hearing that the reviewer called is not the sides' to waive.
func (d *decision) waiveHearing() {
	d.permit("hearing_waived")
	d.step(procedure.Waive)
	if d.s.Case.Hearing.Owed() && d.s.HearingBy != d.side() {
		d.refuse(civic.Conflict, "review.hearing_not_yours")
	}
	if d.ok() {
		d.emit(HearingWaived{By: d.side()})
	}
}

func (d *decision) extend(c Extend) {
	d.permit("extended")
	d.impartial()
	d.step(procedure.Extend)
	d.digest("reason", c.Reason, true)
	if t := d.term(d.s.DecideBy.Due, d.f.Rules.Extend); d.ok() {
		d.emit(Extended{Reason: c.Reason, DecideBy: t})
	}
}

// settle decides. A decision without its parts is none; what each result needs is held too.
func (d *decision) settle(c Settle) {
	s, r := d.s, d.f.Rules
	d.permit("decided")
	d.impartial()
	d.step(procedure.Decide)
	for _, part := range (procedure.Reasoned{Result: string(c.Result), Found: c.Found, Reasons: c.Reasons, Law: c.Law}).Lacking() {
		d.wrong(part, "review.missing", "field", part)
	}
	if c.Law != "" {
		d.law("law", c.Law)
	}
	d.digest("found", c.Found, false)
	d.digest("reasons", c.Reasons, false)
	if c.Result != "" && s.Pending() && !slices.Contains(r.Results[s.Of], c.Result) {
		d.wrong("result", "review.result_unfit", "result", clip(string(c.Result)), "of", s.Of)
	}
	e := Decided{Result: c.Result, Law: c.Law, Found: c.Found, Reasons: c.Reasons, Late: s.Case.Late(d.now)}
	switch c.Result {
	case Varied:
		d.vary(c, &e)
	case SentBack:
		d.digest("directions", c.Directions, true)
		e.Directions = c.Directions
		if c.Within == "" {
			d.wrong("within", "review.missing", "field", "within")
		} else {
			d.within(c.Within)
		}
		e.Within = c.Within
	case Quashed:
		if s.Of == "withholding" {
			e.Show = s.Withheld
		}
	}
	if !d.ok() {
		return
	}
	e.Contest = d.term(d.now, r.Contest)
	if !s.Private {
		t := d.term(d.now, r.Publish)
		e.PublishBy = &t
	}
	if d.ok() {
		d.emit(e)
	}
}

// vary says what stands instead.
func (d *decision) vary(c Settle, e *Decided) {
	switch d.s.Of {
	case "answer":
		if !slices.Contains(d.f.Rules.Outcomes, c.Outcome) {
			d.wrong("outcome", "review.outcome_unknown", "outcome", clip(c.Outcome))
		}
		if (c.Outcome == "planned") != (c.By != 0) {
			d.wrong("by", "review.date_planned")
		} else if c.By != 0 && c.By <= d.now {
			d.wrong("by", "review.date_past")
		}
		e.Outcome, e.By = c.Outcome, c.By
	case "withholding":
		if len(c.Show) == 0 {
			d.wrong("show", "review.missing", "field", "show")
		}
		for i, digest := range c.Show {
			if !slices.Contains(d.s.Withheld, digest) || slices.Contains(c.Show[:i], digest) {
				d.wrong("show", "review.show_unknown", "item", clip(digest))
			}
		}
		e.Show = c.Show
	}
}

// within refuses a limit that cannot be reckoned, or is longer than deciding took at the most.
func (d *decision) within(l Limit) {
	t := Term{}
	var err error
	if t.Due, _, err = d.f.Calendars.Due(d.s.Calendar, d.now, l); err != nil {
		d.wrong("within", "review.limit_unreadable", "limit", clip(string(l)))
		return
	}
	if most := d.term(d.now, d.f.Rules.Decide); t.Due > most.Due || t.Due <= d.now {
		d.wrong("within", "review.limit_range", "most", string(d.f.Rules.Decide))
	}
}

// publish lets everyone read the decision in words that name nobody.
func (d *decision) publish(c Publish) {
	d.permit("published")
	if d.s.Private {
		d.refuse(civic.Conflict, "review.private_never_shown")
	}
	if d.s.Published != 0 {
		d.refuse(civic.Conflict, "review.published_before")
	}
	d.digest("found", c.Found, true)
	d.digest("reasons", c.Reasons, true)
	if d.ok() {
		d.emit(Published{Found: c.Found, Reasons: c.Reasons})
	}
}

func (d *decision) withdraw(c Withdraw) {
	d.permit("withdrawn")
	d.step(procedure.Close)
	d.digest("reason", c.Reason, false)
	if d.ok() {
		d.emit(Withdrawn{Reason: c.Reason})
	}
}
