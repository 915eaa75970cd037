package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// reportView is the form that takes a report.
type reportView struct {
	Form       face.Form
	Voice      words.Voice
	Emergency  string
	Once       string
	Categories []face.Group
	Places     []face.Group
	Bodies     []face.Group
	Map        mapView
	Open       bool // the part that is seldom needed stands open
	OpenKind   bool // and what it is, and who may see it
	Looked     looked
	Addresses  bool   // the realm knows some
	Look       string // where the form asks what its words bring up; "" where there is no line
}

// askReport shows the form. What stands in the address is filled in.
func (p *Pages) askReport(w http.ResponseWriter, r *http.Request) {
	v := p.API.Site.Voice(r.Context())
	q := r.URL.Query()
	fields := url.Values{"once": {face.FormKey()}}
	for _, name := range []string{"category", "lat", "lon", "place"} {
		if q.Get(name) != "" {
			fields.Set(name, q.Get(name))
		}
	}
	p.reportPage(w, r, http.StatusOK, face.Form{Voice: v, Values: fields}, looked{Voice: v, Chosen: fields.Get("category")})
}

func (p *Pages) reportPage(w http.ResponseWriter, r *http.Request, status int, f face.Form, l looked) {
	site := p.API.Site
	p.probe(w, r)
	if f.Value("once") == "" {
		f.Values.Set("once", face.FormKey())
	}
	rv := p.reportView(f, l)
	var err error
	if rv.Addresses, err = p.anyAddress(r.Context()); err != nil {
		site.Error(w, r, err)
		return
	}
	site.Page(w, r, face.Sheet{Status: status, Title: f.Voice.Say("pages.report"), Section: "/report", Crumbs: []face.Crumb{}}, reportPage(rv))
}

// offline is the form as a browser keeps it for where there is no line: it has no map and asks nothing, and its key is made there.
func (p *Pages) offline(w http.ResponseWriter, r *http.Request) {
	v := p.API.Site.Voice(r.Context())
	rv := p.reportView(face.Form{Voice: v, Values: url.Values{"once": {""}}}, looked{Voice: v})
	rv.Map, rv.Look = mapView{}, ""
	p.API.Site.Page(w, r, face.Sheet{Title: v.Say("pages.offline"), Section: "/report", Crumbs: []face.Crumb{}}, offlinePage(rv))
}

func (p *Pages) reportView(f face.Form, l looked) reportView {
	view := p.API.Site.Realm.View()
	return reportView{
		Form: f, Voice: f.Voice, Emergency: view.Settings.Emergency, Once: f.Value("once"), Categories: reportGroups(p.Ports.Categories(view, f.Voice.Lang)),
		Places: p.Ports.Places(view, f.Voice), Bodies: []face.Group{{Options: p.Ports.Bodies(view, f.Voice.Lang)}}, Map: p.mapOf(f.Voice),
		Open:     f.Value("lat") != "" || f.Value("lon") != "" || f.Error("lat") != "" || f.Error("lon") != "",
		OpenKind: f.Value("kind") != "" || f.Value("visibility") != "" || f.Error("kind") != "" || f.Error("against") != "" || f.Error("visibility") != "", Looked: l,
		Look: "/report/look",
	}
}

// reportGroups are the categories that a report can be filed under, by branch.
func reportGroups(branches []Branch) []face.Group {
	var out []face.Group
	for _, b := range branches {
		g := face.Group{Title: b.Title, Options: b.Leaves}
		if len(b.Leaves) == 0 {
			g.Options = []face.Option{b.Option}
		}
		out = append(out, g)
	}
	return out
}

// reportFields are the fields of the form that refusals name.
var reportFields = map[string]string{
	"text": "text", "kind": "kind", "category": "category", "against": "against", "point": "lat", "place": "place", "places": "place",
	"address": "address", "visibility": "visibility", "contact.name": "contact.name", "contact.email": "contact.email",
	"contact.phone": "contact.phone", "photos": "photos", "attached": "photos",
}

