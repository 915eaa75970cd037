package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
)

const tarArticle = `article: hot-tar
body: info
review: 2012-09-01
laws:
  - law: Charter 4
texts:
  en:
    title: Hot tar on a wolfsbane road
    question: What do I do with tar?
    body: Keep off it. Say where it is.
    keywords: [tar]
`

// What a post drafts nobody else is shown until another post of its body publishes it; then words find it, and it is offered while somebody
// writes. It ends, or is withdrawn, and is found no more.
func TestGuide(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		found := func(words string) bool {
			if err := c.realm.CatchUp(c.Context()); err != nil {
				c.Fatal(err)
			}
			return strings.Contains(c.must(200, "GET", "/api/guide?q="+url.QueryEscape(words), "", nil).text, "hot-tar") &&
				strings.Contains(c.must(200, "GET", "/guide?q="+url.QueryEscape(words), "", nil).text, "/guide/hot-tar")
		}
		offered := func(words string) bool {
			return strings.Contains(c.must(200, "POST", "/api/guide/suggest", "", map[string]any{"words": words}).text, "hot-tar")
		}
		draft := map[string]any{"document": tarArticle}
		c.must(403, "POST", "/api/guide/draft", "", draft)
		c.must(403, "POST", "/api/guide/draft", "pwd/head", draft)
		c.must(403, "POST", "/api/guide/draft", "info/head", draft)
		for field, words := range map[string]string{"title": "Hot tar on a wolfsbane road", "question": "What do I do with tar?", "body": "Say where it is.", "keywords": "[tar]"} {
			marked := map[string]any{"document": strings.Replace(tarArticle, words, map[bool]string{true: "[617-555-0134]", false: "Call 617-555-0134."}[field == "keywords"], 1)}
			if a := c.must(422, "POST", "/api/guide/draft", "info/desk", marked); !strings.Contains(a.text, "guide.still_marked") || !strings.Contains(a.text, "texts.en."+field) {
				c.Errorf("a number in %s: %s", field, a.text)
			}
		}
		c.must(201, "POST", "/api/guide/draft", "info/desk", draft)
		for _, who := range []string{"", "pwd/head", "coord/chair"} {
			c.must(404, "POST", "/api/guide/hot-tar/publish", who, map[string]any{"draft": 1})
			c.must(404, "GET", "/guide/hot-tar", who, nil)
			c.must(404, "GET", "/guide/hot-tar/edit", who, nil)
			c.must(404, "GET", "/api/guide/hot-tar/draft.yaml", who, nil)
			c.everything(who, []string{"/guide", "/api/guide"}, func(path string, a answer) {
				if strings.Contains(a.text, "wolfsbane") {
					c.Errorf("%s shows a draft to %q", path, who)
				}
			})
		}
		if !strings.Contains(c.must(200, "GET", "/guide/hot-tar/edit", "info/head", nil).text, "wolfsbane") {
			c.Error("its publisher is not shown the draft")
		}
		if found("wolfsbane") {
			c.Error("a draft is found")
		}
		c.must(403, "POST", "/api/guide/hot-tar/publish", "info/desk", map[string]any{"draft": 1})
		c.must(409, "POST", "/api/guide/hot-tar/publish", "info/head", map[string]any{"draft": 2})
		c.must(201, "POST", "/api/guide/hot-tar/publish", "info/head", map[string]any{"draft": 1})
		if !found("wolfsbane tar") || !offered("There is hot tar on the roa") || offered("keep off the grass please") {
			c.Error("words do not find what they should, or find what they should not")
		}
		page := c.must(200, "GET", "/guide/hot-tar?lang=zh-Hans", "", nil).text
		if !strings.Contains(page, "暂无您所用语言") || !strings.Contains(page, `<h1 lang="en">`) {
			c.Error("a missing translation is not said")
		}
		if a := c.must(200, "GET", "/api/guide/hot-tar/versions/1.yaml", "", nil); !strings.Contains(a.text, "wolfsbane") {
			c.Error("the version's text is not given out")
		}
		c.must(403, "POST", "/api/guide/hot-tar/withdraw", "pwd/head", map[string]any{"reason": "r"})
		c.must(422, "POST", "/api/guide/hot-tar/withdraw", "info/head", map[string]any{"reason": "Ms. Ann Lee, ann@example.org, has complained."})
		c.must(201, "POST", "/api/guide/hot-tar/withdraw", "info/head", map[string]any{"looked": true, "reason": "It has cooled.", "instead": "pothole"})
		if page = c.must(200, "GET", "/guide/hot-tar", "", nil).text; found("wolfsbane") || offered("hot tar") || !strings.Contains(page, "It has cooled.") || !strings.Contains(page, "/guide/pothole") {
			c.Error("a withdrawn article is found, or does not say why")
		}
		c.must(201, "POST", "/api/guide/draft", "info/desk", map[string]any{"document": strings.Replace(tarArticle, "review: 2012-09-01", "until: 2012-03-01\nreview: 2012-02-01", 1)})
		c.must(201, "POST", "/api/guide/hot-tar/publish", "info/head", map[string]any{"draft": 2})
		if !found("wolfsbane") {
			c.Error("the second version is not found")
		}
		c.turn(40 * 24 * time.Hour)
		if page = c.must(200, "GET", "/guide/hot-tar", "", nil).text; !strings.Contains(page, "Overdue for review") {
			c.Error("readers are not told that the review is overdue")
		}
		c.turn(40 * 24 * time.Hour)
		if found("wolfsbane") {
			c.Error("what has ended is found")
		}
		c.holds()
	})
}

