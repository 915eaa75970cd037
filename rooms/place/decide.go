package place

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"skein/frame/civic"
	"skein/frame/journal"
)

// The two tolerances of the ground, as shares of a place's area. Boundaries drawn by
// different hands never meet exactly.
const (
	leastInside = 0.5
	mostShared  = 0.01
)

const (
	mostPlaces = 100_000
	mostDepth  = 32
	mostRank   = 1_000
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

// wish checks all that can be said of one place by itself.
func (d *decision) wish(at string, w Found) {
	if !codeForm.MatchString(string(w.Place)) {
		d.refuse(civic.Invalid, within(at, "place"), "place.code_form", "value", clip(string(w.Place)))
	}
	d.kind(at, w.Kind, w.Rank)
	d.titles(at, w.Titles)
	if w.Parent != "" {
		d.parent(at, w.Place, w.Parent)
	}
	if s, _ := d.f.Catalog.State(w.Place); w.Boundary != "" && w.Boundary != s.Boundary() {
		d.boundary(at, w.Boundary)
	}
}

func (d *decision) kind(at string, k Kind, rank int) {
	if !kindForm.MatchString(string(k)) {
		d.refuse(civic.Invalid, within(at, "kind"), "place.kind_form", "value", clip(string(k)))
	}
	if rank < 0 || rank > mostRank {
		d.refuse(civic.Invalid, within(at, "rank"), "place.rank_range", "value", rank, "most", mostRank)
	}
}

func (d *decision) titles(at string, titles Titles) {
	if len(titles) == 0 {
		d.refuse(civic.Invalid, within(at, "titles"), "place.title_missing")
	}
	for _, tag := range slices.Sorted(maps.Keys(titles)) {
		field := within(at, "titles."+clip(tag))
		if !tagForm.MatchString(tag) {
			d.refuse(civic.Invalid, field, "place.language_form", "value", clip(tag))
		}
		switch text := titles[tag]; {
		case strings.TrimSpace(text) == "":
			d.refuse(civic.Invalid, field, "place.title_empty", "language", clip(tag))
		case utf8.RuneCountInString(text) > mostTitle:
			d.refuse(civic.Invalid, field, "place.title_long", "most", mostTitle)
		case !inert(text):
			d.refuse(civic.Invalid, field, "place.title_control")
		}
	}
}

// parent checks the place above: it must be there and open, and the chain up from it must end.
func (d *decision) parent(at string, p, parent civic.PlaceID) {
	field := within(at, "parent")
	if _, ok := d.plan.parent(parent); !ok {
		if s, known := d.f.Catalog.State(parent); known {
			d.refuse(civic.Invalid, field, "place.closed", "place", string(parent), "successor", string(s.Successor))
		} else {
			d.refuse(civic.Invalid, field, "place.unknown", "place", clip(string(parent)))
		}
		return
	}
	steps := 0
	for up := parent; up != ""; up, _ = d.plan.parent(up) {
		if steps++; up == p {
			d.refuse(civic.Invalid, field, "place.circle", "place", clip(string(p)), "parent", clip(string(parent)))
			return
		} else if steps > mostDepth {
			d.refuse(civic.Invalid, field, "place.deep", "place", clip(string(p)), "most", mostDepth)
			return
		}
	}
}

// boundary checks that a document came with the command and could be read.
func (d *decision) boundary(at, digest string) bool {
	field := within(at, "boundary")
	if faults := d.f.Faults[digest]; len(faults) > 0 {
		for _, r := range faults {
			d.reasons = append(d.reasons, r.In(within(field, r.Field)))
		}
		return false
	}
	if _, ok := d.f.Shapes[digest]; !ok {
		key := "place.boundary_missing"
		if !digestForm.MatchString(digest) {
			key = "place.boundary_digest"
		}
		d.refuse(civic.Invalid, field, key, "digest", clip(digest))
		return false
	}
	return true
}

// roots checks that the realm has one root after the command.
func (d *decision) roots() {
	var root civic.PlaceID
	if now, ok := d.f.Catalog.Root(); ok {
		if parent, _ := d.plan.parent(now); parent == "" {
			root = now
		}
	}
	for i, w := range d.plan.wishes {
		if w.Parent != "" || w.Place == root {
			continue
		}
		if root == "" {
			root = w.Place
			continue
		}
		at := ""
		if len(d.plan.wishes) > 1 || w.Source != "" {
			at = source(i, w)
		}
		d.refuse(civic.Conflict, within(at, "parent"), "place.root_taken", "place", clip(string(w.Place)), "root", string(root))
	}
}

// ground checks the shares that were measured before.
func (d *decision) ground() {
	for _, in := range d.f.Insides {
		if in.Share < leastInside {
			d.refuse(civic.Invalid, d.where(in.Place, in.Above), "place.outside_parent",
				"place", string(in.Place), "parent", string(in.Above), "percent", percent(in.Share, math.Floor), "least", percent(leastInside, math.Floor))
		}
	}
	for _, o := range d.f.Overlaps {
		if o.Share > mostShared {
			d.refuse(civic.Invalid, d.where(o.Place, o.Other), "place.overlaps",
				"place", string(o.Place), "other", string(o.Other), "percent", percent(o.Share, math.Ceil), "most", percent(mostShared, math.Ceil))
		}
	}
}

// where names the boundary to blame: of the first of the places that the command speaks of.
func (d *decision) where(places ...civic.PlaceID) string {
	for _, p := range places {
		if i, ok := d.plan.wished[p]; ok {
			if w := d.plan.wishes[i]; len(d.plan.wishes) > 1 || w.Source != "" {
				return within(source(i, w), "boundary")
			}
		}
	}
	return "boundary"
}

// percent writes a share for people with at most one decimal, rounded down or up so that
// what is refused never reads as what is allowed.
func percent(share float64, round func(float64) float64) string {
	return strconv.FormatFloat(round(share*1000)/10, 'f', -1, 64)
}

// clip shortens what a message quotes.
func clip(text string) string {
	const most = 80
	text = strings.ToValidUTF8(text, "�")
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most]) + "…"
	}
	return text
}
