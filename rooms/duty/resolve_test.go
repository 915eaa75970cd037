package duty

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/frame/calendar"
	"skein/frame/civic"
)

func wd(n int) calendar.Limit { return calendar.Limit{N: n, Unit: calendar.WorkingDays} }

var (
	city      = Place{ID: "city", Depth: 0}
	ward3     = Place{ID: "ward-03", Parent: "city", Depth: 1, Rank: 1}
	ward4     = Place{ID: "ward-04", Parent: "city", Depth: 1, Rank: 1}
	hood      = Place{ID: "hood", Parent: "city", Depth: 1, Rank: 2}
	block     = Place{ID: "block", Parent: "ward-03", Depth: 2}
	everyone  = []Place{city, ward3, ward4, hood, block}
	downtown  = []Place{ward3, hood, city}
	harbour   = []Place{city}
	blockSpot = []Place{block, ward3, city}
)

func row(id string, c civic.Category, p civic.PlaceID, lead civic.BodyID) Row {
	return Row{ID: id, Category: c, Place: p, Lead: lead}
}

func TestResolve(t *testing.T) {
	rows := []Row{
		row("all", Any, "city", "info"),
		row("street", "street", "city", "pwd"),
		row("lights", "street.lights", "city", "btdt"),
		row("w3-street", "street", "ward-03", "north"),
		row("hood-street", "street", "hood", "south"),
		row("w3-trees", "trees", "ward-03", "parks"),
		row("hood-trees", "trees", "hood", "parks"),
		row("hood-elms", "trees.elm", "hood", "elms"),
		row("w3-signs-a", "signs", "ward-03", "pwd"),
		row("w3-signs-b", "signs", "ward-03", "isd"),
		row("block-signs", "signs", "block", "guild"),
	}
	for _, test := range []struct {
		name     string
		list     []Row
		category civic.Category
		places   []Place
		outcome  Outcome
		row      string
		tied     []string
		near     []string
	}{
		{"the city's row", rows, "street.lights", harbour, One, "lights", nil, []string{"street category", "all category"}},
		{"a category below", rows, "street.lights.lamp", harbour, One, "lights", nil, []string{"street category", "all category"}},
		{"a category beside is none", rows, "street.lightship", harbour, One, "street", nil, []string{"all category"}},
		{"the catch-all", rows, "noise", harbour, One, "all", nil, nil},
		{"no category", rows, "", harbour, One, "all", nil, nil},
		{"place goes before category", rows, "street.lights", []Place{ward3, city}, One, "w3-street", nil, []string{"lights place", "street place", "all place"}},
		{"places in any order", rows, "street.lights", []Place{city, ward3}, One, "w3-street", nil, []string{"lights place", "street place", "all place"}},
		{"layers that disagree", rows, "street.lights", downtown, Overlap, "", []string{"w3-street", "hood-street"}, nil},
		{"layers that agree: the smaller rank", rows, "trees.oak", downtown, One, "w3-trees", nil, []string{"all place"}},
		{"equal depth, more specific category", rows, "trees.elm", downtown, One, "hood-elms", nil, []string{"w3-trees category", "hood-trees category", "all place"}},
		{"one place, two leads", rows, "signs", []Place{ward3, city}, Overlap, "", []string{"w3-signs-a", "w3-signs-b"}, nil},
		{"a deeper row settles a tie", rows, "signs", blockSpot, One, "block-signs", nil, []string{"w3-signs-a place", "w3-signs-b place", "all place"}},
		{"a gap", rows[1:], "noise", downtown, Gap, "", nil, nil},
		{"a gap with kin here and a row elsewhere", []Row{row("elm", "trees.elm", "city", "x"), row("w4", "trees", "ward-04", "y")}, "trees.oak", downtown, Gap, "", nil, []string{"elm category", "w4 place"}},
		{"nowhere", rows, "street", nil, Gap, "", nil, []string{"street place", "hood-street place", "w3-street place"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := NewList(test.list).Resolve(Query{Category: test.category, Places: test.places})
			var tied, near []string
			for _, m := range a.Tied {
				tied = append(tied, m.Row)
			}
			for _, m := range a.Near {
				near = append(near, m.Row+" "+m.But)
			}
			got := []any{a.Outcome, a.Row, tied, near}
			if diff := gocmp.Diff([]any{test.outcome, test.row, test.tied, test.near}, got); diff != "" {
				t.Error(diff)
			}
			if (a.Outcome == One) != (a.Lead != "") {
				t.Errorf("lead %q for %s", a.Lead, a.Outcome)
			}
		})
	}
}

