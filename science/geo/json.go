package geo

import (
	"bytes"
	"errors"
	"io"
	"iter"

	"github.com/go-json-experiment/json/jsontext"

	"skein/frame/civic"
)

// maxDepth is the deepest nesting that is read; GeoJSON itself needs ten.
const maxDepth = 64

// checkJSON refuses what is not one JSON value in UTF-8 with distinct member names. What
// it lets pass can be walked by members and elements, which check nothing.
func checkJSON(data []byte) *civic.Refusal {
	if at := tooDeep(data); at >= 0 {
		r := civic.Refuse(civic.Malformed, "geo.too_deep", "depth", maxDepth, "line", line(data, at))
		return &r
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(data))
	err := d.SkipValue()
	if err == nil {
		if _, err = d.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err == nil {
			err = &jsontext.SyntacticError{ByteOffset: d.InputOffset()}
		}
	}
	at := len(data)
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		at = min(at, int(syntax.ByteOffset))
	}
	r := civic.Refuse(civic.Malformed, "geo.not_json", "line", line(data, at), "column", column(data, at))
	if errors.Is(err, jsontext.ErrDuplicateName) {
		r = civic.Refuse(civic.Malformed, "geo.member_twice", "member", syntax.JSONPointer.LastToken(), "line", line(data, at))
	}
	return &r
}

// tooDeep returns where brackets nest beyond maxDepth, or −1.
func tooDeep(data []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return i
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return -1
}

func line(data []byte, at int) int { return 1 + bytes.Count(data[:at], []byte{'\n'}) }

func column(data []byte, at int) int { return at - bytes.LastIndexByte(data[:at], '\n') }

// members yields the names and values of a checked object, whose values are views.
func members(object []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		i := 1
		for {
			i = skipSpace(object, i)
			if object[i] == '}' {
				return
			}
			if object[i] == ',' {
				i = skipSpace(object, i+1)
			}
			end := skipValue(object, i)
			name := text(object[i:end])
			i = skipSpace(object, skipSpace(object, end)+1)
			end = skipValue(object, i)
			if !yield(name, object[i:end]) {
				return
			}
			i = end
		}
	}
}

// elements yields the values of a checked array, which are views.
func elements(array []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		i := 1
		for n := 0; ; n++ {
			i = skipSpace(array, i)
			if array[i] == ']' {
				return
			}
			if array[i] == ',' {
				i = skipSpace(array, i+1)
			}
			end := skipValue(array, i)
			if !yield(n, array[i:end]) {
				return
			}
			i = end
		}
	}
}

// text is the meaning of a checked string.
func text(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	plain, _ := jsontext.AppendUnquote(nil, quoted)
	return string(plain)
}

func skipSpace(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r' {
		i++
	}
	return i
}

// skipValue returns the end of the value that begins at i.
func skipValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '[', '{':
		depth := 0
		for {
			switch b[i] {
			case '"':
				i = skipString(b, i)
				continue
			case '[', '{':
				depth++
			case ']', '}':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(b) && b[i] != ',' && b[i] != ']' && b[i] != '}' && b[i] > ' ' {
		i++
	}
	return i
}

func skipString(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}
