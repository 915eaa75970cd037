package review

import (
	"context"
	"net/http"
	"slices"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// Pages show appeals to people.
type Pages struct {
	API *API
	// Code is the secret code of a matter that the reader's browser holds, "" for none.
	Code func(r *http.Request, matter string) string
	// Bodies lists the living bodies.
	Bodies func(v *clerk.View, lang string) []face.Option
}

// Register adds the doors.
func (p *Pages) Register() {
	mux := p.API.Site.Mux
	mux.HandleFunc("GET /reviews", p.list)
	mux.HandleFunc("GET /reviews/queue", p.queue)
	mux.HandleFunc("GET /reviews/{appeal}", p.one)
	mux.HandleFunc("POST /reviews/{appeal}", p.act)
	p.registerFindings()
	p.registerRequests()
}

// PathOf is the page of an appeal.
func PathOf(n Number) string { return "/reviews/" + n.String() }

type listView struct {
	Voice words.Voice
	Rows  []Appeal
	Views []View
	Next  string
	// Reviewer is set for a post that has a queue.
	Reviewer bool
	Now      civic.Instant
	States   []State
	Requests []Request // for a legal review, that nobody has said anything to
}

// list is the public register.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	site, ctx := p.API.Site, r.Context()
	const most = 50
	states, err := p.API.Public(ctx, listIn{After: r.URL.Query().Get("after"), Limit: most})
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o := listView{Voice: site.Voice(ctx), States: states, Now: site.Realm.Now(), Reviewer: face.Actor(ctx).Kind == civic.Post}
	for _, s := range states {
		v, _ := Visible(s, Eyes{})
		o.Views = append(o.Views, v)
	}
	if len(states) == most {
		o.Next = states[most-1].Number.String()
	}
	site.Page(w, r, face.Sheet{Title: o.Voice.Say("review.pages.title"), Section: "/reviews", Crumbs: []face.Crumb{}}, listPage(o))
}

// queue is what waits for a reviewer, by its clocks.
func (p *Pages) queue(w http.ResponseWriter, r *http.Request) {
	site, ctx := p.API.Site, r.Context()
	actor := face.Actor(ctx)
	const most = 50
	states, err := p.API.Waiting(ctx, actor, r.URL.Query().Get("after"), most)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o := listView{Voice: site.Voice(ctx), States: states, Now: site.Realm.Now(), Reviewer: true}
	for _, s := range states {
		v, _ := Visible(s, Eyes{Post: actor.Post})
		o.Views = append(o.Views, v)
	}
	if o.Requests, err = p.API.WaitingRequests(ctx); err != nil {
		site.Error(w, r, err)
		return
	}
	if len(states) == most {
		o.Next = states[most-1].Number.String()
	}
	site.Page(w, r, face.Sheet{
		Title: o.Voice.Say("review.pages.queue"), Section: "/reviews", Secret: true,
		Crumbs: []face.Crumb{{Href: "/reviews", Title: o.Voice.Say("review.pages.title")}},
	}, queuePage(o))
}

// oneView is an appeal as its page shows it.
type oneView struct {
	Voice   words.Voice
	Appeal  View
	Matter  string // its number
	Late    bool
	Lines   []line
	Texts   map[string]string
	Actions []string
	Form    face.Form // of the action that was refused, if any
	Act     string    // its name
	Rules   *Rules
	Marks   int // what in the decision looks like somebody's data
}

// line is an act with the texts it brought.
type line struct {
	Line
	Title, Words, By string
	Kind             string // who acted, for its mark
	Texts            []string
	Erased           bool
	PowerTitle       string
}

func (p *Pages) look(r *http.Request) (State, View, civic.Actor, error) {
	in := AppealIn{Appeal: r.PathValue("appeal")}
	matter, _, ok := Number(in.Appeal).ofMatter()
	if !ok {
		return State{}, View{}, civic.Actor{}, none
	}
	in.Tracking = p.Code(r, matter)
	return p.API.look(r.Context(), in)
}

func (p *Pages) one(w http.ResponseWriter, r *http.Request) {
	s, v, actor, err := p.look(r)
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	p.show(w, r, s, v, actor, http.StatusOK, "", face.Form{})
}

// show sends the page; act and form are of an action that was refused.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, s State, v View, actor civic.Actor, status int, act string, form face.Form) {
	o, err := p.view(r.Context(), s, v, actor)
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	o.Act, o.Form = act, form
	p.API.Site.Page(w, r, face.Sheet{
		Status: status, Title: heading(o) + " " + v.Number.String(), Section: "/reviews", Secret: v.Concerned,
		Crumbs: []face.Crumb{{Href: "/reviews", Title: o.Voice.Say("review.pages.title")}},
	}, onePage(o))
}

func (p *Pages) view(ctx context.Context, s State, v View, actor civic.Actor) (oneView, error) {
	site := p.API.Site
	view := site.Realm.View()
	o := oneView{Voice: site.Voice(ctx), Appeal: v, Late: s.Late(site.Realm.Now()), Rules: p.API.Ports.Rules(view)}
	o.Matter, _, _ = v.Number.ofMatter()
	acts, err := site.Realm.Acts(ctx, s.ID)
	if err != nil {
		return o, err
	}
	if o.Texts, err = p.API.Texts(ctx, s, v, actor); err != nil {
		return o, err
	}
	if v.Concerned {
		if o.Actions, err = p.API.Possible(ctx, s, actor); err != nil {
			return o, err
		}
	}
	for _, l := range Story(acts) {
		at := line{Line: l, Title: o.Voice.Value(words.Code{Key: "review.act." + l.Act, Else: l.Act}), Words: o.Voice.Fill(l.Key, l.Args)}
		switch l.Who {
		case civic.Post:
			at.Kind, at.By = "body", o.Voice.Say("review.pages.by_post", "post", l.By, "body", l.By.Body())
		case civic.Clock:
			at.Kind, at.By = "clock", o.Voice.Say("review.pages.by_clock")
		default:
			at.Kind, at.By = "resident", o.Voice.Say("review.side.appellant")
		}
		if policy := view.Powers.Policy(l.Power); policy != nil {
			at.PowerTitle = face.PolicyTitle(o.Voice, policy)
		}
		for _, it := range v.Items {
			if it.Seq != l.Seq {
				continue
			}
			if text, ok := o.Texts[it.Digest]; ok {
				at.Texts = append(at.Texts, text)
			} else {
				at.Erased = true
			}
		}
		o.Lines = append(o.Lines, at)
	}
	if slices.Contains(o.Actions, "publish") {
		o.Marks = len(marked(Publish{Found: o.Texts[s.text(FromFound)], Reasons: o.Texts[s.text(FromReasons)]}))
	}
	return o, nil
}
