package vault

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"skein/frame/civic"
)

func newMaster(t testing.TB) (*Master, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys", "master.key")
	m, err := CreateMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	return m, path
}

func keyOf(err error) string {
	if rs, ok := civic.AsRefusals(err); ok {
		return rs[0].Key
	}
	return ""
}

func TestMasterIsKept(t *testing.T) {
	m, path := newMaster(t)
	again, err := OpenMaster(path)
	if err != nil || again.now().current.key != m.now().current.key {
		t.Fatalf("another key came back: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v %v", info.Mode(), err)
	}
	if info, _ := os.Stat(filepath.Dir(path)); info.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v", info.Mode())
	}
	if _, err := CreateMaster(path); keyOf(err) != "vault.key_exists" {
		t.Errorf("a second key: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestMasterRefuses(t *testing.T) {
	cases := []struct {
		name string
		do   func(t *testing.T, path string)
		want string
	}{
		{"no file", func(t *testing.T, path string) { os.Remove(path) }, "vault.key_missing"},
		{"a symbolic link", func(t *testing.T, path string) {
			os.Rename(path, path+".real")
			os.Symlink(path+".real", path)
		}, "vault.key_symlink"},
		{"a folder", func(t *testing.T, path string) { os.Remove(path); os.Mkdir(path, 0o700) }, "vault.key_not_file"},
		{"group may read", func(t *testing.T, path string) { os.Chmod(path, 0o640) }, "vault.key_mode"},
		{"others may write", func(t *testing.T, path string) { os.Chmod(path, 0o602) }, "vault.key_mode"},
		{"another file", func(t *testing.T, path string) { os.WriteFile(path, []byte("-----BEGIN\nx\n"), 0o600) }, "vault.key_not_a_key"},
		{"a later version", func(t *testing.T, path string) { os.WriteFile(path, []byte("skein master key 2 ab\nx\n"), 0o600) }, "vault.key_version"},
		{"empty", func(t *testing.T, path string) { os.WriteFile(path, nil, 0o600) }, "vault.key_truncated"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, path := newMaster(t)
			c.do(t, path)
			if _, err := OpenMaster(path); keyOf(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// Cut anywhere, or with any letter of it changed, a key file is never taken for a key.
func TestMasterNoticesEveryDamage(t *testing.T) {
	m, path := newMaster(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if key := new(root).parse(whole[:n]); key == "" {
			t.Errorf("the first %d of %d bytes pass for a key", n, len(whole))
		} else if n > len(masterHeader) && key != "vault.key_truncated" {
			t.Errorf("%d bytes: %s", n, key)
		}
		bent := append([]byte(nil), whole...)
		bent[n] ^= 1
		if new(root).parse(bent) == "" {
			t.Errorf("byte %d changed, and it passes for a key", n)
		}
	}
	if new(root).parse(append(whole, '\n')) == "" {
		t.Error("a longer file passes for a key")
	}
	if text := string(m.now().current.file()); text != string(whole) {
		t.Errorf("file is %q, want %q", whole, text)
	}
}

func TestDeriveSeparates(t *testing.T) {
	m, path := newMaster(t)
	again, _ := OpenMaster(path)
	seen := map[[32]byte]string{m.now().current.key: "the master key itself"}
	for _, c := range [][2]string{{"cookie", "a"}, {"cookie", "b"}, {"number", "a"}, {"cooki", "ea"}, {"", "cookiea"}} {
		k := m.Derive(c[0], civic.Realm(c[1]))
		if who, twice := seen[k]; twice {
			t.Errorf("%v gives the key of %s", c, who)
		}
		seen[k] = strings.Join(c[:], " in ")
		if again.Derive(c[0], civic.Realm(c[1])) != k {
			t.Errorf("%v gives another key after reopening", c)
		}
	}
}

func FuzzMasterFile(f *testing.F) {
	f.Add(new(root).file())
	f.Add([]byte("skein master key 1 0011223344556677\nAAAA\n"))
	f.Add([]byte("skein master key 9\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var got root
		if got.parse(text) == "" && string(got.file()) != string(text) {
			t.Errorf("%q passes for a key and is written otherwise", text)
		}
	})
}

// Every refusal that the package raises has a text in every language, with the same
// places to fill, and no text is left over.
func TestMessages(t *testing.T) {
	languages := map[string]map[string]string{}
	for _, lang := range []string{"en", "zh-Hans"} {
		text, err := os.ReadFile("messages." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		languages[lang] = m
	}
	raised := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(vault\.(?:key|kms|store|copy|cipher)_[a-z_]+)"`).FindAllSubmatch(source, -1) {
			raised[string(m[1])] = true
		}
	}
	places := func(s string) string {
		p := regexp.MustCompile(`\{[a-z]+\}`).FindAllString(s, -1)
		sort.Strings(p)
		return strings.Join(p, "")
	}
	for lang, m := range languages {
		for key := range raised {
			if m[key] == "" {
				t.Errorf("%s lacks %s", lang, key)
			}
			if places(m[key]) != places(languages["en"][key]) {
				t.Errorf("%s: %s fills %s, not %s", lang, key, places(m[key]), places(languages["en"][key]))
			}
		}
		for key := range m {
			if !raised[key] {
				t.Errorf("%s: nothing raises %s", lang, key)
			}
		}
	}
}
