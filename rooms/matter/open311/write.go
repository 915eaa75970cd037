package open311

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf8"
)

// format is XML or JSON.
type format string

const (
	formatXML  format = "xml"
	formatJSON format = "json"
)

var mediaTypes = map[format]string{
	formatXML:  "text/xml; charset=utf-8",
	formatJSON: "application/json; charset=utf-8",
}

// out writes a document in one of the formats. JSON is XML without the names of root and
// items (the Spark convention), save that a field without a value is left out or empty.
type out struct {
	format format
	b      []byte
	comma  bool // the next JSON value needs one
}

func newOut(f format, size int) *out {
	o := &out{format: f, b: make([]byte, 0, size)}
	if f == formatXML {
		o.b = append(o.b, `<?xml version="1.0" encoding="utf-8"?>`+"\n"...)
	}
	return o
}

// list writes n items: <root><item>…</item></root>, or an array.
func (o *out) list(root, item string, n int, each func(i int)) {
	if o.format == formatXML {
		o.tag(root)
		for i := range n {
			if item != "" {
				o.tag(item)
			}
			each(i)
			if item != "" {
				o.end(item)
			}
		}
		o.end(root)
		return
	}
	o.b = append(o.b, '[')
	o.comma = false
	for i := range n {
		o.sep()
		o.b = append(o.b, '{')
		o.comma = false
		each(i)
		o.b = append(o.b, '}')
		o.comma = true
	}
	o.b = append(o.b, ']')
	o.comma = true
}

// object writes a root that is one object.
func (o *out) object(root string, fields func()) {
	if o.format == formatXML {
		o.tag(root)
		fields()
		o.end(root)
		return
	}
	o.b = append(o.b, '{')
	o.comma = false
	fields()
	o.b = append(o.b, '}')
	o.comma = true
}

// within writes a list or an object as a field.
func (o *out) within(name string, value func()) {
	o.name(name)
	value()
}

// texts writes a field that is a list of texts.
func (o *out) texts(name, item string, values []string) {
	if o.format == formatXML {
		o.tag(name)
		for _, v := range values {
			o.text(item, v)
		}
		o.end(name)
		return
	}
	o.name(name)
	o.b = append(o.b, '[')
	for i, v := range values {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = appendJSON(o.b, v)
	}
	o.b = append(o.b, ']')
}

// text writes a field that is always there.
func (o *out) text(name, value string) {
	if o.format == formatXML {
		o.tag(name)
		o.b = appendXML(o.b, value)
		o.end(name)
		return
	}
	o.name(name)
	o.b = appendJSON(o.b, value)
}

// maybe writes a field that JSON leaves out where it has no value.
func (o *out) maybe(name, value string) {
	if value != "" || o.format == formatXML {
		o.text(name, value)
	}
}

// raw writes a number or a truth; "" is no value.
func (o *out) raw(name, value string) {
	if o.format == formatXML {
		o.tag(name)
		o.b = append(o.b, value...)
		o.end(name)
	} else if value != "" {
		o.name(name)
		o.b = append(o.b, value...)
	}
}

func (o *out) truth(name string, value bool) { o.raw(name, strconv.FormatBool(value)) }

func (o *out) number(name string, value int) { o.raw(name, strconv.Itoa(value)) }

func (o *out) tag(name string) {
	o.b = append(o.b, '<')
	o.b = append(o.b, name...)
	o.b = append(o.b, '>')
}

func (o *out) end(name string) {
	o.b = append(o.b, '<', '/')
	o.b = append(o.b, name...)
	o.b = append(o.b, '>')
}

func (o *out) sep() {
	if o.comma {
		o.b = append(o.b, ',')
	}
}

// name begins a field of JSON; in XML a list or object inside has a tag of its own.
func (o *out) name(name string) {
	if o.format == formatXML {
		return
	}
	o.sep()
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
	o.comma = true
}

// appendXML escapes a text; what XML 1.0 cannot hold becomes U+FFFD.
func appendXML(b []byte, s string) []byte {
	if plainXML(s) {
		return append(b, s...)
	}
	var w bytes.Buffer
	xml.EscapeText(&w, []byte(s)) // a buffer takes everything
	return append(b, w.Bytes()...)
}

func plainXML(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || strings.IndexByte(`<>&'"`, c) >= 0 {
			return false
		}
	}
	return true
}

const hexDigits = "0123456789abcdef"

// appendJSON writes a text as a JSON string that also stands safely inside HTML.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '"' || c == '\\':
				b = append(b, '\\', c)
			case c == '\n':
				b = append(b, '\\', 'n')
			case c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&':
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
			default:
				b = append(b, c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, "\ufffd"...)
		case r == 0x2028 || r == 0x2029:
			b = append(b, '\\', 'u', '2', '0', '2', hexDigits[r&0xf])
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return append(b, '"')
}
