package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
)

var (
	noteKey  = regexp.MustCompile(`^[a-z]+\.note\.[a-z_]+$`)
	argument = regexp.MustCompile(`\{([a-z_]+)`)
	raw      = regexp.MustCompile(`[0-9]{7,}`)
)

// In every letter that there is, in both languages and as the courier reads what was kept of it, times are told as times, bodies by their
// names, and nothing is left unfilled.
func TestLettersTellTimes(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 1)
	at := civic.At(time.Date(2012, 3, 14, 15, 9, 0, 0, time.UTC))
	given := map[string]any{"number": "644-495-6746", "finding": "0123456789ab", "merit": "0123456789ab", "article": "pothole", "request": "0123456789ab", "where": "Room 4", "begins": int64(at), "body": "pwd", "due": int64(at), "until": int64(at)}
	files, err := filepath.Glob("../../rooms/*/messages.en.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	letters, times := letters{c.site}, 0
	seen := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]json.RawMessage
		if err := json.Unmarshal(text, &messages); err != nil {
			t.Fatal(err)
		}
		for key, message := range messages {
			if !noteKey.MatchString(key) {
				continue
			}
			seen[key] = true
			args := map[string]any{}
			for _, a := range argument.FindAllStringSubmatch(string(message), -1) {
				if given[a[1]] == nil {
					t.Errorf("%s tells %s: say in this test what it may be", key, a[1])
				}
				args[a[1]] = given[a[1]]
			}
			kept, err := json.Marshal(args)
			if err != nil {
				t.Fatal(err)
			}
			for _, lang := range []string{"en", "zh-Hans"} {
				args := map[string]any{}
				d := json.NewDecoder(strings.NewReader(string(kept)))
				d.UseNumber()
				if err := d.Decode(&args); err != nil {
					t.Fatal(err)
				}
				said := letters.Render(lang, key, args)
				when := c.site.VoiceIn(lang).DateTime(at)
				if args["due"] != nil || args["until"] != nil || args["begins"] != nil {
					times++
					if !strings.Contains(said, when) {
						t.Errorf("%s in %s does not tell %s: %q", key, lang, when, said)
					}
				}
				if found := raw.FindString(strings.ReplaceAll(said, "0123456789ab", "")); found != "" || strings.ContainsAny(said, "{}") {
					t.Errorf("%s in %s: %q", key, lang, said)
				}
			}
		}
	}
	if len(seen) < 40 || times < 50 {
		t.Errorf("%d letters with %d times", len(seen), times)
	}
}
