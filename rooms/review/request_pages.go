package review

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// registerRequests adds the doors of requests for a legal review.
func (p *Pages) registerRequests() {
	mux := p.API.Site.Mux
	mux.HandleFunc("GET /reviews/ask", p.askForm)
	mux.HandleFunc("POST /reviews/ask", p.ask)
	mux.HandleFunc("GET /reviews/requests/{request}", p.request)
	mux.HandleFunc("POST /reviews/requests/{request}", p.onRequest)
}

// RequestPath is the page of a request.
func RequestPath(code string) string { return "/reviews/requests/" + code }

// AskPath is the form that asks for a legal review of something.
func AskPath(kind, thing string) string {
	return "/reviews/ask?" + url.Values{"kind": {kind}, "thing": {thing}}.Encode()
}

type askView struct {
	Voice   words.Voice
	Subject Subject // none where it is not known what is asked about
	Finding string  // of what was examined before
	Form    face.Form
	By      civic.Instant // until when a reviewer says something to it
}

func (p *Pages) askForm(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.showAsk(w, r, http.StatusOK, face.Form{Voice: p.API.Site.Voice(r.Context()), Values: url.Values{"kind": {q.Get("kind")}, "thing": {q.Get("thing")}}})
}

func (p *Pages) showAsk(w http.ResponseWriter, r *http.Request, status int, form face.Form) {
	site, ctx := p.API.Site, r.Context()
	v := site.Realm.View()
	o := askView{Voice: site.Voice(ctx), Form: form}
	var err error
	if o.By, _, err = p.API.Ports.Calendars(v).Due("", site.Realm.Now(), p.API.Ports.Rules(v).Take); err != nil {
		site.Error(w, r, err)
		return
	}
	if kind, thing := form.Value("kind"), strings.TrimSpace(form.Value("thing")); thing != "" {
		about, refusals, err := p.API.about(ctx, v, site.Realm.Now(), Examine{Kind: kind, Thing: thing})
		if err != nil {
			site.Error(w, r, err)
			return
		}
		if len(refusals) == 0 {
			o.Subject = about
			if f, err := p.API.FindFinding(ctx, FindingID(about).Key()); err == nil {
				o.Finding = f.Code()
			} else if face.Status(err) != http.StatusNotFound {
				site.Error(w, r, err)
				return
			}
		} else if status == http.StatusOK {
			form.Take(refusals, findingFields)
			o.Form, status = form, http.StatusUnprocessableEntity
		}
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: o.Voice.Say("review.pages.ask"), Section: "/reviews", Secret: true,
		Crumbs: []face.Crumb{{Href: "/reviews", Title: o.Voice.Say("review.pages.title")}, {Href: "/findings", Title: o.Voice.Say("review.pages.findings")}},
	}, askPage(o))
}

// askFields are the fields of the form that refusals name.
var askFields = map[string]string{"thing": "thing", "text": "text", "aspects": "aspects", "law": "law", "reasons": "reasons", "code": "code"}

// ask enters a request, and shows its receipt in the answer itself: it needs no cookie, and the code stands in no address.
func (p *Pages) ask(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	if err := r.ParseForm(); err != nil {
		site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return
	}
	f := r.PostForm
	c := Ask{Kind: f.Get("kind"), Thing: strings.TrimSpace(f.Get("thing")), Aspects: f["aspects"], Text: f.Get("text")}
	key, digest := site.FormOnce(f)
	receipt, err := p.API.AskFor(r.Context(), c, key, func(t *clerk.Task) error {
		t.Key, t.Digest = key, digest
		return nil
	})
	form := face.Form{Voice: site.Voice(r.Context()), Values: f}
	if err != nil {
		if !form.Take(err, askFields) {
			site.Error(w, r, err)
			return
		}
		p.showAsk(w, r, face.Status(err), form)
		return
	}
	s, err := p.API.FindRequest(r.Context(), receipt.Request)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	p.showRequest(w, r, s, requestView{Status: http.StatusCreated, Code: receipt.Tracking, Fresh: true})
}

type requestView struct {
	Voice    words.Voice
	Status   int // of HTTP
	Request  Request
	Code     string // of whoever has shown it
	Fresh    bool   // it was just asked
	Text     string
	Hers     bool
	Readings []string // who read it, for her
	Reasons  string
	Finding  Finding
	Late     bool
	Receipt  string // of the act that asked
	Examine  bool   // whoever reads may begin the review
	TurnDown bool   // or say why not
	Act      string
	Form     face.Form
}

func (p *Pages) request(w http.ResponseWriter, r *http.Request) {
	s, err := p.API.FindRequest(r.Context(), r.PathValue("request"))
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	p.showRequest(w, r, s, requestView{Status: http.StatusOK})
}

