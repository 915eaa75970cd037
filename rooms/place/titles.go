package place

import (
	"regexp"
	"unicode"
	"unicode/utf8"
)

var (
	codeForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	kindForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	tagForm    = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$`)
)

// mostTitle bounds a title, in characters.
const mostTitle = 200

// inert reports whether a text reads the same wherever it is shown: no control
// characters, line breaks or characters that turn the direction of text around.
func inert(text string) bool {
	for _, c := range text {
		if unicode.IsControl(c) || c == utf8.RuneError || c == '\u2028' || c == '\u2029' || c == '\u200e' || c == '\u200f' ||
			c == '\ufeff' || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' {
			return false
		}
	}
	return true
}
