package pages

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"skein/face"
	"skein/face/words"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// What Skein holds on whoever asks: on one matter for whoever has its code, on an account and all that was told with it for
// whoever is signed in; as a page, a file that stands alone, JSON, and an archive of both with the photos.

// heldView is that, as the page and the file show it.
type heldView struct {
	Voice   words.Voice
	Realm   string
	Address string // of the realm
	Made    civic.Instant
	Account *face.AccountHeld
	Matters []matter.HeldMatter
	Files   string // path of the downloads, without what their names end with
	Kept    int    // days that it is kept who read what
	Paper   bool   // it is a file, in which no link leads on
	Src     func(matter.HeldMatter, matter.HeldPhoto) string
}

// heldFile is what the downloads are called, before what tells their form.
const heldFile = "skein-data"

func (p *Pages) heldView(ctx context.Context, account *face.AccountHeld, matters []matter.HeldMatter, files string) heldView {
	site := p.API.Site
	v := site.Voice(ctx)
	settings := site.Realm.View().Settings
	o := heldView{
		Voice: v, Realm: settings.Title(v.Lang), Address: site.PublicURL, Made: site.Realm.Now(), Account: account, Matters: matters, Files: files,
		Kept: settings.ReadingsKept,
		Src: func(m matter.HeldMatter, x matter.HeldPhoto) string {
			return "/matters/" + m.Number + "/sealed/" + x.Digest
		},
	}
	if o.Kept == 0 {
		o.Kept = access.Kept
	}
	return o
}

// hers reads what is held on the reporter of the matter of a request.
func (p *Pages) hers(w http.ResponseWriter, r *http.Request) (matter.HeldMatter, bool) {
	f, ok := p.find(w, r)
	if !ok {
		return matter.HeldMatter{}, false
	}
	err := p.API.Hers(f.state, f.eyes)
	var h matter.HeldMatter
	if err == nil {
		h, err = p.API.Holds(r.Context(), f.state)
	}
	if err != nil {
		p.API.Site.Error(w, r, err)
	}
	return h, err == nil
}

func (p *Pages) held(w http.ResponseWriter, r *http.Request) {
	if h, ok := p.hers(w, r); ok {
		path := PathOf(h.State.Number)
		o := p.heldView(r.Context(), nil, []matter.HeldMatter{h}, path+"/data/"+heldFile)
		p.API.Site.Page(w, r, face.Sheet{
			Title: o.Voice.Say("pages.held_title") + " " + h.Number, Section: "/track", Crumbs: []face.Crumb{{Href: path, Title: h.Number}}, Secret: true,
		}, heldPage(o))
	}
}

func (p *Pages) heldAs(w http.ResponseWriter, r *http.Request) {
	if h, ok := p.hers(w, r); ok {
		p.send(w, r, p.heldView(r.Context(), nil, []matter.HeldMatter{h}, ""), h)
	}
}

// whole reads what is held on whoever is signed in, or sends her to sign in.
func (p *Pages) whole(w http.ResponseWriter, r *http.Request) (matter.AllHeld, bool) {
	if p.API.Site.Held != nil && face.SessionOf(r.Context()) == nil {
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape("/me/data"), http.StatusSeeOther)
		return matter.AllHeld{}, false
	}
	all, err := p.API.HoldsAll(r.Context())
	if err != nil {
		p.API.Site.Error(w, r, err)
	}
	return all, err == nil
}

func (p *Pages) allHeld(w http.ResponseWriter, r *http.Request) {
	if all, ok := p.whole(w, r); ok {
		o := p.heldView(r.Context(), &all.Account, all.Matters, "/me/data/"+heldFile)
		p.API.Site.Page(w, r, face.Sheet{
			Title: o.Voice.Say("pages.held_title"), Section: "/me", Crumbs: []face.Crumb{{Href: "/me", Title: o.Voice.Say("face.me")}}, Secret: true,
		}, heldPage(o))
	}
}

