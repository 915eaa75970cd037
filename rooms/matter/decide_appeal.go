package matter

import (
	"slices"

	"skein/frame/civic"
)

// What the reporter puts to the review room, and how the matter obeys it.

// Results are the ends of an appeal.
const (
	Upheld    = "upheld"
	Varied    = "varied"
	Quashed   = "quashed"
	SentBack  = "sent_back"
	Dropped   = "withdrawn" // by whoever appealed
	HoldLapse = "lapse"     // silence after the answer does not close the matter
)

// Results lists every end of an appeal, Stays all that can stand still while it is decided.
var (
	Results = []string{Upheld, Varied, Quashed, SentBack, Dropped}
	Stays   = []string{HoldLapse}
)

// appeal records that the matter goes to the review room.
func (d *decision) appeal(c Appeal) {
	d.permit("appealed")
	s := d.s
	d.digest("reason", c.Reason, true)
	if !d.f.Imported {
		d.choice("ground", "matter.ground_unknown", c.Ground, slices.Contains(d.f.Rules.AppealGrounds, c.Ground))
	}
	var from civic.Instant
	switch c.Of {
	case "answer":
		if s.Status == StatusAnswered || s.Status == StatusClosed {
			from = s.Answered
		}
	case "decline":
		if s.Status == StatusDeclined {
			from = s.Ended
		}
	case "withholding":
		from = s.WithheldAt
	case "masking":
		from = s.MaskedAt
	default:
		d.wrong("of", "matter.appeal_unknown", "of", clip(c.Of))
		return
	}
	if from == 0 {
		d.refuse(civic.Conflict, "matter.nothing_to_appeal", "of", c.Of)
		return
	}
	if slices.ContainsFunc(s.Appeals, func(a Appealing) bool { return a.Of == c.Of && a.At >= from }) {
		d.refuse(civic.Conflict, "matter.appealed_before", "of", c.Of)
	}
	if t := d.term(s.Calendar, from, "", d.f.Rules.Appeal, nil); t.Due != 0 && d.now > t.Due {
		d.refuse(civic.Conflict, "matter.appeal_too_late", "until", t.Due)
	}
	if d.ok() {
		d.emit(Appealed{Of: c.Of, Ground: c.Ground, Reason: c.Reason})
	}
}

// stay lets stand still what the law says. It may be called more than once.
func (d *decision) stay(c Stay) {
	if !d.permit("stayed") {
		return
	}
	d.words("law", c.Law, true)
	if !slices.Contains(Stays, c.Holds) {
		d.wrong("holds", "matter.stay_unknown", "holds", clip(c.Holds))
	}
	a, waits := d.s.appealed(c.Act)
	if !waits {
		d.refuse(civic.Conflict, "matter.nothing_to_obey", "act", c.Act)
	}
	if d.ok() && d.s.Stay.Act != c.Act && a.Round == d.s.No {
		d.clock(PowerObeys, d.now, Stayed{Act: c.Act, Appeal: c.Appeal, Holds: c.Holds, Law: c.Law})
	}
}

// obey does what an appeal's end says. A quashed or returned answer or decline begins a round of its own limits, unless
// the reporter has begun one since: what was appealed is then past, and that round goes on.
func (d *decision) obey(c Obey) {
	s := d.s
	d.permit("obeyed")
	a, waits := s.appealed(c.Act)
	if !waits {
		d.refuse(civic.Conflict, "matter.nothing_to_obey", "act", c.Act)
	}
	if !slices.Contains(Results, c.Result) {
		d.wrong("result", "matter.result_unknown", "result", clip(c.Result))
	}
	d.digest("directions", c.Directions, c.Result == SentBack)
	e := Obeyed{Act: c.Act, Appeal: c.Appeal, Of: a.Of, Result: c.Result, Directions: c.Directions}
	var next anew
	switch ended := a.Round == s.No && (s.Status == StatusAnswered || s.Status == StatusClosed || s.Status == StatusDeclined); {
	case a.Of == "answer" && c.Result == Varied:
		if !slices.Contains(Outcomes, c.Outcome) {
			d.wrong("outcome", "matter.outcome_unknown", "outcome", clip(string(c.Outcome)))
		}
		if ended {
			e.Outcome, e.By = c.Outcome, c.By
		}
	case (a.Of == "answer" || a.Of == "decline") && (c.Result == Quashed || c.Result == SentBack) && ended && d.ok():
		e.Round = s.No + 1
		next, e.Triage = d.again()
		if c.Result == SentBack {
			next.res.Resolution = c.Within
		}
	case (a.Of == "withholding" || a.Of == "masking") && (c.Result == Quashed || c.Result == Varied || c.Result == SentBack) && s.Visibility != Private:
		for _, digest := range c.Show {
			if slices.ContainsFunc(s.Items, func(it Item) bool { return it.Digest == digest && it.Showing == ShowWithheld }) {
				e.Show = append(e.Show, digest)
			}
		}
		t := d.term("", d.now, c.Within, d.f.Rules.Release, nil)
		e.ReleaseBy = &t
	}
	if s.stays(HoldLapse) && s.Status == StatusAnswered && e.Round == 0 {
		t := d.term(s.Calendar, d.now, "", d.f.Rules.Lapse, nil)
		e.Lapse = &t
	}
	if !d.ok() {
		return
	}
	d.clock(PowerObeys, d.now, e)
	if e.Round != 0 && e.Triage == nil {
		d.assign("review", next.res, next.ruled)
	}
}

// changes reports whether an answer or a decline does not stand any more as it was told.
func (e Obeyed) changes() bool {
	return (e.Of == "answer" || e.Of == "decline") && (e.Result == "varied" || e.Result == "quashed" || e.Result == "sent_back")
}

// appealed is the appeal that an act began, if it waits to be obeyed.
func (s State) appealed(act int64) (Appealing, bool) {
	i := slices.IndexFunc(s.Appeals, func(a Appealing) bool { return a.Act == act && !a.Over })
	if i < 0 {
		return Appealing{}, false
	}
	return s.Appeals[i], true
}

// UnderReview reports whether an appeal of the matter has not come to its end.
func (s State) UnderReview() bool {
	return slices.ContainsFunc(s.Appeals, func(a Appealing) bool { return !a.Over })
}

// stays reports whether something stands still: a stay is of the round in which it was given.
func (s State) stays(what string) bool { return s.Stay.Holds == what && s.Stay.Round == s.No }
