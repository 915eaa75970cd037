package powers

import (
	"net/http"
	"net/url"
	"slices"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/power"
)

// Pages show the list of powers to people.
type Pages struct {
	API *API
	// Posts are those that can be asked about, by body.
	Posts func(v *clerk.View, lang string) []face.Group
}

// Register adds the doors.
func (p *Pages) Register() {
	mux := p.API.Site.Mux
	mux.HandleFunc("GET /powers", p.list)
	mux.HandleFunc("GET /powers/why", p.why)
	mux.HandleFunc("GET /powers/{id}", p.one)
}

type listView struct {
	Voice   words.Voice
	Digest  string
	Groups  []grouped
	Since   map[string]Version
	State   State
	Waiting string // its text
}

// list shows who may do what, by whom it is about, and how the realm's own rules came to be.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	v := p.API.Site.Voice(r.Context())
	view := p.API.Site.Realm.View()
	catalog := CatalogIn(view)
	l := listView{
		Voice: v, Digest: view.Powers.Digest, Groups: groups(view.Powers), Since: catalog.Since(view.House.Powers), State: catalog.State(),
	}
	if l.State.Waiting != nil {
		text, _ := catalog.Text(l.State.Waiting.Digest)
		l.Waiting = string(text)
	}
	p.API.Site.Page(w, r, face.Sheet{Title: v.Say("powers.pages.title"), Section: "/duties", Crumbs: []face.Crumb{}}, listPage(l))
}

// one shows a rule.
func (p *Pages) one(w http.ResponseWriter, r *http.Request) {
	v := p.API.Site.Voice(r.Context())
	view := p.API.Site.Realm.View()
	policy := view.Powers.Policy(r.PathValue("id"))
	if policy == nil {
		p.API.Site.Error(w, r, civic.Refuse(civic.Missing, "powers.rule_none"))
		return
	}
	var since *Version
	if version, own := CatalogIn(view).Since(view.House.Powers)[policy.ID]; own {
		since = &version
	}
	p.API.Site.Page(w, r, face.Sheet{
		Title: face.PolicyTitle(v, policy), Section: "/duties", Crumbs: []face.Crumb{{Href: "/powers", Title: v.Say("face.powers")}},
	}, onePage(v, policy, since))
}

type whyView struct {
	Voice   words.Voice
	Form    face.Form
	Who     []face.Group
	Actions []face.Group
	Answer  *Why
}

// why asks whether a post may do this to that.
func (p *Pages) why(w http.ResponseWriter, r *http.Request) {
	v := p.API.Site.Voice(r.Context())
	view := p.API.Site.Realm.View()
	q := r.URL.Query()
	o := whyView{Voice: v, Form: face.Form{Voice: v, Values: q}, Actions: actions(v, view)}
	o.Who = append(o.Who, face.Group{Options: []face.Option{
		{Value: "resident", Title: v.Say("powers.pages.who_resident")}, {Value: "reporter", Title: v.Say("powers.pages.who_reporter")},
		{Value: "clock", Title: v.Say("powers.who_Clock")}, {Value: "operator", Title: v.Say("powers.who_Operator")},
	}})
	o.Who = append(o.Who, p.Posts(view, v.Lang)...)
	status := http.StatusOK
	if q.Has("who") || q.Has("action") {
		var err error
		o.Answer, err = p.API.Why(r.Context(), whyIn{Who: q.Get("who"), Action: q.Get("action"), Thing: q.Get("thing")})
		if err != nil {
			if !o.Form.Take(err, map[string]string{"who": "who", "action": "action", "thing": "thing"}) {
				p.API.Site.Error(w, r, err)
				return
			}
			status = face.Status(err)
		}
	}
	p.API.Site.Page(w, r, face.Sheet{
		Status: status, Title: v.Say("powers.pages.why_title"), Section: "/duties", Crumbs: []face.Crumb{{Href: "/powers", Title: v.Say("face.powers")}},
		Secret: o.Answer != nil && q.Get("thing") != "", // it may be for these eyes alone
	}, whyPage(o))
}

// actions are what can be asked about, by the kind of thing.
func actions(v words.Voice, view *clerk.View) []face.Group {
	var out []face.Group
	at := map[string]int{}
	for _, a := range view.House.Powers.Known() {
		k := view.House.KindFor(a)
		if k == nil {
			continue
		}
		i, seen := at[k.Name]
		if !seen {
			i = len(out)
			at[k.Name] = i
			out = append(out, face.Group{Title: v.Value(words.Code{Key: "powers.kind_" + k.Name, Else: k.Name})})
		}
		out[i].Options = append(out[i].Options, face.Option{Value: a, Title: Action(v, a)})
	}
	return out
}

// asks is the address of the form filled in for an action.
func asks(action string) string { return "/powers/why?" + url.Values{"action": {action}}.Encode() }

func effect(v words.Voice, p *power.Policy) (state, text string) {
	if p.Forbid {
		return "late", v.Say("powers.pages.forbids")
	}
	return "closed", v.Say("powers.pages.permits")
}

// mostVersions bounds how many stand on the page; /api/powers/versions has them all.
const mostVersions = 50

// newest are the versions, the last first.
func newest(s State) []Version {
	out := slices.Clone(s.Versions)
	slices.Reverse(out)
	return out[:min(len(out), mostVersions)]
}
