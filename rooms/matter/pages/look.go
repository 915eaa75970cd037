package pages

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/matter"
	"skein/science/classify"
	"skein/science/geo"
	"skein/science/requests"
	"skein/science/similar"
)

// What a report brings up before it is sent: categories that its words suggest, open matters nearby that are likely the same, and
// what may answer it at once. Nothing of what is asked is kept, logged or counted; and nothing that comes up decides anything.

// Guide finds what may answer somebody at once. It is asked with her words and keeps nothing of them.
type Guide interface {
	Suggest(ctx context.Context, v words.Voice, text string) ([]Article, error)
}

// Article is something to read: policy guidance, a rule, an opening hour.
type Article struct{ Href, Title, Lead string }

// looked is what came up.
type looked struct {
	Voice      words.Voice
	Asked      bool // there was something to look for
	Categories []face.Option
	Chosen     string
	Alike      []alike
	Articles   []Article
	Spots      spots
}

// alike is an open matter that a report is likely about.
type alike struct {
	item
	Metres int    // from the spot that was given; -1 where none was
	Said   string // what everyone may read of it
}

const (
	mostSuggested  = 3
	mostAlike      = 3
	mostCandidates = 60
	farthest       = 300.0 // metres
	likely         = 0.3   // from this probability on a matter is shown as likely the same
	worthwhile     = 0.1   // and a category as one that was learnt
	mostSaid       = 160   // characters of a text that are shown
)

// same weighs whether a report is about an open matter. What stands open is told again for weeks, not days.
var same = func() similar.Model {
	m := similar.Default
	m.Lag, m.Over = 20, 60
	return m
}()

// look answers what a form brings up so far, as a part of its page.
func (p *Pages) look(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	fields, _, _, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	l, err := p.lookFor(r.Context(), fields)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if err := lookedPart(l).Render(r.Context(), w); err != nil {
		site.Log.Error("a part of a page failed", "pattern", r.Pattern, "err", err)
	}
}

func (p *Pages) lookFor(ctx context.Context, fields url.Values) (looked, error) {
	site := p.API.Site
	v, view := site.Voice(ctx), site.Realm.View()
	l := looked{Voice: v, Chosen: fields.Get("category")}
	text := civic.Clean(strings.ToValidUTF8(fields.Get("text"), " "))
	branches := p.Ports.Categories(view, v.Lang)
	l.Categories = p.suggest(view, text, branches)
	unsaid := face.Form{Voice: v, Values: fields} // what cannot be read is said when the report is sent
	lat, lon := degrees(&unsaid, "lat", 90), degrees(&unsaid, "lon", 180)
	var err error
	if l.Spots, err = p.spotsFor(ctx, v, fields); err != nil {
		return l, err
	}
	if x, ok, err := p.chosen(ctx, fields); err != nil {
		return l, err
	} else if ok {
		lat, lon = &x.Lat, &x.Lon
	}
	if lat == nil || lon == nil {
		lat, lon = nil, nil
	}
	category := civic.Category(l.Chosen)
	if category == "" && len(l.Categories) > 0 {
		category = civic.Category(l.Categories[0].Value)
	}
	if l.Alike, err = p.alike(ctx, v, text, category, civic.PlaceID(fields.Get("place")), lat, lon); err != nil {
		return l, err
	}
	if p.Guide != nil && text != "" {
		if l.Articles, err = p.Guide.Suggest(ctx, v, text); err != nil {
			return l, err
		}
	}
	l.Asked = text != "" || lat != nil || fields.Get("place") != ""
	return l, nil
}

// suggest are the categories that a text likely belongs to, of those that can be chosen: what the realm's own released texts teach,
// where it is sure, before what the categories' words say.
func (p *Pages) suggest(view *clerk.View, text string, branches []Branch) []face.Option {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	titles := map[string]face.Option{}
	for _, b := range branches {
		for _, o := range append(slices.Clone(b.Leaves), b.Option) {
			if o.Value == b.Value && len(b.Leaves) > 0 {
				continue // reports are filed under its leaves
			}
			titles[o.Value] = face.Option{Value: o.Value, Title: o.Title, Hint: b.Title}
		}
	}
	var out []face.Option
	add := func(l classify.Likely) {
		if o, ok := titles[l.Category]; ok && len(out) < mostSuggested {
			out = append(out, o)
			delete(titles, l.Category)
		}
	}
	if m := p.learner.model(p.learn); m != nil {
		if s := m.Suggest(text); !s.Unsure {
			for _, l := range s.Ranked[:min(mostSuggested, len(s.Ranked))] {
				if l.Probability >= worthwhile {
					add(l)
				}
			}
		}
	}
	for _, l := range p.learner.named(p.Ports.Described(view)).Suggest(text, 2*mostSuggested) {
		add(l)
	}
	return out
}

