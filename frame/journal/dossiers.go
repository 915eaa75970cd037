package journal

import (
	"context"

	"skein/frame/civic"
	"skein/frame/store"
)

// Dossiers reads all acts of some dossiers, dossier by dossier, each in its order.
func Dossiers(ctx context.Context, db *store.DB, q Querier, reg *Registry, realm civic.Realm, ids []civic.DossierID) ([]Act, error) {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM acts WHERE realm = $1 AND "+db.Each("dossier", "$2")+" ORDER BY dossier, seq", string(realm), db.List(names))
	if err != nil {
		return nil, err
	}
	return scan(rows, reg)
}

// WalkKind reads all acts of the dossiers of one kind up to a position, dossier by dossier, each in its order.
func WalkKind(ctx context.Context, q Querier, reg *Registry, realm civic.Realm, kind string, until civic.Position, each func(Act) error) error {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM acts WHERE realm = $1 AND dossier > $2 AND dossier < $3 AND position <= $4 ORDER BY dossier, seq",
		string(realm), kind+"/", kind+"0", int64(until)) // "0" follows "/"
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanOne(rows, reg)
		if err != nil {
			return err
		}
		if err := each(a); err != nil {
			return err
		}
	}
	return rows.Err()
}
