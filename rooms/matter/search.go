package matter

import (
	"context"
	"maps"
	"slices"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/search"
	"skein/frame/store"
	"skein/frame/vault"
)

// What words find a matter: the titles of its category and places in every language, and the texts that everyone may read. Indexed are only
// matters of which a text is released; by titles alone they are found from the tables (see find.go).
// Nothing of a private matter is indexed, and nothing that was taken back or erased stays.

// finds follows every act of a matter that can change what words find it. A report is none: nothing of it is released yet.
func finds(titles func(*clerk.View) Titles) clerk.Reactor {
	return clerk.Reactor{
		Name: "matter.finds",
		Types: []string{
			"matter.triaged", "matter.corrected", "matter.answered", "matter.told", "matter.confirmed", "matter.released", "matter.withheld",
			"matter.redacted", "matter.retracted", "matter.erased", "matter.attached", "matter.amended", "matter.ruled", "matter.obeyed", "matter.joined", "matter.split_up",
		},
		Gathers: time.Second,
		ReactAll: func(ctx context.Context, r *clerk.Realm, acts []journal.Act) error {
			return index(ctx, r, acts, titles)
		},
	}
}

func index(ctx context.Context, r *clerk.Realm, acts []journal.Act, titles func(*clerk.View) Titles) error {
	var ids []civic.DossierID
	seen := make(map[civic.DossierID]bool, len(acts))
	for _, a := range acts {
		if !seen[a.Dossier] {
			seen[a.Dossier] = true
			ids = append(ids, a.Dossier)
		}
	}
	called := titles(r.View())
	var docs []search.Doc
	var boxes []string
	states := make(map[civic.DossierID]State, len(ids))
	for _, id := range ids {
		state, _, err := r.State(ctx, id)
		if err != nil {
			return err
		}
		if s, ok := state.(State); ok && s.Exists() && s.Visibility != Private && s.Box != "" {
			states[id] = s
			boxes = append(boxes, s.Box)
		}
	}
	v := &vault.Vault{DB: r.DB}
	copies, err := v.Released(ctx, r.ID, boxes)
	if err != nil {
		return err
	}
	released := map[string][]string{}
	for ref, c := range copies {
		if c.Media == textMedia {
			released[ref.Box] = append(released[ref.Box], c.Text)
		}
	}
	boxOf := map[string]string{} // of those that have words
	for _, id := range ids {
		d := search.Doc{Kind: Name, ID: string(id)} // without words it is taken out
		if s, ok := states[id]; ok && len(released[s.Box]) > 0 {
			d.Sort, boxOf[d.ID] = int64(s.Reported), s.Box
			d.Title = slices.Clone(called.Categories[s.Category])
			for _, p := range s.Places {
				d.Title = append(d.Title, called.Places[p].Titles...)
			}
			slices.Sort(released[s.Box])
			d.Body = released[s.Box]
		}
		docs = append(docs, d)
	}
	return r.DB.Update(ctx, func(tx *store.Tx) error {
		if len(boxOf) > 0 {
			stands, err := v.Standing(ctx, tx, r.ID, slices.Sorted(maps.Values(boxOf)))
			if err != nil {
				return err
			}
			for i, d := range docs {
				if box := boxOf[d.ID]; box != "" && !stands[box] { // erased since it was read
					docs[i] = search.Doc{Kind: Name, ID: d.ID}
				}
			}
		}
		return search.Put(ctx, tx, r.ID, docs...)
	})
}

// unindex takes matters out in the commit that erases them: who scrubs the files after it scrubs their words too.
func unindex(ctx context.Context, tx *store.Tx, realm civic.Realm, ids []civic.DossierID) error {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	return search.Delete(ctx, tx, realm, Name, names...)
}

// UnindexBoxes takes out the matters of boxes that are erased and of which no act tells: the database was put back to before.
func UnindexBoxes(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string) error {
	ids, err := journal.DossierIDs(ctx, tx, "SELECT dossier FROM matters WHERE realm = $1 AND "+tx.DB().Each("box", "$2"), string(realm), tx.DB().List(boxes))
	if err != nil {
		return err
	}
	return unindex(ctx, tx, realm, ids)
}
