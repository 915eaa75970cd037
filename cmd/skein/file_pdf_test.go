package main

import (
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"skein/internal/pgtest"
)

// read is the text of a PDF, as a program of another make finds it, without spaces.
func (c *city) read(pdf string) string {
	c.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv(pgtest.RequireVar) != "" {
			c.Fatal("pdftotext is missing: apt-get install poppler-utils")
		}
		c.Skip("pdftotext is missing")
	}
	file := filepath.Join(c.TempDir(), "a.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		c.Fatal(err)
	}
	out, err := exec.Command(tool, "-enc", "UTF-8", file, "-").Output()
	if err != nil {
		c.Fatal(err)
	}
	return unspaced(string(out))
}

func unspaced(s string) string { return strings.Join(strings.Fields(s), "") }

var (
	saidOnPage = regexp.MustCompile(`(?s)<(h1|h3|p|blockquote|li|dd)[ >][^<]*`)
	tags       = regexp.MustCompile(`<[^>]*>`)
)

// The file as a PDF says what the page says, to those to whom the page says it, and is written down like it.
func TestFileAsPDF(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		fields := lamp("Quillwort stands in the yard. 院子里有水韭。")
		fields["visibility"], fields["contact"] = "private", object{"name": "Petra Holm", "phone": "617-555-0134"}
		m := c.report(fields)
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "ask", "pwd/head", object{"text": "Which yard?"})
		page, pdf := "/matters/"+m.number+"/file", "/matters/"+m.number+"/file.pdf"

		// refused alike
		for _, who := range []string{"", "code:" + m.code, "code:none", "btdt/head", "park/head", "info/desk", "review/first", "coord/chair", "court/judge", "pwd/head"} {
			shown, given := c.do("GET", page, who, nil), c.do("GET", pdf, who, nil)
			if shown.status != given.status || (given.status == 200) != strings.HasPrefix(given.text, "%PDF-") {
				t.Errorf("%q gets the page with %d and the PDF with %d", who, shown.status, given.status)
			}
			if given.status != 200 && strings.Contains(given.text, "Quillwort") {
				t.Errorf("%q is refused and reads it", who)
			}
		}

		// written down alike
		c.minutes(5)
		theirs := func() (n int) {
			for _, r := range c.readings(m) {
				if r == "post:pwd/head matter.lead_works handling question,text" {
					n++
				}
			}
			return n
		}
		before := theirs()
		c.must(200, "GET", page, "pwd/head", nil)
		c.minutes(5)
		a := c.must(200, "GET", pdf, "pwd/head", nil)
		if after := theirs(); before == 0 || after != before+2 {
			t.Errorf("the page and the PDF are recorded as %d readings", after-before)
		}
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%v", a.header)
		}

		// the same text
		text, whole := c.read(a.text), c.must(200, "GET", page, "pwd/head", nil).text
		for _, want := range []string{"Quillwort stands in the yard.", "院子里有水韭。", "Which yard?", m.number} {
			if !strings.Contains(text, unspaced(want)) {
				t.Errorf("the PDF does not say %q", want)
			}
		}
		main := whole[strings.Index(whole, "<h1>"):]
		main = main[:strings.Index(main, "</main>")]
		compared := 0
		for _, said := range saidOnPage.FindAllString(main, -1) {
			said = unspaced(html.UnescapeString(tags.ReplaceAllString(said, "")))
			if i := strings.Index(said, ">"); i >= 0 {
				said = said[i+1:]
			}
			if said == "" {
				continue
			}
			if compared++; !strings.Contains(text, said) {
				t.Errorf("the page says %q, the PDF does not", said)
			}
		}
		if compared < 10 {
			t.Errorf("only %d sentences were compared", compared)
		}
		for _, secret := range []string{"PetraHolm", "617-555-0134"} { // who may not ask how she can be reached by the page is not told by the PDF
			if strings.Contains(text, secret) {
				t.Errorf("the PDF says %s", secret)
			}
		}

		// what cannot be written down is not given out
		c.minutes(5)
		c.do2("DROP TABLE access_readings")
		if a := c.do("GET", pdf, "pwd/head", nil); a.status == 200 || strings.HasPrefix(a.text, "%PDF-") {
			t.Errorf("without a record the PDF is given out: %d", a.status)
		}
	})
}
