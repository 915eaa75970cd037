package main

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"skein/frame/calendar"
)

var entries = regexp.MustCompile(`(?s)<article class="entry" id="row-([^"]+)">.*?</article>`)

// The responsibility list as a book says of each row by when: by the row's own limits, or by those the clock of a matter takes then.
func TestBookSaysByWhen(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 30)
	s := c.state(c.report(lamp("x")))
	fields := lamp("x")
	fields["category"] = wages
	own := c.state(c.report(fields))
	if s.Resolution.Default || !own.Resolution.Default {
		t.Fatalf("of the two rows, %s should have a limit and %s none", s.Row, own.Row)
	}
	for _, lang := range []string{"en", "zh-Hans"} {
		v := c.site.VoiceIn(lang)
		book := c.office("", lang, "/duties?whole=yes", nil).text
		rows := map[string]string{}
		for _, e := range entries.FindAllStringSubmatch(book, -1) {
			rows[html.UnescapeString(e[1])] = html.UnescapeString(e[0])
			for _, what := range []string{"resolution", "response", "objection"} {
				said := strings.TrimSuffix(v.Say("duty.pages.limit_"+what, "limit", ""), " ")
				if !regexp.MustCompile(regexp.QuoteMeta(said) + ` ?[1-9]`).MatchString(e[0]) {
					t.Errorf("%s: %s does not say by when (%s)", lang, e[1], what)
				}
			}
		}
		if len(rows) < 100 {
			t.Fatalf("%d rows", len(rows))
		}
		for _, x := range []struct {
			row, key string
			limit    string
		}{
			{s.Row, "duty.pages.limit_resolution", string(s.Resolution.Limit)},
			{own.Row, "duty.pages.limit_resolution_own", string(own.Resolution.Limit)},
		} {
			limit, err := calendar.ParseLimit(x.limit)
			if want := v.Say(x.key, "limit", limit); err != nil || !strings.Contains(rows[x.row], ">"+want+"<") {
				t.Errorf("%s: the row %s does not say %q", lang, x.row, want)
			}
		}
	}
}

// The whole picture and the holes in the list are found by those who look where they belong, without a post.
func TestWholeIsLinked(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 30)
	for _, at := range []struct{ page, to string }{{"/", "/overview"}, {"/figures", "/overview"}, {"/figures/body/pwd", "/overview"}, {"/duties", "/duties/check"}} {
		for _, lang := range []string{"en", "zh-Hans"} {
			if a := c.office("", lang, at.page, nil); a.status != 200 || !strings.Contains(a.text, `<a href="`+at.to+`">`) {
				t.Errorf("%s in %s (%d) does not lead to %s", at.page, lang, a.status, at.to)
			}
			if a := c.office("", lang, at.to, nil); a.status != 200 {
				t.Errorf("%s in %s: %d", at.to, lang, a.status)
			}
		}
	}
}
