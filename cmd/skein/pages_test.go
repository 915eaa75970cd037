package main

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/jpeg"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"

	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
	"skein/rooms/matter"
)

// reader is somebody at a browser without script: it keeps cookies and follows redirects.
type reader struct {
	*city
	client *http.Client
	lang   string
}

func (c *city) reader() *reader {
	c.site.PublicURL = c.url // cookies of an https site would not come back over http
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.Fatal(err)
	}
	return &reader{city: c, client: &http.Client{Jar: jar}, lang: "en"}
}

// shownPage is a page as its reader sees it.
type shownPage struct {
	status int
	header http.Header
	path   string
	html   string
}

func (p *reader) ask(method, path string, body io.Reader, media string) shownPage {
	p.Helper()
	r, err := http.NewRequest(method, p.url+path, body)
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	r.Header.Set("Accept-Language", p.lang)
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	res, err := p.client.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.Fatal(err)
	}
	return shownPage{res.StatusCode, res.Header, res.Request.URL.Path, string(raw)}
}

func (p *reader) get(path string) shownPage { p.Helper(); return p.ask("GET", path, nil, "") }

// fill sends a form; photos are JPEGs of its field "photos".
func (p *reader) fill(path string, fields map[string]string, photos ...[]byte) shownPage {
	p.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		w.WriteField(name, value)
	}
	for _, photo := range photos {
		part, err := w.CreateFormFile("photos", "a.jpg")
		if err != nil {
			p.Fatal(err)
		}
		part.Write(photo)
	}
	w.Close()
	return p.ask("POST", path, &body, w.FormDataContentType())
}

var onceField = regexp.MustCompile(`name="once" value="([A-Z0-9]+)"`)

// once is the key that a form was shown with.
func (p shownPage) once() string {
	if m := onceField.FindStringSubmatch(p.html); m != nil {
		return m[1]
	}
	return ""
}

var receiptNumbers = regexp.MustCompile(`<strong class="no">([^<]+)</strong>`)

func (p shownPage) receipt(t *testing.T) told {
	t.Helper()
	found := receiptNumbers.FindAllStringSubmatch(p.html, -1)
	if p.status != 200 || !strings.HasSuffix(p.path, "/receipt") || len(found) != 2 {
		t.Fatalf("no receipt with number and code: %d %s %v\n%s", p.status, p.path, found, p.html)
	}
	return told{found[0][1], found[1][1]}
}

func (p shownPage) has(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(p.html, part) {
			t.Errorf("%s lacks %q", p.path, part)
		}
	}
}

func (p shownPage) lacks(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(p.html, part) {
			t.Errorf("%s shows %q", p.path, part)
		}
	}
}

// rawKey finds message keys and codes that were shown instead of words.
var rawKey = regexp.MustCompile(`[>"](?:pages|matter|duty|body|place|face|calendar|skein)\.[a-z_]+[a-z_.0-9]*[<"]`)

