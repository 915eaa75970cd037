package main

import (
	"html"
	"regexp"
	"strconv"
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

var cells = regexp.MustCompile(`<t([hd])[^>]*>([^<]*)</t[hd]>`)

// tables are those that open in a section of a page: rows of cells, the heads first.
func tables(page, section string) (out [][][]string) {
	_, of, _ := strings.Cut(page, `<section aria-labelledby="`+section+`"`)
	of, _, _ = strings.Cut(of, "</section>")
	for _, table := range strings.Split(of, "<details>")[1:] {
		var rows [][]string
		for _, row := range strings.Split(table, "<tr>")[1:] {
			var r []string
			for _, cell := range cells.FindAllStringSubmatch(row, -1) {
				r = append(r, html.UnescapeString(cell[2]))
			}
			rows = append(rows, r)
		}
		out = append(out, rows)
	}
	return out
}

// Every chart has a table with all that it draws, a formula and a link of its own.
func TestChartsHaveTables(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 300)
	c.tabled()
	m := c.report(lamp("x"))
	c.release(m, c.digests(m)["text/plain"])
	other := lamp("x")
	other["category"] = "graffiti.graffiti_removal"
	c.report(other)
	for _, lang := range []string{"en", "zh-Hans"} {
		whole := c.office("", lang, "/overview", nil).text
		of := tables(whole, "categories")
		if len(of) != 2 {
			t.Fatalf("%s: %d tables of categories", lang, len(of))
		}
		weekly, sums := of[0], of[1]
		if len(weekly) != 1+26 || len(weekly[0]) != len(sums) || len(sums) < 1+2 {
			t.Fatalf("%s: %d weeks of %q", lang, len(weekly)-1, weekly[0])
		}
		for i, category := range weekly[0][1:] {
			all := 0
			for _, week := range weekly[1:] {
				n, err := strconv.Atoi(week[1+i])
				if err != nil {
					t.Fatal(week, err)
				}
				all += n
			}
			if sum := sums[1+i]; sum[0] != category || sum[1] != strconv.Itoa(all) || weekly[25][1+i] != sum[2] {
				t.Errorf("%s: the weeks of %s come to %d, not to %v", lang, category, all, sum)
			}
		}
		v := c.site.VoiceIn(lang)
		formula, _, _ := strings.Cut(v.Say("face.chart_formula", "formula", "|"), "|")
		for path, id := range map[string]string{"/overview": "categories", "/figures": "by-month", "/figures/body/pwd": "by-month", "/matters/" + m.number + "/chain": "chain"} {
			page := c.office("", lang, path, nil).text
			for _, part := range []string{`<h2 id="` + id + `">`, `<a class="permalink" href="#` + id + `"`, strings.TrimSpace(formula), "<table"} {
				if !strings.Contains(page, part) {
					t.Errorf("%s in %s lacks %s", path, lang, part)
				}
			}
		}
	}
}

// What the realm wrote in its own language says which that is, on pages in another; on its own it says nothing.
func TestLawsSayTheirLanguage(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 30)
	m := c.report(lamp("x"))
	c.release(m, c.digests(m)["text/plain"])
	law := html.EscapeString(c.state(m).Law)
	if law == "" {
		t.Fatal("the row cites no law")
	}
	for _, path := range []string{"/duties?whole=yes", "/bodies/pwd", "/matters/" + m.number, "/matters/" + m.number + "/chain"} {
		for lang, marked := range map[string]bool{"en": false, "zh-Hans": true} {
			spans := regexp.MustCompile(`<span class="why"([^>]*)>`+regexp.QuoteMeta(law)+`</span>`).FindAllStringSubmatch(c.office("", lang, path, nil).text, -1)
			if len(spans) == 0 {
				t.Errorf("%s in %s shows no law", path, lang)
			}
			for _, s := range spans {
				if strings.Contains(s[1], `lang="en"`) != marked || strings.Contains(s[1], "lang=") != marked {
					t.Errorf("%s in %s: a law is marked as%q", path, lang, s[1])
				}
			}
		}
	}
}
