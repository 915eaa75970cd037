package fences

import (
	"os"
	"slices"
	"testing"
	"testing/fstest"
)

// docs/restraint.md is the lines and what holds them. Write it anew with UPDATE=1.
func TestRestraintPage(t *testing.T) {
	want := restraintPage(restraints)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("../docs/restraint.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("../docs/restraint.md")
	if err != nil || string(got) != want {
		t.Fatal("docs/restraint.md is not what fences/restraint.go says: run the test with UPDATE=1 and read the difference", err)
	}
}

// Each line of the mission's "What Skein will not do" is here once, and every rule that a line names is run on the tree.
func TestEveryLineIsHeld(t *testing.T) {
	if len(restraints) != 10 {
		t.Errorf("%d lines; the mission has ten", len(restraints))
	}
	for _, name := range ruleNames {
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.name == name }) {
			t.Errorf("TestTree does not run %s", name)
		}
	}
	broken, err := heldBy(fstest.MapFS{}, []restraint{{line: "x"}})
	if err != nil || len(broken) != 1 {
		t.Errorf("a line that nothing holds passes: %v %v", broken, err)
	}
}
