package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"skein/frame/civic"
	"skein/frame/store"
)

// An erasure is done in two databases. The act that erases commits in the realm's, and with it that the keys are to be
// destroyed (vault_erasing); then the key store destroys them and puts the boxes on its erasure list in one commit; then
// the realm's database forgets that it is to be done. Each step can be done again, so a crash between two leaves
// nothing but work for the next start.

// Destroy destroys the keys of all boxes of a realm that were erased, and returns how many. It may be called at any time, by
// several processes.
func (v *Vault) Destroy(ctx context.Context, realm civic.Realm) (int, error) {
	all, err := v.erasing(ctx, realm)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	if err := v.Keys.destroy(ctx, realm, all); err != nil {
		return 0, fmt.Errorf("vault: destroying keys: %w", err)
	}
	err = v.DB.Update(ctx, func(tx *store.Tx) error {
		boxes := make([]string, len(all))
		for i, e := range all {
			boxes[i] = e.box
		}
		if err := empty(ctx, tx, realm, boxes); err != nil { // what was sealed by one who opened the box before
			return err
		}
		if err := v.done(ctx, tx, realm); err != nil {
			return err
		}
		return tx.DeleteWhere(ctx, "vault_erasing", string(realm), "box", boxes)
	})
	if err != nil {
		return 0, fmt.Errorf("vault: destroying keys: %w", err)
	}
	return len(all), nil
}

type erasure struct {
	box string
	at  int64
}

func (v *Vault) erasing(ctx context.Context, realm civic.Realm) ([]erasure, error) {
	return erasures(ctx, v.DB.R, "SELECT box, at FROM vault_erasing WHERE realm = $1 ORDER BY at, box", string(realm))
}

