package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// Rewrapped says what a rewrapping did.
type Rewrapped struct {
	Old     string `json:"old"`     // id of the key that nothing is under any more
	OldFile string `json:"old_key"` // where it lies; it may go
	New     string `json:"new"`
	Boxes   int    `json:"boxes"`
	Derived int    `json:"derived"`
}

// rewrapBatch is how many keys of boxes are wrapped anew in one commit, so that no writer waits for long.
const rewrapBatch = 200

// retireTries bounds how often a process is waited for that still writes under the old key.
const retireTries = 20

// Rewrap replaces the master key: it makes a new one, wraps every box's key and every derived key under
// it, and takes the old one out of use. Others may serve meanwhile; they follow by Watch.
//
//	keys/next.key written → its row → old key linked as keys/retired-ID.key → next.key renamed to master.key
//	→ rows moved → no row is under the old key any more → its own row deleted
//
// It may be killed between any two of these and called again: it goes on where it was. The last step is
// the database's to refuse while anything is under the old key, and after it nothing can be put under it.
func (k *Keys) Rewrap(ctx context.Context, progress func(done, all int64)) (Rewrapped, error) {
	if err := k.swap(ctx); err != nil {
		return Rewrapped{}, err
	}
	r := k.Master.now()
	out := Rewrapped{New: r.current.id()}
	for id, old := range r.retiring {
		out.Old, out.OldFile = id, k.Master.retiredFile(id)
		if err := k.retire(ctx, old, r.current, &out, progress); err != nil {
			return out, err
		}
	}
	if err := k.reload(ctx); err != nil {
		return out, err
	}
	return out, k.DB.Scrub(ctx, "key_boxes", "key_derived") // older copies of rows are still under the old key
}

// swap puts a new key in the place of the one of today, unless one that was put there has not been
// moved to altogether.
func (k *Keys) swap(ctx context.Context) error {
	m := k.Master
	r := m.now()
	next, err := readRoot(m.nextFile())
	if rs, ok := civic.AsRefusals(err); ok && rs[0].Key == "vault.key_missing" {
		if len(r.retiring) > 0 {
			return nil
		}
		made, err := CreateMaster(m.nextFile())
		if err != nil {
			return err
		}
		next = made.now().current
	} else if err != nil {
		return err
	}
	err = k.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO key_masters (id, since) VALUES ($1, $2) ON CONFLICT DO NOTHING", next.id(), time.Now().UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("vault: rewrap: %w", err)
	}
	if err := os.Link(m.path, m.retiredFile(r.current.id())); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("vault: rewrap: %w", err)
	}
	dir := filepath.Dir(m.path)
	if err := syncDir(dir); err != nil {
		return fmt.Errorf("vault: rewrap: %w", err)
	}
	if err := errors.Join(os.Rename(m.nextFile(), m.path), syncDir(dir)); err != nil {
		return fmt.Errorf("vault: rewrap: %w", err)
	}
	return k.reload(ctx)
}

// retire moves all from one key to another and takes the first out of use.
func (k *Keys) retire(ctx context.Context, old, to *root, out *Rewrapped, progress func(done, all int64)) error {
	for try := 1; ; try++ {
		if err := k.reload(ctx); err != nil { // a realm may have been made
			return err
		}
		if err := k.moveDerived(ctx, old, to, out); err != nil {
			return err
		}
		if err := k.moveBoxes(ctx, old, to, out, progress); err != nil {
			return err
		}
		// Who serves may have sealed something under the old key until now: one breath, then again.
		if try > 1 {
			err := k.DB.Update(ctx, func(tx *store.Tx) error {
				_, err := tx.ExecContext(ctx, "DELETE FROM key_masters WHERE id = $1", old.id())
				return err
			})
			if err == nil {
				return nil
			}
			if !store.IsRefusal(err) || try >= retireTries {
				return fmt.Errorf("vault: something is still put under the old key: %w", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(3 * k.follows()):
		}
	}
}

func (k *Keys) moveDerived(ctx context.Context, old, to *root, out *Rewrapped) error {
	for d, key := range k.Master.now().kept {
		sealed := to.wrapper(d.realm).Seal(k.Cipher(), key[:], derivedBinding(d.realm, d.purpose))
		n, err := k.move(ctx, []wrappedRow{{realm: d.realm, name: d.purpose, key: sealed}}, old, to,
			"UPDATE key_derived SET sealed = $5, master = $4 WHERE realm = $1 AND purpose = $2 AND master = $3")
		if err != nil {
			return err
		}
		out.Derived += n
	}
	return nil
}

type wrappedRow struct {
	realm civic.Realm
	name  string
	key   []byte
}

func (k *Keys) moveBoxes(ctx context.Context, old, to *root, out *Rewrapped, progress func(done, all int64)) error {
	var last wrappedRow
	var broken []error
	var done, all int64
	if err := k.DB.R.QueryRowContext(ctx, "SELECT count(*) FROM key_boxes WHERE master = $1", old.id()).Scan(&all); err != nil {
		return fmt.Errorf("vault: rewrap: %w", err)
	}
	for {
		batch, err := k.boxesUnder(ctx, old, last)
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			return errors.Join(broken...)
		}
		last = batch[len(batch)-1]
		moved := batch[:0]
		for _, b := range batch {
			key, err := old.wrapper(b.realm).Open(b.key, keyBinding(b.realm, b.name))
			if err != nil || len(key) != 32 {
				broken = append(broken, fmt.Errorf("%w: key of box %s", ErrDamaged, b.name))
				continue
			}
			b.key = to.wrapper(b.realm).Seal(k.Cipher(), key, keyBinding(b.realm, b.name))
			clear(key)
			moved = append(moved, b)
		}
		n, err := k.move(ctx, moved, old, to,
			"UPDATE key_boxes SET wrapped = $5, master = $4 WHERE realm = $1 AND box = $2 AND master = $3")
		if err != nil {
			return err
		}
		out.Boxes += n
		if done += int64(n); progress != nil {
			progress(done, all)
		}
	}
}

// boxesUnder reads the next keys that are under an old one.
func (k *Keys) boxesUnder(ctx context.Context, old *root, after wrappedRow) ([]wrappedRow, error) {
	rows, err := k.DB.R.QueryContext(ctx, fmt.Sprintf(`SELECT realm, box, wrapped FROM key_boxes WHERE (realm, box) > ($1, $2) AND master = $3
		ORDER BY realm, box LIMIT %d`, rewrapBatch), string(after.realm), after.name, old.id())
	if err != nil {
		return nil, fmt.Errorf("vault: rewrap: %w", err)
	}
	defer rows.Close()
	var batch []wrappedRow
	for rows.Next() {
		var b wrappedRow
		if err := rows.Scan(&b.realm, &b.name, &b.key); err != nil {
			return nil, err
		}
		batch = append(batch, b)
	}
	return batch, rows.Err()
}

// move writes rows that were sealed anew, those only that are still under the old key: one that was
// erased meanwhile stays erased.
func (k *Keys) move(ctx context.Context, rows []wrappedRow, old, to *root, update string) (moved int, err error) {
	err = k.DB.Update(ctx, func(tx *store.Tx) error {
		moved = 0
		for _, r := range rows {
			done, err := tx.ExecContext(ctx, update, string(r.realm), r.name, old.id(), to.id(), r.key)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			moved += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("vault: rewrap: %w", err)
	}
	return moved, nil
}
