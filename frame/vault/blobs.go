package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Blobs keeps ciphertexts under the SHA-256 of their bytes, in hex.
type Blobs interface {
	// Put keeps a ciphertext; when it returns nil the bytes and their name are synced.
	Put(ctx context.Context, name string, sealed []byte) error
	// Get returns ErrMissing for an unknown name and ErrDamaged for bytes of another digest.
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete does nothing for an unknown name.
	Delete(ctx context.Context, name string) error
	// Walk names every blob with the time it was put.
	Walk(ctx context.Context, each func(name string, put time.Time) error) error
}

// Disk keeps blobs in a folder, in subfolders by the first two letters of the name.
type Disk struct{ Dir string }

func blobName(sealed []byte) string {
	sum := sha256.Sum256(sealed)
	return hex.EncodeToString(sum[:])
}

// blobPattern is the name of a blob, or of a leftover of a write that a crash cut off.
var blobPattern = regexp.MustCompile(`^[0-9a-f]{2}([0-9a-f]{62}|\.new-[0-9]+)$`)

func (d Disk) path(name string) (string, error) {
	if !blobPattern.MatchString(name) { // never a path
		return "", fmt.Errorf("%w: blob %q", ErrMissing, name)
	}
	return filepath.Join(d.Dir, name[:2], name[2:]), nil
}

// Put writes beside, syncs, then renames, so that a name always has whole bytes.
func (d Disk) Put(_ context.Context, name string, sealed []byte) error {
	path, err := d.path(name)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("vault: blob: %w", err)
		}
		if err := errors.Join(syncDir(d.Dir), syncDir(filepath.Dir(d.Dir))); err != nil {
			return fmt.Errorf("vault: blob: %w", err)
		}
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("vault: blob: %w", err)
	}
	_, err = f.Write(sealed)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("vault: blob: %w", err)
	}
	if err := syncDir(dir); err != nil {
		return fmt.Errorf("vault: blob: %w", err)
	}
	return nil
}

// Get reads a blob and checks it against its name.
func (d Disk) Get(_ context.Context, name string) ([]byte, error) {
	path, err := d.path(name)
	if err != nil {
		return nil, err
	}
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: blob %s", ErrMissing, name)
	}
	if err != nil {
		return nil, fmt.Errorf("vault: blob: %w", err)
	}
	if blobName(sealed) != name {
		return nil, fmt.Errorf("%w: blob %s", ErrDamaged, name)
	}
	return sealed, nil
}

// Delete removes a blob.
func (d Disk) Delete(_ context.Context, name string) error {
	path, err := d.path(name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("vault: blob: %w", err)
	}
	return nil
}

// Walk also names the leftovers of writes that a crash cut off, so that Sweep takes them.
func (d Disk) Walk(ctx context.Context, each func(name string, put time.Time) error) error {
	err := filepath.WalkDir(d.Dir, func(path string, e fs.DirEntry, err error) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if errors.Is(err, fs.ErrNotExist) { // deleted meanwhile, or nothing put yet
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.Base(filepath.Dir(path)) + e.Name()
		if !blobPattern.MatchString(name) {
			return nil
		}
		return each(name, info.ModTime())
	})
	if err != nil {
		return fmt.Errorf("vault: blobs: %w", err)
	}
	return nil
}

// SweepGrace is how old an orphan must be: a blob is put before the commit that names it.
const SweepGrace = time.Hour

// Sweep deletes blobs put before a moment that no box names, and says how many. Pass a
// moment at least SweepGrace ago.
func (v *Vault) Sweep(ctx context.Context, before time.Time) (int, error) {
	var batch []string
	swept := 0
	flush := func() error {
		named, err := v.named(ctx, batch)
		if err != nil {
			return err
		}
		for _, name := range batch {
			if named[name] {
				continue
			}
			if err := v.Blobs.Delete(ctx, name); err != nil {
				return err
			}
			swept++
		}
		batch = batch[:0]
		return nil
	}
	err := v.Blobs.Walk(ctx, func(name string, put time.Time) error {
		if !put.Before(before) {
			return nil
		}
		batch = append(batch, name)
		if len(batch) == 500 {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return swept, err
}

// named tells which blobs are in use by any realm.
func (v *Vault) named(ctx context.Context, names []string) (map[string]bool, error) {
	out := make(map[string]bool, len(names))
	if len(names) == 0 {
		return out, nil
	}
	rows, err := v.DB.R.QueryContext(ctx, "SELECT blob FROM vault_blobs WHERE "+v.DB.Each("blob", "$1")+" UNION SELECT blob FROM vault_moved WHERE "+v.DB.Each("blob", "$1"), v.DB.List(names))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out[name] = true
	}
	return out, rows.Err()
}
