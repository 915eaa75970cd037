package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"skein/frame/civic"
)

// Master is the key that wraps the keys of all boxes. Whoever loses its file loses
// everything in the vault; whoever has it and the database reads everything.
type Master struct {
	key   [32]byte
	wraps sync.Map // civic.Realm → cipher.AEAD
}

const masterHeader = "skein master key 1"

// maxMasterFile bounds what is read of a file that claims to be a key, in bytes.
const maxMasterFile = 4096

// CreateMaster makes a new random master key in a file that must not exist yet, mode
// 0600 in a folder of mode 0700, synced. Refusals: vault.key_exists, vault.key_unwritable.
func CreateMaster(path string) (*Master, error) {
	unwritable := func(err error) error {
		return civic.Refuse(civic.Unavailable, "vault.key_unwritable", "path", path, "cause", err.Error())
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unwritable(err)
	}
	m := &Master{}
	rand.Read(m.key[:]) // never fails
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return nil, unwritable(err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(m.file())
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
	return m, nil
}

// OpenMaster reads a master key. Refusals name the file and what is wrong with it:
// vault.key_missing, key_symlink, key_not_file, key_mode, key_unreadable,
// key_not_a_key, key_version, key_truncated.
func OpenMaster(path string) (*Master, error) {
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
	m := &Master{}
	if key := m.parse(text); key != "" {
		return nil, refuse(key)
	}
	return m, nil
}

// file is the key as text: a header with the version and a checksum, then the key.
func (m *Master) file() []byte {
	return fmt.Appendf(nil, "%s %s\n%s\n", masterHeader, m.checksum(), base64.StdEncoding.EncodeToString(m.key[:]))
}

func (m *Master) checksum() string {
	sum := sha256.Sum256(append([]byte("skein master key checksum\n"), m.key[:]...))
	return hex.EncodeToString(sum[:8])
}

// parse reads what file wrote and returns the key of a refusal, or "".
func (m *Master) parse(text []byte) string {
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
	if err != nil || len(key) != len(m.key) {
		return "vault.key_truncated"
	}
	copy(m.key[:], key)
	if m.checksum() != sum || !bytes.Equal(m.file(), text) {
		return "vault.key_truncated"
	}
	return ""
}

// Derive returns a key for one purpose in one realm (HKDF-SHA256, RFC 5869), such as
// the permutation behind public numbers or the sealing of cookies. The same purpose
// and realm always give the same key.
func (m *Master) Derive(purpose string, realm civic.Realm) [32]byte {
	info := bind("skein derive 1", purpose, string(realm))
	key, err := hkdf.Key(sha256.New, m.key[:], nil, string(info), 32)
	if err != nil {
		panic(err) // only for a length beyond 255 hashes
	}
	return [32]byte(key)
}

// wrapper is the cipher that wraps the keys of a realm's boxes.
func (m *Master) wrapper(realm civic.Realm) cipher.AEAD {
	if w, ok := m.wraps.Load(realm); ok {
		return w.(cipher.AEAD)
	}
	w := newAEAD(m.Derive("vault.wrap", realm))
	m.wraps.Store(realm, w)
	return w
}

func newAEAD(key [32]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // only for another length of key
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // only for another size of block
	}
	return gcm
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
