package standing

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"

	"skein/face"
	"skein/face/chart"
	"skein/face/words"
	"skein/frame/civic"
)

// Pages show figures to people.
type Pages struct{ API *API }

// Register adds the doors.
func (p *Pages) Register() {
	p.API.Site.Mux.HandleFunc("GET /figures", p.figures)
	p.API.Site.Mux.HandleFunc("GET /figures/{by}/{code}", p.figures)
	p.API.Site.Mux.HandleFunc("GET /figures/equal", p.equal)
	p.API.Site.Mux.HandleFunc("GET /figures.svg", p.picture)
}

type figuresView struct {
	Voice words.Voice
	Figures
	Title  string
	Tables []breakdown
}

// breakdown is one table of things of a kind, in the newest month that is over.
type breakdown struct {
	By   string
	Rows []breakdownRow
}

type breakdownRow struct {
	Code  string
	Title string
	MonthOfFigures
}

// thing is the title of what figures are of.
func thing(v words.Voice, by, code string) string {
	switch by {
	case ByBody:
		return v.Value(civic.BodyID(code))
	case ByCategory:
		return v.Value(civic.Category(code))
	case ByPlace:
		return v.Value(civic.PlaceID(code))
	case ByChannel:
		return v.Value(words.Code{Key: "pages.channel_" + code, Else: code})
	case ByLanguage:
		if code == NotSaid {
			return v.Say("figures.language_not_said")
		}
		return v.Value(words.Language(code))
	}
	return v.Say("figures.whole")
}

func (p *Pages) figures(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	v := site.Voice(r.Context())
	by, code := r.PathValue("by"), r.PathValue("code")
	if by == "" {
		by = ByAll
	}
	f, err := p.API.of(r.Context(), by, code)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o := figuresView{Voice: v, Figures: f, Title: thing(v, by, code)}
	sheet := face.Sheet{Title: v.Say("figures.of", "thing", o.Title), Section: "/figures"}
	if by != ByAll {
		sheet.Crumbs = []face.Crumb{{Href: "/figures", Title: v.Say("figures.title")}}
	} else if o.Tables, err = p.breakdowns(r.Context(), v, f); err != nil {
		site.Error(w, r, err)
		return
	}
	site.Page(w, r, sheet, figuresPage(o))
}

// newest is the newest month that is over.
func (f Figures) newest() (MonthOfFigures, bool) {
	i := slices.IndexFunc(f.Months, func(m MonthOfFigures) bool { return m.Over })
	if i < 0 {
		return MonthOfFigures{}, false
	}
	return f.Months[i], true
}

func (p *Pages) breakdowns(ctx context.Context, v words.Voice, f Figures) (out []breakdown, err error) {
	newest, ok := f.newest()
	if !ok {
		return nil, nil
	}
	board, err := p.API.boards.now(ctx, p.API.Site)
	if err != nil {
		return nil, err
	}
	for _, by := range groupings {
		b := breakdown{By: by}
		for _, l := range board.lines {
			if l.Month == newest.Month && l.By == by && (by != ByCategory || civic.Category(l.Code).Parent() == "") {
				b.Rows = append(b.Rows, breakdownRow{l.Code, thing(v, by, l.Code), l.figures()})
			}
		}
		slices.SortFunc(b.Rows, func(x, y breakdownRow) int {
			return slices.Compare([]string{x.Title, x.Code}, []string{y.Title, y.Code})
		})
		if len(b.Rows) > 0 {
			out = append(out, b)
		}
	}
	return out, nil
}

func (p *Pages) equal(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	v := site.Voice(r.Context())
	e, err := p.API.treatment(r.Context())
	if err != nil {
		site.Error(w, r, err)
		return
	}
	site.Page(w, r, face.Sheet{Title: v.Say("equal.title"), Section: "/figures", Crumbs: []face.Crumb{{Href: "/figures", Title: v.Say("figures.title")}}}, equalPage(v, e))
}

// picture draws what was reported and answered, and the share answered in time, month by month; the page's table says the same.
func (p *Pages) picture(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	v := site.Voice(r.Context())
	by, code := r.URL.Query().Get("by"), r.URL.Query().Get("code")
	if by == "" {
		by = ByAll
	}
	f, err := p.API.of(r.Context(), by, code)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	s := chart.Series{
		Frame: site.Frame(r), Running: v.Say("figures.running"),
		Panels: []chart.Panel{{Name: v.Say("figures.measure_" + Reported)}, {Name: v.Say("figures.measure_" + Answered)}, {Name: v.Say("figures.percent", "what", v.Say("figures.rate_on_time"))}},
	}
	s.Title, s.Desc = v.Say("figures.of", "thing", thing(v, by, code)), v.Say("figures.picture")
	for _, m := range slices.Backward(f.Months) {
		s.Ticks = append(s.Ticks, string(m.Month))
		share := math.NaN()
		if on := m.rate("on_time"); on.Share != nil {
			share = *on.Share * 100
		}
		for i, y := range []float64{float64(m.Counts[Reported]), float64(m.Counts[Answered]), share} {
			s.Panels[i].Observed = append(s.Panels[i].Observed, y)
		}
	}
	for i := range s.Panels {
		s.Panels[i].Running = len(f.Months) > 0 && !f.Months[0].Over
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Vary", "Accept-Language, Cookie")
	w.Write(s.SVG())
}

func (m MonthOfFigures) rate(name string) Rate {
	i := slices.IndexFunc(m.Rates, func(r Rate) bool { return r.Name == name })
	return m.Rates[i]
}

// share writes a rate as a person reads it: the share and its interval, or why there is none.
func share(v words.Voice, r Rate, over bool) string {
	switch {
	case r.Of == 0:
		return "–"
	case r.Share == nil && !over && r.Of >= TooFew:
		return v.Say("figures.not_over", "had", v.Count(r.Had), "of", v.Count(r.Of))
	case r.Share == nil:
		return v.Say("figures.too_few", "had", v.Count(r.Had), "of", v.Count(r.Of))
	}
	return v.Say("figures.share", "share", percent(*r.Share), "low", percent(r.Interval.Low), "high", percent(r.Interval.High), "of", v.Count(r.Of))
}

func percent(x float64) string { return strconv.FormatFloat(x*100, 'f', 1, 64) }

// days writes the percentiles.
func days(v words.Voice, d Days) string {
	switch {
	case d.Of == 0:
		return "–"
	case d.Median == nil:
		return v.Say("figures.too_few_days", "of", d.Of)
	case d.Low == nil:
		return v.Say("figures.days_bare", "median", *d.Median, "ninety", *d.Ninety)
	}
	return v.Say("figures.days", "median", *d.Median, "low", *d.Low, "high", *d.High, "ninety", *d.Ninety)
}
