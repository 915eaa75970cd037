package fences

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"skein/internal/shared"
)

var (
	asvsRow    = regexp.MustCompile(`(?m)^\| (V[0-9.]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
	asvsCounts = regexp.MustCompile(`Of (\d+) requirements \*\*(\d+) are met, (\d+) do not apply, (\d+) are not met\*\*`)
	testName   = regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z0-9_]*)`")
	fileName   = regexp.MustCompile("`([a-z_]+/[A-Za-z0-9_./-]+|[A-Za-z-]+\\.(?:md|json|sum|go)|Makefile)`")
	testFunc   = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9_]+)\(`)
)

// outsideFiles are those of a data folder, which are not of the tree.
var outsideFiles = map[string]bool{"courier.json": true, "signin.json": true}

// docs/asvs.md has one row a requirement, cites what there is, and counts what it says.
func TestASVS(t *testing.T) {
	text, err := os.ReadFile("../docs/asvs.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	ids := map[string]int{}
	met, apart, missing := 0, 0, 0
	tests := map[string]bool{}
	if err := walk(os.DirFS(".."), func(file string, text []byte) error {
		if strings.HasSuffix(file, "_test.go") {
			for _, f := range testFunc.FindAllStringSubmatch(string(text), -1) {
				tests[f[1]] = true
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, row := range asvsRow.FindAllStringSubmatch(doc, -1) {
		id, shown := row[1], row[4]
		ids[id]++
		for _, name := range testName.FindAllStringSubmatch(row[0], -1) {
			if !tests[name[1]] {
				t.Errorf("%s cites %s, which is no test", id, name[1])
			}
		}
		cited := testName.MatchString(shown)
		for _, file := range fileName.FindAllStringSubmatch(row[0], -1) {
			if outsideFiles[file[1]] {
				continue
			}
			if _, err := fs.Stat(os.DirFS(".."), file[1]); err != nil {
				t.Errorf("%s cites %s, which is no file", id, file[1])
			}
			cited = cited || strings.Contains(shown, file[0])
		}
		switch {
		case strings.HasPrefix(shown, "does not apply: "):
			apart++
		case strings.HasPrefix(shown, "not met: "):
			missing++
		default:
			met++
			if !cited {
				t.Errorf("%s is shown by nothing: %s", id, shown)
			}
		}
	}
	if n := strings.Count(doc, "\n| V"); n != met+apart+missing {
		t.Errorf("%d rows, of which %d can be read", n, met+apart+missing)
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("%s has %d rows", id, n)
		}
	}
	counts := asvsCounts.FindStringSubmatch(doc)
	if want := fmt.Sprintf("%d %d %d %d", met+apart+missing, met, apart, missing); counts == nil || strings.Join(counts[1:], " ") != want {
		t.Errorf("the head counts %v, the table %s", counts, want)
	}

	t.Run("requirements", func(t *testing.T) {
		f, err := os.Open(filepath.Join(shared.Dir(t, "data"), "asvs", "asvs-5.0.0-en.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		wanted := map[string]bool{}
		for _, row := range rows[1:] {
			if level := row[len(row)-1]; level == "1" || level == "2" {
				wanted[row[4]] = true
			}
		}
		if len(wanted) < 200 {
			t.Fatalf("only %d requirements were read", len(wanted))
		}
		for id := range wanted {
			if ids[id] == 0 {
				t.Errorf("%s has no row", id)
			}
		}
		for id := range ids {
			if !wanted[id] {
				t.Errorf("%s is no requirement of level 1 or 2", id)
			}
		}
	})
}
