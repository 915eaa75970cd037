package duty

import (
	"fmt"
	"maps"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Catalog is every version of the list and of the categories at one position of the
// journal. It is never changed: With makes the next one. The zero Catalog, and nil, are
// a realm that has adopted nothing: no list, and the founding categories.
type Catalog struct {
	list, categories State
	lists            map[string]*List       // by digest
	trees            map[string]*Categories // by digest
}

// With returns the catalog after more acts; acts of other dossiers are passed over.
// document fetches an adopted document by its digest. An error means that the store
// lacks a document, or holds one that is not what its digest says; no catalog is returned then.
func (c *Catalog) With(document func(digest string) ([]byte, error), acts ...journal.Act) (*Catalog, error) {
	next := &Catalog{lists: map[string]*List{}, trees: map[string]*Categories{}}
	if c != nil {
		next.list, next.categories = c.list, c.categories
		maps.Copy(next.lists, c.lists)
		maps.Copy(next.trees, c.trees)
	}
	for _, a := range acts {
		switch a.Dossier {
		case ListID:
			next.list = Evolve(next.list, a)
		case CategoriesID:
			next.categories = Evolve(next.categories, a)
		default:
			continue
		}
		e, adopted := a.Event.(Adopted)
		if !adopted || next.lists[e.Digest] != nil || next.trees[e.Digest] != nil {
			continue
		}
		bytes, err := document(e.Digest)
		if err != nil {
			return nil, fmt.Errorf("duty: document %s of act %d: %w", e.Digest, a.Position, err)
		}
		if DigestOf(bytes) != e.Digest {
			return nil, fmt.Errorf("duty: document %s of act %d has other content than its digest says", e.Digest, a.Position)
		}
		if a.Dossier == ListID {
			list, refusals := ParseList(CSV, bytes, Known{})
			if len(refusals) > 0 {
				return nil, fmt.Errorf("duty: document %s of act %d: %w", e.Digest, a.Position, refusals)
			}
			list.digest = e.Digest // a later release may write the same rows otherwise
			next.lists[e.Digest] = list
		} else {
			tree, refusals := ParseCategories(CSV, bytes)
			if len(refusals) > 0 {
				return nil, fmt.Errorf("duty: document %s of act %d: %w", e.Digest, a.Position, refusals)
			}
			tree.digest = e.Digest
			next.trees[e.Digest] = tree
		}
	}
	return next, nil
}

// ListState and CategoriesState are the versions of the two documents.
func (c *Catalog) ListState() State {
	if c == nil {
		return State{}
	}
	return c.list
}

func (c *Catalog) CategoriesState() State {
	if c == nil {
		return State{}
	}
	return c.categories
}

// ListAt returns the list in force at a moment, false before the first.
func (c *Catalog) ListAt(at civic.Instant) (*List, Version, bool) {
	v, ok := c.ListState().InForce(at)
	if !ok {
		return nil, Version{}, false
	}
	return c.lists[v.Digest], v, true
}

// List returns an adopted list by its version.
func (c *Catalog) List(number int) (*List, bool) {
	v, ok := c.ListState().Version(number)
	if !ok {
		return nil, false
	}
	return c.lists[v.Digest], true
}

// CategoriesAt returns the categories in force at a moment: the founding ones before the first adoption.
func (c *Catalog) CategoriesAt(at civic.Instant) (*Categories, Version) {
	v, ok := c.CategoriesState().InForce(at)
	if !ok {
		return founding, Version{Digest: founding.Digest(), Rows: len(founding.All())}
	}
	return c.trees[v.Digest], v
}

// Resolve asks the list in force at q.At. A coming version that would name another
// lead is a near miss by its date.
func (c *Catalog) Resolve(q Query) Answer {
	list, v, ok := c.ListAt(q.At)
	a := Answer{Outcome: Gap}
	if ok {
		a = list.Resolve(q)
		a.Version = v.Number
	}
	if v, coming := c.ListState().Coming(q.At); coming {
		next := c.lists[v.Digest].Resolve(q)
		if next.Outcome == One && next.Lead != a.Lead {
			a.Near = append(a.Near, Miss{Row: next.Row, Lead: next.Lead, But: ButDate, Version: v.Number})
		}
	}
	return a
}
