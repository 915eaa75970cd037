package similar

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"
)

// TestGoldenJaccard compares with scikit-learn, in both directions: every pair given, and every pair of at least 0.4.
func TestGoldenJaccard(t *testing.T) {
	list := golden(t)
	for n := 2; n <= 3; n++ {
		f, err := os.Open(fmt.Sprintf("testdata/near-duplicates/g_jaccard_char%d.csv", n))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := map[[2]string][]string{}
		for _, row := range rows[1:] {
			want[[2]string{row[0], row[1]}] = row
		}
		largest, compared := 0.0, 0
		for i := range list {
			for j := i + 1; j < len(list); j++ {
				a, b := CharGrams(list[i].Text, n), CharGrams(list[j].Text, n)
				intersection, union := Overlap(a, b)
				got := Jaccard(a, b)
				row, given := want[[2]string{list[i].ID, list[j].ID}]
				switch {
				case given:
					jaccard, _ := strconv.ParseFloat(row[4], 64)
					largest, compared = max(largest, math.Abs(jaccard-got)), compared+1
					if strconv.Itoa(intersection) != row[2] || strconv.Itoa(union) != row[3] || math.Abs(jaccard-got) > 1e-9 {
						t.Errorf("%v: got %d of %d = %v", row, intersection, union, got)
					}
				case got >= 0.4:
					t.Errorf("%s and %s have %v, which the golden file lacks", list[i].ID, list[j].ID, got)
				}
			}
		}
		if compared != len(want) {
			t.Errorf("compared %d of %d", compared, len(want))
		}
		t.Logf("g_jaccard_char%d.csv: %d rows, tolerance 1e-9, largest difference %.1e", n, compared, largest)
	}
}

// TestGoldenBM25 compares with SQLite's FTS5.
func TestGoldenBM25(t *testing.T) {
	data, err := os.ReadFile("testdata/near-duplicates/g_bm25_fts5.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Results []struct {
			Lang, Query   string
			Docs, Matches int
			Top           []struct {
				ID    int64
				Score float64
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	corpora := map[string]*Corpus{"en": NewCorpus(Words), "zh": NewCorpus(Trigrams)}
	for _, r := range golden(t) {
		id, _ := strconv.ParseInt(r.ID, 10, 64)
		corpora[r.Lang].Add(id, r.Text)
	}
	largest, compared := 0.0, 0
	for _, want := range file.Results {
		c := corpora[want.Lang]
		got := c.Search(want.Query, c.Len())
		if c.Len() != want.Docs || len(got) != want.Matches {
			t.Errorf("%q: %d of %d texts, want %d of %d", want.Query, len(got), c.Len(), want.Matches, want.Docs)
			continue
		}
		for i, w := range want.Top {
			compared++
			largest = max(largest, math.Abs(got[i].Score-w.Score))
			if got[i].ID != w.ID || math.Abs(got[i].Score-w.Score) > 1e-6 {
				t.Errorf("%q, place %d: got %v, want %v", want.Query, i+1, got[i], w)
			}
		}
	}
	t.Logf("g_bm25_fts5.json: %d queries, %d scores, tolerance 1e-6, largest difference %.1e", len(file.Results), compared, largest)
}

func TestQuery(t *testing.T) {
	for query, want := range map[string]string{
		`street light`:             `[[street light]]`,
		`"street light" out`:       `[[street light out]]`,
		`a OR b c`:                 `[[a] [b c]]`,
		`OR a OR OR b OR`:          `[[a] [b] []]`,
		`say "a ""b"" c" d`:        `[[say a "b" c d]]`,
		`"not closed`:              `[[not closed]]`,
		`a"b"c`:                    `[[a b c]]`,
		``:                         `[[]]`,
		"\u3000路灯\u3000OR\u3000坏了": `[[路灯] [坏了]]`,
	} {
		if got := fmt.Sprint(parseQuery(query)); got != want {
			t.Errorf("%q: got %s, want %s", query, got, want)
		}
	}
	for text, want := range map[string]string{"Çà ÉTÉ": "[ca ete]", "がっこう": "[がっこう]", "हिन्दी": "[हिन्दी]", "x² ½ no.7": "[x² ½ no 7]", "한국": "[한국]", "\u0301a": "[a]"} {
		if got := fmt.Sprint(Words(text)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	c := NewCorpus(Words)
	c.Add(1, "Café CLOSED, rue de l’École")
	c.Add(2, "street light out; the street is dark")
	c.Add(3, "")
	for query, want := range map[string]int{"cafe": 1, "ECOLE closed": 1, `"light street"`: 0, `"street light"`: 1, "dark OR café": 2, "!?": 0, "": 0, "light ,": 1} {
		if got := c.Search(query, 10); len(got) != want {
			t.Errorf("%q finds %v, want %d", query, got, want)
		}
	}
	if got := NewCorpus(Trigrams).Search("路灯坏了", 3); len(got) != 0 {
		t.Errorf("an empty corpus answers %v", got)
	}
}
