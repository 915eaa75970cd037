package duty

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"skein/frame/civic"
)

// Realm is what a list is checked against.
type Realm struct {
	Places     []Place
	Categories *Categories
	// Bodies may be nil: then chairs are not looked at.
	Bodies Bodies
	// Meets says whether two places of different layers share any point; nil means they
	// may. Places of one layer under one parent are taken to share none.
	Meets func(a, b civic.PlaceID) bool
	At    civic.Instant
}

// Report is what a check found. OK is true when there is no gap, no overlap and no empty chair.
type Report struct {
	OK      bool   `json:"ok"`
	Version int    `json:"version,omitempty"`
	Digest  string `json:"digest"`
	// What was looked at: leaf categories, places, rows, and pairs of places of different layers.
	Categories int `json:"categories"`
	Places     int `json:"places"`
	Rows       int `json:"rows"`
	Pairs      int `json:"pairs"`

	Gaps     []GapFound     `json:"gaps"`
	Overlaps []OverlapFound `json:"overlaps"`
	Chairs   []EmptyChair   `json:"empty_chairs"`
	// Defaulted are rows that take a limit from the realm's defaults. That is lawful, and listed.
	Defaulted []Defaulted `json:"defaulted"`
}

// GapFound is a category that nobody leads in some places.
type GapFound struct {
	Category civic.Category  `json:"category"`
	Places   []civic.PlaceID `json:"places"`
	// Near are rows that miss the first of the places by one thing.
	Near []Miss `json:"near,omitempty"`
}

// OverlapFound is rows of equal precedence that name different leads.
type OverlapFound struct {
	Rows       []Blame          `json:"rows"`
	Categories []civic.Category `json:"categories"`
	Places     []civic.PlaceID  `json:"places"`
}

// Blame is a row to be mended.
type Blame struct {
	Row      string         `json:"row"`
	Category civic.Category `json:"category"`
	Place    civic.PlaceID  `json:"place"`
	Lead     civic.BodyID   `json:"lead"`
}

// EmptyChair is a row with a duty and nobody, or nothing, behind it.
type EmptyChair struct {
	Blame
	Post    civic.PostID `json:"post,omitempty"`
	Missing []Want       `json:"missing"`
}

// Want is what a row lacks.
type Want string

const (
	NoLead    Want = "lead"        // the lead body has ended
	NoPost    Want = "post"        // no officer's post is named
	PostGone  Want = "post_closed" // the post named is closed or unknown
	NoOfficer Want = "officer"     // nobody sits in the post
	NoStaff   Want = "staff"       // the staff is 0
	NoBudget  Want = "budget"
	NoLaw     Want = "law"
)

// Defaulted is a row without some of its limits.
type Defaulted struct {
	Blame
	Limits []string `json:"limits"`
}

// Check proves that every offered category in every place has exactly one lead, or
// lists where that fails and the rows to blame.
//
// It looks at every place with its ancestors, and at every two places of equal depth
// that have rows and may share a point. That suffices. A spot lies in some set of
// places: it has a lead if any one of them has, so the single places show every gap; and
// two rows that tie at the spot tie already in the pair of their places, so the pairs
// show every overlap. A list made for one layer alone shows gaps in the other, and rightly: no
// set of polygons covers a city to the last step, and a caller may know only one of the two.
func Check(l *List, r Realm) Report {
	c := checker{
		list: l, realm: r, leaves: r.Categories.Leaves(), chains: chains(r.Places),
		gaps: map[civic.Category]*GapFound{}, overlaps: map[string]*OverlapFound{},
	}
	for _, p := range r.Places {
		for _, leaf := range c.leaves {
			c.ask(leaf.Code, c.chains[p.ID], p.ID)
		}
	}
	c.pairs()
	report := Report{
		Digest: l.digest, Categories: len(c.leaves), Places: len(r.Places), Rows: len(l.rows), Pairs: c.met,
		Gaps: []GapFound{}, Overlaps: []OverlapFound{}, Chairs: []EmptyChair{}, Defaulted: []Defaulted{},
	}
	for _, code := range slices.Sorted(maps.Keys(c.gaps)) {
		report.Gaps = append(report.Gaps, *c.gaps[code])
	}
	for _, key := range slices.Sorted(maps.Keys(c.overlaps)) {
		report.Overlaps = append(report.Overlaps, *c.overlaps[key])
	}
	for _, row := range l.rows {
		if missing := wants(row, r); len(missing) > 0 {
			report.Chairs = append(report.Chairs, EmptyChair{blame(row), row.Post, missing})
		}
		if limits := unlimited(row); len(limits) > 0 {
			report.Defaulted = append(report.Defaulted, Defaulted{blame(row), limits})
		}
	}
	report.OK = len(report.Gaps)+len(report.Overlaps)+len(report.Chairs) == 0
	return report
}

