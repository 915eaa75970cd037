package standing

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Frozen are the figures of a report as they were when it was drafted, with the names that things had: all that its pages and files are
// made of, besides what the coordinating body adds. Its JSON, whose keys stand in order, is the document that acts name by its digest.
type Frozen struct {
	Format int               `json:"skein_report"`
	Realm  civic.Realm       `json:"realm"`
	Titles map[string]string `json:"titles"` // of the realm, by language
	Month  Month             `json:"month"`
	Place  civic.PlaceID     `json:"place,omitempty"`
	Name   map[string]string `json:"name,omitempty"` // of the place
	Counts Counts            `json:"counts"`
	Before Counts            `json:"before"` // of the month before
	Groups []FrozenGroup     `json:"groups"`
}

// FrozenGroup are the figures of things of one kind: of bodies, categories, places, channels or languages; never of posts.
type FrozenGroup struct {
	By   string      `json:"by"`
	Rows []FrozenRow `json:"rows"`
}

// FrozenRow are the figures of one thing.
type FrozenRow struct {
	Code   string            `json:"code"`
	Titles map[string]string `json:"titles,omitempty"` // that the realm gave it
	Counts Counts            `json:"counts"`

	figures func() MonthOfFigures // reckoned once, of what was read
}

// month are the figures of a month that is over.
func (r FrozenRow) month() MonthOfFigures {
	if r.figures == nil {
		return r.Counts.month()
	}
	return r.figures()
}

// frozenFormat is what Frozen says it is. Reports of the format before, which has no languages, stay what they were signed as.
const (
	frozenFormat = 2
	frozenBefore = 1
)

var errMoving = errors.New("standing: the tallies moved while they were read")

// freeze reads the figures of a month, and up to which act they count. The tallies are written in one commit with that position, so what was
// read between two looks at one position is of that position.
func freeze(ctx context.Context, q journal.Querier, realm civic.Realm, m Month, place civic.PlaceID, children []civic.PlaceID) (Frozen, civic.Position, error) {
	for range 20 {
		from, err := upto(ctx, q, realm)
		if err != nil {
			return Frozen{}, 0, err
		}
		f, err := frozenNow(ctx, q, realm, m, place, children)
		if err != nil {
			return Frozen{}, 0, err
		}
		if until, err := upto(ctx, q, realm); err != nil || until == from {
			return f, from, err
		}
	}
	return Frozen{}, 0, errMoving
}

func frozenNow(ctx context.Context, q journal.Querier, realm civic.Realm, m Month, place civic.PlaceID, children []civic.PlaceID) (Frozen, error) {
	all := Sums{}
	for _, by := range append([]string{ByAll}, groupings...) {
		if place != "" && by != ByPlace {
			continue
		}
		sums, err := read(ctx, q, realm, by, "", false, "", "")
		if err != nil {
			return Frozen{}, err
		}
		for cell, counts := range sums {
			if cell.Month == m || cell.Month == m.Plus(-1) {
				all[cell] = counts
			}
		}
	}
	return frozenOf(frozenFormat, all, realm, m, place, children), nil
}

// frozenOf picks a report's figures out of tallies. Of one place, they are its own and those of the places right below it; of the whole, those of all bodies, categories,
// places, channels and languages.
func frozenOf(format int, all Sums, realm civic.Realm, m Month, place civic.PlaceID, children []civic.PlaceID) Frozen {
	f := Frozen{Format: format, Realm: realm, Month: m, Place: place, Groups: []FrozenGroup{}}
	whole := Cell{Month: m, By: ByAll}
	if place != "" {
		whole = Cell{Month: m, By: ByPlace, Code: string(place)}
	}
	before := whole
	before.Month = m.Plus(-1)
	f.Counts, f.Before = Counts{}.And(all[whole]), Counts{}.And(all[before])
	for _, by := range groupings {
		if format == frozenBefore && by == ByLanguage {
			continue
		}
		if place != "" && by != ByPlace {
			continue
		}
		g := FrozenGroup{By: by}
		for _, cell := range slices.SortedFunc(maps.Keys(all), func(a, b Cell) int { return slices.Compare([]string{a.Code}, []string{b.Code}) }) {
			if cell.Month != m || cell.By != by || cell.Within != "" || place != "" && !slices.Contains(children, civic.PlaceID(cell.Code)) {
				continue
			}
			g.Rows = append(g.Rows, FrozenRow{Code: cell.Code, Counts: all[cell]})
		}
		if len(g.Rows) > 0 {
			f.Groups = append(f.Groups, g)
		}
	}
	return f
}

