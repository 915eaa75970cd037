package place

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestMessages holds that both languages say the same things, that every key raised has a
// text, and that every text is raised.
func TestMessages(t *testing.T) {
	holes := regexp.MustCompile(`\{[a-z_]+\}`)
	texts := map[string]map[string]string{}
	for _, lang := range []string{"en", "zh-Hans"} {
		data, err := Messages.ReadFile("messages." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		texts[lang] = m
	}
	for key, text := range texts["en"] {
		other, ok := texts["zh-Hans"][key]
		if !ok {
			t.Errorf("%s has no Chinese text", key)
			continue
		}
		a, b := holes.FindAllString(text, -1), holes.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s is filled with %v in English, %v in Chinese", key, a, b)
		}
	}
	if len(texts["en"]) != len(texts["zh-Hans"]) {
		t.Errorf("%d English texts, %d Chinese", len(texts["en"]), len(texts["zh-Hans"]))
	}
	raised := regexp.MustCompile(`(?s)(?:Refuse\([^)]*?|refuse\([^)]*?|key(?: :)?= )"(place\.[a-z_]+)"([^\n]*)`)
	files, _ := filepath.Glob("*.go")
	found := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range raised.FindAllStringSubmatch(string(source), -1) {
			found[m[1]] = true
			if texts["en"][m[1]] == "" {
				t.Errorf("%s raises %s, which has no text", name, m[1])
			}
		}
		for key := range texts["en"] {
			if strings.Contains(string(source), `"`+key+`"`) {
				found[key] = true
			}
		}
	}
	for _, c := range append(Commands(), SetCalendar{}) {
		found["may "+c.Name()] = true // the list of powers says what it is
	}
	for key := range texts["en"] {
		condition, of := strings.CutPrefix(key, "when ") // of a policy
		if of && strings.Contains(string(Policies), condition) {
			continue
		}
		if !found[key] && !strings.HasPrefix(key, "place.kind.") { // kinds are data; cmd puts them into words
			t.Errorf("%s is never raised", key)
		}
	}
	if len(found) < 40 {
		t.Errorf("only %d keys were seen in the source", len(found))
	}
}
