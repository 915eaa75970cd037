package records

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/rooms/matter"
)

func springfield(t testing.TB) *Mapping {
	t.Helper()
	data, err := os.ReadFile("testdata/springfield.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, refusals := ParseMapping(data)
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	return m
}

func readAll(t testing.TB, data []byte, m *Mapping) []Row {
	t.Helper()
	r, refusals, err := NewReader(bytes.NewReader(data), m)
	if err != nil || len(refusals) > 0 {
		t.Fatal(err, refusals)
	}
	var rows []Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func keysOf(row Row) string {
	var keys []string
	for _, r := range row.Refusals {
		keys = append(keys, strings.TrimPrefix(r.Key, "records."))
	}
	return strings.Join(keys, " ")
}

// Every row of the sample is read or set aside, and broken ones name what is wrong.
func TestSample(t *testing.T) {
	data, err := os.ReadFile("testdata/springfield.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows := readAll(t, data, springfield(t))
	want := map[int]string{ // by line; "" is sound
		2: "", 3: "", 4: "time", 5: "", 6: "not_mapped", 7: "point", 8: "", 10: "quote", 11: "", 12: "cells", 13: "", 14: "",
		15: "control", 16: "not_mapped control", 17: "closed_when", 18: "closed_before", 19: "", 20: "missing", 22: "", 23: "", 24: "", 25: "encoding", 26: "",
	}
	for _, row := range rows {
		keys, there := want[row.Line]
		if !there {
			t.Errorf("line %d was not expected: %q", row.Line, row.Text)
		}
		if got := keysOf(row); got != keys && !(row.Line == 16 && strings.Contains(got, "control")) {
			t.Errorf("line %d: %q, want %q", row.Line, got, keys)
		}
		delete(want, row.Line)
	}
	if len(want) > 0 {
		t.Errorf("lines that were not seen: %v", want)
	}
	by := func(line int) Record {
		return rows[slices.IndexFunc(rows, func(r Row) bool { return r.Line == line })].Record
	}
	at := func(text string) civic.Instant {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return civic.At(when)
	}
	first := Record{
		External: "S-1", Reported: at("2012-07-04T09:05:00-05:00"), Target: at("2012-07-12T00:00:00-05:00") - 1, Category: "streets.pothole",
		Place: "ward-03", Located: true, Lat: 39.79, Lon: -89.65, Address: "12 Main St", Text: "A hole", Lead: "works", Channel: "web", Status: Open,
	}
	if by(2) != first {
		t.Errorf("%+v", by(2))
	}
	if r := by(3); r.Status != Closed || r.Closed != at("2012-07-05T17:00:00-05:00") || r.Outcome != matter.Fixed {
		t.Errorf("%+v", r)
	}
	if r := by(5); r.Reported != first.Reported {
		t.Errorf("%+v", r)
	}
	if r := by(8); r.Text != "He said \"now\", twice;\nthen left" {
		t.Errorf("%q", r.Text)
	}
	if r := by(13); r.Place != "" || r.Located {
		t.Errorf("%+v", r)
	}
	if r := by(14); r.Text != "reversed txet" {
		t.Errorf("%q", r.Text)
	}
	if r := by(19); r.Channel != "import" {
		t.Errorf("%+v", r)
	}
	if r := by(22); r.Located {
		t.Errorf("%+v", r)
	}
	if r := by(23); r.Reported != at("2012-11-04T01:30:00-05:00") {
		t.Errorf("the hour that comes twice is read as %v", r.Reported.Time())
	}
	if r := by(24); r.Status != Declined {
		t.Errorf("%+v", r)
	}
}

func TestEncodings(t *testing.T) {
	mapping := func(encoding string) *Mapping {
		m, refusals := ParseMapping([]byte("name: x\nzone: UTC\nencoding: " + encoding +
			"\nexternal: id\nreported: {column: at, formats: [rfc3339]}\ncategory: kind\naddress: where\n"))
		if len(refusals) > 0 {
			t.Fatal(refusals)
		}
		return m
	}
	text := "id,at,kind,where\n1,2020-01-01T00:00:00Z,lamp,"
	for _, k := range []struct {
		encoding string
		data     []byte
		where    string
	}{
		{"utf-8", []byte(text + "Hauptstraße\n"), "Hauptstraße"},
		{"utf-8", []byte("\ufeff" + text + "中山路\n"), "中山路"},
		{"windows-1252", []byte(text + "Hauptstra\xdfe\n"), "Hauptstraße"},
		{"gb18030", []byte(text + "\xd6\xd0\xc9\xbd\xc2\xb7\n"), "中山路"},
		{"utf-16", []byte("\xff\xfei\x00d\x00,\x00a\x00t\x00,\x00k\x00i\x00n\x00d\x00,\x00w\x00h\x00e\x00r\x00e\x00\n\x00" +
			"1\x00,\x002\x000\x002\x000\x00-\x000\x001\x00-\x000\x001\x00T\x000\x000\x00:\x000\x000\x00:\x000\x000\x00Z\x00,\x00k\x00,\x00-N\n\x00"), "中"},
	} {
		rows := readAll(t, k.data, mapping(k.encoding))
		if len(rows) != 1 || rows[0].Record.Address != k.where || len(rows[0].Refusals) > 0 {
			t.Errorf("%s: %+v", k.encoding, rows)
		}
	}
}

func TestMappingRefuses(t *testing.T) {
	good := "name: x\nzone: UTC\nreported: {column: at, formats: [rfc3339]}\ncategory: kind\n"
	if _, refusals := ParseMapping([]byte(good)); len(refusals) > 0 {
		t.Fatal(refusals)
	}
	for _, k := range []struct{ more, key, field string }{
		{"colour: red", "mapping_yaml", ""}, {"status: {column: s, colour: red}", "mapping_yaml", ""}, {"\t- x", "mapping_yaml", ""},
		{"encoding: ebcdic", "mapping_encoding", "encoding"}, {"delimiter: '\"'", "mapping_delimiter", "delimiter"},
		{"visibility: secret", "mapping_visibility", "visibility"}, {"lat: y", "mapping_half", "lat"},
		{"closed: {column: done}", "mapping_formats", "closed.formats"}, {"closed: {column: done, formats: [yyyy-QQ]}", "mapping_format", "closed.formats"},
		{"closed: {column: done, formats: [HH:mm]}", "mapping_format", "closed.formats"}, {"closed: {column: done, formats: ['yyyy 01']}", "mapping_format", "closed.formats"},
		{"closed: {column: done, formats: [rfc3339], map: {a: b}}", "mapping_when", "closed"},
		{"lead: {column: d, formats: [rfc3339]}", "mapping_no_time", "lead.formats"}, {"lead: {column: d, columns: [e]}", "mapping_both", "lead"},
	} {
		_, refusals := ParseMapping([]byte(good + k.more + "\n"))
		if !slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return r.Key == "records."+k.key && r.Field == k.field }) {
			t.Errorf("%s: %v", k.more, refusals)
		}
	}
	for text, key := range map[string]string{
		"": "mapping_yaml", "zone: UTC\nreported: {column: at, formats: [rfc3339]}\ncategory: k": "mapping_name",
		"name: x\nzone: Mars\nreported: {column: at, formats: [rfc3339]}\ncategory: k": "mapping_zone", "name: x\nzone: UTC": "mapping_field",
	} {
		_, refusals := ParseMapping([]byte(text))
		if !slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return r.Key == "records."+key }) {
			t.Errorf("%q: %v", text, refusals)
		}
	}
	m, _ := ParseMapping([]byte(good))
	if _, refusals, _ := NewReader(strings.NewReader("a,b\n"), m); len(refusals) != 2 || refusals[0].Key != "records.column_missing" {
		t.Errorf("a file without the columns: %v", refusals)
	}
	if _, refusals, _ := NewReader(strings.NewReader(""), m); len(refusals) != 1 || refusals[0].Key != "records.empty" {
		t.Errorf("an empty file: %v", refusals)
	}
}

