package science

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/face/words"
	"skein/frame/civic"
	"skein/science/requests"
)

// desk is a desk that prints into a buffer and reads what in says.
func desk(t *testing.T, in string) (*Desk, *bytes.Buffer) {
	t.Helper()
	book := words.NewBook()
	if err := book.Add(Messages); err != nil {
		t.Fatal(err)
	}
	out := new(bytes.Buffer)
	return &Desk{Context: context.Background(), In: strings.NewReader(in), Out: out, Voice: book.Voice("en", nil)}, out
}

func refusedWith(t *testing.T, err error, key string) {
	t.Helper()
	if rs, ok := civic.AsRefusals(err); !ok || rs[0].Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

const lamps = `id,category,x_m,y_m,time,text
m-1,light,100,100,2026-03-01T10:00:00,The lamp by the library on Mill Road is out
m-2,light,120,110,2026-03-01T18:00:00,"Hello, the lamp by the library on Mill Road is out"
m-3,light,5000,110,2026-03-01T18:00:00,"Hello, the lamp by the library on Mill Road is out"
m-4,,,,,The lift is broken
`

func TestSimilarCommand(t *testing.T) {
	d, out := desk(t, lamps)
	c := Similar{Output: Output{Format: "json"}, File: "-", Threshold: 0.5, Scatter: 30, Lag: 1.5}
	if err := c.Run(d); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Pairs []struct {
			A, B          string
			Score, Metres float64
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Pairs) != 1 || got.Pairs[0].A != "m-1" || got.Pairs[0].B != "m-2" || got.Pairs[0].Score < 0.9 || got.Pairs[0].Metres < 22 {
		t.Errorf("%s", out)
	}
	d, out = desk(t, "id,text\n1,a lamp\n2,a lift\n")
	if err := c.Run(d); err != nil || !strings.Contains(out.String(), `"pairs": []`) {
		t.Errorf("%v: %s", err, out)
	}
	for _, format := range []string{"csv", "text"} {
		d, out = desk(t, lamps)
		c.Format = format
		if err := c.Run(d); err != nil || strings.Count(out.String(), "\n") != 2 || !strings.Contains(out.String(), "m-1") {
			t.Errorf("%v: %s", err, out)
		}
	}
	d, _ = desk(t, "id,words\n1,a lamp\n")
	refusedWith(t, c.Run(d), "requests.column_missing")
	for _, bad := range []Similar{{Threshold: 0, Scatter: 30, Lag: 1}, {Threshold: 1, Scatter: 30, Lag: 1}, {Threshold: .5, Scatter: 0, Lag: 1}, {Threshold: .5, Scatter: 1, Lag: 0}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func TestClassifyCommands(t *testing.T) {
	model := filepath.Join(t.TempDir(), "model.json")
	list := requests.Generate(requests.Plan{Seed: 6, Rows: 2500, Signed: 0.2})
	d, out := desk(t, string(requests.Write(list)))
	train := ClassifyTrain{Output: Output{Format: "csv"}, File: "-", Out: model, K: 5, Precision: 0.9}
	if err := train.Run(d); err != nil {
		t.Fatal(err)
	}
	table, err := csv.NewReader(out).ReadAll()
	if err != nil || len(table) != 17 || len(table[0]) != 18 || table[0][17] != "unsure" {
		t.Fatalf("%v: %v", err, table)
	}
	for _, row := range table[1:] {
		for _, cell := range row[1:] {
			if len(cell) == 1 && cell > "0" && cell < "5" {
				t.Errorf("a count of %s leaves the office: %v", cell, row)
			}
		}
	}
	for format, part := range map[string]string{"text": "other texts", "json": `"confusion": [`} {
		d, out = desk(t, string(requests.Write(list)))
		train.Format = format
		if err := train.Run(d); err != nil || !strings.Contains(out.String(), part) {
			t.Errorf("%v: %s", err, out)
		}
	}
	d, out = desk(t, "text\nThe street light on Mill Road is out since Monday\nxyzzy\n")
	suggest := ClassifySuggest{Output: Output{Format: "csv"}, Model: model, File: "-"}
	if err := suggest.Run(d); err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(out.String(), "\n"); !strings.HasPrefix(got[1], "1,light,false,light,") || !strings.HasPrefix(got[2], "2,,true,") {
		t.Errorf("%q", got)
	}
	d, _ = desk(t, "text,category\na,b\n")
	refusedWith(t, train.Run(d), "classify.too_few")
	if err := os.WriteFile(model, []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	d, _ = desk(t, "text\na\n")
	refusedWith(t, suggest.Run(d), "classify.model_unknown")
	if (&ClassifySuggest{Model: model}).Validate() == nil || (&ClassifyTrain{K: 1, Precision: 0.9}).Validate() == nil || (&ClassifyTrain{K: 5, Precision: 1}).Validate() == nil {
		t.Error("misuse is taken")
	}
}

func TestMaskCommand(t *testing.T) {
	d, out := desk(t, "id,text\n7,请联系王先生，电话13812345678\n8,nothing\n")
	c := Mask{Output: Output{Format: "json"}, File: "-"}
	if err := c.Run(d); err != nil {
		t.Fatal(err)
	}
	var got []struct {
		ID, Text string
		Spans    []span
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Text != "请联系[name]先生，电话[phone]" || len(got[0].Spans) != 2 || got[0].Spans[1] != (span{"phone", 9, 20}) || got[1].Spans == nil {
		t.Errorf("%s", out)
	}
	d, out = desk(t, "Mr. Smith, \"at home\"\r\n617-555-0134\n")
	c = Mask{Output: Output{Format: "csv"}, File: "-", Lines: true}
	if err := c.Run(d); err != nil || out.String() != "id,text,spans\n1,\"Mr. [name], \"\"at home\"\"\",name 4-9\n2,[phone],phone 0-12\n" {
		t.Errorf("%v: %q", err, out)
	}
	if (&Mask{}).Validate() == nil || (&Mask{File: "-", Text: "a"}).Validate() == nil {
		t.Error("misuse is taken")
	}
}

func TestRequestsCommand(t *testing.T) {
	d, out := desk(t, "")
	c := Requests{Rows: 50, Seed: 3, Days: 60, Side: 8000, Signed: 0.5}
	if err := c.Run(d); err != nil {
		t.Fatal(err)
	}
	if list, err := requests.Parse(out.Bytes(), "id", "text"); err != nil || len(list) != 50 {
		t.Errorf("%v: %d rows", err, len(list))
	}
	for _, bad := range []Requests{{}, {Rows: 1, Days: 1, Side: 1, Vague: 2}, {Rows: 1, Days: 0, Side: 1}, {Rows: 1, Days: 1, Side: 1, Phrasings: -1}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
