package classify

import (
	"strings"
	"unicode"

	"skein/science/mask"
	"skein/science/similar"
)

// mostRunes is how much of a text is looked at.
const mostRunes = 4000

// pause stands where a near-identifier was; no gram reaches over it.
const pause = '\x00'

// Prepare masks and normalises a text, as is done before anything is learnt from it or suggested for it.
func Prepare(text string) string {
	if r := []rune(text); len(r) > mostRunes {
		text = string(r[:mostRunes])
	}
	var b strings.Builder
	at := 0
	for _, s := range mask.Find(text) {
		b.WriteString(text[at:s.Start])
		b.WriteRune(pause)
		at = s.End
	}
	b.WriteString(text[at:])
	return similar.Normalize(b.String())
}

// grams calls visit with every gram of a prepared text: words and pairs of words, pairs and triples of ideographs. A
// gram may come more than once.
func grams(text string, visit func(string)) {
	wordAt, previous := -1, "" // of the word being read, and the one before it
	var ideographs [3]int      // where the last ones began
	run := 0                   // how many in a row
	end := func(to int) {
		if wordAt < 0 {
			return
		}
		word := text[wordAt:to]
		wordAt = -1
		if strings.ContainsFunc(word, unicode.IsNumber) {
			previous = ""
			return
		}
		visit(word)
		if previous != "" {
			visit(previous + " " + word)
		}
		previous = word
	}
	for i, c := range text {
		switch {
		case unicode.Is(unicode.Han, c):
			end(i)
			previous = ""
			copy(ideographs[:], ideographs[1:])
			ideographs[2] = i
			run++
			to := i + len(string(c))
			if run >= 2 {
				visit(text[ideographs[1]:to])
			}
			if run >= 3 {
				visit(text[ideographs[0]:to])
			}
			continue
		case unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsNumber(c) || c == '\'' && wordAt >= 0:
			if wordAt < 0 {
				wordAt = i
			}
		default:
			end(i)
			if c != ' ' {
				previous = "" // no pair over punctuation or a pause
			}
		}
		run = 0
	}
	end(len(text))
}
