package words

import (
	"testing"
	"time"
)

// A code is read as the language, with a script only where it needs one.
func TestParseLanguage(t *testing.T) {
	for code, want := range map[string]Language{
		"en": "en", "en-GB": "en", "EN-latn-us": "en", "zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-TW": "zh-Hant", "zh-Hant-HK": "zh-Hant", "cmn": "cmn",
		"sr": "sr", "sr-Latn": "sr-Latn", "vi": "vi", "ht": "ht", "yue": "yue", "nb": "nb", "iw": "he", "ug": "ug", "bo": "bo", "pt-BR-x-private": "pt",
		"": "", "und": "", "und-Latn": "", "mul": "", "x-klingon": "", "english": "", "zz": "", "qqq-1": "", "en_GB": "en", "e": "", "中文": "",
		"en-x-\u202e": "",
	} {
		if got, ok := ParseLanguage(code); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q, %v; not %q", code, got, ok, want)
		}
	}
}

// Its name is said in the reader's language; a code that has none is shown.
func TestLanguagesAreNamed(t *testing.T) {
	b := NewBook()
	b.AddPseudo()
	for _, c := range []struct {
		in   string
		code Language
		want string
	}{
		{"en", "zh-Hans", "Simplified Chinese"}, {"zh-Hans", "zh-Hans", "简体中文"}, {"en", "vi", "Vietnamese"}, {"zh-Hans", "vi", "越南语"},
		{"en", "not a code", "not a code"}, {Pseudo, "vi", pseudo("Vietnamese")},
	} {
		if got := b.Voice(c.in, time.UTC).Value(c.code); got != c.want {
			t.Errorf("%s in %s is %q, not %q", c.code, c.in, got, c.want)
		}
	}
}
