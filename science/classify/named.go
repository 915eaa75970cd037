package classify

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/kljensen/snowball/english"
)

// Named suggests a category by the words that describe the categories: for a realm that has no history to learn from. A word that
// describes few categories says more than one that describes many (inverse document frequency, Spärck Jones 1972).
type Named struct {
	categories []string
	words      map[string][]share // gram → the categories that it describes
	most       []float64          // what all grams of a category together weigh, for categories of many words
}

// share is what a gram says for a category: more in a title than in a hint.
type share struct {
	category int
	weight   float64
}

// Described is a category and the words that describe it, in any language: those that name it, and others.
type Described struct {
	Category string
	Names    []string
	Others   []string
}

const (
	nameWeight  = 1.0
	otherWeight = 0.4
)

// NewNamed makes a suggester of descriptions; of one category, the last counts.
func NewNamed(all []Described) *Named {
	n := &Named{words: map[string][]share{}}
	for i, d := range all {
		n.categories = append(n.categories, d.Category)
		seen := map[string]float64{}
		for _, part := range []struct {
			texts  []string
			weight float64
		}{{d.Others, otherWeight}, {d.Names, nameWeight}} {
			for _, text := range part.texts {
				stems(Prepare(text), func(gram string) { seen[gram] = part.weight })
			}
		}
		for gram, weight := range seen {
			n.words[gram] = append(n.words[gram], share{i, weight})
		}
	}
	n.most = make([]float64, len(all))
	for _, shares := range n.words {
		for _, s := range shares {
			n.most[s.category] += s.weight * n.rarity(shares)
		}
	}
	return n
}

func (n *Named) rarity(shares []share) float64 {
	return math.Log(1 + float64(len(n.categories))/float64(len(shares)))
}

// Suggest masks a text and ranks the categories whose words it has, the best first, at most most. The probability is what part
// of all that was found speaks for a category; nothing in common suggests nothing.
func (n *Named) Suggest(text string, most int) []Likely {
	scores := make([]float64, len(n.categories))
	seen := map[string]bool{}
	total := 0.0
	stems(Prepare(text), func(gram string) {
		if seen[gram] {
			return
		}
		seen[gram] = true
		shares := n.words[gram]
		for _, s := range shares {
			w := s.weight * n.rarity(shares)
			scores[s.category] += w
		}
	})
	var out []Likely
	for i, s := range scores {
		if s > 0 {
			s /= math.Sqrt(1 + n.most[i]) // many words meet more by chance
			total += s
			out = append(out, Likely{n.categories[i], s})
		}
	}
	for i := range out {
		out[i].Probability /= total
	}
	slices.SortFunc(out, func(a, b Likely) int {
		return cmp.Or(cmp.Compare(b.Probability, a.Probability), strings.Compare(a.Category, b.Category))
	})
	return out[:min(most, len(out))]
}

// stems calls visit with the grams of a prepared text, English words by their stems and without the common ones.
func stems(text string, visit func(string)) {
	grams(text, func(gram string) {
		if strings.ContainsRune(gram, ' ') {
			return // pairs of words are too rare in descriptions
		}
		if gram[0] < 0x80 {
			if english.IsStopWord(gram) {
				return
			}
			gram = english.Stem(gram, false)
		}
		visit(gram)
	})
}
