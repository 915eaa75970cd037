package similar

import (
	"slices"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Normalize returns the text in compatibility form (NFKC, Unicode Standard Annex 15) with case
// folded. Full-width letters become plain ones, so that "Ａ栋" and "a栋" are the same.
func Normalize(text string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))
}

// Grams is a set of character n-grams, sorted; n is at most 3, so that a gram is one
// number: its runes, 21 bits each. No two grams share a number.
type Grams []uint64

// MostRunes is how many runes of a text are looked at; what follows is not.
const MostRunes = 10_000

// CharGrams returns the set of the n-grams of runes of the normalised text, n being 1, 2 or 3; blanks and
// punctuation count as runes (Broder 1997). A text shorter than n has none.
func CharGrams(text string, n int) Grams {
	if n < 1 || n > 3 {
		return nil
	}
	r := runes(Normalize(text))
	var out Grams
	for i := 0; i+n <= len(r); i++ {
		out = append(out, pack(r[i:i+n]))
	}
	return out.sorted()
}

// Shingles returns the set that Model and Index compare: pairs of runes where one of them is
// ideographic, else triples, over the normalised text with everything but letters and
// digits made one blank. English has 26 letters and needs triples, Chinese thousands and
// pairs are enough; a text that mixes both gets both.
func Shingles(text string) Grams {
	r := plain(runes(Normalize(text)))
	var out Grams
	for i := 0; i+2 <= len(r); i++ {
		switch {
		case ideographic(r[i]) || ideographic(r[i+1]):
			out = append(out, pack(r[i:i+2]))
		case i+3 <= len(r) && !ideographic(r[i+2]):
			out = append(out, pack(r[i:i+3]))
		}
	}
	return out.sorted()
}

// Overlap returns how many grams a and b share and how many they have together.
func Overlap(a, b Grams) (intersection, union int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			intersection, i, j = intersection+1, i+1, j+1
		}
	}
	return intersection, len(a) + len(b) - intersection
}

// Jaccard is the share of grams that both sets hold, 0 to 1; of two empty sets it is 0,
// for there is nothing to compare.
func Jaccard(a, b Grams) float64 {
	intersection, union := Overlap(a, b)
	if union == 0 {
		return 0
	}
	return float64(intersection) / float64(union)
}

func (g Grams) sorted() Grams {
	slices.Sort(g)
	return slices.Compact(g)
}

func pack(r []rune) uint64 {
	var gram uint64
	for _, c := range r {
		gram = gram<<21 | uint64(c)
	}
	return gram
}

func runes(text string) []rune {
	out := make([]rune, 0, min(len(text), MostRunes))
	for _, c := range text {
		if len(out) == MostRunes {
			break
		}
		out = append(out, c)
	}
	return out
}

// plain leaves letters and digits, and one blank for each run of anything else, in place.
func plain(r []rune) []rune {
	out := r[:0]
	for _, c := range r {
		if unicode.IsLetter(c) || unicode.IsNumber(c) || unicode.IsMark(c) {
			out = append(out, c)
		} else if len(out) > 0 && out[len(out)-1] != ' ' {
			out = append(out, ' ')
		}
	}
	if len(out) > 0 && out[len(out)-1] == ' ' {
		out = out[:len(out)-1]
	}
	return out
}

func ideographic(c rune) bool {
	return c >= 0x2e80 && unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
