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

var photoOnPage = regexp.MustCompile(`<img src="(/(?:matters|photos)/[^"]+)"`)

// The photos of a file are in its PDF: those that its reader sees on the page, byte by byte, and their reading is written down. Without that
// there is no file.
func TestPhotosInFile(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		for _, visibility := range []string{"public", "private"} {
			fields := lamp("The lamp is dark.")
			fields["visibility"] = visibility
			m := c.report(fields)
			c.photo(m)
			c.act(201, m, "accept", "pwd/head", nil)
			page, pdf := "/matters/"+m.number+"/file", "/matters/"+m.number+"/file.pdf"
			shown := photoOnPage.FindAllStringSubmatch(c.must(200, "GET", page, "pwd/head", nil).text, -1)
			if len(shown) != 1 {
				t.Fatalf("%d photos on the page", len(shown))
			}
			photo := c.must(200, "GET", shown[0][1], "pwd/head", nil).text
			c.minutes(5)
			read := func() (n int) {
				for _, r := range c.readings(m) {
					if strings.HasPrefix(r, "post:pwd/head") && strings.Contains(r, "photo") {
						n++
					}
				}
				return n
			}
			before := read()
			file := c.must(200, "GET", pdf, "pwd/head", nil).text
			if !strings.Contains(file, photo) || strings.Contains(c.read(file), unspaced("not in this file")) {
				t.Errorf("%s: the photo is not in the PDF", visibility)
			}
			if after := read(); after != before+1 {
				t.Errorf("%s: the photo's reading is written down %d times", visibility, after-before)
			}
			if visibility == "public" { // released, it is read by everyone and written down for nobody
				for _, digest := range c.digests(m) {
					c.release(m, digest)
				}
				c.minutes(5)
				before = read()
				if file := c.must(200, "GET", pdf, "pwd/head", nil).text; !strings.Contains(file, photo) {
					t.Error("the released photo is not in the PDF")
				}
				if after := read(); after != before {
					t.Error("what everyone may see is written down as read")
				}
			}
			c.minutes(5)
		}
		m := c.report(lamp("x"))
		c.photo(m)
		c.act(201, m, "accept", "pwd/head", nil)
		c.do2("DROP TABLE access_readings")
		if a := c.do("GET", "/matters/"+m.number+"/file.pdf", "pwd/head", nil); a.status == 200 || strings.HasPrefix(a.text, "%PDF-") {
			t.Errorf("without a record the PDF is given out: %d", a.status)
		}
	})
}
