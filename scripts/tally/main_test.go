package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     count
		says     []string
		silent   []string
	}{
		{
			name: "a pass says nothing of itself",
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.1}
{"Action":"pass","Package":"p","Elapsed":0.2}
`,
			want: count{passed: 1}, says: []string{"ok    p (0.2 s)", "slow  p TestA (0.1 s)"}, silent: []string{"chatter"},
		},
		{
			name: "a failure and a skip say why",
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:1: not equal\n"}
{"Action":"fail","Package":"p","Test":"TestA","Elapsed":0}
{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:1: no server\n"}
{"Action":"skip","Package":"p","Test":"TestB","Elapsed":0}
{"Action":"fail","Package":"p","Elapsed":0}
`,
			want: count{failed: 1, skipped: 1}, says: []string{"FAIL  p TestA", "not equal", "skip  p TestB", "no server"},
		},
		{
			name: "a package that does not build is a failure",
			in: `{"ImportPath":"p","Action":"build-output","Output":"p.go:1: undefined: x\n"}
{"Action":"output","Package":"p","Output":"FAIL p [build failed]\n"}
{"Action":"fail","Package":"p","Elapsed":0}
`,
			want: count{failed: 1}, says: []string{"undefined: x", "build failed"},
		},
		{
			name: "a package without tests is no skip",
			in:   `{"Action":"skip","Package":"p","Elapsed":0}` + "\n",
		},
		{
			name: "what is not JSON goes through",
			in:   "go: no such tool",
			says: []string{"go: no such tool"},
		},
	} {
		var out bytes.Buffer
		got, err := read(strings.NewReader(c.in), &out)
		if got.slowest(&out); err != nil || got.passed != c.want.passed || got.failed != c.want.failed || got.skipped != c.want.skipped {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
		for _, s := range c.says {
			if !strings.Contains(out.String(), s) {
				t.Errorf("%s: %q is not in\n%s", c.name, s, out.String())
			}
		}
		for _, s := range c.silent {
			if strings.Contains(out.String(), s) {
				t.Errorf("%s: %q is in\n%s", c.name, s, out.String())
			}
		}
	}
}

func TestAdd(t *testing.T) {
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	got, err := add([]string{write("a", "3 1 2\n"), write("b", "4 0 0\n")})
	if want := (count{passed: 7, failed: 1, skipped: 2}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []string{write("empty", ""), write("words", "three"), filepath.Join(t.TempDir(), "none")} {
		if _, err := add([]string{bad}); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
