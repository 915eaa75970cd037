package standing

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// FindingPages show merits and findings of fault to people.
type FindingPages struct {
	API *FindingAPI
	// Bodies lists the living bodies, Grounds those of an appeal.
	Bodies  func(v *clerk.View, lang string) []face.Option
	Grounds func(v *clerk.View, voice words.Voice) []face.Option
}

// Register adds the doors.
func (p *FindingPages) Register() {
	mux := p.API.Site.Mux
	mux.HandleFunc("GET /merits", p.list)
	mux.HandleFunc("POST /merits", p.begin)
	mux.HandleFunc("GET /merits/{merit}", p.one)
	mux.HandleFunc("POST /merits/{merit}", p.act)
}

// FindingPath is the page of a finding.
func FindingPath(code string) string { return "/merits/" + code }

type findingsPageView struct {
	Voice    words.Voice
	Rows     []FindingView
	Waiting  []FindingView
	Next     string
	Body     string
	Bodies   []face.Option
	Proposes bool
	Form     face.Form
	Act      string
}

func (p *FindingPages) list(w http.ResponseWriter, r *http.Request) {
	p.showList(w, r, http.StatusOK, "", face.Form{})
}

func (p *FindingPages) showList(w http.ResponseWriter, r *http.Request, status int, act string, form face.Form) {
	site, ctx, q := p.API.Site, r.Context(), r.URL.Query()
	o := findingsPageView{Voice: site.Voice(ctx), Body: q.Get("body"), Act: act, Form: form}
	o.Bodies = p.Bodies(site.Realm.View(), o.Voice.Lang)
	var err error
	if o.Rows, o.Next, err = p.API.Standing(ctx, findingsIn{Of: o.Body, After: q.Get("after"), Limit: 50}); err != nil {
		site.Error(w, r, err)
		return
	}
	if o.Waiting, err = p.API.Waiting(ctx); err != nil {
		site.Error(w, r, err)
		return
	}
	powerless, err := p.API.powerless(ctx, clerk.Task{Command: ProposeFinding{}, Dossier: FindingID("", Cited{}), Actor: face.Actor(ctx)})
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o.Proposes = !powerless
	site.Page(w, r, face.Sheet{Status: status, Title: o.Voice.Say("merit.pages.title"), Section: "/figures", Crumbs: []face.Crumb{{Href: "/figures", Title: o.Voice.Say("figures.title")}}, Secret: len(o.Waiting) > 0}, findingsPage(o))
}

// begin proposes.
func (p *FindingPages) begin(w http.ResponseWriter, r *http.Request) {
	fields, name, c, ok := p.form(w, r)
	if !ok {
		return
	}
	form := face.Form{Voice: p.API.Site.Voice(r.Context()), Values: fields, Prefix: name + "-"}
	f, err := p.do(r.Context(), Finding{}, c, fields)
	if err != nil {
		if !form.Take(err, findingFormFields) {
			p.API.Site.Error(w, r, err)
			return
		}
		p.showList(w, r, face.Status(err), name, form)
		return
	}
	http.Redirect(w, r, FindingPath(f.Code()), http.StatusSeeOther)
}

// findingFormFields are the fields of the forms that refusals name.
var findingFormFields = map[string]string{
	"nature": "nature", "matter": "matter", "law": "law", "why": "why", "text": "text", "at": "at", "place": "place", "record": "record",
	"result": "result", "facts": "facts", "reasons": "reasons", "ground": "ground", "reason": "reason",
}

func (p *FindingPages) form(w http.ResponseWriter, r *http.Request) (url.Values, string, FindingCommand, bool) {
	if err := r.ParseForm(); err != nil {
		p.API.Site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return nil, "", nil, false
	}
	f := r.PostForm
	name, looked := f.Get("act"), f.Get("looked") == "yes"
	var c FindingCommand
	switch name {
	case "propose":
		act, _ := strconv.ParseInt(strings.TrimSpace(f.Get("number")), 10, 64) // one that is none names no act
		c = ProposeFinding{Nature: Nature(f.Get("nature")), Matter: f.Get("matter"), Act: act, Review: f.Get("review"), Law: f.Get("law"), Why: f.Get("why"), Looked: looked}
	case "drop":
		c = DropFinding{}
	case "reply":
		c = ReplyFinding{Text: f.Get("text"), Looked: looked}
	case "ask-hearing":
		c = AskFindingHearing{}
	case "waive-hearing":
		c = WaiveFindingHearing{}
	case "call-hearing":
		c = CallFindingHearing{Time: f.Get("at"), Place: f.Get("place"), Looked: looked}
	case "hold-hearing":
		c = HoldFindingHearing{Record: f.Get("record"), Looked: looked}
	case "decide":
		c = DecideOnFinding{Result: f.Get("result"), Law: f.Get("law"), Facts: f.Get("facts"), Reasons: f.Get("reasons"), Looked: looked}
	case "appeal":
		c = AppealFinding{Ground: f.Get("ground"), Reason: f.Get("reason"), Looked: looked}
	default:
		p.API.Site.Error(w, r, civic.Refuse(civic.Malformed, "merit.act_unknown"))
		return nil, "", nil, false
	}
	return f, name, c, true
}

