package main

import (
	"strings"
	"testing"

	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
)

// A finding of fault in a browser, by keyboard, in both languages: notice, reply, decision, appeal, reversal; and one that stood is off the
// public pages when its year is over, the clock's own act not waited for.
func TestFaultInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 30)
	c.site.PublicURL = c.url
	var merits []string
	for range 4 {
		f, _ := c.proposed("fault")
		merits = append(merits, f)
	}
	args := func(stage string) []string {
		return append([]string{c.url, stage, c.key("pwd/head") + "," + c.key("coord/chair") + "," + c.key("review/first")}, merits...)
	}
	c.reactingWhile(func() { browser.Run(t, "merit_test.mjs", args("stands")...) })
	for i, f := range merits {
		want := map[bool]string{true: "quashed", false: "stands"}[i%2 == 0]
		if a := c.must(200, "GET", "/api/merits/"+f, "", nil); a.get("status") != want {
			t.Errorf("%d: %s", i, a.text)
		}
	}
	*c.now = c.now.Add(366 * day)
	browser.Run(t, "merit_test.mjs", args("gone")...)
	c.turn(0)
	c.holds()
}

// Bodies and figures lead to what was found of bodies, that of the body alone where it is one body's page.
func TestMeritsAreFound(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	for path, link := range map[string]string{
		"/bodies/pwd": `href="/merits?body=pwd"`, "/figures/body/pwd": `href="/merits?body=pwd"`, "/figures": `href="/merits"`,
	} {
		if page := c.must(200, "GET", path, "", nil).text; !strings.Contains(page, link) {
			t.Errorf("%s does not lead to %s", path, link)
		}
	}
	for _, path := range []string{"/merits", "/figures", "/reports"} {
		if page := c.must(200, "GET", path, "", nil).text; strings.Count(page, `<a href="/figures" aria-current="true">`) != 1 {
			t.Errorf("%s is not marked in the navigation", path)
		}
	}
}
