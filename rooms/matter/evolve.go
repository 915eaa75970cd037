package matter

import (
	"slices"
	"strings"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/journal"
)

// Evolve folds one act into the matter. What its argument holds is never changed.
func Evolve(s State, a journal.Act) State {
	before := s
	s.Seq, s.Position = a.Seq, a.Position
	s.Last = max(s.Last, a.Happened)
	at := a.Happened
	switch e := a.Event.(type) {
	case Reported:
		s.begin(a, e)
	case Imported:
		s.begin(a, e.Report)
		s.record(e)
	case Triaged:
		s.Kind, s.Category, s.Place, s.Places, s.Point = e.Kind, e.Category, e.Place, e.Places, e.Point
		s.Against, s.Triage = e.Against, e.Why
		if e.Coordinator != "" {
			s.Coordinator = e.Coordinator
		}
		s.narrow(e.Visibility)
	case Assigned:
		s.assign(e, at)
	case Accepted:
		s.Status, s.Accepted, s.BySilence = StatusWorking, at, e.BySilence
	case Objected:
		s.Status, s.Proposed, s.Ruling = StatusObjected, e.Proposed, e.Ruling
		s.Objecting = grow(s.Objecting, e.Body)
		s.Coordinator = e.Coordinator
	case Ruled:
		s.rule(e, at)
	case Corrected:
		s.correct(e, at)
	case Asked:
		s.Questions++
		s.text(a, "asked", e.Text, ShowUndecided)
	case Supplied:
		s.Questions = 0
		s.bring(a, fromReporter, e.Text, e.Attached, ShowUndecided)
		s.releaseBy(e.ReleaseBy)
	case Amended:
		s.text(a, fromReporter, e.Text, ShowUndecided)
		s.releaseBy(e.ReleaseBy)
		if e.Address != "" {
			s.Address = e.Address
		}
		if e.Contact != "" {
			s.Contact = e.Contact == ContactGiven
		}
		if e.Push != "" {
			s.Push = e.Push == ContactGiven
		}
	case Told:
		s.text(a, "told", e.Text, shown(e.Released))
	case Contributed:
		s.bring(a, "joint", e.Text, e.Attached, ShowUndecided)
		s.Round.Joint = slices.Clone(s.Round.Joint)
		for i := range s.Round.Joint {
			if j := &s.Round.Joint[i]; j.Body == e.Body && j.Contributed == 0 {
				j.Contributed = at
			}
		}
	case Attached:
		s.bring(a, e.From, e.Text, e.Attached, ShowUndecided)
		s.releaseBy(e.ReleaseBy)
	case Paused:
		s.Status, s.Resolution = StatusPaused, e.Due
		s.Pauses = grow(s.Pauses, Stop{Ground: e.Ground, Span: Span{From: at, Until: e.Until}})
	case Resumed:
		s.Status, s.Resolution, s.Round.Joint = StatusWorking, e.Due, e.Joint
		s.Pauses = endPause(s.Pauses, at)
	case Extended:
		s.Extension, s.Resolution = e.Limit, e.Due
	case Escalated:
		of := civic.BodyID("")
		if e.Step == StepJoint {
			of = e.Of
		}
		s.Round.Escalated = grow(s.Round.Escalated, Escalation{Step: e.Step, Body: of, At: at})
	case Joined:
		s.Main, s.Status, s.Ending, s.Ended = e.Into, StatusJoined, EndJoined, at
		s.Pauses = endPause(s.Pauses, at)
		was := before
		was.undo = nil
		s.apart = &was
	case TookIn:
		s.Took = grow(s.Took, e.Matter)
	case Separated:
		s.separate(e)
	case SplitUp:
		s.Parts, s.Waits = grow(s.Parts, e.Parts...), s.Waits || e.Waits
	case Answered:
		s.Status, s.Answered, s.Outcome, s.PlannedBy = StatusAnswered, at, e.Outcome, e.By
		s.Late, s.Lapse = e.Late, e.Lapse
		s.bring(a, "answer", e.Reason, e.Evidence, shown(e.Released))
	case DeclineProposed:
		s.Declining, s.DeclineBy, s.Elsewhere = true, e.Law, e.Elsewhere
		s.Ruling, s.Coordinator = e.Ruling, e.Coordinator
	case Declined:
		s.Status, s.Ending, s.Ended, s.Declining = StatusDeclined, EndDeclined, at, false
	case DeclineRefused:
		s.Declining, s.DeclineBy, s.Elsewhere = false, "", ""
	case Confirmed:
		s.Status, s.Ended, s.Rating, s.Ending = StatusClosed, at, e.Rating, EndUnsolved
		if e.Solved {
			s.Ending = EndSolved
		}
		s.text(a, "words", e.Words, ShowUndecided)
	case Reopened:
		s.reopen(e.Round, e.Triage, at)
	case Lapsed:
		s.Status, s.Ended, s.Ending = StatusClosed, at, EndLapsed
	case Appealed:
		s.Appeals = grow(s.Appeals, Appealing{Act: a.Seq, Of: e.Of, Round: s.No, At: at})
	case Stayed:
		s.Stay = Staying{Act: e.Act, Holds: e.Holds, Round: s.No}
	case Obeyed:
		s.obey(a, e)
	case Met:
		s.met(a, e)
	case MetAnew:
		s.met(a, Met(e))
	case Withdrawn:
		s.Status, s.Ended, s.Ending, s.Declining = StatusClosed, at, EndWithdrawn, false
		s.Pauses = endPause(s.Pauses, at)
		s.Took = nil
	case Released:
		s.show(e.Items, ShowReleased, "", "")
		s.written(e.Items, e.Language)
	case Withheld:
		s.show(e.Items, ShowWithheld, e.Ground, e.Law)
		s.WithheldAt = at
	case Redacted:
		s.Items = slices.Clone(s.Items)
		for i := range s.Items {
			if it := &s.Items[i]; it.Digest == e.Item {
				it.Shown, it.Media, it.W, it.H, it.Masked = e.Shown.Digest, e.Shown.Media, e.Shown.W, e.Shown.H, e.Ground
				s.MaskedAt = at
			}
		}
		if s.Reviewed {
			s.looked() // it was masked anew, as directed
		}
	case Retracted:
		s.retract()
	case Reassigned:
		s.reassign(e, at)
	case Recomputed:
		s.Response, s.Objection, s.Resolution, s.Round.Joint = e.Response, e.Objection, e.Resolution, e.Joint
		s.CalVersion = e.CalVersion
	case ErasureAsked:
		s.Asking = at
	case Erased:
		s.erase(e, at)
	case Held:
		s.Hold = &Hold{Ground: e.Ground, Law: e.Law, From: at, Until: e.Until}
	case Unheld:
		s.Hold = nil
	}
	s.unplaced()
	if a.Inferred {
		s.Round.Inferred = grow(s.Round.Inferred, strings.TrimPrefix(a.Type, "matter."))
	}
	if s.Erased != nil && len(s.Items) > 0 {
		s.since = true
	}
	s.remember(before, a)
	return s
}