func (p *FindingPages) do(ctx context.Context, f Finding, c FindingCommand, fields url.Values) (Finding, error) {
	t, err := p.API.task(ctx, f, c)
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

type findingPageView struct {
	Voice   words.Voice
	Finding FindingView
	Texts   []findingText
	Actions []string
	Grounds []face.Option
	Form    face.Form
	Act     string
}

func (p *FindingPages) one(w http.ResponseWriter, r *http.Request) {
	f, err := p.API.Look(r.Context(), r.PathValue("merit"))
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	p.show(w, r, f, http.StatusOK, "", face.Form{})
}

func (p *FindingPages) show(w http.ResponseWriter, r *http.Request, f Finding, status int, act string, form face.Form) {
	site, ctx := p.API.Site, r.Context()
	v, _ := p.API.view(ctx, f)
	o := findingPageView{Voice: site.Voice(ctx), Finding: v, Act: act, Form: form}
	var err error
	if o.Texts, err = p.API.texts(ctx, v); err != nil {
		site.Error(w, r, err)
		return
	}
	if v.Concerned {
		if o.Actions, err = p.API.possible(ctx, f); err != nil {
			site.Error(w, r, err)
			return
		}
		o.Grounds = p.Grounds(site.Realm.View(), o.Voice)
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: findingHeading(o.Voice, v), Section: "/figures", Secret: v.Concerned,
		Crumbs: []face.Crumb{{Href: "/figures", Title: o.Voice.Say("figures.title")}, {Href: "/merits", Title: o.Voice.Say("merit.pages.title")}},
	}, findingPage(o))
}

func (p *FindingPages) act(w http.ResponseWriter, r *http.Request) {
	f, err := p.API.Look(r.Context(), r.PathValue("merit"))
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	fields, name, c, ok := p.form(w, r)
	if !ok {
		return
	}
	form := face.Form{Voice: p.API.Site.Voice(r.Context()), Values: fields, Prefix: name + "-"}
	if _, err := p.do(r.Context(), f, c, fields); err != nil {
		if !form.Take(err, findingFormFields) {
			p.API.Site.Error(w, r, err)
			return
		}
		p.show(w, r, f, face.Status(err), name, form)
		return
	}
	http.Redirect(w, r, FindingPath(f.Code()), http.StatusSeeOther)
}

func findingHeading(v words.Voice, f FindingView) string {
	if f.Nature == "" {
		return v.Say("merit.pages.quashed_title")
	}
	return v.Say("merit.pages.heading", "nature", v.Say("merit.nature."+string(f.Nature)), "body", f.Cited.Body)
}

func findingTag(f FindingView) string {
	if f.Status == FindingProposed {
		return "working"
	}
	return "closed"
}

func findingFormOf(v words.Voice, act, refused string, form face.Form) face.Form {
	if act == refused {
		return form
	}
	return face.Form{Voice: v, Prefix: act + "-"}
}

func natureOptions(v words.Voice) []face.Option {
	var out []face.Option
	for _, n := range Natures {
		out = append(out, face.Option{Value: string(n), Title: v.Say("merit.nature." + string(n)), Hint: v.Say("merit.nature_hint." + string(n))})
	}
	return out
}

// citedWords is what is cited, in words: the act by its name.
func citedWords(v words.Voice, c Cited) string {
	room, act, _ := strings.Cut(c.Type, ".")
	return v.Value(words.Code{Key: room + ".act." + act, Else: c.Type})
}

// meritsOf are the merits and findings of fault of what figures are of, where that is a body, or all of them.
func meritsOf(by, code string) string {
	if by == ByBody {
		return "/merits?" + url.Values{"body": {code}}.Encode()
	}
	return "/merits"
}
