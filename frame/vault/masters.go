package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// nextFile is the key that is to come, beside the one of today; retiredFile is one that was.
func (m *Master) nextFile() string { return filepath.Join(filepath.Dir(m.path), "next.key") }

func (m *Master) retiredFile(id string) string {
	return filepath.Join(filepath.Dir(m.path), "retired-"+id+".key")
}

// Settle says that master and database belong together, before anything is sealed: the first time
// it writes down which key everything is under, afterwards it refuses another. It keeps what is
// derived for each purpose in each realm, so that it outlives the master key. It may be called
// more than once, and must be when a realm is made. Refusals: vault.key_other, vault.key_retired_missing.
func (v *Vault) Settle(ctx context.Context, purposes []string, realms ...civic.Realm) error {
	err := v.pair(ctx, func() error { return errors.Join(v.opensOlder(ctx), v.Keys.opens(ctx)) })
	if err != nil {
		return err
	}
	if err := v.moveKeys(ctx); err != nil {
		return err
	}
	if err := v.Keys.settle(ctx, purposes, realms...); err != nil {
		return err
	}
	return v.Reconcile(ctx, realms...)
}

// opens holds that the key store is under the master key, if it is under any yet.
func (k *Keys) opens(ctx context.Context) error {
	ids, err := k.masters(ctx)
	if err == nil && len(ids) > 0 && !slices.Contains(ids, k.Master.ID()) {
		err = k.otherKey()
	}
	return err
}

