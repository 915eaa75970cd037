package vault

import (
	"context"
	"fmt"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// foundItem is an item where it lies.
type foundItem struct {
	realm civic.Realm
	box   string
	item
}

// anewItem is an item sealed anew, and the names of its attachments: of the older file, then of the newer.
type anewItem struct {
	foundItem
	sealed []byte
	blobs  [][2]string
}

// resealItems seals items and attachments anew that are sealed by another cipher.
func (v *Vault) resealItems(ctx context.Context, with Cipher, out *Resealed) error {
	var last foundItem
	for {
		batch, err := v.sealedOtherwise(ctx, last, with)
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			return nil
		}
		last = batch[len(batch)-1]
		for len(batch) > 0 { // of one realm at a time
			n := 1
			for n < len(batch) && batch[n].realm == batch[0].realm {
				n++
			}
			if err := v.resealBatch(ctx, with, batch[:n], out); err != nil {
				return err
			}
			batch = batch[n:]
		}
	}
}

func (v *Vault) sealedOtherwise(ctx context.Context, after foundItem, with Cipher) ([]foundItem, error) {
	rows, err := v.DB.R.QueryContext(ctx, fmt.Sprintf(`SELECT i.realm, i.box, i.item, i.sealed FROM vault_items i
		JOIN vault_boxes b ON b.realm = i.realm AND b.box = i.box AND b.erased_at IS NULL
		WHERE (i.realm, i.box, i.item) > ($1, $2, $3) AND %s ORDER BY i.realm, i.box, i.item LIMIT %d`, headless("i.sealed", "$4"), resealBatch),
		string(after.realm), after.box, after.id, with.head())
	if err != nil {
		return nil, fmt.Errorf("vault: reseal: %w", err)
	}
	defer rows.Close()
	var batch []foundItem
	for rows.Next() {
		var f foundItem
		if err := rows.Scan(&f.realm, &f.box, &f.id, &f.sealed); err != nil {
			return nil, err
		}
		batch = append(batch, f)
	}
	return batch, rows.Err()
}

// resealBatch seals items of one realm anew.
func (v *Vault) resealBatch(ctx context.Context, with Cipher, batch []foundItem, out *Resealed) error {
	realm := batch[0].realm
	boxes := make([]string, len(batch))
	for i, f := range batch {
		boxes[i] = f.box
	}
	keys, damaged, err := v.Keys.of(ctx, realm, boxes)
	if err != nil {
		return err
	}
	var anew []anewItem
	for _, f := range batch {
		key := keys[f.box]
		switch {
		case damaged[f.box] != nil:
			out.damaged = append(out.damaged, damaged[f.box])
		case key == nil: // erased a moment ago, or lost
			out.Keyless++
		default:
			a, err := v.anew(ctx, with, key, f)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				out.damaged = append(out.damaged, err)
				continue
			}
			anew = append(anew, a)
		}
	}
	replaced, err := v.replaceItems(ctx, realm, boxes, anew)
	if err != nil {
		return fmt.Errorf("vault: reseal: %w", err)
	}
	for i, a := range anew {
		if replaced[i] {
			out.Items++
			out.Blobs += len(a.blobs)
			continue
		}
		for _, names := range a.blobs {
			if err := v.Blobs.Delete(ctx, names[1]); err != nil {
				return err
			}
		}
	}
	if out.done += int64(len(batch)); out.progress != nil {
		out.progress(min(out.done, out.all), out.all)
	}
	return nil
}

// anew seals one item anew, and before it the attachments that it names, beside their older files.
func (v *Vault) anew(ctx context.Context, with Cipher, key *Lock, f foundItem) (anewItem, error) {
	a := anewItem{foundItem: f}
	o := unseal(f.realm, f.box, key, []item{f.item})
	if o.err != nil {
		return a, o.err
	}
	for i := range o.contents {
		c := &o.contents[i]
		if c.Blob == "" {
			continue
		}
		sealed, err := v.Blobs.Get(ctx, c.Blob)
		if err != nil {
			return a, err
		}
		text, err := key.Open(sealed, blobBinding(f.realm, f.box))
		if err != nil {
			return a, fmt.Errorf("%w: blob %s of box %s", ErrDamaged, c.Blob, f.box)
		}
		sealed = key.Seal(with, text, blobBinding(f.realm, f.box))
		name := blobName(sealed)
		if err := v.Blobs.Put(ctx, name, sealed); err != nil {
			return a, err
		}
		a.blobs = append(a.blobs, [2]string{c.Blob, name})
		c.Blob = name
	}
	a.sealed = key.Seal(with, bundle(o.contents), itemBinding(f.realm, f.box, f.id))
	return a, nil
}

// replaceItems puts items that were sealed anew in the place of those that are still as they were, with the names of their attachments, and says
// which. Boxes that somebody erases at this moment are passed over, so that neither waits for the other in a circle.
func (v *Vault) replaceItems(ctx context.Context, realm civic.Realm, boxes []string, anew []anewItem) (replaced []bool, err error) {
	err = v.DB.Update(ctx, func(tx *store.Tx) error {
		replaced = make([]bool, len(anew))
		held, err := v.hold(ctx, tx, realm, boxes)
		if err != nil {
			return err
		}
		for i, a := range anew {
			if !held[a.box] {
				continue
			}
			done, err := tx.ExecContext(ctx, "UPDATE vault_items SET sealed = $5 WHERE realm = $1 AND box = $2 AND item = $3 AND sealed = $4",
				string(realm), a.box, a.id, a.item.sealed, a.sealed)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			replaced[i] = true
			for _, names := range a.blobs {
				for _, table := range []string{"vault_blobs", "vault_released"} {
					if _, err := tx.ExecContext(ctx, "UPDATE "+table+" SET blob = $4 WHERE realm = $1 AND box = $2 AND blob = $3", string(realm), a.box, names[0], names[1]); err != nil {
						return err
					}
				}
				if _, err := tx.ExecContext(ctx, "INSERT INTO vault_moved (realm, box, blob, at) VALUES ($1, $2, $3, $4)", string(realm), a.box, names[0], time.Now().UnixMicro()); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return replaced, err
}

// hold locks the rows of boxes that are not erased and that nobody else has locked.
func (v *Vault) hold(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string) (map[string]bool, error) {
	query := v.DB.ForUpdate("SELECT box FROM vault_boxes WHERE realm = $1 AND erased_at IS NULL AND " + v.DB.Each("box", "$2"))
	if v.DB.Engine == store.Postgres {
		query += " SKIP LOCKED"
	}
	rows, err := tx.QueryContext(ctx, query, string(realm), v.DB.List(boxes))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	held := make(map[string]bool, len(boxes))
	for rows.Next() {
		var box string
		if err := rows.Scan(&box); err != nil {
			return nil, err
		}
		held[box] = true
	}
	return held, rows.Err()
}

// dropMoved deletes the older files of attachments that were sealed anew before a moment.
func (v *Vault) dropMoved(ctx context.Context, realm civic.Realm, before time.Time) error {
	all, err := erasures(ctx, v.DB.R, "SELECT blob, at FROM vault_moved WHERE realm = $1 AND at < $2", string(realm), before.UnixMicro())
	if err != nil || len(all) == 0 {
		return err
	}
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.box
		if err := v.Blobs.Delete(ctx, e.box); err != nil {
			return err
		}
	}
	return v.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.DeleteWhere(ctx, "vault_moved", string(realm), "blob", names)
	})
}
