package pages

import (
	"net/http"
	"strconv"

	"skein/face"
	"skein/face/chart"
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// chainView is the chain of responsibility of a matter.
type chainView struct {
	Voice  words.Voice
	Number string
	Links  []chainLink
	Desc   string
}

type chainLink struct {
	matter.Link
	Holder, Power string
	Days, Worked  string
	Limits        []string
}

// chain shows who held a matter, when, under what and how long.
func (p *Pages) chain(w http.ResponseWriter, r *http.Request) {
	if f, ok := p.find(w, r); ok {
		o, _, err := p.chainOf(r, f)
		if err != nil {
			p.API.Site.Error(w, r, err)
			return
		}
		p.API.Site.Page(w, r, face.Sheet{
			Title: o.Voice.Say("pages.chain") + " " + o.Number, Section: "/matters", Secret: f.view.Concerned(),
			Crumbs: []face.Crumb{{Href: "/matters", Title: o.Voice.Say("pages.matters")}, {Href: PathOf(f.state.Number), Title: o.Number}},
		}, chainPage(o))
	}
}

// chainPicture is the timeline as a picture of its own, which brings its own rules for colours.
func (p *Pages) chainPicture(w http.ResponseWriter, r *http.Request) {
	if f, ok := p.find(w, r); ok {
		_, picture, err := p.chainOf(r, f)
		if err != nil {
			p.API.Site.Error(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(picture.SVG()) // whoever asked has gone
	}
}

func (p *Pages) chainOf(r *http.Request, f found) (chainView, chart.Spans, error) {
	site, ctx := p.API.Site, r.Context()
	v := site.Voice(ctx)
	links, err := p.API.Links(ctx, f.state, f.eyes)
	if err != nil {
		return chainView{}, chart.Spans{}, err
	}
	o := chainView{Voice: v, Number: f.view.Number.String()}
	picture := chart.Spans{Frame: site.Frame(r)}
	picture.Title, picture.X = v.Say("pages.chain"), v.Say("pages.chain_days_since")
	for _, role := range matter.ChainRoles {
		picture.Groups = append(picture.Groups, v.Say("pages.chain_role_"+role))
	}
	const day = float64(24 * 60 * 60 * 1e6)
	var said []string
	for _, l := range links {
		at := chainLink{Link: l, Holder: v.Say("pages.nobody_yet")}
		if l.Body != "" {
			at.Holder = v.Value(l.Body)
		}
		if policy := site.Realm.View().Powers.Policy(l.Power); policy != nil {
			at.Power = face.PolicyTitle(v, policy)
		}
		for _, step := range l.Late {
			at.Limits = append(at.Limits, v.Say("pages.chain_late_"+string(step)))
		}
		days, worked, known := p.API.Length(f.state, l)
		at.Days = inDays(days)
		if known {
			at.Worked = inDays(worked)
		}
		o.Links = append(o.Links, at)
		from := float64(l.From-f.view.Reported) / day
		picture.Spans = append(picture.Spans, chart.Span{Label: at.Holder, From: from, To: from + days, Group: roleGroup(l.Role), Text: at.Days})
		said = append(said, v.Say("pages.chain_said", "holder", at.Holder, "role", v.Say("pages.chain_role_"+l.Role), "days", at.Days))
	}
	o.Desc = v.Join(said...)
	picture.Desc = o.Desc
	return o, picture, nil
}

// inDays writes a length in days, to a tenth; who held a matter for a moment did hold it.
func inDays(days float64) string {
	if days > 0 && days < 0.05 {
		return "<0.1"
	}
	return strconv.FormatFloat(days, 'f', 1, 64)
}

func roleGroup(role string) int {
	for i, r := range matter.ChainRoles {
		if r == role {
			return i
		}
	}
	return 0
}

// when is an instant of the chain; 0 while it holds.
func (o chainView) when(at civic.Instant) string {
	if at == 0 {
		return o.Voice.Say("pages.chain_now")
	}
	return o.Voice.DateTime(at)
}
