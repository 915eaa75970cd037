package matter

import (
	"context"
	"sync"

	"skein/frame/civic"
)

// keptRows are rows of lists as they were read, so that who pages on or comes back reads no table. One counts as long as its matter's version is
// the one that it was read after (see Picked).
type keptRows struct {
	mu   sync.Mutex
	rows map[civic.Position]keptRow // by the matter's first act
}

type keptRow struct {
	version civic.Position
	Row
}

const (
	mostKeptRows = 16_384 // some 400 bytes each
	mostKeptPage = 500    // of longer ones, as when all is given away, nothing comes back
)

// look gives what is kept, and what is not.
func (k *keptRows) look(picked []Picked) (rows []Row, missing []Picked) {
	rows = make([]Row, 0, len(picked))
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range picked {
		if r, ok := k.rows[p.First]; ok && r.version == p.Version {
			rows = append(rows, r.Row)
		} else {
			missing = append(missing, p)
		}
	}
	return rows, missing
}

// add keeps rows that were read after these versions were picked.
func (k *keptRows) add(picked []Picked, rows []Row) {
	version := make(map[civic.DossierID]Picked, len(picked))
	for _, p := range picked {
		version[p.ID] = p
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.rows == nil {
		k.rows = make(map[civic.Position]keptRow)
	}
	for _, r := range rows {
		p := version[r.ID]
		if old, ok := k.rows[p.First]; !ok || old.version <= p.Version {
			k.rows[p.First] = keptRow{p.Version, r}
		}
	}
	for first := range k.rows { // whichever comes first goes: what is asked for comes again
		if len(k.rows) <= mostKeptRows {
			return
		}
		delete(k.rows, first)
	}
}

// read reads what was picked, in no order, as far as it is not private by now.
func (a *API) read(ctx context.Context, picked []Picked) ([]Row, error) {
	var rows []Row
	if len(picked) <= mostKeptPage {
		if rows, picked = a.kept.look(picked); len(picked) == 0 {
			return rows, nil
		}
	}
	ids := make([]string, len(picked))
	for i, p := range picked {
		ids[i] = string(p.ID)
	}
	db := a.Site.Realm.DB
	fresh, err := a.rows(ctx, "m.realm = $1 AND m.visibility <> 'private' AND "+db.Each("m.dossier", "$2"), string(a.Site.Realm.ID), db.List(ids))
	if err != nil {
		return nil, err
	}
	if len(picked) <= mostKeptPage {
		a.kept.add(picked, fresh)
	}
	return append(rows, fresh...), nil
}
