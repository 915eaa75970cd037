package matter

import (
	"slices"
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/spanish"
	"github.com/kljensen/snowball/swedish"

	"golang.org/x/text/language"

	"skein/face/words"
)

// Language is in which the words of a report are written that everyone may read, as whoever released them said: of the reporter's first
// text of which it was said. "" of a private matter, of one whose words are not released, and where nobody said it.
func (s State) Language() words.Language {
	for _, it := range s.Items {
		if it.From == fromReporter && it.Language != "" && s.everyones(it.digest()) {
			return it.Language
		}
	}
	return ""
}

// scripts are how texts are written that are told apart at sight, with the codes that languages' scripts have (ISO 15924).
var scripts = []struct {
	letters []*unicode.RangeTable
	codes   []string
}{
	{[]*unicode.RangeTable{unicode.Hiragana, unicode.Katakana}, []string{"Jpan"}}, // before Han, which it is mixed with
	{[]*unicode.RangeTable{unicode.Hangul}, []string{"Kore"}},
	{[]*unicode.RangeTable{unicode.Han}, []string{"Hans", "Hant"}},
	{[]*unicode.RangeTable{unicode.Cyrillic}, []string{"Cyrl"}},
	{[]*unicode.RangeTable{unicode.Arabic}, []string{"Arab"}},
	{[]*unicode.RangeTable{unicode.Hebrew}, []string{"Hebr"}},
	{[]*unicode.RangeTable{unicode.Devanagari}, []string{"Deva"}},
	{[]*unicode.RangeTable{unicode.Bengali}, []string{"Beng"}},
	{[]*unicode.RangeTable{unicode.Thai}, []string{"Thai"}},
	{[]*unicode.RangeTable{unicode.Greek}, []string{"Grek"}},
	{[]*unicode.RangeTable{unicode.Ethiopic}, []string{"Ethi"}},
	{[]*unicode.RangeTable{unicode.Armenian}, []string{"Armn"}},
	{[]*unicode.RangeTable{unicode.Georgian}, []string{"Geor"}},
	{[]*unicode.RangeTable{unicode.Tibetan}, []string{"Tibt"}},
	{[]*unicode.RangeTable{unicode.Mongolian}, []string{"Mong"}},
}

// little are the words of which each sentence has some, of languages in Latin letters (Snowball's lists).
var little = map[words.Language]func(string) bool{"en": english.IsStopWord, "es": spanish.IsStopWord, "fr": french.IsStopWord, "sv": swedish.IsStopWord}

// SuggestLanguage is what a text seems to be written in: by its script, where just one of the realm's languages is written in it; in Latin
// letters by its little words, where they point to one language alone, be it the realm's or not. "" where neither tells. It is put before
// whoever releases the text, who decides.
func SuggestLanguage(text string, realm []string) words.Language {
	letters, found := 0, make([]int, len(scripts))
	latin := 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		if unicode.Is(unicode.Latin, r) {
			latin++
			continue
		}
		for i, s := range scripts {
			if unicode.In(r, s.letters...) {
				found[i]++
				break
			}
		}
	}
	if 2*latin > letters {
		return littleWords(text)
	}
	if found[0] > 0 { // of Japanese, most letters may be Han
		found[0] += found[2]
		found[2] = 0
	}
	for i, s := range scripts {
		if 2*found[i] <= letters {
			continue
		}
		var of []words.Language
		for _, code := range realm {
			l, ok := words.ParseLanguage(code)
			script, _ := language.Make(string(l)).Script()
			if ok && slices.Contains(s.codes, script.String()) {
				of = append(of, l)
			}
		}
		if len(of) == 1 {
			return of[0]
		}
	}
	return ""
}

// littleWords is the language of which a text has most little words, two at least; "" where two have as many.
func littleWords(text string) words.Language {
	counts := map[words.Language]int{}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		for l, is := range little {
			if is(word) {
				counts[l]++
			}
		}
	}
	best, second := words.Language(""), 0
	for l, n := range counts {
		if best == "" || n > counts[best] || n == counts[best] && l < best {
			best = l
		}
	}
	for l, n := range counts {
		if l != best {
			second = max(second, n)
		}
	}
	if counts[best] < 2 || counts[best] == second {
		return ""
	}
	return best
}
