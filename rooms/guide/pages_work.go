package guide

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

// The pages of whoever writes and publishes articles.

type workView struct {
	Voice words.Voice
	Body  civic.BodyID
	Own   []State
	Now   civic.Instant
}

func (o workView) titled(catalog *Catalog, s State) (string, string) {
	if len(s.Versions) > 0 {
		if d, ok := catalog.Text(s.Versions[len(s.Versions)-1].Digest); ok {
			t, lang := d.In(o.Voice.Lang)
			return t.Title, lang
		}
	}
	return s.Code(), ""
}

func (p *Pages) work(w http.ResponseWriter, r *http.Request) {
	site, ctx := p.API.Site, r.Context()
	if err := p.API.works(ctx); err != nil {
		site.Error(w, r, err)
		return
	}
	o := workView{Voice: site.Voice(ctx), Body: face.Actor(ctx).Post.Body(), Own: p.API.Own(ctx), Now: site.Realm.Now()}
	site.Page(w, r, p.sheet(o.Voice, 0, o.Voice.Say("guide.pages.work", "body", o.Body)), workPage(o, CatalogIn(site.Realm.View())))
}

// sheet is that of a page that few may see.
func (p *Pages) sheet(v words.Voice, status int, title string) face.Sheet {
	return face.Sheet{Status: status, Title: title, Section: "/guide", Secret: true, Crumbs: []face.Crumb{{Href: "/guide", Title: v.Say("guide.pages.title")}, {Href: "/guide/work", Title: v.Say("guide.pages.work_link")}}}
}

type editView struct {
	Voice   words.Voice
	Article State
	New     bool
	Form    face.Form
	Act     string    // that was refused
	Preview *Document // shown below
	Draft   *Document // that waits
	Actions map[string]bool
	Own     bool // the asker's post drafted it
	Now     civic.Instant
}

func (o editView) form(act string) face.Form {
	if act == o.Act || act == "draft" && o.Act == "preview" {
		return o.Form
	}
	return face.Form{Voice: o.Voice, Prefix: act + "-"}
}

// valuesOf fills the form with a text.
func valuesOf(d *Document) url.Values {
	f := url.Values{"article": {d.Article}, "from": {d.From}, "until": {d.Until}, "review": {d.Review}}
	var lines []string
	for _, l := range d.Laws {
		if l.Link != "" {
			l.Law += " | " + l.Link
		}
		lines = append(lines, l.Law)
	}
	f.Set("laws", strings.Join(lines, "\n"))
	f.Set("categories", joined(d.Categories))
	f.Set("places", joined(d.Places))
	for lang, t := range d.Texts {
		f.Set("texts."+lang+".title", t.Title)
		f.Set("texts."+lang+".question", t.Question)
		f.Set("texts."+lang+".body", t.Body)
		f.Set("texts."+lang+".keywords", strings.Join(t.Keywords, "\n"))
	}
	return f
}

func joined[S ~string](all []S) string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = string(s)
	}
	return strings.Join(out, "\n")
}

func lines[S ~string](text string) (out []S) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, S(line))
		}
	}
	return out
}

// documentOf reads the form. The owner is the body of whoever writes; a language without any text is none.
func documentOf(f url.Values, code string, body civic.BodyID) *Document {
	d := &Document{
		Article: code, Body: body, From: strings.TrimSpace(f.Get("from")), Until: strings.TrimSpace(f.Get("until")), Review: strings.TrimSpace(f.Get("review")),
		Categories: lines[civic.Category](f.Get("categories")), Places: lines[civic.PlaceID](f.Get("places")), Texts: map[string]Text{},
	}
	for _, line := range lines[string](f.Get("laws")) {
		law, link, _ := strings.Cut(line, "|")
		d.Laws = append(d.Laws, Law{strings.TrimSpace(law), strings.TrimSpace(link)})
	}
	for _, lang := range Languages {
		in := func(field string) string { return f.Get("texts." + lang + "." + field) }
		if strings.TrimSpace(in("title")+in("question")+in("body")+in("keywords")) != "" {
			d.Texts[lang] = Text{Title: in("title"), Question: in("question"), Body: in("body"), Keywords: lines[string](in("keywords"))}
		}
	}
	return d
}

