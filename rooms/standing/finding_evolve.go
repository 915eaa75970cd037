package standing

import (
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/procedure"
)

// EvolveFinding folds one act into a finding. What its argument holds is never changed.
func EvolveFinding(s Finding, a journal.Act) Finding {
	s.Seq = a.Seq
	s.Last = max(s.Last, a.Happened)
	at := a.Happened
	switch e := a.Event.(type) {
	case FindingPut:
		s.ID, s.Nature, s.Cited, s.Law, s.Why, s.Proposer, s.Status = a.Dossier, e.Nature, e.Cited, e.Law, e.Why, postOf(a.Actor), FindingProposed
		s.Case = procedure.Open(at, e.DecideBy.Due).After(procedure.Serve, at, e.ReplyBy.Due)
	case FindingReplied:
		s.Reply, s.Case = e.Text, s.Case.After(procedure.Reply, at, 0)
	case FindingHearingAsked:
		s.Case = s.Case.After(procedure.AskHearing, at, 0)
	case FindingHearingCalled:
		s.Place, s.Case = e.Place, s.Case.After(procedure.CallHearing, at, e.At)
	case FindingHearingHeld:
		s.Record, s.Case = e.Record, s.Case.After(procedure.HoldHearing, at, 0)
	case FindingHearingWaived:
		s.Case = s.Case.After(procedure.Waive, at, 0)
	case FindingDecided:
		s.Law, s.Facts, s.Reasons, s.Decider = e.Law, e.Facts, e.Reasons, postOf(a.Actor)
		s.Case, s.Status = s.Case.After(procedure.Decide, at, e.Contest.Due), FindingNotFound
		if e.Found {
			s.Status, s.Expires = FindingStands, *e.Expires
		}
	case FindingAppealed:
		s.Appeal, s.Reason = a.Seq, e.Reason
	case FindingObeyed:
		s.Appeal, s.Reviewed = 0, true
		switch {
		case e.Result == "quashed":
			s.Status, s.Ended = FindingQuashed, at
		case e.Result == "sent_back" && e.DecideBy != nil:
			s.Status, s.Facts, s.Reasons, s.Reply, s.Record, s.Place, s.Decider, s.Expires = FindingProposed, "", "", "", "", "", "", FindingTerm{}
			s.Case, s.Reviewed, s.Told = procedure.Open(at, e.DecideBy.Due).After(procedure.Serve, at, e.ReplyBy.Due), false, nil
		}
	case FindingTaken:
		s.Status, s.Ended, s.Case = FindingDropped, at, s.Case.After(procedure.Close, at, 0)
	case FindingRanOut:
		s.Status, s.Ended = FindingExpired, at
	case FindingReminded:
		s.Told = append(slices.Clip(s.Told), e.Step)
	}
	return s
}

// postOf is the post that acted.
func postOf(actor string) civic.PostID {
	_, post, _ := strings.Cut(actor, ":")
	post, _, _ = strings.Cut(post, " ")
	return civic.PostID(post)
}
