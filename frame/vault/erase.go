package vault

import (
	"context"
	"fmt"

	"skein/frame/civic"
	"skein/frame/store"
)

// Erase destroys the key of a box and deletes what it held, released copies included.
// It may be called more than once; the first time stands. Blobs become orphans that
// nobody can open, for Sweep to remove. Run Scrub after the commit.
func (v *Vault) Erase(ctx context.Context, tx *store.Tx, realm civic.Realm, box string, at civic.Instant) error {
	_, err := tx.ExecContext(ctx, `UPDATE vault_keys SET wrapped = NULL, master = NULL, erased_at = $3
		WHERE realm = $1 AND box = $2 AND wrapped IS NOT NULL`, string(realm), box, int64(at))
	if err != nil {
		return fmt.Errorf("vault: erase: %w", err)
	}
	for _, table := range []string{"vault_items", "vault_blobs", "vault_released"} {
		if err := tx.DeleteWhere(ctx, table, string(realm), "box", []string{box}); err != nil {
			return err
		}
	}
	return nil
}

// Scrub removes older copies of erased rows from the database's own files: what
// secure_delete leaves in SQLite's write-ahead log, and the dead rows of PostgreSQL's
// key table. It may be called more than once.
func (v *Vault) Scrub(ctx context.Context) error {
	return v.DB.Scrub(ctx, "vault_keys")
}
