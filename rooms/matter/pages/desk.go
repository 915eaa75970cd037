package pages

import (
	"net/http"
	"net/url"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// The desk writes down a call. It looks for what the caller may mean while she speaks: a category, an answer of the guide, an open
// matter that is the same. It keeps no list of callers and looks for none: a matter of hers is found by the number that she says.

// deskView is the one screen of the desk.
type deskView struct {
	Form       face.Form
	Voice      words.Voice
	Emergency  string
	Categories []face.Group
	Suggested  []face.Option
	Places     []face.Group
	Bodies     []face.Group
	Articles   []Article
	Alike      []alike
	Spots      spots
	Looked     bool // it was looked for what is alike
	Hers       *hers
	Told       *deskTold
	Waits      []queueRow
	Draft      string // what drafts in her browser are called
}

// hers is the matter that the caller named by its number.
type hers struct {
	item
	Path string
}

// deskTold is what is said to the caller at the end.
type deskTold struct {
	oneView
	Code    string
	Joined  string // the number of the matter that hers was joined into
	Refused []string
}

// desk shows the screen.
func (p *Pages) desk(w http.ResponseWriter, r *http.Request) {
	if p.atDesk(w, r) {
		p.showDesk(w, r, http.StatusOK, deskView{Form: face.Form{Values: url.Values{"kind": {string(matter.Request)}, "channel": {"phone"}}}})
	}
}

func (p *Pages) atDesk(w http.ResponseWriter, r *http.Request) bool {
	actor, ok := p.staff(w, r)
	if ok && !p.API.Desk(actor) {
		p.API.Site.Error(w, r, civic.Refuse(civic.Forbidden, "power.none", "action", matter.Triage{}.Name(), "policies", ""))
		return false
	}
	return ok
}

func (p *Pages) showDesk(w http.ResponseWriter, r *http.Request, status int, o deskView) {
	site, ctx := p.API.Site, r.Context()
	view, v := site.Realm.View(), site.Voice(ctx)
	o.Voice, o.Form.Voice, o.Emergency, o.Draft = v, v, view.Settings.Emergency, p.draft(ctx)
	if o.Form.Value("once") == "" {
		o.Form.Values.Set("once", face.FormKey())
	}
	branches := p.Ports.Categories(view, v.Lang)
	o.Categories, o.Places, o.Bodies = reportGroups(branches), p.Ports.Places(view, v), []face.Group{{Options: p.Ports.Bodies(view, v.Lang)}}
	var err error
	if o.Told == nil {
		if o.Spots, err = p.spotsFor(ctx, v, o.Form.Values); err != nil {
			site.Error(w, r, err)
			return
		}
	}
	text := o.Form.Value("text")
	o.Suggested = p.suggest(view, text, branches)
	if p.Guide != nil && text != "" {
		if o.Articles, err = p.Guide.Suggest(ctx, v, text); err != nil {
			site.Error(w, r, err)
			return
		}
	}
	if o.Told == nil {
		work, _, err := p.API.Docket(ctx, matter.Queue{What: []string{matter.OweTriage}, Most: 8})
		if err != nil {
			site.Error(w, r, err)
			return
		}
		for _, x := range work {
			o.Waits = append(o.Waits, p.queueRow(v, x))
		}
	}
	site.Page(w, r, face.Sheet{Status: status, Title: v.Say("pages.desk"), Section: "/desk", Crumbs: []face.Crumb{}, Secret: true}, deskPage(o))
}

// takeDesk looks, or writes the call down.
func (p *Pages) takeDesk(w http.ResponseWriter, r *http.Request) {
	if !p.atDesk(w, r) {
		return
	}
	site, ctx := p.API.Site, r.Context()
	fields, photos, wrong, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o := deskView{Form: face.Form{Voice: site.Voice(ctx), Values: fields}}
	f := &o.Form
	s := matter.Submission{
		Kind: matter.Kind(fields.Get("kind")), Category: civic.Category(fields.Get("category")), Text: fields.Get("text"), Place: civic.PlaceID(fields.Get("place")),
		Home: yes(fields, "home"), Address: fields.Get("address"), Visibility: matter.Visibility(fields.Get("visibility")), Against: civic.BodyID(fields.Get("against")),
		Channel: fields.Get("channel"), Contact: matter.Contact{Name: fields.Get("contact.name"), Email: fields.Get("contact.email"), Phone: fields.Get("contact.phone")},
		Anonymous: true, Photos: photos,
	}
	s.Lat, s.Lon = degrees(f, "lat", 90), degrees(f, "lon", 180)
	if err := p.place(ctx, f, &s); err != nil {
		site.Error(w, r, err)
		return
	}
	switch do := fields.Get("do"); do {
	case "find":
		o.Hers = p.named(r, f)
		p.showDesk(w, r, http.StatusOK, o)
		return
	case "look":
		p.deskAlike(w, r, &o, s)
		return
	case "save":
	default:
		if !strings.HasPrefix(do, "join ") {
			site.Error(w, r, civic.Refuse(civic.Malformed, "pages.act_unknown"))
			return
		}
	}
	if strings.TrimSpace(s.Text) == "" {
		f.Add("text", "pages.text_missing")
	}
	if s.Channel != "phone" && s.Channel != "counter" {
		f.Add("channel", "pages.desk_channel_missing")
	}
	if !s.Contact.Empty() {
		s.Contact.Language = f.Voice.Lang
	}
	f.Take(wrong, reportFields)
	p.takeCall(w, r, o, s)
}

// deskAlike shows what may be the same, also of what the desk alone may read, and what the caller may mean.
func (p *Pages) deskAlike(w http.ResponseWriter, r *http.Request, o *deskView, s matter.Submission) {
	o.Form.Wrong = nil // she is still speaking
	rows, err := p.API.Nearby(r.Context(), matter.Filter{Category: s.Category, Place: s.Place, Words: s.Text}, s.Lat, s.Lon)
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	v := p.API.Site.Voice(r.Context())
	for _, x := range rows {
		o.Alike = append(o.Alike, alike{item: p.items(v, []matter.Row{x.Row})[0], Metres: x.Metres})
	}
	o.Looked = true
	p.showDesk(w, r, http.StatusOK, *o)
}

// named finds the matter whose number the caller says; nil, and why, where there is none.
func (p *Pages) named(r *http.Request, f *face.Form) *hers {
	s, err := p.API.Find(r.Context(), f.Value("number"))
	if err == nil {
		if v, ok := matter.Visible(s, p.API.Eyes(r.Context(), s, "")); ok && v.Concerned() && s.Status.Open() {
			return &hers{p.items(f.Voice, []matter.Row{v.Row()})[0], PathOf(s.Number) + "/work"}
		}
	}
	f.Add("number", "pages.desk_number_none")
	return nil
}

// takeCall reports for the caller, hands what was said over to whoever answers, and joins her matter into another where she says "mine too".
func (p *Pages) takeCall(w http.ResponseWriter, r *http.Request, o deskView, s matter.Submission) {
	site, ctx, f := p.API.Site, r.Context(), &o.Form
	actor := face.Actor(ctx)
	refuse := func(err error) {
		status := http.StatusUnprocessableEntity
		if err != nil {
			if !f.Take(err, reportFields) {
				site.Error(w, r, err)
				return
			}
			status = face.Status(err)
		}
		p.showDesk(w, r, status, o)
	}
	key, digest := p.API.Site.FormOnce(f.Values)
	if key != "" {
		s.Seed = key
	}
	t, code, err := p.API.NewReport(ctx, actor, s, refusedIn(*f)...)
	if err != nil || len(f.Wrong) > 0 {
		refuse(err)
		return
	}
	t.Key, t.Digest = key, digest
	receipt, err := site.Realm.Do(ctx, t)
	if err != nil {
		refuse(err)
		return
	}
	told := &deskTold{Code: matter.SpacedTracking(code)}
	state := receipt.State.(matter.State)
	follow := func(c matter.Command) {
		err := p.order(r, actor, state, c, nil, f.Values)
		if rs, refused := civic.AsRefusals(err); refused {
			told.Refused = append(told.Refused, f.Voice.Refusals(rs)...)
		} else if err != nil {
			site.Log.ErrorContext(ctx, "a call was written down, and not all of it", "err", err)
			told.Refused = append(told.Refused, f.Voice.Say("face.fault"))
		}
		state = p.API.State(state.ID)
	}
	if note := strings.TrimSpace(f.Value("note")); note != "" {
		follow(matter.Attach{Text: note})
	}
	if into, joins := strings.CutPrefix(f.Value("do"), "join "); joins {
		follow(matter.Join{Into: civic.DossierID(into)})
		if state.Status == matter.StatusJoined {
			told.Joined = into
		}
	}
	found := found{state: state, eyes: p.API.Eyes(ctx, state, "")}
	found.view, _ = matter.Visible(state, found.eyes)
	if told.oneView, err = p.view(r, found); err != nil {
		site.Error(w, r, err)
		return
	}
	o = deskView{Told: told, Form: face.Form{Values: url.Values{"kind": {string(matter.Request)}, "channel": {f.Value("channel")}}}}
	p.showDesk(w, r, http.StatusOK, o)
}
