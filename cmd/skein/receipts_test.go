package main

import (
	"bytes"
	"html"
	"mime/multipart"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"skein/face/front"
	"skein/frame/seal"
	"skein/frame/store"
	"skein/internal/browser"
	"skein/internal/pgtest"
)

// hand posts a receipt to the page that reads it, as a browser without script does.
func (p *reader) hand(file []byte, text, keys string) shownPage {
	p.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "skein.txt")
	if err != nil {
		p.Fatal(err)
	}
	part.Write(file)
	w.WriteField("text", text)
	w.WriteField("keys", keys)
	w.Close()
	got := p.ask("POST", "/receipts", &body, w.FormDataContentType())
	got.html = receiptData.ReplaceAllString(got.html, "") // every text there is stands in it, for the script
	return got
}

var receiptData = regexp.MustCompile(`data-receipts="[^"]*"`)

// seal seals what is recorded; with names, witnesses of these sign, and the site knows their keys.
func (c *city) seal(names ...string) {
	c.Helper()
	if err := c.site.Seal.CatchUp(c.Context()); err != nil {
		c.Fatal(err)
	}
	if len(names) == 0 {
		return
	}
	l, _, err := seal.Current(c.Context(), c.app.db.R, c.realm.ID)
	if err != nil {
		c.Fatal(err)
	}
	head, _, _ := strings.Cut(l.Checkpoint, "\n\n")
	witnessed, keys := l.Checkpoint, []string{}
	for _, name := range names {
		s, err := seal.CreateKey(filepath.Join(c.TempDir(), "key"), name)
		if err != nil {
			c.Fatal(err)
		}
		line, err := s.Cosign(head+"\n", c.realm.Now())
		if err != nil {
			c.Fatal(err)
		}
		witnessed, keys = witnessed+line, append(keys, s.Verifier)
	}
	c.site.WitnessKeys = func() []string { return keys }
	err = c.app.db.Update(c.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(c.Context(), "UPDATE seal_logs SET witnessed = $3 WHERE realm = $1 AND log = $2", string(c.realm.ID), l.Number, witnessed)
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
}

// A receipt is handed out with the report, and read by who has no script.
func TestReceiptsWithoutScript(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		c.seal()
		p := c.reader()
		form := p.get("/report")
		told := p.fill("/report", map[string]string{"once": form.once(), "text": "lamp out", "kind": "request", "category": "street_lights.street_light_outages", "lat": "42.33", "lon": "-71.09"})
		m := told.receipt(c.T)
		at := "/matters/" + m.number + "/acts/1/receipt"
		told.has(c.T, `href="`+at+`" download`, `href="/receipts"`, "not yet sealed")
		promise := p.get(at).html
		for _, lang := range []string{"en", "zh-Hans"} {
			p.lang = lang
			page := p.get("/receipts")
			page.has(c.T, map[string]string{"en": "What a receipt does not prove", "zh-Hans": "回执不能证明什么"}[lang], c.site.Realm.View().Settings.Title(lang))
			if key := rawKey.FindString(page.html); key != "" {
				t.Errorf("/receipts in %s shows a key: %s", lang, key)
			}
			page = p.get("/log/boston")
			page.has(c.T, map[string]string{"en": "Verifier key", "zh-Hans": "验证密钥"}[lang], "/log/boston", "skein verify log")
			if key := rawKey.FindString(page.html); key != "" {
				t.Errorf("/log/boston in %s shows a key: %s", lang, key)
			}
		}
		p.hand([]byte(promise), "", "").has(c.T, "登记", "一位居民", "承诺封存期限", "任何人都可以反映事项")
		p.lang = "en"
		p.hand([]byte(promise), "", "").has(c.T, "Recorded", "Reported", "a resident", "To be sealed by", "signed a promise")
		c.seal()
		sealed := p.get(at).html
		p.hand([]byte(sealed), "", "").has(c.T, "Sealed", "Checkpoint signed at", "of ", "localhost/log/boston")
		p.hand(nil, strings.ReplaceAll("  \n"+sealed+"\n", "\n", "\r\n"), "").has(c.T, "Sealed")
		c.seal("quay.example", "mill.example")
		witnessed := p.get(at).html
		p.hand([]byte(witnessed), "", "").has(c.T, "Witnessed", "quay.example, ", "mill.example, ")
		p.get("/matters/"+m.number+"/receipt").lacks(c.T, "not yet")
		p.get("/log/boston").has(c.T, "quay.example signed when the log had")

		// Others get what proves that the act is in the log, and nothing of what it says.
		other := c.reader()
		closed := other.get(at).html
		other.hand([]byte(closed), "", "").has(c.T, "Witnessed", "it holds only the act&#39;s commitment")

		for name, wrong := range map[string]struct{ file, says string }{
			"changed": {strings.Replace(sealed, "type matter.reported", "type matter.answered", 1), "does not hold this act at that place"},
			"cut off": {sealed[:strings.Index(sealed, "\n\n")], "cut off"}, "strange": {"垃圾" + hostile, "This is no receipt"},
			"junk": {strings.Repeat("x", 2<<20), "longer than a receipt can be"}, "CRLF": {strings.ReplaceAll(sealed, "\n", "\r\n"), "This is no receipt"},
			"part": {strings.Replace(sealed, "salt ", "salt \u202e<script>", 1), html.EscapeString("<script>")},
		} {
			got := p.hand([]byte(wrong.file), "", "")
			got.has(c.T, "This proves nothing", wrong.says)
			got.lacks(c.T, "<script>alert", "\u202e")
			if got.status != 200 || got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %s", name, got.status, got.header.Get("Cache-Control"))
			}
		}
		if none := p.hand(nil, " \r\n", ""); none.status != 422 {
			t.Errorf("nothing to read: %d", none.status)
		}
		bad := p.hand([]byte(sealed), "", "not+a+key")
		if bad.status != 422 {
			t.Errorf("a key that is none: %d", bad.status)
		}
		bad.has(c.T, `href="#keys"`, "is not a verifier key", "not+a+key")
		if a := c.do("POST", "/receipts", "", nil); a.status != 400 {
			t.Errorf("no form: %d", a.status)
		}
		if logged := c.said.String(); strings.Contains(logged, "not+a+key") || strings.Contains(logged, "skein receipt") {
			t.Error("what was handed in is logged")
		}
	})
}

