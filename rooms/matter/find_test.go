package matter

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/search"
)

// The cells of a query hold exactly the matters whose titles have all its terms: random titles, trees of places and queries,
// against a look at every matter.
func TestCells(t *testing.T) {
	words := strings.Fields("street light park tree south end 路灯 公园 东城 坏 st")
	rnd := rand.New(rand.NewPCG(8, 9))
	some := func(most int) string {
		var b []string
		for range rnd.IntN(most + 1) {
			b = append(b, words[rnd.IntN(len(words))])
		}
		return strings.Join(b, " ")
	}
	found := 0
	for range 400 {
		cut := &titles{categories: map[civic.Category]search.Cut{}, places: map[civic.PlaceID]search.Cut{}, above: map[civic.PlaceID][]civic.PlaceID{}}
		const root = civic.PlaceID("p0")
		cut.places[root] = search.CutOf("r", Name, some(1))
		places := []civic.PlaceID{root}
		for i := range 1 + rnd.IntN(6) {
			p, above := civic.PlaceID(fmt.Sprintf("p%d", i+1)), places[rnd.IntN(len(places))]
			cut.places[p] = search.CutOf("r", Name, some(2), some(1))
			cut.above[p] = append([]civic.PlaceID{above}, cut.above[above]...)
			places = append(places, p)
		}
		for i := range 1 + rnd.IntN(5) {
			cut.categories[civic.Category(fmt.Sprintf("c%d", i))] = search.CutOf("r", Name, some(3))
		}
		q := search.Ask("r", Name, words[rnd.IntN(len(words))]+" "+some(2))
		cells := cut.cells(q, root)
		for c, category := range cut.categories {
			for _, p := range places {
				has := q.In(category) | q.In(cut.places[p])
				held := append([]civic.PlaceID{p}, cut.above[p]...)
				for _, o := range held {
					has |= q.In(cut.places[o])
				}
				in := slices.ContainsFunc(cells, func(x cell) bool {
					return (x.categories == nil || slices.Contains(x.categories, string(c))) &&
						(x.places == nil || slices.ContainsFunc(held, func(o civic.PlaceID) bool { return slices.Contains(x.places, string(o)) }))
				})
				if want := has == q.All(); in != want {
					t.Fatalf("%+v: %s in %s is found: %v, not %v; cells %v, titles %v", q, c, p, in, want, cells, cut)
				} else if want {
					found++
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d were to be found", found)
	}
}