func TestTimes(t *testing.T) {
	for _, k := range []struct{ pattern, text, want string }{
		{"yyyy-MM-dd HH:mm:ss", "2012-03-01 07:08:09", "2012-03-01T13:08:09Z"},
		{"M/d/yyyy h:mm a", "3/1/2012 7:08 PM", "2012-03-02T01:08:00Z"},
		{"yyyy-MM-dd'T'HH:mm:ss.SSS", "2012-03-01T07:08:09.250", "2012-03-01T13:08:09.25Z"},
		{"yyyy-MM-dd HH:mm XX", "2012-03-01 07:08 +0100", "2012-03-01T06:08:00Z"},
		{"dd MMM yyyy", "01 Mar 2012", "2012-03-01T06:00:00Z"},
		{"unix", "1330585689", "2012-03-01T07:08:09Z"}, {"unix_ms", "1330585689250", "2012-03-01T07:08:09.25Z"},
		{"yyyy-MM-dd", "2012-02-30", ""}, {"yyyy-MM-dd", "0001-01-01", ""}, {"unix", "99999999999999", ""}, {"rfc3339", "2012-03-01", ""},
	} {
		m := springfield(t)
		layout, ok := layoutOf(k.pattern)
		if !ok {
			t.Errorf("%s is no pattern", k.pattern)
		}
		got, ok := m.instant(&Field{layouts: []string{layout}}, k.text, false)
		if text := got.Time().Format(time.RFC3339Nano); ok != (k.want != "") || ok && text != k.want {
			t.Errorf("%s by %s: %s, want %s", k.text, k.pattern, text, k.want)
		}
	}
}

