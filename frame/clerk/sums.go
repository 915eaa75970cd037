package clerk

import (
	"context"
	"errors"
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Sums are tables that add up many dossiers. A follower writes them, in batches and some time after the commits; how far
// it has come is a row of the same transaction, so that nothing counts twice. They are a pure function of the journal up to there.
type Sums struct {
	Tables []*store.Table
	// Upto is the position up to which the tables count.
	Upto func(ctx context.Context, q journal.Querier, realm civic.Realm) (civic.Position, error)
	// Anew is what the tables hold when they count up to a position, that row among them.
	Anew func(ctx context.Context, v *View, q journal.Querier, until civic.Position) ([]store.Write, error)
}

// viewOf is what the journal leads to, for who has no open realm.
func viewOf(ctx context.Context, h *House, q journal.Querier, realm civic.Realm) (*View, error) {
	settings, err := readSettings(ctx, q, realm)
	if err != nil {
		return nil, err
	}
	var acts []journal.Act
	for kind := range h.catalogs {
		more, err := journal.Kind(ctx, q, h.Registry, realm, kind)
		if err != nil {
			return nil, err
		}
		acts = append(acts, more...)
	}
	slices.SortFunc(acts, func(a, b journal.Act) int { return int(a.Position - b.Position) })
	return h.emptyView(realm, settings).learn(acts, func(digest string) ([]byte, error) {
		_, content, err := journal.Document(ctx, q, realm, digest)
		return content, err
	})
}

// sumsAnew visits every room's sums with what they hold when they count up to the position that at tells.
func sumsAnew(ctx context.Context, h *House, q journal.Querier, realm civic.Realm, at func(*Sums) (civic.Position, error), visit func(*Sums, []store.Write) error) error {
	var view *View
	for i := range h.Rooms {
		s := h.Rooms[i].Sums
		if s == nil {
			continue
		}
		if view == nil {
			var err error
			if view, err = viewOf(ctx, h, q, realm); err != nil {
				return err
			}
		}
		until, err := at(s)
		if err != nil {
			return err
		}
		writes, err := s.Anew(ctx, view, q, until)
		if err != nil {
			return err
		}
		if err := visit(s, writes); err != nil {
			return err
		}
	}
	return nil
}

// checkSums holds that the sums are what the journal up to their position leads to.
func checkSums(ctx context.Context, h *House, q journal.Querier, realm civic.Realm, live map[*store.Table]map[string]store.Row, match func(store.Write)) error {
	upto := func(s *Sums) (civic.Position, error) { return s.Upto(ctx, q, realm) }
	return sumsAnew(ctx, h, q, realm, upto, func(s *Sums, writes []store.Write) (err error) {
		for _, t := range s.Tables {
			if live[t], err = readTable(ctx, q, t, realm); err != nil {
				return err
			}
		}
		for _, w := range writes {
			match(w)
		}
		return nil
	})
}

// rebuildSums throws the sums away and adds up the whole journal.
func rebuildSums(ctx context.Context, h *House, tx *store.Tx, realm civic.Realm, head civic.Position) (rows int64, err error) {
	end := func(*Sums) (civic.Position, error) { return head, nil }
	return rows, errors.Join(sumsAnew(ctx, h, tx, realm, end, func(s *Sums, writes []store.Write) error {
		for _, t := range s.Tables {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+t.Name+" WHERE realm = $1", string(realm)); err != nil {
				return err
			}
		}
		rows += int64(len(writes))
		return tx.WriteAll(ctx, writes)
	}))
}
