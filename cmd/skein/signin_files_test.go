package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/frame/civic"
)

// What an operator writes into signin.json is checked before anybody relies on it.
func TestBadSignInFiles(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		`{"passwords": "yes"}`: "signin.json",
		`{"pasword": true}`:    "pasword",
		`{"breached": "none"}`: "breached",
		`{"providers": [{"code": "a", "title": "A", "issuer": "http://id.example.org", "client_id": "x", "residents": true}]}`:       "https://",
		`{"providers": [{"code": "A/b", "title": "A", "issuer": "https://id.example.org", "client_id": "x", "residents": true}]}`:    "a-z",
		`{"providers": [{"code": "a", "title": "A", "issuer": "https://id.example.org", "client_id": "x"}]}`:                         "officers",
		`{"providers": [{"code": "a", "title": "A", "issuer": "https://id.example.org?x=1", "client_id": "x", "residents": true}]}`:  "no address",
		`{"providers": [{"code": "a", "title": "A", "issuer": "https://u:p@id.example.org/", "client_id": "x", "residents": true}]}`: "no address",
	} {
		dir := t.TempDir()
		a := &app{where: where{Data: dir}}
		if err := os.WriteFile(filepath.Join(dir, "signin.json"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := a.signInSettings(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// A file that may hold passwords is not read while others could read it.
func TestOpenSettingsFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := &app{where: where{Data: dir}}
	for name, read := range map[string]func() error{
		"signin.json":  func() error { _, _, err := a.signInSettings(); return err },
		"courier.json": func() error { _, err := a.courierSettings(); return err },
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := read(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, mode := range []os.FileMode{0o640, 0o604, 0o622} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			if rs, ok := civic.AsRefusals(read()); !ok || rs[0].Key != "skein.file_open" {
				t.Errorf("%s with mode %04o is read", name, mode)
			}
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