func erasures(ctx context.Context, q interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, query string, args ...any) (all []erasure, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("vault: erasures: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e erasure
		if err := rows.Scan(&e.box, &e.at); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// destroy deletes keys and puts their boxes on the erasure list.
func (k *Keys) destroy(ctx context.Context, realm civic.Realm, all []erasure) error {
	boxes := make([]string, len(all))
	for i, e := range all {
		boxes[i] = e.box
	}
	return k.DB.Update(ctx, func(tx *store.Tx) error {
		if err := k.lockList(ctx, tx, realm); err != nil {
			return err
		}
		var n sql.NullInt64
		if err := tx.QueryRowContext(ctx, "SELECT max(n) FROM key_erasures WHERE realm = $1", string(realm)).Scan(&n); err != nil {
			return err
		}
		known, err := erasures(ctx, tx, "SELECT box, at FROM key_erasures WHERE realm = $1 AND "+k.DB.Each("box", "$2"), string(realm), k.DB.List(boxes))
		if err != nil {
			return err
		}
		listed := make(map[string]bool, len(known))
		for _, e := range known {
			listed[e.box] = true
		}
		var rows []store.Row
		for _, e := range all {
			if !listed[e.box] {
				n.Int64++
				rows = append(rows, store.Row{string(realm), n.Int64, e.box, e.at})
			}
		}
		if err := tx.Write(ctx, keyErasureTable, rows); err != nil {
			return err
		}
		return tx.DeleteWhere(ctx, "key_boxes", string(realm), "box", boxes)
	})
}

// lockList lets one at a time read and write the erasure list of a realm: its row of how far it reaches is the lock.
func (k *Keys) lockList(ctx context.Context, tx *store.Tx, realm civic.Realm) error {
	if _, err := tx.ExecContext(ctx, "INSERT INTO key_reached (realm, origin, size) VALUES ($1, '', 0) ON CONFLICT DO NOTHING", string(realm)); err != nil {
		return err
	}
	var size int64
	return tx.QueryRowContext(ctx, k.DB.ForUpdate("SELECT size FROM key_reached WHERE realm = $1"), string(realm)).Scan(&size)
}

// EmptyErased deletes what was written into boxes after they were erased, by who had opened one before and was slow. Sealed rows open for
// nobody; a released copy would stay public.
func (v *Vault) EmptyErased(ctx context.Context, realm civic.Realm) error {
	var boxes []string
	for _, table := range []string{"vault_released", "vault_items", "vault_blobs"} {
		late, err := erasures(ctx, v.DB.R, "SELECT b.box, 0 FROM vault_boxes b WHERE b.realm = $1 AND b.erased_at IS NOT NULL AND EXISTS (SELECT 1 FROM "+table+" i WHERE i.realm = b.realm AND i.box = b.box)", string(realm))
		if err != nil {
			return err
		}
		for _, e := range late {
			boxes = append(boxes, e.box)
		}
	}
	if len(boxes) == 0 {
		return nil
	}
	return v.DB.Update(ctx, func(tx *store.Tx) error {
		for _, owed := range []string{
			"INSERT INTO vault_erasures (realm, box, blob) SELECT realm, box, blob FROM vault_blobs WHERE realm = $1 AND ",
			"INSERT INTO vault_erasures (realm, box, blob) SELECT realm, box, '' FROM vault_boxes WHERE realm = $1 AND ",
		} {
			if _, err := tx.ExecContext(ctx, owed+v.DB.Each("box", "$2")+" ON CONFLICT DO NOTHING", string(realm), v.DB.List(boxes)); err != nil {
				return fmt.Errorf("vault: empty what is erased: %w", err)
			}
		}
		return empty(ctx, tx, realm, boxes)
	})
}

// last is the number of the newest erasure on the list.
func (k *Keys) last(ctx context.Context, realm civic.Realm) (int64, error) {
	var n sql.NullInt64
	err := k.DB.R.QueryRowContext(ctx, "SELECT max(n) FROM key_erasures WHERE realm = $1", string(realm)).Scan(&n)
	return n.Int64, err
}

// done notes that all of the erasure list has been done in the realm's database.
func (v *Vault) done(ctx context.Context, tx *store.Tx, realm civic.Realm) error {
	n, err := v.Keys.last(ctx, realm)
	if err == nil {
		_, err = tx.ExecContext(ctx, "INSERT INTO vault_reached (realm, n) VALUES ($1, $2) ON CONFLICT (realm) DO UPDATE SET n = excluded.n", string(realm), n)
	}
	return err
}

// Reconcile holds the realm's database and the key store against each other, after either was put back to an earlier time:
// what the list says is erased is erased in the database, and what the database says is erased has no key. Then it
// destroys what was left to be destroyed.
func (v *Vault) Reconcile(ctx context.Context, realms ...civic.Realm) error {
	for _, realm := range realms {
		var did sql.NullInt64
		if err := v.DB.R.QueryRowContext(ctx, "SELECT n FROM vault_reached WHERE realm = $1", string(realm)).Scan(&did); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("vault: reconcile: %w", err)
		}
		last, err := v.Keys.last(ctx, realm)
		if err != nil {
			return fmt.Errorf("vault: reconcile: %w", err)
		}
		switch {
		case last > did.Int64:
			err = v.follow(ctx, realm, did.Int64)
		case last < did.Int64:
			err = v.again(ctx, realm)
		}
		if err == nil {
			_, err = v.Destroy(ctx, realm)
		}
		if err != nil {
			return fmt.Errorf("vault: reconcile: %w", err)
		}
	}
	return nil
}

// follow erases in the realm's database what the list says beyond a number.
func (v *Vault) follow(ctx context.Context, realm civic.Realm, beyond int64) error {
	all, err := erasures(ctx, v.Keys.DB.R, "SELECT box, at FROM key_erasures WHERE realm = $1 AND n > $2 ORDER BY n", string(realm), beyond)
	if err != nil {
		return err
	}
	err = v.DB.Update(ctx, func(tx *store.Tx) error {
		boxes := make([]string, len(all))
		for i, e := range all {
			boxes[i] = e.box
			if err := v.Erase(ctx, tx, realm, []string{e.box}, civic.Instant(e.at)); err != nil {
				return err
			}
		}
		if v.Restored != nil {
			if err := v.Restored(ctx, tx, realm, boxes); err != nil {
				return err
			}
		}
		return v.done(ctx, tx, realm)
	})
	if err != nil {
		return err
	}
	return nil
}

// again destroys keys of boxes that the realm's database says are erased: a key store of an earlier time has them anew.
func (v *Vault) again(ctx context.Context, realm civic.Realm) error {
	all, err := erasures(ctx, v.DB.R, "SELECT box, erased_at FROM vault_boxes WHERE realm = $1 AND erased_at IS NOT NULL ORDER BY erased_at, box", string(realm))
	if err != nil {
		return err
	}
	if err := v.Keys.destroy(ctx, realm, all); err != nil {
		return err
	}
	err = v.DB.Update(ctx, func(tx *store.Tx) error { return v.done(ctx, tx, realm) })
	if err != nil {
		return err
	}
	return v.Keys.DB.Scrub(ctx, "key_boxes")
}

// Reaches destroys the keys that are to be destroyed and writes down how far the erasure list then reaches: to every erasure by an act
// that is committed, which is all that a log of that origin and size knows of. It is called before such a log is signed, and
// writes to the key store alone.
func (v *Vault) Reaches(ctx context.Context, realm civic.Realm, origin string, size int64) error {
	all, err := v.erasing(ctx, realm)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		if err := v.Keys.destroy(ctx, realm, all); err != nil {
			return fmt.Errorf("vault: destroying keys: %w", err)
		}
	}
	return v.Keys.reaches(ctx, realm, Reached{origin, size})
}

// Reached is how far the erasure list of a realm reaches: to a log of that origin and size.
type Reached struct {
	Origin string
	Size   int64
}

func (k *Keys) reaches(ctx context.Context, realm civic.Realm, r Reached) error {
	err := k.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO key_reached (realm, origin, size) VALUES ($1, $2, $3)
			ON CONFLICT (realm) DO UPDATE SET origin = excluded.origin, size = excluded.size`, string(realm), r.Origin, r.Size)
		return err
	})
	if err != nil {
		return fmt.Errorf("vault: the key store: %w", err)
	}
	return nil
}

// Reached says how far the erasure list of a realm reaches; the zero value if it never was written down.
func (k *Keys) Reached(ctx context.Context, realm civic.Realm) (r Reached, err error) {
	err = k.DB.R.QueryRowContext(ctx, "SELECT origin, size FROM key_reached WHERE realm = $1", string(realm)).Scan(&r.Origin, &r.Size)
	if errors.Is(err, sql.ErrNoRows) {
		return Reached{}, nil
	}
	return r, err
}