// formFields are the fields of the forms that refusals name.
var formFields = func() map[string]string {
	out := map[string]string{"texts": "texts.en.title"}
	names := strings.Fields("article from until review laws categories places reason instead")
	for _, lang := range Languages {
		for _, field := range strings.Fields("title question body keywords") {
			names = append(names, "texts."+lang+"."+field)
		}
	}
	for _, n := range names {
		out[n] = n
	}
	return out
}()

func (p *Pages) fresh(w http.ResponseWriter, r *http.Request) {
	if err := p.API.writes(r.Context()); err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	p.showEdit(w, r, State{}, editView{New: true, Form: face.Form{Voice: p.API.Site.Voice(r.Context()), Values: url.Values{}}, Act: "draft"}, 0)
}

func (p *Pages) edit(w http.ResponseWriter, r *http.Request) {
	s, err := p.editable(r)
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	p.showEdit(w, r, s, editView{}, 0)
}

// editable is an article that whoever asks may work on.
func (p *Pages) editable(r *http.Request) (State, error) {
	s, err := p.API.find(r.Context(), r.PathValue("article"))
	if err != nil {
		return s, err
	}
	answer := p.API.Site.Realm.View().Ask(face.Actor(r.Context()), ActionReadDraft, s.ID, s, p.API.Site.Realm.Now())
	if !answer.Allowed {
		return s, answer.Refusals
	}
	return s, nil
}

func (p *Pages) showEdit(w http.ResponseWriter, r *http.Request, s State, o editView, status int) {
	site, ctx := p.API.Site, r.Context()
	view := site.Realm.View()
	actor := face.Actor(ctx)
	o.Voice, o.Article, o.Now, o.Actions = site.Voice(ctx), s, site.Realm.Now(), map[string]bool{}
	title := o.Voice.Say("guide.pages.write")
	if !o.New {
		title = o.Voice.Say("guide.pages.edit", "article", s.Code())
		if s.Draft != nil {
			text, err := p.API.text(ctx, s.Draft.Digest)
			if err == nil {
				o.Draft, err = ReadKept(text)
			}
			if err != nil {
				site.Error(w, r, err)
				return
			}
			o.Own = s.Draft.By == actor.Post
		}
		for _, name := range []string{"guide.draft", "guide.discard", "guide.publish", "guide.review", "guide.withdraw"} {
			o.Actions[strings.TrimPrefix(name, "guide.")] = view.May(actor, name, s.ID, s, o.Now)
		}
		_, in := s.InForce(o.Now)
		o.Actions["publish"] = o.Actions["publish"] && s.Draft != nil
		o.Actions["discard"] = o.Actions["discard"] && s.Draft != nil
		o.Actions["review"] = o.Actions["review"] && in
		o.Actions["withdraw"] = o.Actions["withdraw"] && in
	} else {
		o.Actions["draft"] = true
	}
	if o.Act == "" {
		o.Form = face.Form{Voice: o.Voice, Values: url.Values{}}
		d := o.Draft
		if d == nil && len(s.Versions) > 0 {
			d, _ = CatalogIn(view).Text(s.Versions[len(s.Versions)-1].Digest)
		}
		if d != nil {
			o.Form.Values = valuesOf(d)
		}
	}
	values := o.Form
	if o.Act != "" && o.Act != "draft" && o.Act != "preview" {
		values = face.Form{Voice: o.Voice, Values: url.Values{}}
		if o.Draft != nil {
			values.Values = valuesOf(o.Draft)
		} else if d, ok := CatalogIn(view).Text(s.Versions[max(0, len(s.Versions)-1)].Digest); ok {
			values.Values = valuesOf(d)
		}
	}
	site.Page(w, r, p.sheet(o.Voice, status, title), editPage(o, values))
}

// save takes the form of a new article.
func (p *Pages) save(w http.ResponseWriter, r *http.Request) {
	if err := p.API.writes(r.Context()); err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	if err := r.ParseForm(); err != nil {
		p.API.Site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return
	}
	code := strings.TrimSpace(r.PostForm.Get("article"))
	s, _ := CatalogIn(p.API.Site.Realm.View()).Article(code)
	p.keep(w, r, State{}, s.Exists(), code)
}

