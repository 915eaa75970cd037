package matter

import "slices"

// By is in what capacity somebody acts on a matter.
type By string

const (
	ByAnyone      By = "anyone"
	ByReporter    By = "reporter"
	ByDesk        By = "desk"
	ByLead        By = "lead"
	ByJoint       By = "joint body"
	BySupervisor  By = "supervising post"
	ByCoordinator By = "coordinating body"
	ByErring      By = "the post that erred"
	ByClock       By = "the clock"
	ByImporter    By = "the importer"
)

// Transition is a row of the central loop's table: an act, the statuses it may follow, who
// does it, and the statuses it may lead to (none: it stays as it was).
type Transition struct {
	Act  string
	From []Status
	By   []By
	Then []Status
	Note string
}

var (
	none     = []Status{StatusNone}
	received = []Status{StatusReceived}
	open     = []Status{StatusReceived, StatusAssigned, StatusObjected, StatusWorking, StatusPaused}
	handled  = []Status{StatusWorking, StatusPaused}
	working  = []Status{StatusWorking}
)

// Transitions is the whole law of which act may follow which. Whatever is not here is refused.
var Transitions = []Transition{
	{"reported", none, []By{ByAnyone, ByDesk}, received, "number, receipt, who answers, by when"},
	{"imported", none, []By{ByImporter}, []Status{StatusReceived, StatusWorking, StatusDeclined, StatusClosed}, "a whole known history as one record"},
	{"triaged", received, []By{ByDesk}, received, "only while something stands in the way of a lead; within the triage limit"},
	{"assigned", received, []By{ByClock}, []Status{StatusAssigned}, "from the duty list, or as ruled; in one commit with what it follows"},
	{"accepted", []Status{StatusAssigned}, []By{ByLead, ByClock}, working, "silence past the objection limit counts as accepted"},
	{"objected", []Status{StatusAssigned}, []By{ByLead}, []Status{StatusObjected}, "once a body and round, within the objection limit, on a listed ground"},
	{"ruled", []Status{StatusObjected, StatusReceived}, []By{ByCoordinator, ByClock}, []Status{StatusWorking, StatusReceived}, "keeps the assignment, as silence does, or names another body, which is then assigned; of a matter without a lead only for a gap, an overlap or a conflict"},
	{"corrected", open, []By{ByDesk, ByLead, ByCoordinator}, received, "same clock; assigned anew in the same commit"},
	{"asked", working, []By{ByLead}, nil, "a question to the reporter"},
	{"supplied", handled, []By{ByReporter}, nil, "its answer; ends a pause for it"},
	{"amended", Statuses, []By{ByReporter}, nil, "corrects her text, the address or how to reach her; what she told first stands beside it"},
	{"told", handled, []By{ByLead}, nil, "an interim word"},
	{"contributed", handled, []By{ByJoint}, nil, "within its sub-limit; the lead alone answers the resident"},
	{"attached", open, []By{ByReporter, ByLead, ByJoint, ByDesk}, nil, "texts and files"},
	{"paused", working, []By{ByLead}, []Status{StatusPaused}, "before the due date, on a ground from the law's list, up to a longest total"},
	{"resumed", []Status{StatusPaused}, []By{ByLead, ByClock}, working, ""},
	{"extended", working, []By{BySupervisor}, nil, "once, before the due date, by at most the original limit, with a reason"},
	{"escalated", Statuses, []By{ByClock}, nil, "each step once a round; of matters no longer open only for texts not released in time, or not as a review said"},
	{"joined", open, []By{ByReporter, ByDesk, ByLead}, []Status{StatusJoined}, "into a main matter; every reporter stays told; a reporter joins hers into one that everyone may read"},
	{"took_in", open, []By{ByDesk, ByLead, ByClock}, nil, "the main matter's side of joined"},
	{"separated", Statuses, []By{ByDesk, ByLead, ByClock}, Statuses, "undoes joined, when the main matter is withdrawn or it was a mistake: the one is as before it, the main one stays as it is"},
	{"relayed", []Status{StatusJoined}, []By{ByClock}, nil, "what became of the main matter: an interim word, its answer, its decline, a new round, a new lead"},
	{"split", open, []By{ByDesk, ByLead}, nil, "into parts with leads of their own, on the same clock"},
	{"answered", working, []By{ByLead}, []Status{StatusAnswered}, "a fixed outcome, with reason and evidence"},
	{"decline_proposed", working, []By{ByLead}, nil, "no body of this realm holds the power: with the law, and where to go"},
	{"declined", working, []By{ByCoordinator}, []Status{StatusDeclined}, "rules on the proposal; appealable"},
	{"decline_refused", working, []By{ByCoordinator, ByClock}, nil, "as silence does"},
	{"confirmed", []Status{StatusAnswered}, []By{ByReporter}, []Status{StatusClosed}, "solved or not"},
	{"reopened", []Status{StatusAnswered, StatusClosed}, []By{ByReporter}, received, "in time; a new round, assigned in the same commit"},
	{"lapsed", []Status{StatusAnswered}, []By{ByClock}, []Status{StatusClosed}, "silence past the limit"},
	{"appealed", Statuses, []By{ByReporter}, nil, "an answer, a decline, a withholding or a masking, in time; to the review room"},
	{"stayed", Statuses, []By{ByClock}, nil, "what the law says stands still while the appeal is decided"},
	{"obeyed", Statuses, []By{ByClock}, Statuses, "what the appeal's end says: nothing, another outcome, a new round, texts that must be shown; a stay ends"},
	{"met", Statuses, []By{ByClock}, nil, "a joint meeting on it was held: who came and what was agreed; each step waits for the act of whoever owes it"},
	{"met_anew", Statuses, []By{ByClock}, nil, "the minutes of a joint meeting on it were corrected; the earlier ones stay, as replaced"},
	{"withdrawn", open, []By{ByReporter}, []Status{StatusClosed}, ""},
	{"released", Statuses, []By{ByDesk, ByLead}, nil, "everyone may see the text or photo"},
	{"withheld", Statuses, []By{ByDesk, ByLead}, nil, "on a listed ground; appealable"},
	{"redacted", Statuses, []By{ByDesk, ByLead}, nil, "on a listed ground, a masked version stands before the original; appealable"},
	{"retracted", Statuses, []By{ByErring}, Statuses, "as before the act it names; both stay"},
	{"reassigned", []Status{StatusReceived, StatusAssigned, StatusObjected, StatusWorking, StatusPaused, StatusAnswered}, []By{ByClock}, []Status{StatusReceived, StatusAssigned, StatusObjected, StatusWorking, StatusPaused, StatusAnswered}, "to the successor of an ended body, or by a new list that says so; same clock"},
	{"erasure_asked", Statuses, []By{ByReporter, ByDesk, ByClock}, nil, "waits for a hold to end, and is then done by the clock"},
	{"erased", Statuses, []By{ByReporter, ByDesk, ByClock}, nil, "words, contact, photos, address and exact point are gone; by the clock when the time for keeping them has run out, with the matter that it is a part of, or when a hold ends that an erasure waited for"},
	{"held", Statuses, []By{ByCoordinator}, nil, "on a ground of the law, for a year at the longest; erasures wait"},
	{"unheld", Statuses, []By{ByCoordinator, ByClock}, nil, ""},
	{"recomputed", []Status{StatusAssigned, StatusObjected, StatusWorking, StatusPaused}, []By{ByClock}, nil, "a calendar has a new version"},
}

var byAct = func() map[string]Transition {
	m := make(map[string]Transition, len(Transitions))
	for _, t := range Transitions {
		m[t.Act] = t
	}
	return m
}()

// May reports whether the table lets an act (a type without "matter.") follow a status.
func May(act string, from Status) bool {
	t, known := byAct[act]
	return known && slices.Contains(t.From, from)
}
