package review

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// registerFindings adds the doors of legal review and of recommendations.
func (p *Pages) registerFindings() {
	mux := p.API.Site.Mux
	mux.HandleFunc("GET /findings", p.findings)
	mux.HandleFunc("POST /findings", p.begin)
	mux.HandleFunc("GET /findings/{finding}", p.finding)
	mux.HandleFunc("POST /findings/{finding}", p.onFinding)
}

// FindingPath is the page of a finding.
func FindingPath(f Finding) string { return "/findings/" + f.Code() }

type findingsView struct {
	Voice    words.Voice
	Findings []Finding
	Requests []Request // that nobody has said anything to
	Next     string
	Now      civic.Instant
	Actions  []string // what whoever reads may begin
	Bodies   []face.Option
	Form     face.Form
	Act      string
}

func (p *Pages) findings(w http.ResponseWriter, r *http.Request) {
	p.showFindings(w, r, http.StatusOK, "", face.Form{})
}

func (p *Pages) showFindings(w http.ResponseWriter, r *http.Request, status int, act string, form face.Form) {
	site, ctx := p.API.Site, r.Context()
	const most = 50
	all, err := p.API.ListFindings(ctx, r.URL.Query().Get("after"), most)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o := findingsView{Voice: site.Voice(ctx), Findings: all, Now: site.Realm.Now(), Act: act, Form: form}
	if o.Requests, err = p.API.WaitingRequests(ctx); err != nil {
		site.Error(w, r, err)
		return
	}
	for _, c := range []Command{Examine{About: Subject{Kind: OnPolicy}}, Recommend{About: Subject{Kind: OnBody}}} {
		may, err := p.API.mayBegin(ctx, face.Actor(ctx), c)
		if err != nil {
			site.Error(w, r, err)
			return
		}
		if may {
			o.Actions = append(o.Actions, strings.TrimPrefix(c.Name(), "review."))
		}
	}
	if len(o.Actions) > 0 {
		o.Bodies = p.Bodies(site.Realm.View(), o.Voice.Lang)
	}
	if len(all) == most {
		o.Next = all[most-1].Code()
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: o.Voice.Say("review.pages.findings"), Section: "/reviews",
		Crumbs: []face.Crumb{{Href: "/reviews", Title: o.Voice.Say("review.pages.title")}},
	}, findingsPage(o))
}

// begin begins a legal review or a recommendation.
func (p *Pages) begin(w http.ResponseWriter, r *http.Request) {
	fields, name, c, ok := p.findingForm(w, r)
	if !ok {
		return
	}
	form := face.Form{Voice: p.API.Site.Voice(r.Context()), Values: fields, Prefix: name + "-"}
	state, err := p.doFinding(r.Context(), Finding{}, c, fields)
	if err != nil {
		if !form.Take(err, findingFields) {
			p.API.Site.Error(w, r, err)
			return
		}
		p.showFindings(w, r, face.Status(err), name, form)
		return
	}
	http.Redirect(w, r, FindingPath(state), http.StatusSeeOther)
}

func (p *Pages) findingForm(w http.ResponseWriter, r *http.Request) (url.Values, string, Command, bool) {
	if err := r.ParseForm(); err != nil {
		p.API.Site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return nil, "", nil, false
	}
	f := r.PostForm
	name := f.Get("act")
	yes := func(field string) bool { return f.Get(field) == "yes" }
	var c Command
	switch name {
	case "examine":
		c = Examine{Kind: f.Get("kind"), Thing: strings.TrimSpace(f.Get("thing")), Asked: yes("asked"), Why: f.Get("why"), Looked: yes("looked")}
	case "recommend":
		c = Recommend{Body: civic.BodyID(f.Get("body")), Law: f.Get("law"), Text: f.Get("text"), Within: Limit(f.Get("within")), Looked: yes("looked")}
	case "account":
		c = Account{Text: f.Get("text"), Looked: yes("looked")}
	case "find":
		c = Find{Unlawful: f.Get("lawful") == "no", Against: f["against"], Law: f.Get("law"), Reasons: f.Get("reasons"), Within: Limit(f.Get("within")), Looked: yes("looked")}
	case "respond":
		c = Respond{Follows: f.Get("follows") == "yes", Text: f.Get("text"), Looked: yes("looked")}
	default:
		p.API.Site.Error(w, r, civic.Refuse(civic.Malformed, "review.act_unknown"))
		return nil, "", nil, false
	}
	return f, name, c, true
}

// findingFields are the fields of the forms that refusals name.
var findingFields = map[string]string{
	"thing": "thing", "why": "why", "body": "body", "law": "law", "text": "text", "within": "within", "against": "against", "reasons": "reasons",
}

func (p *Pages) doFinding(ctx context.Context, f Finding, c Command, fields url.Values) (Finding, error) {
	t, err := p.API.findingTask(ctx, f, c)
	if err != nil {
		return Finding{}, err
	}
	t.Key, t.Digest = p.API.Site.FormOnce(fields)
	r, err := p.API.Site.Realm.Do(ctx, t)
	if err != nil {
		return Finding{}, err
	}
	return r.State.(Finding), nil
}

