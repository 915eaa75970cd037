package matter

import (
	"context"
	"database/sql"

	"skein/frame/civic"
	"skein/frame/store"
)

// BornPrivate visits the matters that were reported in a stretch of time, from inclusive and until exclusive, and
// were private from their report on: of none of them was anything ever public. It is told which of certain places hold the
// matter, in the order of their codes.
func BornPrivate(ctx context.Context, db *store.DB, realm civic.Realm, from, until civic.Instant, among []civic.PlaceID, visit func(civic.Category, []civic.PlaceID)) error {
	rows, err := db.R.QueryContext(ctx, `SELECT m.dossier, m.category, coalesce(p.place, '')
		FROM matters m JOIN acts a ON a.realm = m.realm AND a.dossier = m.dossier AND a.seq = 1
		LEFT JOIN matter_places p ON p.realm = m.realm AND p.dossier = m.dossier AND `+db.Each("p.place", "$4")+`
		WHERE m.realm = $1 AND m.reported >= $2 AND m.reported < $3 AND m.visibility = 'private' AND a.flags LIKE '%p%'
		ORDER BY m.dossier, p.place`, string(realm), int64(from), int64(until), db.List(codesOf(among)))
	if err != nil {
		return err
	}
	defer rows.Close()
	var last civic.DossierID
	var category civic.Category
	var places []civic.PlaceID
	for rows.Next() {
		var id civic.DossierID
		var c civic.Category
		var p civic.PlaceID
		if err := rows.Scan(&id, &c, &p); err != nil {
			return err
		}
		if id != last && last != "" {
			visit(category, places)
			places = nil
		}
		last, category = id, c
		if p != "" {
			places = append(places, p)
		}
	}
	if last != "" {
		visit(category, places)
	}
	return rows.Err()
}

// EarliestPublic is when the earliest matter was reported of those that are not private; 0 where there is none.
func EarliestPublic(ctx context.Context, db *store.DB, realm civic.Realm) (civic.Instant, error) {
	var at sql.NullInt64
	err := db.R.QueryRowContext(ctx, "SELECT min(reported) FROM matters WHERE realm = $1 AND visibility <> 'private'", string(realm)).Scan(&at)
	return civic.Instant(at.Int64), err
}
