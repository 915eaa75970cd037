package mask

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// view is a text as the rules read it, with the way back.
type view struct {
	text       string
	starts     []int // of each byte of text, where its rune begins in the original; nil when nothing moved
	digits     int   // how many, Chinese ones included
	latin, han bool  // it holds such letters
}

// fold makes full-width letters, digits and signs plain, and every kind of hyphen and blank one. Bytes that are not UTF-8
// become U+FFFD.
func fold(original string) view {
	var v view
	plain := true
	for i := 0; i < len(original); i++ {
		c := original[i]
		if c >= utf8.RuneSelf {
			plain = false
			break
		}
		if c >= '0' && c <= '9' {
			v.digits++
		}
		v.latin = v.latin || c|0x20 >= 'a' && c|0x20 <= 'z'
	}
	if plain {
		v.text = original
		return v
	}
	v.digits, v.latin = 0, false
	var b strings.Builder
	v.starts = make([]int, 0, len(original)+1)
	for i, c := range original {
		switch {
		case c >= 0xff01 && c <= 0xff5e:
			c -= 0xfee0
		case c == 0x3000 || c == 0xa0:
			c = ' '
		case c >= 0x2010 && c <= 0x2015 || c == 0x2212:
			c = '-'
		case c == 0x2019 || c == 0x2bc:
			c = '\''
		}
		switch {
		case c >= '0' && c <= '9' || strings.ContainsRune(chineseDigits, c):
			v.digits++
		case c < utf8.RuneSelf && unicode.IsLetter(c):
			v.latin = true
		}
		v.han = v.han || unicode.Is(unicode.Han, c)
		b.WriteRune(c)
		for range utf8.RuneLen(c) {
			v.starts = append(v.starts, i)
		}
	}
	v.starts = append(v.starts, len(original))
	v.text = b.String()
	return v
}

// original turns a border of the folded text into one of the original.
func (v view) original(at int) int {
	if v.starts == nil {
		return at
	}
	return v.starts[at]
}

// before returns the last n runes of text before at; after the first n from at on.
func before(text string, at, n int) string {
	from := at
	for ; n > 0 && from > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	return text[from:at]
}

func after(text string, at, n int) string {
	to := at
	for ; n > 0 && to < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[to:])
		to += size
	}
	return text[at:to]
}

// whole says whether a stretch is not part of a longer run of letters and digits. Han characters need no blank beside them.
func whole(text string, start, end int) bool {
	return !alphanumeric(before(text, start, 1)) && !alphanumeric(after(text, end, 1))
}

func alphanumeric(c string) bool {
	r, _ := utf8.DecodeRuneInString(c)
	return c != "" && (unicode.IsDigit(r) || unicode.IsLetter(r) && !unicode.Is(unicode.Han, r))
}
