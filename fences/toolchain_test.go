package fences

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// mendedGo is the oldest Go of its line whose own library has none of the weaknesses that were known on 2026-11-26.
const mendedGo = "go1.26.10"

// The Go that builds what people run is named in go.mod, and make takes it or says that it cannot.
func TestToolchain(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	named := regexp.MustCompile(`(?m)^toolchain (go1\.(\d+)\.(\d+))$`).FindStringSubmatch(read("../go.mod"))
	if named == nil {
		t.Fatal("go.mod names no toolchain")
	}
	if named[1] != mendedGo && (len(named[2]) < 2 || named[2] < "26" || named[2] == "26" && (len(named[3]) < 2 || named[3] < "10")) {
		t.Errorf("%s has weaknesses that %s mends", named[1], mendedGo)
	}
	if !strings.Contains(read("../Makefile"), "export GOTOOLCHAIN := $(shell scripts/toolchain)") {
		t.Error("make does not take the toolchain that go.mod names")
	}
}