func TestPages(t *testing.T) {
	onBothEngines(t, 300, func(c *city) {
		c.tabled()
		p := c.reader()
		rows, err := c.pagesAPI().List(t.Context(), matter.Filter{Limit: 1})
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		one := "/matters/" + rows[0].Number.String()
		for _, at := range []struct {
			path   string
			en, zh string
		}{
			{"/", "Say so, and see who answers", "看看谁来负责"},
			{"/matters", "Kind of matter", "类别"},
			{"/matters?status=late", "Open and late", "办理中且逾期"},
			{"/matters?category=street_lights&place=ward-14&body=pwd&status=open", "Street Lights", "路灯"},
			{one, "Why this body", "为什么由它负责"},
			{"/report", "Call 911", "请拨打 911"},
			{"/track", "Secret code", "查询码"},
			{"/duties", "10 working days", "10 个工作日"},
			{"/bodies", "Public Works Department", "公共工程局"},
			{"/bodies/pwd", "Demo Officer", "Demo Officer"}, {"/bodies/pwd", `id="open">Open matters`, `id="open">未办结事项`},
			{"/numbers", "fewer than 5, or left out", "小于 5，或为使"},
			{"/numbers?month=2011-07", "Private matters reported in 2011-07", "2011-07 提出的不公开事项"},
			{"/powers", "anyone may tell a problem", "权力清单"},
			{"/powers/matter.report", "permit (", "permit ("},
			{"/powers/why", "wants to do what", "想做什么"},
			{"/powers/why?who=pwd/head&action=matter.report", "does not apply", "不成立"},
			{"/log/boston", "Nobody witnesses this log. Whoever keeps", "目前没有人见证此日志"},
		} {
			for _, lang := range []string{"en", "zh-Hans"} {
				p.lang = lang
				got := p.get(at.path)
				want := at.en
				if lang != "en" {
					want = at.zh
				}
				if got.status != 200 || !strings.Contains(got.html, `<html lang="`+lang+`" dir="ltr">`) {
					t.Errorf("%s in %s: %d", at.path, lang, got.status)
				}
				got.has(t, want, `class="demo"`, `href="#main"`)
				if key := rawKey.FindString(strings.ReplaceAll(got.html, `class="number"`, "")); key != "" && !strings.HasPrefix(at.path, "/powers/") {
					t.Errorf("%s in %s shows a key: %s", at.path, lang, key)
				}
				got.has(t, "<style>"+front.Shell()+"</style>") // the one that the policy knows by its hash
				for _, inline := range []string{" style=", "<style ", " onclick=", "javascript:", "<script>"} {
					got.lacks(t, inline)
				}
				if got.header.Get("Content-Security-Policy") != front.ContentSecurityPolicy() {
					t.Errorf("%s has another policy: %s", at.path, got.header.Get("Content-Security-Policy"))
				}
			}
		}
		p.lang = "en"
		p.get(one).has(t, "Public Works Department", "imported", "Receipts:")
		p.get("/matters?status=open").lacks(t, `data-state="closed"`)

		// The list pages by key: the second page goes on where the first ends.
		first := p.get("/matters?status=")
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(first.html)
		if next == nil {
			t.Fatal("300 matters have no second page")
		}
		numbers := regexp.MustCompile(`/matters/(\d{3}-\d{3}-\d{4})"`)
		seen := map[string]bool{}
		for _, text := range []string{first.html, p.get(html.UnescapeString(next[1])).html} {
			for _, n := range numbers.FindAllStringSubmatch(text, -1) {
				if seen[n[1]] {
					t.Errorf("matter %s is on two pages", n[1])
				}
				seen[n[1]] = true
			}
		}
		if len(seen) != 60 {
			t.Errorf("two pages list %d matters", len(seen))
		}

		// A language that was chosen stays.
		p.get("/?lang=zh-Hans").has(t, `<html lang="zh-Hans" dir="ltr">`)
		p.get("/matters").has(t, `<html lang="zh-Hans" dir="ltr">`, `lang=en`)
	})
}

// pagesAPI reads lists as the pages do.
func (c *city) pagesAPI() *matter.API { return &matter.API{Site: c.site, Ports: c.app.ports} }

func TestErrorPages(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	c.tabled()
	p := c.reader()
	for _, at := range []struct {
		method, path string
		status       int
		says         string
	}{
		{"GET", "/nope", 404, "There is no such page here."},
		{"GET", "/matters/412-338-0956", 404, "There is no such matter."},
		{"GET", "/matters/412-338-0957", 422, "has a slip in it"},
		{"GET", "/matters/x", 422, "This is no number of a matter."},
		{"GET", "/matters?status=forgotten", 400, "no such state"},
		{"GET", "/matters?after=1", 422, "This is no number of a matter."},
		{"GET", "/numbers?category=nothing", 404, "no such table"},
		{"GET", "/numbers?month=2011-13", 404, "no such table"},
		{"GET", "/bodies/nope", 404, "no such body"},
		{"GET", "/powers/nope", 404, "no such rule"},
		{"PUT", "/matters", 405, "cannot be asked for in this way"},
	} {
		got := p.ask(at.method, at.path, nil, "")
		if got.status != at.status || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s %s: %d %s", at.method, at.path, got.status, got.header.Get("Content-Type"))
		}
		got.has(t, at.says, `class="masthead"`, `class="demo"`)
		if a := c.do(at.method, at.path, "", nil); a.status != at.status || a.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(a.text, at.says) {
			t.Errorf("%s %s for programs: %d %s %s", at.method, at.path, a.status, a.header.Get("Content-Type"), a.text)
		}
	}
	if got := p.ask("PUT", "/matters", nil, ""); !strings.Contains(got.header.Get("Allow"), "GET") {
		t.Errorf("405 without the methods there are: %v", got.header["Allow"])
	}
	if got := p.ask("POST", "/report", strings.NewReader(strings.Repeat("x", 2<<20)), "application/x-www-form-urlencoded"); got.status != 413 {
		t.Errorf("two megabytes of text: %d", got.status)
	}
	r, _ := http.NewRequest("POST", c.url+"/report", strings.NewReader("text=x"))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Accept", "text/html")
	if a := c.send(r); a.status != 403 || !strings.Contains(a.text, "<html") {
		t.Errorf("a form from another site: %d", a.status)
	}
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const hostile = "<script>alert(1)</script>\u202edesrever'; DROP TABLE matters;-- 垃圾"

