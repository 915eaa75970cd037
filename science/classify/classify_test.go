package classify

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/science/requests"
)

var plan = requests.Plan{Seed: 21, Rows: 8000, Signed: 0.3, Vague: 0.08, Mislabel: 0.03}

// TestSuggestions holds what a model of generated texts can do. One text in nine or so has no right answer: it says nothing of its
// category, or its label is wrong.
func TestSuggestions(t *testing.T) {
	m, r, err := Train(requests.Generate(plan), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d grams, %d bytes, temperature %.2f, threshold %.2f; accuracy %.3f, answered %.3f of which right %.3f, calibration error %.3f (raw %.3f)",
		len(m.Grams), len(m.Encode()), m.Temperature, m.Threshold, r.Accuracy, r.Answered, r.Precision, r.Calibration, r.Raw)
	if r.Accuracy < 0.8 || r.Answered < 0.8 || r.Precision < 0.88 || r.Calibration > 0.06 {
		t.Errorf("%+v", r)
	}
	total := 0
	for i, row := range r.Confusion {
		total += r.Unsure[i]
		for _, n := range row {
			total += n
		}
	}
	if total != r.Tested {
		t.Errorf("the table holds %d of %d texts", total, r.Tested)
	}
	for text, want := range map[string]string{
		"The street lamp at the corner of Harbour Road is out": "light", "公司拖欠工资三个月": "wages", "垃圾桶满了没人清运": "trash", "THE ELEVATOR IS BROKEN": "lift",
		"": "", "Ça va mal ici": "", "xyzzy": "", "Please see my earlier message": "", "请看我上次的来信": "",
	} {
		s := m.Suggest(text)
		sum := 0.0
		for _, l := range s.Ranked {
			sum += l.Probability
		}
		if math.Abs(sum-1) > 1e-9 || len(s.Ranked) != len(m.Categories) {
			t.Errorf("%q: %v adds up to %v", text, s.Ranked, sum)
		}
		if s.Unsure != (want == "") || want != "" && s.Ranked[0].Category != want {
			t.Errorf("%q: unsure %v, %v, want %q", text, s.Unsure, s.Ranked[:2], want)
		}
	}
}

// TestNothingRare holds that no gram of fewer than k different texts is kept, and no identifier at all.
func TestNothingRare(t *testing.T) {
	list := requests.Generate(plan)
	for range 40 { // the same person with the same words: one text
		list = append(list, requests.Request{Text: "Zebedee Quatermass of Foundry Lane complains about the lamp", Category: "light"})
	}
	for i := range 40 { // and with a name after a title, each text another
		list = append(list, requests.Request{Text: fmt.Sprintf("Mr. Vandersnoot%s says that the lamp number %d is out", strings.Repeat("o", i%3), i), Category: "light"})
	}
	m, _, err := Train(list, Options{K: 7})
	if err != nil {
		t.Fatal(err)
	}
	holds := map[string]map[string]bool{}
	for _, r := range list {
		text := Prepare(r.Text)
		grams(text, func(gram string) {
			if holds[gram] == nil {
				holds[gram] = map[string]bool{}
			}
			holds[gram][text] = true
		})
	}
	digit := regexp.MustCompile(`[0-9@]`)
	for _, g := range m.Grams {
		if n := len(holds[g.Gram]); n < 7 || g.Texts < 7 || g.Texts > n {
			t.Errorf("%q is in %d texts, the model says %d", g.Gram, n, g.Texts)
		}
		if digit.MatchString(g.Gram) || strings.Contains(g.Gram, "zebedee") || strings.Contains(g.Gram, "vandersnoot") {
			t.Errorf("the model remembers %q", g.Gram)
		}
	}
}

