package pages

import (
	"testing"
	"time"

	"skein/face/words"
	"skein/rooms/matter"
)

// Every language to choose stands there once, by the code that acts have, and has a name in every language of the pages.
func TestTongues(t *testing.T) {
	b := words.NewBook()
	for _, in := range words.Languages {
		seen := map[string]bool{}
		groups := tongues(b.Voice(in, time.UTC), []string{"zh-CN", "en", "not one"}, []matter.Item{{Language: "nv"}, {}})
		for _, g := range groups {
			for _, o := range g.Options {
				if l, ok := words.ParseLanguage(o.Value); !ok || string(l) != o.Value || o.Title == o.Value || seen[o.Value] || seen[o.Title] {
					t.Errorf("in %s: %q, %q", in, o.Value, o.Title)
				}
				seen[o.Value], seen[o.Title] = true, true
			}
		}
		if !seen["nv"] || !seen["es"] || len(groups[0].Options) != 2 || groups[0].Options[0].Value != "zh-Hans" {
			t.Errorf("in %s: %+v", in, groups[0])
		}
	}
}
