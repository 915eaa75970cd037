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

// Resealed says what a resealing did.
type Resealed struct {
	Cipher   Cipher `json:"cipher"`
	Keys     int    `json:"keys"` // of boxes and derived ones
	Items    int    `json:"items"`
	Blobs    int    `json:"attachments"`
	Rows     int    `json:"rows"`        // of registered columns
	Dropped  int    `json:"dropped"`     // of them, what nobody but an absent browser, or nobody at all, could open
	Keyless  int    `json:"without_key"` // items and rows that nobody can open, since the key of their box is lost
	damaged  []error
	done     int64
	all      int64
	progress func(done, all int64)
}

const (
	// resealBatch is how many items are sealed anew in one commit.
	resealBatch = 100
	// MovedKept is how long the file of an attachment stays after it was sealed anew under another name: for who reads
	// the older name, and for a backup whose snapshot has it.
	MovedKept = 24 * time.Hour
)

var keyCipherTable = &store.Table{Name: "key_cipher", Key: 1, Columns: store.Columns("n:i cipher:t since:i")}

// Cipher is by what is sealed from now on.
func (k *Keys) Cipher() Cipher {
	if c := k.Master.now().cipher; c != "" {
		return c
	}
	return AES
}

// chosen reads what Choose wrote. A cipher that this release does not know is refused: vault.cipher_unknown.
func (k *Keys) chosen(ctx context.Context) (c Cipher, err error) {
	err = k.DB.R.QueryRowContext(ctx, "SELECT cipher FROM key_cipher ORDER BY n DESC LIMIT 1").Scan(&c)
	if errors.Is(err, sql.ErrNoRows) {
		return AES, nil
	}
	if err != nil {
		return "", fmt.Errorf("vault: the key store: %w", err)
	}
	if _, known := cipherCodes[c]; !known {
		return "", civic.Refuse(civic.Unavailable, "vault.cipher_unknown", "cipher", string(c))
	}
	return c, nil
}

// Choose says by what is sealed from now on; other processes follow by Watch. Refusal: vault.cipher_unknown.
func (k *Keys) Choose(ctx context.Context, with Cipher) error {
	if _, known := cipherCodes[with]; !known {
		return civic.Refuse(civic.Malformed, "vault.cipher_unknown", "cipher", string(with))
	}
	is, err := k.chosen(ctx)
	if err != nil {
		return err
	}
	if is != with {
		err = k.DB.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO key_cipher (n, cipher, since) SELECT COALESCE(max(n), 0) + 1, $1, $2 FROM key_cipher", string(with), time.Now().UnixMicro())
			return err
		})
		if err != nil {
			return fmt.Errorf("vault: choosing a cipher: %w", err)
		}
	}
	return k.reload(ctx)
}

func (r Resealed) total() int { return r.Keys + r.Items + r.Rows + r.Dropped }

// Reseal seals everything anew by another cipher: the keys of boxes, derived keys, items, attachments and registered columns. Others may serve meanwhile. What
// acts cite are digests of contents, which stay; attachments get other names, in the items and tables of their boxes alone.
//
// It may be killed at any moment and called again: what is sealed says by what, and it goes on with the rest. A row is replaced only where
// it is still the one that was opened: what was erased meanwhile stays erased. What does not open is left, and named in the error.
func (v *Vault) Reseal(ctx context.Context, with Cipher, progress func(done, all int64)) (Resealed, error) {
	out := Resealed{Cipher: with, progress: progress}
	if err := v.Keys.Choose(ctx, with); err != nil {
		return out, err
	}
	if err := v.DB.R.QueryRowContext(ctx, "SELECT count(*) FROM vault_items WHERE "+headless("sealed", "$1"), with.head()).Scan(&out.all); err != nil {
		return out, fmt.Errorf("vault: reseal: %w", err)
	}
	for try := 1; ; try++ {
		before := out.total()
		out.damaged, out.Keyless = nil, 0
		if err := errors.Join(v.Keys.resealKeys(ctx, with, &out), v.resealItems(ctx, with, &out), v.resealColumns(ctx, with, &out)); err != nil {
			return out, err
		}
		if try > 1 && out.total() == before {
			break
		}
		if try >= retireTries {
			return out, errors.New("vault: a process goes on sealing by another cipher")
		}
		select { // who serves may have sealed something by the one before until now: one breath, then again
		case <-ctx.Done():
			return out, ctx.Err()
		case <-time.After(3 * v.Keys.follows()):
		}
	}
	if _, err := v.Sweep(ctx, time.Now().Add(-SweepGrace)); err != nil { // what one that was killed put and did not name
		return out, err
	}
	return out, errors.Join(errors.Join(out.damaged...), v.Keys.DB.Scrub(ctx, "key_boxes", "key_derived"), v.DB.Scrub(ctx))
}

