package fences

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The Go that go.mod names is the one that is built with: where it cannot be had, one line says so.
func TestToolchain(t *testing.T) {
	module, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	pin := regexp.MustCompile(`(?m)^toolchain (go1\.\d+\.\d+)$`).FindSubmatch(module)
	if pin == nil {
		t.Fatal("go.mod names no toolchain")
	}
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(makefile), "scripts/toolchain") || !strings.Contains(string(makefile), "export GOTOOLCHAIN := ") {
		t.Error("the Makefile does not build with it")
	}
	for _, c := range []struct{ have, fetched, print, says string }{
		{"go1.26.8", "yes", string(pin[1]), ""},
		{"go1.26.8", "no", "local", "go1.26.8"},
		{string(pin[1]), "no", "local", ""},
		{"go1.99.1", "no", "local", ""},
	} {
		dir := t.TempDir()
		fake := "#!/bin/sh\nif [ \"$GOTOOLCHAIN\" = local ]; then echo " + c.have + "; else [ " + c.fetched + " = yes ]; fi\n"
		if err := os.WriteFile(filepath.Join(dir, "go"), []byte(fake), 0o700); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		run := exec.Command("../scripts/toolchain")
		run.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
		run.Stderr = &said
		out, err := run.Output()
		if err != nil || strings.TrimSpace(string(out)) != c.print {
			t.Errorf("%s, fetched %s: %q %v", c.have, c.fetched, out, err)
		}
		if c.says == "" && said.Len() > 0 || c.says != "" && (strings.Count(said.String(), "\n") != 1 || !strings.Contains(said.String(), c.says)) {
			t.Errorf("%s, fetched %s, says: %q", c.have, c.fetched, said.String())
		}
	}
}
