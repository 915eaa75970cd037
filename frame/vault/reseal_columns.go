package vault

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"skein/frame/civic"
	"skein/frame/store"
)

// Column is where something lies sealed outside of boxes, under keys that the vault does not keep. Whoever has such a column registers it with
// Vault.Columns, seals by a Lock and by Keys.Cipher, and binds each row to its key; Reseal then covers it.
type Column struct {
	Table  string // its rows have a realm and
	Key    string // a name in it, to which what is sealed is bound
	Sealed string // empty (NULL) where a row seals nothing
	// Locks gives the locks of those of some rows that somebody can still open: the others are deleted, since nobody can seal them anew, and
	// under a cipher that is doubted they may not stay. It is asked after the rows were listed. With an error none is deleted.
	Locks func(ctx context.Context, realm civic.Realm, keys []string) (map[string]*Lock, error)
}

// resealColumns seals anew what is sealed outside of boxes by another cipher.
func (v *Vault) resealColumns(ctx context.Context, with Cipher, out *Resealed) error {
	for _, c := range v.Columns {
		found, err := v.columnOtherwise(ctx, c, with)
		if err != nil {
			return err
		}
		for _, realm := range slices.Sorted(maps.Keys(found)) {
			locks, fault := c.Locks(ctx, realm, found[realm])
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if fault != nil && !errors.Is(fault, ErrKeyLost) {
				out.damaged = append(out.damaged, fmt.Errorf("%s: %w", c.Table, fault))
			}
			for batch := range slices.Chunk(found[realm], rewrapBatch) {
				if err := v.resealRows(ctx, c, realm, batch, locks, fault == nil, with, out); err != nil {
					return fmt.Errorf("vault: reseal: %w", err)
				}
			}
		}
	}
	return nil
}

// columnOtherwise lists the rows that are sealed by another cipher. They come in the order of their keys, never of who they belong to: what is
// written together would say what belongs together.
func (v *Vault) columnOtherwise(ctx context.Context, c Column, with Cipher) (map[civic.Realm][]string, error) {
	rows, err := v.DB.R.QueryContext(ctx, fmt.Sprintf("SELECT realm, %[2]s FROM %[1]s WHERE %[3]s ORDER BY realm, %[2]s", c.Table, c.Key, headless(c.Sealed, "$1")), with.head())
	if err != nil {
		return nil, fmt.Errorf("vault: reseal: %w", err)
	}
	defer rows.Close()
	found := map[civic.Realm][]string{}
	for rows.Next() {
		var realm civic.Realm
		var key string
		if err := rows.Scan(&realm, &key); err != nil {
			return nil, err
		}
		found[realm] = append(found[realm], key)
	}
	return found, rows.Err()
}

// resealRows seals rows of one realm anew, those only that are still as they were, and deletes those that nobody can open if it may.
func (v *Vault) resealRows(ctx context.Context, c Column, realm civic.Realm, keys []string, locks map[string]*Lock, drop bool, with Cipher, out *Resealed) error {
	before, err := v.columnRows(ctx, c, realm, keys)
	if err != nil {
		return err
	}
	anew := make(map[string][]byte, len(before))
	for key, sealed := range before {
		if SealedBy(with, sealed) { // written anew meanwhile
			continue
		}
		lock := locks[key]
		if lock == nil {
			if drop {
				anew[key] = nil
			} else {
				out.Keyless++
			}
			continue
		}
		text, err := lock.Open(sealed, []byte(key))
		if err != nil {
			out.damaged = append(out.damaged, fmt.Errorf("%w: a row of %s", ErrDamaged, c.Table))
			continue
		}
		anew[key] = lock.Seal(with, text, []byte(key))
	}
	var replaced, dropped int
	err = v.DB.Update(ctx, func(tx *store.Tx) error {
		replaced, dropped = 0, 0
		for _, key := range slices.Sorted(maps.Keys(anew)) {
			query, args, count := fmt.Sprintf("UPDATE %[1]s SET %[3]s = $4 WHERE realm = $1 AND %[2]s = $2 AND %[3]s = $3", c.Table, c.Key, c.Sealed), []any{string(realm), key, before[key], anew[key]}, &replaced
			if anew[key] == nil {
				query, args, count = fmt.Sprintf("DELETE FROM %s WHERE realm = $1 AND %s = $2 AND %s = $3", c.Table, c.Key, c.Sealed), args[:3], &dropped
			}
			done, err := tx.ExecContext(ctx, query, args...)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			*count += int(n)
		}
		return nil
	})
	out.Rows, out.Dropped = out.Rows+replaced, out.Dropped+dropped
	return err
}

func (v *Vault) columnRows(ctx context.Context, c Column, realm civic.Realm, keys []string) (map[string][]byte, error) {
	rows, err := v.DB.R.QueryContext(ctx, fmt.Sprintf("SELECT %[2]s, %[3]s FROM %[1]s WHERE realm = $1 AND %[3]s IS NOT NULL AND %[4]s", c.Table, c.Key, c.Sealed, v.DB.Each(c.Key, "$2")),
		string(realm), v.DB.List(keys))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[string][]byte, len(keys))
	for rows.Next() {
		var key string
		var sealed []byte
		if err := rows.Scan(&key, &sealed); err != nil {
			return nil, err
		}
		out[key] = sealed
	}
	return out, rows.Err()
}
