package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

var shippedLaw = regexp.MustCompile(`(?:@law\(|"law": )("(?:[^"\\]|\\.)*")`)

// Every law that a policy or a room's rules cite is written in Chinese too.
func TestLawsThatShipAreInChinese(t *testing.T) {
	book, err := newBook()
	if err != nil {
		t.Fatal(err)
	}
	zh, en := book.Voice("zh-Hans", time.UTC), book.Voice("en", time.UTC)
	seen := 0
	for _, pattern := range []string{"policies.cedar", "*rules.json"} {
		files, err := filepath.Glob("../../rooms/*/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range shippedLaw.FindAllSubmatch(text, -1) {
				var law string
				if err := json.Unmarshal(found[1], &law); err != nil {
					t.Fatal(err)
				}
				seen++
				if zh.Law(law) == law || en.Law(law) != law {
					t.Errorf("%s: %q is %q in Chinese and %q in English", file, law, zh.Law(law), en.Law(law))
				}
			}
		}
	}
	if seen < 110 {
		t.Errorf("only %d laws were found", seen)
	}
	if own := "Charter 12"; zh.Law(own) != own {
		t.Error("a realm's own law was changed")
	}
	if said := zh.Say("power.forbidden", "title_zh", "不得", "law", "Skein founding rules, rule 9: like is treated alike"); said != "有规则禁止这样做：不得（Skein 基本规则第九条：同等情况同等对待）。" {
		t.Error(said)
	}
}
