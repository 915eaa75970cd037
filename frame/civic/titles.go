package civic

import (
	"maps"
	"slices"
)

// Titles is a text by language tag (BCP 47): {"en": "Public Works", "zh-Hans": "市政工程"}.
type Titles map[string]string

// In returns the text in a language, else in English, else in the first language by tag.
func (t Titles) In(lang string) string {
	if text := t[lang]; text != "" {
		return text
	}
	if text := t["en"]; text != "" {
		return text
	}
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		if t[tag] != "" {
			return t[tag]
		}
	}
	return ""
}
