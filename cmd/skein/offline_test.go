package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/internal/browser"
	"skein/rooms/matter"
)

// What the worker keeps is the same for everybody, and what a browser is told of the site comes in the reader's language.
func TestInstallable(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	p := c.reader()
	worker := p.get("/sw.js")
	if worker.status != 200 || worker.header.Get("Cache-Control") != "no-cache" || !strings.HasPrefix(worker.header.Get("Content-Type"), "text/javascript") {
		t.Error(worker.status, worker.header)
	}
	for lang, want := range map[string]string{"en": "Report a problem", "zh-Hans": "反映问题"} {
		var m struct {
			Name      string
			Lang      string
			Start     string `json:"start_url"`
			Icons     []struct{ Src string }
			Shortcuts []struct{ Name, URL string }
		}
		got := p.get("/manifest.webmanifest?lang=" + lang)
		if err := json.Unmarshal([]byte(got.html), &m); err != nil || m.Lang != lang || m.Name == "" || m.Start != "/" || len(m.Icons) == 0 || !strings.Contains(got.html, want) {
			t.Error(err, got.html)
		}
		if icon := p.get(m.Icons[0].Src); icon.status != 200 {
			t.Error("no icon:", icon.status)
		}
	}
	m := p.fill("/report", map[string]string{"text": "x", "place": "ward-03", "once": p.get("/report").once()}).receipt(t)
	p.get("/report/offline").lacks(t, m.number, m.code, "data-map")
}

func TestOfflineInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	c := newCity(t, "", 30)
	c.site.PublicURL = c.url
	photo := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(photo, picture(t), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := c.pagesAPI().List(t.Context(), matter.Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	browser.Run(t, "offline_test.mjs", c.url, photo)
	after, err := c.pagesAPI().List(t.Context(), matter.Filter{Limit: 100})
	if err != nil || len(after) != len(before)+2 { // one for each language: nothing arrived twice
		t.Errorf("%d matters, and %d before (%v)", len(after), len(before), err)
	}
	c.holds()
}
