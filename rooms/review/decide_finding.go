package review

import (
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/procedure"
)

// DecideFinding says which acts a command on a finding leads to, or every reason against it.
func DecideFinding(s Finding, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	d := &finding{decision: decision{f: f, now: max(f.Now, s.Last)}, is: s}
	switch c := c.(type) {
	case Examine:
		d.examine(c)
	case Recommend:
		d.recommend(c)
	default:
		d.onFinding(c)
	}
	if !d.ok() {
		return nil, d.refusals
	}
	return d.drafts, nil
}

// finding is a decision on a finding: is is the finding as the drafts so far leave it.
type finding struct {
	decision
	is Finding
}

func (d *finding) emit(e journal.Event) { d.draft(e, d.now, "") }

func (d *finding) draft(e journal.Event, at civic.Instant, power string) {
	draft, act := d.act(d.is.ID, d.is.Seq, e, max(at, d.is.Last), power)
	d.is = EvolveFinding(d.is, act)
	d.drafts = append(d.drafts, draft)
}

func (d *finding) onFinding(c Command) {
	if !d.is.Exists() {
		d.refuse(civic.Missing, "review.finding_none")
		return
	}
	_, tick := c.(Remind)
	for {
		at, step := nextOf(d.is)
		if at == 0 || at > d.now || at == d.now && !tick {
			break
		}
		d.draft(Reminded{Step: step, Body: d.f.Bodies.Coordinator(nil), Due: at}, at, PowerReminds)
	}
	if tick {
		return
	}
	switch c := c.(type) {
	case Account:
		d.account(c)
	case Find:
		d.find(c)
	case Respond:
		d.respond(c)
	default:
		d.refuse(civic.Invalid, "review.command_unknown")
	}
}

// PowerReminds is the policy under which the clock tells of findings.
const PowerReminds = "review.clock_reminds"

// status refuses what is not for the finding's status.
func (d *finding) status(want FindingStatus) {
	if d.is.Status != want {
		d.refuse(civic.Conflict, "review.finding_not_now", "status", string(d.is.Status))
	}
}

func (d *finding) subject(s Subject) {
	if d.is.Exists() {
		d.refuse(civic.Conflict, "review.examined_before")
	} else if s.ID == "" || s.Body == "" || !slices.Contains(SubjectKinds, s.Kind) {
		d.wrong("thing", "review.subject_unknown")
	}
}

// examine begins a review; whoever had a hand in what is examined does not examine it.
func (d *finding) examine(c Examine) {
	d.subject(c.About)
	d.digest("why", c.Why, true)
	if procedure.KeptOut(d.f.Bodies, d.f.Asker.Post, c.About.Posts, []civic.BodyID{c.About.Body}) {
		d.refuse(civic.Forbidden, "review.kept_out", "post", string(d.f.Asker.Post))
	}
	reply, find := d.term(d.now, d.f.Rules.Reply), d.term(d.now, d.f.Rules.Decide)
	if d.ok() {
		d.emit(Examined{Subject: c.About, Asked: c.Asked, Why: c.Why, ReplyBy: reply, FindBy: find})
	}
}

func (d *finding) account(c Account) {
	d.status(FindingExamining)
	if d.is.Status == FindingExamining {
		d.refusals = append(d.refusals, d.is.Case.May(procedure.Reply, d.now)...)
	}
	d.digest("text", c.Text, true)
	if d.ok() {
		d.emit(Accounted{Text: c.Text, Late: d.now > d.is.Case.ReplyBy})
	}
}

func (d *finding) find(c Find) {
	d.status(FindingExamining)
	if d.is.Status == FindingExamining {
		d.refusals = append(d.refusals, d.is.Case.May(procedure.Decide, d.now)...)
	}
	if procedure.KeptOut(d.f.Bodies, d.f.Asker.Post, d.is.Subject.Posts, []civic.BodyID{d.is.Subject.Body}) {
		d.refuse(civic.Forbidden, "review.kept_out", "post", string(d.f.Asker.Post))
	}
	d.law("law", c.Law)
	d.digest("reasons", c.Reasons, true)
	d.aspects("against", c.Against)
	if c.Unlawful != (len(c.Against) > 0) {
		d.wrong("against", "review.aspects_unfit")
	}
	e := Found{Unlawful: c.Unlawful, Against: c.Against, Law: c.Law, Reasons: c.Reasons}
	if c.Unlawful {
		t := d.answerBy(c.Within)
		e.AnswerBy = &t
	}
	if d.ok() {
		d.emit(e)
	}
}

// answerBy is until when a body answers.
func (d *finding) answerBy(within Limit) Term {
	if within == "" {
		within = d.f.Rules.Answer
	} else {
		d.within(within)
	}
	if !d.ok() {
		return Term{}
	}
	return d.term(d.now, within)
}

func (d *finding) recommend(c Recommend) {
	d.subject(c.About)
	d.law("law", c.Law)
	d.digest("text", c.Text, true)
	t := d.answerBy(c.Within)
	if d.ok() {
		d.emit(Recommended{Subject: c.About, Law: c.Law, Text: c.Text, AnswerBy: t})
	}
}

func (d *finding) respond(c Respond) {
	d.status(FindingWaits)
	d.digest("text", c.Text, true)
	if d.ok() {
		d.emit(Responded{Follows: c.Follows, Text: c.Text, Late: d.now > d.is.AnswerBy.Due})
	}
}