// The way of a report through forms alone: told, received, followed, answered, confirmed.
func TestReportByForm(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		p := c.reader()
		form := p.get("/report")
		fields := map[string]string{
			"once": form.once(), "text": hostile, "kind": "request", "category": "street_lights.street_light_outages", "visibility": "",
			"lat": "42.33", "lon": "-71.09", "address": "corner <b>of</b> Hanover", "contact.email": "ada@example.org",
		}

		// What is wrong is said beside its field, and what was written stays.
		wrong := map[string]string{"once": form.once(), "text": "  ", "kind": "request", "lat": "north", "lon": "-71.09", "contact.email": "nobody", "address": hostile}
		back := p.fill("/report", wrong)
		if back.status != 422 {
			t.Errorf("a form without a text: %d", back.status)
		}
		back.has(t, `href="#text"`, `href="#lat"`, `href="#contact-email"`, `aria-invalid="true"`, "This is no coordinate", `value="nobody"`,
			html.EscapeString("<script>"), `id="text-error"`)
		back.lacks(t, "<script>alert")
		if back.once() != form.once() {
			t.Error("a form that came back has another key")
		}

		got := p.fill("/report", fields, picture(t))
		m := got.receipt(t)
		got.has(t, "Public Works Department", "10", "recorded", "not yet sealed", "What happens now")
		if cc := got.header.Get("Cache-Control"); cc != "no-store" {
			t.Errorf("a receipt may be kept: %s", cc)
		}
		if again := p.fill("/report", fields, picture(t)).receipt(t); again != m {
			t.Errorf("the same form sent twice gives %v and %v", m, again)
		}
		fields["text"] = "something else"
		if other := p.fill("/report", fields); other.status != 409 {
			t.Errorf("another text under the same key: %d", other.status)
		}
		if strings.Contains(got.path, m.code) {
			t.Error("the code is in the address")
		}

		// She sees her words, others do not.
		mine := p.get("/matters/" + m.number)
		mine.has(t, html.EscapeString("<script>alert(1)</script>desrever'; DROP TABLE matters;-- 垃圾"), "This is your matter", "Withdraw", `loading="lazy"`)
		mine.lacks(t, "<script>alert", "\u202e", "Say whether it is solved")
		src := regexp.MustCompile(`src="(/matters/[^"]+/sealed/[^"]+)"`).FindStringSubmatch(mine.html)
		if src == nil {
			t.Fatal("her photo is not on her page")
		}
		if photo := p.get(src[1]); photo.status != 200 || photo.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("her photo: %d %s", photo.status, photo.header.Get("Content-Type"))
		}
		other := c.reader()
		public := other.get("/matters/" + m.number)
		public.has(t, "2 texts or photos are not shown", "enter my code")
		public.lacks(t, "DROP", "alert", "Hanover", "ada@example", "Withdraw", "/sealed/", m.code)
		if photo := other.get(src[1]); photo.status != 404 {
			t.Errorf("her photo to others: %d", photo.status)
		}
		if there := other.get("/matters/" + m.number + "/receipt"); strings.HasSuffix(there.path, "/receipt") {
			t.Error("somebody else sees the receipt")
		}
		if there := other.fill("/matters/"+m.number, map[string]string{"act": "withdraw"}); there.status != 403 {
			t.Errorf("somebody else withdraws it: %d", there.status)
		}

		// Back on another machine, with number and code.
		bad := other.fill("/track", map[string]string{"number": m.number, "code": "0000-0000-0000-0000"})
		none := other.fill("/track", map[string]string{"number": "412-338-0956", "code": "0000-0000-0000-0000"})
		for _, x := range []shownPage{bad, none} {
			if x.status != 422 || !strings.Contains(x.html, "Number and code do not go together") {
				t.Errorf("a wrong code: %d", x.status)
			}
		}
		other.fill("/track", map[string]string{"number": strings.ReplaceAll(m.number, "-", " "), "code": strings.ToLower(m.code)}).has(t, "This is your matter", "desrever")

		// Her actions come and go with the state.
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "ask", "pwd/head", map[string]any{"text": "Which <i>side</i>?"})
		asked := p.get("/matters/" + m.number)
		asked.has(t, "Answer the question", html.EscapeString("Which <i>side</i>?"))
		if empty := p.fill("/matters/"+m.number, map[string]string{"act": "supply", "once": asked.once(), "text": ""}); empty.status != 422 {
			t.Errorf("an empty answer: %d", empty.status)
		}
		p.fill("/matters/"+m.number, map[string]string{"act": "supply", "once": asked.once(), "text": "The north side."}).has(t, "The north side.")
		p.get("/matters/"+m.number).lacks(t, "Answer the question")
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "A new lamp.", "release": true})
		other.get("/matters/"+m.number).has(t, "Say whether it is solved", "A new lamp.")
		c.reader().get("/matters/"+m.number).has(t, "A new lamp.", "Answered")
		if none := p.fill("/matters/"+m.number, map[string]string{"act": "confirm", "words": "Still dark."}); none.status != 422 || !strings.Contains(none.html, "Still dark.") {
			t.Errorf("a word that does not say whether: %d", none.status)
		}
		p.fill("/matters/"+m.number, map[string]string{"act": "confirm", "solved": "no", "rating": "2", "words": "Still dark."}).has(t, "not solved, as its reporter says", "Have it opened again")
		p.fill("/matters/"+m.number, map[string]string{"act": "reopen", "reason": "It is dark."}).has(t, "Opened again")
		p.fill("/matters/"+m.number, map[string]string{"act": "withdraw", "reason": ""}).has(t, `data-state="withdrawn"`)
		left := p.fill("/matters/"+m.number, map[string]string{"act": "leave"})
		left.lacks(t, "This is your matter", "desrever")
		c.holds()
	})
}

