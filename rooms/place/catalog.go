package place

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/science/geo"
)

// Catalog is all places and calendars of a realm at one position of its journal. It is
// never changed: With makes the next one. The zero Catalog, and nil, are a realm without places.
type Catalog struct {
	states map[civic.PlaceID]State
	areas  map[string]*geo.Area // by digest; those of open places
	tree   tree
	// calendars has every edition of every calendar.
	calendars calendars

	once     sync.Once
	entities types.EntityMap
}

// With returns the catalog after more acts; acts of other rooms are passed over. document
// fetches a boundary or calendar by its digest. Only documents that are not known yet are
// read: a boundary is parsed once in the life of a process, and one that was redrawn or whose
// place was closed within the same acts never is. An error means that the store lacks a
// document, or holds one that is not what its digest says; no catalog is returned then.
func (c *Catalog) With(document func(digest string) ([]byte, error), acts ...journal.Act) (*Catalog, error) {
	next := &Catalog{}
	if c != nil {
		next.states, next.areas, next.tree, next.calendars = c.states, c.areas, c.tree, c.calendars
	}
	grown, set := map[civic.PlaceID]State{}, map[string]CalendarState{}
	for _, a := range acts {
		switch a.Dossier.Kind() {
		case "place":
			p := civic.PlaceID(a.Dossier.Key())
			s, seen := grown[p]
			if !seen {
				s = next.states[p]
			}
			grown[p] = Evolve(s, a)
		case "calendar":
			id := a.Dossier.Key()
			s, seen := set[id]
			if !seen {
				s = next.calendars.states[id]
			}
			set[id] = EvolveCalendar(s, a)
		}
	}
	if len(grown) > 0 {
		if err := next.grow(grown, document); err != nil {
			return nil, err
		}
	}
	if len(set) > 0 {
		var err error
		if next.calendars, err = next.calendars.with(set, document); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// grow takes changed places in and builds the tree anew.
func (c *Catalog) grow(changed map[civic.PlaceID]State, document func(string) ([]byte, error)) error {
	states := make(map[civic.PlaceID]State, len(c.states)+len(changed))
	maps.Copy(states, c.states)
	maps.Copy(states, changed)
	areas := make(map[string]*geo.Area, len(c.areas))
	missing := map[string]civic.PlaceID{}
	for p, s := range states {
		if d := s.Boundary(); d != "" && s.Open() {
			if areas[d] = c.areas[d]; areas[d] == nil {
				missing[d] = p
			}
		}
	}
	if err := readAreas(areas, missing, document); err != nil {
		return err
	}
	same := len(missing) == 0 && len(states) == len(c.states)
	for p, s := range changed {
		was := c.states[p]
		same = same && was.Open() == s.Open() && was.Parent == s.Parent && was.Rank == s.Rank && was.Boundary() == s.Boundary()
	}
	c.states, c.areas = states, areas
	if !same {
		c.tree = newTree(states, areas)
	}
	return nil
}

func (c *Catalog) all() map[civic.PlaceID]State {
	if c == nil {
		return nil
	}
	return c.states
}

func (c *Catalog) ground() *tree {
	if c == nil {
		return &tree{}
	}
	return &c.tree
}

// State returns a place, closed ones too.
func (c *Catalog) State(p civic.PlaceID) (State, bool) {
	s, ok := c.all()[p]
	return s, ok
}

// States lists every place in the order of the codes, closed ones too.
func (c *Catalog) States() iter.Seq[State] {
	return func(yield func(State) bool) {
		for _, p := range slices.Sorted(maps.Keys(c.all())) {
			if !yield(c.states[p]) {
				return
			}
		}
	}
}

// HasPlace reports whether a place is open.
func (c *Catalog) HasPlace(p civic.PlaceID) bool { return c.all()[p].Open() }

// Title is the title of a place, closed ones too, in a language; its code where it is unknown.
func (c *Catalog) Title(p civic.PlaceID, lang string) string {
	if s, ok := c.all()[p]; ok {
		return s.Title(lang)
	}
	return string(p)
}

// Living follows closed places to the open one that answers for them: the place itself
// while it is open. It is false for an unknown place.
func (c *Catalog) Living(p civic.PlaceID) (civic.PlaceID, bool) {
	for range len(c.all()) + 1 {
		s, ok := c.all()[p]
		if !ok {
			return "", false
		}
		if s.Open() {
			return p, true
		}
		p = s.Successor
	}
	return "", false
}

// Area returns the boundary of an open place; nil where it has none. It is shared and does not change.
func (c *Catalog) Area(p civic.PlaceID) *geo.Area {
	s := c.all()[p]
	if !s.Open() {
		return nil
	}
	return c.areas[s.Boundary()]
}

// Layers lists the kinds of open places, the layers a map can show, in the order of their
// first place by depth, then rank, then code.
func (c *Catalog) Layers() []Kind {
	var kinds []Kind
	places := slices.Clone(c.ground().places)
	slices.SortStableFunc(places, func(a, b Place) int { return a.Depth - b.Depth })
	for _, p := range places {
		if k := c.states[p.ID].Kind; !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func documentOf(room func(string) ([]byte, error), what, digest, owner string) ([]byte, error) {
	content, err := room(digest)
	if err != nil {
		return nil, fmt.Errorf("place: %s %s of %s: %w", what, digest, owner, err)
	}
	if journal.DocumentDigest(content) != digest {
		return nil, fmt.Errorf("place: %s %s of %s has other content than its digest says", what, digest, owner)
	}
	return content, nil
}

// Place is a place in the tree. Depth counts steps from the root, which has 0.
type Place struct {
	ID     civic.PlaceID
	Parent civic.PlaceID
	Depth  int
	Rank   int
}

// byPrecedence orders places: the most specific first. It is total.
func byPrecedence(a, b Place) int {
	switch {
	case a.Depth != b.Depth:
		return b.Depth - a.Depth
	case a.Rank != b.Rank:
		return a.Rank - b.Rank
	}
	return strings.Compare(string(a.ID), string(b.ID))
}
