package search

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

const (
	// longestWord bounds a token, in characters: what is longer is no word.
	longestWord = 40
	// mostTokens bounds a document; PostgreSQL keeps positions up to 16,383.
	mostTokens = 16_000
)

// piece is a stretch of one kind: a word, or a run of Han characters.
type piece struct {
	han  bool
	text string // folded
}

// fold takes away what does not tell words apart: case, width, accents.
func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(text, " ")) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String()) // puts Hangul together again
}

// pieces cuts a text.
func pieces(text string) (out []piece) {
	var run []rune
	han := false
	end := func() {
		if len(run) > 0 && (han || len(run) <= longestWord) {
			out = append(out, piece{han, string(run)})
		}
		run = run[:0]
	}
	for _, r := range fold(text) {
		is := unicode.Is(unicode.Han, r)
		if !is && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if r != '\'' && r != '’' { // don't, resident's
				end()
			}
			continue
		}
		if is != han {
			end()
			han = is
		}
		run = append(run, r)
	}
	end()
	return out
}

// word is the token of a word as it is written; its beginnings are the tokens of its beginnings.
func word(w string) string {
	if isPlain(w) {
		return "w" + w
	}
	var b strings.Builder
	b.WriteByte('x')
	for _, r := range w {
		b.WriteString(hexOf(r))
	}
	return b.String()
}

// stem is the token of an English word's stem.
func stem(w string) string { return "s" + english.Stem(w, true) }

func isPlain(w string) bool {
	for i := range len(w) {
		if c := w[i]; c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hexOf writes a character in five digits, so that tokens of beginnings are beginnings of tokens.
func hexOf(r rune) string {
	s := strconv.FormatInt(int64(r), 16)
	return "00000"[min(len(s), 5):] + s
}

// bigrams are the tokens of a run of Han characters: each pair, and the last one.
func bigrams(run string) []string {
	rs := []rune(run)
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = "h" + hexOf(r)
		if i+1 < len(rs) {
			out[i] += hexOf(rs[i+1])
		}
	}
	return out
}

// tokens are what the engines index of a text, in order.
func tokens(text string) (out []string) {
	for _, p := range pieces(text) {
		if p.han {
			out = append(out, bigrams(p.text)...)
		} else if out = append(out, word(p.text)); isPlain(p.text) {
			out = append(out, stem(p.text))
		}
		if len(out) > mostTokens {
			return out[:mostTokens]
		}
	}
	return out
}

// term is one thing that a document must have: any of the alternatives, each a phrase of tokens that follow each other.
type term []phrase

type phrase struct {
	tokens []string
	begins bool // the token is the beginning of one
}

// shortestPrefix is from how many letters on a word finds words that begin with it.
const shortestPrefix = 2

// mostTerms bounds a query.
const mostTerms = 12

// terms reads a query; none means that it asks for nothing.
func terms(query string) (out []term) {
	for _, p := range pieces(query) {
		if len(out) == mostTerms {
			break
		}
		switch {
		case p.han:
			b := bigrams(p.text)
			if len(b) == 1 {
				out = append(out, term{{b, true}})
			} else {
				out = append(out, term{{b[:len(b)-1], false}})
			}
		case isPlain(p.text):
			out = append(out, term{{[]string{word(p.text)}, len(p.text) >= shortestPrefix}, {[]string{stem(p.text)}, false}})
		default:
			out = append(out, term{{[]string{word(p.text)}, utf8.RuneCountInString(p.text) >= shortestPrefix}})
		}
	}
	return out
}
