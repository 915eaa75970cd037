package duty

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/frame/civic"
)

type register struct {
	bodies   map[civic.BodyID]bool
	occupied map[civic.PostID]bool // open posts
}

func (r register) HasBody(b civic.BodyID) bool                    { return r.bodies[b] }
func (r register) HasPost(p civic.PostID) bool                    { _, ok := r.occupied[p]; return ok }
func (r register) Occupied(p civic.PostID, at civic.Instant) bool { return r.occupied[p] && at > 0 }

func tree(t interface{ Fatal(...any) }, text string) *Categories {
	c, refusals := ParseCategories(CSV, []byte("code,title.en\n"+text))
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	return c
}

func full(r Row) Row {
	r.Law, r.Post, r.Budget, r.Response, r.Resolution, r.Objection = "Law 1", "pwd/head", "B-1", wd(1), wd(10), wd(1)
	return r
}

func TestCheckOK(t *testing.T) {
	l := NewList([]Row{full(row("s", "street", "city", "pwd")), full(row("t", "trees", "city", "pwd"))})
	r := Realm{Places: everyone, Categories: tree(t, "street,S\nstreet.lights,L\ntrees,T\n"), At: 1,
		Bodies: register{map[civic.BodyID]bool{"pwd": true}, map[civic.PostID]bool{"pwd/head": true}}}
	report := Check(l, r)
	if !report.OK || report.Categories != 2 || report.Places != 5 || report.Rows != 2 {
		t.Errorf("%+v", report)
	}
	text, _ := json.Marshal(report)
	want := `{"ok":true,"digest":"` + l.Digest() + `","categories":2,"places":5,"rows":2,"pairs":0,"gaps":[],"overlaps":[],"empty_chairs":[],"defaulted":[]}`
	if string(text) != want {
		t.Errorf("%s", text)
	}
}