type checker struct {
	list     *List
	realm    Realm
	leaves   []Category
	chains   map[civic.PlaceID][]Place
	gaps     map[civic.Category]*GapFound
	overlaps map[string]*OverlapFound
	met      int
}

// ask resolves one category at one spot and keeps what is wrong.
func (c *checker) ask(category civic.Category, spot []Place, at ...civic.PlaceID) {
	q := Query{Category: category, Places: spot}
	a := c.list.resolve(q, false)
	switch a.Outcome {
	case Gap:
		g := c.gaps[category]
		if g == nil {
			g = &GapFound{Category: category, Near: c.list.Resolve(q).Near}
			c.gaps[category] = g
		}
		g.Places = append(g.Places, at...)
	case Overlap:
		rows := make([]string, len(a.Tied))
		for i, m := range a.Tied {
			rows[i] = m.Row
		}
		slices.Sort(rows)
		key := strings.Join(rows, "\n")
		o := c.overlaps[key]
		if o == nil {
			o = &OverlapFound{}
			for _, id := range rows {
				row, _ := c.list.Row(id)
				o.Rows = append(o.Rows, blame(row))
			}
			c.overlaps[key] = o
		}
		if !slices.Contains(o.Categories, category) {
			o.Categories = append(o.Categories, category)
		}
		for _, p := range at {
			if !slices.Contains(o.Places, p) {
				o.Places = append(o.Places, p)
			}
		}
	}
}

// pairs looks at places of equal depth that have rows for the same category with different leads.
func (c *checker) pairs() {
	var held []Place
	for _, p := range c.realm.Places {
		if c.list.index[p.ID] != nil {
			held = append(held, p)
		}
	}
	slices.SortFunc(held, byPrecedence)
	for i, a := range held {
		for _, b := range held[i+1:] {
			if b.Depth != a.Depth {
				break
			}
			if !c.mayMeet(a.ID, b.ID) {
				continue
			}
			c.met++
			rivals := c.rivals(a.ID, b.ID)
			if len(rivals) == 0 {
				continue
			}
			spot := slices.SortedFunc(slices.Values(append(slices.Clone(c.chains[a.ID]), c.chains[b.ID]...)), byPrecedence)
			spot = slices.Compact(spot)
			for _, leaf := range c.leaves {
				if slices.ContainsFunc(rivals, func(r civic.Category) bool { return covers(r, leaf.Code) }) {
					c.ask(leaf.Code, spot, a.ID, b.ID)
				}
			}
		}
	}
}

// rivals are the categories for which two places have rows with different leads.
func (c *checker) rivals(a, b civic.PlaceID) []civic.Category {
	x, y := c.list.index[a].by, c.list.index[b].by
	if len(x) > len(y) {
		x, y = y, x
	}
	var rivals []civic.Category
	for category, rows := range x {
		others := y[category]
		if len(others) == 0 {
			continue
		}
		lead := c.list.rows[rows[0]].Lead
		differs := func(i int32) bool { return c.list.rows[i].Lead != lead }
		if slices.ContainsFunc(rows, differs) || slices.ContainsFunc(others, differs) {
			rivals = append(rivals, category)
		}
	}
	return rivals
}