// takeReport files a report and leads to its receipt.
func (p *Pages) takeReport(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	fields, photos, wrong, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	v := site.Voice(r.Context())
	f := face.Form{Voice: v, Values: fields}
	if chosen := fields.Get("choose"); chosen != "" || fields.Get("look") != "" { // without script; see look.go
		if chosen != "" {
			fields.Set("category", chosen)
		}
		fields.Del("choose")
		fields.Del("look")
		l, err := p.lookFor(r.Context(), fields)
		if err != nil {
			site.Error(w, r, err)
			return
		}
		p.reportPage(w, r, http.StatusOK, f, l)
		return
	}
	s := matter.Submission{
		Kind: matter.Kind(fields.Get("kind")), Category: civic.Category(fields.Get("category")), Text: fields.Get("text"),
		Place: civic.PlaceID(fields.Get("place")), Home: fields.Get("home") == "yes", Address: fields.Get("address"),
		Visibility: matter.Visibility(fields.Get("visibility")), Against: civic.BodyID(fields.Get("against")), Channel: "web",
		Contact:   matter.Contact{Name: fields.Get("contact.name"), Email: fields.Get("contact.email"), Phone: fields.Get("contact.phone")},
		Anonymous: true, Photos: photos,
	}
	if !s.Contact.Empty() {
		s.Contact.Language = v.Lang
	}
	if strings.TrimSpace(s.Text) == "" {
		f.Add("text", "pages.text_missing")
	}
	if s.Kind == "" {
		s.Kind = p.kindOf(s)
	}
	s.Lat = degrees(&f, "lat", 90)
	s.Lon = degrees(&f, "lon", 180)
	if err := p.place(r.Context(), &f, &s); err != nil {
		site.Error(w, r, err)
		return
	}
	f.Take(wrong, reportFields)
	mine := p.mine(r.Context(), fields.Get("mine"), &s)
	key, digest := p.API.Site.FormOnce(fields)
	if key != "" {
		s.Seed = key
	}
	t, code, err := p.API.NewReport(r.Context(), civic.Actor{Kind: civic.Resident}, s, refusedIn(f)...)
	if err != nil || len(f.Wrong) > 0 {
		p.again(w, r, f, err)
		return
	}
	if err := p.API.Keep(r.Context(), &t); err != nil {
		site.Error(w, r, err)
		return
	}
	t.Key, t.Digest = key, digest
	receipt, err := site.Realm.Do(r.Context(), t)
	if err != nil {
		p.again(w, r, f, err)
		return
	}
	n := receipt.State.(matter.State).Number
	if mine != "" {
		p.join(r.Context(), receipt, mine, key, digest)
	}
	p.keep(w, r, n, code)
	p.cookie(w, freshCookie, n.String(), freshFor)
	if cookieless(r) {
		if f, ok := p.findBy(w, r, n.String(), code); ok {
			p.showReceipt(w, r, f, matter.SpacedTracking(code))
		}
		return
	}
	http.Redirect(w, r, PathOf(n)+"/receipt", http.StatusSeeOther)
}

// refusedIn are the fields of a form that are wrong already.
func refusedIn(f face.Form) (out []string) {
	for _, w := range f.Wrong {
		out = append(out, w.Field)
	}
	return out
}

// again shows the form with all that is wrong, and with what was written.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, f face.Form, err error) {
	status := http.StatusUnprocessableEntity
	if err != nil {
		if !f.Take(err, reportFields) {
			p.API.Site.Error(w, r, err)
			return
		}
		status = face.Status(err)
	}
	l := looked{Voice: f.Voice, Chosen: f.Value("category")}
	var failed error
	if l.Spots, failed = p.spotsFor(r.Context(), f.Voice, f.Values); failed != nil {
		p.API.Site.Error(w, r, failed)
		return
	}
	p.reportPage(w, r, status, f, l)
}

// kindOf is what sort of matter it is where the reporter did not say: as is usual for its category. A complaint names a
// body, so what names none is something to be put right.
func (p *Pages) kindOf(s matter.Submission) matter.Kind {
	if k := p.Ports.KindOf(p.API.Site.Realm.View(), s.Category); k != "" && k != matter.Complaint {
		return k
	}
	if s.Against != "" {
		return matter.Complaint
	}
	return matter.Request
}

// degrees reads a coordinate; nil if there is none or it cannot be read.
func degrees(f *face.Form, name string, most float64) *float64 {
	text := strings.TrimSpace(f.Value(name))
	if text == "" {
		return nil
	}
	d, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
	if err != nil || !(d >= -most && d <= most) {
		f.Add(name, "pages.degrees_unreadable", "most", int(most))
		return nil
	}
	return &d
}

// receipt is what a reporter takes home: the number, for a few minutes the code, who
// answers, by when and why that day.
func (p *Pages) receipt(w http.ResponseWriter, r *http.Request) {
	f, ok := p.find(w, r)
	if !ok {
		return
	}
	if f.eyes.Reporter == "" {
		http.Redirect(w, r, PathOf(f.state.Number), http.StatusSeeOther)
		return
	}
	code := ""
	if c, err := r.Cookie(p.API.Site.CookieName(freshCookie)); err == nil && c.Value == f.state.Number.String() {
		code = matter.SpacedTracking(p.Code(r, f.state.Number))
	}
	p.showReceipt(w, r, f, code)
}

func (p *Pages) showReceipt(w http.ResponseWriter, r *http.Request, f found, code string) {
	site := p.API.Site
	o, err := p.view(r, f)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	// What stands behind the # no browser sends: the page takes number and code from it into its form, and out of the address.
	address := site.PublicURL + PathOf(f.state.Number)
	if code != "" {
		address = site.PublicURL + "/track#" + f.state.Number.String() + "." + tidy(code)
	}
	picture, err := face.NewQR(address, qr.M)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	site.Page(w, r, face.Sheet{Title: o.Voice.Say("pages.receipt_title", "number", o.Number), Section: "/report", Secret: true}, receiptPage(o, code, picture))
}
