package main

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// bare is a browser that keeps no cookie and runs no script.
type bare struct{ *city }

// form fills the form of a page that has certain words in it: what it holds already, and what is written in.
func (b bare) form(page, at string, holds string, fields url.Values) (path, text string) {
	b.Helper()
	for _, form := range regexp.MustCompile(`(?s)<form[^>]*>.*?</form>`).FindAllString(page, -1) {
		if !strings.Contains(form, holds) {
			continue
		}
		action := regexp.MustCompile(`^<form[^>]*action="([^"]*)"`).FindStringSubmatch(form)
		to := at
		if action != nil {
			to = action[1]
		}
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for _, in := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
			if !fields.Has(in[1]) {
				w.WriteField(in[1], in[2])
			}
		}
		for name, values := range fields {
			w.WriteField(name, values[0])
		}
		w.Close()
		return b.ask("POST", to, &body, w.FormDataContentType())
	}
	b.Fatalf("%s has no form with %q:\n%s", at, holds, page)
	return "", ""
}

// ask follows redirects and sends no cookie, whatever it was given.
func (b bare) ask(method, path string, body io.Reader, media string) (at, text string) {
	b.Helper()
	r, err := http.NewRequest(method, b.url+path, body)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "en")
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	res, err := http.DefaultClient.Do(r) // without a jar
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		b.Fatalf("%s %s: %d %v\n%s", method, path, res.StatusCode, err, raw)
	}
	return res.Request.URL.Path, string(raw)
}

func (b bare) get(path string) string {
	b.Helper()
	_, text := b.ask("GET", path, nil, "")
	return text
}

// Line 3: told, read, followed, asked back, supplied and confirmed from first page to last, a private matter too, by
// somebody who has no account, keeps no cookie, runs no script and says nothing of who she is.
func TestAnonymousFromFirstToLast(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		b := bare{c}
		for _, visibility := range []string{"public", "private"} {
			for _, page := range []string{"/", "/matters", "/duties", "/bodies", "/powers", "/numbers", "/log/boston", "/track", "/receipts"} {
				if text := b.get(page); !strings.Contains(text, "<h1") {
					c.Errorf("%s is no page", page)
				}
			}
			_, receipt := b.form(b.get("/report"), "/report", `name="text"`, url.Values{
				"text": {"Lamp out " + secretWord}, "kind": {"request"}, "category": {lamps}, "visibility": {visibility}, "lat": {"42.33"}, "lon": {"-71.09"},
			})
			found := receiptNumbers.FindAllStringSubmatch(receipt, -1)
			if len(found) != 2 {
				c.Fatalf("no number and code without a cookie:\n%s", receipt)
			}
			m := told{found[0][1], found[1][1]}
			c.act(201, m, "accept", "pwd/head", nil)
			c.act(201, m, "ask", "pwd/head", map[string]any{"text": "Which side?"})
			track := b.get("/track")
			at, page := b.form(track, "/track", `name="code"`, url.Values{"number": {m.number}, "code": {m.code}})
			if !strings.Contains(page, secretWord) || !strings.Contains(page, "Which side?") {
				c.Fatalf("she does not see her matter at %s", at)
			}
			at, page = b.form(page, at, `value="supply"`, url.Values{"text": {"The north side"}})
			if !strings.Contains(page, "The north side") {
				c.Fatalf("her words are not taken at %s:\n%s", at, page)
			}
			c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "New lamp"})
			at, page = b.form(track, "/track", `name="code"`, url.Values{"number": {m.number}, "code": {m.code}})
			b.form(page, at, `value="confirm"`, url.Values{"solved": {"yes"}})
			c.status(m, "closed")
			// Whoever has not the code, or another, gets nothing of it by the same forms.
			for _, code := range []string{"", "0000-0000-0000-0000"} {
				a := c.form("/matters/"+m.number, "act", "attach", "text", "a stranger's words", "code", code)
				if a.StatusCode != 403 && a.StatusCode != 404 {
					c.Errorf("with the code %q a stranger acts: %d", code, a.StatusCode)
				}
			}
		}
	})
}