func TestCheckFindings(t *testing.T) {
	rows := []Row{
		full(row("ward", "street", "ward-03", "pwd")),
		full(row("hood", "street", "hood", "isd")),
		full(row("signs-a", "signs", "city", "pwd")),
		full(row("signs-b", "signs", "city", "isd")),
		{ID: "bare", Category: "trees", Place: "city", Lead: "gone", Staff: "0.0"},
		{ID: "vacant", Category: "noise", Place: "city", Lead: "pwd", Post: "pwd/empty", Law: "L", Budget: "B", Response: wd(1), Resolution: wd(1)},
		{ID: "closed", Category: "noise.night", Place: "city", Lead: "pwd", Post: "pwd/closed", Law: "L", Budget: "B", Response: wd(1), Resolution: wd(1), Objection: wd(1)},
	}
	r := Realm{
		Places: []Place{city, ward3, ward4, hood}, At: 1, Categories: tree(t, "street,S\nsigns,S\ntrees,T\nnoise,N\nnoise.night,N\nold,O\n"),
		Bodies: register{map[civic.BodyID]bool{"pwd": true, "isd": true}, map[civic.PostID]bool{"pwd/head": true, "pwd/empty": false}},
	}
	got := Check(NewList(rows), r)
	b := func(i int) Blame { return blame(rows[i]) }
	want := Report{
		Digest: got.Digest, Categories: 5, Places: 4, Rows: 7, Pairs: 1,
		Gaps: []GapFound{
			{Category: "old", Places: []civic.PlaceID{"city", "ward-03", "ward-04", "hood"}},
			{Category: "street", Places: []civic.PlaceID{"city", "ward-04"}, Near: []Miss{{Row: "hood", Lead: "isd", But: ButPlace}, {Row: "ward", Lead: "pwd", But: ButPlace}}},
		},
		Overlaps: []OverlapFound{
			{Rows: []Blame{b(1), b(0)}, Categories: []civic.Category{"street"}, Places: []civic.PlaceID{"ward-03", "hood"}},
			{Rows: []Blame{b(2), b(3)}, Categories: []civic.Category{"signs"}, Places: []civic.PlaceID{"city", "ward-03", "ward-04", "hood"}},
		},
		Chairs: []EmptyChair{
			{b(5), "pwd/empty", []Want{NoOfficer}},
			{b(6), "pwd/closed", []Want{PostGone}},
			{b(4), "", []Want{NoLead, NoPost, NoStaff, NoBudget, NoLaw}},
		},
		Defaulted: []Defaulted{{b(5), []string{"objection"}}, {b(4), []string{"response", "resolution", "objection"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r.Meets = func(a, b civic.PlaceID) bool { return false }
	if apart := Check(NewList(rows), r); len(apart.Overlaps) != 1 || apart.Pairs != 0 {
		t.Errorf("places that do not meet overlap: %+v", apart.Overlaps)
	}
	var en, zh map[string]string
	for file, texts := range map[string]*map[string]string{"messages.en.json": &en, "messages.zh-Hans.json": &zh} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, texts); err != nil {
			t.Fatal(err)
		}
	}
	sentences := got.Sentences()
	if len(sentences) != 2+2+7+2 {
		t.Errorf("%d sentences", len(sentences))
	}
	for _, s := range sentences {
		if en[s.Key] == "" || zh[s.Key] == "" {
			t.Errorf("no text for %s", s.Key)
		}
	}
}

// TestCheckProves holds that a check finds exactly what resolving at every place finds,
// and that after a clean check every spot of any number of places resolves to one lead.
func TestCheckProves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		if rapid.Bool().Draw(t, "catch-all") {
			w.rows = slices.DeleteFunc(w.rows, func(r Row) bool { return r.Category == Any && r.Place == "p0" })
			w.rows = append(w.rows, row("all", Any, "p0", "k"))
		}
		l := NewList(w.rows)
		report := Check(l, Realm{Places: w.places, Categories: w.categories})
		gap := func(c civic.Category, p civic.PlaceID) bool {
			return slices.ContainsFunc(report.Gaps, func(g GapFound) bool { return g.Category == c && slices.Contains(g.Places, p) })
		}
		overlap := func(c civic.Category, p civic.PlaceID) bool {
			return slices.ContainsFunc(report.Overlaps, func(o OverlapFound) bool {
				return slices.Contains(o.Categories, c) && slices.Contains(o.Places, p)
			})
		}
		for _, c := range w.categories.Leaves() {
			for _, p := range w.places {
				a := l.Resolve(Query{Category: c.Code, Places: w.spot(p.ID)})
				if (a.Outcome == Gap) != gap(c.Code, p.ID) || a.Outcome == Overlap && !overlap(c.Code, p.ID) {
					t.Fatalf("%s in %s: resolve says %s, check says %+v", c.Code, p.ID, a.Outcome, report)
				}
			}
		}
		// A spot: at each step down, at most one place of each layer.
		spot := []civic.PlaceID{"p0"}
		for level := []civic.PlaceID{"p0"}; len(level) > 0; {
			var next []civic.PlaceID
			for _, up := range level {
				for rank := range 2 {
					var options []civic.PlaceID
					for _, p := range w.places {
						if p.Parent == up && p.Rank == rank {
							options = append(options, p.ID)
						}
					}
					if len(options) > 0 && rapid.Bool().Draw(t, "go down") {
						next = append(next, rapid.SampledFrom(options).Draw(t, "into"))
					}
				}
			}
			spot, level = append(spot, next...), next
		}
		for _, c := range w.categories.Leaves() {
			a := l.Resolve(Query{Category: c.Code, Places: w.spot(spot...)})
			if a.Outcome == Overlap && len(report.Overlaps) == 0 || a.Outcome == Gap && len(report.Gaps) == 0 {
				t.Fatalf("%s at %v is a %s that the check did not find", c.Code, spot, a.Outcome)
			}
		}
	})
}
