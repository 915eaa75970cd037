package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/kljensen/snowball/english"

	"skein/frame/civic"
	"skein/frame/store"
)

// Hit is a document that has some of the words of a text, and how much of them by how rare they are: in its title, and in its
// body, each from 0 to 1. Words that no document has count for nothing.
type Hit struct {
	ID          string
	Title, Body float64
}

// mostAny bounds how many different words of a text are looked for: the first.
const mostAny = 24

// shortestBegun is from how many letters on the last word of a text, which may be half written, finds words that begin with it.
const shortestBegun = 3

// Any finds documents of a kind that have any of the words of a text, as it is while somebody writes it, the fullest first. English words
// that say nothing are passed over; of Chinese every two characters that stand together are a word.
func Any(ctx context.Context, db *store.DB, realm civic.Realm, kind, text string, most int) ([]Hit, error) {
	asked := anyTerms(text)
	if len(asked) == 0 {
		return nil, nil
	}
	q := asking(realm, kind, asked)
	all, err := candidates(ctx, db, q, " OR ", " | ", nil)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	hits := weigh(asked, all)
	return hits[:min(most, len(hits))], nil
}

// anyTerms reads a text; each term is one word.
func anyTerms(text string) (out []term) {
	seen := map[string]bool{}
	add := func(t term) {
		if key := t[0].tokens[0]; !seen[key] && len(out) < mostAny {
			seen[key] = true
			out = append(out, t)
		}
	}
	all := pieces(text)
	last := len(all) - 1
	if strings.HasSuffix(text, " ") || strings.HasSuffix(text, "\n") {
		last = -1 // it is written to its end
	}
	for i, p := range all {
		switch {
		case p.han:
			b := bigrams(p.text)
			for _, token := range b[:len(b)-1] {
				add(term{{[]string{token}, false}})
			}
			if len(b) == 1 {
				add(term{{b, true}})
			}
		case i == last && len([]rune(p.text)) >= shortestBegun:
			t := term{{[]string{word(p.text)}, true}}
			if isPlain(p.text) {
				t = append(t, phrase{[]string{stem(p.text)}, false})
			}
			add(t)
		case english.IsStopWord(p.text):
		case isPlain(p.text):
			add(term{{[]string{word(p.text)}, false}, {[]string{stem(p.text)}, false}})
		default:
			add(term{{[]string{word(p.text)}, false}})
		}
	}
	return out
}

// weigh says how much of the words each candidate has.
func weigh(ts []term, all []candidate) []Hit {
	titles, bodies := make([][]bool, len(all)), make([][]bool, len(all))
	n := make([]float64, len(ts))
	for j, c := range all {
		title, body := c.title, c.body
		titles[j], bodies[j] = make([]bool, len(ts)), make([]bool, len(ts))
		for i, t := range ts {
			titles[j][i], bodies[j][i] = t.count(title) > 0, t.count(body) > 0
			if titles[j][i] || bodies[j][i] {
				n[i]++
			}
		}
	}
	whole := 0.0
	weights := make([]float64, len(ts))
	for i := range ts {
		if n[i] > 0 {
			weights[i] = math.Log(1 + (float64(len(all))-n[i]+0.5)/(n[i]+0.5))
			whole += weights[i]
		}
	}
	hits := make([]Hit, len(all))
	for j, c := range all {
		hits[j].ID = c.id
		for i, w := range weights {
			if titles[j][i] {
				hits[j].Title += w / whole
			}
			if bodies[j][i] {
				hits[j].Body += w / whole
			}
		}
	}
	slices.SortStableFunc(hits, func(x, y Hit) int { return cmp.Compare(2*y.Title+y.Body, 2*x.Title+x.Body) })
	return hits
}