// remember keeps what a retraction would bring back: the state before the last act of a
// post. The clock's own acts leave it as it is; anybody else's take it away.
func (s *State) remember(before State, a journal.Act) {
	switch {
	case a.Actor == "clock" && !binding[a.Type]:
	case retractable[a.Type] && (a.Type == "matter.joined" || strings.HasPrefix(a.Actor, "post:") || strings.HasPrefix(a.Actor, "operator")):
		before.undo = nil
		s.undo = &undo{seq: a.Seq, typ: a.Type, actor: a.Actor, before: before}
	default:
		s.undo = nil
	}
}

// binding are acts of the clock after which nothing before them can be taken back.
var binding = map[string]bool{"matter.separated": true, "matter.erased": true, "matter.stayed": true, "matter.obeyed": true, "matter.met": true, "matter.met_anew": true}

// by reports whether an actor is the post that did the act, for whomever it did it.
func (u *undo) by(a civic.Actor) bool {
	mine := a
	mine.For, mine.Person = "", ""
	me := mine.String()
	if u.typ == "matter.joined" && a.Kind == civic.Post && strings.HasPrefix(u.actor, "resident:") {
		return true // what its reporter took for the same thing: whoever may retract looks at both
	}
	return a.Kind != civic.Resident && a.Kind != civic.Clock && (u.actor == me || strings.HasPrefix(u.actor, me+" for:"))
}

func (s *State) begin(a journal.Act, e Reported) {
	s.ID, s.Number = a.Dossier, e.Number
	s.Kind, s.Category, s.Place, s.Places, s.Point = e.Kind, e.Category, e.Place, e.Places, e.Point
	s.Address, s.Visibility, s.Channel, s.External = e.Address, e.Visibility, e.Channel, e.External
	s.Contact, s.Against, s.Reporter, s.Tracking = e.Contact, e.Against, e.Reporter, e.Tracking
	s.Parent, s.Imported, s.Box = e.Parent, a.Imported, string(e.Reporter)
	s.Status, s.Reported = StatusReceived, a.Happened
	s.Round = Round{No: 1, Start: a.Happened}
	if e.Start != 0 {
		s.Start = e.Start
	}
	s.wait(e.Triage)
	s.bring(a, fromReporter, e.Text, e.Attached, ShowUndecided)
	s.releaseBy(e.ReleaseBy)
}

func (s *State) wait(w *Waiting) {
	s.Triage, s.TriageBy = "", Term{}
	if w != nil {
		s.Triage, s.TriageBy, s.Coordinator = w.Why, w.By, w.Coordinator
	}
}

