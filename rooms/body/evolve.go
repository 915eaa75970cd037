package body

import (
	"slices"
	"strings"

	"skein/frame/journal"
)

// Evolve folds one act into a body. It never changes what its argument points at.
func Evolve(s State, a journal.Act) State {
	switch e := a.Event.(type) {
	case Founded:
		s = State{Body: e.Body, Kind: e.Kind, Titles: e.Titles, Parent: e.Parent, Place: e.Place, Founded: a.Happened}
		s.Coordinates = slices.Sorted(slices.Values(e.Coordinates))
	case Renamed:
		s.Titles = e.Titles
	case Moved:
		s.Parent = e.Parent
	case CoordinationSet:
		if i, has := slices.BinarySearch(s.Coordinates, e.Place); !has {
			s.Coordinates = slices.Insert(slices.Clone(s.Coordinates), i, e.Place)
		}
	case CoordinationLifted:
		if i, has := slices.BinarySearch(s.Coordinates, e.Place); has {
			s.Coordinates = slices.Delete(slices.Clone(s.Coordinates), i, i+1)
		}
	case Merged:
		s.Ended, s.Merged, s.Successor = a.Happened, true, e.Into
	case Abolished:
		s.Ended, s.Successor = a.Happened, e.Successor
	case PostCreated:
		if i, has := s.find(e.Post); !has {
			post := PostState{Post: e.Post, Titles: e.Titles, Roles: e.Roles, Supervisor: e.Supervisor, Created: a.Happened}
			s.Posts = slices.Insert(slices.Clone(s.Posts), i, post)
		}
	case PostChanged:
		if i, has := s.find(e.Post); has {
			s.Posts = slices.Clone(s.Posts)
			s.Posts[i].Titles, s.Posts[i].Roles, s.Posts[i].Supervisor = e.Titles, e.Roles, e.Supervisor
		}
	case PostClosed:
		if i, has := s.find(e.Post); has {
			s.Posts = slices.Clone(s.Posts)
			s.Posts[i].Closed = a.Happened
		}
	case OfficerSeated:
		if i, has := s.find(e.Post); has {
			term := Term{Person: e.Person, Digest: e.Digest, PublicName: e.PublicName, From: e.From, Until: e.Until}
			terms := append(slices.Clone(s.Posts[i].Terms), term)
			slices.SortStableFunc(terms, func(x, y Term) int {
				if x.From != y.From {
					return int(min(max(x.From-y.From, -1), 1))
				}
				return strings.Compare(string(x.Person), string(y.Person))
			})
			s.Posts = slices.Clone(s.Posts)
			s.Posts[i].Terms = terms
		}
	case OfficerLeft:
		if i, has := s.find(e.Post); has {
			terms := slices.Clone(s.Posts[i].Terms)
			terms = slices.DeleteFunc(terms, func(t Term) bool { return t.Person == e.Person && t.From >= e.At })
			for j, t := range terms {
				if t.Person == e.Person && t.Runs(e.At) {
					terms[j].Until = e.At
				}
			}
			s.Posts = slices.Clone(s.Posts)
			s.Posts[i].Terms = terms
		}
	}
	return s
}
