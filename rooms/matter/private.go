package matter

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/store"
)

// BornPrivate visits the matters that were reported in a stretch of time, from inclusive and until exclusive, and
// were private from their report on: of none of them was anything ever public. It is told which of certain places hold the
// matter, in the order of their codes.
func BornPrivate(ctx context.Context, db *store.DB, realm civic.Realm, from, until civic.Instant, among []civic.PlaceID, visit func(civic.Category, []civic.PlaceID)) error {
	rows, err := db.R.QueryContext(ctx, `SELECT m.category, m.places
		FROM matters m JOIN acts a ON a.realm = m.realm AND a.dossier = m.dossier AND a.seq = 1
		WHERE m.realm = $1 AND m.reported >= $2 AND m.reported < $3 AND m.visibility = 'private' AND a.flags LIKE '%p%'
		ORDER BY m.dossier`, string(realm), int64(from), int64(until))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var category civic.Category
		var text string
		if err := rows.Scan(&category, &text); err != nil {
			return err
		}
		var places []civic.PlaceID
		for _, code := range strings.Fields(text) {
			if slices.Contains(among, civic.PlaceID(code)) {
				places = append(places, civic.PlaceID(code))
			}
		}
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
