package powers

import (
	"slices"

	"skein/frame/journal"
)

// Evolve folds one act into the state. It never changes what its argument points at.
func Evolve(s State, a journal.Act) State {
	switch e := a.Event.(type) {
	case Proposed:
		s.Waiting = &Proposal{Number: e.Number, Digest: e.Digest, Rules: e.Rules, By: e.By, Note: e.Note, At: a.Happened, Act: a.Position}
		s.Proposals = e.Number
	case Adopted:
		v := Version{
			Number: e.Number, Digest: e.Digest, Rules: e.Rules, Proposal: e.Proposal,
			ProposedBy: e.ProposedBy, ApprovedBy: e.ApprovedBy, Adopted: a.Happened, Act: a.Position,
		}
		if s.Waiting != nil {
			v.Note, v.Proposed = s.Waiting.Note, s.Waiting.At
		}
		s.Versions = append(slices.Clip(s.Versions), v)
		s.Waiting = nil
	case Rejected, Withdrawn:
		s.Waiting = nil
	}
	return s
}
