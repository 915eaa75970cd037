package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"skein/frame/civic"
)

// Master is the key that wraps the keys of all boxes. Whoever loses its file loses
// everything in the vault; whoever has it and the database reads everything. While its key is
// being replaced (Rewrap) it holds the one before as well.
type Master struct {
	path string
	file os.FileInfo // that the key was read from, or one before it
	ring atomic.Pointer[ring]
}

// ring is what a master holds at one moment.
type ring struct {
	current  *root
	retiring map[string]*root        // those before, by their ids, while something is still under them
	kept     map[derivation][32]byte // derived keys that outlive the key they were derived from
	settled  map[civic.Realm]bool    // realms all of whose derived keys are kept
	cipher   Cipher                  // what is sealed from now on is sealed by
}

// root is one master key.
type root struct {
	key   [32]byte
	wraps sync.Map // civic.Realm → *Lock
}

// derivation names a derived key.
type derivation struct {
	purpose string
	realm   civic.Realm
}

func (m *Master) now() *ring {
	if r := m.ring.Load(); r != nil {
		return r
	}
	m.ring.CompareAndSwap(nil, &ring{current: &root{}}) // of a Master that nobody opened: for measuring
	return m.ring.Load()
}

// ID tells master keys apart and says nothing of them: 64 bits of a digest, in hex. Rows name by it the key that they are under.
func (m *Master) ID() string { return m.now().current.id() }

// Retiring lists the ids of older keys under which something still is.
func (m *Master) Retiring() []string { return slices.Sorted(maps.Keys(m.now().retiring)) }

const masterHeader = "skein master key 1"

// maxMasterFile bounds what is read of a file that claims to be a key, in bytes.
const maxMasterFile = 4096

// CreateMaster makes a new random master key in a file that must not exist yet, mode
// 0600 in a folder of mode 0700, synced; where the folder has a kms.json, as that service encrypts it. Refusals: vault.key_exists, vault.key_unwritable.
func CreateMaster(path string) (*Master, error) {
	unwritable := func(err error) error {
		return civic.Refuse(civic.Unavailable, "vault.key_unwritable", "path", path, "cause", err.Error())
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unwritable(err)
	}
	k := &root{}
	rand.Read(k.key[:]) // never fails
	text := k.file()
	service, err := kmsOf(dir)
	if err == nil && service != nil {
		text, err = service.file(k)
	}
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return nil, unwritable(err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, unwritable(err)
	}
	// A link does not overwrite, so a crash leaves either no key or a whole one.
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil, civic.Refuse(civic.Conflict, "vault.key_exists", "path", path)
	} else if err != nil {
		return nil, unwritable(err)
	}
	if err := errors.Join(syncDir(dir), syncDir(filepath.Dir(dir))); err != nil {
		return nil, unwritable(err)
	}
	file, _ := os.Stat(path)
	return masterOf(path, file, k), nil
}

func masterOf(path string, file os.FileInfo, k *root) *Master {
	m := &Master{path: path, file: file}
	m.ring.Store(&ring{current: k})
	return m
}

// OpenMaster reads a master key. Refusals name the file and what is wrong with it:
// vault.key_missing, key_symlink, key_not_file, key_mode, key_unreadable,
// key_not_a_key, key_version, key_truncated; of a key that a service encrypted, kms_settings, kms_missing, kms_failed, kms_wrong.
func OpenMaster(path string) (*Master, error) {
	file, _ := os.Stat(path) // before it is read: who replaces it meanwhile is followed
	k, err := readRoot(path)
	if err != nil {
		return nil, err
	}
	return masterOf(path, file, k), nil
}

