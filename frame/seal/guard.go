package seal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
)

// GuardPath is where the last checkpoint that a key signed lies, beside the key.
func GuardPath(folder string, realm civic.Realm) string {
	return filepath.Join(folder, "log-"+string(realm)+".checkpoint")
}

// Head reads of which log a checkpoint is, and how many leaves it has, and holds no signature.
func Head(text string) (origin string, size int64, err error) {
	origin, tree, err := peek(text)
	return origin, tree.N, err
}

// remember keeps what was signed last beside the key. It is written after the commit, so the
// database is never behind it by itself.
func (s *Sealer) remember(l *Log) {
	s.last = l.Checkpoint
	if err := replaceFile(GuardPath(s.Folder, s.Realm), []byte(l.Checkpoint)); err != nil {
		s.Log.Error("the newest checkpoint is not kept beside the log's key", "err", err)
	}
}

// guard refuses to sign for a database that is not what the key signed before: one that was rolled
// back, or that another took the place of. Refusals: seal.rolled_back, seal.forked.
func (s *Sealer) guard(ctx context.Context, l *Log) error {
	path := GuardPath(s.Folder, s.Realm)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return civic.Refuse(civic.Unavailable, "seal.key_unreadable", "path", path, "cause", err.Error())
	}
	origin, tree, err := peek(string(text))
	if err != nil {
		return civic.Refuse(civic.Unavailable, "seal.guard_unreadable", "path", path)
	}
	if origin != l.Origin {
		return nil // of a log that has ended
	}
	return Fits(ctx, s.DB.R, s.Realm, l, tree)
}

// CheckKeys holds the key in a folder, and what it signed last, against the log in the database; what is not there
// is not looked at. find is told what does not hold.
func CheckKeys(ctx context.Context, q journal.Querier, realm civic.Realm, folder string, find func(where, format string, args ...any)) error {
	l, ok, err := Current(ctx, q, realm)
	if err != nil || !ok {
		return err
	}
	if key, err := OpenKey(KeyPath(folder, realm)); err == nil && key.Verifier != l.Key {
		find(KeyPath(folder, realm), "is not the key of %s", l.Origin)
	}
	text, err := os.ReadFile(GuardPath(folder, realm))
	if err != nil {
		return nil //nolint:nilerr // nothing was signed here, or the keys are elsewhere
	}
	origin, tree, err := peek(string(text))
	if err != nil || origin != l.Origin {
		return nil //nolint:nilerr // of a log that has ended
	}
	err = Fits(ctx, q, realm, &l, tree)
	if r, ok := civic.AsRefusals(err); ok {
		find(GuardPath(folder, realm), "says %d leaves, and the database has another log, of %d (%s)", tree.N, l.Size, r[0].Key)
		return nil
	}
	return err
}

// Fits holds that a log continues a tree that was seen before.
// Refusals: seal.rolled_back where it has fewer leaves, seal.forked where it has others.
func Fits(ctx context.Context, q journal.Querier, realm civic.Realm, l *Log, seen tlog.Tree) error {
	if seen.N > l.Size {
		return civic.Refuse(civic.Conflict, "seal.rolled_back", "origin", l.Origin, "size", l.Size, "seen", seen.N)
	}
	root := tlog.Hash{}
	var err error
	if seen.N > 0 {
		root, err = tlog.TreeHash(seen.N, stored(ctx, q, realm, l.Number))
	} else {
		root, err = tlog.TreeHash(0, nil)
	}
	if err != nil {
		return err
	}
	if root != seen.Hash {
		return civic.Refuse(civic.Conflict, "seal.forked", "origin", l.Origin, "seen", seen.N)
	}
	return nil
}
