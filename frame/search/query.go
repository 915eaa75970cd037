package search

import (
	"slices"
	"strings"

	"skein/frame/civic"
)

// Query is what somebody asks for among the documents of a realm and kind: terms that a document must have, all of them.
// It cannot be wrong; one without words finds nothing.
type Query struct {
	realm civic.Realm
	kind  string
	terms []term
}

// Ask reads a query.
func Ask(realm civic.Realm, kind, text string) Query {
	q := Query{realm, kind, terms(text)}
	for _, t := range q.terms {
		for _, p := range t {
			within(realm, kind, p.tokens)
		}
	}
	return q
}

// None reports whether nothing is asked for.
func (q Query) None() bool { return len(q.terms) == 0 }

// Cut is a text cut into tokens, of a realm and kind.
type Cut []string

// CutOf cuts texts.
func CutOf(realm civic.Realm, kind string, texts ...string) Cut {
	c := joined(texts)
	within(realm, kind, c)
	return c
}

// Terms are terms of a query, one bit each.
type Terms uint16

// All are all of them.
func (q Query) All() Terms { return 1<<len(q.terms) - 1 }

// In tells which terms a text has.
func (q Query) In(c Cut) (has Terms) {
	for i, t := range q.terms {
		if t.count(c) > 0 {
			has |= 1 << i
		}
	}
	return has
}

// count is how often a text has a term.
func (t term) count(tokens []string) (n float64) {
	for i := range tokens {
		for _, p := range t {
			if p.begins && strings.HasPrefix(tokens[i], p.tokens[0]) || !p.begins && i+len(p.tokens) <= len(tokens) && slices.Equal(tokens[i:i+len(p.tokens)], p.tokens) {
				n++
				break
			}
		}
	}
	return n
}