// A receipt of another community is proved by the key that its reader adds, and it is said so.
func TestReceiptOfAnotherCommunity(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	p := c.reader()
	m := c.report(lamp("dark"))
	c.seal()
	file := []byte(p.get("/matters/" + m.number + "/acts/1/receipt").html)
	key := strings.TrimSpace(p.get("/log/boston/key").html)
	elsewhere := newCity(t, "", 30).reader()
	elsewhere.hand(file, "", "").has(t, "not by a key that you trust")
	elsewhere.hand(file, "", "quay.example\n").has(t, "is not a verifier key")
	elsewhere.hand(file, "", "\n"+key+"\n"+key).has(t, "Sealed", "with keys that you added")
	p.hand(file, "", key).lacks(t, "with keys that you added")
}

// After a key was replaced and after a log ended, what they signed is still read, and the log's page says what was lost.
func TestReceiptsOfEarlierLogs(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		p := c.reader()
		at := "/matters/" + c.report(lamp("dark")).number + "/acts/1/receipt"
		c.seal()
		p.get("/log/boston").lacks(c.T, "Earlier keys")
		first := []byte(p.get(at).html)
		if _, err := c.site.Seal.Rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		second := []byte(p.get(at).html)
		if bytes.Equal(first, second) {
			t.Error("the receipt is the same under another key")
		}
		for _, file := range [][]byte{first, second} {
			p.hand(file, "", "").has(c.T, "Sealed")
		}
		p.get("/log/boston").has(c.T, "Earlier keys: 1")
		l, _, err := seal.Current(t.Context(), c.app.db.R, c.realm.ID)
		if err != nil {
			t.Fatal(err)
		}
		lost := regexp.MustCompile(`\n\d+\n`).ReplaceAllString(l.Checkpoint, "\n1000\n") // as if it had been longer than what is left
		if _, err := seal.Continue(t.Context(), c.app.sealing(c.realm), "restored", lost, 0); err != nil {
			t.Fatal(err)
		}
		page := p.get("/log/boston")
		page.has(c.T, "/log/boston/2", "restored from a backup", "999 (", "are lost", "/log/boston/1/checkpoint")
		for _, file := range [][]byte{first, second} {
			p.hand(file, "", "").has(c.T, "Sealed")
		}
		if got := p.get("/log/salem"); got.status != 404 {
			t.Errorf("another realm's log: %d", got.status)
		}
	})
}

// The API says where the receipt of each act is.
func TestReceiptLinks(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	a := c.must(201, "POST", "/api/matters", "", lamp("dark"))
	acts := a.json["acts"].([]any)
	if len(acts) < 2 {
		t.Fatalf("acts: %v", acts)
	}
	p := c.reader()
	for _, act := range acts {
		told := act.(map[string]any)
		p.hand([]byte(p.get(told["receipt"].(string)).html), "", "").has(t, "Recorded")
	}
}

// The page in a real browser: what is read there is what the server says, and it needs no network.
func TestReceiptsInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 60)
	c.site.PublicURL = c.url
	m := c.report(lamp("dark"))
	dir := t.TempDir()
	p := c.reader()
	keep := func(name string, r string) {
		if err := os.WriteFile(filepath.Join(dir, name+".txt"), []byte(r), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	receipt := func() string {
		return c.do("GET", "/matters/"+m.number+"/acts/1/receipt", "pwd/head", nil).text
	}
	keep("recorded", receipt())
	c.turn(time.Minute)
	c.seal()
	keep("sealed", receipt())
	browser.Run(t, "receipts_test.mjs", c.url, dir, "once") // before anybody witnesses
	c.seal("quay.example", "mill.example")
	keep("witnessed", receipt())
	keep("hidden", p.get("/matters/"+m.number+"/acts/1/receipt").html)
	keep("changed", strings.Replace(receipt(), "seq 1", "seq 2", 1))
	keep("crlf", strings.ReplaceAll(receipt(), "\n", "\r\n"))
	keep("clock", c.do("GET", "/matters/"+m.number+"/acts/2/receipt", "pwd/head", nil).text)
	keep("junk", strings.Repeat("junk", 1<<19))
	browser.Run(t, "receipts_test.mjs", c.url, dir)
}
