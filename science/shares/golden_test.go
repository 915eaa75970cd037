package shares

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"skein/internal/shared"
)

type expected struct {
	Instance string
	Rules    map[string]struct {
		Winners []string
		Cost    string
	}
}

// options reads a reference's name for a rule: mes_card_add1u.
func options(name string) Options {
	if name == "seq_phragmen" {
		return Options{Rule: Phragmen}
	}
	parts := strings.Split(name, "_")
	opt := Options{Rule: Rule(parts[0]), Utility: Utility(parts[1]), Completion: None}
	if parts[1] == "card" {
		opt.Utility = CardinalityUtility
	}
	if len(parts) > 2 {
		opt.Completion = Completion(parts[2])
	}
	return opt
}

func winners(o *Outcome) []string {
	ids := []string{}
	for _, w := range o.Winners {
		ids = append(ids, o.in.Projects[w.Project].ID)
	}
	return ids
}

// TestGolden compares every rule on every file with what pabutools 1.2.3 answered: winners
// in order (Phragmén as a set) and cost, exactly.
func TestGolden(t *testing.T) {
	t.Run("testdata", func(t *testing.T) { compareGolden(t, "testdata/golden", 7) })
	t.Run("shared", func(t *testing.T) { compareGolden(t, shared.Dir(t, "golden/budgeting"), 16) })
}

func compareGolden(t *testing.T, dir string, least int) {
	files, err := filepath.Glob(filepath.Join(dir, "*.expected.json"))
	if err != nil || len(files) < least {
		t.Fatal("golden files are missing", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want expected
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		pb, err := os.ReadFile(filepath.Join(dir, want.Instance))
		if err != nil {
			t.Fatal(err)
		}
		in, err := Parse(pb)
		if err != nil {
			t.Errorf("%s: %v", want.Instance, err)
			continue
		}
		differ := 0
		for name, rule := range want.Rules {
			o, err := Share(in, options(name))
			if err != nil {
				t.Fatalf("%s %s: %v", want.Instance, name, err)
			}
			got := winners(o)
			if name == "seq_phragmen" {
				slices.Sort(got)
				slices.Sort(rule.Winners)
			}
			if !slices.Equal(got, rule.Winners) || in.Money(o.Spent) != rule.Cost {
				differ++
				t.Errorf("%s %s: %v for %s, want %v for %s", want.Instance, name, got, in.Money(o.Spent), rule.Winners, rule.Cost)
			}
		}
		t.Logf("%s: %d rules, %d differ", want.Instance, len(want.Rules), differ)
	}
}
