package pages

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// queueView is what a body, or the desk, owes: in the order of the clocks.
type queueView struct {
	Voice  words.Voice
	Body   civic.BodyID
	Desk   bool // what the desk owes
	Tabs   []tab
	Whats  []tab
	Spans  []queueSpan
	Next   string
	First  string
	Bulk   face.Form
	Accept bool // there is something to accept
	Answer bool
	Once   string
	Draft  string // what drafts in her browser are called
	Done   []bulkDone
	Saved  []matter.Template
	Acted  string // the act by which a matter left her hands, in words
	Gone   string // whose draft is done with
}

// tab is a view of the queue to choose.
type tab struct {
	Href, Title string
	Here        bool
}

// queueSpan is a stretch of the queue under a title: past due, today, this week, later.
type queueSpan struct {
	Title string
	Late  bool
	Rows  []queueRow
}

// queueRow is what is owed on a matter.
type queueRow struct {
	item
	What    string // in words
	By      civic.Instant
	Over    bool // the limit has run out
	Bulk    string
	Private bool
}

// queueOf is how many rows a page has.
const queueOf = 50

// Staff are the entries of the navigation for a post: its queue, and the desk or the rulings where it has them.
func (p *Pages) Staff(actor civic.Actor) []face.Entry {
	out := []face.Entry{{Path: "/work", Key: "pages.nav_work"}}
	if p.API.Desk(actor) {
		out = append(out, face.Entry{Path: "/desk", Key: "pages.nav_desk"})
	}
	if p.API.Coordinates(actor) {
		out = append(out, face.Entry{Path: "/rulings", Key: "pages.nav_rulings"})
	}
	return out
}

// staff refuses whoever acts in no post.
func (p *Pages) staff(w http.ResponseWriter, r *http.Request) (civic.Actor, bool) {
	actor := face.Actor(r.Context())
	if actor.Kind == civic.Post {
		return actor, true
	}
	p.API.Site.Error(w, r, civic.Refuse(civic.Forbidden, "matter.posts_only"))
	return actor, false
}

// queue shows what is owed by the body of whoever asks, or by the desk.
func (p *Pages) queue(w http.ResponseWriter, r *http.Request) {
	if actor, ok := p.staff(w, r); ok {
		p.showQueue(w, r, actor, http.StatusOK, face.Form{Values: url.Values{}}, nil)
	}
}

func (p *Pages) showQueue(w http.ResponseWriter, r *http.Request, actor civic.Actor, status int, bulk face.Form, done []bulkDone) {
	site, ctx := p.API.Site, r.Context()
	v := site.Voice(ctx)
	q := r.URL.Query()
	desk := p.API.Desk(actor)
	o := queueView{Voice: v, Body: actor.Post.Body(), Bulk: bulk, Once: face.FormKey(), Draft: p.draft(ctx), Done: done}
	o.Bulk.Voice, o.Bulk.Prefix = v, "bulk-"
	o.Desk = desk && (q.Get("of") == "desk" || q.Get("of") == "" && !p.API.Handles(actor))
	asked := matter.Queue{Body: o.Body, Most: queueOf}
	whats := []string{matter.OweAccept, matter.OweAnswer, matter.OweResume, matter.OweContribute, matter.OweRule, matter.OweDecline}
	if o.Desk {
		asked.Body, whats = "", []string{matter.OweTriage, matter.OweRelease}
	}
	if what := q.Get("what"); what != "" {
		if !slices.Contains(whats, what) {
			site.Error(w, r, civic.Refuse(civic.Malformed, "pages.filter_unknown"))
			return
		}
		asked.What = []string{what}
	}
	asked.From, _ = strconv.Atoi(q.Get("from")) // what is no number begins at the first
	asked.From = min(max(asked.From, 0), 1_000_000)
	work, next, err := p.API.Docket(ctx, asked)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	if desk {
		o.Tabs = []tab{
			{"/work?of=desk", v.Say("pages.queue_desk"), o.Desk},
			{"/work?of=body", v.Value(o.Body), !o.Desk},
		}
	}
	of := ""
	if desk {
		if of = "body"; o.Desk {
			of = "desk"
		}
	}
	at := func(what string, from int) string {
		set := url.Values{"of": {of}, "what": {what}}
		if from > 0 {
			set.Set("from", strconv.Itoa(from))
		}
		return address("/work", set, "", "")
	}
	o.Whats = []tab{{at("", 0), v.Say("pages.queue_all"), len(asked.What) == 0}}
	if p.API.Coordinates(actor) || p.API.Handles(actor) || o.Desk {
		for _, what := range whats {
			rules := what == matter.OweRule || what == matter.OweDecline
			if !o.Desk && rules != p.API.Coordinates(actor) {
				continue
			}
			o.Whats = append(o.Whats, tab{at(what, 0), v.Say("pages.owe_" + what), slices.Equal(asked.What, []string{what})})
		}
	}
	if next > 0 {
		o.Next = at(q.Get("what"), next)
	}
	if asked.From > 0 {
		o.First = at(q.Get("what"), 0)
	}
	if name := q.Get("done"); len(done) == 0 && known(name) {
		o.Acted, o.Gone = v.Say("pages.work_"+strings.ReplaceAll(name, "-", "_")), q.Get("number")+" "+name
	}
	o.Spans = p.spans(v, work)
	for _, w := range work {
		o.Accept = o.Accept || w.What == matter.OweAccept && p.API.Handles(actor)
		o.Answer = o.Answer || w.What == matter.OweAnswer && bulkAnswers(w.State) && p.API.Handles(actor)
	}
	if o.Answer {
		if o.Saved, err = p.API.Templates(ctx, o.Body); err != nil {
			site.Error(w, r, err)
			return
		}
	}
	site.Page(w, r, face.Sheet{Status: status, Title: v.Say("pages.queue"), Section: "/work", Crumbs: []face.Crumb{}, Secret: true}, queuePage(o))
}

// spans cuts a queue by when its limits run out.
func (p *Pages) spans(v words.Voice, work []matter.Work) []queueSpan {
	now := p.API.Site.Realm.Now()
	here := now.In(v.Zone)
	midnight := time.Date(here.Year(), here.Month(), here.Day()+1, 0, 0, 0, 0, v.Zone)
	ends := []struct {
		until civic.Instant
		key   string
	}{{now, "pages.queue_late"}, {civic.At(midnight), "pages.queue_today"}, {civic.At(midnight.AddDate(0, 0, 7)), "pages.queue_week"}, {1<<63 - 1, "pages.queue_later"}}
	var out []queueSpan
	k := -1
	for _, w := range work {
		span := slices.IndexFunc(ends, func(e struct {
			until civic.Instant
			key   string
		}) bool {
			return w.Due < e.until
		})
		if span != k {
			k = span
			out = append(out, queueSpan{Title: v.Say(ends[k].key), Late: k == 0})
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, p.queueRow(v, w))
	}
	return out
}

func (p *Pages) queueRow(v words.Voice, w matter.Work) queueRow {
	row := queueRow{item: p.items(v, []matter.Row{w.View.Row()})[0], What: v.Say("pages.owe_" + w.What), By: w.Due, Over: w.Due < p.API.Site.Realm.Now(), Private: w.View.Visibility == matter.Private}
	switch {
	case w.What == matter.OweAccept:
		row.Bulk = "accept"
	case w.What == matter.OweAnswer && bulkAnswers(w.State):
		row.Bulk = "answer"
	}
	row.Place = cmp.Or(row.Place, v.Say("pages.place_unknown"))
	return row
}
