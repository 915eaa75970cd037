package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
)

// A resident and a handler by keyboard alone: a category that was suggested is overruled, "mine too" joins an open matter nearby, a matter is
// followed, confirmed and reopened from one page, objected to with its ground, extended with a reason; and everyone takes the open data away.
func TestJobsInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 100)
	c.site.PublicURL = c.url
	main := c.report(lamp("The street light is out at the corner"))
	c.release(main, c.digests(main)["text/plain"])
	var ways []object
	for _, lang := range []string{"en", "zh-Hans"} {
		for _, script := range []bool{true, false} {
			width, scheme := 1280, "light"
			if script == (lang == "zh-Hans") {
				width, scheme = 360, "dark"
			}
			answered, objected, working := c.report(lamp("One lamp")), c.report(lamp("Two lamps")), c.report(lamp("Three lamps"))
			stage(c, answered, "answered")
			stage(c, working, "working")
			ways = append(ways, object{
				"lang": lang, "main": main.number, "objected": objected.number, "working": working.number,
				"answered": object{"number": answered.number, "code": answered.code},
				"browser":  object{"javaScriptEnabled": script, "width": width, "scheme": scheme, "viewport": object{"width": width, "height": 900}},
			})
		}
	}
	told, err := json.Marshal(object{"address": c.url, "handler": c.key("pwd/head"), "ways": ways})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "jobs.json")
	if err := os.WriteFile(file, told, 0o600); err != nil {
		t.Fatal(err)
	}
	c.reactingWhile(func() { browser.Run(t, "jobs_test.mjs", file) })
	c.holds()
}
