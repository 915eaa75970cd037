package words

import (
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// Pseudo is the tag of a language that nobody speaks: made from the English texts, written from right to left
// (the bidirectional pseudo-locale of CLDR, "ar-XB"). It shows pages in the other direction, and what stands in the code
// instead of a message file: that alone is still in plain letters.
const Pseudo = "ar-XB"

// AddPseudo adds the pseudo-language, after all texts have been added. It is for whoever builds: no realm offers it.
func (b *Book) AddPseudo() {
	b.texts[Pseudo] = make(map[string]string, len(b.texts[Languages[0]]))
	for key, text := range b.texts[Languages[0]] {
		b.texts[Pseudo][key] = pseudo(text)
	}
	b.languages = append(b.languages, Pseudo)
	tags := make([]language.Tag, len(b.languages))
	for i, l := range b.languages {
		tags[i] = language.MustParse(l)
	}
	b.matcher = language.NewMatcher(tags)
}

// Directional formatting characters (Unicode Standard Annex 9).
const (
	override = "\u202e" // right-to-left override
	pop      = "\u202c" // its end
)

// Letters that look like those of English and are none of ASCII.
var alike = strings.NewReplacer(pairs("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀçđéƒĝĥíĵķļɱñóþɋŕšţúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶĻṀÑÓÞɊŔŠŢÚṼŴẊÝŽ")...)

func pairs(from, to string) []string {
	into := []rune(to)
	var out []string
	for i, r := range []rune(from) {
		out = append(out, string(r), string(into[i]))
	}
	return out
}

// pseudo puts a text into the pseudo-language: placeholders stay, words run from right to left.
func pseudo(text string) string {
	var b strings.Builder
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			open = len(text)
		}
		turn(&b, text[:open])
		text = text[open:]
		end := strings.IndexByte(text, '}') + 1
		b.WriteString(text[:end])
		text = text[end:]
		if end == 0 {
			turn(&b, text)
			break
		}
	}
	return b.String()
}

// turn writes each word in other letters and the other direction.
func turn(b *strings.Builder, text string) {
	for text != "" {
		n := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
		if n < 0 {
			n = len(text)
		}
		if n > 0 {
			b.WriteString(override + alike.Replace(text[:n]) + pop)
			text = text[n:]
			continue
		}
		n = strings.IndexFunc(text, unicode.IsLetter)
		if n < 0 {
			n = len(text)
		}
		b.WriteString(text[:n])
		text = text[n:]
	}
}
