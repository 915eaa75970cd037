package review

import (
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
	by := func() civic.PostID {
		_, post, _ := strings.Cut(a.Actor, ":")
		post, _, _ = strings.Cut(post, " ")
		return civic.PostID(post)
	}
	switch e := a.Event.(type) {
	case Examined:
		s.ID, s.Subject, s.Asked, s.Why, s.By, s.Status = a.Dossier, e.Subject, e.Asked, e.Why, by(), FindingExamining
		s.Case = procedure.Open(at, e.FindBy.Due).After(procedure.Serve, at, e.ReplyBy.Due)
	case Accounted:
		s.Account, s.Case = e.Text, s.Case.After(procedure.Reply, at, 0)
	case Found:
		s.Aspects, s.Law, s.Reasons, s.Case = e.Against, e.Law, e.Reasons, s.Case.After(procedure.Decide, at, 0)
		s.Status = FindingLawful
		if e.Unlawful {
			s.Status, s.AnswerBy = FindingWaits, *e.AnswerBy
		}
	case Recommended:
		s.ID, s.Subject, s.Recommended, s.Why, s.Law, s.By = a.Dossier, e.Subject, true, e.Text, e.Law, by()
		s.Case, s.Status, s.AnswerBy = procedure.Open(at, 0), FindingWaits, e.AnswerBy
	case Responded:
		s.Follows, s.Answer, s.Answered, s.Status = e.Follows, e.Text, at, FindingAnswered
	case Reminded:
		s.Told = grow(s.Told, e.Step)
	}
	return s
}
