package guide

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"skein/frame/clerk"
	"skein/frame/journal"
)

// Catalog is all articles at one position of the journal, with the texts that were published. It is never changed: With
// makes the next one. Nil is a realm that has none.
type Catalog struct {
	articles map[string]State
	texts    map[string]*Document // by digest
}

// CatalogIn is this room's catalog in a view.
func CatalogIn(v *clerk.View) *Catalog { return clerk.CatalogOf[*Catalog](v, Name) }

// With returns the catalog after more acts. An error means that the store lacks a document, or holds one that is not what
// its digest says; no catalog is returned then.
func (c *Catalog) With(document func(digest string) ([]byte, error), acts ...journal.Act) (*Catalog, error) {
	next := &Catalog{articles: map[string]State{}, texts: map[string]*Document{}}
	if c != nil {
		maps.Copy(next.articles, c.articles)
		maps.Copy(next.texts, c.texts)
	}
	for _, a := range acts {
		if a.Dossier.Kind() != Kind {
			continue
		}
		code := a.Dossier.Key()
		next.articles[code] = Evolve(next.articles[code], a)
		e, published := a.Event.(Published)
		if !published || next.texts[e.Digest] != nil {
			continue
		}
		data, err := document(e.Digest)
		if err != nil {
			return nil, fmt.Errorf("guide: document %s of act %d: %w", e.Digest, a.Position, err)
		}
		if journal.DocumentDigest(data) != e.Digest {
			return nil, fmt.Errorf("guide: document %s of act %d has other content than its digest says", e.Digest, a.Position)
		}
		if next.texts[e.Digest], err = ReadKept(data); err != nil {
			return nil, fmt.Errorf("guide: document %s of act %d: %w", e.Digest, a.Position, err)
		}
	}
	return next, nil
}

// Article finds an article by its code, drafted or published.
func (c *Catalog) Article(code string) (State, bool) {
	if c == nil {
		return State{}, false
	}
	s, ok := c.articles[code]
	return s, ok
}

// Articles are all of them by their codes.
func (c *Catalog) Articles() iter.Seq[State] {
	return func(yield func(State) bool) {
		if c == nil {
			return
		}
		for _, code := range slices.SortedFunc(maps.Keys(c.articles), strings.Compare) {
			if !yield(c.articles[code]) {
				return
			}
		}
	}
}

// Text is what was published under a digest.
func (c *Catalog) Text(digest string) (*Document, bool) {
	if c == nil {
		return nil, false
	}
	d, ok := c.texts[digest]
	return d, ok
}
