package pages

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/vault/photo"
	"skein/rooms/matter"
)

// workView is a matter as whoever works on it has it before her: the file, and a form for each act that she may do now.
type workView struct {
	oneView
	Owes    []queueRow // of anybody
	Acts    []workAct
	Reach   *matter.Contact // that she asked for; nil where she did not
	Reaches bool            // she may ask how the reporter can be reached
	Joint   []opinion
	Dispute *dispute
	// Meetings are the joint meetings on it; Convenes says that she may call one.
	Meetings []matter.Meeting
	Convenes bool
	Saved    []matter.Template
	Now      civic.Instant
	Draft    string // what drafts in her browser are called
	Done     string // the act that was just done, in words
	Gone     string // whose draft is done with
}

// opinion is a joint body's part: what it said, or that it has not.
type opinion struct {
	Body  civic.BodyID
	Due   civic.Instant
	Late  bool
	At    civic.Instant
	Texts []string
}

// worker reads the matter of a request for a post that may read it.
func (p *Pages) worker(w http.ResponseWriter, r *http.Request) (found, civic.Actor, bool) {
	actor, ok := p.staff(w, r)
	if !ok {
		return found{}, actor, false
	}
	f, ok := p.find(w, r)
	if !ok {
		return f, actor, false
	}
	if f.eyes.Post == "" || !f.view.Concerned() {
		p.API.Site.Error(w, r, civic.Refuse(civic.Forbidden, "power.none", "action", matter.ActionRead, "policies", ""))
		return f, actor, false
	}
	return f, actor, true
}

func (p *Pages) work(w http.ResponseWriter, r *http.Request) {
	f, actor, ok := p.worker(w, r)
	if !ok {
		return
	}
	form := face.Form{Voice: p.API.Site.Voice(r.Context()), Values: url.Values{}}
	p.showWork(w, r, f, actor, http.StatusOK, "", form, nil)
}

// showWork sends the page; act and form are of an act that was refused, reach is the contact that was asked for.
func (p *Pages) showWork(w http.ResponseWriter, r *http.Request, f found, actor civic.Actor, status int, act string, form face.Form, reach *matter.Contact) {
	site := p.API.Site
	o, err := p.workView(r, f, actor)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o.Act, o.Reach = act, reach
	if act == "" && r.URL.Query().Get("done") != "" {
		if done := r.URL.Query().Get("done"); known(done) {
			o.Done, o.Gone = o.Voice.Say("pages.work_"+strings.ReplaceAll(done, "-", "_")), o.Number+" "+done
		}
	}
	for i, a := range o.Acts {
		o.Acts[i].Form = face.Form{Voice: o.Voice, Prefix: a.Name + "-", Values: url.Values{}}
		if a.Name == "answer" {
			begin(&o, i, r.URL.Query().Get("template"))
		}
		if a.Name == act {
			o.Acts[i].Form, o.Form = form, form
		}
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: o.Title + " " + o.Number, Section: "/work", Secret: true,
		Crumbs: []face.Crumb{{Href: "/work", Title: o.Voice.Say("pages.queue")}},
	}, workPage(o))
}

func (p *Pages) workView(r *http.Request, f found, actor civic.Actor) (workView, error) {
	ctx, site := r.Context(), p.API.Site
	one, err := p.view(r, f)
	if err != nil {
		return workView{}, err
	}
	o := workView{oneView: one, Now: site.Realm.Now(), Draft: p.draft(ctx)}
	v, now := o.Voice, o.Now
	for _, owed := range matter.Owed(f.state) {
		o.Owes = append(o.Owes, p.queueRow(v, matter.Work{Owing: owed, State: f.state, View: f.view}))
	}
	possible, err := p.API.Possible(ctx, f.state, actor)
	if err != nil {
		return o, err
	}
	kept := p.API.OwnJudge(ctx, f.state, actor, matter.ActionRead) != nil
	may := func(name string) bool {
		return !kept && slices.ContainsFunc(possible, func(m matter.Possible) bool { return m.Command == name })
	}
	for _, a := range workActs {
		if may(a.Name) {
			a.Fields = slices.Clone(a.Fields)
			for i := range a.Fields {
				if list := a.Fields[i].list; list != nil {
					a.Fields[i].groups = list(p, v, f)
				}
			}
			o.Acts = append(o.Acts, a)
		}
	}
	o.Releases = o.Releases && !kept
	o.Reaches = f.state.Contact && !kept && p.API.May(f.state, actor, matter.ActionReadReporter)
	if may("answer") {
		if o.Saved, err = p.API.Templates(ctx, actor.Post.Body()); err != nil {
			return o, err
		}
	}
	acts, err := site.Realm.Acts(ctx, f.state.ID)
	if err != nil {
		return o, err
	}
	reasons, err := p.API.Reasons(ctx, f.state, f.eyes, acts)
	if err != nil {
		return o, err
	}
	for i, l := range o.Lines {
		if reason, ok := reasons[l.Seq]; ok {
			o.Lines[i].Texts = append(o.Lines[i].Texts, saying{Text: reason})
		}
	}
	said := map[int64][]string{}
	for _, l := range o.Lines {
		for _, t := range l.Texts {
			said[l.Seq] = append(said[l.Seq], t.Text)
		}
	}
	for _, j := range f.state.Round.Joint {
		x := opinion{Body: j.Body, Due: j.Term.Due, At: j.Contributed, Late: j.Contributed == 0 && j.Term.Due < now}
		for _, l := range o.Lines {
			if l.Act == "contributed" && l.Line.By.Body() == j.Body {
				x.Texts = append(x.Texts, said[l.Seq]...)
			}
		}
		o.Joint = append(o.Joint, x)
	}
	o.Dispute = p.dispute(v, f, o)
	if o.Meetings, err = p.API.MeetingsOn(ctx, f.state); err != nil {
		return o, err
	}
	o.Convenes = f.state.Status.Open() && p.API.MayConvene(ctx, f.state)
	return o, nil
}