func (p *Pages) allHeldAs(w http.ResponseWriter, r *http.Request) {
	if all, ok := p.whole(w, r); ok {
		p.send(w, r, p.heldView(r.Context(), &all.Account, all.Matters, ""), all)
	}
}

// send sends a download in the form that its name says; data is what the JSON holds.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, o heldView, data any) {
	ext, ok := strings.CutPrefix(r.PathValue("file"), heldFile+".")
	var body bytes.Buffer
	var err error
	media := map[string]string{"html": "text/html; charset=utf-8", "json": "application/json", "zip": "application/zip"}[ext]
	switch ext {
	case "json":
		err = encode(&body, data)
	case "html":
		o.Paper, o.Src = true, func(_ matter.HeldMatter, x matter.HeldPhoto) string {
			return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(x.Bytes)
		}
		err = heldDocument(o).Render(r.Context(), &body)
	case "zip":
		err = archive(r.Context(), &body, o, data)
	}
	if !ok || media == "" {
		err = civic.Refuse(civic.Missing, "face.no_page")
	}
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", `attachment; filename="`+heldFile+"."+ext+`"`)
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Cookie")
	w.Write(body.Bytes()) // whoever went away needs it no more
}

func encode(to *bytes.Buffer, data any) error {
	e := json.NewEncoder(to)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(data)
}