func TestWhy(t *testing.T) {
	l := NewList([]Row{row("street", "street", "city", "pwd")})
	q := Query{Category: "street.lights", Places: harbour}
	a := l.Resolve(q)
	a.Version = 3
	want := Why{"duty.why_one", map[string]any{"category": "street.lights", "version": 3, "row": "street", "row_category": "street", "place": "city", "lead": "pwd"}}
	if diff := gocmp.Diff(want, a.Why(q)); diff != "" {
		t.Error(diff)
	}
}

// world is a random small realm and list.
type world struct {
	places     []Place
	categories *Categories
	rows       []Row
}

func drawWorld(t *rapid.T) world {
	w := world{places: []Place{{ID: "p0"}}}
	for i := 1; i < rapid.IntRange(2, 9).Draw(t, "places"); i++ {
		up := w.places[rapid.IntRange(0, len(w.places)-1).Draw(t, "parent")]
		w.places = append(w.places, Place{ID: civic.PlaceID(fmt.Sprintf("p%d", i)), Parent: up.ID, Depth: up.Depth + 1, Rank: rapid.IntRange(0, 1).Draw(t, "rank")})
	}
	codes := []string{"a", "a.x", "a.y", "a.y.z", "b", "b.x"}
	text := "code,title.en\n"
	for _, c := range codes {
		text += c + ",T\n"
	}
	var refusals civic.Refusals
	if w.categories, refusals = ParseCategories(CSV, []byte(text)); len(refusals) > 0 {
		t.Fatal(refusals)
	}
	seen := map[string]bool{}
	for i := range rapid.IntRange(0, 14).Draw(t, "rows") {
		r := row(fmt.Sprintf("r%02d", i), civic.Category(rapid.SampledFrom(append(codes, "*")).Draw(t, "category")),
			rapid.SampledFrom(w.places).Draw(t, "place").ID, civic.BodyID(rapid.SampledFrom([]string{"k", "l", "m"}).Draw(t, "lead")))
		key := fmt.Sprint(r.Category, r.Place, r.Lead)
		if !seen[key] {
			w.rows = append(w.rows, r)
		}
		seen[key] = true
	}
	return w
}

// spot is the ancestors of some places, each once.
func (w world) spot(ids ...civic.PlaceID) []Place {
	all := map[civic.PlaceID]Place{}
	chains := chains(w.places)
	for _, id := range ids {
		for _, p := range chains[id] {
			all[p.ID] = p
		}
	}
	return slices.SortedFunc(maps.Values(all), byPrecedence)
}

// brute is the stated precedence read word by word: keep the rows that apply, then only those in
// the deepest place, then only those with the longest category.
func brute(rows []Row, q Query) (Outcome, string) {
	depth, rank := map[civic.PlaceID]int{}, map[civic.PlaceID]int{}
	for _, p := range q.Places {
		depth[p.ID], rank[p.ID] = p.Depth, p.Rank
	}
	length := func(c civic.Category) int {
		if c == Any {
			return -1
		}
		return strings.Count(string(c), ".")
	}
	var apply []Row
	for _, r := range rows {
		if _, here := depth[r.Place]; here && (r.Category == Any || q.Category.Within(r.Category)) {
			apply = append(apply, r)
		}
	}
	keep := func(better func(a, b Row) bool) {
		apply = slices.DeleteFunc(slices.Clone(apply), func(r Row) bool {
			return slices.ContainsFunc(apply, func(o Row) bool { return better(o, r) })
		})
	}
	keep(func(a, b Row) bool { return depth[a.Place] > depth[b.Place] })
	keep(func(a, b Row) bool { return length(a.Category) > length(b.Category) })
	if len(apply) == 0 {
		return Gap, ""
	}
	for _, r := range apply {
		if r.Lead != apply[0].Lead {
			return Overlap, ""
		}
	}
	best := slices.MinFunc(apply, func(a, b Row) int {
		return cmp.Or(cmp.Compare(rank[a.Place], rank[b.Place]), cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID))
	})
	return One, best.ID
}