// takeWork does what a form says.
func (p *Pages) takeWork(w http.ResponseWriter, r *http.Request) {
	f, actor, ok := p.worker(w, r)
	if !ok {
		return
	}
	site, ctx := p.API.Site, r.Context()
	fields, photos, wrong, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	name := fields.Get("act")
	form := face.Form{Voice: site.Voice(ctx), Values: fields, Prefix: name + "-"}
	if name == "reach" {
		c, err := p.API.Reach(ctx, f.state, actor)
		if err != nil {
			site.Error(w, r, err)
			return
		}
		p.showWork(w, r, f, actor, http.StatusOK, "", face.Form{Voice: form.Voice, Values: url.Values{}}, &c)
		return
	}
	i := slices.IndexFunc(workActs, func(a workAct) bool { return a.Name == name })
	if i < 0 {
		site.Error(w, r, civic.Refuse(civic.Malformed, "pages.act_unknown"))
		return
	}
	form.Take(wrong, map[string]string{"photos": "photos"})
	c := workActs[i].make(p, f, fields, &form, actor)
	if len(form.Wrong) == 0 {
		err = p.order(r, actor, f.state, c, photos, fields)
	}
	if err != nil && !form.Take(err, workFields(workActs[i])) {
		site.Error(w, r, err)
		return
	}
	if len(form.Wrong) > 0 {
		status := http.StatusUnprocessableEntity
		if err != nil {
			status = face.Status(err)
		}
		p.showWork(w, r, f, actor, status, name, form, nil)
		return
	}
	to := PathOf(f.state.Number) + "/work?done=" + name
	if s := p.API.State(f.state.ID); !mayStill(p, r, s) {
		to = "/work?done=" + name + "&number=" + f.state.Number.String() // it left her hands with the act
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// known reports whether a name is that of an act with a form.
func known(act string) bool {
	return slices.ContainsFunc(workActs, func(a workAct) bool { return a.Name == act })
}

// draft names the reader's drafts in her browser, which keeps them for this session alone.
func (p *Pages) draft(ctx context.Context) string {
	mark := string(face.Actor(ctx).Post)
	if s := face.SessionOf(ctx); s != nil {
		mark = s.ID + " " + mark
	}
	return p.API.Site.Digest([]byte("draft " + mark))[:16]
}

// mayStill reports whether the reader may still read a matter.
func mayStill(p *Pages, r *http.Request, s matter.State) bool {
	return p.API.Eyes(r.Context(), s, "").Post != ""
}

// order does a command of the post that asks.
func (p *Pages) order(r *http.Request, actor civic.Actor, s matter.State, c matter.Command, photos []photo.Photo, fields url.Values) error {
	site := p.API.Site
	t, err := p.API.Task(r.Context(), actor, s, c, photos)
	if err != nil {
		return err
	}
	if t.Key, t.Digest = p.API.Site.FormOnce(fields); t.Key != "" {
		t.Key += " " + c.Name() + " " + string(s.Number)
	}
	_, err = site.Realm.Do(r.Context(), t)
	return err
}

// untilDay is the last instant of a day that a form names; 0 where it names none.
func untilDay(form *face.Form, field string) civic.Instant {
	text := strings.TrimSpace(form.Value(field))
	if text == "" {
		return 0
	}
	day, err := time.ParseInLocation("2006-01-02", text, form.Voice.Zone)
	if err != nil {
		form.Add(field, "face.field_date")
		return 0
	}
	return civic.At(day.AddDate(0, 0, 1)) - 1
}

// begin fills the answer's form from a template.
func begin(o *workView, i int, name string) {
	for _, t := range o.Saved {
		if t.Name == name {
			o.Acts[i].Form.Values = url.Values{"outcome": {string(t.Outcome)}, "reason": {t.Text}}
			o.Acts[i].Open = true
		}
	}
}

// options puts codes into words, for a form.
func options[S ~string](v words.Voice, prefix string, codes []S) []face.Group {
	g := face.Group{}
	for _, c := range codes {
		g.Options = append(g.Options, face.Option{Value: string(c), Title: v.Value(words.Code{Key: prefix + string(c), Else: string(c)})})
	}
	return []face.Group{g}
}
