package pages

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"skein/face"
	"skein/face/chart"
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// The picture of the whole: how much comes in and is answered, which clocks run over, where and about what. It counts what
// everyone may read, matter by matter; what is private is counted by the tables that rooms/numbers publishes, and nowhere else.

// weeks is how far back the picture looks.
const weeks = 26

// overviewAge is how old it may be.
const overviewAge = time.Minute

// tally counts matters by weeks, categories and places.
type tally struct {
	first              time.Time // of the first week, its Monday
	reported, answered []int
	category           map[civic.Category][]int
	place              map[civic.PlaceID]int
	open, late         map[civic.BodyID]int
}

func (p *Pages) tally(ctx context.Context) (*tally, error) {
	return p.pulse.tally.Get(ctx, overviewAge, p.count)
}

// count reads it. An imported record counts by its own dates.
func (p *Pages) count(ctx context.Context) (*tally, error) {
	realm := p.API.Site.Realm
	now := realm.Now().In(p.API.Site.Zone())
	monday := time.Date(now.Year(), now.Month(), now.Day()-(int(now.Weekday())+6)%7, 0, 0, 0, 0, p.API.Site.Zone())
	t := &tally{
		first: monday.AddDate(0, 0, -7*(weeks-1)), reported: make([]int, weeks), answered: make([]int, weeks),
		category: map[civic.Category][]int{}, place: map[civic.PlaceID]int{}, open: map[civic.BodyID]int{}, late: map[civic.BodyID]int{},
	}
	since, instant := civic.At(t.first), realm.Now()
	week := func(at civic.Instant) int {
		w := int(at.In(p.API.Site.Zone()).Sub(t.first).Hours()+1) / (7 * 24) // an hour, for the change of clocks
		return min(max(w, 0), weeks-1)
	}
	err := p.API.Walk(ctx, func(g matter.Glance) {
		if g.Reported >= since {
			w := week(g.Reported)
			t.reported[w]++
			top := g.Category
			for up := top.Parent(); up != ""; up = up.Parent() {
				top = up
			}
			if t.category[top] == nil {
				t.category[top] = make([]int, weeks)
			}
			t.category[top][w]++
			t.place[g.Place]++
		}
		if g.Answered >= since {
			t.answered[week(g.Answered)]++
		}
		if g.Status.Open() && g.Lead != "" {
			t.open[g.Lead]++
			if g.Due != 0 && g.Due < instant {
				t.late[g.Lead]++
			}
		}
	})
	return t, err
}

// figure is a chart with its table, its formula and its link.
type figure struct {
	ID, Title, Formula string
	Draw               func() []byte // SVG
	Href               string        // of the picture
	grid                             // every value that is drawn
	Sums               grid          // and what they come to, where that is another table

	Said, Live string // of one that goes on: what it comes to, and where its events are
}

// grid is a table of figures; each row begins with its head.
type grid struct {
	Head []string
	Rows [][]string
}

func (f figure) frame(of chart.Frame, x, y string) chart.Frame {
	of.Title, of.Desc, of.X, of.Y = f.Title, f.Formula, x, y
	return of
}

type overviewView struct {
	Voice   words.Voice
	Figures []figure
}

// mostBars bounds the rows of a chart; the rest stand together.
const mostBars = 12

func (p *Pages) overview(w http.ResponseWriter, r *http.Request) {
	v := p.API.Site.Voice(r.Context())
	t, err := p.tally(r.Context())
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	now, err := p.picture(r.Context())
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	o := overviewView{v, figures(v, p.API.Site.Frame(r), now, t)}
	p.API.Site.Page(w, r, face.Sheet{Title: v.Say("pages.overview"), Section: "/overview", Crumbs: []face.Crumb{}}, overviewPage(o))
}

func figures(v words.Voice, frame chart.Frame, now *picture, t *tally) []figure {
	out := []figure{now.day.figure(v, frame), t.intake(v, frame), t.categories(v, frame), t.places(v, frame), t.clocks(v, frame)}
	for i, f := range out {
		out[i].Href = "/overview/" + f.ID + ".svg?lang=" + v.Lang
	}
	return out
}

// overviewPicture sends one of the pictures alone, at its own address, or the events of the one that goes on.
func (p *Pages) overviewPicture(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	if r.PathValue("file") == "today.events" {
		p.liveEvents(w, r)
		return
	}
	now, err := p.picture(r.Context())
	if err != nil {
		site.Error(w, r, err)
		return
	}
	t, err := p.tally(r.Context())
	if err != nil {
		site.Error(w, r, err)
		return
	}
	name, svg := strings.CutSuffix(r.PathValue("file"), ".svg")
	for _, f := range figures(site.Voice(r.Context()), site.Frame(r), now, t) {
		if svg && f.ID == name {
			h := w.Header()
			h.Set("Content-Type", "image/svg+xml")
			h.Set("Vary", "Accept-Language, Cookie")
			h.Set("Cache-Control", "private, max-age=60")
			if f.Live != "" {
				h.Set("Cache-Control", "private, no-cache")
			}
			w.Write(f.Draw())
			return
		}
	}
	site.Error(w, r, civic.Refuse(civic.Missing, "face.no_page"))
}

func (t *tally) ticks() []string {
	out := make([]string, weeks)
	for i := range out {
		out[i] = t.first.AddDate(0, 0, 7*i).Format("01-02")
	}
	return out
}

// monday is the day that a week begins with, in words.
func (t *tally) monday(v words.Voice, week int) string {
	return v.Value(words.Day(t.first.AddDate(0, 0, 7*week).Format(time.DateOnly)))
}