// keep drafts what a form says, or shows it.
func (p *Pages) keep(w http.ResponseWriter, r *http.Request, s State, taken bool, code string) {
	site, ctx, f := p.API.Site, r.Context(), r.PostForm
	act := f.Get("act")
	o := editView{New: !s.Exists(), Act: act, Form: face.Form{Voice: site.Voice(ctx), Values: f}}
	d := documentOf(f, code, face.Actor(ctx).Post.Body())
	var err error
	var t clerk.Task
	switch {
	case taken:
		err = civic.Refuse(civic.Conflict, "guide.code_taken", "article", clip(code)).In("article")
	default:
		t, err = p.API.draft(ctx, d, f.Get("looked") == "yes")
	}
	if err == nil && act == "preview" {
		o.Preview = d
		p.showEdit(w, r, s, o, 0)
		return
	}
	if err == nil {
		err = p.do(ctx, t)
	}
	if err != nil {
		if !o.Form.Take(err, formFields) {
			site.Error(w, r, err)
			return
		}
		p.showEdit(w, r, s, o, face.Status(err))
		return
	}
	http.Redirect(w, r, PathOf(code)+"/edit", http.StatusSeeOther)
}

func (p *Pages) do(ctx context.Context, t clerk.Task) error {
	t.Actor = face.Actor(ctx)
	_, err := p.API.Site.Realm.Do(ctx, t)
	return err
}

// onEdit does what a form of an article's page says.
func (p *Pages) onEdit(w http.ResponseWriter, r *http.Request) {
	site, ctx := p.API.Site, r.Context()
	s, err := p.editable(r)
	if err == nil && r.ParseForm() != nil {
		err = civic.Refuse(civic.Malformed, "face.form_unreadable")
	}
	if err != nil {
		site.Error(w, r, err)
		return
	}
	f := r.PostForm
	act := f.Get("act")
	number, _ := strconv.Atoi(f.Get("draft"))
	var t clerk.Task
	switch act {
	case "draft", "preview":
		p.keep(w, r, s, false, s.Code())
		return
	case "discard":
		t = clerk.Task{Command: Discard{Draft: number}, Dossier: s.ID}
	case "publish":
		t, err = p.API.publishing(ctx, s, Publish{Draft: number})
	case "review":
		t = clerk.Task{Command: Confirm{Review: strings.TrimSpace(f.Get("review"))}, Dossier: s.ID}
	case "withdraw":
		t, err = p.API.withdrawing(ctx, s, Withdraw{Reason: f.Get("reason"), Instead: strings.TrimSpace(f.Get("instead")), Looked: f.Get("looked") == "yes"})
	default:
		err = civic.Refuse(civic.Malformed, "guide.act_unknown")
	}
	if err == nil {
		err = p.do(ctx, t)
	}
	if err != nil {
		o := editView{Act: act, Form: face.Form{Voice: site.Voice(ctx), Values: f, Prefix: act + "-"}}
		if act == "" || !o.Form.Take(err, formFields) {
			site.Error(w, r, err)
			return
		}
		p.showEdit(w, r, s, o, face.Status(err))
		return
	}
	to := PathOf(s.Code())
	if act == "discard" {
		to = "/guide/work"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

type feedbackView struct {
	Voice   words.Voice
	Article State
	Counts  []Count
	Missing []Missed
}

func (p *Pages) feedback(w http.ResponseWriter, r *http.Request) {
	site, ctx := p.API.Site, r.Context()
	s, err := p.API.find(ctx, r.PathValue("article"))
	o := feedbackView{Voice: site.Voice(ctx), Article: s}
	if err == nil {
		o.Missing, err = p.API.Missing(ctx, s)
	}
	if err == nil {
		o.Counts, err = p.API.Counts(ctx, s.Code())
	}
	if err != nil {
		site.Error(w, r, err)
		return
	}
	site.Page(w, r, p.sheet(o.Voice, 0, o.Voice.Say("guide.pages.feedback")), feedbackPage(o))
}
