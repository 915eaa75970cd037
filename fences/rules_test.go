package fences

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// docs/fields.md is what the code refuses. Write it anew with UPDATE=1.
func TestFieldRules(t *testing.T) {
	want, broken, err := fieldRules(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range broken {
		t.Error(b)
	}
	if n := strings.Count(want, "\n| "); n < 100 {
		t.Errorf("only %d rules were found", n)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("../docs/fields.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("../docs/fields.md")
	if err != nil || string(got) != want {
		t.Fatal("docs/fields.md is not what the code refuses: run the test with UPDATE=1 and read the difference", err)
	}
}

func TestFieldRulesAreRead(t *testing.T) {
	tree := fstest.MapFS{
		"rooms/a/messages.en.json": {Data: []byte(`{"a.half": "Half a {thing}", "a.none": "None", "a.long": "Too long", "a.gone": "Gone", "a.loose": "Loose"}`)},
		"rooms/a/a.go": {Data: []byte(`package a
func f() {
	x(civic.Refuse(civic.Invalid, "a.half", "n", 1).In("point"))
	d.wrong("text", "a.long")
	refuse("name", "a.none")
	civic.Refuse(civic.Missing, "a.gone")
	civic.Refuse(civic.Malformed, "a.loose")
	civic.Refuse(civic.Invalid, key)
}`)},
	}
	doc, broken, err := fieldRules(tree)
	if err != nil {
		t.Fatal(err)
	}
	want := "## `rooms/a`\n\n| field | refused where |\n|---|---|\n| – | Loose |\n| `name` | None |\n| `point` | Half a *thing* |\n| `text` | Too long |\n"
	if !strings.HasSuffix(doc, want) {
		t.Errorf("printed\n%s", doc)
	}
	if len(broken) != len(together) {
		t.Errorf("%d of %d rules that nothing refuses by were found", len(broken), len(together))
	}
}

// SECURITY.md names dangerous and risky libraries that there are.
func TestLibrariesNamed(t *testing.T) {
	text, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	modules, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "**Dangerous**")
	section, _, _ = strings.Cut(section, "\n## ")
	named := codeWord.FindAllStringSubmatch(section, -1)
	if len(named) < 5 {
		t.Fatalf("only %d libraries are named", len(named))
	}
	for _, m := range named {
		if !strings.Contains(string(modules), "\t"+m[1]+" v") {
			t.Errorf("SECURITY.md names %s, which go.mod does not", m[1])
		}
	}
}
