package civic

import (
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"  a\r\nb\tc\x00\x1b \n": "a\nb\tc", "\u202egpj.exe": "gpj.exe", "路灯\u200f坏了": "路灯坏了", "\r\n \t": "", "a\rb": "ab", "é\u0085": "é",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q is cleaned to %q, not %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		got := Clean(text)
		if Clean(got) != got {
			t.Fatalf("%q is not clean yet", got)
		}
		for _, r := range got {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || Turns(r)) {
				t.Fatalf("%q holds %U", got, r)
			}
		}
	})
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]bool{
		"Charter 4, § 2": true, "路灯": true, "": true, "a\nb": false, "a\u2028b": false, "\u202ea": false, "a\x00": false, "a\xff": false, "12345678901234567": false, "é\u0085": false,
	} {
		if Plain(text, 16) != want {
			t.Errorf("%q: not %v", text, want)
		}
	}
}
