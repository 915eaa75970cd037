package science

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"skein/face/words"
	"skein/frame/civic"
	"skein/science/outbreak"
	"skein/science/outbreak/scan"
)

// ran is what a command printed and how it ended.
type ran struct {
	out    string
	err    error
	misuse error
}

// run parses a command line and runs it, as the program does.
func run(t testing.TB, lang, in string, args ...string) ran {
	t.Helper()
	book := words.NewBook()
	for _, files := range []fs.FS{Messages, outbreak.Messages, scan.Messages} {
		if err := book.Add(files); err != nil {
			t.Fatal(err)
		}
	}
	var c Command
	parser, err := kong.New(&c, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return ran{misuse: err}
	}
	var out bytes.Buffer
	err = parsed.Run(&Desk{Context: context.Background(), In: strings.NewReader(in), Out: &out, Voice: book.Voice(lang, nil)})
	return ran{out: out.String(), err: err}
}

// rows reads what was printed as CSV.
func (r ran) rows(t testing.TB) []map[string]string {
	t.Helper()
	if r.err != nil || r.misuse != nil {
		t.Fatal(r.err, r.misuse)
	}
	records, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, record := range records[1:] {
		m := map[string]string{}
		for i, name := range records[0] {
			m[name] = record[i]
		}
		out = append(out, m)
	}
	return out
}

// file writes a file for a command to read.
func file(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

func refusals(t *testing.T, r ran) civic.Refusals {
	t.Helper()
	bad, ok := civic.AsRefusals(r.err)
	if !ok {
		t.Fatalf("not refused: %v %v %s", r.err, r.misuse, r.out)
	}
	return bad
}

func object0(t *testing.T, text string) map[string]any {
	t.Helper()
	var all []map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil || len(all) == 0 {
		t.Fatalf("%v in %s", err, text)
	}
	return all[len(all)-1]
}