// mayMeet reports whether two places can share a point: on their ways down from where
// they part they go into different layers, and nobody knows that they do not meet.
func (c *checker) mayMeet(a, b civic.PlaceID) bool {
	x, y := c.chains[a], c.chains[b]
	i, j := len(x)-1, len(y)-1
	for i >= 0 && j >= 0 && x[i].ID == y[j].ID {
		i, j = i-1, j-1
	}
	if i < 0 || j < 0 || x[i].Rank == y[j].Rank {
		return false
	}
	return c.realm.Meets == nil || c.realm.Meets(a, b)
}

// chains is each place with its ancestors, deepest first.
func chains(places []Place) map[civic.PlaceID][]Place {
	index := make(map[civic.PlaceID]Place, len(places))
	for _, p := range places {
		index[p.ID] = p
	}
	out := make(map[civic.PlaceID][]Place, len(places))
	for _, p := range places {
		chain := []Place{p}
		for up, ok := index[p.Parent]; ok && len(chain) <= len(places); up, ok = index[up.Parent] {
			chain = append(chain, up)
		}
		out[p.ID] = chain
	}
	return out
}

func blame(r Row) Blame { return Blame{r.ID, r.Category, r.Place, r.Lead} }

// wants is what stands behind a row's duty and is not there.
func wants(r Row, realm Realm) []Want {
	var w []Want
	b := realm.Bodies
	if b != nil && !b.HasBody(r.Lead) {
		w = append(w, NoLead)
	}
	switch {
	case r.Post == "":
		w = append(w, NoPost)
	case b != nil && !b.HasPost(r.Post):
		w = append(w, PostGone)
	case b != nil && !b.Occupied(r.Post, realm.At):
		w = append(w, NoOfficer)
	}
	if r.Staff != "" && strings.Trim(r.Staff, "0.") == "" {
		w = append(w, NoStaff)
	}
	if r.Budget == "" {
		w = append(w, NoBudget)
	}
	if r.Law == "" {
		w = append(w, NoLaw)
	}
	return w
}

func unlimited(r Row) []string {
	var limits []string
	for _, l := range []struct {
		name string
		n    int
	}{{"response", r.Response.N}, {"resolution", r.Resolution.N}, {"objection", r.Objection.N}} {
		if l.n == 0 {
			limits = append(limits, l.name)
		}
	}
	return limits
}

// Sentences says what a check found, one message a finding, for people.
func (r Report) Sentences() []Why {
	var out []Why
	for _, g := range r.Gaps {
		near := make([]string, len(g.Near))
		for i, m := range g.Near {
			near[i] = m.Row
		}
		out = append(out, Why{"duty.check_gap", map[string]any{
			"category": string(g.Category), "places": join(g.Places), "near": cmp.Or(strings.Join(near, ", "), "–"),
		}})
	}
	for _, o := range r.Overlaps {
		rows := make([]string, len(o.Rows))
		for i, b := range o.Rows {
			rows[i] = b.Row + " (" + string(b.Lead) + ")"
		}
		out = append(out, Why{"duty.check_overlap", map[string]any{
			"rows": strings.Join(rows, ", "), "categories": join(o.Categories), "places": join(o.Places),
		}})
	}
	for _, c := range r.Chairs {
		for _, w := range c.Missing {
			out = append(out, Why{"duty.check_chair_" + string(w), map[string]any{
				"row": c.Row, "lead": string(c.Lead), "post": string(c.Post),
			}})
		}
	}
	for _, d := range r.Defaulted {
		out = append(out, Why{"duty.check_default", map[string]any{"row": d.Row, "limits": strings.Join(d.Limits, ", ")}})
	}
	return out
}

func join[S ~string](codes []S) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = string(c)
	}
	return strings.Join(texts, ", ")
}