// archive holds the file to read, the JSON, and the photos that both name.
func archive(ctx context.Context, to *bytes.Buffer, o heldView, data any) error {
	z := zip.NewWriter(to)
	at := o.Made.Time().UTC().Truncate(time.Second)
	add := func(name string, method uint16, content []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: at})
		if err == nil {
			_, err = f.Write(content)
		}
		return err
	}
	var page, text bytes.Buffer
	o.Paper, o.Src = true, func(_ matter.HeldMatter, x matter.HeldPhoto) string { return x.File }
	if err := heldDocument(o).Render(ctx, &page); err != nil {
		return err
	}
	if err := encode(&text, data); err != nil {
		return err
	}
	if err := add(heldFile+".html", zip.Deflate, page.Bytes()); err != nil {
		return err
	}
	if err := add(heldFile+".json", zip.Deflate, text.Bytes()); err != nil {
		return err
	}
	for _, m := range o.Matters {
		for _, x := range m.Photos {
			if err := add(x.File, zip.Store, x.Bytes); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

// documentStyle is that of the file; it asks nothing of the network.
const documentStyle = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;margin:0;padding:1rem}main{max-width:46rem;margin:0 auto}
h1,h2,h3,h4{line-height:1.3}section{border-top:1px solid;margin-top:2rem;padding-top:.5rem}blockquote{margin:.5rem 0;padding:.5rem .75rem;border:1px solid;white-space:pre-line;overflow-wrap:anywhere}
dt{font-weight:700}dd{margin:0 0 .5rem;overflow-wrap:anywhere}img{max-width:100%;height:auto}li{overflow-wrap:anywhere}
@media print{body{font-size:11pt;padding:0}blockquote,li,img,dl div{break-inside:avoid}h2,h3,h4{break-after:avoid}}`

// keptWords says for how long what was told is kept.
func keptWords(v words.Voice, k *matter.HeldKept) string {
	if k.Until != nil {
		return v.Say("pages.held_kept_until", "date", moment(v, *k.Until), "law", k.Law)
	}
	return v.Say("pages.held_kept_days", "days", k.Days, "law", k.Law)
}

// fact is a line of what was told.
type fact struct{ name, value string }

func heldFacts(v words.Voice, m matter.HeldMatter) (out []fact) {
	add := func(key, value string) {
		if value != "" {
			out = append(out, fact{v.Say("pages.held_" + key), value})
		}
	}
	add("kind", v.Say("matter.kind."+string(m.Kind)))
	add("status", v.Say("matter.status."+string(m.Status)))
	add("visibility", v.Say("matter.visibility."+string(m.Visibility)))
	add("reported", moment(v, m.Reported))
	add("channel", v.Value(words.Code{Key: "pages.channel_" + m.Channel, Else: m.Channel}))
	if m.Place != "" {
		add("place", v.Value(m.Place))
	}
	add("address", m.Address)
	if m.Lat != nil && m.Lon != nil {
		add("point", fmt.Sprintf("%v, %v", *m.Lat, *m.Lon))
	}
	if m.Contact != nil {
		out = append(out, contactFacts(v, *m.Contact)...)
	}
	if m.Push != nil {
		add("push", m.Push.Endpoint)
	}
	if m.Against != "" {
		add("against", v.Value(m.Against))
	}
	add("external", m.External)
	add("media_url", m.MediaURL)
	add("via", m.Via)
	if m.Code {
		add("code", v.Say("pages.held_code_is"))
	}
	add("person", string(m.Person))
	return out
}

func contactFacts(v words.Voice, c matter.Contact) (out []fact) {
	for _, f := range []fact{{"name", c.Name}, {"email", c.Email}, {"phone", c.Phone}, {"language", c.Language}} {
		if f.value != "" {
			out = append(out, fact{v.Say("pages.held_" + f.name), f.value})
		}
	}
	return out
}

// beforeWords says what was corrected since.
func beforeWords(v words.Voice, b matter.HeldBefore) string {
	var c matter.Contact
	if b.What != "contact" || json.Unmarshal([]byte(b.Text), &c) != nil {
		return v.Say("pages.held_"+b.What) + ": " + b.Text
	}
	var said []string
	for _, f := range contactFacts(v, c) {
		said = append(said, f.name+": "+f.value)
	}
	return strings.Join(said, v.Say("pages.held_between"))
}

// moment is a time for programs as people write it.
func moment(v words.Voice, t matter.Time) string {
	at, err := time.Parse(time.RFC3339, string(t))
	if err != nil {
		return string(t)
	}
	return v.DateTime(civic.At(at))
}

func fromWords(v words.Voice, from string) string {
	return v.Value(words.Code{Key: "pages.from_" + from, Else: from})
}

func reviewGround(v words.Voice, x matter.HeldReview) string {
	return v.Value(words.Code{Key: "review.ground." + x.Ground, Else: x.Ground})
}

func standingOf(v words.Voice, s matter.Standing) string {
	return standing(v, matter.Item{Showing: s.Showing, Ground: s.Ground, Law: s.Law, Masked: s.Masked}, true)
}

// readingWords says who read what, when and for what. Parts are named by the texts and photos that they are.
func readingWords(v words.Voice, m matter.HeldMatter, r matter.HeldReading) string {
	var what []string
	named := map[string]bool{}
	add := func(part, name string) {
		if slices.Contains(r.Parts, part) && !named[part] {
			named[part] = true
			what = append(what, name)
		}
	}
	for _, t := range m.Texts {
		add(t.Part, v.Say("pages.held_text", "from", fromWords(v, t.From), "act", t.Act))
	}
	for i, x := range m.Photos {
		add(x.Part, v.Say("pages.held_photo", "n", i+1, "from", fromWords(v, x.From), "act", x.Act))
	}
	for _, x := range m.Reviews {
		for _, t := range x.Texts {
			add(t.Part, v.Say("pages.held_review_read", "number", x.Number, "from", t.Title, "act", t.Act))
		}
	}
	for _, part := range r.Parts {
		kind, _, _ := strings.Cut(part, "/")
		add(part, v.Value(words.Code{Key: "pages.paper_" + kind, Else: kind}))
	}
	post := r.PostTitle
	if r.Officer != "" {
		post = v.Say("pages.held_officer", "post", post, "officer", r.Officer)
	}
	return v.Say("pages.held_reading", "at", moment(v, r.At), "post", post, "body", r.BodyTitle, "what", strings.Join(what, v.Say("pages.held_between")),
		"purpose", v.Say("access.purpose."+r.Purpose), "power", r.PowerTitle)
}

// wall is a moment of the machine's clock.
func wall(v words.Voice, t time.Time) string { return v.DateTime(civic.At(t)) }
