package guide

import (
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Evolve folds one act into an article. What its argument holds is never changed.
func Evolve(s State, a journal.Act) State {
	s.ID, s.Seq, s.Last = a.Dossier, a.Seq, max(s.Last, a.Happened)
	at := func(number int, f func(*Version)) {
		s.Versions = slices.Clone(s.Versions)
		f(&s.Versions[number-1])
	}
	switch e := a.Event.(type) {
	case Drafted:
		s.Body, s.Drafts = e.Body, e.Number
		s.Draft = &Draft{Number: e.Number, Digest: e.Digest, By: postOf(a.Actor), At: a.Happened}
	case Discarded:
		s.Draft = nil
	case Published:
		s.Draft, s.Withdrawn, s.Body = nil, nil, e.Body
		s.Versions = append(slices.Clip(s.Versions), Version{
			Number: e.Number, Digest: e.Digest, Published: a.Happened, Drafter: e.Drafter, Publisher: postOf(a.Actor), Act: a.Position,
			From: e.From, Until: e.Until, Review: e.Review, Reviewed: a.Happened, Effected: e.From <= a.Happened,
		})
	case TookEffect:
		at(e.Number, func(v *Version) { v.Effected = true })
	case Ended:
		at(e.Number, func(v *Version) { v.Ended = true })
	case Reviewed:
		at(e.Number, func(v *Version) { v.Review, v.Reviewed, v.Overdue = e.Review, a.Happened, false })
	case Overdue:
		at(e.Number, func(v *Version) { v.Overdue = true })
	case Withdrawn:
		s.Withdrawn = &Withdrawal{At: a.Happened, Reason: e.Reason, Instead: e.Instead}
		s.Versions = slices.Clone(s.Versions)
		for i := range s.Versions {
			if s.Versions[i].Over == 0 {
				s.Versions[i].Over = a.Happened
			}
		}
	}
	return s
}

// postOf is the post that acted, "" for none.
func postOf(actor string) civic.PostID {
	post, ok := strings.CutPrefix(actor, "post:")
	if !ok {
		return ""
	}
	post, _, _ = strings.Cut(post, " ")
	return civic.PostID(post)
}