func TestSameModel(t *testing.T) {
	list := requests.Generate(requests.Plan{Seed: 2, Rows: 1500})
	a, _, err := Train(list, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, _, _ := Train(list, Options{})
	if !bytes.Equal(a.Encode(), b.Encode()) {
		t.Fatal("the same rows give two models")
	}
	c, err := Decode(a.Encode())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list[:300] {
		if x, y := a.Suggest(r.Text), c.Suggest(r.Text); fmt.Sprint(x) != fmt.Sprint(y) {
			t.Fatalf("%q: %v, after writing and reading %v", r.Text, x, y)
		}
	}
}

func TestRefused(t *testing.T) {
	few := []requests.Request{{Text: "a lamp is out", Category: "light"}, {Text: "a hole", Category: "pothole"}}
	for _, c := range []struct {
		list []requests.Request
		key  string
	}{{nil, "classify.too_few"}, {few, "classify.too_few"}, {requests.Generate(requests.Plan{Rows: 500, Only: []string{"light"}}), "classify.too_few"}} {
		_, _, err := Train(c.list, Options{})
		rs, ok := civic.AsRefusals(err)
		if !ok || rs[0].Key != c.key {
			t.Errorf("%d rows: %v", len(c.list), err)
		}
	}
}

func TestManyCategories(t *testing.T) {
	list := requests.Generate(requests.Plan{Seed: 3, Rows: 12_000})
	for i := range list {
		list[i].Category = fmt.Sprint(list[i].Category, i%18)
	}
	m, _, err := Train(list, Options{K: 2})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(m.Encode()); n > MostFile {
		t.Errorf("%d categories: %d bytes", len(m.Categories), n)
	} else {
		t.Logf("%d categories, %d grams: %d bytes", len(m.Categories), len(m.Grams), n)
	}
}

func TestGrams(t *testing.T) {
	for text, want := range map[string]string{
		"the lamp, is out": "the|lamp|the lamp|is|out|is out",
		"路灯坏了":             "路灯|灯坏|路灯坏|坏了|灯坏了",
		"路灯 坏":             "路灯",
		"bus 39 late a1":   "bus|late",
		"a\x00b":           "a|b",
		"O'Brien's":        "O'Brien's",
		"电梯lift坏了":         "电梯|lift|坏了",
		"":                 "",
	} {
		var got []string
		grams(text, func(g string) { got = append(got, g) })
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q, want %q", text, strings.Join(got, "|"), want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := Prepare(rapid.String().Draw(t, "text"))
		grams(text, func(g string) {
			if !strings.Contains(strings.ReplaceAll(text, "  ", " "), g) && !slices.Contains(strings.Fields(text), g) && !strings.Contains(g, " ") {
				t.Fatalf("%q is not in %q", g, text)
			}
		})
	})
}

// FuzzDecode holds that any bytes are refused in words that exist or give a model that answers and is written back.
func FuzzDecode(f *testing.F) {
	m, _, err := Train(requests.Generate(requests.Plan{Seed: 1, Rows: 120, Phrasings: 1, Only: []string{"light", "lift"}}), Options{K: 9, MostGrams: 5})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.Encode())
	english, _ := Messages.ReadFile("messages.en.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(data)
		if err != nil {
			rs, ok := civic.AsRefusals(err)
			if !ok || !bytes.Contains(english, []byte(`"`+rs[0].Key+`"`)) {
				t.Fatal(err)
			}
			return
		}
		sum := 0.0
		for _, l := range m.Suggest("the street light is out 路灯坏了").Ranked {
			sum += l.Probability
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Fatalf("probabilities add up to %v", sum)
		}
		if _, err := Decode(m.Encode()); err != nil && len(m.Encode()) <= MostFile {
			t.Fatalf("written back it is refused: %v", err)
		}
	})
}

func BenchmarkTrain(b *testing.B) {
	p := plan
	p.Rows = 100_000
	list := requests.Generate(p)
	for b.Loop() {
		began := time.Now()
		m, r, err := Train(list, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/train")
		b.ReportMetric(float64(len(m.Encode()))/1e6, "MB")
		b.ReportMetric(r.Accuracy, "accuracy")
		b.ReportMetric(r.Precision, "precision")
		b.ReportMetric(r.Answered, "answered")
	}
}

func BenchmarkSuggest(b *testing.B) {
	list := requests.Generate(plan)
	m, _, err := Train(list, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		m.Suggest(list[i%len(list)].Text)
	}
}
