package pages

import (
	"slices"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/rooms/matter"
)

// spoken are languages that many people write, beside those of the realm; the API takes every other.
var spoken = []words.Language{
	"am", "ar", "bn", "bo", "cs", "de", "el", "en", "es", "fa", "fil", "fr", "gu", "ha", "he", "hi", "hr", "ht", "hu", "id", "it", "ja", "jv", "kk", "km", "ko", "lo", "mn", "mr", "ms", "my",
	"ne", "nl", "pa", "pl", "ps", "pt", "ro", "ru", "so", "sq", "sr", "sv", "sw", "ta", "te", "th", "ti", "tr", "ug", "uk", "ur", "uz", "vi", "yue", "za", "zh-Hans", "zh-Hant", "zu",
}

// tongues are the languages to choose from: the realm's first, then all others by their names, with those that texts of the matter have already.
func tongues(v words.Voice, realm []string, items []matter.Item) []face.Group {
	groups := []face.Group{{Title: v.Say("pages.release_language_realm")}, {Title: v.Say("pages.release_language_more")}}
	seen := map[words.Language]bool{"": true}
	add := func(to *face.Group, l words.Language) {
		if !seen[l] {
			seen[l] = true
			to.Options = append(to.Options, face.Option{Value: string(l), Title: v.Value(l)})
		}
	}
	for _, code := range realm {
		l, _ := words.ParseLanguage(code)
		add(&groups[0], l)
	}
	for _, it := range items {
		add(&groups[1], it.Language)
	}
	for _, l := range spoken {
		add(&groups[1], l)
	}
	slices.SortStableFunc(groups[1].Options, func(a, b face.Option) int { return strings.Compare(a.Title, b.Title) })
	return groups
}
