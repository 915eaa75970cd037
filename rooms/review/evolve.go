package review

import (
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/procedure"
)

// Evolve folds one act into the appeal. What its argument holds is never changed.
func Evolve(s State, a journal.Act) State {
	s.Seq = a.Seq
	s.Last = max(s.Last, a.Happened)
	at := a.Happened
	switch e := a.Event.(type) {
	case Opened:
		s.begin(a, e)
	case Noted:
		s.Private = s.Private || e.Private
		if e.Post != "" {
			s.Posts = grow(s.Posts, e.Post)
			s.handledBy(e.Post.Body())
		}
		s.handledBy(e.Body)
		if s.Private {
			s.PublishBy = Term{}
			s.show(false)
		}
	case Taken:
		s.Status, s.Reviewer, s.TakeBy = StatusTaken, e.Reviewer, Term{}
		if s.Case.Served == 0 {
			s.Case = s.Case.After(procedure.Serve, at, e.ReplyBy.Due)
		}
	case Recused:
		s.Status, s.Reviewer, s.TakeBy = StatusOpen, "", e.TakeBy
		s.Recused = grow(s.Recused, e.Reviewer)
		s.Told = slices.DeleteFunc(slices.Clone(s.Told), func(t Step) bool { return t == StepTake })
		s.bring(a, FromRecusal, e.Reason, false)
	case Replied:
		s.Case = s.Case.After(procedure.Reply, at, 0)
		s.bring(a, FromReply, e.Text, false)
	case HearingAsked:
		s.Case, s.HearingBy = s.Case.After(procedure.AskHearing, at, 0), e.By
		s.bring(a, FromHearing, e.Reason, false)
	case HearingCalled:
		s.Case = s.Case.After(procedure.CallHearing, at, e.At)
		s.bring(a, FromPlace, e.Place, false)
	case HearingHeld:
		s.Case = s.Case.After(procedure.HoldHearing, at, 0)
		s.bring(a, FromRecord, e.Record, false)
	case HearingWaived:
		s.Case = s.Case.After(procedure.Waive, at, 0)
	case Extended:
		s.Case, s.DecideBy = s.Case.After(procedure.Extend, at, e.DecideBy.Due), e.DecideBy
		s.bring(a, FromExtension, e.Reason, false)
	case Decided:
		s.decided(a, e)
	case Published:
		s.Published, s.PublishBy = at, Term{}
		s.bring(a, FromPublicFound, e.Found, true)
		s.bring(a, FromPublicReason, e.Reasons, true)
	case Withdrawn:
		s.Status, s.Case, s.Stay = StatusWithdrawn, s.Case.After(procedure.Close, at, 0), nil
		s.bring(a, FromWithdrawal, e.Reason, false)
	case Escalated:
		s.Told = grow(s.Told, e.Step)
	}
	return s
}

func (s *State) begin(a journal.Act, e Opened) {
	s.ID, s.Number, s.Matter, s.Of, s.Ground, s.Law = a.Dossier, e.Number, e.Matter, e.Of, e.Ground, e.Law
	s.Appellant, s.Private, s.Place, s.Places, s.Calendar = e.Appellant, a.Private || s.Private, e.Place, e.Places, e.Calendar
	s.Contact, s.Appealing = e.Contact, e.Appealing
	s.Respondent, s.Posts, s.Bodies, s.Withheld = e.Respondent, e.Posts, e.Bodies, e.Withheld
	s.Status, s.TakeBy, s.DecideBy, s.Stay = StatusOpen, e.TakeBy, e.DecideBy, e.Stay
	s.Case = procedure.Open(a.Happened, e.DecideBy.Due)
	s.bring(a, FromAppeal, e.Reason, false)
}

func (s *State) handledBy(body civic.BodyID) {
	if body != "" && !slices.Contains(s.Bodies, body) {
		s.Bodies = grow(s.Bodies, body)
	}
}

func (s *State) decided(a journal.Act, e Decided) {
	s.Status, s.Case = StatusDecided, s.Case.After(procedure.Decide, a.Happened, e.Contest.Due)
	s.Result, s.ResultLaw, s.Outcome, s.By, s.Show, s.Within = e.Result, e.Law, e.Outcome, e.By, e.Show, e.Within
	s.Directions, s.Contest, s.Stay = e.Directions, e.Contest, nil
	if e.PublishBy != nil && !s.Private {
		s.PublishBy = *e.PublishBy
	}
	s.bring(a, FromFound, e.Found, false)
	s.bring(a, FromReasons, e.Reasons, false)
	s.bring(a, FromDirections, e.Directions, false)
}

func (s *State) bring(a journal.Act, from, digest string, public bool) {
	if digest != "" {
		s.Items = grow(s.Items, Item{Seq: a.Seq, From: from, Digest: digest, Public: public && !s.Private})
	}
}

// show sets whether what was published can be read.
func (s *State) show(public bool) {
	s.Items = slices.Clone(s.Items)
	for i := range s.Items {
		s.Items[i].Public = s.Items[i].Public && public
	}
}