func (k *Keys) settle(ctx context.Context, purposes []string, realms ...civic.Realm) error {
	ids, err := k.masters(ctx)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		if err := k.adopt(ctx); err != nil {
			return err
		}
	}
	if err := k.reload(ctx); err != nil {
		return err
	}
	r := k.Master.now()
	var rows []store.Row
	for _, realm := range realms {
		for _, p := range purposes {
			if _, ok := r.kept[derivation{p, realm}]; ok {
				continue
			}
			key := r.current.derive(p, realm)
			rows = append(rows, store.Row{string(realm), p, r.current.id(), r.current.wrapper(realm).Seal(r.cipher, key[:], derivedBinding(realm, p))})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	err = k.DB.Update(ctx, func(tx *store.Tx) error {
		for _, row := range rows { // another process may keep them at the same time: they are the same
			if _, err := tx.ExecContext(ctx, "INSERT INTO key_derived (realm, purpose, master, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", row...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("vault: keep derived keys: %w", err)
	}
	return k.reload(ctx)
}

// masters lists the ids of the keys that something is under.
func (k *Keys) masters(ctx context.Context) ([]string, error) {
	rows, err := k.DB.R.QueryContext(ctx, "SELECT id FROM key_masters ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("vault: master keys: %w", err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// adopt writes down that everything is under the master key.
func (k *Keys) adopt(ctx context.Context) error {
	return k.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO key_masters (id, since) VALUES ($1, $2) ON CONFLICT DO NOTHING", k.Master.ID(), time.Now().UnixMicro()); err != nil {
			return fmt.Errorf("vault: adopt: %w", err)
		}
		return nil
	})
}

func (k *Keys) otherKey() error {
	return civic.Refuse(civic.Unavailable, "vault.key_other", "path", k.Master.path)
}

// reload reads the master key anew, those before it that are still in use, and what is kept under them.
func (k *Keys) reload(ctx context.Context) error {
	m := k.Master
	current, err := readRoot(m.path)
	if err != nil {
		return err
	}
	next := &ring{current: current, retiring: map[string]*root{}, kept: map[derivation][32]byte{}, settled: map[civic.Realm]bool{}}
	if next.cipher, err = k.chosen(ctx); err != nil {
		return err
	}
	ids, err := k.masters(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(ids, current.id()) {
		return k.otherKey()
	}
	for _, id := range ids {
		if id == current.id() {
			continue
		}
		if next.retiring[id], err = m.other(id); err != nil {
			return err
		}
	}
	rows, err := k.DB.R.QueryContext(ctx, "SELECT realm, purpose, master, sealed FROM key_derived")
	if err != nil {
		return fmt.Errorf("vault: derived keys: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d derivation
		var master string
		var sealed []byte
		if err := rows.Scan(&d.realm, &d.purpose, &master, &sealed); err != nil {
			return err
		}
		key, err := next.derived(d, master, sealed)
		if err != nil {
			return err
		}
		next.kept[d], next.settled[d.realm] = key, true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	m.ring.Store(next)
	return nil
}

// other finds a key that is not the one of today: one that is being retired, or the one to come.
func (m *Master) other(id string) (*root, error) {
	for _, path := range []string{m.retiredFile(id), m.nextFile()} {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		k, err := readRoot(path)
		if err != nil {
			return nil, err
		}
		if k.id() == id {
			return k, nil
		}
	}
	return nil, civic.Refuse(civic.Unavailable, "vault.key_retired_missing", "path", m.retiredFile(id))
}

func (r *ring) by(id string) *root {
	if id == r.current.id() {
		return r.current
	}
	return r.retiring[id]
}

func (r *ring) derived(d derivation, master string, sealed []byte) ([32]byte, error) {
	if under := r.by(master); under != nil {
		key, err := under.wrapper(d.realm).Open(sealed, derivedBinding(d.realm, d.purpose))
		if err == nil && len(key) == 32 {
			return [32]byte(key), nil
		}
	}
	return [32]byte{}, fmt.Errorf("%w: the derived key for %s in %s", ErrDamaged, d.purpose, d.realm)
}

// under is the key of an id; one that is not known may have come since.
func (k *Keys) under(ctx context.Context, id string) (*root, error) {
	r := k.Master.now()
	if k := r.by(id); k != nil {
		return k, nil
	}
	if k.Master.path == "" {
		return nil, errors.New("no key of that name")
	}
	if err := k.reload(ctx); err != nil {
		return nil, err
	}
	if k := k.Master.now().by(id); k != nil {
		return k, nil
	}
	return nil, errors.New("no key of that name")
}

// followsWithin is how soon a process learns that its master key was replaced by another process.
const followsWithin = time.Second

func (k *Keys) follows() time.Duration { return cmp.Or(k.Follows, followsWithin) }

// unreadEvery is how often it is said again that the key store, or what it says, cannot be read.
const unreadEvery = time.Minute

// Watch follows the master key's file and the cipher that is chosen until the context ends; failed hears what goes wrong. What cannot be read now is
// also what Unread tells, until it can.
func (k *Keys) Watch(ctx context.Context, failed func(error)) {
	seen := k.Master.file
	var said time.Time
	tick := time.NewTicker(k.follows())
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		info, err := os.Stat(k.Master.path)
		chosen, unread := k.chosen(ctx)
		if ctx.Err() != nil {
			return
		}
		k.unread.Store(&unread)
		if unread != nil && time.Since(said) >= unreadEvery {
			said = time.Now()
			failed(unread)
		}
		if err != nil || (unread != nil || chosen == k.Cipher()) && len(k.Master.now().retiring) == 0 && seen != nil && os.SameFile(info, seen) {
			continue // a key that was taken away is missed at the next start; this process has it
		}
		if err := k.reload(ctx); err != nil {
			if ctx.Err() == nil {
				failed(err)
			}
			continue
		}
		seen = info
	}
}

// Unread is why the cipher that is chosen cannot be read now; nil where it can. This process goes on by the one before, and one of a later
// release than this may have been chosen.
func (k *Keys) Unread() error {
	if err := k.unread.Load(); err != nil {
		return *err
	}
	return nil
}

func derivedBinding(realm civic.Realm, purpose string) []byte {
	return bind("skein vault derived 1", string(realm), purpose)
}
