package place

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"skein/frame/civic"
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
