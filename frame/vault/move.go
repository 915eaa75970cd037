package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// moveKeys takes what older versions kept in the realm's database into the key store, and out of the database. It may
// be cut off anywhere and goes on at the next start: a row leaves one place only when it is in the other.
func (v *Vault) moveKeys(ctx context.Context) error {
	moved := false
	for _, t := range []struct{ from, into, columns, where string }{
		{"vault_masters", "key_masters", "id, since", ""},
		{"vault_derived", "key_derived", "realm, purpose, master, sealed", ""},
		{"vault_keys", "key_boxes", "realm, box, COALESCE(master, (SELECT min(id) FROM vault_masters)), wrapped", " WHERE wrapped IS NOT NULL"},
	} {
		n, err := v.moveTable(ctx, t.from, t.into, t.columns, t.where)
		if err != nil {
			return fmt.Errorf("vault: moving keys to the key store: %w", err)
		}
		moved = moved || n > 0
	}
	if !moved {
		return nil
	}
	err := v.DB.Update(ctx, func(tx *store.Tx) error {
		for _, statement := range []string{
			"INSERT INTO vault_boxes (realm, box, scope, erased_at) SELECT realm, box, scope, erased_at FROM vault_keys WHERE true ON CONFLICT DO NOTHING",
			"DELETE FROM vault_keys", "DELETE FROM vault_derived", "DELETE FROM vault_masters",
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("vault: moving keys to the key store: %w", err)
	}
	return v.DB.Scrub(ctx, "vault_keys", "vault_derived")
}

// opensOlder holds that the master key is the one under which the keys in the realm's database are, before they leave it, and names it
// where that was not done yet.
func (v *Vault) opensOlder(ctx context.Context) error {
	var known, ours int
	err := v.DB.R.QueryRowContext(ctx, "SELECT count(*), COALESCE(sum(CASE WHEN id = $1 THEN 1 ELSE 0 END), 0) FROM vault_masters", v.Keys.Master.ID()).Scan(&known, &ours)
	if err != nil {
		return err
	}
	if known > 0 && ours == 0 {
		return v.Keys.otherKey()
	}
	var realm, box string
	var wrapped []byte
	err = v.DB.R.QueryRowContext(ctx, "SELECT realm, box, wrapped FROM vault_keys WHERE wrapped IS NOT NULL AND master IS NULL LIMIT 1").Scan(&realm, &box, &wrapped)
	if errors.Is(err, sql.ErrNoRows) || known > 0 {
		return nil
	}
	if err != nil {
		return err
	}
	current := v.Keys.Master.now().current
	if _, err := current.wrapper(civic.Realm(realm)).Open(wrapped, keyBinding(civic.Realm(realm), box)); err != nil {
		return v.Keys.otherKey()
	}
	return v.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO vault_masters (id, since) VALUES ($1, $2) ON CONFLICT DO NOTHING", current.id(), time.Now().UnixMicro())
		return err
	})
}

func (v *Vault) moveTable(ctx context.Context, from, into, columns, where string) (int, error) {
	rows, err := v.DB.R.QueryContext(ctx, "SELECT "+columns+" FROM "+from+where)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	n := 0
	insert := "INSERT INTO " + into + " VALUES (" + placeholders(len(names)) + ") ON CONFLICT DO NOTHING"
	err = v.Keys.DB.Update(ctx, func(tx *store.Tx) error {
		n = 0
		for rows.Next() {
			cells := make([]any, len(names))
			for i := range cells {
				cells[i] = new(any)
			}
			if err := rows.Scan(cells...); err != nil {
				return err
			}
			for i := range cells {
				cells[i] = *cells[i].(*any)
			}
			if _, err := tx.ExecContext(ctx, insert, cells...); err != nil {
				return err
			}
			n++
		}
		return rows.Err()
	})
	return n, err
}

func placeholders(n int) string {
	out := ""
	for i := range n {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("$%d", i+1)
	}
	return out
}