// What somebody says is missing is sealed: it stands in no table, file or page but its owner's, whose reading is written down; and it is
// erased when its time is over, while the counts stay.
func TestGuideFeedbackIsSealed(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		const word = "zqquillwort"
		tell := func(answered bool, missing string) {
			c.must(204, "POST", "/api/guide/pothole/feedback", "", map[string]any{"answered": answered, "missing": missing})
		}
		tell(true, "")
		for range 2 { // sent twice it counts once, by a key and by the form's
			if a := c.keyed("POST", "/api/guide/pothole/feedback", "", "sent-twice", object{"answered": true}); a.status != 204 {
				t.Fatal(a.status, a.text)
			}
			if a := c.office("", "en", "/guide/pothole", url.Values{"once": {"0123456789abcdef0123"}, "answered": {"yes"}}); a.status != 200 {
				t.Fatal(a.status, a.text)
			}
		}
		first := c.must(200, "GET", "/api/guide?limit=1", "", nil)
		next, there := strings.CutSuffix(strings.TrimPrefix(first.header.Get("Link"), "<"+c.site.PublicURL), `>; rel="next"`)
		if second := c.must(200, "GET", next, "", nil); !there || second.text == first.text || !strings.Contains(second.text, `"article"`) {
			t.Errorf("the link to the next page: %q", first.header.Get("Link"))
		}
		tell(false, word+" is missing; my name is Ann")
		a := c.form("/guide/pothole", "answered", "no", "version", "1", "missing", word+" again")
		if a.StatusCode != 200 {
			c.Fatal(a.Status)
		}
		if strings.Contains(c.stored(), word) || strings.Contains(c.said.String(), word) {
			c.Error("a table or the log holds it")
		}
		for _, who := range []string{"", "park/head", "info/desk", "coord/chair"} {
			c.everything(who, []string{"/guide/pothole", "/guide/pothole/feedback", "/api/guide/pothole/feedback", "/api/guide/pothole"}, func(path string, a answer) {
				if strings.Contains(a.text, word) {
					c.Errorf("%s shows it to %q", path, who)
				}
			})
		}
		read := func() string { return c.must(200, "GET", "/api/guide/pothole/feedback", "pwd/head", nil).text }
		before := strings.Count(c.stored(), "guide.reads_feedback")
		if text := read(); strings.Count(text, word) != 2 || !strings.Contains(text, `"answered":3,"not_answered":2`) {
			c.Errorf("its owner reads %s", text)
		}
		if after := strings.Count(c.stored(), "guide.reads_feedback"); after <= before {
			c.Error("nobody wrote down that it was read")
		}
		c.turn(181 * 24 * time.Hour)
		if text := read(); strings.Contains(text, word) || !strings.Contains(text, `"answered":3,"not_answered":2`) {
			c.Errorf("after its time: %s", text)
		}
		c.holds()
	})
}

// One network answers so often and no more; the count is kept nowhere.
func TestGuideFeedbackIsBounded(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 1)
	taken := 0
	for range 30 {
		r, err := http.NewRequest("POST", c.url+"/api/guide/pothole/feedback", strings.NewReader(`{"answered":true}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		if a := c.send(r); a.status == 204 {
			taken++
		} else if a.status != 429 {
			t.Fatal(a.status, a.text)
		}
	}
	if taken != 10 {
		t.Errorf("%d answers were taken", taken)
	}
	if strings.Contains(c.stored(), "203.0.113") {
		t.Error("a table holds the address")
	}
}

// What is given out is taken in again; a dry run changes nothing, and says what is wrong.
func TestGuideImport(t *testing.T) {
	t.Parallel()
	slow(t)
	c := newCity(t, "", 1)
	folder := t.TempDir()
	at := c.at()
	mustRun(t, 0, append([]string{"guide", "export", folder}, at...)...)
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) != 12 {
		t.Fatalf("%v %v", files, err)
	}
	acts := func() int {
		n := 0
		if err := c.app.db.R.QueryRowContext(t.Context(), "SELECT count(*) FROM acts").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := acts()
	mustRun(t, 0, append(append([]string{"guide", "import"}, files...), at...)...)
	tar := filepath.Join(folder, "tar.yaml")
	put := func(text string) {
		if err := os.WriteFile(tar, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(tarArticle)
	mustRun(t, 0, append([]string{"guide", "import", "--dry-run", tar}, at...)...)
	if n := acts(); n != before {
		t.Errorf("%d acts of what was there already, and of a dry run", n-before)
	}
	put(strings.Replace(tarArticle, "body: info", "body: none", 1))
	mustRun(t, 1, append([]string{"guide", "import", tar}, at...)...)
	put(tarArticle)
	mustRun(t, 0, append([]string{"guide", "import", tar}, at...)...)
	if n := acts(); n != before+2 {
		t.Errorf("%d acts of one article", n-before)
	}
}

// The guide in a real browser, from the draft to what a reader misses, in both languages.
func TestGuideInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 30)
	c.site.PublicURL = c.url
	c.reactingWhile(func() { browser.Run(t, "guide_test.mjs", c.url, c.key("info/desk")+","+c.key("info/head")) })
	c.holds()
}
