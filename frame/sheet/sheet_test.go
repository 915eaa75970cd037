package sheet

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var shape = Shape{Columns: []string{"id", "title.*", "tags"}, Required: []string{"id"}, Lists: []string{"tags"}, MostRows: 3, MostBytes: 400}

func TestRead(t *testing.T) {
	want := []map[string]string{{"id": "a", "title.en": "A, \"one\"", "tags": "x;y"}, {"id": "b", "title.zh-Hans": "乙"}}
	for name, file := range map[string]struct {
		format Format
		text   string
	}{
		"csv":                {CSV, "id,title.en,title.zh-Hans,tags\na,\"A, \"\"one\"\"\",,x;y\n\nb,,乙,\n"},
		"mark, crlf, spaces": {CSV, "\ufeffid , title.en,title.zh-Hans,tags,,\r\n a ,\"A, \"\"one\"\"\",,x;y,,\r\n,,,\r\nb,,　乙 ,\r\n"},
		"yaml":               {YAML, "- id: a\n  title: {en: 'A, \"one\"'}\n  tags: [x, y]\n- {id: b, title.zh-Hans: 乙, tags: ~}\n"},
		"json":               {YAML, `[{"id":"a","title":{"en":"A, \"one\""},"tags":"x;y"},{"id":"b","title":{"zh-Hans":"乙"}}]`},
	} {
		table, refusals := Read(file.format, []byte(file.text), shape)
		var got []map[string]string
		for _, r := range table.Rows {
			got = append(got, r.Cells)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(refusals) > 0 {
			t.Errorf("%s: %v %s", name, refusals, diff)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		name   string
		format Format
		text   string
		want   string
	}{
		{"too many", CSV, "id\na\nb\nc\nd\n", "sheet.too_many most=3"},
		{"too many", YAML, "[{id: a}, {id: a}, {id: a}, {id: a}]", "sheet.too_many most=3"},
		{"too large", CSV, strings.Repeat("x", 401), "sheet.too_large bytes=401 most=400"},
		{"format", "xlsx", "id\n", "sheet.format format=xlsx"},
		{"no language", CSV, "id,title.english\n", "sheet.column_unknown [row 1, title.english]"},
		{"a pair that is no GBK", CSV, "id\n\xff\x41\n", "sheet.not_utf8 row=2"},
		{"GBK", CSV, "id\na\n\xd6\xd0\n", "sheet.gbk row=3"},
		{"the line where a row begins", CSV, "id,tags\n\n\na,\x00b\n", "sheet.cell_control [row 4, tags]"},
		{"a mapping two deep", YAML, "- {id: a, title: {en: {x: y}}}", "sheet.yaml_value [row 1, title.en]"},
		{"a key that is no word", YAML, "- {[a]: b}", "sheet.yaml_key [row 1]"},
	} {
		if _, refusals := Read(test.format, []byte(test.text), shape); !strings.Contains(refusals.Error(), test.want) {
			t.Errorf("%s: want %s, got %v", test.name, test.want, refusals)
		}
	}
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]Format{"a.csv": CSV, "A.CSV": CSV, "b.yml": YAML, "b.yaml": YAML, "c.xlsx": "", "csv": ""} {
		if got := FormatOf(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestWriteReadsBack(t *testing.T) {
	columns := []string{"id", "title.en", "tags"}
	rapid.Check(t, func(t *rapid.T) {
		var rows []map[string]string
		for range rapid.IntRange(1, 3).Draw(t, "rows") {
			row := map[string]string{"id": "a"}
			for _, c := range columns {
				text := rapid.OneOf(rapid.StringMatching(`[ -~]{0,8}`), rapid.String()).Draw(t, c)
				if c == "tags" {
					text = strings.Join(Split(text), ";")
				}
				if text, refusal := clean(Row{}, c, text); refusal == nil && text != "" && utf8.ValidString(text) {
					row[c] = text
				}
			}
			rows = append(rows, row)
		}
		big := shape
		big.MostBytes = 0
		asYAML, err := WriteYAML(big, columns, rows)
		if err != nil {
			t.Fatal(err)
		}
		for format, text := range map[Format][]byte{CSV: WriteCSV(columns, rows), YAML: asYAML} {
			table, refusals := Read(format, text, big)
			var got []map[string]string
			for _, r := range table.Rows {
				got = append(got, r.Cells)
			}
			if diff := cmp.Diff(rows, got); diff != "" || len(refusals) > 0 {
				t.Fatalf("%s: %v %s\n%q", format, refusals, diff, text)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/tree.csv", "testdata/tree.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []Format{CSV, YAML} {
			table, refusals := Read(format, data, shape)
			if len(refusals) > 0 {
				continue
			}
			for _, r := range table.Rows {
				for column, cell := range r.Cells {
					if !utf8.ValidString(cell) || bytes.ContainsAny([]byte(cell), "\n\r\x00") || cell != strings.TrimSpace(cell) || cell == "" {
						t.Fatalf("%s: %s holds %q", format, column, cell)
					}
				}
			}
		}
	})
}