func (s *State) assign(e Assigned, at civic.Instant) {
	s.Status = StatusAssigned
	s.Lead, s.Round.Assigned, s.ByRuling = e.Lead, at, e.Ruled
	if s.FirstLead == 0 {
		s.FirstLead = at
	}
	s.Round.Joint, s.List, s.Row, s.RowLead, s.Law = e.Joint, e.List, e.Row, e.RowLead, e.Law
	s.Response, s.Objection, s.Resolution = e.Response, e.Objection, e.Resolution
	s.Calendar, s.CalVersion = e.Calendar, e.CalVersion
	s.Accepted, s.BySilence = 0, false
	s.Coordinator = e.Coordinator
	s.Proposed = ""
	s.wait(nil)
}

// rule binds the lead that objected, or leaves the matter to the assignment that follows.
func (s *State) rule(e Ruled, at civic.Instant) {
	s.Proposed, s.Ruling = "", Term{}
	if e.Keep {
		s.Status, s.Accepted, s.BySilence = StatusWorking, at, e.BySilence
		return
	}
	if s.Lead != "" {
		s.HandOvers++
	}
	s.Status, s.Lead = StatusReceived, ""
}

func (s *State) correct(e Corrected, at civic.Instant) {
	s.Kind, s.Category, s.Place, s.Places, s.Point = e.Kind, e.Category, e.Place, e.Places, e.Point
	s.Against = e.Against
	s.Corrections++
	s.Status, s.Lead, s.Round.Joint, s.ByRuling = StatusReceived, "", nil, false
	s.Pauses = endPause(s.Pauses, at)
	s.Declining, s.Proposed = false, ""
	s.narrow(e.Visibility)
	s.wait(e.Triage)
}

func (s *State) reassign(e Reassigned, at civic.Instant) {
	moved := s.Lead != e.Lead
	s.Lead, s.Round.Joint, s.List, s.Row, s.RowLead, s.Law = e.Lead, e.Joint, e.List, e.Row, e.RowLead, e.Law
	s.Coordinator = e.Coordinator
	if moved {
		s.Moves++
		s.Round.Assigned = at
	}
	if e.Objection != nil {
		s.Status, s.Response, s.Objection = StatusAssigned, *e.Response, *e.Objection
		s.Pauses = endPause(s.Pauses, at)
		s.Accepted, s.BySilence, s.Declining, s.Proposed, s.ByRuling = 0, false, false, "", false
	}
	if e.Triage != nil {
		s.Status, s.Declining, s.Proposed = StatusReceived, false, ""
		s.Pauses = endPause(s.Pauses, at)
		s.wait(e.Triage)
	}
}

// met takes over what was said of the matter in a meeting.
func (s *State) met(a journal.Act, e Met) {
	stands := func(digest string) bool { // minutes of a matter that a correction did not name are as they were decided on
		return slices.ContainsFunc(s.Items, func(it Item) bool { return it.Digest == digest })
	}
	if !stands(e.Remarks) {
		s.text(a, "met", e.Remarks, ShowUndecided)
	}
	for _, step := range e.Agreed {
		if stands(step.Text) {
			continue
		}
		s.text(a, "met", step.Text, shown(step.Released && s.Visibility != Private))
	}
}

func (s *State) reopen(round int, triage *Waiting, at civic.Instant) {
	s.Past = grow(s.Past, s.Round)
	ruled := s.ByRuling
	s.Round = Round{No: round, Start: at, ByRuling: ruled}
	s.Status, s.Lapse = StatusReceived, Term{}
	s.wait(triage)
}

// obey takes over what an appeal's end says.
func (s *State) obey(a journal.Act, e Obeyed) {
	s.Appeals = slices.Clone(s.Appeals)
	for i := range s.Appeals {
		s.Appeals[i].Over = s.Appeals[i].Over || s.Appeals[i].Act == e.Act
	}
	if s.Stay.Act == e.Act {
		s.Stay = Staying{}
	}
	if e.Outcome != "" {
		s.Outcome, s.PlannedBy = e.Outcome, e.By
	}
	if e.Lapse != nil {
		s.Lapse = *e.Lapse
	}
	if e.Round != 0 {
		s.Elsewhere = ""
		s.reopen(e.Round, e.Triage, a.Happened)
	}
	if len(e.Show) > 0 {
		s.Items = slices.Clone(s.Items)
		for i := range s.Items {
			if it := &s.Items[i]; slices.Contains(e.Show, it.Digest) {
				it.Showing, it.Ground, it.Ordered = ShowUndecided, "", true
			}
		}
	}
	s.releaseBy(e.ReleaseBy)
	s.Reviewed = s.Reviewed || e.ReleaseBy != nil
	if s.Erased == nil { // they lay in the box that is gone
		s.text(a, "directions", e.Directions, ShowUndecided)
	}
}

