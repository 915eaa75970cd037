package count

import (
	"bytes"
	"strconv"
	"strings"
)

// ReadBLT reads the ballot file of Hill, Wichmann and Woodall: the numbers of candidates
// and of seats; candidates that withdrew as negative numbers; ballots as a count, candidates
// in order of preference and 0, with = between equals; a 0; the candidates' names and the title in
// quotation marks. A # begins a comment. It returns civic.Refusals naming the line.
func ReadBLT(text []byte) (*Election, error) {
	if err := check(text); err != nil {
		return nil, err
	}
	b := &blt{reader: newReader(), text: bytes.TrimPrefix(text, []byte("\ufeff"))}
	b.next = 1
	b.read()
	return b.done()
}

type blt struct {
	*reader
	text []byte
	next int // line of the text to come
}

// token is the next word or quoted text; "" at the end, or after an unclosed quotation mark.
func (b *blt) token() (word string, quoted bool) {
	for len(b.text) > 0 {
		switch c := b.text[0]; {
		case c == '\n':
			b.next++
			fallthrough
		case c == ' ' || c == '\t' || c == '\r':
			b.text = b.text[1:]
		case c == '#':
			at := bytes.IndexByte(b.text, '\n')
			if at < 0 {
				at = len(b.text)
			}
			b.text = b.text[at:]
		case c == '"':
			b.line = b.next
			at := bytes.IndexByte(b.text[1:], '"')
			if at < 0 || bytes.IndexByte(b.text[1:1+at], '\n') >= 0 {
				b.refuse("count.quote")
				b.stopped, b.text = true, nil
				return "", false
			}
			word, b.text = string(b.text[1:1+at]), b.text[at+2:]
			return strings.TrimSpace(word), true
		default:
			b.line = b.next
			at := bytes.IndexAny(b.text, " \t\r\n#\"")
			if at < 0 {
				at = len(b.text)
			}
			word, b.text = string(b.text[:at]), b.text[at:]
			return word, false
		}
	}
	b.line = b.next
	return "", false
}

// whole reads a token as a whole number from low to high.
func (b *blt) whole(what string, low, high int) (int, bool) {
	word, quoted := b.token()
	n, err := strconv.Atoi(word)
	if quoted || err != nil || n < low || n > high {
		b.refuse("count.blt_number", "what", what, "found", shorten(word))
		return 0, false
	}
	return n, true
}

func (b *blt) read() {
	options, ok := b.whole("candidates", 1, maxOptions)
	if !ok {
		return
	}
	seats, ok := b.whole("seats", 0, maxOptions)
	if !ok {
		return
	}
	b.e.Seats, b.e.Ranked, b.e.Withdrawn = seats, true, make([]bool, options)
	for !b.stopped {
		word, quoted := b.token()
		if strings.HasPrefix(word, "(") && strings.HasSuffix(word, ")") {
			continue // a name for the ballot
		}
		if n, err := strconv.Atoi(word); err == nil && n < 0 && n >= -options && len(b.e.Ballots) == 0 {
			b.e.Withdrawn[-n-1] = true
			continue
		}
		if quoted || word == "" {
			b.refuse("count.blt_end")
			return
		}
		if word == "0" {
			break
		}
		n, ok := b.times(word)
		if !ok || !b.preferences(n, options) {
			return
		}
	}
	for range options {
		name, quoted := b.token()
		if !quoted {
			b.refuse("count.blt_names", "options", options, "found", len(b.e.Options))
			return
		}
		b.option(name)
	}
	if title, quoted := b.token(); quoted {
		b.e.Title = title
	} else if title != "" {
		b.refuse("count.blt_names", "options", options, "found", len(b.e.Options))
	}
}

// preferences reads one ballot up to its 0.
func (b *blt) preferences(n int64, options int) bool {
	var marks []Mark
	for rank := int32(1); ; rank++ {
		word, quoted := b.token()
		if word == "0" {
			b.ballot(n, marks)
			return true
		}
		if quoted || word == "" {
			b.refuse("count.blt_end")
			return false
		}
		for one := range strings.SplitSeq(word, "=") {
			option, err := strconv.Atoi(one)
			if err != nil || option < 1 || option > options {
				b.refuse("count.option_unknown", "option", shorten(one))
				return false
			}
			marks = append(marks, Mark{int32(option - 1), rank})
		}
	}
}
