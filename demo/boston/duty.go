package boston

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"skein/frame/calendar"
	"skein/frame/civic"
)

// DutyRow is one row of the responsibility list.
type DutyRow struct {
	// Category is "" for the row that catches everything.
	Category civic.Category
	Place    civic.PlaceID
	Lead     civic.BodyID
	Joint    []Joint
	Law      string
	// Post is the lead's post that answers.
	Post civic.PostID
	// Staff is how many posts the lead has in this realm.
	Staff    int
	Budget   string
	Standard string
	// Response and Objection are invented. Resolution is the city's; none where the city sets no target.
	Response, Resolution, Objection calendar.Limit
	Calendar                        string
	// Evidence says on how many cases the lead rests.
	Evidence string
}

// Joint is a body that takes part, with the limit for its part (invented: half of the whole).
type Joint struct {
	Body  civic.BodyID
	Limit calendar.Limit
}

// Options say from which rows a list is made.
type Options struct {
	// From and Until bound the openings of the rows: From ≤ opened < Until. 0 is no bound.
	From, Until civic.Instant
	// InForce is the day of the list: a target the city had given up by then is no limit. 0 is From.
	InForce civic.Instant
	// Geography places rows that have no ward written; nil leaves them to the whole city.
	Geography *Geography
}

func (o Options) ward(r *Row) civic.PlaceID {
	if o.Geography != nil {
		return o.Geography.Ward(r)
	}
	if r.Ward != "" {
		return r.Ward
	}
	return City
}

func (o Options) pick(rows []Row) []Row {
	from, until := 0, len(rows)
	if o.From != 0 {
		from = sort.Search(len(rows), func(i int) bool { return rows[i].Opened >= o.From })
	}
	if o.Until != 0 {
		until = sort.Search(len(rows), func(i int) bool { return rows[i].Opened >= o.Until })
	}
	return rows[from:max(from, until)]
}

// When a ward gets a row of its own: another body handled more cases there than the
// city's lead, on at least leastCases cases between the two, and by a margin that chance
// gives in one of twenty (sign test, one-sided).
const (
	leastCases = 10
	margin     = 1.645
)

// When a body is joint: it handled one case in twenty of the type, and at least twenty.
const (
	jointShare = 20
	jointCases = 20
)

// The limits that the data do not know, and the texts that say so.
var (
	invented   = calendar.Limit{N: 1, Unit: calendar.WorkingDays}
	noLaw      = "demo: no law cited; taken from the city's own records of 2011"
	noStandard = "demo: the city set no target (target_dt) in 2011"
)

// group counts who handled a set of rows.
type group struct {
	all    int
	bodies map[civic.BodyID]int
	posts  map[civic.PostID]int
}

func (g *group) add(r *Row) {
	g.all++
	post, ok := PostOf(r.Department, r.Queue)
	if !ok {
		return
	}
	g.bodies[post.Body()]++
	g.posts[post]++
}

// lead is the body with most cases; at a tie one that is not the hotline, whose queue
// also holds what departments sent back, then the first by code.
func (g *group) lead() civic.BodyID {
	var best civic.BodyID
	for b, n := range g.bodies {
		m := g.bodies[best]
		if best == "" || n > m || n == m && (best == Hotline || b != Hotline && b < best) {
			best = b
		}
	}
	return best
}

// post is the lead's queue that held more than half of its cases, else its head. The
// queue of a district answers for no type in the whole city.
func (g *group) post(lead civic.BodyID, place civic.PlaceID) civic.PostID {
	for p, n := range g.posts {
		district := strings.HasPrefix(string(p), string(lead)+"/district-")
		if p.Body() == lead && 2*n > g.bodies[lead] && !(district && place == City) {
			return p
		}
	}
	return Head(lead)
}

// DeriveList makes the responsibility list from who really handled what. Rows for the
// whole city stand for the root (the hotline, which sorts what nobody knows), for each
// reason and for each type that the rows hold; a type never seen falls back to its reason's
// row and then to the root's. A ward has a row for a type where its lead really differs.
// At resolution the most specific place goes first, then the most specific category. The
// order of the result is place (the city first), then category.
func DeriveList(rows []Row, o Options) []DutyRow {
	staff := map[civic.BodyID]int{}
	for _, b := range Bodies(rows) {
		staff[b.ID] = len(b.Posts)
	}
	type key struct {
		place    civic.PlaceID
		category civic.Category
	}
	picked := o.pick(rows)
	groups := map[key]*group{}
	count := func(k key, r *Row) {
		g := groups[k]
		if g == nil {
			g = &group{bodies: map[civic.BodyID]int{}, posts: map[civic.PostID]int{}}
			groups[k] = g
		}
		g.add(r)
	}
	for i := range picked {
		r := &picked[i]
		c := r.Category()
		count(key{City, c}, r)
		count(key{City, c.Parent()}, r)
		if ward := o.ward(r); ward != City {
			count(key{ward, c}, r)
		}
	}
	limits := FitLimits(picked)
	inForce := o.InForce
	if inForce == 0 {
		inForce = o.From
	}
	list := []DutyRow{{
		Place: City, Lead: Hotline, Post: Desk, Law: noLaw, Standard: noStandard,
		Evidence: "whatever no other row names goes to the hotline, which sorts it",
	}}
	for k, g := range groups {
		lead := g.lead()
		if k.place != City {
			if lead = differs(g, groups[key{City, k.category}].lead()); lead == "" {
				continue
			}
		}
		if lead == "" {
			continue
		}
		row := DutyRow{
			Category: k.category, Place: k.place, Lead: lead, Post: g.post(lead, k.place), Law: noLaw, Standard: noStandard,
			Evidence: fmt.Sprintf("%d of %d cases", g.bodies[lead], g.all),
		}
		if k.category.Parent() == "" {
			row.Post = Head(lead)
		} else {
			if f := limits[k.category]; f.N > 0 && (f.Withdrawn == 0 || inForce < f.Withdrawn) {
				row.Resolution = f.Limit
				row.Standard = fmt.Sprintf("demo: the city's own target (target_dt, 2011): %s; so in %d of %d targets", f.Long(), f.Agree, f.Targets)
			} else if f.N > 0 {
				row.Standard = fmt.Sprintf("demo: the city set no target after %s; until then %s", f.Withdrawn.In(Zone()).Format("2006-01-02"), f.Long())
			} else if f.Targets > 0 {
				row.Standard = fmt.Sprintf("demo: the city set a target (target_dt, 2011) in no more than %d of %d cases", f.Targets, f.All)
			}
			row.Joint = joint(g, lead, row.Resolution)
		}
		list = append(list, row)
	}
	for i := range list {
		list[i].Response, list[i].Objection, list[i].Calendar = invented, invented, CalendarID
		list[i].Staff = staff[list[i].Lead]
		list[i].Budget = fmt.Sprintf("demo budget line %s-01 (invented)", list[i].Lead)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.Place != b.Place {
			return a.Place == City || b.Place != City && a.Place < b.Place
		}
		return a.Category < b.Category
	})
	return list
}

