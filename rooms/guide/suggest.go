package guide

import (
	"cmp"
	"context"
	"slices"

	"skein/frame/civic"
	"skein/frame/search"
)

// Asked is what somebody writes while she may be helped: words as far as they are written, and what is known besides.
type Asked struct {
	Words    string         // may end in half a word
	Category civic.Category // "" where it is not chosen
	Place    civic.PlaceID  // "" where it is not known
	Language string         // what she reads
	Most     int            // 5 if it is 0
}

// Suggestion is an article that may answer her.
type Suggestion struct {
	Article string `json:"article"`
	Title   string `json:"title"`
	First   string `json:"first" doc:"The first sentence"`
	Lang    string `json:"lang" doc:"The language of both"`
	Href    string `json:"href"`
}

// Suggester offers articles while somebody writes; other rooms ask it by a port of this form.
type Suggester interface {
	Suggest(ctx context.Context, asked Asked) ([]Suggestion, error)
}

var _ Suggester = (*API)(nil)

// How an article is placed: how much of the words it has, times how near it is to the kind of matter, times how near to the
// place. An article that has none of the words in its title, question, keywords or kinds of matter is not offered for
// words, nor one that does not hold for the place.
const (
	ofBody      = 0.3 // what a word in the text counts, where one in the title is 1
	ofKind      = 2   // it is about this very kind of matter
	ofBranch    = 1.5 // or about one above it
	ofOtherKind = 0.5 // it is about others
	ofPlace     = 1.2 // it is of this place rather than of everywhere
	ofLanguage  = 0.8 // it is not in the reader's language
)

// mostLooked is how many articles that have some of the words are placed.
const mostLooked = 60

// Suggest offers what is in force, best first. Nothing of what was asked is kept.
func (a *API) Suggest(ctx context.Context, asked Asked) ([]Suggestion, error) {
	if asked.Most <= 0 {
		asked.Most = 5
	}
	realm := a.Site.Realm
	hits, err := search.Any(ctx, realm.DB, realm.ID, Kind, asked.Words, mostLooked)
	if err != nil {
		return nil, err
	}
	view, now := realm.View(), realm.Now()
	catalog := CatalogIn(view)
	var chain []civic.PlaceID
	if asked.Place != "" {
		chain = a.Ports.Chain(view, asked.Place)
	}
	if len(hits) == 0 && asked.Words == "" && asked.Category != "" { // the kind alone is known
		for s := range catalog.Articles() {
			hits = append(hits, search.Hit{ID: s.Code(), Title: 1})
		}
	}
	var all []placed
	for _, h := range hits {
		s, _ := catalog.Article(h.ID)
		v, in := s.InForce(now)
		doc, has := catalog.Text(v.Digest)
		if !in || !has {
			continue
		}
		p := placed{code: h.ID, doc: doc}
		if p.weight = weigh(h, doc, asked, chain); p.weight > 0 {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(x, y placed) int { return cmp.Compare(y.weight, x.weight) })
	out := []Suggestion{}
	for _, p := range all[:min(asked.Most, len(all))] {
		text, lang := p.doc.In(asked.Language)
		out = append(out, Suggestion{Article: p.code, Title: text.Title, First: First(text.Body), Lang: lang, Href: PathOf(p.code)})
	}
	return out, nil
}

type placed struct {
	code   string
	doc    *Document
	weight float64
}

// weigh places one article; 0 is not at all.
func weigh(h search.Hit, d *Document, asked Asked, chain []civic.PlaceID) float64 {
	if h.Title == 0 {
		return 0
	}
	w := h.Title + ofBody*h.Body
	if len(d.Places) > 0 && asked.Place != "" {
		if !slices.ContainsFunc(d.Places, func(p civic.PlaceID) bool { return slices.Contains(chain, p) }) {
			return 0
		}
		w *= ofPlace
	}
	if asked.Category != "" && len(d.Categories) > 0 {
		factor := ofOtherKind
		for _, c := range d.Categories {
			switch {
			case c == asked.Category:
				factor = max(factor, ofKind)
			case asked.Category.Within(c):
				factor = max(factor, ofBranch)
			}
		}
		if factor == ofOtherKind && asked.Words == "" {
			return 0
		}
		w *= factor
	} else if asked.Words == "" {
		return 0 // an article about anything is no answer to a kind alone
	}
	if _, ok := d.Texts[asked.Language]; !ok {
		w *= ofLanguage
	}
	return w
}
