package place

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Decide says which acts a command leads to, or every reason why it leads to none. A
// command that asks for what is already so leads to no act and is not refused. Who may ask
// is the policies' business; here only the ground counts.
func Decide(s State, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	d := decision{s: s, f: f, plan: planOf(f.Catalog, s, c)}
	switch c.(type) {
	case Found, Import:
	default:
		switch {
		case !s.Exists():
			return nil, civic.Refusals{civic.Refuse(civic.Missing, "place.missing")}
		case !s.Open():
			return nil, civic.Refusals{civic.Refuse(civic.Conflict, "place.closed", "place", string(s.Place), "successor", string(s.Successor))}
		}
	}
	switch c := c.(type) {
	case Found:
		d.found(c)
	case Redraw:
		d.redraw(c)
	case Rename:
		d.titles("", c.Titles)
		if !maps.Equal(c.Titles, s.Titles) {
			d.act("", Renamed(c))
		}
	case Move:
		d.move(c)
	case Reclassify:
		d.kind("", c.Kind, c.Rank)
		d.ground()
		if c.Kind != s.Kind || c.Rank != s.Rank {
			d.act("", Reclassified(c))
		}
	case Close:
		d.close(c)
	case Import:
		d.imported(c)
	default:
		d.refuse(civic.Invalid, "", "place.command_unknown", "command", c.Name())
	}
	if len(d.reasons) > 0 {
		return nil, d.reasons
	}
	return d.drafts, nil
}

type decision struct {
	s       State
	f       Facts
	plan    plan
	drafts  []journal.Draft
	reasons civic.Refusals
}

func (d *decision) act(p civic.PlaceID, e journal.Event) {
	draft := journal.Draft{Event: e}
	if p != "" {
		draft.Dossier = ID(p)
	}
	d.drafts = append(d.drafts, draft)
}

func (d *decision) refuse(kind civic.Kind, field, key string, args ...any) {
	d.reasons = append(d.reasons, civic.Refuse(kind, key, args...).In(field))
}

// within names a field of one place of an import: "row 12, parent", "features[3].parent".
func within(place, field string) string {
	switch {
	case place == "":
		return field
	case field == "":
		return place
	case strings.HasPrefix(place, "row "), strings.Contains(place, ": row "):
		return place + ", " + field
	}
	return place + "." + field
}

func (d *decision) found(c Found) {
	if s, ok := d.f.Catalog.State(c.Place); ok || d.s.Exists() {
		d.refuse(civic.Conflict, "place", "place.exists", "place", string(c.Place), "title", s.Title("en"))
	}
	d.wish("", c)
	d.roots()
	d.ground()
	d.act("", d.founded(c))
}

func (d *decision) founded(c Found) Founded {
	e := Founded{Place: c.Place, Kind: c.Kind, Titles: c.Titles, Parent: c.Parent, Rank: c.Rank}
	if shape, ok := d.f.Shapes[c.Boundary]; ok {
		e.Shape = &shape
	}
	return e
}

func (d *decision) redraw(c Redraw) {
	if c.Boundary == d.s.Boundary() && c.Boundary != "" {
		return
	}
	if d.boundary("", c.Boundary) {
		d.act("", Redrawn{d.f.Shapes[c.Boundary]})
	}
	d.ground()
}

func (d *decision) move(c Move) {
	if c.Parent == d.s.Parent {
		return
	}
	if c.Parent == "" {
		d.refuse(civic.Invalid, "parent", "place.parent_needed", "place", string(d.s.Place))
	} else {
		d.parent("", d.s.Place, c.Parent)
	}
	d.roots()
	d.ground()
	d.act("", Moved(c))
}

func (d *decision) close(c Close) {
	if children := d.f.Catalog.Children(d.s.Place); len(children) > 0 {
		d.refuse(civic.Conflict, "", "place.has_children", "place", string(d.s.Place), "count", len(children), "children", some(children))
	}
	if d.s.Parent == "" {
		d.refuse(civic.Conflict, "", "place.root_closed", "place", string(d.s.Place))
	}
	switch s, ok := d.f.Catalog.State(c.Successor); {
	case c.Successor == "":
		d.refuse(civic.Invalid, "successor", "place.successor_needed", "place", string(d.s.Place))
	case !ok:
		d.refuse(civic.Invalid, "successor", "place.unknown", "place", clip(string(c.Successor)))
	case !s.Open():
		d.refuse(civic.Invalid, "successor", "place.closed", "place", string(c.Successor), "successor", string(s.Successor))
	case c.Successor == d.s.Place:
		d.refuse(civic.Invalid, "successor", "place.successor_itself", "place", string(c.Successor))
	}
	d.act("", Closed(c))
}

// some lists the first few codes.
func some(places []civic.PlaceID) string {
	const few = 5
	var b strings.Builder
	for i, p := range places[:min(len(places), few)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(p))
	}
	if len(places) > few {
		b.WriteString(", …")
	}
	return b.String()
}

// imported founds and changes places, parents before children.
func (d *decision) imported(c Import) {
	if len(c.Places) == 0 {
		d.refuse(civic.Invalid, "places", "place.import_empty")
	}
	if len(c.Places) > mostPlaces {
		d.refuse(civic.TooLarge, "places", "place.import_large", "places", len(c.Places), "most", mostPlaces)
		return
	}
	for i, w := range c.Places {
		at := source(i, w)
		if last := d.plan.wished[w.Place]; last != i && w.Place != "" {
			d.refuse(civic.Invalid, within(at, "place"), "place.twice", "place", clip(string(w.Place)), "other", source(last, c.Places[last]))
		}
		if s, ok := d.f.Catalog.State(w.Place); ok && !s.Open() {
			d.refuse(civic.Conflict, within(at, "place"), "place.closed", "place", string(w.Place), "successor", string(s.Successor))
		}
		d.wish(at, w)
	}
	d.roots()
	d.ground()
	if len(d.reasons) > 0 {
		return
	}
	for _, i := range d.plan.downwards() {
		w := c.Places[i]
		s, ok := d.f.Catalog.State(w.Place)
		if !ok {
			d.act(w.Place, d.founded(w))
			continue
		}
		if w.Parent != s.Parent {
			d.act(w.Place, Moved{w.Parent})
		}
		if w.Kind != s.Kind || w.Rank != s.Rank {
			d.act(w.Place, Reclassified{w.Kind, w.Rank})
		}
		if !maps.Equal(w.Titles, s.Titles) {
			d.act(w.Place, Renamed{w.Titles})
		}
		if w.Boundary != "" && w.Boundary != s.Boundary() {
			d.act(w.Place, Redrawn{d.f.Shapes[w.Boundary]})
		}
	}
}

func source(i int, w Found) string {
	if w.Source != "" {
		return clip(w.Source)
	}
	return fmt.Sprintf("places[%d]", i)
}

// downwards orders the wishes so that no place comes before its parent.
func (p *plan) downwards() []int {
	order := make([]int, 0, len(p.wishes))
	done := make([]bool, len(p.wishes))
	var path []int
	for i := range p.wishes {
		for j, ok := i, true; ok && !done[j]; j, ok = p.wished[p.wishes[j].Parent] {
			done[j] = true
			path = append(path, j)
		}
		slices.Reverse(path)
		order = append(order, path...)
		path = path[:0]
	}
	return order
}