func (p *Pages) showRequest(w http.ResponseWriter, r *http.Request, s Request, o requestView) {
	site, ctx := p.API.Site, r.Context()
	fail := func(err error) bool {
		if err != nil {
			site.Error(w, r, err)
		}
		return err != nil
	}
	o.Voice, o.Request = site.Voice(ctx), s
	o.Request.Subject = p.API.shownSubject(s.Subject)
	o.Late = s.Due() != 0 && site.Realm.Now() > s.Due()
	var err error
	if o.Text, o.Hers, err = p.API.ReadRequest(ctx, s, o.Code); fail(err) {
		return
	}
	if o.Hers {
		readings, err := p.API.RequestReadings(ctx, s)
		if fail(err) {
			return
		}
		for _, reading := range readings {
			o.Readings = append(o.Readings, p.readingWords(o.Voice, reading))
		}
	}
	if o.Reasons, err = p.API.RequestReasons(ctx, s); fail(err) {
		return
	}
	if s.Finding != "" {
		if o.Finding, err = p.API.FindFinding(ctx, s.Finding); fail(err) {
			return
		}
	}
	acts, err := site.Realm.Acts(ctx, s.ID)
	if fail(err) {
		return
	}
	o.Receipt = site.ReceiptPath(&acts[0])
	if face.Actor(ctx).Kind == civic.Post && s.Status == RequestWaits && p.API.ownRequest(ctx, s) == nil {
		if o.Examine, err = p.API.mayBegin(ctx, face.Actor(ctx), Examine{About: s.Subject}); fail(err) {
			return
		}
		o.TurnDown = site.Realm.View().May(face.Actor(ctx), TurnDown{}.Name(), s.ID, s, site.Realm.Now())
	}
	site.Page(w, r, face.Sheet{
		Status: o.Status, Title: requestTitle(o.Voice, s), Section: "/reviews", Secret: o.Text != "" || o.Code != "",
		Crumbs: []face.Crumb{{Href: "/reviews", Title: o.Voice.Say("review.pages.title")}, {Href: "/findings", Title: o.Voice.Say("review.pages.findings")}},
	}, requestPage(o))
}

// onRequest shows whoever has the code what she wrote, takes it back, or turns it down. A code travels in the form alone.
func (p *Pages) onRequest(w http.ResponseWriter, r *http.Request) {
	site, ctx := p.API.Site, r.Context()
	s, err := p.API.FindRequest(ctx, r.PathValue("request"))
	if err != nil {
		site.Error(w, r, err)
		return
	}
	if err := r.ParseForm(); err != nil {
		site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return
	}
	f := r.PostForm
	name := f.Get("act")
	form := face.Form{Voice: site.Voice(ctx), Values: f, Prefix: name + "-"}
	var c Command
	switch name {
	case "show":
		if !p.API.Ports.CodeFits(f.Get("code"), s.Back) {
			form.Add("code", "review.code_wrong")
			form.Values.Del("code")
			p.showRequest(w, r, s, requestView{Status: http.StatusUnprocessableEntity, Act: name, Form: form})
			return
		}
		p.showRequest(w, r, s, requestView{Status: http.StatusOK, Code: f.Get("code")})
		return
	case "take_back":
		c = TakeBack{Code: f.Get("code")}
	case "turn_down":
		c = TurnDown{Law: f.Get("law"), Reasons: f.Get("reasons"), Looked: f.Get("looked") == "yes"}
	default:
		site.Error(w, r, civic.Refuse(civic.Malformed, "review.act_unknown"))
		return
	}
	t, err := p.API.requestTask(ctx, s, c)
	if err == nil {
		_, err = site.Realm.Do(ctx, t)
	}
	if err != nil {
		if !form.Take(err, askFields) {
			site.Error(w, r, err)
			return
		}
		p.showRequest(w, r, s, requestView{Status: face.Status(err), Act: name, Form: form})
		return
	}
	http.Redirect(w, r, RequestPath(s.Code()), http.StatusSeeOther)
}

func requestTitle(v words.Voice, s Request) string {
	return v.Say("review.pages.request", "what", words.Code{Key: "review.subject." + s.Subject.Kind, Else: s.Subject.Kind}, "name", thingOf(v, s.Subject))
}

// readingWords is one time that a post read what was written.
func (p *Pages) readingWords(v words.Voice, r RequestReading) string {
	power := r.Power
	if policy := p.API.Site.Realm.View().Powers.Policy(r.Power); policy != nil {
		power = face.PolicyTitle(v, policy)
	}
	return v.Say("review.pages.request_reading", "at", v.DateTime(r.minute), "post", r.Post, "body", r.Body, "purpose", v.Say("access.purpose."+string(r.Purpose)), "power", power)
}

func requestState(s Request) string {
	switch s.Status {
	case RequestWaits, RequestTakenUp:
		return "working"
	case RequestTakenBack:
		return "withdrawn"
	}
	return "closed"
}

// subjectPath is the page that shows what is asked about.
func subjectPath(s Subject) string {
	switch {
	case s.Kind == OnPolicy:
		return "/powers/" + url.PathEscape(s.ID)
	case s.Matter != "":
		return "/matters/" + s.Matter
	case s.Kind == OnAct:
		return "/api/acts/" + s.ID + "/receipt"
	}
	return ""
}

// ActPath is the form that asks for a legal review of a public act; "" for one that is not public.
func (a *API) ActPath(act *journal.Act) string {
	path := a.Site.ReceiptPath(act)
	id, ok := strings.CutPrefix(strings.TrimSuffix(path, "/receipt"), "/api/acts/")
	if !ok {
		return ""
	}
	return AskPath(OnAct, id)
}

// rowsView are requests in a list.
type rowsView struct {
	Voice    words.Voice
	Requests []Request
	Now      civic.Instant
}

func chosenAspect(f face.Form, aspect string) bool {
	return slices.Contains(f.Values["aspects"], aspect)
}
