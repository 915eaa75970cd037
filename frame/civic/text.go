package civic

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Turns reports whether a character turns the direction of what stands around it, which can only deceive (UAX #9, explicit formatting).
func Turns(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f'
}

// Plain reports whether a short text may stand in an act: UTF-8 on one line, without control characters or what turns its
// direction, of at most so many characters.
func Plain(text string, most int) bool {
	n := 0
	for _, r := range text {
		n++
		if n > most || unicode.IsControl(r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029' || Turns(r) {
			return false
		}
	}
	return true
}

// Clean is a long text without control characters and what turns its direction, with one kind of line end and no blanks around it.
func Clean(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || Turns(r)) {
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n")))
}

// IsHex reports whether a text is so many hexadecimal digits, in small letters, as digests and codes of dossiers are written.
func IsHex(s string, digits int) bool {
	return len(s) == digits && strings.Trim(s, "0123456789abcdef") == ""
}