// record takes over a whole history. Limits that ran out while only the source knew of
// the matter are not escalated afterwards.
func (s *State) record(e Imported) {
	s.OnRecord = true
	s.Status, s.Outcome, s.Coordinator = e.Status, e.Outcome, e.Coordinator
	s.Lead, s.List, s.Row, s.RowLead, s.Calendar = e.Lead, e.List, e.Row, e.Lead, e.Calendar
	if e.Resolution != nil {
		s.Resolution = *e.Resolution
	}
	s.Last = max(s.Last, e.AsOf)
	s.Round.Assigned, s.Accepted = e.at("assigned"), e.at("accepted")
	s.FirstLead = s.Round.Assigned
	s.Answered = e.at("answered", "closed")
	for _, step := range e.Steps {
		if step.Inferred {
			s.Round.Inferred = grow(s.Round.Inferred, step.Act)
		}
	}
	for _, step := range []struct {
		step Step
		at   civic.Instant
	}{{StepHalf, s.Resolution.Half}, {StepDue, s.Resolution.Due}, {StepOver, s.Resolution.Over}} {
		if step.at != 0 && step.at <= e.AsOf {
			s.Round.Escalated = grow(s.Round.Escalated, Escalation{Step: step.step, At: step.at})
		}
	}
	switch e.Status {
	case StatusClosed:
		s.Ended, s.Ending = e.at("closed", "confirmed", "lapsed", "withdrawn"), EndOnRecord
	case StatusDeclined:
		s.Ended, s.Ending = e.at("declined", "closed"), EndDeclined
	}
	s.Late = s.Answered != 0 && s.Resolution.Due != 0 && s.Answered > s.Resolution.Due
}

// separate undoes a joining: in the main matter it forgets the other, in the other it
// brings back what it was.
func (s *State) separate(e Separated) {
	if s.Main != e.Other {
		s.Took = slices.DeleteFunc(slices.Clone(s.Took), func(id civic.DossierID) bool { return id == e.Other })
		return
	}
	if s.apart != nil {
		s.restore(*s.apart)
	}
}

func (s *State) retract() {
	if s.undo != nil {
		s.restore(s.undo.before)
	}
}

// restore brings an earlier state back, but not the time since: what was escalated in the
// same round stays escalated.
func (s *State) restore(was State) {
	now := *s
	*s = was
	s.Seq, s.Position, s.Last, s.undo = now.Seq, now.Position, now.Last, nil
	s.Hold, s.Asking, s.since = now.Hold, now.Asking, now.since // nor what was done about erasing since
	if was.No == now.No {
		s.Round.Escalated = now.Round.Escalated
	}
}

// narrow sets the visibility; a matter that turned private shows nothing, so nothing waits for release.
func (s *State) narrow(v Visibility) {
	s.Visibility = v
	if v == Private {
		s.Point, s.ReleaseBy = nil, Term{}
	}
}

func shown(released bool) Showing {
	if released {
		return ShowReleased
	}
	return ShowUndecided
}

func (s *State) text(a journal.Act, from, digest string, showing Showing) {
	s.bring(a, from, digest, nil, showing)
}

// bring adds a text and attachments; the same digest twice is the same thing.
func (s *State) bring(a journal.Act, from, text string, as []Attachment, showing Showing) {
	add := func(it Item) {
		if it.Digest != "" && !slices.ContainsFunc(s.Items, func(o Item) bool { return o.Digest == it.Digest }) {
			it.Seq, it.From, it.Showing = a.Seq, from, showing
			s.Items = grow(s.Items, it)
		}
	}
	add(Item{Digest: text, Media: textMedia})
	for _, f := range as {
		add(Item{Digest: f.Digest, Media: f.Media, W: f.W, H: f.H})
	}
}

func (s *State) releaseBy(t *Term) {
	if t != nil {
		s.ReleaseBy = *t
	}
}

func (s *State) show(digests []string, showing Showing, ground, law string) {
	s.Items = slices.Clone(s.Items)
	for i := range s.Items {
		if it := &s.Items[i]; slices.Contains(digests, it.Digest) {
			it.Showing, it.Ground, it.Law = showing, ground, law
		}
	}
	s.looked()
}

// written takes over in which language texts are.
func (s *State) written(digests []string, in words.Language) {
	for i := range s.Items { // a copy of its own since show
		if it := &s.Items[i]; it.Media == textMedia && slices.Contains(digests, it.Digest) {
			it.Language = in
		}
	}
}

// looked ends the limit for releasing where nothing waits to be looked at any more.
func (s *State) looked() {
	if !slices.ContainsFunc(s.Items, func(it Item) bool { return it.Showing == ShowUndecided && (it.From == fromReporter || it.Ordered) }) {
		s.ReleaseBy, s.Reviewed = Term{}, false
	}
}