// Document is the canonical form, whose digest acts name.
func (f Frozen) Document() []byte {
	text, _ := json.MarshalIndent(f, "", " ") // strings and numbers cannot fail
	return append(text, '\n')
}

// ReadFrozen reads what Document wrote, and nothing else.
func ReadFrozen(text []byte) (Frozen, error) {
	var f Frozen
	if err := json.Unmarshal(text, &f); err != nil {
		return f, err
	}
	if f.Format != frozenFormat && f.Format != frozenBefore || !bytes.Equal(f.Document(), text) {
		return f, fmt.Errorf("standing: no figures of a report in canonical form")
	}
	for _, g := range f.Groups {
		for i, r := range g.Rows {
			g.Rows[i].figures = sync.OnceValue(r.Counts.month)
		}
	}
	return f, nil
}

// keptReports is how many reports' figures are kept as they were read: a year's.
const keptReports = 12

// frozenKept keeps figures by the digest of their document, so that the same are not read for every page. They are never changed.
type frozenKept struct {
	mu   sync.Mutex
	kept map[string]Frozen
}

// of reads a document whose bytes are those that its digest names.
func (k *frozenKept) of(digest string, text []byte) (Frozen, error) {
	k.mu.Lock()
	f, known := k.kept[digest]
	k.mu.Unlock()
	if known {
		return f, nil
	}
	f, err := ReadFrozen(text)
	if err != nil {
		return f, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= keptReports {
		k.kept = map[string]Frozen{}
	}
	k.kept[digest] = f
	return f, nil
}

// CSV is every count, a line each, as in figures.csv.
func (f Frozen) CSV() []byte {
	type one struct {
		by, code string
		Counts
	}
	all := []one{{ByAll, "", f.Counts}}
	if f.Place != "" {
		all[0] = one{ByPlace, string(f.Place), f.Counts}
	}
	for _, g := range f.Groups {
		for _, r := range g.Rows {
			all = append(all, one{g.By, r.Code, r.Counts})
		}
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.code, b.code)) })
	out := csvHead()
	for _, o := range all {
		out = append(out, csvOf(f.Month, o.by, o.code, o.Counts)...)
	}
	return out
}

// Differs says where frozen figures are not what tallies of the same position hold.
func (f Frozen) Differs(all Sums) (where []string) {
	var children []civic.PlaceID
	for _, g := range f.Groups {
		for _, r := range g.Rows {
			children = append(children, civic.PlaceID(r.Code))
		}
	}
	same := func(what string, a, b Counts) {
		if f.Format == frozenBefore { // late rulings on matters that nobody led were not counted then
			a, b = maps.Clone(a), maps.Clone(b)
			delete(a, RulingsLate)
			delete(b, RulingsLate)
		}
		if !maps.Equal(a, b) {
			where = append(where, what)
		}
	}
	want := frozenOf(f.Format, all, f.Realm, f.Month, f.Place, children)
	same("all", f.Counts, want.Counts)
	same("before", f.Before, want.Before)
	rows := map[string]Counts{}
	for _, g := range want.Groups {
		for _, r := range g.Rows {
			rows[g.By+" "+r.Code] = r.Counts
		}
	}
	for _, g := range f.Groups {
		for _, r := range g.Rows {
			name := g.By + " " + r.Code
			same(name, r.Counts, rows[name])
			delete(rows, name)
		}
	}
	return append(where, slices.Sorted(maps.Keys(rows))...)
}
