package power_test

import (
	"strings"
	"testing"
	"time"
)

// The longest texts that are taken are read in a blink, whatever they are made of.
func TestLongTextsAreReadSoon(t *testing.T) {
	s := shipped(t)
	for what, cond := range map[string]string{
		"and":      strings.Repeat("resource has owner && ", 1200) + "true",
		"or":       strings.Repeat("resource has owner || ", 1200) + "true",
		"mixed":    strings.Repeat("resource has owner && resource.owner == principal.body || ", 500) + "true",
		"if":       strings.Repeat("if resource has owner then true else ", 800) + "true",
		"set":      "[" + strings.Repeat(`"x",`, 7000) + `"x"].contains("x")`,
		"sets":     strings.Repeat(`[Body::"x", Body::"y"].contains(principal.body) || `, 600) + "true",
		"plus":     strings.Repeat("1 + ", 7000) + "1 == 2",
		"in":       "principal in [" + strings.Repeat(`Body::"x",`, 2800) + `Body::"x"]`,
		"nested":   strings.Repeat("(if resource.closed then resource has owner else resource has owner) && ", 400) + "true",
		"accesses": strings.Repeat("(if resource has owner then resource.owner else principal.body) == principal.body && ", 330) + "true",
	} {
		text := rule("own.a", "permit "+writes+" when { "+cond+" }")
		began := time.Now()
		_, _, refusals := s.Read([]byte(text))
		if took := time.Since(began); len(refusals) > 0 || took > 5*time.Second {
			t.Errorf("%s: %d bytes took %v: %v", what, len(text), took, refusals)
		}
	}
}
