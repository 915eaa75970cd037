package face

import (
	"strings"

	"skein/face/words"
	"skein/frame/power"
)

// PolicyTitle is the title of a policy in the reader's language; policies name languages
// without their script ("zh").
func PolicyTitle(v words.Voice, p *power.Policy) string {
	base, _, _ := strings.Cut(v.Lang, "-")
	for _, lang := range []string{v.Lang, base, "en"} {
		if t := p.Titles[lang]; t != "" {
			return t
		}
	}
	return p.ID
}
