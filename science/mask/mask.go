package mask

import (
	"cmp"
	"slices"
	"strings"
)

// Kind is what a span holds.
type Kind string

// The kinds, in the order in which they win where they overlap.
const (
	Mail     Kind = "mail"     // mail addresses, and QQ and WeChat accounts after those words
	Identity Kind = "identity" // Chinese resident identity numbers, US social security numbers
	Phone    Kind = "phone"
	Plate    Kind = "plate"   // vehicles' plates, Chinese and US
	Address  Kind = "address" // of a home: street and house number, flat, box
	Name     Kind = "name"    // after a title, a form of address, an introduction; without the title
)

// Kinds lists all kinds.
var Kinds = []Kind{Mail, Identity, Phone, Plate, Address, Name}

// Span is a stretch of a text, bytes Start to before End, on the borders of runes.
type Span struct {
	Start, End int
	Kind       Kind
}

// Find returns the near-identifiers in a text in order; they do not overlap. The text may be any bytes.
func Find(text string) []Span {
	v := fold(text)
	var found []Span
	add := func(kind Kind, start, end int) {
		if start < end {
			found = append(found, Span{start, end, kind})
		}
	}
	// what a text lacks spares the patterns that need it
	mails(v.text, add)
	if v.digits >= 9 {
		identities(v.text, add)
	}
	if v.digits >= 7 {
		phones(v.text, add)
	}
	if v.digits > 0 {
		plates(v, add)
		addresses(v, add)
	}
	if v.latin {
		englishNames(v.text, add)
	}
	if v.han {
		chineseNames(v.text, add)
	}
	rank := func(k Kind) int { return slices.Index(Kinds, k) }
	slices.SortStableFunc(found, func(a, b Span) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(b.End-b.Start, a.End-a.Start), cmp.Compare(a.Start, b.Start))
	})
	var out []Span
	taken := make([]bool, len(v.text))
	for _, s := range found {
		if !slices.Contains(taken[s.Start:s.End], true) {
			out = append(out, s)
			for i := s.Start; i < s.End; i++ {
				taken[i] = true
			}
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	for i := range out {
		out[i].Start, out[i].End = v.original(out[i].Start), v.original(out[i].End)
	}
	return out
}

// Text returns the text with every near-identifier replaced by its kind in brackets, such as [phone].
func Text(text string) string {
	spans := Find(text)
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start])
		b.WriteString("[" + string(s.Kind) + "]")
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// add takes a span of the folded text.
type add func(kind Kind, start, end int)
