package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// Cleaner makes good what erasures leave to be done after their commits: it destroys keys in the key store, deletes blobs and scrubs the
// databases' files. What it owes stands in the database, so that a crash in between is made good at the next start.
type Cleaner struct {
	Vault *Vault
	Realm civic.Realm
	Log   *slog.Logger // slog.Default
	// Poll is how often to look (1 s); Scrubs how often at most the files are scrubbed: on PostgreSQL, which locks a
	// table for that, every ten minutes, on SQLite as often as it looks.
	Poll, Scrubs time.Duration

	lease    store.Lease
	scrubbed time.Time
	emptied  time.Time
	swept    time.Time
	warned   time.Time
}

// emptiesEvery is how often it is looked whether anything was written into a box after it was erased.
const emptiesEvery = time.Minute

// sweepsEvery is how often attachments are looked for that no box names: of reports that were refused, or cut off with the process, after their
// photos were put. The first time is SweepGrace after the start: who served an older database by mistake has so long to notice, before what only
// the newer one names is gone.
const sweepsEvery = 24 * time.Hour

// cleanLease is how long another process waits for one that was killed. Two at once do each other no harm.
const cleanLease = 10 * time.Second

// NewCleaner makes a cleaner with its defaults.
func NewCleaner(v *Vault, realm civic.Realm, log *slog.Logger) *Cleaner {
	c := &Cleaner{Vault: v, Realm: realm, Log: log, Poll: time.Second, swept: time.Now().Add(SweepGrace - sweepsEvery)}
	if v.DB.Engine == store.Postgres {
		c.Scrubs = 10 * time.Minute
	}
	if log == nil {
		c.Log = slog.Default()
	}
	c.lease = store.Lease{DB: v.DB, Table: "vault_leases", Realm: string(realm), Holder: rand.Text(), Length: cleanLease, Wall: time.Now}
	return c
}

// Run cleans up until the context ends.
func (c *Cleaner) Run(ctx context.Context) {
	defer func() {
		if err := c.lease.Release(); err != nil {
			c.Log.Warn("vault: the cleaner's lease is not given back and runs out by itself", "realm", c.Realm, "err", err)
		}
	}()
	beat := time.NewTicker(c.Poll)
	defer beat.Stop()
	for {
		if err := c.round(ctx); err != nil && ctx.Err() == nil && time.Since(c.warned) > time.Hour {
			c.warned = time.Now()
			c.Log.Warn("vault: cleaning up after erasures waits", "realm", c.Realm, "err", err)
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

func (c *Cleaner) round(ctx context.Context) error {
	if _, err := c.Vault.Destroy(ctx, c.Realm); err != nil {
		return err
	}
	if time.Since(c.emptied) > emptiesEvery {
		c.emptied = time.Now()
		if err := c.Vault.EmptyErased(ctx, c.Realm); err != nil {
			return err
		}
		if err := c.Vault.dropMoved(ctx, c.Realm, time.Now().Add(-MovedKept)); err != nil {
			return err
		}
	}
	if time.Since(c.swept) > sweepsEvery {
		if err := c.sweep(ctx); err != nil {
			return err
		}
	}
	blobs, boxes, err := c.Vault.owed(ctx, c.Realm)
	if err != nil || len(blobs) == 0 && (len(boxes) == 0 || time.Since(c.scrubbed) < c.Scrubs) {
		return err
	}
	if ours, err := c.lease.Hold(ctx); err != nil || !ours {
		return err
	}
	if err := c.Vault.deleteBlobs(ctx, c.Realm, blobs); err != nil {
		return err
	}
	if len(boxes) == 0 || time.Since(c.scrubbed) < c.Scrubs {
		return nil
	}
	c.scrubbed = time.Now()
	return c.Vault.scrubbed(ctx, c.Realm, boxes)
}

// sweep deletes attachments that no box of any realm names, if no other process cleans up.
func (c *Cleaner) sweep(ctx context.Context) error {
	if ours, err := c.lease.Hold(ctx); err != nil || !ours {
		return err
	}
	n, err := c.Vault.Sweep(ctx, time.Now().Add(-SweepGrace))
	if err != nil {
		return err
	}
	c.swept = time.Now()
	if n > 0 {
		c.Log.Info("vault: attachments that no box names are deleted", "count", n)
	}
	return nil
}

// Clean does at once all that is owed after erasures, and says after how many boxes.
func (v *Vault) Clean(ctx context.Context, realm civic.Realm) (int, error) {
	if _, err := v.Destroy(ctx, realm); err != nil {
		return 0, err
	}
	if err := v.EmptyErased(ctx, realm); err != nil {
		return 0, err
	}
	if err := v.dropMoved(ctx, realm, time.Now().Add(-MovedKept)); err != nil {
		return 0, err
	}
	blobs, boxes, err := v.owed(ctx, realm)
	if err == nil {
		err = v.deleteBlobs(ctx, realm, blobs)
	}
	if err == nil && len(boxes) > 0 {
		err = v.scrubbed(ctx, realm, boxes)
	}
	return len(boxes), err
}

// owed reads what is to be done: blobs to delete, and boxes whose older copies are to go.
func (v *Vault) owed(ctx context.Context, realm civic.Realm) (blobs, boxes []string, err error) {
	rows, err := v.DB.R.QueryContext(ctx, "SELECT box, blob FROM vault_erasures WHERE realm = $1", string(realm))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var box, blob string
		if err := rows.Scan(&box, &blob); err != nil {
			return nil, nil, err
		}
		if blob != "" {
			blobs = append(blobs, blob)
		} else {
			boxes = append(boxes, box)
		}
	}
	return blobs, boxes, rows.Err()
}

// deleteBlobs deletes attachments and then the notes of them. A name is of a ciphertext under one box's key, so that
// nobody else's can be the same.
func (v *Vault) deleteBlobs(ctx context.Context, realm civic.Realm, blobs []string) error {
	if len(blobs) == 0 {
		return nil
	}
	for _, name := range blobs {
		if err := v.Blobs.Delete(ctx, name); err != nil && !errors.Is(err, ErrMissing) {
			return err
		}
	}
	return v.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.DeleteWhere(ctx, "vault_erasures", string(realm), "blob", blobs)
	})
}

// scrubbed scrubs the files and then forgets the boxes that it was owed for.
func (v *Vault) scrubbed(ctx context.Context, realm civic.Realm, boxes []string) error {
	if err := v.Scrub(ctx); err != nil {
		return err
	}
	return v.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM vault_erasures WHERE realm = $1 AND blob = '' AND "+v.DB.Each("box", "$2"), string(realm), v.DB.List(boxes))
		return err
	})
}
