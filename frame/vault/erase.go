package vault

import (
	"context"
	"fmt"

	"skein/frame/civic"
	"skein/frame/store"
)

// Erase deletes what boxes held, released copies included, and says that their keys are to be destroyed, all in the
// commit of the act that erases. It may be called more than once; the first time stands. Blobs become orphans that
// nobody can open, for Sweep to remove. After the commit, Destroy.
func (v *Vault) Erase(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string, at civic.Instant) error {
	list := v.DB.List(boxes)
	_, err := tx.ExecContext(ctx, `INSERT INTO vault_erasing (realm, box, at) SELECT realm, box, $3 FROM vault_boxes
		WHERE realm = $1 AND erased_at IS NULL AND `+v.DB.Each("box", "$2")+" ON CONFLICT DO NOTHING", string(realm), list, int64(at))
	if err == nil {
		_, err = tx.ExecContext(ctx, "UPDATE vault_boxes SET erased_at = $3 WHERE realm = $1 AND erased_at IS NULL AND "+v.DB.Each("box", "$2"),
			string(realm), list, int64(at))
	}
	if err != nil {
		return fmt.Errorf("vault: erase: %w", err)
	}
	return empty(ctx, tx, realm, boxes)
}

// empty deletes what boxes hold.
func empty(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string) error {
	for _, table := range []string{"vault_items", "vault_blobs", "vault_released"} {
		if err := tx.DeleteWhere(ctx, table, string(realm), "box", boxes); err != nil {
			return err
		}
	}
	return nil
}
