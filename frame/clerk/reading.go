package clerk

import (
	"context"
	"fmt"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// catchUp reads the acts that this process has not seen: those of other processes, or
// all of them when the last batch failed or the realm has just been opened.
func (r *Realm) catchUp(ctx context.Context, tx *store.Tx, head journal.Head) error {
	if r.failed || head.Position < r.seen.Position { // behind: the database was set back
		return r.readAnew(ctx, tx, head)
	}
	if head.Position == r.seen.Position {
		return nil
	}
	for r.seen.Position < head.Position {
		acts, err := journal.After(ctx, tx, r.House.Registry, r.ID, r.seen.Position, 2000)
		if err != nil {
			return err
		}
		if len(acts) == 0 {
			return fmt.Errorf("clerk: the head of %s is at %d but the journal ends at %d", r.ID, head.Position, r.seen.Position)
		}
		v, err := r.View().learn(acts, r.documentIn(ctx, tx, nil))
		if err != nil {
			return err
		}
		r.view.Store(v)
		ids := map[civic.DossierID]bool{}
		for _, a := range acts {
			ids[a.Dossier] = true
			r.states.drop(a.Dossier)
		}
		if err := r.readWakes(ctx, tx, ids); err != nil {
			return err
		}
		r.seen = journal.Head{Position: acts[len(acts)-1].Position, Recorded: acts[len(acts)-1].Recorded}
		r.recent.Add(acts)
	}
	r.news.tellAll()
	return nil
}

// readAnew forgets what is in memory and reads catalogs and wakes from the database.
func (r *Realm) readAnew(ctx context.Context, tx *store.Tx, head journal.Head) error {
	r.states.clear()
	v := r.House.emptyView(r.ID, r.View().Settings)
	for _, room := range r.House.Rooms {
		if room.Catalog == nil {
			continue
		}
		var acts []journal.Act
		for _, kind := range room.Catalog.Kinds {
			more, err := journal.Kind(ctx, tx, r.House.Registry, r.ID, kind)
			if err != nil {
				return err
			}
			acts = append(acts, more...)
		}
		sortByPosition(acts)
		var err error
		if v, err = v.learn(acts, r.documentIn(ctx, tx, nil)); err != nil {
			return err
		}
	}
	r.wakes = wakes{}
	rows, err := tx.QueryContext(ctx, "SELECT dossier, wake FROM dossiers WHERE realm = $1 AND wake IS NOT NULL", string(r.ID))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id civic.DossierID
		var at civic.Instant
		if err := rows.Scan(&id, &at); err != nil {
			return err
		}
		r.wakes.set(id, at)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	r.view.Store(v)
	r.seen, r.failed, r.filed = head, false, ""
	r.recent.Begin(head.Position)
	r.news.tellAll()
	return nil
}

func (r *Realm) readWakes(ctx context.Context, q journal.Querier, ids map[civic.DossierID]bool) error {
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, string(id))
	}
	rows, err := q.QueryContext(ctx, "SELECT dossier, coalesce(wake, 0) FROM dossiers WHERE realm = $1 AND "+r.DB.Each("dossier", "$2"),
		string(r.ID), r.DB.List(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id civic.DossierID
		var at civic.Instant
		if err := rows.Scan(&id, &at); err != nil {
			return err
		}
		r.wakes.set(id, at)
	}
	return rows.Err()
}

// documentIn reads public documents: those of the batch first, then those filed.
func (r *Realm) documentIn(ctx context.Context, q journal.Querier, fresh map[string][]byte) func(string) ([]byte, error) {
	return func(digest string) ([]byte, error) {
		if d, ok := fresh[digest]; ok {
			return d, nil
		}
		_, content, err := journal.Document(ctx, q, r.ID, digest)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", digest, err)
		}
		return content, nil
	}
}
