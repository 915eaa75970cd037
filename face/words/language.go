package words

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Language is a language by its code (BCP 47): the language itself, and its script where the language alone would not tell it ("zh-Hans",
// "sr-Latn"). Regions and variants are no part of it: what is said of a language is said of all who write it.
type Language string

// Undetermined is the code of a language that nobody said (ISO 639-2).
const Undetermined Language = "und"

// ParseLanguage reads a code; false where it names no language. "zh-CN" is read as "zh-Hans", "en-GB" as "en".
func ParseLanguage(code string) (Language, bool) {
	tag, err := language.Parse(code)
	if err != nil {
		return "", false
	}
	base, _, _ := tag.Raw()
	script, _ := tag.Script()
	bare, err := language.Compose(base)
	if err != nil || base.String() == "und" || base.String() == "mul" {
		return "", false
	}
	usual, _ := bare.Script()
	if script == usual && base.String() != "zh" { // which is written in two scripts that neither side takes for granted
		return Language(base.String()), true
	}
	return Language(base.String() + "-" + script.String()), true
}

// language is a language's name in the voice's own (Unicode CLDR), or its code where there is none.
func (v Voice) language(l Language) string {
	tag, err := language.Parse(string(l))
	if err != nil {
		return string(l)
	}
	in := v.Lang
	if in == Pseudo {
		in = Languages[0]
	}
	name := display.Languages(language.Make(in)).Name(tag)
	if name == "" {
		return string(l)
	}
	if v.Lang == Pseudo {
		return pseudo(name)
	}
	return name
}
