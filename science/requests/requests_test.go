package requests

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"skein/frame/civic"
)

func TestRefused(t *testing.T) {
	english, _ := Messages.ReadFile("messages.en.json")
	for _, c := range []struct {
		name, text, key string
		args            map[string]any
	}{
		{"nothing", "", "requests.empty", nil},
		{"a header alone", "id,text\n", "requests.empty", nil},
		{"no text", "id,words\n1,a\n", "requests.column_missing", map[string]any{"column": "text", "found": "id, words"}},
		{"x without y", "id,text,x_m\n1,a,2\n", "requests.column_missing", map[string]any{"column": "y_m"}},
		{"a column twice", "id,text,Text\n1,a,b\n", "requests.column_twice", map[string]any{"column": "text"}},
		{"another encoding", "id,text\n1,a\n2,\xc4\xe3\n", "requests.not_utf8", map[string]any{"line": 3}},
		{"an open quotation mark", "id,text\n1,\"a\n2,b\n", "requests.not_csv", map[string]any{"line": 3}},
		{"a comma too many", "id,text\n1,a,b\n", "requests.row_width", map[string]any{"line": 2, "fields": 3, "columns": 2}},
		{"no id", "id,text\n1,a\n,b\n", "requests.row_id_missing", map[string]any{"line": 3}},
		{"an id twice", "id,text\n1,a\n1,b\n", "requests.row_id_twice", map[string]any{"line": 3, "other": 2, "value": "1"}},
		{"half a place", "id,text,x_m,y_m\n1,\"a\nb\",3,\n", "requests.row_place_half", map[string]any{"line": 2, "column": "y_m"}},
		{"no number", "id,text,x_m,y_m\n1,a,3,north\n", "requests.row_metres", map[string]any{"column": "y_m", "value": "north"}},
		{"not finite", "id,text,x_m,y_m\n1,a,NaN,inf\n", "requests.row_metres", map[string]any{"column": "x_m"}},
		{"off the Earth", "id,text,x_m,y_m\n1,a,1e9,0\n", "requests.row_metres", nil},
		{"no time", "id,text,time\n1,a,yesterday\n", "requests.row_time", map[string]any{"value": "yesterday"}},
		{"31 February", "id,text,time\n1,a,2026-02-31\n", "requests.row_time", nil},
	} {
		_, err := Parse([]byte(c.text), "id", "text")
		rs, ok := civic.AsRefusals(err)
		if !ok || rs[0].Key != c.key {
			t.Errorf("%s: %v, want %s", c.name, err, c.key)
			continue
		}
		for name, want := range c.args {
			if rs[0].Args[name] != want {
				t.Errorf("%s: %s is %v, want %v", c.name, name, rs[0].Args[name], want)
			}
		}
		if !bytes.Contains(english, []byte(`"`+c.key+`"`)) {
			t.Errorf("no text for %s", c.key)
		}
	}
	_, err := Parse([]byte("id,text,x_m,y_m\n"+strings.Repeat("1,a,b,c\n", 100)), "text")
	if rs, _ := civic.AsRefusals(err); len(rs) < 50 || len(rs) > 53 {
		t.Errorf("%d reasons", len(rs))
	}
}

func TestTaken(t *testing.T) {
	list, err := Parse([]byte("\ufeffTIME, Text ,more,x_m,y_m\r\n2026-03-27, a ,?,1,2\r\n2026-03-27T01:57:40+08:00,b,,,\r\n"), "text")
	if err != nil {
		t.Fatal(err)
	}
	if list[0].ID != "1" || list[0].Text != "a" || list[0].X != 1 || !list[0].Placed || list[1].Placed || list[1].Time.Format("2006-01-02T15:04:05") != "2026-03-26T17:57:40" {
		t.Errorf("%+v", list)
	}
}

// TestWriteAndParse holds that what is generated is read back as it was, to a tenth of a metre.
func TestWriteAndParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Plan{Seed: rapid.Uint64().Draw(t, "seed"), Rows: rapid.IntRange(1, 60).Draw(t, "rows"), Signed: 0.5, Vague: 0.2, Mislabel: 0.1, Phrasings: rapid.IntRange(0, 3).Draw(t, "phrasings")}
		list := Generate(p)
		if len(list) != p.Rows || !reflect.DeepEqual(list, Generate(p)) {
			t.Fatal("the same plan gives other requests")
		}
		back, err := Parse(Write(list), "id", "text")
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			a, b := list[i], back[i]
			if a.X-b.X > 0.06 || b.X-a.X > 0.06 || a.Y-b.Y > 0.06 || b.Y-a.Y > 0.06 {
				t.Fatalf("%v and %v", a, b)
			}
			b.X, b.Y, a.Text = a.X, a.Y, strings.TrimSpace(a.Text)
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("%+v\n%+v", a, b)
			}
			if strings.ContainsAny(a.Text, "{}|\x01\x02") {
				t.Fatalf("%q was not made to the end", a.Text)
			}
		}
	})
}

// TestShipped holds that the set that is shipped is the one that the generator makes.
func TestShipped(t *testing.T) {
	data, err := os.ReadFile("testdata/generated.csv")
	if err != nil {
		t.Fatal(err)
	}
	if want := Write(Generate(Shipped)); !bytes.Equal(data, want) {
		t.Fatal("make it anew: skein science requests > science/requests/testdata/generated.csv")
	}
}

// FuzzParse holds that any bytes are refused in words that exist, or are written and read back the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte("id,cluster,lang,category,x_m,y_m,time,text\n1,2,en,light,1.5,-2,2026-03-27T01:57:40,\"a, b\"\n"))
	english, _ := Messages.ReadFile("messages.en.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := Parse(data, "text")
		if err != nil {
			rs, ok := civic.AsRefusals(err)
			if !ok || len(rs) == 0 {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			for _, r := range rs {
				if !bytes.Contains(english, []byte(`"`+r.Key+`"`)) {
					t.Fatalf("no text for %s", r.Key)
				}
			}
			return
		}
		again, err := Parse(Write(list), "id", "text")
		if err != nil {
			t.Fatal(err)
		}
		if second, _ := Parse(Write(again), "id", "text"); !reflect.DeepEqual(again, second) || len(again) != len(list) {
			t.Fatal("written and read back it is another list")
		}
	})
}
