package matter

import (
	"strings"

	"skein/frame/civic"
	"skein/science/mask"
)

// What points to a person in a text (science/mask) is pointed out before everyone sees it. Finding nothing proves
// nothing, so the one who releases reads on; but what was found is shown only by a deliberate word.

// Near is what speaks against showing a text to everyone: what points to a person, a reason a kind.
func Near(text string) (refusals civic.Refusals) {
	near(text, &refusals)
	return refusals
}

func near(text string, refusals *civic.Refusals) {
	counts := map[mask.Kind]int{}
	for _, span := range mask.Find(text) {
		counts[span.Kind]++
	}
	for _, kind := range mask.Kinds {
		if n := counts[kind]; n > 0 {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.near_"+string(kind), "count", n).In("unmasked"))
		}
	}
}

// pointedOut refuses a command that shows its own words to everyone, while something in them points to a person.
func (s State) pointedOut(c Command, refusals *civic.Refusals) {
	if s.Visibility == Private {
		return // nothing of it is shown
	}
	switch c := c.(type) {
	case Tell:
		if c.Release && !c.deliberate() {
			near(c.Text, refusals)
		}
	case Answer:
		if c.Release && !c.deliberate() {
			near(c.Reason, refusals)
		}
	case Rule:
		if !c.deliberate() {
			near(c.Reason, refusals)
		}
	}
}

// Masked is a text with everything that points to a person replaced by the word for its kind.
func Masked(text string, word func(mask.Kind) string) string {
	var b strings.Builder
	at := 0
	for _, span := range mask.Find(text) {
		b.WriteString(text[at:span.Start] + word(span.Kind))
		at = span.End
	}
	return b.String() + text[at:]
}