type findingView struct {
	Voice   words.Voice
	Finding Finding
	Texts   []Text
	Late    bool
	Actions []string
	Form    face.Form
	Act     string
	Acts    []face.Act // done under what was examined
	More    string     // where they go on
	Rules   *Rules
}

func (p *Pages) finding(w http.ResponseWriter, r *http.Request) {
	f, err := p.API.FindFinding(r.Context(), r.PathValue("finding"))
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	p.showFinding(w, r, f, http.StatusOK, "", face.Form{})
}

func (p *Pages) showFinding(w http.ResponseWriter, r *http.Request, f Finding, status int, act string, form face.Form) {
	site, ctx := p.API.Site, r.Context()
	f.Subject = p.API.shownSubject(f.Subject)
	o := findingView{Voice: site.Voice(ctx), Finding: f, Act: act, Form: form, Rules: p.API.Ports.Rules(site.Realm.View())}
	due := f.Due()
	o.Late = due != 0 && site.Realm.Now() > due
	var err error
	if o.Texts, err = p.API.FindingTexts(ctx, f); err != nil {
		site.Error(w, r, err)
		return
	}
	if o.Actions, err = p.API.possibleOn(ctx, f); err != nil {
		site.Error(w, r, err)
		return
	}
	if f.Subject.Kind == OnPolicy || f.Subject.Kind == OnRow {
		if o.Acts, o.More, err = site.PublicActs(ctx, r.URL.Query().Get("after"), f.Subject.look(), f.Subject.covers); err != nil {
			site.Error(w, r, err)
			return
		}
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: findingTitle(o.Voice, f), Section: "/reviews",
		Crumbs: []face.Crumb{{Href: "/reviews", Title: o.Voice.Say("review.pages.title")}, {Href: "/findings", Title: o.Voice.Say("review.pages.findings")}},
	}, findingPage(o))
}

// possibleOn says what whoever asks may do with a finding now.
func (a *API) possibleOn(ctx context.Context, f Finding) ([]string, error) {
	digest := strings.Repeat("0", 64)
	var out []string
	for _, c := range []Command{Account{Text: digest}, Find{Law: "law", Reasons: digest}, Respond{Text: digest}} {
		if a.ownFinding(ctx, f.Subject, c.Name()) != nil {
			continue
		}
		refusals, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Dossier: f.ID, Actor: face.Actor(ctx)})
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return r.Kind != civic.Invalid }) {
			out = append(out, strings.TrimPrefix(c.Name(), "review."))
		}
	}
	return out, nil
}

func (p *Pages) onFinding(w http.ResponseWriter, r *http.Request) {
	f, err := p.API.FindFinding(r.Context(), r.PathValue("finding"))
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	fields, name, c, ok := p.findingForm(w, r)
	if !ok {
		return
	}
	form := face.Form{Voice: p.API.Site.Voice(r.Context()), Values: fields, Prefix: name + "-"}
	if _, err := p.doFinding(r.Context(), f, c, fields); err != nil {
		if !form.Take(err, findingFields) {
			p.API.Site.Error(w, r, err)
			return
		}
		p.showFinding(w, r, f, face.Status(err), name, form)
		return
	}
	http.Redirect(w, r, FindingPath(f), http.StatusSeeOther)
}

func findingTitle(v words.Voice, f Finding) string {
	if f.Recommended {
		return v.Say("review.pages.recommendation", "body", f.Subject.Body)
	}
	return v.Say("review.pages.examination", "what", words.Code{Key: "review.subject." + f.Subject.Kind, Else: f.Subject.Kind}, "name", thingOf(v, f.Subject))
}

// thingOf is what is examined, by the name people know it by.
func thingOf(v words.Voice, s Subject) string {
	if s.Kind == OnAct {
		room, act, _ := strings.Cut(s.Type, ".")
		return v.Value(words.Code{Key: room + ".act." + act, Else: s.Type})
	}
	return s.ID
}

// findingStanding is where a finding stands, in words.
func findingStanding(v words.Voice, f Finding) string {
	key := string(f.Status)
	if f.Recommended && f.Status == FindingWaits {
		key = "recommended"
	}
	if f.Status == FindingAnswered {
		key = "refused"
		if f.Follows {
			key = "followed"
		}
	}
	return v.Say("review.finding." + key)
}

func findingState(f Finding) string {
	switch f.Status {
	case FindingAnswered, FindingLawful:
		return "closed"
	}
	return "working"
}

func findingFormOf(v words.Voice, act, refused string, form face.Form) face.Form {
	if act == refused {
		return form
	}
	return face.Form{Voice: v, Prefix: act + "-"}
}

func subjectOptions(v words.Voice) []face.Option {
	var out []face.Option
	for _, k := range []string{OnAct, OnPolicy, OnRow} {
		out = append(out, face.Option{Value: k, Title: v.Say("review.subject." + k), Hint: v.Say("review.subject_hint." + k)})
	}
	return out
}