// alike are the open matters that a report is likely about, the likeliest first: around its spot, or else in its place.
func (p *Pages) alike(ctx context.Context, v words.Voice, text string, category civic.Category, place civic.PlaceID, lat, lon *float64) ([]alike, error) {
	f := matter.Filter{Limit: mostCandidates, Open: true}
	var here geo.Point
	switch {
	case lat != nil:
		here = geo.Point{Lat: *lat, Lon: *lon}
		now, err := p.picture(ctx)
		if err != nil {
			return nil, err
		}
		if f.Numbers = now.around(here); len(f.Numbers) == 0 {
			return nil, nil
		}
	case place != "" && category != "":
		f.Place, f.Category = place, category
	default:
		return nil, nil
	}
	rows, err := p.API.List(ctx, f)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r matter.Row) bool { return r.Kind == matter.Complaint }) // joined by the desk alone
	said, err := p.said(ctx, rows)
	if err != nil {
		return nil, err
	}
	at := func(r *requests.Request, pt geo.Point) {
		r.X, r.Y = similar.Plane(here, pt)
		r.Placed = true
	}
	told := requests.Request{Text: text, Category: string(category), Time: p.API.Site.Realm.Now().In(time.UTC)}
	if lat != nil {
		at(&told, here)
	}
	type weighed struct {
		alike
		probability float64
	}
	var all []weighed
	for i, it := range p.items(v, rows) {
		other := requests.Request{Text: said[rows[i].Box], Category: string(rows[i].Category), Time: rows[i].Reported.In(time.UTC)}
		a := alike{item: it, Metres: -1, Said: excerpt(other.Text)}
		if pt := rows[i].Point; pt != nil && lat != nil {
			at(&other, geo.Point{Lat: float64(pt.Lat) / 1e6, Lon: float64(pt.Lon) / 1e6})
			a.Metres = int(math.Round(math.Hypot(other.X, other.Y)/10)) * 10
		}
		if pr := same.Probability(similar.Compare(told, other)); pr >= likely {
			all = append(all, weighed{a, pr})
		}
	}
	slices.SortStableFunc(all, func(a, b weighed) int { return cmp.Compare(b.probability, a.probability) })
	var out []alike
	for _, a := range all[:min(mostAlike, len(all))] {
		out = append(out, a.alike)
	}
	return out, nil
}

// around are the open matters nearest to a spot.
func (now *picture) around(here geo.Point) []matter.Number {
	type near struct {
		first  civic.Position
		metres float64
	}
	var all []near
	for pt := range now.points.all() {
		at := pt.degrees()
		if pt.state == standsClosed || math.Abs(at.Lat-here.Lat) > farthest/100_000 {
			continue
		}
		x, y := similar.Plane(here, at)
		if m := math.Hypot(x, y); m <= farthest {
			all = append(all, near{pt.first, m})
		}
	}
	slices.SortFunc(all, func(a, b near) int { return cmp.Compare(a.metres, b.metres) })
	var out []matter.Number
	for _, n := range all[:min(mostCandidates, len(all))] {
		if number, ok := now.numbers.Of(n.first); ok {
			out = append(out, number)
		}
	}
	return out
}

// said is what everyone may read that was told of matters, by box.
func (p *Pages) said(ctx context.Context, rows []matter.Row) (map[string]string, error) {
	site := p.API.Site
	boxes := make([]string, 0, len(rows))
	for _, r := range rows {
		if r.Box != "" {
			boxes = append(boxes, r.Box)
		}
	}
	copies, err := site.Vault.Released(ctx, site.Realm.ID, boxes)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(copies))
	for ref, c := range copies {
		if ref.Part == "text" && c.Media == "text/plain" {
			out[ref.Box] = c.Text
		}
	}
	return out, nil
}

func excerpt(text string) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) > mostSaid {
		return string(r[:mostSaid]) + "…"
	}
	return string(r)
}
