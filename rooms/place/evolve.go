package place

import (
	"slices"

	"skein/frame/journal"
)

// Evolve folds one act into a place. It never changes what its argument points at.
func Evolve(s State, a journal.Act) State {
	switch e := a.Event.(type) {
	case Founded:
		s = State{Place: e.Place, Kind: e.Kind, Titles: e.Titles, Parent: e.Parent, Rank: e.Rank, Shape: e.Shape, Founded: a.Happened}
	case Redrawn:
		s.Shape = &e.Shape
	case Renamed:
		s.Titles = e.Titles
	case Moved:
		s.Parent = e.Parent
	case Reclassified:
		s.Kind, s.Rank = e.Kind, e.Rank
	case Closed:
		s.Closed, s.Successor = a.Happened, e.Successor
	}
	return s
}

// EvolveCalendar folds one act into a calendar. It never changes what its argument points at.
func EvolveCalendar(s CalendarState, a journal.Act) CalendarState {
	if e, ok := a.Event.(CalendarSet); ok {
		s.ID, s.Place, s.Body = e.ID, e.Place, e.Body
		if now, has := s.Current(); !has || now.Digest != e.Digest {
			s.Editions = append(slices.Clone(s.Editions), Edition{Version: e.Edition, Digest: e.Digest, Set: a.Happened, Act: a.Position})
		}
	}
	return s
}
