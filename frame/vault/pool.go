package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"skein/frame/civic"
	"skein/frame/store"
)

// A box's key must be stored before anything is sealed under it, and that store is another one than the realm's.
// So keys are made ahead, many in one commit, and a new box takes one: nobody waits for a second sync.

// poolLeast and poolMost bound how many keys are made at a time; it doubles while they are taken faster than made.
const (
	poolLeast = 16
	poolMost  = 2048
)

// pool is what is ready of a realm.
type pool struct {
	ready   []readyKey
	size    int
	filling chan struct{} // closed when a filling has ended
	failed  error         // of the last one
}

// readyKey is a key that is stored and of no box yet.
type readyKey struct {
	id  string
	key [32]byte
}

// NewBox makes a box with a key of its own. Scope says what it is of ("matter",
// "account"); it is not secret. Errors: of the key store, which must have the key before anything is sealed under it.
func (k *Keys) NewBox(ctx context.Context, realm civic.Realm, scope string) (*Box, error) {
	r, err := k.take(ctx, realm)
	if err != nil {
		return nil, fmt.Errorf("vault: the key store: %w", err)
	}
	b := &Box{ID: r.id, Realm: realm, Scope: scope, key: NewLock(r.key), with: k.Cipher(), fresh: true}
	clear(r.key[:])
	return b, nil
}

// NewBox makes a box with a key of its own, as Keys.NewBox does.
func (v *Vault) NewBox(ctx context.Context, realm civic.Realm, scope string) (*Box, error) {
	return v.Keys.NewBox(ctx, realm, scope)
}

// NewBoxAs makes a box under a name that is known before, or opens the key that was stored for it by one who then did not write the box. Whoever
// writes the second of one name fails to. Error: ErrErased where a box of that name was erased.
func (v *Vault) NewBoxAs(ctx context.Context, id string, realm civic.Realm, scope string) (*Box, error) {
	k := v.Keys
	err := k.name(ctx, realm, id)
	if store.IsRefusal(err) { // the master key may have been replaced since it was read
		if err = k.reload(ctx); err == nil {
			err = k.name(ctx, realm, id)
		}
	}
	if errors.Is(err, ErrErased) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("vault: the key store: %w", err)
	}
	keys, damaged, err := k.of(ctx, realm, []string{id})
	if err == nil {
		err = damaged[id]
	}
	if err == nil && keys[id] == nil {
		err = v.keyless(ctx, realm, id)
	}
	if err != nil {
		return nil, err
	}
	return &Box{ID: id, Realm: realm, Scope: scope, key: keys[id], with: k.Cipher(), fresh: true}, nil
}

// name stores a new key for a box of that name unless there is one. Error: ErrErased.
func (k *Keys) name(ctx context.Context, realm civic.Realm, id string) error {
	under := k.Master.now().current
	var key [32]byte
	rand.Read(key[:]) // never fails
	wrapped := under.wrapper(realm).Seal(k.Cipher(), key[:], keyBinding(realm, id))
	clear(key[:])
	return k.DB.Update(ctx, func(tx *store.Tx) error {
		if err := k.lockList(ctx, tx, realm); err != nil { // or it could be erased after it was looked for
			return err
		}
		var erased int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM key_erasures WHERE realm = $1 AND box = $2", string(realm), id).Scan(&erased); err != nil {
			return err
		}
		if erased > 0 {
			return ErrErased
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO key_boxes (realm, box, master, wrapped) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", string(realm), id, under.id(), wrapped)
		return err
	})
}

// take gives one key, and sees to it that there are more.
func (k *Keys) take(ctx context.Context, realm civic.Realm) (readyKey, error) {
	for {
		k.mu.Lock()
		if k.closed {
			k.mu.Unlock()
			return readyKey{}, fmt.Errorf("it is closed")
		}
		p := k.pools[realm]
		if p == nil {
			p = &pool{}
			k.pools[realm] = p
		}
		if len(p.ready) <= p.size/2 && p.filling == nil {
			p.size = min(max(2*p.size, poolLeast), poolMost)
			p.filling = make(chan struct{})
			k.filled.Add(1)
			go k.fill(realm, p, p.size)
		}
		if len(p.ready) > 0 {
			r := p.ready[0]
			p.ready[0] = readyKey{}
			p.ready = p.ready[1:]
			k.mu.Unlock()
			return r, nil
		}
		wait := p.filling
		k.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return readyKey{}, ctx.Err()
		}
		k.mu.Lock()
		err := p.failed
		empty := len(p.ready) == 0
		k.mu.Unlock()
		if empty && err != nil {
			return readyKey{}, err
		}
	}
}

// fill stores new keys and puts them into a pool.
func (k *Keys) fill(realm civic.Realm, p *pool, n int) {
	defer k.filled.Done()
	made, err := k.make(context.Background(), realm, n)
	if store.IsRefusal(err) { // the master key may have been replaced since it was read
		if err = k.reload(context.Background()); err == nil {
			made, err = k.make(context.Background(), realm, n)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	p.ready, p.failed = append(p.ready, made...), err
	close(p.filling)
	p.filling = nil
}

func (k *Keys) make(ctx context.Context, realm civic.Realm, n int) ([]readyKey, error) {
	under := k.Master.now().current
	made, rows := make([]readyKey, n), make([]store.Row, n)
	for i := range made {
		r := &made[i]
		r.id = newID()
		rand.Read(r.key[:]) // never fails
		rows[i] = store.Row{string(realm), r.id, under.id(), under.wrapper(realm).Seal(k.Cipher(), r.key[:], keyBinding(realm, r.id))}
	}
	if err := k.DB.Update(ctx, func(tx *store.Tx) error { return tx.Write(ctx, keyBoxTable, rows) }); err != nil {
		return nil, err
	}
	return made, nil
}