// differs gives the body that leads in a ward instead of the city's lead, or "".
func differs(g *group, usual civic.BodyID) civic.BodyID {
	other := g.lead()
	if other == usual || other == "" {
		return ""
	}
	mine, theirs := float64(g.bodies[other]), float64(g.bodies[usual])
	if mine+theirs < leastCases || (mine-theirs)/math.Sqrt(mine+theirs) < margin {
		return ""
	}
	return other
}

func joint(g *group, lead civic.BodyID, whole calendar.Limit) []Joint {
	var list []Joint
	for b, n := range g.bodies {
		if b != lead && b != Hotline && n >= jointCases && n*jointShare >= g.all {
			part := calendar.Limit{N: (whole.N + 1) / 2, Unit: whole.Unit}
			list = append(list, Joint{Body: b, Limit: part})
		}
	}
	slices.SortFunc(list, func(a, b Joint) int {
		if n := g.bodies[b.Body] - g.bodies[a.Body]; n != 0 {
			return n
		}
		return strings.Compare(string(a.Body), string(b.Body))
	})
	return list
}

// Version is the list as it stood from a moment on.
type Version struct {
	Number    int
	Effective civic.Instant
	// Why says what the version changed.
	Why  Title
	Rows []DutyRow
}

// Versions is the demo's own list: one at the start, and one for each moment at which the
// city gave up the targets of a type. Over the whole half year that is two: on 2011-11-10
// at 11:19 the bulk item pickups lost theirs.
func Versions(rows []Row, o Options) []Version {
	start := o.From
	if start == 0 {
		start = Start
	}
	o.InForce = start
	list := []Version{{Number: 1, Effective: start, Rows: DeriveList(rows, o), Why: Title{
		"en":      "First list, made from who handled what",
		"zh-Hans": "首版清单，依据实际承办情况编制",
	}}}
	given := map[civic.Instant][]civic.Category{}
	for c, f := range FitLimits(o.pick(rows)) {
		if f.Withdrawn != 0 {
			given[f.Withdrawn] = append(given[f.Withdrawn], c)
		}
	}
	var moments []civic.Instant
	for at := range given {
		moments = append(moments, at)
	}
	slices.Sort(moments)
	for _, at := range moments {
		slices.Sort(given[at])
		names := make([]string, len(given[at]))
		for i, c := range given[at] {
			names[i] = string(c)
		}
		changed := strings.Join(names, ", ")
		o.InForce = at
		list = append(list, Version{Number: len(list) + 1, Effective: at, Rows: DeriveList(rows, o), Why: Title{
			"en":      fmt.Sprintf("The city sets no more targets for %s", changed),
			"zh-Hans": fmt.Sprintf("市政府不再为 %s 设定办结期限", changed),
		}})
	}
	return list
}

// Resolver answers who is responsible, by one version of a list.
type Resolver struct {
	rows map[civic.PlaceID]map[civic.Category]*DutyRow
}

// NewResolver makes a resolver of a list's rows, which must not change afterwards.
func NewResolver(list []DutyRow) *Resolver {
	v := &Resolver{rows: map[civic.PlaceID]map[civic.Category]*DutyRow{}}
	for i := range list {
		r := &list[i]
		if v.rows[r.Place] == nil {
			v.rows[r.Place] = map[civic.Category]*DutyRow{}
		}
		v.rows[r.Place][r.Category] = r
	}
	return v
}

// Resolve gives the row for a category; places go from the most specific to the city.
// It is nil only where the list lacks a root row.
func (v *Resolver) Resolve(category civic.Category, places ...civic.PlaceID) *DutyRow {
	for _, place := range places {
		rows := v.rows[place]
		for c := category; rows != nil; c = c.Parent() {
			if r := rows[c]; r != nil {
				return r
			}
			if c == "" {
				break
			}
		}
	}
	return nil
}
