package pages

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	ical "github.com/arran4/golang-ical"

	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// What anyone may follow without leaving anything of herself: a matter's story and any list as Atom (RFC 4287), due dates as iCalendar
// (RFC 5545). They show what everyone sees, whoever asks: a private matter is in none.

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Updated   string   `xml:"updated"`
	Published string   `xml:"published,omitempty"`
	Link      atomLink `xml:"link"`
	Summary   string   `xml:"summary"`
}

func atomTime(i civic.Instant) string { return i.In(time.UTC).Format(time.RFC3339) }

// begin makes a feed of a page.
func (p *Pages) begin(v words.Voice, page, feed, title string, updated civic.Instant) atomFeed {
	base := p.API.Site.PublicURL
	return atomFeed{
		Lang: v.Lang, ID: base + feed, Title: title, Updated: atomTime(updated), Author: p.API.Site.Realm.View().Settings.Title(v.Lang),
		Links: []atomLink{{"self", "application/atom+xml", base + feed}, {"alternate", "text/html", base + page}},
	}
}

// listFeed is any list of matters, newest first.
func (p *Pages) listFeed(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	v, q := site.Voice(r.Context()), r.URL.Query()
	f, err := filterOf(q)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	f.Limit = pageOf
	rows, err := p.API.List(r.Context(), f)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	own := narrowed(q)
	updated := civic.Instant(0)
	for _, row := range rows {
		updated = max(updated, row.Updated)
	}
	feed := p.begin(v, address("/matters", own, "after", ""), address("/matters.atom", own, "after", ""), v.Say("pages.feed_title", "realm", site.Realm.View().Settings.Title(v.Lang)), updated)
	for i, it := range p.items(v, rows) {
		at := site.PublicURL + PathOf(rows[i].Number)
		feed.Entries = append(feed.Entries, atomEntry{
			ID: at, Title: it.Title + " " + it.Number, Updated: atomTime(rows[i].Updated), Published: atomTime(rows[i].Reported),
			Link: atomLink{"alternate", "text/html", at}, Summary: summary(v, it),
		})
	}
	p.sendFeed(w, r, feed)
}

// summary is how a matter stands, in a line.
func summary(v words.Voice, it item) string {
	said := v.Say("pages.state_" + it.State)
	if it.Late {
		said = v.Say("pages.late")
	}
	for _, more := range []string{it.Lead, it.Place} {
		if more != "" {
			said += " · " + more
		}
	}
	switch {
	case it.Due != 0:
		said += " · " + v.Say("pages.due_on", "date", v.Date(it.Due))
	case it.Answered != 0:
		said += " · " + v.Say("pages.answered_on", "date", v.Date(it.Answered))
	}
	return said
}

// everyone is the matter of a request as everyone sees it, whatever its reader could show.
func (p *Pages) everyone(w http.ResponseWriter, r *http.Request) (found, bool) {
	s, err := p.API.Find(r.Context(), r.PathValue("number"))
	f := found{state: s}
	var visible bool
	if err == nil {
		if f.view, visible = matter.Visible(s, f.eyes); !visible {
			err = civic.Refuse(civic.Missing, "matter.none")
		}
	}
	if err != nil {
		p.API.Site.Error(w, r, err)
		return found{}, false
	}
	return f, true
}

// storyFeed is the story of one matter, the newest act first.
func (p *Pages) storyFeed(w http.ResponseWriter, r *http.Request) {
	f, ok := p.everyone(w, r)
	if !ok {
		return
	}
	site := p.API.Site
	v := site.Voice(r.Context())
	acts, err := site.Realm.Acts(r.Context(), f.state.ID)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	n := f.state.Number
	feed := p.begin(v, PathOf(n), PathOf(n)+"/feed.atom", categoryTitle(v, f.view.Category)+" "+n.String(), f.view.Updated)
	for _, l := range slices.Backward(matter.Story(f.state, acts, f.eyes)) {
		at := site.PublicURL + PathOf(n) + "#act-" + strconv.FormatInt(l.Seq, 10)
		feed.Entries = append(feed.Entries, atomEntry{
			ID: at, Title: actTitle(v, "matter."+l.Act), Updated: atomTime(l.Recorded), Link: atomLink{"alternate", "text/html", at}, Summary: v.Fill(l.Key, l.Args),
		})
	}
	p.sendFeed(w, r, feed)
}

func (p *Pages) sendFeed(w http.ResponseWriter, r *http.Request, feed atomFeed) {
	text, err := xml.Marshal(feed)
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	p.sendPublic(w, r, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), text...))
}

// feedAge is how old what a feed shows may be, in a reader's or proxy's store.
const feedAge = "public, max-age=300"

// sendPublic sends what everyone may keep, or says that it has not changed.
func (p *Pages) sendPublic(w http.ResponseWriter, r *http.Request, media string, text []byte) {
	sum := sha256.Sum256(text)
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Vary", "Accept-Language, Cookie")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	if h.Get("Cache-Control") == "" { // who is signed in or shows a key keeps nothing
		h.Set("Cache-Control", feedAge)
	}
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(text)
}

// listDates are the due dates of a list of open matters, such as a body's.
func (p *Pages) listDates(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	v, q := site.Voice(r.Context()), r.URL.Query()
	f, err := filterOf(q)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	f.Limit, f.Open = mostDates, true
	rows, err := p.API.List(r.Context(), f)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	cal := newCalendar(v.Say("pages.dates_title", "realm", site.Realm.View().Settings.Title(v.Lang)), ical.MethodPublish)
	for i, it := range p.items(v, rows) {
		if it.Due != 0 {
			p.date(cal, v, it, rows[i].Updated)
		}
	}
	p.sendPublic(w, r, "text/calendar; charset=utf-8", []byte(cal.Serialize(ical.WithNewLineWindows)))
}

// mostDates bounds how many dates a calendar has: those of the newest matters.
const mostDates = 500

// dates is when a matter is due; a calendar without a date while nothing is.
func (p *Pages) dates(w http.ResponseWriter, r *http.Request) {
	f, ok := p.everyone(w, r)
	if !ok {
		return
	}
	v := p.API.Site.Voice(r.Context())
	it := p.items(v, []matter.Row{{
		Number: f.view.Number, Category: f.view.Category, Place: f.view.Place, Status: f.view.Status, Ending: f.view.Ending, Lead: f.view.Lead, Due: f.view.Due,
		Reported: f.view.Reported, Answered: f.view.Answered,
	}})[0]
	cal := newCalendar(it.Title+" "+it.Number, ical.MethodPublish)
	if it.Due != 0 {
		p.date(cal, v, it, f.view.Updated)
	}
	p.sendPublic(w, r, "text/calendar; charset=utf-8", []byte(cal.Serialize(ical.WithNewLineWindows)))
}

// date puts in when a matter is due: a moment, which takes up nobody's time.
func (p *Pages) date(cal *ical.Calendar, v words.Voice, it item, updated civic.Instant) {
	site := p.API.Site
	e := cal.AddEvent(it.Number + "@" + host(site.PublicURL))
	e.SetDtStampTime(updated.In(time.UTC))
	e.SetStartAt(it.Due.In(time.UTC))
	e.SetSummary(v.Say("pages.date_due", "what", it.Title, "number", it.Number))
	e.SetDescription(summary(v, it))
	if it.Place != "" {
		e.SetLocation(it.Place)
	}
	e.SetURL(site.PublicURL + "/matters/" + it.Number)
	e.SetTimeTransparency(ical.TransparencyTransparent)
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "skein.invalid"
	}
	return u.Host
}
