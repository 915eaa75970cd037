package pages

import (
	"net/http"
	"slices"
	"strconv"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// Precedent is an earlier ruling against the list on the same category and place.
type Precedent struct {
	Category civic.Category
	Place    civic.PlaceID
	Lead     civic.BodyID // whom it named
	Before   civic.BodyID // whom the list named
	Settled  int          // the version of the list that took it up; 0 for none yet
	Href     string       // of the matter, "" where it is not everyone's
}

// DutyRow is a row of the responsibility list.
type DutyRow struct {
	ID       string
	Category civic.Category
	Place    civic.PlaceID
	Lead     civic.BodyID
	Law      string
}

// dispute is who says what on who is responsible.
type dispute struct {
	Objects  civic.BodyID // who objects, or proposes to decline; "" where the list leaves nobody
	Declines bool
	Ground   string
	Proposed civic.BodyID
	Law      string // of a proposal to decline
	Where    string // to go instead
	Texts    []string
	ListSays []string // why the list names the lead
	Rows     []DutyRow
	Before   []Precedent
	By       civic.Instant
}

// dispute gathers both sides of what waits for a ruling; nil where nothing does.
func (p *Pages) dispute(v words.Voice, f found, o workView) *dispute {
	s := f.state
	if s.Status != matter.StatusObjected && !s.Declining && !slices.ContainsFunc(o.Acts, func(a workAct) bool { return a.Name == "rule" }) {
		return nil
	}
	view := p.API.Site.Realm.View()
	d := &dispute{Proposed: s.Proposed, ListSays: o.Why, By: s.Ruling.Due, Declines: s.Declining}
	act := "objected"
	if s.Declining {
		act, d.Law, d.Where = "decline_proposed", s.DeclineBy, s.Elsewhere
	}
	for _, l := range slices.Backward(o.Lines) {
		if l.Act != act || s.Status == matter.StatusReceived {
			continue
		}
		d.Objects, d.Ground = l.Line.By.Body(), l.Words
		for _, t := range l.Texts {
			d.Texts = append(d.Texts, t.Text)
		}
		break
	}
	if d.By == 0 {
		d.By = s.TriageBy.Due
	}
	d.Rows = p.Ports.Rows(view, o.Now, s.Category, s.Places)
	d.Before = p.Ports.Precedents(view, s.Category, s.Places)
	return d
}

// rulingsView is what a coordinating body has before it.
type rulingsView struct {
	Voice    words.Voice
	Body     civic.BodyID
	Rulings  []rulingRow
	Late     []queueRow
	MoreLate int
	Next     string
	First    string
}

// rulingRow is something to rule on, and what it is about.
type rulingRow struct {
	queueRow
	Lead     string
	Proposed string
	Before   int // precedents
}

// rulings shows the coordinating body what it is to rule on and what is past due.
func (p *Pages) rulings(w http.ResponseWriter, r *http.Request) {
	actor, ok := p.staff(w, r)
	if !ok {
		return
	}
	site, ctx := p.API.Site, r.Context()
	if !p.API.Coordinates(actor) {
		site.Error(w, r, civic.Refuse(civic.Forbidden, "power.none", "action", matter.Rule{}.Name(), "policies", ""))
		return
	}
	v, view := site.Voice(ctx), site.Realm.View()
	o := rulingsView{Voice: v, Body: actor.Post.Body()}
	work, next, err := p.API.Docket(ctx, matter.Queue{Body: o.Body, What: []string{matter.OweRule, matter.OweDecline}, Most: queueOf})
	if err != nil {
		site.Error(w, r, err)
		return
	}
	for _, x := range work {
		row := rulingRow{queueRow: p.queueRow(v, x), Before: len(p.Ports.Precedents(view, x.State.Category, x.State.Places))}
		if x.State.Lead != "" {
			row.Lead = v.Value(x.State.Lead)
		}
		if x.State.Proposed != "" {
			row.Proposed = v.Value(x.State.Proposed)
		}
		o.Rulings = append(o.Rulings, row)
	}
	if next > 0 {
		o.Next = "/work?what=" + matter.OweRule + "&from=" + strconv.Itoa(next)
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("from")) // what is no number begins at the first
	late, more, err := p.API.PastDue(ctx, o.Body, min(max(from, 0), 1_000_000), queueOf)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	for _, x := range late {
		o.Late = append(o.Late, p.queueRow(v, x))
	}
	if o.MoreLate = more; from > 0 {
		o.First = "/rulings"
	}
	site.Page(w, r, face.Sheet{Title: v.Say("pages.rulings"), Section: "/rulings", Crumbs: []face.Crumb{}, Secret: true}, rulingsPage(o))
}
