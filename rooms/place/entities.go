package place

import (
	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
)

// Entities returns the Cedar entities of all places, each within its parent, made once a
// catalog. The map must not be changed.
func (c *Catalog) Entities() types.EntityMap {
	if c == nil {
		return types.EntityMap{}
	}
	c.once.Do(func() {
		c.entities = make(types.EntityMap, len(c.states))
		for p, s := range c.states {
			e := types.Entity{UID: placeUID(p), Attributes: types.NewRecord(types.RecordMap{
				"kind": types.String(s.Kind), "closed": types.Boolean(!s.Open()), "within": placeUID(p),
			})}
			if s.Parent != "" {
				e.Parents = types.NewEntityUIDSet(placeUID(s.Parent))
			}
			c.entities[e.UID] = e
		}
	})
	return c.entities
}

// Resource is the place of a command as Cedar sees it, whether it exists yet or not.
//
// Its attribute "within" is the place whose body's business the command is: the lowest one
// that holds everything touched. A title concerns the place itself; founding, redrawing, reclassifying, moving
// and closing concern its neighbours too, and so the place above.
func (c *Catalog) Resource(s State, command Command) types.Entity {
	p, within := s.Place, s.Place
	above := func(s State) civic.PlaceID {
		if s.Parent == "" {
			return s.Place
		}
		return s.Parent
	}
	switch command := command.(type) {
	case Found:
		p, within = command.Place, above(State{Place: command.Place, Parent: command.Parent})
	case Redraw, Reclassify, Close:
		within = above(s)
	case Move:
		within = c.common(above(s), command.Parent)
	case Import:
		p = civic.PlaceID(DossierOf(command).Key())
		within = p
		if touched := c.touched(command); len(touched) > 0 {
			within = c.common(touched...)
		}
	}
	e := types.Entity{UID: placeUID(p), Attributes: types.NewRecord(types.RecordMap{
		"kind": types.String(s.Kind), "closed": types.Boolean(s.Exists() && !s.Open()), "within": placeUID(within),
	})}
	if s.Parent != "" {
		e.Parents = types.NewEntityUIDSet(placeUID(s.Parent))
	}
	return e
}

// common is the lowest place that holds all, the root where one is unknown.
func (c *Catalog) common(places ...civic.PlaceID) civic.PlaceID {
	if p, ok := c.Common(places...); ok {
		return p
	}
	root, _ := c.Root()
	return root
}

// touched are the places there are already that an import changes the ground of.
func (c *Catalog) touched(command Import) []civic.PlaceID {
	var touched []civic.PlaceID
	for _, f := range command.Places {
		if s, ok := c.State(f.Place); ok {
			if s.Parent == "" {
				touched = append(touched, f.Place)
			} else {
				touched = append(touched, s.Parent)
			}
		}
		if c.HasPlace(f.Parent) {
			touched = append(touched, f.Parent)
		}
	}
	return touched
}

// CalendarResource is a calendar as Cedar sees it. Its attribute "within" is the lowest place
// that holds the place it is of and the place it is to be of; a calendar of a body, or of
// nobody, is the root's business.
func (c *Catalog) CalendarResource(s CalendarState, command SetCalendar) types.Entity {
	root, _ := c.Root()
	within := root
	if command.Place != "" {
		within = command.Place
		if len(s.Editions) > 0 {
			within = c.common(s.Place, command.Place)
		}
	}
	return types.Entity{
		UID: types.NewEntityUID("Calendar", types.String(command.ID)),
		Attributes: types.NewRecord(types.RecordMap{
			"within": placeUID(within), "body": types.NewEntityUID("Body", types.String(command.Body)),
		}),
	}
}

func placeUID(p civic.PlaceID) types.EntityUID {
	return types.NewEntityUID("Place", types.String(p))
}