func readRoot(path string) (*root, error) {
	refuse := func(key string, args ...any) error {
		return civic.Refuse(civic.Unavailable, key, append([]any{"path", path}, args...)...)
	}
	before, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse("vault.key_missing")
	case err != nil:
		return nil, refuse("vault.key_unreadable", "cause", err.Error())
	case before.Mode()&fs.ModeSymlink != 0:
		return nil, refuse("vault.key_symlink")
	case !before.Mode().IsRegular():
		return nil, refuse("vault.key_not_file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, refuse("vault.key_unreadable", "cause", err.Error())
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, refuse("vault.key_unreadable", "cause", err.Error())
	}
	if !os.SameFile(before, info) { // swapped for a link meanwhile
		return nil, refuse("vault.key_symlink")
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, refuse("vault.key_mode", "mode", fmt.Sprintf("%04o", mode))
	}
	text, err := io.ReadAll(io.LimitReader(f, maxMasterFile))
	if err != nil {
		return nil, refuse("vault.key_unreadable", "cause", err.Error())
	}
	if strings.HasPrefix(string(text), kmsHeader+" ") {
		service, err := kmsOf(filepath.Dir(path))
		if err != nil {
			return nil, err
		}
		return service.openFile(path, text)
	}
	k := &root{}
	if key := k.parse(text); key != "" {
		return nil, refuse(key)
	}
	return k, nil
}

// file is the key as text: a header with the version and a checksum, then the key.
func (k *root) file() []byte {
	return fmt.Appendf(nil, "%s %s\n%s\n", masterHeader, k.id(), base64.StdEncoding.EncodeToString(k.key[:]))
}

func (k *root) id() string {
	sum := sha256.Sum256(append([]byte("skein master key checksum\n"), k.key[:]...))
	return hex.EncodeToString(sum[:8])
}

// parse reads what file wrote and returns the key of a refusal, or "".
func (k *root) parse(text []byte) string {
	head, rest, whole := strings.Cut(string(text), "\n")
	if len(text) == 0 || (!whole && strings.HasPrefix(masterHeader+" ", head)) {
		return "vault.key_truncated"
	}
	if !strings.HasPrefix(head, "skein master key ") {
		return "vault.key_not_a_key"
	}
	sum, known := strings.CutPrefix(head, masterHeader+" ")
	if !known {
		return "vault.key_version"
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(rest, "\n"))
	if err != nil || len(key) != len(k.key) {
		return "vault.key_truncated"
	}
	copy(k.key[:], key)
	if k.id() != sum || !bytes.Equal(k.file(), text) {
		return "vault.key_truncated"
	}
	return ""
}

// Derive returns a key for one purpose in one realm (HKDF-SHA256, RFC 5869), such as
// the permutation behind public numbers. The same purpose and realm always give the same key: once
// Settle has kept a realm's, a new master key does not change them, and a purpose that Settle was not
// told of is a fault of the program and panics.
func (m *Master) Derive(purpose string, realm civic.Realm) [32]byte {
	r := m.now()
	if key, ok := r.kept[derivation{purpose, realm}]; ok {
		return key
	}
	if r.settled[realm] {
		panic("vault: nobody listed the purpose " + purpose)
	}
	return r.current.derive(purpose, realm)
}

// Check is of the master key alone: it tells whether a key is the one that something was made with.
func (m *Master) Check(purpose string) [32]byte { return m.now().current.derive(purpose, "") }

func (k *root) derive(purpose string, realm civic.Realm) [32]byte {
	info := bind("skein derive 1", purpose, string(realm))
	key, err := hkdf.Key(sha256.New, k.key[:], nil, string(info), 32)
	if err != nil {
		panic(err) // only for a length beyond 255 hashes
	}
	return [32]byte(key)
}

// wrapper wraps the keys of a realm's boxes.
func (k *root) wrapper(realm civic.Realm) *Lock {
	if w, ok := k.wraps.Load(realm); ok {
		return w.(*Lock)
	}
	w := NewLock(k.derive("vault.wrap", realm))
	k.wraps.Store(realm, w)
	return w
}

// bind writes fields so that they read back in one way only.
func bind(fields ...string) []byte {
	var b []byte
	for _, f := range fields {
		b = fmt.Appendf(b, "%d:", len(f))
		b = append(b, f...)
	}
	return b
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
