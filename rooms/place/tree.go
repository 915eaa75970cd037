package place

import (
	"iter"
	"math"
	"slices"

	"skein/frame/civic"
	"skein/science/geo"
)

// tree is the open places, ready to be asked. A place is known by its number: its
// place in the order of precedence.
type tree struct {
	places []Place // by precedence; the root is last
	number map[civic.PlaceID]int32
	parent []int32 // −1 for the root
	below  map[civic.PlaceID][]civic.PlaceID
	index  *geo.Index // over the numbers
	// boundless is that the root has no boundary and so holds every point.
	boundless bool
}

func newTree(states map[civic.PlaceID]State, areas map[string]*geo.Area) tree {
	t := tree{number: map[civic.PlaceID]int32{}, below: map[civic.PlaceID][]civic.PlaceID{}}
	depths := map[civic.PlaceID]int{}
	for p, s := range states {
		if s.Open() {
			t.places = append(t.places, Place{ID: p, Parent: s.Parent, Depth: depthOf(p, states, depths), Rank: s.Rank})
			if s.Parent != "" {
				t.below[s.Parent] = append(t.below[s.Parent], p)
			}
		}
	}
	for _, children := range t.below {
		slices.Sort(children)
	}
	slices.SortFunc(t.places, byPrecedence)
	shapes := make([]*geo.Area, len(t.places))
	for i, p := range t.places {
		t.number[p.ID] = int32(i)
		shapes[i] = areas[states[p.ID].Boundary()]
	}
	t.parent = make([]int32, len(t.places))
	for i, p := range t.places {
		t.parent[i] = -1
		if p.Parent != "" {
			t.parent[i] = t.number[p.Parent]
		}
	}
	t.index = geo.NewIndex(shapes)
	t.boundless = len(shapes) > 0 && shapes[len(shapes)-1] == nil
	return t
}

// depthOf counts the steps to the root; known remembers what was counted.
func depthOf(p civic.PlaceID, states map[civic.PlaceID]State, known map[civic.PlaceID]int) int {
	var path []civic.PlaceID
	depth := -1
	for ; p != "" && len(path) <= len(states); p = states[p].Parent {
		if d, ok := known[p]; ok {
			depth = d
			break
		}
		path = append(path, p)
	}
	for _, q := range slices.Backward(path) {
		depth++
		known[q] = depth
	}
	return depth
}

// mostHeld is how many places a point may lie in before Holding needs more than the stack.
const mostHeld = 64

// AppendHolding appends every open place that holds a point, with all their ancestors, the
// most specific first: deeper, then smaller rank, then code. Latitude and longitude are
// degrees, WGS 84. It appends nothing for a point outside the realm; where the root has no
// boundary every point on Earth is inside. It allocates only to grow the slice.
func (c *Catalog) AppendHolding(places []Place, lat, lon float64) []Place {
	t := c.ground()
	var room [mostHeld]int32
	for _, n := range t.holding(room[:0], geo.Point{Lon: lon, Lat: lat}) {
		places = append(places, t.places[n])
	}
	return places
}

// Holding is AppendHolding, the codes alone; nil outside the realm.
func (c *Catalog) Holding(lat, lon float64) []civic.PlaceID {
	t := c.ground()
	var room [mostHeld]int32
	held := t.holding(room[:0], geo.Point{Lon: lon, Lat: lat})
	if len(held) == 0 {
		return nil
	}
	ids := make([]civic.PlaceID, len(held))
	for i, n := range held {
		ids[i] = t.places[n].ID
	}
	return ids
}

// holding returns the numbers of the places that hold p and of their ancestors, ascending,
// which is by precedence.
func (t *tree) holding(held []int32, p geo.Point) []int32 {
	if len(t.places) == 0 || !p.Valid() {
		return nil
	}
	var room [mostHeld]int
	for _, n := range t.index.AppendHolding(room[:0], p) {
		held = t.climb(held, int32(n))
	}
	if t.boundless {
		held = t.climb(held, int32(len(t.places)-1))
	}
	slices.Sort(held)
	return held
}

// climb adds a place and its ancestors, stopping at one that is there already.
func (t *tree) climb(held []int32, n int32) []int32 {
	for ; n >= 0 && !slices.Contains(held, n); n = t.parent[n] {
		held = append(held, n)
	}
	return held
}

// Place returns an open place as it stands in the tree.
func (c *Catalog) Place(p civic.PlaceID) (Place, bool) {
	t := c.ground()
	n, ok := t.number[p]
	if !ok {
		return Place{}, false
	}
	return t.places[n], true
}

