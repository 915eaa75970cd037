package review

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"net/http"
	"net/url"
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
	if o.Texts, err = p.API.Texts(ctx, s, v); err != nil {
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

// act does what a form says, and shows the appeal again.
func (p *Pages) act(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	s, v, actor, err := p.look(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	if err := r.ParseForm(); err != nil {
		site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return
	}
	fields := r.PostForm
	name := fields.Get("act")
	c, known := commandOf(name, fields)
	if !known {
		site.Error(w, r, civic.Refuse(civic.Malformed, "review.act_unknown"))
		return
	}
	form := face.Form{Voice: site.Voice(r.Context()), Values: fields, Prefix: name + "-"}
	if err := p.do(r.Context(), s, actor, c, fields); err != nil {
		if !form.Take(err, actFields) {
			site.Error(w, r, err)
			return
		}
		p.show(w, r, s, v, actor, face.Status(err), name, form)
		return
	}
	http.Redirect(w, r, PathOf(s.Number), http.StatusSeeOther)
}

func (p *Pages) do(ctx context.Context, s State, actor civic.Actor, c Command, fields url.Values) error {
	t, err := p.API.task(ctx, actor, s, c)
	if err != nil {
		return err
	}
	if key := fields.Get("once"); len(key) >= 20 && len(key) <= 64 {
		t.Key, t.Digest = "form "+key, p.API.Site.Digest([]byte(fields.Encode()))
	}
	_, err = p.API.Site.Realm.Do(ctx, t)
	return err
}

// actFields are the fields of the forms that refusals name.
var actFields = map[string]string{
	"text": "text", "reason": "reason", "at": "at", "place": "place", "record": "record", "result": "result", "law": "law", "found": "found",
	"reasons": "reasons", "outcome": "outcome", "by": "by", "show": "show", "within": "within", "directions": "directions",
}

func commandOf(name string, f url.Values) (Command, bool) {
	yes := func(field string) bool { return f.Get(field) == "yes" }
	switch name {
	case "take":
		return Take{}, true
	case "recuse":
		return Recuse{Reason: f.Get("reason")}, true
	case "reply":
		return Reply{Text: f.Get("text")}, true
	case "ask-hearing":
		return AskHearing{Reason: f.Get("reason")}, true
	case "waive-hearing":
		return WaiveHearing{}, true
	case "call-hearing":
		return CallHearing{Time: f.Get("at"), Place: f.Get("place")}, true
	case "hold-hearing":
		return HoldHearing{Appellant: yes("appellant"), Respondent: yes("respondent"), Record: f.Get("record")}, true
	case "extend":
		return Extend{Reason: f.Get("reason")}, true
	case "decide":
		return Settle{
			Result: Result(f.Get("result")), Law: f.Get("law"), Found: f.Get("found"), Reasons: f.Get("reasons"), Outcome: f.Get("outcome"), Date: f.Get("by"),
			Show: f["show"], Within: Limit(f.Get("within")), Directions: f.Get("directions"),
		}, true
	case "publish":
		return Publish{Found: f.Get("found"), Reasons: f.Get("reasons"), Looked: yes("looked")}, true
	case "withdraw":
		return Withdraw{Reason: f.Get("reason")}, true
	}
	return nil, false
}

// fresh makes the key of a form that is shown.
func fresh() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

func heading(o oneView) string {
	return o.Voice.Say("review.pages.heading", "of", ofCode(o.Appeal.Of))
}

// stateOf is the mark of a status: how the tag is coloured.
func stateOf(v View) string {
	switch v.Status {
	case StatusDecided:
		return "closed"
	case StatusWithdrawn:
		return "withdrawn"
	}
	return "working"
}

// standing is where an appeal stands, in a word.
func standing(voice words.Voice, v View) string {
	if v.Status == StatusDecided {
		return voice.Say("review.result." + string(v.Result))
	}
	return voice.Say("review.status." + string(v.Status))
}

// lede says in one sentence how the appeal stands.
func lede(o oneView) string {
	v, a := o.Voice, o.Appeal
	switch a.Status {
	case StatusOpen:
		return v.Say("review.pages.lede_open", "take", a.TakeBy.Due, "due", a.DecideBy.Due)
	case StatusTaken:
		return v.Say("review.pages.lede_taken", "post", a.Reviewer, "body", a.Reviewer.Body(), "due", a.DecideBy.Due)
	case StatusWithdrawn:
		return v.Say("review.pages.lede_withdrawn")
	}
	return v.Say("review.pages.lede_decided", "result", words.Code{Key: "review.result." + string(a.Result), Else: string(a.Result)}, "date", v.Date(a.Case.Decided), "post", a.Reviewer, "body", a.Reviewer.Body())
}

// results are those that a decision on this appeal can have.
func results(o oneView) []face.Option {
	var out []face.Option
	for _, r := range o.Rules.Results[o.Appeal.Of] {
		out = append(out, face.Option{Value: string(r), Title: o.Voice.Say("review.result." + string(r)), Hint: o.Voice.Say("review.result_hint." + string(r))})
	}
	return out
}

func outcomes(o oneView) []face.Group {
	var g face.Group
	for _, code := range o.Rules.Outcomes {
		g.Options = append(g.Options, face.Option{Value: code, Title: o.Voice.Value(words.Code{Key: "matter.outcome." + code, Else: code})})
	}
	return []face.Group{g}
}

// formOf is the form of an action: as it was refused, or fresh. What is published begins as what was decided.
func formOf(o oneView, act string) face.Form {
	if act == o.Act {
		return o.Form
	}
	f := face.Form{Voice: o.Voice, Prefix: act + "-", Values: url.Values{}}
	if act == "publish" {
		for _, it := range o.Appeal.Items {
			if it.From == FromFound || it.From == FromReasons {
				f.Values.Set(it.From, o.Texts[it.Digest])
			}
		}
	}
	return f
}

// GroundOptions are the grounds of an appeal, for the form that makes one.
func GroundOptions(v words.Voice, r *Rules) []face.Option {
	out := make([]face.Option, len(r.Grounds))
	for i, g := range r.Grounds {
		out[i] = face.Option{Value: g.Code, Title: v.Value(groundCode(g.Code)), Hint: g.Law}
	}
	return out
}

// TitleOf is an appeal in a line: what it is against, and how it stands.
func TitleOf(v words.Voice, s State) string {
	view, _ := Visible(s, Eyes{Appellant: s.Appellant})
	return v.Say("review.pages.line", "of", ofCode(s.Of), "standing", standing(v, view))
}
