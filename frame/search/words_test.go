package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Texts in memory are found by whole words, beginnings and Chinese pairs, those first that say little besides; a number that none has is left out.
func TestWords(t *testing.T) {
	texts := []string{"Hanover St & Salem St", "Hanover St 02113", "120 Hanover Street", "12 Hanover Street", "听澜街道听雨路12号", "听澜街道听雨路120号", "拾光街道拾穗路1号"}
	w := NewWords(len(texts), func(i int) []string { return texts[i : i+1] })
	for _, c := range []struct {
		query string
		want  []int
		all   bool
	}{
		{"hanover st", []int{1, 0, 2, 3}, true}, // "st" begins "street"; whole words go first
		{"12 hanover", []int{3, 2}, true},
		{"999 hanover", []int{1, 2, 3, 0}, false},
		{"听雨路", []int{4, 5}, true}, {"听雨路12", []int{4, 5}, true}, {"雨听", nil, true}, {"拾穗", []int{6}, true}, {"穗", []int{6}, true}, {"听雨路12号", []int{4, 5}, true},
		{"听雨路77号", []int{4, 5}, false}, {"", nil, true}, {"77", nil, true}, {"nowhere 77", nil, false}, {`" OR *`, nil, true},
	} {
		if got, all := w.Find(c.query, 9); !slices.Equal(got, c.want) || all != c.all {
			t.Errorf("%q finds %v (%v), want %v (%v)", c.query, got, all, c.want, c.all)
		}
	}
	if got, _ := NewWords(0, nil).Find("x", 3); got != nil {
		t.Error(got)
	}
}

// What the index in memory finds is what a look at every text finds.
func TestWordsAreAll(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	some := []string{"elm", "oak", "elmwood", "st", "street", "12", "120", "听雨", "雨路", "路", "听"}
	text := func(n int) (s string) {
		for range n {
			s += some[r.IntN(len(some))] + []string{" ", ""}[r.IntN(2)]
		}
		return s
	}
	texts := make([]string, 300)
	for i := range texts {
		texts[i] = text(1 + r.IntN(5))
	}
	w := NewWords(len(texts), func(i int) []string { return texts[i : i+1] })
	for range 500 {
		query := text(1 + r.IntN(3))
		ts := terms(query)
		var want []int
		for i := range texts {
			cut, has := Cut(joined(texts[i:i+1])), len(ts) > 0
			for _, x := range ts {
				has = has && x.count(cut) > 0
			}
			if has {
				want = append(want, i)
			}
		}
		got := w.having(ts, len(texts))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%q: %v, want %v", query, got, want)
		}
	}
}

// What an address costs: 400,000 of them, as a city of a million has.
func BenchmarkWords(b *testing.B) {
	const n = 400_000
	w := NewWords(n, func(i int) []string {
		return []string{fmt.Sprintf("%d Street%d Ave %05d", i%400, i/400, i/8000)}
	})
	b.ResetTimer()
	for i := range b.N {
		if found, all := w.Find(fmt.Sprintf("%d street%d av", i%400, i%1000), 8); len(found) == 0 || !all {
			b.Fatal(found)
		}
	}
}
