package place

import (
	"cmp"
	"maps"
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/science/geo"
)

// Facts is what a decision needs to know besides the place itself.
type Facts struct {
	Now     civic.Instant
	Catalog *Catalog
	// Shapes are the boundaries that the command brings, by digest; Faults is why some cannot be read.
	Shapes map[string]Shape
	Faults map[string]civic.Refusals
	// Insides and Overlaps are what the ground would look like after the command, wherever
	// that differs from now.
	Insides  []Inside
	Overlaps []Overlap
}

// Inside is how much of a place's area lies within the nearest place above that has a boundary, 0 to 1.
type Inside struct {
	Place, Above civic.PlaceID
	Share        float64
}

// Overlap is how much of the smaller of two places of a layer they share, 0 to 1, where it is
// more than nothing. Place is one that the command touches.
type Overlap struct {
	Place, Other civic.PlaceID
	Share        float64
}

// plan is the open places as they would be after a command, and those it touches.
type plan struct {
	catalog *Catalog
	wishes  []Found
	wished  map[civic.PlaceID]int // the last wish for a place
}

// planOf reads what a command wishes. p is the place it is addressed to.
func planOf(c *Catalog, s State, command Command) plan {
	as := Found{Place: s.Place, Kind: s.Kind, Titles: s.Titles, Parent: s.Parent, Rank: s.Rank, Boundary: s.Boundary()}
	var wishes []Found
	switch command := command.(type) {
	case Found:
		wishes = []Found{command}
	case Import:
		wishes = command.Places
	case Redraw:
		as.Boundary = command.Boundary
		wishes = []Found{as}
	case Move:
		as.Parent = command.Parent
		wishes = []Found{as}
	case Reclassify:
		as.Kind, as.Rank = command.Kind, command.Rank
		wishes = []Found{as}
	}
	p := plan{catalog: c, wishes: wishes, wished: make(map[civic.PlaceID]int, len(wishes))}
	for i, w := range wishes {
		p.wished[w.Place] = i
	}
	return p
}

// parent of a place after the command; false where there is no such open place.
func (p *plan) parent(id civic.PlaceID) (civic.PlaceID, bool) {
	if i, ok := p.wished[id]; ok {
		return p.wishes[i].Parent, true
	}
	s, ok := p.catalog.State(id)
	return s.Parent, ok && s.Open()
}

// boundary of a place after the command: an import that brings none leaves the old one.
func (p *plan) boundary(id civic.PlaceID) string {
	s, _ := p.catalog.State(id)
	if i, ok := p.wished[id]; ok && p.wishes[i].Boundary != "" {
		return p.wishes[i].Boundary
	}
	return s.Boundary()
}

func (p *plan) kind(id civic.PlaceID) Kind {
	if i, ok := p.wished[id]; ok {
		return p.wishes[i].Kind
	}
	s, _ := p.catalog.State(id)
	return s.Kind
}

// Facts measures what a command would do to the ground. s is the place it is addressed to.
// document fetches the boundaries that come with it. The time is left for the writer to fill in.
func (c *Catalog) Facts(s State, command Command, document func(digest string) ([]byte, error)) Facts {
	f := Facts{Catalog: c, Shapes: map[string]Shape{}, Faults: map[string]civic.Refusals{}}
	g := future{plan: planOf(c, s, command), areas: map[string]*geo.Area{}, surfaces: map[*geo.Area]*surface{}}
	if c != nil {
		maps.Copy(g.areas, c.areas)
	}
	for _, w := range g.wishes {
		d := w.Boundary
		if was, _ := c.State(w.Place); d == "" || d == was.Boundary() {
			continue
		}
		if _, done := f.Shapes[d]; done || f.Faults[d] != nil {
			continue
		}
		if g.areas[d] == nil {
			content, err := document(d)
			if err != nil || journal.DocumentDigest(content) != d {
				continue // Decide says that it is missing
			}
			a, refusals := parseBoundary(content)
			if len(refusals) > 0 {
				f.Faults[d] = refusals
				continue
			}
			g.areas[d] = a
		}
		f.Shapes[d] = ShapeOf(d, g.areas[d])
	}
	f.Insides, f.Overlaps = g.insides(), g.overlaps()
	return f
}

