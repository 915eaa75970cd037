package open311

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"
)

// A resource with everything: what XML and JSON make of it, to the byte.
func TestWrite(t *testing.T) {
	write := func(f format) string {
		o := newOut(f, 0)
		o.list("rows", "row", 2, func(i int) {
			o.text("name", []string{`a<b>&"c"`, ""}[i])
			o.maybe("note", []string{"n", ""}[i])
			o.raw("lat", []string{"1.5", ""}[i])
			o.truth("yes", i == 0)
			o.number("code", 400+i)
			o.within("more", func() {
				o.object("more", func() { o.text("x", "1"); o.texts("all", "one", []string{"p", "q"}[:2*i]) })
			})
			o.within("list", func() { o.list("list", "item", i, func(int) { o.text("y", "2") }) })
			o.text("last", "z")
		})
		return string(o.b)
	}
	for f, want := range map[format]string{
		formatJSON: `[{"name":"a\u003cb\u003e\u0026\"c\"","note":"n","lat":1.5,"yes":true,"code":400,"more":{"x":"1","all":[]},"list":[],"last":"z"},` +
			`{"name":"","yes":false,"code":401,"more":{"x":"1","all":["p","q"]},"list":[{"y":"2"}],"last":"z"}]`,
		formatXML: `<?xml version="1.0" encoding="utf-8"?>` + "\n" +
			`<rows><row><name>a&lt;b&gt;&amp;&#34;c&#34;</name><note>n</note><lat>1.5</lat><yes>true</yes><code>400</code><more><x>1</x><all></all></more><list></list><last>z</last></row>` +
			`<row><name></name><note></note><lat></lat><yes>false</yes><code>401</code><more><x>1</x><all><one>p</one><one>q</one></all></more><list><item><y>2</y></item></list><last>z</last></row></rows>`,
	} {
		if got := write(f); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", f, got, want)
		}
	}
	o := newOut(formatJSON, 0)
	o.list("rows", "row", 0, nil)
	if string(o.b) != "[]" {
		t.Errorf("nothing is %s", o.b)
	}
}

// Whatever a text holds, both formats stay whole and give it back.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", `"\</script>&'`, "灯坏了", "a\nb\tc\r", "\x00\x1b\x7f", "\u2028\u2029", "\xff\xfe", "]]>", "\ufffe\uffff", "\u202e", "😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		raw := appendJSON(nil, s)
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatalf("%q is no JSON: %v", raw, err)
		}
		var want string
		std, _ := json.Marshal(s)
		json.Unmarshal(std, &want)
		if back != want {
			t.Errorf("%q came back as %q, want %q", s, back, want)
		}
		if strings.ContainsAny(string(raw), "<>&\n\u2028\u2029") || !utf8.Valid(raw) {
			t.Errorf("%q stands bare in %q", s, raw)
		}
		var n struct {
			Text string `xml:",chardata"`
		}
		doc := append(appendXML([]byte("<a>"), s), "</a>"...)
		if err := xml.Unmarshal(doc, &n); err != nil {
			t.Fatalf("%q is no XML: %v", doc, err)
		}
		kept := strings.Map(func(r rune) rune {
			if r == 0x9 || r == 0xa || r == 0xd || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 {
				return r
			}
			return utf8.RuneError
		}, want)
		if n.Text != kept {
			t.Errorf("XML: %q came back as %q, want %q", s, n.Text, kept)
		}
	})
}
