package powers

import (
	"fmt"
	"maps"
	"sync"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/power"
)

// Catalog is the realm's own rules at one position of the journal, with the texts of all
// versions and of what waits. It is never changed: With makes the next one. Nil is a realm
// that has none.
type Catalog struct {
	state State
	texts map[string][]byte // by digest

	once  sync.Once
	since map[string]Version
}

// With returns the catalog after more acts. An error means that the store lacks a document,
// or holds one that is not what its digest says; no catalog is returned then.
func (c *Catalog) With(document func(digest string) ([]byte, error), acts ...journal.Act) (*Catalog, error) {
	next := &Catalog{texts: map[string][]byte{}}
	if c != nil {
		next.state = c.state
		maps.Copy(next.texts, c.texts)
	}
	for _, a := range acts {
		if a.Dossier != ListID {
			continue
		}
		next.state = Evolve(next.state, a)
		e, proposed := a.Event.(Proposed)
		if !proposed {
			continue
		}
		text, err := document(e.Digest)
		if err != nil {
			return nil, fmt.Errorf("powers: document %s of act %d: %w", e.Digest, a.Position, err)
		}
		if journal.DocumentDigest(text) != e.Digest {
			return nil, fmt.Errorf("powers: document %s of act %d has other content than its digest says", e.Digest, a.Position)
		}
		next.texts[e.Digest] = text
	}
	return next, nil
}

// State is the versions.
func (c *Catalog) State() State {
	if c == nil {
		return State{}
	}
	return c.state
}

// Text is a version's text, or that of a proposal, by its digest.
func (c *Catalog) Text(digest string) ([]byte, bool) {
	if c == nil {
		return nil, false
	}
	text, ok := c.texts[digest]
	return text, ok
}

// Own is the text in force; none before the first version.
func (c *Catalog) Own() []byte {
	text, _ := c.Text(c.State().InForce())
	return text
}

// Since says for each of the realm's own rules in force with which version it came as it
// stands; shipped is the set without them. It is worked out once a catalog and must not be changed.
func (c *Catalog) Since(shipped *power.Set) map[string]Version {
	if c == nil {
		return nil
	}
	c.once.Do(func() { c.since = c.reckonSince(shipped) })
	return c.since
}

func (c *Catalog) reckonSince(shipped *power.Set) map[string]Version {
	since := map[string]Version{}
	before := map[string]string{}
	for _, v := range c.State().Versions {
		text, _ := c.Text(v.Digest)
		set, err := shipped.With(text)
		if err != nil {
			continue
		}
		now := map[string]string{}
		for _, p := range set.All() {
			if !p.Own {
				continue
			}
			now[p.ID] = p.Text
			if before[p.ID] != p.Text {
				since[p.ID] = v
			}
		}
		before = now
	}
	for id := range since {
		if before[id] == "" {
			delete(since, id)
		}
	}
	return since
}

// read looks at a document by what this release knows.
func read(shipped *power.Set, text []byte) *Document {
	canonical, rules, refusals := shipped.Read(text)
	return &Document{Digest: journal.DocumentDigest(canonical), Rules: len(rules), Refusals: refusals}
}

// Places is what this room needs to know of places.
type Places interface {
	// Root is the place that holds all others; false before there is one.
	Root() (civic.PlaceID, bool)
}
