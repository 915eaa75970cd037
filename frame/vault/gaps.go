package vault

import (
	"context"
	"fmt"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// Gap is what the erasure list of a restored realm may lack: it reached a log of one size, and a larger one had been seen. Whoever
// was erased in between may be back.
type Gap struct {
	Realm   civic.Realm `json:"realm"`
	At      time.Time   `json:"at"` // of the restoring
	Reached int64       `json:"reached"`
	Origin  string      `json:"origin"`
	Seen    int64       `json:"seen"`
}

// NoteGaps writes down gaps of now in a realm's database, where they stay.
func NoteGaps(ctx context.Context, db *store.DB, gaps []Gap) error {
	return db.Update(ctx, func(tx *store.Tx) error {
		for _, g := range gaps {
			_, err := tx.ExecContext(ctx, "INSERT INTO vault_gaps (realm, at, reached, origin, seen) VALUES ($1, $2, $3, $4, $5)",
				string(g.Realm), time.Now().UnixMicro(), g.Reached, g.Origin, g.Seen)
			if err != nil {
				return fmt.Errorf("vault: gaps: %w", err)
			}
		}
		return nil
	})
}

// Gaps lists the gaps of a realm, oldest first.
func (v *Vault) Gaps(ctx context.Context, realm civic.Realm) (all []Gap, err error) {
	rows, err := v.DB.R.QueryContext(ctx, "SELECT at, reached, origin, seen FROM vault_gaps WHERE realm = $1 ORDER BY at", string(realm))
	if err != nil {
		return nil, fmt.Errorf("vault: gaps: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		g := Gap{Realm: realm}
		var at int64
		if err := rows.Scan(&at, &g.Reached, &g.Origin, &g.Seen); err != nil {
			return nil, err
		}
		g.At = time.UnixMicro(at).UTC()
		all = append(all, g)
	}
	return all, rows.Err()
}
