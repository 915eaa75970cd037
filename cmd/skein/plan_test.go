package main

import (
	"compress/gzip"
	"html"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"skein/face/front"
	"skein/internal/pgtest"
)

var planSpots = regexp.MustCompile(`<a href="(/matters\?[^"]+)" aria-label="([^"]+)"><circle[^>]*></circle> ?<text[^>]*>([\d,]+)</text>`)

// Each number of the plan is how many matters the list behind it has, private ones left out, in both languages.
func TestPlan(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 300)
	hidden := lamp("x")
	hidden["visibility"] = "private"
	c.report(hidden)
	c.report(lamp("A lamp"))
	for _, lang := range []string{"en", "zh-Hans"} {
		page := c.reader()
		page.lang = lang
		shown := planSpots.FindAllStringSubmatch(page.get("/").html, -1)
		if len(shown) < 10 {
			t.Fatalf("%d places on the plan", len(shown))
		}
		for _, spot := range shown {
			path := html.UnescapeString(spot[1])
			listed := 0
			for path != "" {
				list := page.get(path)
				listed += strings.Count(list.html, "<h3>")
				next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(list.html)
				path = ""
				if next != nil {
					path = html.UnescapeString(next[1])
				}
			}
			if spot[3] != strconv.Itoa(listed) || !strings.Contains(spot[2], spot[3]) {
				t.Errorf("%s: %s on the plan, called %q, and %d in the list", spot[1], spot[3], spot[2], listed)
			}
		}
	}
}

// The front page and all that it loads by itself stay below 60 kB as they are sent; the map that moves is loaded by who asks for it.
func TestFrontPageIsSmall(t *testing.T) {
	t.Parallel()
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 300)
	for _, lang := range []string{"en", "zh-Hans"} {
		r, err := http.NewRequest("GET", c.url+"/?lang="+lang, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Encoding", "gzip")
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.Header.Get("Content-Encoding") != "gzip" {
			t.Fatal(res.Header, err)
		}
		unpacked, err := gzip.NewReader(strings.NewReader(string(sent)))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(unpacked)
		if err != nil {
			t.Fatal(err)
		}
		whole := len(sent)
		seen := map[string]bool{}
		for _, asset := range regexp.MustCompile(`(?:src|href)="`+front.Prefix+`([^"]+)"`).FindAllStringSubmatch(string(page), -1) {
			if seen[asset[1]] {
				continue
			}
			seen[asset[1]] = true
			info, err := fs.Stat(front.FS(), asset[1]+".gz")
			if err != nil {
				t.Fatal(err)
			}
			whole += int(info.Size())
		}
		if len(seen) < 3 || whole > 60_000 {
			t.Errorf("%s: %d bytes with %d files", lang, whole, len(seen))
		}
		t.Logf("%s: %d bytes, of which the page is %d", lang, whole, len(sent))
	}
}
