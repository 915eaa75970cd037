package duty

import (
	"slices"

	"skein/frame/journal"
)

// Evolve folds one act into a document's state. It never changes what its argument points at.
func Evolve(s State, a journal.Act) State {
	switch e := a.Event.(type) {
	case Adopted:
		s.Versions = append(slices.Clone(s.Versions), Version{
			Number: e.Number, Digest: e.Digest, Effective: e.Effective, Rows: e.Rows, MovesOpen: e.MovesOpen,
			Note: e.Note, Adopted: a.Happened, Act: a.Position,
		})
		if len(e.Settles) > 0 {
			s.Precedents = slices.Clone(s.Precedents)
			for i, p := range s.Precedents {
				if slices.Contains(e.Settles, p.Ruling) {
					s.Precedents[i].Settled = e.Number
				}
			}
		}
	case Withdrawn:
		s.Versions = slices.Clone(s.Versions)
		for i, v := range s.Versions {
			if v.Number == e.Number {
				s.Versions[i].Withdrawn = a.Happened
			}
		}
		s.Precedents = slices.Clone(s.Precedents)
		for i, p := range s.Precedents {
			if p.Settled == e.Number {
				s.Precedents[i].Settled = 0
			}
		}
	case TookEffect:
		s.Versions = slices.Clone(s.Versions)
		for i, v := range s.Versions {
			if v.Number == e.Number {
				s.Versions[i].Effected = true
			}
		}
	case PrecedentNoted:
		i, has := slices.BinarySearchFunc(s.Precedents, e, func(p Precedent, e PrecedentNoted) int {
			return int(min(max(p.Ruling-e.Ruling, -1), 1))
		})
		if !has {
			s.Precedents = slices.Insert(slices.Clone(s.Precedents), i, Precedent{PrecedentNoted: e, Private: a.Private})
		}
	}
	return s
}
