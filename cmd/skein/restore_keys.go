package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"skein/frame/civic"
	"skein/frame/seal"
	"skein/frame/store"
	"skein/frame/vault"
)

// keyStore holds that there is the key store that belongs to the backup, and that it knows of every erasure up to the newest
// checkpoint that anyone can show: with an older one, people would come back who were erased. A copy is put in its place.
func (c *restoreCommand) keyStore(ctx context.Context, w where, m manifest, all map[civic.Realm]*sighting) (gaps []vault.Gap, adopted bool, err error) {
	if m.KeyStore == "" {
		return nil, false, nil // from before there were key stores: the keys are in the database
	}
	from := w.keyStore()
	if c.KeyCopy != "" {
		from = c.KeyCopy
	} else if _, err := os.Lstat(from); errors.Is(err, os.ErrNotExist) && !strings.Contains(from, "://") {
		return nil, false, civic.Refuse(civic.Missing, "skein.restore_no_keys", "path", from)
	}
	id, reached, err := vault.Look(ctx, from)
	if err != nil {
		return nil, false, err
	}
	if id != m.KeyStore {
		return nil, false, civic.Refuse(civic.Invalid, "skein.restore_keys_other", "path", from)
	}
	for _, l := range m.Logs {
		origin, size, err := seal.Head(all[l.Realm].newest(l.Checkpoint))
		if err != nil {
			return nil, false, err
		}
		r := reached[l.Realm]
		_, number := seal.Lineage(origin)
		if _, n := seal.Lineage(r.Origin); r.Origin != "" && (n > number || n == number && r.Size >= size) {
			continue
		}
		if !c.ErasuresLost {
			return nil, false, civic.Refuse(civic.Conflict, "skein.restore_erasures", "path", from, "origin", origin, "seen", size, "reached", r.Size)
		}
		gaps = append(gaps, vault.Gap{Realm: l.Realm, Reached: r.Size, Origin: origin, Seen: size})
	}
	if c.KeyCopy == "" {
		return gaps, false, nil
	}
	return gaps, true, vault.Adopt(ctx, c.KeyCopy, w.keyStore())
}

// noteGaps writes down what was restored with an erasure list that is not known to be whole, for the page of the log.
func noteGaps(ctx context.Context, w where, gaps []vault.Gap) error {
	if len(gaps) == 0 {
		return nil
	}
	db, err := store.Open(ctx, w.source())
	if err != nil {
		return err
	}
	defer db.Close()
	return vault.NoteGaps(ctx, db, gaps)
}
