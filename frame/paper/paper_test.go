package paper

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"skein/internal/pgtest"
)

func say(key string, args ...any) string { return key + fmt.Sprint(args...) }

func sample(lang string) Document {
	d := Document{Title: "Report of a month 2011年12月", Lang: lang, Author: "Boston", Made: time.Date(2012, 1, 2, 3, 4, 5, 0, time.UTC), Footer: "Boston · 波士顿", Say: say}
	d.Blocks = []Block{
		Heading{2, "一、概况"},
		Text("本月共受理事项一万二千三百四十五件，其中按期办结的占百分之八十。" + strings.Repeat("办结率按到期事项计算，不足十件的不列比例。", 12)),
		Paragraph{{Text: "A sentence with "}, {Text: "a link that goes somewhere", Href: "https://example.org/figures"}, {Text: " and goes on. " + strings.Repeat("Words that run on. ", 30)}},
		List{Text("first point"), Text(strings.Repeat("第二点。", 60))},
		Quiet{{Text: strings.Repeat("0123456789abcdef", 12)}},
	}
	t := Table{Caption: "By body", Columns: []Column{{Title: "Body"}, {Title: "Reported", Right: true}, {Title: "On time"}}}
	for i := range 90 {
		t.Rows = append(t.Rows, []string{fmt.Sprintf("Body %d 公共工程局", i), fmt.Sprint(i * 17), "84.1 % (83.0 to 85.2 of 1,234)"})
	}
	t.Rows = append(t.Rows, []string{"long", "1", strings.Repeat("这一格的文字很长，要跨页。", 400)})
	d.Blocks = append(d.Blocks, t, Table{Columns: []Column{{}, {}}, Rows: [][]string{{"Digest", strings.Repeat("ab", 32)}}}, Text("end of it"))
	return d
}

func write(t *testing.T, d Document) []byte {
	t.Helper()
	file, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// text is what a reader of another make finds in a file.
func text(t *testing.T, file []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv(pgtest.RequireVar) != "" {
			t.Fatal("pdftotext is missing: apt-get install poppler-utils")
		}
		t.Skip("pdftotext is missing")
	}
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestSameBytes(t *testing.T) {
	first := write(t, sample("zh-Hans"))
	for range 3 {
		if !bytes.Equal(first, write(t, sample("zh-Hans"))) {
			t.Fatal("the same document gave other bytes")
		}
	}
	if len(first) > 200_000 {
		t.Errorf("%d bytes: the font is not cut down to what is used", len(first))
	}
	other := sample("zh-Hans")
	other.Blocks = append(other.Blocks, Text("x"))
	if bytes.Equal(first, write(t, other)) {
		t.Error("another document gave the same bytes")
	}
	for _, want := range []string{"/Lang (zh-Hans)", "/CreationDate (D:20120102030405)", "/ModDate (D:20120102030405)", "/Outlines", "https://example.org/figures"} {
		if !bytes.Contains(first, []byte(want)) {
			t.Errorf("the file has no %s", want)
		}
	}
}

func TestText(t *testing.T) {
	d := sample("en")
	d.Blocks = append(d.Blocks, Text("A face 😀 and مرحبا"))
	got := text(t, write(t, d))
	flat := strings.Join(strings.Fields(got), "")
	for _, want := range []string{
		"Reportofamonth2011年12月", "一、概况", "不足十件的不列比例。", "alinkthatgoessomewhere", "Body89公共工程局", "[U+1F600]", "[U+0645]", "paper.missingcount6", "endofit", strings.Repeat("ab", 32),
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q cannot be found in the file, which ends %q", want, flat[max(0, len(flat)-300):])
		}
	}
	if n := strings.Count(flat, "这一格的文字很长，要跨页。"); n < 380 { // a page's end may stand within one
		t.Errorf("of 400 repetitions in a cell over pages %d are there", n)
	}
	pages := strings.Count(got, "\f")
	if heads := strings.Count(flat, "BodyReportedOntime"); heads < pages-3 || heads < 2 {
		t.Errorf("the head of a table over %d pages stands there %d times", pages, heads)
	}
	if last := fmt.Sprintf("paper.pagepage%dof%d", pages, pages); !strings.Contains(flat, last) {
		t.Errorf("no page says that there are %d", pages)
	}
}