func TestResolveIsThePrecedence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		l := NewList(w.rows)
		ids := rapid.SliceOfN(rapid.SampledFrom(w.places), 0, 3).Draw(t, "spot")
		var at []civic.PlaceID
		for _, p := range ids {
			at = append(at, p.ID)
		}
		places := w.spot(at...)
		q := Query{Category: rapid.SampledFrom(w.categories.All()).Draw(t, "category").Code, Places: places}
		a := l.Resolve(q)
		outcome, id := brute(w.rows, q)
		if a.Outcome != outcome || a.Row != id {
			t.Fatalf("%v: got %s %q, by the words %s %q", q, a.Outcome, a.Row, outcome, id)
		}
		q.Places = rapid.Permutation(places).Draw(t, "order")
		if diff := gocmp.Diff(a, l.Resolve(q)); diff != "" {
			t.Fatalf("the order of places matters: %s", diff)
		}
		if diff := gocmp.Diff(a, NewList(rapid.Permutation(w.rows).Draw(t, "rows order")).Resolve(q)); diff != "" {
			t.Fatalf("the order of rows matters: %s", diff)
		}
		if len(a.Near) > mostNear {
			t.Fatalf("%d near misses", len(a.Near))
		}
	})
}

// big is 300 places in two layers under a city of districts, 141 leaf categories, and rows.
func big(rows int) (places []Place, cats *Categories, l *List) {
	places = append(places, Place{ID: "city"})
	for d := range 10 {
		district := Place{ID: civic.PlaceID(fmt.Sprintf("d%d", d)), Parent: "city", Depth: 1}
		places = append(places, district)
		for i := range 14 {
			places = append(places, Place{ID: civic.PlaceID(fmt.Sprintf("w%d-%02d", d, i)), Parent: district.ID, Depth: 2, Rank: 1},
				Place{ID: civic.PlaceID(fmt.Sprintf("h%d-%02d", d, i)), Parent: district.ID, Depth: 2, Rank: 2})
		}
	}
	text := "code,title.en\n"
	for g := range 10 {
		text += fmt.Sprintf("g%d,T\n", g)
		for c := range 14 + g/9 {
			text += fmt.Sprintf("g%d.c%02d,T\n", g, c)
		}
	}
	cats, refusals := ParseCategories(CSV, []byte(text))
	if len(refusals) > 0 {
		panic(refusals)
	}
	random := rand.New(rand.NewPCG(1, 2))
	all := []Row{row("all", Any, "city", "info")}
	seen := map[string]bool{}
	for len(all) < rows {
		p := places[random.IntN(len(places))]
		c := cats.All()[random.IntN(len(cats.All()))].Code
		if seen[string(c)+string(p.ID)] {
			continue
		}
		seen[string(c)+string(p.ID)] = true
		all = append(all, Row{
			ID: fmt.Sprintf("%s@%s", c, p.ID), Category: c, Place: p.ID, Lead: civic.BodyID(fmt.Sprintf("b%d", random.IntN(20))),
			Law: "Law 1", Post: "b/head", Budget: "1", Resolution: wd(10), Response: wd(1), Objection: wd(1),
		})
	}
	return places, cats, NewList(all)
}

func BenchmarkResolve(b *testing.B) {
	places, cats, l := big(5000)
	w := world{places: places}
	var queries []Query
	random := rand.New(rand.NewPCG(3, 4))
	leaves := cats.Leaves()
	for range 1000 {
		d, i, j := random.IntN(10), random.IntN(14), random.IntN(14)
		spot := w.spot(civic.PlaceID(fmt.Sprintf("w%d-%02d", d, i)), civic.PlaceID(fmt.Sprintf("h%d-%02d", d, j)))
		queries = append(queries, Query{Category: leaves[random.IntN(len(leaves))].Code, Places: spot})
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		l.Resolve(queries[i%len(queries)])
		i++
	}
}

func BenchmarkCheck(b *testing.B) {
	places, cats, l := big(5000)
	for b.Loop() {
		Check(l, Realm{Places: places, Categories: cats})
	}
}