// future is a plan with its boundaries.
type future struct {
	plan
	areas    map[string]*geo.Area
	surfaces map[*geo.Area]*surface
}

// surface prepares an area once.
func (f *future) surface(a *geo.Area) *surface {
	if f.surfaces[a] == nil {
		f.surfaces[a] = newSurface(a)
	}
	return f.surfaces[a]
}

func (f *future) area(id civic.PlaceID) *geo.Area { return f.areas[f.boundary(id)] }

// all lists the open places after the command, in the order of their codes.
func (f *future) all() []civic.PlaceID {
	ids := map[civic.PlaceID]bool{}
	for _, p := range f.catalog.ground().places {
		ids[p.ID] = true
	}
	for id := range f.wished {
		ids[id] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

// insides compares each place with the nearest boundary above it, where either is new.
func (f *future) insides() []Inside {
	var insides []Inside
	if len(f.wishes) == 0 {
		return nil
	}
	for _, id := range f.all() {
		a := f.area(id)
		if a == nil {
			continue
		}
		above := f.above(id)
		if above == "" || !f.changed(id, above) {
			continue
		}
		insides = append(insides, Inside{id, above, f.surface(a).share(f.surface(f.area(above)))})
	}
	return insides
}

// above is the nearest place over one that has a boundary, "" where there is none.
func (f *future) above(id civic.PlaceID) civic.PlaceID {
	for range len(f.wished) + f.catalog.Len() {
		id, _ = f.parent(id)
		if id == "" || f.area(id) != nil {
			return id
		}
	}
	return "" // a circle, which Decide refuses
}

// changed reports whether two places' boundaries do not both stand, one above the other, already.
func (f *future) changed(id, above civic.PlaceID) bool {
	for _, p := range [2]civic.PlaceID{id, above} {
		if s, ok := f.catalog.State(p); !ok || s.Boundary() != f.boundary(p) {
			return true
		}
	}
	for _, p := range f.catalog.Ancestors(id) {
		if f.catalog.Area(p) != nil {
			return p != above
		}
	}
	return true
}

// overlaps compares each place that the command touches with the others of its layer.
func (f *future) overlaps() []Overlap {
	type layer struct {
		parent civic.PlaceID
		kind   Kind
	}
	touched := map[civic.PlaceID]bool{}
	layers := map[layer][]civic.PlaceID{}
	for id := range f.wished {
		s, ok := f.catalog.State(id)
		parent, _ := f.parent(id)
		if f.area(id) != nil && (!ok || s.Boundary() != f.boundary(id) || s.Parent != parent || s.Kind != f.kind(id)) {
			touched[id] = true
			layers[layer{parent, f.kind(id)}] = nil
		}
	}
	if len(touched) == 0 {
		return nil
	}
	for _, id := range f.all() {
		parent, _ := f.parent(id)
		in := layer{parent, f.kind(id)}
		if _, asked := layers[in]; asked && f.area(id) != nil {
			layers[in] = append(layers[in], id)
		}
	}
	var overlaps []Overlap
	for _, ids := range layers {
		for i, id := range ids {
			for _, other := range ids[:i] {
				if !touched[id] && !touched[other] {
					continue
				}
				a, b := f.area(id), f.area(other)
				if apart(a.Bounds(), b.Bounds()) {
					continue
				}
				if a.SquareMetres() > b.SquareMetres() {
					a, b = b, a
				}
				if s := f.surface(a).share(f.surface(b)); s > 0 {
					o := Overlap{id, other, s}
					if !touched[id] {
						o.Place, o.Other = other, id
					}
					overlaps = append(overlaps, o)
				}
			}
		}
	}
	slices.SortFunc(overlaps, func(a, b Overlap) int {
		if a.Place != b.Place {
			return cmp.Compare(a.Place, b.Place)
		}
		return cmp.Compare(a.Other, b.Other)
	})
	return overlaps
}
