package vault

import (
	"context"
	"errors"
	"fmt"

	"skein/frame/civic"
	"skein/frame/store"
)

// Erase deletes what boxes held, released copies included, and marks that they are erased, in the transaction of
// whoever says so. It may be called more than once; the first time stands. What lies outside the transaction, their keys in the key store, blobs
// and older copies of rows in the database's files, is noted in it and made good by a Cleaner, also after a crash.
func (v *Vault) Erase(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string, at civic.Instant) error {
	if len(boxes) == 0 {
		return nil
	}
	in, list := v.DB.Each("box", "$2"), v.DB.List(boxes)
	owe := func(owed string) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO vault_erasures (realm, box, blob) "+owed+" AND "+in+" ON CONFLICT DO NOTHING", string(realm), list)
		if err != nil {
			return fmt.Errorf("vault: erase: %w", err)
		}
		return nil
	}
	if err := owe("SELECT realm, box, '' FROM vault_boxes WHERE realm = $1 AND erased_at IS NULL"); err != nil {
		return err
	}
	for _, marked := range []string{
		"INSERT INTO vault_erasing (realm, box, at) SELECT realm, box, $3 FROM vault_boxes WHERE realm = $1 AND erased_at IS NULL AND " + in + " ON CONFLICT DO NOTHING",
		"UPDATE vault_boxes SET erased_at = $3 WHERE realm = $1 AND erased_at IS NULL AND " + in,
	} {
		if _, err := tx.ExecContext(ctx, marked, string(realm), list, int64(at)); err != nil {
			return fmt.Errorf("vault: erase: %w", err)
		}
	}
	// After the boxes are marked, which waits for a resealing of them to commit: until then their blobs may get other names.
	for _, table := range []string{"vault_blobs", "vault_moved"} {
		if err := owe("SELECT realm, box, blob FROM " + table + " WHERE realm = $1"); err != nil {
			return err
		}
	}
	if v.Also != nil {
		if err := v.Also(ctx, tx, realm, boxes); err != nil {
			return err
		}
	}
	return empty(ctx, tx, realm, boxes)
}

// empty deletes what boxes hold.
func empty(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string) error {
	for _, table := range []string{"vault_items", "vault_blobs", "vault_moved", "vault_released"} {
		if err := tx.DeleteWhere(ctx, table, string(realm), "box", boxes); err != nil {
			return err
		}
	}
	return nil
}

// Scrub removes older copies of erased rows from the databases' own files: what secure_delete leaves in SQLite's
// write-ahead logs, and the dead rows of PostgreSQL's tables of keys, without which no sealed row opens, of what was released in clear, and of
// what others keep of that (Clear). It may be called more than once. On PostgreSQL the role must own the tables: store.ErrNotOwner.
func (v *Vault) Scrub(ctx context.Context) error {
	return errors.Join(v.Keys.DB.Scrub(ctx, "key_boxes"), v.DB.Scrub(ctx, append([]string{"vault_released"}, v.Clear...)...))
}

// Standing tells which boxes are not erased, and keeps them so until the transaction ends: what it then writes of what is released of
// them is there before whoever erases them deletes it.
func (v *Vault) Standing(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string) (map[string]bool, error) {
	query := "SELECT box FROM vault_boxes WHERE realm = $1 AND erased_at IS NULL AND " + v.DB.Each("box", "$2") + " ORDER BY box"
	if v.DB.Engine == store.Postgres {
		query += " FOR SHARE"
	}
	rows, err := tx.QueryContext(ctx, query, string(realm), v.DB.List(boxes))
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	defer rows.Close()
	out := make(map[string]bool, len(boxes))
	for rows.Next() {
		var box string
		if err := rows.Scan(&box); err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
		out[box] = true
	}
	return out, rows.Err()
}