// headless is the condition that a content was not sealed by the cipher whose head is given.
func headless(column, head string) string {
	return fmt.Sprintf("substr(%s, 1, %d) <> %s", column, len(AES.head()), head)
}

// resealKeys wraps anew the keys that are wrapped by another cipher, each under the master key that it is under.
func (k *Keys) resealKeys(ctx context.Context, with Cipher, out *Resealed) error {
	for _, t := range []struct {
		table, name, key string
		binding          func(civic.Realm, string) []byte
	}{{"key_derived", "purpose", "sealed", derivedBinding}, {"key_boxes", "box", "wrapped", keyBinding}} {
		var last wrappedRow
		for {
			batch, masters, err := k.otherwise(ctx, fmt.Sprintf(`SELECT realm, %[1]s, master, %[2]s FROM %[3]s WHERE (realm, %[1]s) > ($1, $2) AND %[4]s ORDER BY realm, %[1]s LIMIT %[5]d`,
				t.name, t.key, t.table, headless(t.key, "$3"), rewrapBatch), last, with)
			if err != nil {
				return err
			}
			if len(batch) == 0 {
				break
			}
			last = batch[len(batch)-1]
			anew := make(map[civic.Realm][][2]wrappedRow)
			for i, r := range batch {
				under, err := k.under(ctx, masters[i])
				var key []byte
				if err == nil {
					key, err = under.wrapper(r.realm).Open(r.key, t.binding(r.realm, r.name))
				}
				if err != nil {
					out.damaged = append(out.damaged, fmt.Errorf("%w: key of %s", ErrDamaged, r.name))
					continue
				}
				anew[r.realm] = append(anew[r.realm], [2]wrappedRow{r, {r.realm, r.name, under.wrapper(r.realm).Seal(with, key, t.binding(r.realm, r.name))}})
				clear(key)
			}
			for realm, rows := range anew {
				n, err := k.replace(ctx, realm, rows, fmt.Sprintf("UPDATE %s SET %s = $4 WHERE realm = $1 AND %s = $2 AND %[2]s = $3", t.table, t.key, t.name))
				if err != nil {
					return err
				}
				out.Keys += n
			}
		}
	}
	return nil
}

// otherwise reads the next keys that are wrapped by another cipher, with the ids of their master keys.
func (k *Keys) otherwise(ctx context.Context, query string, after wrappedRow, with Cipher) (batch []wrappedRow, masters []string, err error) {
	rows, err := k.DB.R.QueryContext(ctx, query, string(after.realm), after.name, with.head())
	if err != nil {
		return nil, nil, fmt.Errorf("vault: reseal: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r wrappedRow
		var master string
		if err := rows.Scan(&r.realm, &r.name, &master, &r.key); err != nil {
			return nil, nil, err
		}
		batch, masters = append(batch, r), append(masters, master)
	}
	return batch, masters, rows.Err()
}

// replace writes keys that were wrapped anew, those only that are still as they were. One that erases at the same time goes before or after.
func (k *Keys) replace(ctx context.Context, realm civic.Realm, rows [][2]wrappedRow, update string) (replaced int, err error) {
	err = k.DB.Update(ctx, func(tx *store.Tx) error {
		replaced = 0
		if err := k.lockList(ctx, tx, realm); err != nil {
			return err
		}
		for _, r := range rows {
			done, err := tx.ExecContext(ctx, update, string(realm), r[0].name, r[0].key, r[1].key)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			replaced += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("vault: reseal: %w", err)
	}
	return replaced, nil
}
