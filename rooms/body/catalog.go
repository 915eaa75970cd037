package body

import (
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Catalog is all bodies of a realm at one position of its journal. It is never
// changed: With makes the next one. The zero Catalog is a realm without bodies.
type Catalog struct {
	bodies map[civic.BodyID]State
	// coordinators is the living coordinating body of each place that has one.
	coordinators map[civic.PlaceID]civic.BodyID

	once     sync.Once
	entities types.EntityMap
}

// With returns the catalog after more acts. Acts of other rooms are passed over.
func (c *Catalog) With(acts ...journal.Act) *Catalog {
	next := &Catalog{bodies: maps.Clone(c.all())}
	if next.bodies == nil {
		next.bodies = map[civic.BodyID]State{}
	}
	for _, a := range acts {
		if a.Dossier.Kind() == "body" {
			b := civic.BodyID(a.Dossier.Key())
			next.bodies[b] = Evolve(next.bodies[b], a)
		}
	}
	next.coordinators = map[civic.PlaceID]civic.BodyID{}
	for _, b := range slices.Sorted(maps.Keys(next.bodies)) {
		for _, place := range next.bodies[b].Coordinates {
			if living, ok := next.Successor(b); ok {
				next.coordinators[place] = living
			}
		}
	}
	return next
}

func (c *Catalog) all() map[civic.BodyID]State {
	if c == nil {
		return nil
	}
	return c.bodies
}

// Body returns a body, ended ones too.
func (c *Catalog) Body(b civic.BodyID) (State, bool) {
	s, ok := c.all()[b]
	return s, ok
}

// Bodies lists every body in the order of the codes, ended ones too.
func (c *Catalog) Bodies() iter.Seq[State] {
	return func(yield func(State) bool) {
		for _, b := range slices.Sorted(maps.Keys(c.all())) {
			if !yield(c.bodies[b]) {
				return
			}
		}
	}
}

// HasBody reports whether a body lives.
func (c *Catalog) HasBody(b civic.BodyID) bool { return c.all()[b].Lives() }

// HasPost reports whether a post is open in a living body.
func (c *Catalog) HasPost(p civic.PostID) bool {
	_, ok := c.open(p)
	return ok
}

// Post returns a post, closed ones too.
func (c *Catalog) Post(p civic.PostID) (PostState, bool) {
	return c.all()[p.Body()].Post(p)
}

func (c *Catalog) open(p civic.PostID) (PostState, bool) {
	s := c.all()[p.Body()]
	if !s.Lives() {
		return PostState{}, false
	}
	post, ok := s.Post(p)
	return post, ok && post.Open()
}

// PostsOf lists the open posts in which people sit at a moment, in the order of their codes.
func (c *Catalog) PostsOf(persons []civic.PersonID, at civic.Instant) []civic.PostID {
	var posts []civic.PostID
	if len(persons) == 0 {
		return nil
	}
	for s := range c.Bodies() {
		if !s.Lives() {
			continue
		}
		for _, p := range s.Posts {
			if t, seated := p.Seated(at); seated && p.Open() && slices.Contains(persons, t.Person) {
				posts = append(posts, p.Post)
			}
		}
	}
	return posts
}

// PostsBetween lists the posts in which people sat at any time between two moments, both included: closed ones too, and of bodies that ended.
func (c *Catalog) PostsBetween(persons []civic.PersonID, since, until civic.Instant) []civic.PostID {
	var posts []civic.PostID
	for s := range c.Bodies() {
		for _, p := range s.Posts {
			if slices.ContainsFunc(p.Terms, func(t Term) bool {
				return slices.Contains(persons, t.Person) && t.From <= until && (t.Until == 0 || t.Until > since && t.Until > t.From)
			}) {
				posts = append(posts, p.Post)
			}
		}
	}
	return posts
}

// Posts lists the open posts of a living body that have a role, in the order of their codes.
func (c *Catalog) Posts(b civic.BodyID, role Role) []civic.PostID {
	s := c.all()[b]
	if !s.Lives() {
		return nil
	}
	var posts []civic.PostID
	for _, p := range s.Posts {
		if p.Open() && p.Has(role) {
			posts = append(posts, p.Post)
		}
	}
	return posts
}

// Occupied reports whether somebody sits in an open post at a moment; otherwise it is an empty chair.
func (c *Catalog) Occupied(p civic.PostID, at civic.Instant) bool {
	post, ok := c.open(p)
	if !ok {
		return false
	}
	_, seated := post.Seated(at)
	return seated
}

// Successor follows merged and abolished bodies to the living one that answers for
// them: the body itself while it lives. It is false for an unknown body.
func (c *Catalog) Successor(b civic.BodyID) (civic.BodyID, bool) {
	for range len(c.all()) + 1 {
		s, ok := c.bodies[b]
		if !ok {
			return "", false
		}
		if s.Lives() {
			return b, true
		}
		b = s.Successor
	}
	return "", false
}

// Parent returns the living body above a body. Where that one has ended its successor stands in.
func (c *Catalog) Parent(b civic.BodyID) (civic.BodyID, bool) {
	parent := c.all()[b].Parent
	if parent == "" {
		return "", false
	}
	living, ok := c.Successor(parent)
	return living, ok && living != b
}

// Under reports whether a is b or lies under it, whatever ended on the way.
func (c *Catalog) Under(a, b civic.BodyID) bool {
	b, ok := c.Successor(b)
	if !ok {
		return false
	}
	a, ok = c.Successor(a)
	for range len(c.all()) + 1 {
		if !ok {
			return false
		}
		if a == b {
			return true
		}
		a, ok = c.Parent(a)
	}
	return false
}

// Above lists the bodies that a body lies under, nearest first.
func (c *Catalog) Above(b civic.BodyID) []civic.BodyID {
	var above []civic.BodyID
	for up, ok := c.Parent(b); ok && len(above) < len(c.bodies); up, ok = c.Parent(up) {
		above = append(above, up)
	}
	return above
}

// Supervisor returns the post that supervises a post: the one it names while that is
// open; otherwise the first supervisor of its body and then of the bodies above. It is
// false where there is none. Whether somebody sits there is asked with Occupied.
func (c *Catalog) Supervisor(p civic.PostID) (civic.PostID, bool) {
	post, ok := c.Post(p)
	if !ok {
		return "", false
	}
	if above, ok := c.open(post.Supervisor); ok && above.Has(Supervisor) {
		return post.Supervisor, true
	}
	return c.supervisorIn(p.Body(), p)
}

// SupervisorOf returns the first supervisor of a body, or of the nearest body above that has one.
func (c *Catalog) SupervisorOf(b civic.BodyID) (civic.PostID, bool) {
	return c.supervisorIn(b, "")
}

func (c *Catalog) supervisorIn(b civic.BodyID, not civic.PostID) (civic.PostID, bool) {
	b, ok := c.Successor(b)
	for range len(c.all()) + 1 {
		if !ok {
			return "", false
		}
		for _, p := range c.Posts(b, Supervisor) {
			if p != not {
				return p, true
			}
		}
		b, ok = c.Parent(b)
	}
	return "", false
}

// Coordinator returns the coordinating body of the first place in a chain that has
// one. The chain goes from the lowest common place of the bodies concerned up to the root.
func (c *Catalog) Coordinator(chain ...civic.PlaceID) (civic.BodyID, bool) {
	if c == nil {
		return "", false
	}
	for _, place := range chain {
		if b, ok := c.coordinators[place]; ok {
			return b, true
		}
	}
	return "", false
}

// Coordinators returns the coordinating bodies of those places in a chain that hold all
// the parties as well, lowest place first: the first is that of their lowest common place.
// within reports whether a place is another one or lies under it.
func (c *Catalog) Coordinators(chain []civic.PlaceID, within func(place, under civic.PlaceID) bool, parties ...civic.BodyID) []civic.BodyID {
	var found []civic.BodyID
	for _, place := range chain {
		b, ok := c.Coordinator(place)
		if !ok || slices.Contains(found, b) {
			continue
		}
		outside := func(party civic.BodyID) bool {
			s, known := c.Body(party)
			return !known || !within(s.Place, place)
		}
		if !slices.ContainsFunc(parties, outside) {
			found = append(found, b)
		}
	}
	return found
}

// Entities returns the Cedar entities of all bodies and of the open posts, made once a
// catalog. The map must not be changed.
func (c *Catalog) Entities() types.EntityMap {
	if c == nil {
		return types.EntityMap{}
	}
	c.once.Do(func() {
		c.entities = types.EntityMap{}
		for _, s := range c.bodies {
			e := c.resource(s)
			c.entities[e.UID] = e
			if !s.Lives() {
				continue
			}
			for _, p := range s.Posts {
				if p.Open() {
					e := postEntity(s, p)
					c.entities[e.UID] = e
				}
			}
		}
	})
	return c.entities
}

// Resource returns the body that a command is about as Cedar sees it; one to be founded
// is seen as the command describes it.
func (c *Catalog) Resource(s State, command Command) types.Entity {
	if f, ok := command.(Found); ok && !s.Exists() {
		s = State{Body: f.Body, Kind: f.Kind, Place: f.Place, Parent: f.Parent}
	}
	return c.resource(s)
}

func (c *Catalog) resource(s State) types.Entity {
	e := types.Entity{
		UID: bodyUID(s.Body),
		Attributes: types.NewRecord(types.RecordMap{
			"kind":  types.String(s.Kind),
			"place": types.NewEntityUID("Place", types.String(s.Place)),
			"ended": types.Boolean(s.Ended != 0),
		}),
	}
	if parent, ok := c.Successor(s.Parent); ok && s.Ended == 0 && parent != s.Body {
		e.Parents = types.NewEntityUIDSet(bodyUID(parent))
	}
	return e
}

func postEntity(s State, p PostState) types.Entity {
	roles := make([]types.Value, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = types.String(r)
	}
	return types.Entity{
		UID:     types.NewEntityUID("Post", types.String(p.Post)),
		Parents: types.NewEntityUIDSet(bodyUID(s.Body)),
		Attributes: types.NewRecord(types.RecordMap{
			"body":  bodyUID(s.Body),
			"kind":  types.String(s.Kind),
			"roles": types.NewSet(roles...),
		}),
	}
}

func bodyUID(b civic.BodyID) types.EntityUID {
	return types.NewEntityUID("Body", types.String(b))
}
