package shares

import (
	"bytes"
	"strings"
)

// rows splits a text into lines of fields parted by semicolons, as Pabulib writes them.
type rows struct {
	text []byte
	raw  string // the row just read, trimmed
	line int    // and its number, from 1
	next int    // of the row to come
}

// row returns the next line's fields, trimmed; done at the end of the text. A field that
// begins with a quotation mark runs to its partner, in which two marks are one and a
// semicolon is text; it may not run on into another line.
func (r *rows) row() (fields []string, unclosed, done bool) {
	if len(r.text) == 0 {
		return nil, false, true
	}
	r.next++
	r.line = r.next
	line := r.text
	if at := bytes.IndexByte(r.text, '\n'); at >= 0 {
		line, r.text = r.text[:at], r.text[at+1:]
	} else {
		r.text = nil
	}
	s := strings.TrimSpace(strings.ReplaceAll(string(line), "\r", " "))
	r.raw = s
	if s == "" {
		return nil, false, false
	}
	for {
		s = strings.TrimLeft(s, " \t\u00a0")
		if !strings.HasPrefix(s, `"`) {
			field, rest, more := strings.Cut(s, ";")
			fields = append(fields, strings.TrimSpace(field))
			if !more {
				return fields, false, false
			}
			s = rest
			continue
		}
		var b strings.Builder
		s = s[1:]
		for {
			text, rest, closed := strings.Cut(s, `"`)
			if !closed {
				return nil, true, false
			}
			b.WriteString(text)
			if s = rest; !strings.HasPrefix(s, `"`) {
				break
			}
			b.WriteByte('"')
			s = s[1:]
		}
		after, rest, more := strings.Cut(s, ";")
		b.WriteString(strings.TrimRight(after, " \t\r\u00a0"))
		fields = append(fields, strings.TrimSpace(b.String()))
		if !more {
			return fields, false, false
		}
		s = rest
	}
}

// quote writes a field so that row reads it back.
func quote(field string) string {
	field = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, field)
	if strings.HasPrefix(field, `"`) || strings.Contains(field, ";") {
		return `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
	}
	return field
}