// A private matter is a page that does not exist, and is on no list, count or map.
func TestPrivatePages(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 60)
	p, other := c.reader(), c.reader()
	form := p.get("/report")
	m := p.fill("/report", map[string]string{
		"once": form.once(), "text": "unpaid since May", "kind": "complaint", "category": "rights.wages", "against": "prop", "lat": "42.331234", "lon": "-71.091234",
	}).receipt(t)
	gone, never := other.get("/matters/"+m.number), other.get("/matters/412-338-0956")
	if gone.status != 404 || strings.ReplaceAll(gone.html, m.number, "412-338-0956") != never.html {
		t.Errorf("a private matter differs from none: %d", gone.status)
	}
	if at := other.fill("/matters/"+m.number, map[string]string{"act": "withdraw"}); at.status != 404 {
		t.Errorf("an action on it: %d", at.status)
	}
	for _, path := range []string{"/", "/matters", "/matters?category=rights.wages", "/matters?category=rights", "/matters?body=prop"} {
		other.get(path).lacks(t, m.number, "unpaid")
	}
	mine := p.get("/matters/" + m.number)
	mine.has(t, "unpaid since May", "private")
	if mine.header.Get("Cache-Control") != "no-store" || mine.header.Get("Content-Encoding") != "" {
		t.Error("her page may be kept or was compressed beside a secret")
	}
	left := p.fill("/matters/"+m.number, map[string]string{"act": "leave"})
	if left.path != "/" {
		t.Errorf("leaving a private matter leads to %s", left.path)
	}
	for _, f := range matters(t, other, 42.331234, -71.091234) {
		t.Errorf("a private matter is on the map: %v", f.Properties)
	}
}

// matters are the points of the deepest tile that holds a position, in degrees.
func matters(t *testing.T, p *reader, lat, lon float64) []*geojson.Feature {
	t.Helper()
	at := maptile.At(orb.Point{lon, lat}, 16)
	var out []*geojson.Feature
	for _, l := range tileOf(t, p, fmt.Sprintf("/tiles/16/%d/%d.mvt", at.X, at.Y)) {
		mvt.Layers{l}.ProjectToWGS84(at)
		if l.Name == "matters" {
			out = append(out, l.Features...)
		}
	}
	return out
}

func tileOf(t *testing.T, p *reader, path string) mvt.Layers {
	t.Helper()
	got := p.get(path)
	if got.status != 200 || got.header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" {
		t.Fatalf("%s: %d %s", path, got.status, got.html)
	}
	layers, err := mvt.Unmarshal([]byte(got.html))
	if err != nil {
		t.Fatal(err)
	}
	return layers
}

