package guide

import (
	"context"
	"maps"
	"slices"

	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/search"
	"skein/frame/store"
)

// What words find an article: its titles, questions and keywords, and the titles of its kinds of matter, in every language; and its text.
// What is not in force is not indexed.

// finds follows every act that changes which version is in force.
func finds(ports Ports) clerk.Reactor {
	return clerk.Reactor{
		Name:  "guide.finds",
		Types: []string{"guide.published", "guide.took_effect", "guide.ended", "guide.withdrawn"},
		ReactAll: func(ctx context.Context, r *clerk.Realm, acts []journal.Act) error {
			var docs []search.Doc
			view, seen := r.View(), map[string]bool{}
			for _, a := range acts {
				if code := a.Dossier.Key(); !seen[code] {
					seen[code] = true
					docs = append(docs, found(ports, r, view, code))
				}
			}
			return r.DB.Update(ctx, func(tx *store.Tx) error { return search.Put(ctx, tx, r.ID, docs...) })
		},
	}
}

// found is what is indexed of an article; without words it is taken out.
func found(ports Ports, r *clerk.Realm, view *clerk.View, code string) search.Doc {
	doc := search.Doc{Kind: Kind, ID: code}
	s, _ := CatalogIn(view).Article(code)
	v, ok := s.InForce(r.Now())
	text, has := CatalogIn(view).Text(v.Digest)
	if !ok || !has {
		return doc
	}
	doc.Sort = int64(v.From)
	for _, lang := range slices.Sorted(maps.Keys(text.Texts)) {
		t := text.Texts[lang]
		doc.Title = append(append(doc.Title, t.Title, t.Question), t.Keywords...)
		doc.Body = append(doc.Body, Words(t.Body))
	}
	for _, c := range text.Categories {
		doc.Title = append(doc.Title, ports.Names(view, "category", string(c))...)
	}
	for _, p := range text.Places {
		doc.Body = append(doc.Body, ports.Names(view, "place", string(p))...)
	}
	return doc
}
