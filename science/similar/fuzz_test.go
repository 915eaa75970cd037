package similar

import (
	"testing"

	"skein/science/requests"
)

// FuzzText holds that any two texts can be compared, indexed and searched for, with the same answer both ways round.
func FuzzText(f *testing.F) {
	f.Add("路灯坏了 lamp 12", `"路灯坏了" OR lamp`)
	index := NewIndex(Default, 0.01) // empty again after each text
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := Shingles(a), Shingles(b)
		if j := Jaccard(x, y); j != Jaccard(y, x) || j < 0 || j > 1 {
			t.Fatalf("Jaccard %v and %v", j, Jaccard(y, x))
		}
		s, o := NewSketch(x), NewSketch(y)
		if e := s.Jaccard(&o); e < 0 || e > 1 || e != o.Jaccard(&s) || s.Jaccard(&s) != 1 {
			t.Fatalf("estimated %v", e)
		}
		p, q := requests.Request{Text: a, Placed: true}, requests.Request{Text: b, Placed: true, X: 10}
		index.Add(1, p)
		index.Add(2, q)
		for _, m := range index.Query(q, 5) {
			if !(m.Probability >= 0.01 && m.Probability <= 1) {
				t.Fatalf("%v", m)
			}
		}
		if !index.Remove(1) || !index.Remove(2) || len(index.Query(q, 5)) != 0 {
			t.Fatal("what was removed is found")
		}
		for _, tokenize := range []Tokenizer{Words, Trigrams} {
			c := NewCorpus(tokenize)
			c.Add(1, a)
			c.Add(2, a+" "+b)
			for _, found := range c.Search(b, 5) {
				if !(found.Score > 0) {
					t.Fatalf("%q scores %v", b, found)
				}
			}
		}
	})
}
