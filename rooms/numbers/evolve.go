package numbers

import (
	"slices"

	"skein/frame/journal"
)

// Evolve folds one act into the tables so far. It never changes what its argument points at.
func Evolve(s State, a journal.Act) State {
	switch e := a.Event.(type) {
	case Begun:
		s.First, s.Next, s.Least, s.Due = e.First, e.First, e.Least, e.Due
	case LeastSet:
		s.Least = e.Least
	case Closed:
		s.Waiting = append(slices.Clone(s.Waiting), e.Month)
		s.Next, s.Due = e.Month.Next(), e.Due
	case Published:
		s.Waiting = slices.DeleteFunc(slices.Clone(s.Waiting), func(m Month) bool { return m == e.Month })
		s.Releases = append(slices.Clone(s.Releases), Release{Published: e, At: a.Happened})
	}
	return s
}
