package place

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"skein/frame/civic"
	"skein/frame/store"
)

// AddressTable has a row for each address; GazetteerTable says which version they are. No journal makes them (docs/trust.md).
var (
	AddressTable   = &store.Table{Name: "place_addresses", Key: 2, Columns: store.Columns("realm:t n:i address:t also:t zip:t lat_e6:i lon_e6:i whole:i")}
	GazetteerTable = &store.Table{Name: "place_gazetteers", Key: 1, Replace: true, Columns: store.Columns("realm:t version:i imported:i")}
)

// PutAddresses puts addresses in place of all that the realm had, in one commit.
func PutAddresses(ctx context.Context, db *store.DB, realm civic.Realm, all []Address, now civic.Instant) error {
	return db.Update(ctx, func(tx *store.Tx) error {
		version, err := versionOf(tx.QueryRowContext(ctx, db.ForUpdate("SELECT version FROM place_gazetteers WHERE realm = $1"), string(realm)))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM place_addresses WHERE realm = $1", string(realm)); err != nil {
			return err
		}
		rows := make([]store.Row, len(all))
		for i, a := range all {
			whole := int64(0)
			if a.Whole {
				whole = 1
			}
			rows[i] = store.Row{string(realm), int64(i), a.Text, a.Also, a.Zip, a.At.Lat, a.At.Lon, whole}
		}
		if err := tx.Write(ctx, AddressTable, rows); err != nil {
			return err
		}
		return tx.Write(ctx, GazetteerTable, []store.Row{{string(realm), version + 1, int64(now)}})
	})
}

// versionOf reads a version; 0 is that of a realm without addresses.
func versionOf(row *sql.Row) (version int64, err error) {
	if err = row.Scan(&version); errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return version, err
}

// Addresses gives a realm's addresses from memory, and reads them anew after an import.
type Addresses struct {
	DB    *store.DB
	Realm civic.Realm

	mu   sync.Mutex
	held *Gazetteer
}

// Gazetteer is that of the last import.
func (a *Addresses) Gazetteer(ctx context.Context) (*Gazetteer, error) {
	version, err := versionOf(a.DB.R.QueryRowContext(ctx, "SELECT version FROM place_gazetteers WHERE realm = $1", string(a.Realm)))
	if err != nil || version == 0 {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.held != nil && a.held.Version == version {
		return a.held, nil
	}
	// Read with the rows, since another import may have come since.
	rows, err := a.DB.R.QueryContext(ctx, `SELECT g.version, a.address, a.also, a.zip, a.lat_e6, a.lon_e6, a.whole
		FROM place_gazetteers g JOIN place_addresses a ON a.realm = g.realm WHERE g.realm = $1 ORDER BY a.n`, string(a.Realm))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Address
	for rows.Next() {
		var x Address
		if err := rows.Scan(&version, &x.Text, &x.Also, &x.Zip, &x.At.Lat, &x.At.Lon, &x.Whole); err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	a.held = NewGazetteer(version, all)
	return a.held, nil
}
