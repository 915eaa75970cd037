package vault

import (
	"context"
	"fmt"

	"skein/frame/civic"
	"skein/frame/store"
)

// Erase destroys the keys of boxes and deletes what they held, released copies included, in the transaction of
// whoever says so. It may be called more than once; the first time stands. What lies outside the transaction, blobs
// and older copies of rows in the database's files, is noted in it and made good by a Cleaner, also after a crash.
func (v *Vault) Erase(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string, at civic.Instant) error {
	if len(boxes) == 0 {
		return nil
	}
	in, list := v.DB.Each("box", "$2"), v.DB.List(boxes)
	for _, owed := range []string{
		"SELECT realm, box, blob FROM vault_blobs WHERE realm = $1 AND " + in,
		"SELECT realm, box, '' FROM vault_keys WHERE realm = $1 AND erased_at IS NULL AND " + in,
	} {
		if _, err := tx.ExecContext(ctx, "INSERT INTO vault_erasures (realm, box, blob) "+owed+" ON CONFLICT (realm, box, blob) DO NOTHING", string(realm), list); err != nil {
			return fmt.Errorf("vault: erase: %w", err)
		}
	}
	if err := v.destroy(ctx, tx, realm, boxes, at); err != nil {
		return err
	}
	for _, table := range []string{"vault_items", "vault_blobs", "vault_released"} {
		if err := tx.DeleteWhere(ctx, table, string(realm), "box", boxes); err != nil {
			return err
		}
	}
	return nil
}

// destroy makes the keys of boxes unreadable for good, and marks when.
func (v *Vault) destroy(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string, at civic.Instant) error {
	_, err := tx.ExecContext(ctx, "UPDATE vault_keys SET wrapped = NULL, master = NULL, erased_at = $3 WHERE realm = $1 AND "+
		v.DB.Each("box", "$2")+" AND wrapped IS NOT NULL", string(realm), v.DB.List(boxes), int64(at))
	if err != nil {
		return fmt.Errorf("vault: erase: %w", err)
	}
	return nil
}

// Scrub removes older copies of erased rows from the database's own files: what secure_delete leaves in SQLite's
// write-ahead log, and the dead rows of PostgreSQL's table of keys and of what was released in clear. It may be
// called more than once. On PostgreSQL the role must own the tables: store.ErrNotOwner.
func (v *Vault) Scrub(ctx context.Context) error {
	return v.DB.Scrub(ctx, "vault_keys", "vault_released")
}