func floats(n []int) []float64 {
	out := make([]float64, len(n))
	for i, x := range n {
		out[i] = float64(x)
	}
	return out
}

func (t *tally) intake(v words.Voice, frame chart.Frame) figure {
	f := figure{ID: "intake", Title: v.Say("pages.overview_intake"), Formula: v.Say("pages.overview_intake_formula")}
	f.Head = []string{v.Say("pages.overview_week"), v.Say("pages.overview_reported"), v.Say("pages.overview_answered")}
	for i := range weeks {
		f.Rows = append(f.Rows, []string{t.monday(v, i), v.Count(t.reported[i]), v.Count(t.answered[i])})
	}
	f.Draw = chart.Series{
		Frame: f.frame(frame, v.Say("pages.overview_week"), v.Say("pages.overview_matters")),
		Ticks: t.ticks(), Panels: []chart.Panel{{Name: f.Head[1], Observed: floats(t.reported), Running: true}, {Name: f.Head[2], Observed: floats(t.answered), Running: true}},
		Running: v.Say("pages.overview_running"),
	}.SVG
	return f
}

// categories are small multiples: a line a category, of those that most is told of.
func (t *tally) categories(v words.Voice, frame chart.Frame) figure {
	f := figure{ID: "categories", Title: v.Say("pages.overview_categories", "most", mostMultiples), Formula: v.Say("pages.overview_categories_formula", "weeks", weeks)}
	f.Head = []string{v.Say("pages.overview_week")}
	f.Sums.Head = []string{v.Say("pages.overview_category"), v.Say("pages.overview_reported"), v.Say("pages.overview_last_week")}
	type row struct {
		c civic.Category
		n int
	}
	var all []row
	for c, n := range t.category {
		all = append(all, row{c, sum(n)})
	}
	slices.SortFunc(all, func(a, b row) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.c, b.c)) })
	s := chart.Series{
		Frame: f.frame(frame, v.Say("pages.overview_week"), v.Say("pages.overview_matters")), Ticks: t.ticks(), Running: v.Say("pages.overview_running"),
	}
	for i, x := range all {
		title := v.Say("pages.overview_no_category")
		if x.c != "" {
			title = v.Value(x.c)
		}
		f.Sums.Rows = append(f.Sums.Rows, []string{title, v.Count(x.n), v.Count(t.category[x.c][max(0, weeks-2)])})
		if i < mostMultiples {
			f.Head = append(f.Head, title)
			s.Panels = append(s.Panels, chart.Panel{Name: title, Observed: floats(t.category[x.c]), Running: true})
		}
	}
	for w := range weeks {
		row := []string{t.monday(v, w)}
		for _, x := range all[:min(len(all), mostMultiples)] {
			row = append(row, v.Count(t.category[x.c][w]))
		}
		f.Rows = append(f.Rows, row)
	}
	f.Draw = s.SVG
	return f
}

// mostMultiples bounds the lines beside each other.
const mostMultiples = 6

func (t *tally) places(v words.Voice, frame chart.Frame) figure {
	f := figure{ID: "places", Title: v.Say("pages.overview_places"), Formula: v.Say("pages.overview_places_formula", "weeks", weeks)}
	f.Head = []string{v.Say("pages.overview_place"), v.Say("pages.overview_reported")}
	bars := chart.Bars{Frame: f.frame(frame, v.Say("pages.overview_matters"), "")}
	for _, b := range most(t.place, func(p civic.PlaceID) string {
		if p == "" {
			return v.Say("pages.place_unknown")
		}
		return v.Value(p)
	}) {
		f.Rows = append(f.Rows, []string{b.Label, v.Count(int(b.Value))})
		if len(bars.Bars) < mostBars {
			bars.Bars = append(bars.Bars, b)
		}
	}
	f.Draw = bars.SVG
	return f
}

func (t *tally) clocks(v words.Voice, frame chart.Frame) figure {
	f := figure{ID: "clocks", Title: v.Say("pages.overview_clocks"), Formula: v.Say("pages.overview_clocks_formula")}
	f.Head = []string{v.Say("pages.overview_body"), v.Say("pages.overview_open"), v.Say("pages.overview_late")}
	bars := chart.Bars{
		Frame:  f.frame(frame, v.Say("pages.overview_matters"), ""),
		Groups: []string{v.Say("pages.overview_open"), v.Say("pages.overview_late")},
	}
	for _, b := range most(t.open, func(b civic.BodyID) string { return v.Value(b) }) {
		late := 0
		for body, n := range t.late {
			if v.Value(body) == b.Label {
				late = n
			}
		}
		f.Rows = append(f.Rows, []string{b.Label, v.Count(int(b.Value)), v.Count(late)})
		if len(bars.Bars) < 2*mostBars {
			bars.Bars = append(bars.Bars, b, chart.Bar{Value: float64(late), Group: 1})
		}
	}
	f.Draw = bars.SVG
	return f
}

// most are counts as bars, the most first.
func most[K ~string](counts map[K]int, title func(K) string) []chart.Bar {
	var out []chart.Bar
	for k, n := range counts {
		out = append(out, chart.Bar{Label: title(k), Value: float64(n)})
	}
	slices.SortFunc(out, func(a, b chart.Bar) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), strings.Compare(a.Label, b.Label))
	})
	return out
}

func sum(n []int) (all int) {
	for _, x := range n {
		all += x
	}
	return all
}