// Places lists the open places by precedence: the root is last.
func (c *Catalog) Places() iter.Seq[Place] { return slices.Values(c.ground().places) }

// Len counts the open places.
func (c *Catalog) Len() int { return len(c.ground().places) }

// Chain is a place and its ancestors up to the root, the place first, as AppendHolding
// would list them. A closed place stands for its successor; an unknown one has no chain.
func (c *Catalog) Chain(p civic.PlaceID) []Place {
	p, _ = c.Living(p)
	t := c.ground()
	n, ok := t.number[p]
	if !ok {
		return nil
	}
	chain := make([]Place, 0, t.places[n].Depth+1)
	for ; n >= 0; n = t.parent[n] {
		chain = append(chain, t.places[n])
	}
	return chain
}

// Ancestors are the places above an open place, nearest first.
func (c *Catalog) Ancestors(p civic.PlaceID) []civic.PlaceID {
	t := c.ground()
	n, ok := t.number[p]
	if !ok {
		return nil
	}
	var above []civic.PlaceID
	for n = t.parent[n]; n >= 0; n = t.parent[n] {
		above = append(above, t.places[n].ID)
	}
	return above
}

// Children are the open places right below one, in the order of their codes. The slice is not to be changed.
func (c *Catalog) Children(p civic.PlaceID) []civic.PlaceID { return c.ground().below[p] }

// Root is the place above all others; false in a realm without places.
func (c *Catalog) Root() (civic.PlaceID, bool) {
	t := c.ground()
	if len(t.places) == 0 {
		return "", false
	}
	return t.places[len(t.places)-1].ID, true
}

// Within reports whether a is b or lies below it. Closed places stand for their successors.
func (c *Catalog) Within(a, b civic.PlaceID) bool {
	a, _ = c.Living(a)
	b, _ = c.Living(b)
	t := c.ground()
	from, known := t.number[a]
	to, other := t.number[b]
	for known && other && from >= 0 {
		if from == to {
			return true
		}
		from = t.parent[from]
	}
	return false
}

// Common is the lowest place that all the given ones are or lie within; false where there
// is none, or one is unknown. Closed places stand for their successors.
func (c *Catalog) Common(places ...civic.PlaceID) (civic.PlaceID, bool) {
	if len(places) == 0 {
		return "", false
	}
	for _, above := range c.Chain(places[0]) {
		if !slices.ContainsFunc(places[1:], func(p civic.PlaceID) bool { return !c.Within(p, above.ID) }) {
			return above.ID, true
		}
	}
	return "", false
}

// Contains reports whether a point lies in the realm.
func (c *Catalog) Contains(lat, lon float64) bool {
	t := c.ground()
	var room [mostHeld]int32
	return len(t.holding(room[:0], geo.Point{Lon: lon, Lat: lat})) > 0
}

// Bounds is the box around the realm: around the root, or around all boundaries where it
// has none. It is false where no place has a boundary.
func (c *Catalog) Bounds() (geo.Bounds, bool) {
	if root, ok := c.Root(); ok {
		if a := c.Area(root); a != nil {
			return a.Bounds(), true
		}
	}
	all := geo.Bounds{West: math.Inf(1), South: math.Inf(1), East: math.Inf(-1), North: math.Inf(-1)}
	if c != nil {
		for _, a := range c.areas {
			b := a.Bounds()
			if b.West > b.East { // over the antimeridian: the box takes all longitudes
				b.West, b.East = -180, 180
			}
			all.West, all.East = min(all.West, b.West), max(all.East, b.East)
			all.South, all.North = min(all.South, b.South), max(all.North, b.North)
		}
	}
	return all, all.West <= all.East
}

// Snap is the one position shown for a point of a private or blurred matter. With a grid
// (its cells' size in metres, 1 to 1,000,000) it is the centre of the cell of a grid fixed to
// the Earth, the same for every point of the cell; with 0 metres it is the inner point of the most
// specific place with a boundary. There is no random part, which would average out. It is
// false where no grid can be made or no place holds the point.
func (c *Catalog) Snap(lat, lon float64, metres int) (geo.Point, bool) {
	at := geo.Point{Lon: lon, Lat: lat}
	if !at.Valid() {
		return geo.Point{}, false
	}
	if metres != 0 {
		grid, err := geo.NewGrid(float64(metres))
		if err != nil {
			return geo.Point{}, false
		}
		return grid.Snap(at), true
	}
	t := c.ground()
	var room [mostHeld]int32
	for _, n := range t.holding(room[:0], at) {
		if a := c.Area(t.places[n].ID); a != nil {
			return a.InteriorPoint(), true
		}
	}
	return geo.Point{}, false
}
