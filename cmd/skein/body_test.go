package main

import (
	"regexp"
	"strings"
	"testing"
)

var listed = regexp.MustCompile(`<span class="number">(\d{3}-\d{3}-\d{4})</span>`)

// The page of a body shows its own open matters with their clocks, ten at a time, and no others.
func TestOpenMattersOfABody(t *testing.T) {
	onBothEngines(t, 300, func(c *city) {
		p := c.reader()
		hidden := lamp("Dark")
		hidden["visibility"] = "private"
		secret := c.report(hidden)
		for range 12 {
			c.report(lamp("Dark"))
		}
		newest := c.report(lamp("Dark"))
		seen := map[string]bool{}
		var want int
		if err := c.app.db.R.QueryRow("SELECT count(*) FROM matters WHERE lead = 'pwd' AND visibility <> 'private' AND status IN ('received', 'assigned', 'objected', 'working', 'paused')").Scan(&want); err != nil {
			c.Fatal(err)
		}
		next := regexp.MustCompile(`rel="next" href="([^"#]+)#open"`)
		for path := "/bodies/pwd"; path != ""; {
			page := p.get(path)
			numbers := listed.FindAllStringSubmatch(page.html, -1)
			if len(seen) == 0 && (len(numbers) != 10 || numbers[0][1] != newest.number) {
				c.Fatalf("%s: %v", path, numbers)
			}
			for _, m := range numbers {
				if seen[m[1]] || m[1] == secret.number {
					c.Fatalf("%s: %s", path, m[1])
				}
				seen[m[1]] = true
			}
			if strings.Count(page.html, `class="due"`) != len(numbers) {
				t.Errorf("%s: not every open matter has its clock", path)
			}
			if path != "/bodies/pwd" {
				page.has(t, `href="/bodies/pwd#open"`)
			}
			path = ""
			if m := next.FindStringSubmatch(page.html); m != nil {
				path = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		if len(seen) != want {
			t.Errorf("%d open matters of %d", len(seen), want)
		}
		for _, bad := range []string{"x", "000-000-0000", "<script>"} {
			if got := p.get("/bodies/pwd?after=" + bad); got.status != 422 && got.status != 404 && got.status != 400 {
				t.Errorf("%s: %d", bad, got.status)
			}
		}
		empty := p.get("/bodies/court")
		empty.has(t, "No public matter is open")
		if got := p.get("/bodies/coord"); strings.Contains(got.html, `id="open"`) {
			t.Error("who answers for no matter lists some")
		}
		// A finding names the matter of the act that it is about as people write numbers.
		found := c.must(201, "POST", "/api/findings", "review/first", map[string]any{"kind": "act", "thing": c.newestAct(), "why": "x"})
		page := p.get("/findings/" + found.get("finding"))
		if !regexp.MustCompile(`href="/matters/(\d{3}-\d{3}-\d{4})">(\d{3}-\d{3}-\d{4})</a>`).MatchString(page.html) {
			t.Error("a finding does not write its matter's number as others do")
		}
	})
}
