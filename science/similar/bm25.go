package similar

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Tokenizer cuts a text into the tokens that are counted.
type Tokenizer func(text string) []string

// Words cuts at everything but letters, numbers and private-use characters, folds case and takes diacritics off the letters a to
// z, as SQLite's unicode61 does. It is for languages that put blanks between words.
func Words(text string) []string {
	folded := norm.NFD.String(cases.Fold().String(norm.NFC.String(text)))
	var out []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			out = append(out, norm.NFC.String(string(word)))
			word = word[:0]
		}
	}
	for _, c := range folded {
		switch {
		case unicode.IsLetter(c), unicode.IsNumber(c), unicode.Is(unicode.Co, c):
			word = append(word, c)
		case unicode.IsMark(c) && len(word) > 0:
			if last := word[len(word)-1]; last < 'a' || last > 'z' {
				word = append(word, c)
			}
		default:
			end()
		}
	}
	end()
	return out
}

// Trigrams gives every three runes in a row, case folded, blanks and punctuation included, as SQLite's trigram does. It is for
// Chinese. A text of fewer than three runes has none, so asking for two characters finds nothing.
func Trigrams(text string) []string {
	r := []rune(cases.Fold().String(text))
	var out []string
	for i := 0; i+3 <= len(r); i++ {
		out = append(out, string(r[i:i+3]))
	}
	return out
}

// Corpus ranks texts by BM25 (Robertson & Zaragoza 2009) in the form of SQLite's FTS5: k1 = 1.2, b = 0.75, and
// the weight ln((N−n+½)/(n+½)) of a phrase that n of N texts hold, at least 10⁻⁶.
type Corpus struct {
	tokenize Tokenizer
	ids      []int64
	lengths  []int // in tokens
	total    int
	postings map[string][]posting
}

type posting struct {
	text      int // position in ids
	positions []int32
}

// Scored is a text that a query found.
type Scored struct {
	ID    int64
	Score float64 // greater is better
}

// NewCorpus returns an empty corpus.
func NewCorpus(t Tokenizer) *Corpus {
	return &Corpus{tokenize: t, postings: map[string][]posting{}}
}

// Add puts a text in. Ids are expected to differ.
func (c *Corpus) Add(id int64, text string) {
	tokens := c.tokenize(text)
	at := len(c.ids)
	c.ids, c.lengths, c.total = append(c.ids, id), append(c.lengths, len(tokens)), c.total+len(tokens)
	for i, token := range tokens {
		list := c.postings[token]
		if n := len(list); n == 0 || list[n-1].text != at {
			list = append(list, posting{text: at})
		}
		last := &list[len(list)-1]
		last.positions = append(last.positions, int32(i))
		c.postings[token] = list
	}
}

// Len is the number of texts.
func (c *Corpus) Len() int { return len(c.ids) }

// Search returns the texts that hold what the query asks for, the best first, equal ones by id: at most limit of them. Words and
// "phrases in quotation marks" must all be there; OR stands between alternatives and binds less. The first 64 of them count. A phrase without
// a token, such as a punctuation mark, is as if it were not there; under Trigrams so is one of fewer than three characters.
func (c *Corpus) Search(query string, limit int) []Scored {
	scores := map[int]float64{}
	matched := map[int]bool{}
	for _, all := range parseQuery(query) {
		var within map[int]int // text → phrases of this alternative that it holds
		phrases := 0
		for _, phrase := range all {
			tokens := c.tokenize(phrase)
			if len(tokens) == 0 {
				continue
			}
			phrases++
			if within == nil {
				within = map[int]int{}
			}
			counts := c.count(tokens)
			idf := max(1e-6, math.Log((float64(len(c.ids)-len(counts))+0.5)/(float64(len(counts))+0.5)))
			for text, n := range counts {
				within[text]++
				f, length := float64(n), float64(c.lengths[text])*float64(len(c.ids))/float64(c.total)
				scores[text] += idf * f * (k1 + 1) / (f + k1*(1-b+b*length))
			}
		}
		for text, n := range within {
			if n == phrases {
				matched[text] = true
			}
		}
	}
	out := make([]Scored, 0, len(matched))
	for text := range matched {
		out = append(out, Scored{c.ids[text], scores[text]})
	}
	slices.SortFunc(out, func(p, q Scored) int { return cmp.Or(cmp.Compare(q.Score, p.Score), cmp.Compare(p.ID, q.ID)) })
	return out[:max(0, min(limit, len(out)))]
}

const (
	k1 = 1.2
	b  = 0.75
)

// count says how often each text holds the tokens in a row.
func (c *Corpus) count(tokens []string) map[int]int {
	out := map[int]int{}
	lists := make([][]posting, len(tokens))
	for i, token := range tokens {
		if lists[i] = c.postings[token]; lists[i] == nil {
			return out
		}
	}
	for _, first := range lists[0] {
		rest := make([][]int32, 0, len(tokens)-1)
		for _, list := range lists[1:] {
			at, ok := slices.BinarySearchFunc(list, first.text, func(p posting, text int) int { return cmp.Compare(p.text, text) })
			if !ok {
				break
			}
			rest = append(rest, list[at].positions)
		}
		if len(rest) < len(tokens)-1 {
			continue
		}
		for _, position := range first.positions {
			whole := true
			for i, positions := range rest {
				if _, whole = slices.BinarySearch(positions, position+int32(i)+1); !whole {
					break
				}
			}
			if whole {
				out[first.text]++
			}
		}
	}
	return out
}

// parseQuery returns the alternatives of a query, each the phrases that must all be there. Every text is a query:
// a quotation mark that is not closed closes at the end, and OR without both sides is no more than a blank.
func parseQuery(query string) [][]string {
	out := [][]string{nil}
	for range mostPhrases {
		query = strings.TrimLeftFunc(query, unicode.IsSpace)
		if query == "" {
			break
		}
		var phrase string
		if strings.HasPrefix(query, `"`) {
			phrase, query = quoted(query[1:])
		} else {
			end := strings.IndexFunc(query, func(c rune) bool { return unicode.IsSpace(c) || c == '"' })
			if end < 0 {
				end = len(query)
			}
			phrase, query = query[:end], query[end:]
			if phrase == "OR" {
				if len(out[len(out)-1]) > 0 {
					out = append(out, nil)
				}
				continue
			}
		}
		out[len(out)-1] = append(out[len(out)-1], phrase)
	}
	return out
}

const mostPhrases = 64

// quoted reads up to the closing quotation mark; written twice it stands for itself.
func quoted(text string) (phrase, rest string) {
	var b strings.Builder
	for {
		before, after, closed := strings.Cut(text, `"`)
		b.WriteString(before)
		if !closed || !strings.HasPrefix(after, `"`) {
			return b.String(), after
		}
		b.WriteByte('"')
		text = after[1:]
	}
}
