package duty

import (
	"cmp"
	"slices"
	"strings"

	"skein/frame/calendar"
	"skein/frame/civic"
)

// Place is a place as the list sees it. Depth counts steps from the root, which has 0.
// Rank orders layers that share a depth (wards before neighbourhoods); smaller goes first.
type Place struct {
	ID     civic.PlaceID
	Parent civic.PlaceID // used by Check alone
	Depth  int
	Rank   int
}

func byPrecedence(a, b Place) int {
	if c := cmp.Compare(b.Depth, a.Depth); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Rank, b.Rank); c != 0 {
		return c
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

// Query asks who answers for a category at a spot. Places are all that hold it, with
// their ancestors, best already in the order of precedence: deepest first, then rank, then code.
type Query struct {
	Category civic.Category
	Places   []Place
	At       civic.Instant
}

// Outcome says what the list answers.
type Outcome string

const (
	One     Outcome = "one"     // exactly one lead
	Gap     Outcome = "gap"     // nobody: goes to triage
	Overlap Outcome = "overlap" // rows of equal precedence with different leads: goes to triage
)

// Answer is what the list says of one query. It is plain data and may be kept in an act.
type Answer struct {
	Outcome Outcome `json:"outcome"`
	// Version and Digest name the list that answered; 0 and "" where none was in force.
	Version int    `json:"version,omitempty"`
	Digest  string `json:"digest,omitempty"`
	// What follows is the row that applies, empty unless Outcome is One.
	Row        string         `json:"row,omitempty"`
	Category   civic.Category `json:"category,omitempty"`
	Place      civic.PlaceID  `json:"place,omitempty"`
	Lead       civic.BodyID   `json:"lead,omitempty"`
	Joint      []Joint        `json:"joint,omitempty"` // shared with the list: not to be changed
	Law        string         `json:"law,omitempty"`
	Post       civic.PostID   `json:"post,omitempty"`
	Response   calendar.Limit `json:"response,omitzero"`
	Resolution calendar.Limit `json:"resolution,omitzero"`
	Objection  calendar.Limit `json:"objection,omitzero"`
	Calendar   string         `json:"calendar,omitempty"`
	// Tied are the rows to blame for an overlap.
	Tied []Miss `json:"tied,omitempty"`
	// Near are rows that would have applied but for one thing.
	Near []Miss `json:"near,omitempty"`
}

// Miss is a row that does not decide, and the one thing it misses by.
type Miss struct {
	Row  string       `json:"row"`
	Lead civic.BodyID `json:"lead"`
	// But is what it misses by: "place", "category", "date" or, for tied rows, "tie".
	But string `json:"but"`
	// Version is set where the row stands in another version of the list.
	Version int `json:"version,omitempty"`
}

// The things a row can miss by.
const (
	ButPlace    = "place"
	ButCategory = "category"
	ButDate     = "date"
	ButTie      = "tie"
)

// mostNear bounds the near misses of an answer.
const mostNear = 3

// Why is a sentence as a message key and its arguments.
type Why struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Why says in one sentence why the list answers as it does.
func (a Answer) Why(q Query) Why {
	args := map[string]any{"category": string(q.Category), "version": a.Version}
	switch a.Outcome {
	case One:
		args["row"], args["row_category"], args["place"], args["lead"] = a.Row, string(a.Category), string(a.Place), string(a.Lead)
		return Why{"duty.why_one", args}
	case Overlap:
		rows := make([]string, len(a.Tied))
		for i, m := range a.Tied {
			rows[i] = m.Row
		}
		args["rows"] = strings.Join(rows, ", ")
		return Why{"duty.why_overlap", args}
	}
	if a.Version == 0 {
		return Why{"duty.why_no_list", args}
	}
	return Why{"duty.why_gap", args}
}

// List is the rows of one version, indexed. It is never changed.
type List struct {
	rows   []Row
	digest string
	index  map[civic.PlaceID]*shelf
	ids    map[string]int32
}

// shelf is the rows of one place.
type shelf struct {
	by   map[civic.Category][]int32
	rows []int32
}

// NewList indexes rows and puts them in canonical order: by category, place and id.
// It takes rows as they are; Parse is what refuses.
func NewList(rows []Row) *List {
	l := &List{rows: slices.Clone(rows), index: map[civic.PlaceID]*shelf{}, ids: make(map[string]int32, len(rows))}
	slices.SortStableFunc(l.rows, func(a, b Row) int {
		return cmp.Or(strings.Compare(string(a.Category), string(b.Category)), strings.Compare(string(a.Place), string(b.Place)), strings.Compare(a.ID, b.ID))
	})
	for i, r := range l.rows {
		s := l.index[r.Place]
		if s == nil {
			s = &shelf{by: map[civic.Category][]int32{}}
			l.index[r.Place] = s
		}
		s.by[r.Category] = append(s.by[r.Category], int32(i))
		s.rows = append(s.rows, int32(i))
		l.ids[r.ID] = int32(i)
	}
	l.digest = DigestOf(l.CSV())
	return l
}

// Rows returns the rows in canonical order; not to be changed.
func (l *List) Rows() []Row { return l.rows }

// Digest names the list: that of its canonical CSV.
func (l *List) Digest() string { return l.digest }

// Row finds a row by its id.
func (l *List) Row(id string) (Row, bool) {
	i, ok := l.ids[id]
	if !ok {
		return Row{}, false
	}
	return l.rows[i], true
}

// Resolve says who answers. Precedence is total: the deepest place, then the most
// specific category; where places of equal depth have rows for the same category, the
// layer of smaller rank, then the smaller code of the place, then the smaller id of the
// row. Rows that are equal in depth and category and name different leads are an
// overlap whatever their rank: rank chooses among limits, never among leads.
func (l *List) Resolve(q Query) Answer { return l.resolve(q, true) }

// resolve leaves out rows that do not decide where nobody wants to know them.
func (l *List) resolve(q Query, near bool) Answer {
	a := Answer{Outcome: Gap, Digest: l.digest}
	places := q.Places
	if !slices.IsSortedFunc(places, byPrecedence) {
		places = slices.SortedFunc(slices.Values(places), byPrecedence)
	}
	type held struct {
		depth int
		*shelf
	}
	var room [12]held
	shelves := room[:0]
	for _, p := range places {
		if s := l.index[p.ID]; s != nil {
			shelves = append(shelves, held{p.Depth, s})
		}
	}
	from := q.Category
	if from == "" {
		from = Any
	}
	decided := -1 // where the group of the winner starts
	for i := 0; i < len(shelves); {
		j := i + 1
		for j < len(shelves) && shelves[j].depth == shelves[i].depth {
			j++
		}
		for c := from; ; c = broader(c) {
			if decided < 0 {
				for _, s := range shelves[i:j] {
					for _, r := range s.by[c] {
						l.take(&a, r)
					}
				}
				if a.Outcome == Overlap {
					return a
				}
				if a.Outcome == One {
					decided = i
				}
				if a.Outcome == One && !near {
					return a
				}
			} else {
				but := ButPlace
				if i == decided {
					but = ButCategory
				}
				for _, s := range shelves[i:j] {
					for _, r := range s.by[c] {
						l.near(&a, r, but)
					}
				}
			}
			if c == Any {
				break
			}
		}
		i = j
	}
	if a.Outcome == Gap && near {
		for _, s := range shelves {
			l.nearCategory(&a, s.shelf, q.Category)
		}
		l.nearPlace(&a, q)
	}
	return a
}

// take lets a row of the deciding group speak: the first one decides, another lead ties.
func (l *List) take(a *Answer, i int32) {
	r := &l.rows[i]
	switch {
	case a.Outcome == Gap:
		*a = Answer{
			Outcome: One, Digest: l.digest, Row: r.ID, Category: r.Category, Place: r.Place, Lead: r.Lead, Joint: r.Joint, Law: r.Law,
			Post: r.Post, Response: r.Response, Resolution: r.Resolution, Objection: r.Objection, Calendar: r.Calendar,
		}
	case a.Outcome == One && r.Lead != a.Lead:
		first := Miss{Row: a.Row, Lead: a.Lead, But: ButTie}
		*a = Answer{Outcome: Overlap, Digest: l.digest, Tied: []Miss{first, {Row: r.ID, Lead: r.Lead, But: ButTie}}}
	case a.Outcome == Overlap:
		a.Tied = append(a.Tied, Miss{Row: r.ID, Lead: r.Lead, But: ButTie})
	}
}

func (l *List) near(a *Answer, i int32, but string) {
	if len(a.Near) >= mostNear {
		return
	}
	if a.Near == nil {
		a.Near = make([]Miss, 0, mostNear)
	}
	a.Near = append(a.Near, Miss{Row: l.rows[i].ID, Lead: l.rows[i].Lead, But: but})
}

// nearCategory adds, for a gap, rows here for a kindred category: below the one asked for, or beside it.
func (l *List) nearCategory(a *Answer, s *shelf, c civic.Category) {
	for _, i := range s.rows {
		if len(a.Near) >= mostNear-1 {
			return
		}
		r := l.rows[i].Category
		if c != "" && (r.Within(c) || c.Parent() != "" && r.Within(c.Parent())) {
			l.near(a, i, ButCategory)
		}
	}
}

// nearPlace adds, for a gap, rows for this category elsewhere, the most specific first.
func (l *List) nearPlace(a *Answer, q Query) {
	for c := q.Category; c != "" && len(a.Near) < mostNear; c = broader(c) {
		i, _ := slices.BinarySearchFunc(l.rows, c, func(r Row, c civic.Category) int {
			return strings.Compare(string(r.Category), string(c))
		})
		for ; i < len(l.rows) && l.rows[i].Category == c && len(a.Near) < mostNear; i++ {
			l.near(a, int32(i), ButPlace)
		}
		if c == Any {
			return
		}
	}
}