func TestLines(t *testing.T) {
	width := func(s string) float64 { return float64(len([]rune(s))) }
	for _, c := range []struct {
		in   string
		most float64
		want []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"办结率，按期。", 3, []string{"办结", "率，按", "期。"}},
		{"办结率，", 3, []string{"办结", "率，"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"a\n\nb", 9, []string{"a", "", "b"}},
		{"", 9, []string{""}},
		{"宽", 0.5, []string{"宽"}},
	} {
		var got []string
		for _, l := range lines([]Span{{Text: c.in}}, c.most, width) {
			text := ""
			for _, r := range l {
				text += r.text
			}
			got = append(got, text)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%q in %v: %q, want %q", c.in, c.most, got, c.want)
		}
	}
}

// TestSample leaves the sample where SKEIN_PAPER says, to be looked at.
func TestSample(t *testing.T) {
	file := write(t, sample("en"))
	if name := os.Getenv("SKEIN_PAPER"); name != "" {
		if err := os.WriteFile(name, file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A file is written with the smallest font that has its characters, wherever in it they stand; one that no font has is written as its number.
func TestFonts(t *testing.T) {
	paragraph := func(text string) Document { return Document{Title: "t", Blocks: []Block{Text("x"), Text(text)}} }
	for _, c := range []struct {
		d    Document
		want string
		font int
	}{
		{paragraph("The lamp is out, Ünïcode €"), "lamp", 0},
		{paragraph("路灯不亮，Ünïcode €"), "路灯不亮", 1},
		{paragraph("\U0001F600 is no letter"), "[U+1F600]", 0},
		{paragraph("㐂与喆，镕基"), "喆", 2},
		{paragraph("\u0645"), "[U+0645]", 2},
		{Document{Title: "路灯"}, "路灯", 1},
		{paragraph("a\u3000b"), "b", 1},
		{Document{Title: "t", Footer: "路灯"}, "路灯", 1},
	} {
		c.d.Lang, c.d.Say, c.d.Made = "zh-Hans", say, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) // without a time a file is of now
		for i, f := range fonts[:c.font+1] {
			if _, rare, err := c.d.write(f); err != nil || rare != (i < c.font || c.font == 2 && c.want[0] == '[') {
				t.Errorf("%s: with font %d something is missing: %v, %v", c.want, i, rare, err)
			}
		}
		file := write(t, c.d)
		if said := text(t, file); !strings.Contains(said, c.want) {
			t.Errorf("the file says %s, not %s", said, c.want)
		}
		if smallest, _, _ := c.d.write(fonts[c.font]); !bytes.Equal(file, smallest) {
			t.Errorf("%s: the file is not written with font %d", c.want, c.font)
		}
	}
}

func BenchmarkPDF(b *testing.B) {
	rare := sample("en")
	rare.Blocks = append(rare.Blocks, Text("喆"))
	page := func(text string) Document { return Document{Lang: "en", Say: say, Blocks: []Block{Text(text)}} }
	for name, d := range map[string]Document{"common": sample("en"), "rare": rare, "a page": page("The lamp is out"), "a page in Chinese": page("路灯不亮")} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.PDF(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Photos stand in the file as they are, whole on a page, the same one stored once; what is no JPEG leaves no file.
func TestPhotos(t *testing.T) {
	jpegOf := func(width, height int) []byte {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	wide, tall, tiny := jpegOf(1600, 400), jpegOf(300, 2000), jpegOf(40, 30)
	d := sample("en")
	d.Blocks = append(d.Blocks, Photo{wide, "wide 照片"}, Photo{tall, "tall"}, Photo{tall, "tall again"}, Photo{tiny, "tiny"}, Text("after them"))
	file := write(t, d)
	for name, photo := range map[string][]byte{"wide": wide, "tall": tall, "tiny": tiny} {
		if n := bytes.Count(file, photo); n != 1 {
			t.Errorf("the %s photo is in the file %d times", name, n)
		}
	}
	if !bytes.Equal(file, write(t, d)) {
		t.Error("the same photos give other bytes")
	}
	said := text(t, file)
	for _, caption := range []string{"wide 照片", "tall again", "tiny", "after them"} {
		if !strings.Contains(said, caption) {
			t.Errorf("the file does not say %q", caption)
		}
	}
	d.Blocks = append(d.Blocks, Photo{[]byte("no JPEG"), "x"})
	if file, err := d.PDF(); err == nil || len(file) != 0 {
		t.Error("a file with a broken photo is given out")
	}
}