func TestTiles(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 200)
	p := c.reader()
	exact := lamp("x")
	exact["lat"], exact["lon"] = 42.2801, -71.1601 // where the demonstration has nothing
	blurred := maps.Clone(exact)
	blurred["visibility"], blurred["lat"] = "blurred", 42.2901
	home := maps.Clone(exact)
	home["home"], home["lat"] = true, 42.2851
	private := maps.Clone(exact)
	private["visibility"], private["lat"] = "private", 42.2751
	kinds := []struct {
		what  map[string]any
		exact bool
		m     told
	}{{what: exact, exact: true}, {what: blurred}, {what: home}, {what: private}}
	for i := range kinds {
		kinds[i].m = c.report(kinds[i].what)
	}
	for _, at := range kinds {
		lat, lon := at.what["lat"].(float64), at.what["lon"].(float64)
		found := false
		for _, f := range matters(t, p, lat, lon) {
			off := geo.Distance(f.Geometry.(orb.Point), orb.Point{lon, lat})
			found = found || off < 2
			if f.Properties["number"] == at.m.number && (f.Properties["category"] != "Street Light Outages" || f.Properties["state"] != "open") {
				t.Errorf("the map says %v", f.Properties)
			}
		}
		if found != at.exact {
			t.Errorf("%v is shown where it is: %v", at.what, found)
		}
	}
	zh := tileOf(t, p, "/tiles/11/619/757.mvt?lang=zh-Hans")
	if zh[0].Name != "places" || !strings.Contains(zh[0].Features[0].Properties["title"].(string), "选区") {
		t.Errorf("places in Chinese: %v", zh[0].Features[0].Properties)
	}
	// A tile that did not change is not sent again.
	first := p.get("/tiles/11/619/757.mvt")
	r, _ := http.NewRequest("GET", c.url+"/tiles/11/619/757.mvt", nil)
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("If-None-Match", first.header.Get("ETag"))
	for _, cookie := range p.client.Jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(c.url, "http://"), Path: "/"}) {
		r.AddCookie(cookie)
	}
	if a := c.send(r); a.status != 304 {
		t.Errorf("the same tile again: %d", a.status)
	}
	for _, path := range []string{"/tiles/11/619/757", "/tiles/11/619/757.png", "/tiles/x/1/1.mvt", "/tiles/3/9/1.mvt", "/tiles/17/1/1.mvt", "/tiles/-1/0/0.mvt"} {
		if got := p.get(path); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

// What nobody released stands on no page; what was released stands there as it is.
func TestReleasedOnPages(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 60)
	m := c.report(lamp("Both lamps <b>dark</b>"))
	path := "/matters/" + m.number
	c.reader().get(path).lacks(t, "lamps")
	c.release(m, c.digests(m)["text/plain"])
	released := c.reader().get(path)
	released.has(t, html.EscapeString("Both lamps <b>dark</b>"), "Released")
	released.lacks(t, "is not shown")
	if a := c.do("GET", path, "pwd/head", nil); !strings.Contains(a.text, "lamps") {
		t.Error("the lead does not see it")
	}
	c.turn(40 * day)
	c.reader().get(path).has(t, "was to answer by", `data-late`, "Escalated")
}

// The pages in a real browser: small and large, light and dark, in both languages.
func TestPagesInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	watched, asked := newStranger(t, "log.example/of/a/neighbouring/town").add(4, "a"), newStranger(t, "witness.example/w")
	c := newCity(t, "", 300, settings{log: `{"watch": [{"key": "` + watched.vkey + `"}], "witnesses": [{"key": "` + asked.vkey + `", "url": "http://127.0.0.1:1/", "inside": true}]}`})
	c.site.PublicURL = c.url
	c.sealed()
	c.asked()
	for _, shown := range []*stranger{watched, newStranger(t, "none").as(watched).add(4, "b")} {
		if _, err := c.site.Witness.Cosign(t.Context(), []byte(shown.request(0))); err == nil != (shown == watched) {
			t.Fatal(err)
		}
	}
	c.tabled()
	m := c.report(lamp("Both lamps dark"))
	c.release(m, c.digests(m)["text/plain"])
	c.act(201, m, "accept", "pwd/head", nil)
	c.act(201, m, "tell", "pwd/head", map[string]any{"text": "The crew comes on Thursday.", "release": true})
	unreleased := c.report(lamp("Call Mr. Quillwort at 617-555-0100."))
	c.photo(unreleased)
	browser.Run(t, "pages_test.mjs", c.url, m.number, m.code, c.key("info/desk"), unreleased.number)
}
