package geo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"skein/frame/civic"
)

var languages = []string{"en", "zh-Hans"}

func texts(t *testing.T, language string) map[string]string {
	t.Helper()
	raw, err := Messages.ReadFile("messages." + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

// checkSentence fails unless the refusal can be said in every language.
func checkSentence(t *testing.T, r civic.Refusal) {
	t.Helper()
	for _, language := range languages {
		text := texts(t, language)[r.Key]
		if text == "" {
			t.Errorf("%s: no text for %s", language, r.Key)
		}
		for _, p := range placeholder.FindAllStringSubmatch(text, -1) {
			if _, ok := r.Args[p[1]]; !ok {
				t.Errorf("%s: %s has no argument %s, only %v", language, r.Key, p[1], r.Args)
			}
		}
	}
}

func TestEveryKeyIsSaidInEveryLanguage(t *testing.T) {
	raised := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range regexp.MustCompile(`"geo\.[a-z_]+"`).FindAllString(string(source), -1) {
			raised[strings.Trim(key, `"`)] = true
		}
	}
	names := func(text string) string {
		var n []string
		for _, p := range placeholder.FindAllStringSubmatch(text, -1) {
			n = append(n, p[1])
		}
		sort.Strings(n)
		return strings.Join(n, " ")
	}
	english := texts(t, "en")
	for _, language := range languages {
		m := texts(t, language)
		for key := range raised {
			if m[key] == "" {
				t.Errorf("%s: no text for %s", language, key)
			}
		}
		for key, text := range m {
			if !raised[key] {
				t.Errorf("%s: %s is never raised", language, key)
			}
			if names(text) != names(english[key]) {
				t.Errorf("%s: %s has placeholders %q, English has %q", language, key, names(text), names(english[key]))
			}
		}
	}
}
