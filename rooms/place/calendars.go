package place

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
)

// calendars are all calendars of a realm, every edition of them.
type calendars struct {
	states   map[string]CalendarState
	byDigest map[string]*calendar.Calendar
	byPlace  map[civic.PlaceID]string
	byBody   map[civic.BodyID]string
}

func (c calendars) with(set map[string]CalendarState, document func(string) ([]byte, error)) (calendars, error) {
	next := calendars{
		states: map[string]CalendarState{}, byDigest: map[string]*calendar.Calendar{},
		byPlace: map[civic.PlaceID]string{}, byBody: map[civic.BodyID]string{},
	}
	maps.Copy(next.states, c.states)
	maps.Copy(next.states, set)
	maps.Copy(next.byDigest, c.byDigest)
	for _, id := range slices.Sorted(maps.Keys(next.states)) {
		s := next.states[id]
		for _, e := range s.Editions {
			if next.byDigest[e.Digest] != nil {
				continue
			}
			content, err := documentOf(document, "calendar", e.Digest, id)
			if err != nil {
				return calendars{}, err
			}
			if next.byDigest[e.Digest], err = readCalendar(content); err != nil {
				return calendars{}, fmt.Errorf("place: calendar %s of %s: %w", e.Digest, id, err)
			}
		}
		if s.Place != "" {
			next.byPlace[s.Place] = id
		}
		if s.Body != "" {
			next.byBody[s.Body] = id
		}
	}
	return next, nil
}

func readCalendar(content []byte) (*calendar.Calendar, error) {
	var spec calendar.Spec
	if err := json.Unmarshal(content, &spec); err != nil {
		return nil, err
	}
	return calendar.New(spec)
}

// CalendarDocument is the canonical form of a calendar's data, the public document, and
// its digest. A spec that makes no calendar is refused.
func CalendarDocument(spec calendar.Spec) (digest string, document []byte, refusals civic.Refusals) {
	if _, err := calendar.New(spec); err != nil {
		refusals, _ = civic.AsRefusals(err)
		return "", nil, refusals
	}
	document, err := json.Marshal(spec)
	if err != nil {
		return "", nil, civic.Refusals{civic.Refuse(civic.Malformed, "place.calendar_unreadable")}
	}
	return journal.DocumentDigest(document), document, nil
}

func (c *Catalog) times() *calendars {
	if c == nil {
		return &calendars{}
	}
	return &c.calendars
}

// Calendar returns a calendar as it is in force; "" is the realm's own. It is nil where
// there is none. The value is shared and does not change.
func (c *Catalog) Calendar(id string) *calendar.Calendar {
	if id == "" {
		return c.DefaultCalendar()
	}
	e, ok := c.times().states[id].Current()
	if !ok {
		return nil
	}
	return c.calendars.byDigest[e.Digest]
}

// CalendarEdition returns a version of a calendar, superseded ones too, so that old reckonings
// can be shown again; nil where there is none.
func (c *Catalog) CalendarEdition(id, version string) *calendar.Calendar {
	e, ok := c.times().states[id].Edition(version)
	if !ok {
		return nil
	}
	return c.calendars.byDigest[e.Digest]
}

// CalendarState returns a calendar with all its versions.
func (c *Catalog) CalendarState(id string) (CalendarState, bool) {
	s, ok := c.times().states[id]
	return s, ok
}

// CalendarStates lists the calendars in the order of their ids.
func (c *Catalog) CalendarStates() iter.Seq[CalendarState] {
	return func(yield func(CalendarState) bool) {
		for _, id := range slices.Sorted(maps.Keys(c.times().states)) {
			if !yield(c.calendars.states[id]) {
				return
			}
		}
	}
}

// HasCalendar reports whether a calendar was set.
func (c *Catalog) HasCalendar(id string) bool {
	_, ok := c.times().states[id].Current()
	return ok
}

// CalendarOf names the calendar of a place: its own, or that of the nearest place above
// that has one. A closed place stands for its successor. It is false where there is none.
func (c *Catalog) CalendarOf(p civic.PlaceID) (string, bool) {
	for _, above := range c.Chain(p) {
		if id, ok := c.calendars.byPlace[above.ID]; ok {
			return id, true
		}
	}
	return "", false
}

// CalendarOfBody names the calendar that is a body's own; false where it goes by that of its place.
func (c *Catalog) CalendarOfBody(b civic.BodyID) (string, bool) {
	id, ok := c.times().byBody[b]
	return id, ok
}

// DefaultCalendar is the realm's own: that of the root. It is nil where the root has none.
func (c *Catalog) DefaultCalendar() *calendar.Calendar {
	root, ok := c.Root()
	if !ok {
		return nil
	}
	id, ok := c.calendars.byPlace[root]
	if !ok {
		return nil
	}
	return c.Calendar(id)
}
