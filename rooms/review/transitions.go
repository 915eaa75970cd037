package review

import "slices"

// By is in what capacity somebody acts on an appeal.
type By string

const (
	ByAppellant  By = "whoever appealed"
	ByRespondent By = "the body whose act it is"
	ByReviewer   By = "the reviewer"
	ByAReviewer  By = "a reviewer who is not kept out"
	ByClock      By = "the clock"
)

// Transition is a row of the table: an act, the statuses it may follow, who does it, and the status it leads to ("": the same).
type Transition struct {
	Act  string
	From []Status
	By   []By
	Then Status
	Note string
}

var (
	openOnly = []Status{StatusOpen}
	taken    = []Status{StatusTaken}
	pending  = []Status{StatusOpen, StatusTaken}
	decided  = []Status{StatusDecided}
)

// Transitions is the whole law of which act may follow which. Whatever is not here is refused; the order within a status is
// that of frame/procedure.
var Transitions = []Transition{
	{"opened", []Status{StatusNone}, []By{ByClock}, StatusOpen, "after a matter was appealed; who had a hand in it, by when it is decided, what stands still"},
	{"noted", Statuses, []By{ByClock}, "", "another post had a hand in the matter since, or it turned private"},
	{"taken", openOnly, []By{ByAReviewer}, StatusTaken, "serves notice on the body whose act it is; its window to reply begins"},
	{"recused", taken, []By{ByReviewer}, StatusOpen, "with a reason; whoever recused herself does not take it again"},
	{"replied", taken, []By{ByRespondent}, "", "once; late ones are heard and say so"},
	{"hearing_asked", pending, []By{ByAppellant, ByRespondent}, "", "once"},
	{"hearing_called", taken, []By{ByReviewer}, "", "with notice; may be called anew before it is held"},
	{"hearing_held", taken, []By{ByReviewer}, "", "not before its hour; its record"},
	{"hearing_waived", pending, []By{ByAppellant, ByRespondent}, "", "by the side that asked"},
	{"extended", taken, []By{ByReviewer}, "", "once, before the limit has run out"},
	{"decided", taken, []By{ByReviewer}, StatusDecided, "with result, facts, reasons and law; after the reply or its window, and the hearing"},
	{"published", decided, []By{ByReviewer}, "", "in words without names; never what is private"},
	{"withdrawn", pending, []By{ByAppellant}, StatusWithdrawn, ""},
	{"escalated", []Status{StatusOpen, StatusTaken, StatusDecided}, []By{ByClock}, "", "each step once in its term: told to the coordinating body, never decided"},
}

// May reports whether the table lets an act (a type without "review.") follow a status.
func May(act string, from Status) bool {
	i := slices.IndexFunc(Transitions, func(t Transition) bool { return t.Act == act })
	return i >= 0 && slices.Contains(Transitions[i].From, from)
}
