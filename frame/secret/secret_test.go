package secret

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func of(t *testing.T, text string) *Secret {
	t.Helper()
	s := new(Secret)
	if err := json.Unmarshal([]byte(text), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// Each place gives the value, and gives the new one once it has changed.
func TestPlaces(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "smtp")
	write := func(value string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CREDENTIALS_DIRECTORY", folder)
	for _, x := range []struct {
		text            string
		stands, renewed bool
	}{
		{`"first"`, true, false}, {`{"file": "` + path + `"}`, false, false}, {`{"credential": "smtp"}`, false, false},
		{`{"command": ["cat", "` + path + `"], "for": "10m"}`, false, true},
	} {
		write("first")
		s := of(t, x.text)
		if got, err := s.Value(t.Context()); err != nil || got != "first" {
			t.Errorf("%s gives %q, %v", x.text, got, err)
		}
		if s.Stands() != x.stands || s.Renewed() != x.renewed || !s.Given() {
			t.Errorf("%s: stands %v, renewed %v, given %v", x.text, s.Stands(), s.Renewed(), s.Given())
		}
		write("second")
		s.Renew()
		if got, err := s.Value(t.Context()); err != nil || (got != "second") != x.stands {
			t.Errorf("%s gives %q after a change, %v", x.text, got, err)
		}
	}
	var none *Secret
	if got, err := none.Value(t.Context()); none.Given() || got != "" || err != nil {
		t.Errorf("no secret gives %q, %v", got, err)
	}
}

// What a command said serves for its time, and then it is asked again.
func TestCommandIsAskedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "asked")
	s := of(t, `{"command": ["sh", "-c", "echo x >> `+path+`; wc -l < `+path+`"], "for": "10m"}`)
	synctest.Test(t, func(t *testing.T) {
		s.until = time.Time{}
		want := func(n string) {
			t.Helper()
			s.mu.Lock()
			valid := time.Now().Before(s.until)
			s.mu.Unlock()
			if got := s.said; valid != (n == "serves") {
				t.Errorf("valid %v with %q, want %s", valid, got, n)
			}
		}
		want("asked")
		s.said, s.until = "1", time.Now().Add(s.lasts)
		time.Sleep(9 * time.Minute)
		want("serves")
		time.Sleep(2 * time.Minute)
		want("asked")
	})
	s.until = time.Time{}
	for i, n := range []string{"1", "1", "2"} {
		if i == 2 {
			s.Renew()
		}
		if got, err := s.Value(t.Context()); err != nil || strings.TrimSpace(got) != n {
			t.Errorf("asked %d times: %q, %v", i+1, got, err)
		}
	}
}

// What is wrong is said, and no value with it.
func TestRefused(t *testing.T) {
	for _, text := range []string{`7`, `{}`, `{"value": "hunter2"}`, `{"file": "a", "command": ["b"]}`, `{"file": "a", "for": "1m"}`, `{"command": ["a"], "for": "soon"}`, `{"credential": "../etc/shadow"}`} {
		if err := json.Unmarshal([]byte(text), new(Secret)); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", text, err)
		}
	}
	folder := t.TempDir()
	for name, x := range map[string]struct {
		text string
		mode os.FileMode
	}{"open": {"hunter2", 0o644}, "empty": {"\n", 0o600}, "lines": {"hunter2\nhunter3\n", 0o600}, "large": {strings.Repeat("hunter2", 4000), 0o600}} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(x.text), x.mode); err != nil {
			t.Fatal(err)
		}
		if got, err := of(t, `{"file": "`+path+`"}`).Value(t.Context()); err == nil || got != "" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a file that is %s: %q, %v", name, got, err)
		}
	}
	for _, command := range []string{`["false"]`, `["/none/such"]`, `["echo", ""]`, `["echo", "hunter2\nhunter3"]`} {
		if got, err := of(t, `{"command": `+command+`}`).Value(t.Context()); err == nil || got != "" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %q, %v", command, got, err)
		}
	}
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	if _, err := of(t, `{"credential": "smtp"}`).Value(t.Context()); err == nil || !strings.Contains(err.Error(), "LoadCredential=smtp") {
		t.Errorf("a credential without a folder: %v", err)
	}
}