// Whatever the file holds, every line of it comes back in exactly one row, in order.
func TestNothingIsLost(t *testing.T) {
	m, refusals := ParseMapping([]byte("name: x\nzone: UTC\nreported: {column: at, formats: [rfc3339]}\ncategory: kind\n"))
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	piece := rapid.SampledFrom([]string{`"`, `""`, ",", "\n", "\r\n", "a", "at", " ", "\x00", "\xff", "中", "2020-01-01T00:00:00Z", `"x"`, "\u202e"})
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "body"), "")
		r, refusals, err := NewReader(strings.NewReader("at,kind\n"+body), m)
		if err != nil || len(refusals) > 0 {
			t.Fatal(err, refusals)
		}
		var got []string
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if (row.Record.Reported != 0 && row.Record.Category != "") != (len(row.Refusals) == 0) && len(row.Refusals) == 0 {
				t.Fatalf("row %d is taken without what it needs: %+v", row.Line, row.Record)
			}
			got = append(got, strings.Split(row.Text, "\n")...)
		}
		var want []string
		for _, line := range strings.Split(body, "\n") {
			want = append(want, strings.TrimSuffix(line, "\r"))
		}
		blank := func(s string) bool { return strings.TrimSpace(s) == "" }
		if a, b := slices.DeleteFunc(got, blank), slices.DeleteFunc(want, blank); !slices.Equal(a, b) {
			t.Fatalf("read %q of %q", a, b)
		}
	})
}

func FuzzMapping(f *testing.F) {
	data, err := os.ReadFile("testdata/springfield.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("name: x\nzone: UTC\nreported: {column: at, formats: [\"yyyy'\"]}\ncategory: {code: '{a:02}'}\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, refusals := ParseMapping(data)
		if (m == nil) == (len(refusals) == 0) {
			t.Fatal("neither a mapping nor a reason")
		}
		if m == nil {
			return
		}
		header := map[string]bool{}
		for _, n := range m.fields() {
			for _, c := range n.columns() {
				header[c] = true
			}
		}
		for c := range header {
			if strings.ContainsAny(c, "\"\r\n"+m.Delimiter) || strings.TrimSpace(c) != c {
				return
			}
		}
		r, refusals, err := NewReader(strings.NewReader("x\n"), m)
		if err == nil && len(refusals) == 0 {
			r.Next()
		}
	})
}

func FuzzRows(f *testing.F) {
	sample, err := os.ReadFile("testdata/springfield.csv")
	if err != nil {
		f.Fatal(err)
	}
	m := springfield(f)
	header, _, _ := bytes.Cut(sample, []byte("\n"))
	f.Add(sample[len(header)+1:])
	f.Add([]byte("\"a\"\"b;\n\"\"\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, refusals, err := NewReader(io.MultiReader(bytes.NewReader(header), strings.NewReader("\n"), bytes.NewReader(data)), m)
		if err != nil || len(refusals) > 0 {
			t.Fatal(err, refusals)
		}
		last := 1
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if row.Line <= last {
				t.Fatalf("row %d after row %d", row.Line, last)
			}
			last = row.Line
			rec := row.Record
			if len(row.Refusals) == 0 && (rec.External == "" || rec.Category == "" || rec.Reported == 0 || rec.Closed != 0 && rec.Closed < rec.Reported) {
				t.Fatalf("row %d is taken: %+v", row.Line, rec)
			}
			for _, text := range []string{rec.External, string(rec.Category), rec.Address, rec.Text} {
				if len(row.Refusals) == 0 && strings.ContainsAny(text, "\x00\u202e") {
					t.Fatalf("row %d keeps %q", row.Line, text)
				}
			}
			for _, reason := range row.Refusals {
				if !strings.HasPrefix(reason.Field, "row ") {
					t.Fatalf("row %d: %v names no row", row.Line, reason)
				}
			}
		}
	})
}

func BenchmarkRows(b *testing.B) {
	sample, err := os.ReadFile("testdata/springfield.csv")
	if err != nil {
		b.Fatal(err)
	}
	lines := bytes.SplitAfter(sample, []byte("\n"))
	m := springfield(b)
	var file bytes.Buffer
	file.Write(lines[0])
	for range b.N {
		file.Write(lines[1])
	}
	r, _, err := NewReader(&file, m)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if row, err := r.Next(); err != nil || len(row.Refusals) > 0 {
			b.Fatal(err, row.Refusals)
		}
	}
}
