package clerk

import (
	"context"
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/power"
	"skein/frame/store"
)

// filePolicies files the policy sets that the batch's acts cite, and the one in force after
// them, so that every digest in an act can be looked up from its commit on.
func (b *batch) filePolicies() {
	known := map[string]bool{b.r.filed: true}
	file := func(s *power.Set) {
		if !known[s.Digest] {
			known[s.Digest] = true
			b.writes = append(b.writes, store.Write{Table: journal.DocumentTable, Row: store.Row{string(b.r.ID), s.Digest, "text/cedar", s.Text}})
		}
	}
	for _, s := range b.powers {
		file(s)
	}
	file(b.view.Powers)
}

// ownPolicies follows, act by act, which policies of the realm's own are in force.
type ownPolicies struct {
	room     *Room
	catalog  any
	document func(digest string) ([]byte, error)
	known    map[string]bool // sets that carry what is in force, or do not
}

func (h *House) ownIn(ctx context.Context, db *store.DB, realm civic.Realm) *ownPolicies {
	o := &ownPolicies{room: h.own, known: map[string]bool{}, document: func(digest string) ([]byte, error) {
		_, content, err := journal.Document(ctx, db.R, realm, digest)
		return content, err
	}}
	if h.own != nil {
		o.catalog = h.own.Catalog.Empty
	}
	return o
}

// in reports whether a set carries the policies in force.
func (o *ownPolicies) in(digest, text string) bool {
	if o.room == nil {
		return true
	}
	carries, known := o.known[digest]
	if !known {
		carries = power.Carries([]byte(text), o.room.Own(o.catalog))
		o.known[digest] = carries
	}
	return carries
}

func (o *ownPolicies) learn(a journal.Act) error {
	if o.room == nil || a.Event == nil || !slices.Contains(o.room.Catalog.Kinds, a.Dossier.Kind()) {
		return nil
	}
	next, err := o.room.Catalog.Learn(o.catalog, []journal.Act{a}, o.document)
	if err == nil {
		o.catalog = next
		clear(o.known)
	}
	return err
}
