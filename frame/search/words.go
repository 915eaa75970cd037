package search

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode"
)

// Words finds among texts that are held in memory, such as the addresses of a city. It is never changed.
type Words struct {
	tokens []string   // all that there are, in order
	holds  [][]uint32 // which texts have each
	cuts   []uint32   // the tokens of all texts, one text after the other
	starts []uint32   // where each begins, and where the last ends
	firsts []uint16   // how many tokens the first way of writing each has
}

// NewWords cuts texts, each in all the ways it is written, the usual one first; n is how many there are.
func NewWords(n int, spelt func(i int) []string) *Words {
	w := &Words{starts: make([]uint32, 1, n+1)}
	known := map[string]uint32{}
	for i := range n {
		ways := spelt(i)
		w.firsts = append(w.firsts, uint16(min(len(joined(ways[:min(1, len(ways))])), 1<<16-1)))
		for _, token := range joined(ways) {
			id, ok := known[token]
			if !ok {
				id = uint32(len(w.tokens))
				known[strings.Clone(token)] = id
				w.tokens = append(w.tokens, token)
			}
			w.cuts = append(w.cuts, id)
		}
		w.starts = append(w.starts, uint32(len(w.cuts)))
	}
	old := slices.Clone(w.tokens)
	slices.Sort(w.tokens)
	place := make([]uint32, len(old))
	for i, token := range old {
		at, _ := slices.BinarySearch(w.tokens, token)
		place[i] = uint32(at)
	}
	w.holds = make([][]uint32, len(w.tokens))
	for i := range n {
		for at := w.starts[i]; at < w.starts[i+1]; at++ {
			id := place[w.cuts[at]]
			w.cuts[at] = id
			if h := w.holds[id]; len(h) == 0 || h[len(h)-1] != uint32(i) {
				w.holds[id] = append(h, uint32(i))
			}
		}
	}
	return w
}

// mostWeighed bounds how many texts that have all terms are put in order: the first.
const mostWeighed = 5000

// Find gives the texts that have every word of a query, at most so many: those first that have them whole and, in the first way they are written,
// little besides, then in their own order. Where there is none and the query has numbers besides words, those that have all but the numbers; all is false then.
func (w *Words) Find(query string, most int) (found []int, all bool) {
	ts := terms(query)
	if found = w.having(ts, most); len(found) > 0 || len(ts) == 0 {
		return found, true
	}
	rest := slices.DeleteFunc(slices.Clone(ts), term.number)
	if len(rest) == 0 || len(rest) == len(ts) {
		return nil, true
	}
	return w.having(rest, most), false
}

// number reports whether a term is a number, or begins with one as numbers of houses do.
func (t term) number() bool {
	token := t[0].tokens[0]
	return token[0] == 'w' && len(token) > 1 && unicode.IsDigit(rune(token[1]))
}

func (w *Words) having(ts []term, most int) []int {
	n := len(w.starts) - 1
	if len(ts) == 0 || n <= 0 {
		return nil
	}
	both := make([]uint64, (n+63)/64)
	for i, t := range ts {
		has := make([]uint64, len(both))
		for _, p := range t {
			w.mark(has, p)
		}
		for j := range both {
			if both[j] &= has[j]; i == 0 {
				both[j] = has[j]
			}
		}
	}
	type weighed struct{ text, whole, length int }
	var all []weighed
	for j, word := range both {
		for ; word != 0 && len(all) < mostWeighed; word &= word - 1 {
			i := j*64 + bits.TrailingZeros64(word)
			cut := w.cut(i)
			x := weighed{text: i, length: int(w.firsts[i])}
			follows := true
			for _, t := range ts {
				follows = follows && t.count(cut) > 0
				if slices.ContainsFunc(t, func(p phrase) bool { return term{phrase{p.tokens, false}}.count(cut) > 0 }) {
					x.whole++
				}
			}
			if follows {
				all = append(all, x)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b weighed) int {
		return cmp.Or(b.whole-a.whole, a.length-b.length)
	})
	var out []int
	for _, x := range all[:min(most, len(all))] {
		out = append(out, x.text)
	}
	return out
}

// mark notes the texts that have all tokens of a phrase; whether they follow each other is seen later.
func (w *Words) mark(has []uint64, p phrase) {
	set := func(has []uint64, id int) {
		for _, text := range w.holds[id] {
			has[text/64] |= 1 << (text % 64)
		}
	}
	at, is := slices.BinarySearch(w.tokens, p.tokens[0])
	switch {
	case p.begins:
		for ; at < len(w.tokens) && strings.HasPrefix(w.tokens[at], p.tokens[0]); at++ {
			set(has, at)
		}
		return
	case !is:
		return
	}
	of := make([]uint64, len(has))
	set(of, at)
	for _, token := range p.tokens[1:] {
		more := make([]uint64, len(has))
		if at, is := slices.BinarySearch(w.tokens, token); is {
			set(more, at)
		}
		for i := range of {
			of[i] &= more[i]
		}
	}
	for i := range has {
		has[i] |= of[i]
	}
}

func (w *Words) cut(i int) Cut {
	out := make(Cut, 0, w.starts[i+1]-w.starts[i])
	for _, id := range w.cuts[w.starts[i]:w.starts[i+1]] {
		out = append(out, w.tokens[id])
	}
	return out
}
